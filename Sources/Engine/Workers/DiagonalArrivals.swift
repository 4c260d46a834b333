import KernelABI
import Networks

/// What arrives in an epoch where the k-th source has one synapse, with the cohort's k-th neuron.
final class DiagonalArrivals {
  private let weights: SynapseRows.Weights
  private let contributions: [SummedContribution]
  private let layout: CohortLayout
  // Why accesses go unchecked stands at `Worker`.
  /// By step of the epoch: the arrivals that have been added.
  @exclusivity(unchecked) private var taken = [Int](repeating: 0, count: EpochSequence.longest)
  /// Draws the sources' spikes and adds what they bring in the same epoch; `nil`: all are received.
  @exclusivity(unchecked) var drive: UnitDrive?
  @exclusivity(unchecked) private var isTail = false

  init(
    weights: SynapseRows.Weights, contributions: [SummedContribution], layout: CohortLayout
  ) {
    self.weights = weights
    self.contributions = contributions
    self.layout = layout
  }

  /// What every spike adds to each sum; `nil`: it depends on the synapse.
  var amountsOfAll: [(sum: Int, amount: Double)]? {
    contributions.amounts(ofAll: weights)
  }

  /// - Parameter isTail: nothing is drawn, for it is the tail of the last step.
  func begin(_ epoch: Epoch, isTail: Bool) {
    self.isTail = isTail
    for k in 0..<epoch.steps { taken[k] = 0 }
  }

  /// Adds what arrives at the neurons of a tile; tiles ascend.
  ///
  /// - Parameter waiting: the sources of spikes by the step at whose beginning they arrive.
  func add(
    _ waiting: inout StepLists, to tile: inout coppice_tile, of sums: borrowing ArrivalSums,
    in epoch: Epoch
  ) {
    // What is driven leaves no more than a delay's spikes for later epochs.
    let steps = min(epoch.steps, drive?.stepsWithArrivals ?? epoch.steps)
    for k in 0..<steps {
      add(waiting.numbers(at: epoch.start + Int64(k)), k, to: &tile, of: sums)
    }
    guard let drive, !isTail else { return }
    drive.add(to: &tile, of: sums, in: epoch) { neuron, step in
      waiting.append(UInt32(neuron), at: step)
    }
  }

  private func add(
    _ sources: UnsafeBufferPointer<UInt32>, _ k: Int, to tile: inout coppice_tile,
    of sums: borrowing ArrivalSums
  ) {
    guard let base = sources.baseAddress, taken[k] < sources.count else { return }
    var added = 0
    for contribution in contributions {
      let place = sums.destination(k: k, sum: contribution.sum)
      if let amount = contribution.amount(ofAll: weights), layout.lanes == layout.neuronsPerBlock {
        added = coppice_add_amount(
          &tile, place, base + taken[k], sources.count - taken[k], amount, 1)
      } else {
        added = 0
        for source in sources[taken[k]...] {
          var slot = UInt32(layout.slot(ofNeuron: Int(source)))
          guard
            contribution.add(
              to: &slot, count: 1, synapse: Int(source), of: weights, at: place, times: 1,
              in: &tile) == 1
          else { break }
          added += 1
        }
      }
    }
    taken[k] += added
  }
}
