/// Tries every operation of a communicator on all its ranks: does this machine's message library
/// do what a run relies on?
package enum MessagingSelfCheck {
  /// What is wrong, by this rank's view; empty if nothing is. Collective.
  package static func run(_ communicator: any Communicator) -> [String] {
    var failures: [String] = []
    do {
      try communicator.barrier()
      try reductions(communicator, &failures)
      try broadcasts(communicator, &failures)
      try gathers(communicator, &failures)
      try messages(communicator, &failures)
      try parts(communicator, &failures)
      for pattern in [MessageRound.Pattern.gathered, .directed] {
        for isOverlapped in [false, true] {
          try rounds(MessageRound(pattern, isOverlapped: isOverlapped), communicator, &failures)
        }
      }
      try communicator.barrier()
    } catch {
      failures.append("rank \(communicator.rank): \(error)")
    }
    return failures
  }

  private static func expect(
    _ holds: Bool, _ what: String, _ communicator: any Communicator, _ failures: inout [String]
  ) {
    if !holds { failures.append("rank \(communicator.rank) of \(communicator.size): \(what)") }
  }

  private static func reductions(
    _ communicator: any Communicator, _ failures: inout [String]
  ) throws(MessagingError) {
    let rank = Int64(communicator.rank)
    let last = Int64(communicator.size - 1)
    let smallest = try communicator.minimum(rank + 7)
    let largest = try communicator.maximum(.min + rank)
    let sum = try communicator.sum(Double(rank) + 0.5)
    let expectedSum = Double(last * (last + 1) / 2) + 0.5 * Double(last + 1)
    expect(smallest == 7, "minimum gave \(smallest)", communicator, &failures)
    expect(largest == .min + last, "maximum gave \(largest)", communicator, &failures)
    expect(sum == expectedSum, "sum gave \(sum)", communicator, &failures)
    let onNode = 1...communicator.size ~= communicator.ranksOnNode
    expect(
      onNode && 0..<communicator.ranksOnNode ~= communicator.rankOnNode,
      "place on the node is \(communicator.rankOnNode) of \(communicator.ranksOnNode)",
      communicator, &failures)
  }

  private static func broadcasts(
    _ communicator: any Communicator, _ failures: inout [String]
  ) throws(MessagingError) {
    for length in [0, 1, 1_000, 300_000] {
      for root in Set([0, communicator.size - 1]).sorted() {
        let expected = pattern(sender: root, length: length)
        var bytes = communicator.rank == root ? expected : [UInt8](repeating: 9, count: 3)
        try communicator.broadcast(&bytes, from: root)
        expect(
          bytes == expected, "broadcast of \(length) bytes from \(root)", communicator, &failures)
      }
    }
  }

  /// Lengths on both sides of the first chunk's, and ranks that differ much.
  private static func gathers(
    _ communicator: any Communicator, _ failures: inout [String]
  ) throws(MessagingError) {
    var received: [UInt8] = []
    var offsets: [Int] = []
    let scales = [0, 1, 100, 247, 248, 249, 5_000, 16_376, 16_377, 200_000, 3, 0]
    for (round, scale) in scales.enumerated() {
      let lengths = (0..<communicator.size).map { sender in
        (sender + round) % 3 == 0 ? scale : (sender + round) % 3 == 1 ? scale / 2 : 0
      }
      let own = pattern(sender: communicator.rank, length: lengths[communicator.rank])
      let status: Result<Void, MessagingError> = own.withUnsafeBytes { bytes in
        Result { () throws(MessagingError) in
          try communicator.allGather(bytes, into: &received, offsets: &offsets)
        }
      }
      try status.get()
      let expected = lengths.enumerated().flatMap { pattern(sender: $0, length: $1) }
      let ends = lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
      expect(received == expected, "gather of \(lengths) bytes", communicator, &failures)
      expect(offsets == ends, "offsets of a gather of \(lengths) bytes", communicator, &failures)
    }
  }

  /// Every rank sends something to the next one, of a length of its own.
  private static func messages(
    _ communicator: any Communicator, _ failures: inout [String]
  ) throws(MessagingError) {
    let (rank, size) = (communicator.rank, communicator.size)
    for length in [0, 1, 300] {
      try communicator.send(pattern(sender: rank, length: length + rank), to: (rank + 1) % size)
      let sender = (rank + size - 1) % size
      let deadline = ContinuousClock.now + .seconds(30)
      var message = try communicator.receive()
      while message == nil, ContinuousClock.now < deadline { message = try communicator.receive() }
      expect(
        message?.sender == sender
          && message?.bytes == pattern(sender: sender, length: length + sender),
        "message of \(length) bytes from \(sender)", communicator, &failures)
      try communicator.barrier()
    }
  }

  /// Every other rank, and the rest.
  private static func parts(
    _ communicator: any Communicator, _ failures: inout [String]
  ) throws(MessagingError) {
    let (rank, size) = (communicator.rank, communicator.size)
    let part = try communicator.split(color: rank % 2)
    expect(part.rank == rank / 2, "place in a part is \(part.rank)", communicator, &failures)
    expect(
      part.size == (size + 1 - rank % 2) / 2, "a part has \(part.size) ranks", communicator,
      &failures)
    let last = try part.maximum(Int64(rank))
    expect(
      last == Int64((size - 1 - rank % 2) / 2 * 2 + rank % 2), "largest rank of a part is \(last)",
      communicator, &failures)
    try part.close()
  }

  /// The same, by rounds; where messages are directed, each receiver's is another one.
  private static func rounds(
    _ round: MessageRound, _ communicator: any Communicator, _ failures: inout [String]
  ) throws(MessagingError) {
    let size = communicator.size
    func message(_ sender: Int, _ receiver: Int, _ scale: Int) -> [UInt8] {
      let mark = round.pattern == .directed ? receiver : 0
      let length = (sender + 2 * mark) % 3 == 0 ? scale : scale / (2 + mark)
      return pattern(sender: sender + 7 * mark, length: length)
    }
    for scale in [0, 3, 239, 240, 241, 5_000, 16_369, 40_000, 1] {
      round.outgoing.resize(to: 0)
      round.outgoingOffsets = [0]
      for receiver in 0..<(round.pattern == .directed ? size : 1) {
        message(communicator.rank, receiver, scale).withUnsafeBytes { round.outgoing.append($0) }
        round.outgoingOffsets.append(round.outgoing.count)
      }
      try communicator.begin(round)
      // Others may be called in between.
      let sum = try communicator.sum(1)
      try communicator.finish(round)
      let hasCome = (0..<size).allSatisfy { sender in
        round.offsets.count == size + 1
          && round.message(from: sender).elementsEqual(
            message(sender, communicator.rank, scale))
      }
      expect(
        hasCome && sum == Double(size), "\(round.pattern) round of up to \(scale) bytes",
        communicator, &failures)
    }
  }

  private static func pattern(sender: Int, length: Int) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ sender &* 101 &+ ($0 >> 8)) }
  }
}
