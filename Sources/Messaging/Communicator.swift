/// What ranks say to each other. Called by one thread only.
///
/// Every operation but those of single messages is collective: each rank calls it, in the same
/// order.
package protocol Communicator: AnyObject {
  var rank: Int { get }
  var size: Int { get }
  /// Ranks on this machine, and this rank's place among them; of a part, those of the whole.
  var ranksOnNode: Int { get }
  var rankOnNode: Int { get }
  /// What the library says it is, for run.json.
  var description: String { get }

  func barrier() throws(MessagingError)

  /// Every rank's bytes, in the order of ranks: `received` is overwritten, `offsets` gets
  /// `size + 1` entries. `send` may differ in length from rank to rank; nobody need know the
  /// others' lengths.
  func allGather(
    _ send: UnsafeRawBufferPointer, into received: inout [UInt8], offsets: inout [Int]
  ) throws(MessagingError)

  /// Sends what a round has to send. The rank may go on working where the round is overlapped, and
  /// may call other operations as long as all ranks call them in the same order.
  func begin(_ round: MessageRound) throws(MessagingError)

  /// Brings what all ranks have sent in a round that was begun.
  func finish(_ round: MessageRound) throws(MessagingError)

  /// Bytes of `root`, on every rank.
  func broadcast(_ bytes: inout [UInt8], from root: Int) throws(MessagingError)

  /// The smallest and the largest over ranks, and the sum, added in the order of ranks.
  func minimum(_ value: Int64) throws(MessagingError) -> Int64
  func maximum(_ value: Int64) throws(MessagingError) -> Int64
  func sum(_ value: Double) throws(MessagingError) -> Double

  /// The ranks that call with the same color, in their order.
  func split(color: Int) throws(MessagingError) -> any Communicator

  /// Sends a few bytes to one rank.
  func send(_ bytes: [UInt8], to rank: Int) throws(MessagingError)
  /// Takes a message that has come; `nil` if none has.
  func receive() throws(MessagingError) -> (sender: Int, bytes: [UInt8])?

  /// Ends every rank of the launch with this exit code. Does not return.
  func abort(code: Int32) -> Never

  /// What this rank has sent so far.
  var traffic: Traffic { get }

  /// Ends the messages, after the last collective call; nothing may be called afterwards. Every
  /// rank calls it before it exits.
  func close() throws(MessagingError)
}

/// What one rank has sent.
package struct Traffic: Hashable, Sendable {
  /// Collective calls of the message library.
  package var messages: Int64
  /// Bytes handed to the library, padding included: once per call however many ranks receive them.
  package var bytesSent: Int64

  package init(messages: Int64 = 0, bytesSent: Int64 = 0) {
    self.messages = messages
    self.bytesSent = bytesSent
  }

  mutating func count(bytes: Int) {
    messages += 1
    bytesSent += Int64(bytes)
  }
}

/// A call of the message library that failed.
package struct MessagingError: Error, Sendable, CustomStringConvertible {
  package var call: String
  package var reason: String
  package init(call: String, reason: String) {
    self.call = call
    self.reason = reason
  }

  package var description: String { "\(call): \(reason)" }
}
