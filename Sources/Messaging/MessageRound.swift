/// One exchange of messages among all ranks, from what is sent to what has come: its memory, which
/// is used again, round after round.
///
/// A rank writes `outgoing`, `Communicator.begin` sends it and `Communicator.finish` brings what
/// the others have sent. In between nothing of the round may be touched.
package final class MessageRound {
  package enum Pattern: Hashable, Sendable {
    /// Every rank gets the same message.
    case gathered
    /// Every rank gets a message of its own.
    case directed
  }

  package let pattern: Pattern
  /// Whether the rank goes on working between `begin` and `finish`.
  package let isOverlapped: Bool
  /// What this rank sends: one message, or one for each rank, in their order.
  package let outgoing = ByteStore()
  /// Directed: where the message for each rank begins, and the end.
  package var outgoingOffsets: [Int] = []
  /// What all ranks have sent to this one, in their order.
  package let received = ByteStore()
  /// Where the message of each rank begins, and the end.
  package internal(set) var offsets: [Int] = []

  /// The first messages, of one size for all ranks, out and in; then the rests.
  let firstOut = ByteStore()
  let firstIn = ByteStore()
  var chunk = GatherChunk()
  var lengths: [Int] = []

  package init(_ pattern: Pattern, isOverlapped: Bool = false) {
    self.pattern = pattern
    self.isOverlapped = isOverlapped
  }

  /// The message for one rank.
  func message(to rank: Int) -> UnsafeRawBufferPointer {
    guard pattern == .directed else { return outgoing.bytes }
    return UnsafeRawBufferPointer(
      rebasing: outgoing.bytes[outgoingOffsets[rank]..<outgoingOffsets[rank + 1]])
  }

  /// What one rank has sent to this one.
  package func message(from rank: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: received.bytes[offsets[rank]..<offsets[rank + 1]])
  }
}

/// Bytes that stay where they are while a message library reads or writes them.
package final class ByteStore {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 64)
  package private(set) var count = 0

  package init() {}

  deinit { memory.deallocate() }

  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory[..<count])
  }

  package var mutableBytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
  }

  /// Changes the length; what there was up to the shorter of both stays.
  package func resize(to newCount: Int) {
    if newCount > memory.count {
      let grown = UnsafeMutableRawBufferPointer.allocate(
        byteCount: max(newCount, 2 * memory.count), alignment: 64)
      grown.copyMemory(from: bytes)
      memory.deallocate()
      memory = grown
    }
    count = newCount
  }

  package func append(_ more: UnsafeRawBufferPointer) {
    let end = count
    resize(to: end + more.count)
    UnsafeMutableRawBufferPointer(rebasing: memory[end..<count]).copyMemory(from: more)
  }
}
