/// The steps `start ..< end` that every block goes through without news from other blocks.
package struct Epoch: Hashable, Sendable {
  package var start: Int64
  package var end: Int64

  package init(start: Int64, end: Int64) {
    self.start = start
    self.end = end
  }

  package var steps: Int { Int(end - start) }
}

/// The epochs of a run.
///
/// A spike at step n with a delay of k steps arrives at n + k and is first read by update
/// n + k + 1. So neurons that are at least k steps apart may go k + 1 steps without an exchange;
/// with zero delay the epoch is one step, and nothing else is special about it.
package struct EpochSequence: Sequence, IteratorProtocol {
  /// Steps that one epoch has at the most: bounds the marks and rows of a visit, and keeps the
  /// events of an epoch in the cache. (Visits of 32 steps cost what longer ones do.)
  package static let longest = 32

  private var start: Int64
  private let final: Int64
  private let length: Int64
  private let cuts: [Int64]

  /// Makes the epochs of `start ..< final`.
  ///
  /// - Parameters:
  ///   - smallestDelay: the smallest delay between neurons, in steps; `nil` when no neuron
  ///     reaches another.
  ///   - isOverlapped: whether spikes arrive an epoch later: two epochs then are no longer than one
  ///     would be.
  ///   - cuts: epochs also end at multiples of so many steps, where all neurons must stand at
  ///     the same step; results do not depend on it.
  package init(
    from start: Int64, to final: Int64, smallestDelay: Int?, isOverlapped: Bool = false,
    cuts: [Int64] = []
  ) {
    self.start = start
    self.final = final
    let longest = EpochSequence.longest
    let whole = Swift.min((smallestDelay ?? longest - 1) + 1, longest)
    length = Int64(isOverlapped ? whole / 2 : whole)
    precondition(length > 0, "epochs of one step cannot be overlapped")
    self.cuts = cuts.filter { $0 > 0 }
  }

  package mutating func next() -> Epoch? {
    guard start < final else { return nil }
    var end = Swift.min(start + length, final)
    for cut in cuts {
      let left = cut - start % cut
      if left < end - start { end = start + left }
    }
    defer { start = end }
    return Epoch(start: start, end: end)
  }
}
