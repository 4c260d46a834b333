import Glibc

/// One process that plays one rank of many: nothing is sent, and what the others would send is made
/// up from what this rank sends.
///
/// For measuring what a rank has to do in a run that is too large for this machine: its share
/// of neurons and synapses, the messages that it would send and the spikes that would come.
package final class RehearsalCommunicator: Communicator {
  /// Says what another rank would have sent in a round: given what this rank sends to it.
  package typealias Voice = (_ rank: Int, _ own: UnsafeRawBufferPointer, _ into: ByteStore) -> Void

  package let rank: Int
  package let size: Int
  package let ranksOnNode = 1
  package let rankOnNode = 0
  package private(set) var traffic = Traffic()
  /// Time in which messages of others were made up: no part of what is rehearsed.
  package private(set) var secondsOfOthers = 0.0
  /// `nil`: the others send what this rank does.
  package var voice: Voice?

  /// Plays rank `rank` of `size`.
  package init(rank: Int, size: Int) {
    precondition(size >= 1 && 0..<size ~= rank, "there is no rank \(rank) among \(size)")
    self.rank = rank
    self.size = size
  }

  package var description: String { "rehearsal of rank \(rank) of \(size)" }

  package func barrier() throws(MessagingError) { traffic.count(bytes: 0) }

  package func allGather(
    _ send: UnsafeRawBufferPointer, into received: inout [UInt8], offsets: inout [Int]
  ) throws(MessagingError) {
    traffic.count(bytes: send.count)
    received.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    for _ in 0..<size {
      received.append(contentsOf: send)
      offsets.append(received.count)
    }
  }

  package func begin(_ round: MessageRound) throws(MessagingError) {
    traffic.count(bytes: round.outgoing.count)
  }

  package func finish(_ round: MessageRound) throws(MessagingError) {
    let begin = ContinuousClock.now
    round.received.resize(to: 0)
    round.offsets = [0]
    for sender in 0..<size {
      let own = round.message(to: sender)
      if sender != rank, let voice {
        voice(sender, own, round.received)
      } else {
        round.received.append(own)
      }
      round.offsets.append(round.received.count)
    }
    let (seconds, attoseconds) = (ContinuousClock.now - begin).components
    secondsOfOthers += Double(seconds) + Double(attoseconds) * 1e-18
  }

  /// Every rank has the root's bytes: here those of this rank, whoever the root is.
  package func broadcast(_ bytes: inout [UInt8], from root: Int) throws(MessagingError) {
    guard root >= 0, root < size else { throw .noSuchRank(root, size: size, call: "broadcast") }
    traffic.count(bytes: root == rank ? bytes.count : 0)
  }

  package func minimum(_ value: Int64) throws(MessagingError) -> Int64 {
    traffic.count(bytes: 8)
    return value
  }

  package func maximum(_ value: Int64) throws(MessagingError) -> Int64 {
    traffic.count(bytes: 8)
    return value
  }

  package func sum(_ value: Double) throws(MessagingError) -> Double {
    traffic.count(bytes: 8)
    return value * Double(size)
  }

  /// Sweeps share out their points among ranks that are there; nothing of a single run does.
  package func split(color: Int) throws(MessagingError) -> any Communicator {
    throw MessagingError(call: "split", reason: "a rehearsed rank is alone")
  }

  package func send(_ bytes: [UInt8], to rank: Int) throws(MessagingError) {
    throw MessagingError(call: "send", reason: "a rehearsed rank is alone")
  }

  package func receive() throws(MessagingError) -> (sender: Int, bytes: [UInt8])? { nil }

  package func abort(code: Int32) -> Never {
    fflush(nil)
    _exit(code)
  }

  package func close() throws(MessagingError) {}
}
