import Glibc
import Networks

/// How the spikes of a run are exchanged: a choice that every rank makes alike, from what is
/// described.
struct ExchangeChoice {
  /// Ranks from which on an exchange takes long enough to be hidden behind an epoch, ...
  private static let fewestOverlapped = 32
  /// ... if a rank has no more than so many neurons × steps in an epoch for each doubling of ranks. Epochs of
  /// half as many steps cost a quarter of the work, some 3 ns each, and hide a message of some
  /// 2 µs for each doubling, beside the tenth of an epoch that ranks wait for the slowest.
  private static let mostOverlapped = 5_000
  /// Steps that half an epoch has then at the least: shorter visits cost more than is hidden.
  private static let shortestHalf = 4

  let isDirected: Bool
  private let ranks: Int
  /// On average.
  private let neuronsOfRank: Int
  private let overlaps: Bool?

  init(_ experiment: Experiment, _ options: RunOptions, ranks: Int) {
    self.ranks = ranks
    neuronsOfRank = experiment.network.neuronCount / ranks
    overlaps = options.overlaps
    switch options.exchange {
    case .gathered: isDirected = false
    case .directed: isDirected = ranks > 1
    case .some(.none), nil:
      isDirected =
        ranks >= SpikeRouting.fewestRanks
        && ExchangeChoice.reach(in: experiment.network, ranks: ranks) < SpikeRouting.mostReach
    }
  }

  /// Whether epochs are halved; `smallestDelay` is that between neurons, in steps.
  func isOverlapped(smallestDelay: Int?) -> Bool {
    guard ranks > 1, let smallestDelay, smallestDelay >= 1 else { return false }
    return overlaps ?? isWorthOverlapping(steps: min(smallestDelay + 1, EpochSequence.longest))
  }

  /// - Parameter steps: of an epoch.
  private func isWorthOverlapping(steps: Int) -> Bool {
    let doublings = Int.bitWidth - (ranks - 1).leadingZeroBitCount
    return ranks >= ExchangeChoice.fewestOverlapped && steps / 2 >= ExchangeChoice.shortestHalf
      && neuronsOfRank * steps <= ExchangeChoice.mostOverlapped * doublings
  }

  /// The share of ranks on which a neuron has targets, on average, were targets spread evenly.
  private static func reach(in network: Network, ranks: Int) -> Double {
    var (reached, sources) = (0.0, 0.0)
    for (index, population) in network.populations.enumerated() {
      guard case .neurons = population.kind else { continue }
      var missed = 1.0
      for projection in network.projections where projection.source.population == index {
        // What cannot be built has been refused before.
        let synapses = (try? network.expectedSynapses(of: projection)) ?? 0
        let fan = synapses / Double(projection.source.range.count)
        missed *= pow(1 - 1 / Double(ranks), fan)
      }
      reached += (1 - missed) * Double(population.size)
      sources += Double(population.size)
    }
    return sources > 0 ? reached / sources : 0
  }
}
