/// A spike that some projection may still have to bring somewhere.
struct PastSpike: Hashable, BitwiseCopyable {
  var step: Int64
  var gid: UInt32
}

/// What one worker's neurons and units have emitted lately: as long as a spike of theirs can be on
/// its way.
///
/// Arrivals themselves are no part of a checkpoint: they are made anew from these spikes and the
/// rows of synapses, whoever owns the targets then.
struct SpikeHistory: ~Copyable {
  /// By population: the largest delay of the projections that begin there, plus one; 0: none does.
  let horizons: [Int64]
  private var list = GrowingList<PastSpike>(capacity: 256)
  /// Spikes that were left when the list was swept last.
  private var kept = 0

  init(horizons: [Int64]) {
    self.horizons = horizons
  }

  /// The first step whose spikes may be on their way at the boundary before step `end`.
  @inline(__always)
  func firstStep(of population: Int, before end: Int64) -> Int64 { end - horizons[population] }

  @inline(__always)
  mutating func append(_ spike: PastSpike) { list.append(spike) }

  /// Forgets what has arrived everywhere by step `end`.
  ///
  /// - Complexity: amortised O(1) per spike: sweeps only when the list has doubled.
  mutating func sweep(before end: Int64, gids: GlobalIDs) {
    guard list.count > 2 * kept + 1024 else { return }
    let spikes = list.mutableElements
    var count = 0
    for spike in spikes where isOnItsWay(spike, before: end, gids) {
      spikes[count] = spike
      count += 1
    }
    list.removeLast(list.count - count)
    kept = count
  }

  /// The spikes that are on their way at the boundary before step `end`, in no particular order.
  func spikes(before end: Int64, gids: GlobalIDs) -> [PastSpike] {
    list.elements.filter { isOnItsWay($0, before: end, gids) }
  }

  private func isOnItsWay(_ spike: PastSpike, before end: Int64, _ gids: GlobalIDs) -> Bool {
    spike.step >= firstStep(of: gids.population(of: spike.gid), before: end)
  }
}
