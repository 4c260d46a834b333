import Glibc

/// The communicator of a run in one process. No call of the message library, not even its
/// initialisation.
package final class SingleProcessCommunicator: Communicator {
  package let rank = 0
  package let size = 1
  package let ranksOnNode: Int
  package let rankOnNode: Int
  package let description = "single process"
  package let traffic = Traffic()
  /// Messages to itself that have not been taken.
  private var waiting: [[UInt8]] = []

  /// - Parameters:
  ///   - ranksOnNode: runs on this machine at the same time, where there are several.
  ///   - rankOnNode: this one's place among them.
  package init(ranksOnNode: Int = 1, rankOnNode: Int = 0) {
    self.ranksOnNode = ranksOnNode
    self.rankOnNode = rankOnNode
  }

  package func barrier() throws(MessagingError) {}

  package func allGather(
    _ send: UnsafeRawBufferPointer, into received: inout [UInt8], offsets: inout [Int]
  ) throws(MessagingError) {
    received.removeAll(keepingCapacity: true)
    received.append(contentsOf: send)
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    offsets.append(send.count)
  }

  package func begin(_ round: MessageRound) throws(MessagingError) {}

  package func finish(_ round: MessageRound) throws(MessagingError) {
    round.received.resize(to: 0)
    round.received.append(round.message(to: 0))
    round.offsets = [0, round.received.count]
  }

  package func broadcast(_ bytes: inout [UInt8], from root: Int) throws(MessagingError) {
    guard root == 0 else { throw .noSuchRank(root, size: 1, call: "broadcast") }
  }

  package func minimum(_ value: Int64) throws(MessagingError) -> Int64 { value }
  package func maximum(_ value: Int64) throws(MessagingError) -> Int64 { value }
  package func sum(_ value: Double) throws(MessagingError) -> Double { value }

  package func split(color: Int) throws(MessagingError) -> any Communicator {
    SingleProcessCommunicator(ranksOnNode: ranksOnNode, rankOnNode: rankOnNode)
  }

  package func send(_ bytes: [UInt8], to rank: Int) throws(MessagingError) {
    guard rank == 0 else { throw .noSuchRank(rank, size: 1, call: "send") }
    waiting.append(bytes)
  }

  package func receive() throws(MessagingError) -> (sender: Int, bytes: [UInt8])? {
    waiting.isEmpty ? nil : (0, waiting.removeFirst())
  }

  package func abort(code: Int32) -> Never {
    fflush(nil)
    // Not `exit`: other threads still run, and may use what exit handlers take down.
    _exit(code)
  }

  package func close() throws(MessagingError) {}
}

extension MessagingError {
  static func noSuchRank(_ rank: Int, size: Int, call: String) -> MessagingError {
    MessagingError(call: call, reason: "there is no rank \(rank) among \(size)")
  }
}
