import KernelABI
import Networks

/// Poisson units that each drive the neuron of their number and nothing else: their spikes are drawn
/// and added when that neuron's tile is about to be visited.
///
/// In long epochs a tile has hardly a spike of one population in each step; lists by step, which are
/// read tile by tile, would cost more than the spikes themselves.
final class UnitDrive {
  /// Steps that epochs have at the least where this pays: all units are gone through in each.
  static let shortestEpoch = 8

  private let units: PoissonUnits
  private let layout: CohortLayout
  /// In steps.
  private let delay: Int64
  /// Places among the program's sums, and what each spike adds there.
  private let amounts: [(sum: Int, amount: Double)]
  /// Slots of a chunk of units.
  private let slots = AlignedBuffer(count: PoissonUnits.chunk * 4)
  // Why accesses go unchecked stands at `Worker`.
  /// Spikes since they were last accounted for, and those of them that arrive in a later epoch.
  @exclusivity(unchecked) private var spikes = 0
  @exclusivity(unchecked) private var late = GrowingList<SpikeRecord>(capacity: 64)

  /// - Parameters:
  ///   - units: of each neuron of the cohort, in order.
  ///   - amounts: places among the program's sums, and what each spike adds there.
  init(
    units: PoissonUnits, delay: Int64, amounts: [(sum: Int, amount: Double)], layout: CohortLayout
  ) {
    self.units = units
    self.delay = delay
    self.amounts = amounts
    self.layout = layout
  }

  /// Steps of an epoch in which spikes of earlier ones arrive.
  var stepsWithArrivals: Int { Int(delay) + 1 }

  /// Draws what the units of a tile fire in an epoch and adds what arrives in it.
  ///
  /// - Parameter wait: takes the neuron of a spike that arrives in a later epoch, and the step at
  ///   whose beginning it does.
  func add(
    to tile: inout coppice_tile, of sums: borrowing ArrivalSums, in epoch: Epoch,
    _ wait: (_ neuron: Int, _ step: Int64) -> Void
  ) {
    let slots = self.slots.base.assumingMemoryBound(to: UInt32.self)
    let first = units.units.lowerBound
    let neurons = layout.neurons(
      ofSlots: Int(tile.first_group) * Int(COPPICE_GROUP_LANES)..<Int(tile.end))
    // Spikes of this step arrive before the epoch's first.
    let firstStep = epoch.start - delay - 1
    let steps = UInt32(epoch.steps)
    let isPlain = layout.lanes == layout.neuronsPerBlock
    var taken = 0
    units.takeSpikes(
      of: first + neurons.lowerBound..<first + neurons.upperBound, until: epoch.end
    ) { units, spikes in
      taken += units.count
      if isPlain {
        let first = UInt32(truncatingIfNeeded: first)
        for place in units.indices { slots[place] = units[place] &- first }
      } else {
        for place in units.indices {
          slots[place] = UInt32(layout.slot(ofNeuron: Int(units[place]) - first))
        }
      }
      for (sum, amount) in amounts {
        coppice_add_spikes(
          &tile, sums.destination(k: 0, sum: sum).place, sums.stepSums, slots, spikes, units.count,
          firstStep, steps, amount)
      }
      let firstLate = firstStep + Int64(steps)
      for place in units.indices where spikes[place] >= firstLate {
        late.append(SpikeRecord(step: spikes[place], neuron: units[place]))
        wait(Int(units[place]) - first, spikes[place] + delay + 1)
      }
    }
    spikes += taken
  }

  /// Gives the number of spikes since the last call, and those that have not arrived.
  func account(_ body: (_ spikes: Int, _ late: UnsafeBufferPointer<SpikeRecord>) -> Void) {
    body(spikes, late.elements)
    spikes = 0
    late.removeAll()
  }
}
