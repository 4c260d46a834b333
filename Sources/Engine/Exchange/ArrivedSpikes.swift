/// Which global ids are whose.
package struct GlobalIDs: Hashable, Sendable {
  /// First id of each population, in the order of the job, and the id after the last.
  let first: [UInt32]

  /// - Parameter sizes: of the populations; their sum fits 32 bits.
  package init(sizes: [Int]) {
    var next: UInt32 = 0
    var first: [UInt32] = [0]
    for size in sizes {
      next += UInt32(size)
      first.append(next)
    }
    self.first = first
  }

  /// - Complexity: O(populations).
  func population(of gid: UInt32) -> Int {
    var population = 0
    while gid >= first[population + 1] { population += 1 }
    return population
  }
}

/// What an exchange has brought: spikes of all workers, in no particular order.
///
/// (Events are sorted by their whole key before a kernel sees them, so this order shows nowhere.)
struct ArrivedSpikes: @unchecked Sendable {
  // `@unchecked`: the buffers are not written while a phase reads them.

  var segments: [UnsafeBufferPointer<SourceSpike>]
  /// The step from which the offsets of spikes count.
  var start: Int64
  var gids: GlobalIDs

  var count: Int { segments.reduce(0) { $0 + $1.count } }
}
