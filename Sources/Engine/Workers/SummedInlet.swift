import KernelABI
import Networks

/// A projection whose arrivals at one cohort are added up before its blocks are visited.
///
/// All its synapses have one delay and only add amounts that no state decides: what waits are
/// spikes, not their arrivals.
final class SummedInlet {
  private enum Synapses {
    case rows(RowArrivals)
    case diagonal(DiagonalArrivals)
  }

  /// Indices of the sources in their population.
  private let sources: Range<Int>
  private let synapses: Synapses
  private let layout: CohortLayout
  private let delay: Int64
  // Why accesses go unchecked stands at `Worker`.
  /// By the step at whose beginning spikes arrive: their sources, counted from the first.
  @exclusivity(unchecked) private var waiting: StepLists

  /// - Parameter delay: of all synapses, in steps.
  init(
    rows: consuming InletRows, delay: Int, contributions: [SummedContribution],
    layout: CohortLayout
  ) {
    sources = rows.sources
    self.delay = Int64(delay)
    self.layout = layout
    if rows.isDiagonal {
      synapses = .diagonal(
        DiagonalArrivals(
          weights: rows.rows.weights, contributions: contributions, layout: layout))
    } else {
      synapses = .rows(
        RowArrivals(
          rows: (consume rows).rows, slots: layout.slots, contributions: contributions))
    }
    waiting = StepLists(horizon: delay + 2 * EpochSequence.longest + 2)
  }

  var longestDelay: Int { Int(delay) }

  /// What arrives over its rows; `nil`: there are none.
  var rowArrivals: RowArrivals? {
    if case .rows(let rows) = synapses { rows } else { nil }
  }

  /// Lets units of one source each, which have no other projection, be drawn as their neurons are
  /// visited, if that can be.
  ///
  /// - Returns: what then draws them; nothing is to be received but what is under way already.
  func drive(by units: PoissonUnits) -> UnitDrive? {
    guard case .diagonal(let diagonal) = synapses, sources == units.units, units.isSingle,
      let amounts = diagonal.amountsOfAll
    else { return nil }
    let drive = UnitDrive(units: units, delay: delay, amounts: amounts, layout: layout)
    diagonal.drive = drive
    return drive
  }

  /// Takes a spike of a unit or neuron at a step.
  ///
  /// - Parameter first: what arrives before the beginning of this step has arrived already.
  @inline(__always)
  func receive(source: Int, at step: Int64, from first: Int64 = .min) {
    guard sources.contains(source), step + delay + 1 >= first else { return }
    waiting.append(UInt32(source - sources.lowerBound), at: step + delay + 1)
  }

  /// Takes the spikes of a step.
  ///
  /// - Parameter units: ascending.
  func receive(_ units: UnsafeBufferPointer<UInt32>, at step: Int64) {
    guard let first = units.first, let last = units.last else { return }
    if sources.lowerBound == 0, sources.contains(Int(last)), first <= last {
      waiting.append(contentsOf: units, at: step + delay + 1)
    } else {
      for unit in units { receive(source: Int(unit), at: step) }
    }
  }

  /// Begins to add what arrives in an epoch, at tiles that are visited one after the other.
  ///
  /// - Parameter isTail: nothing is drawn, for it is the tail of the last step.
  func begin(_ epoch: Epoch, tiles: SortedArrivals.Tiles, isTail: Bool) {
    switch synapses {
    case .rows(let rows): rows.begin(epoch, &waiting, tiles: tiles)
    case .diagonal(let diagonal): diagonal.begin(epoch, isTail: isTail)
    }
  }

  /// Adds what arrives at the neurons of a tile; tiles ascend.
  ///
  /// - Parameter number: of the tile.
  func add(
    to tile: coppice_tile, number: Int, of sums: borrowing ArrivalSums, in epoch: Epoch
  ) {
    var tile = tile
    switch synapses {
    case .rows(let rows): rows.add(to: &tile, number: number, of: sums)
    case .diagonal(let diagonal): diagonal.add(&waiting, to: &tile, of: sums, in: epoch)
    }
  }

  /// Forgets what has arrived in an epoch.
  func end(_ epoch: Epoch) {
    guard case .diagonal = synapses else { return }
    for step in epoch.start..<epoch.end { waiting.clear(step: step) }
  }
}
