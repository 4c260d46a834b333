import KernelABI
import Kernels
import Networks

/// What arrives in an epoch over synapses that lie in rows: spikes' rows are looked up once, and then
/// read in one of several ways, which leave the same bits.
final class RowArrivals {
  /// How the rows of an epoch are read.
  enum Way {
    /// All at once, and their arrivals counted: many arrivals of one amount.
    case counted
    /// Each goes on as its tile comes, and adds to sums: long rows.
    case tileByTile
    /// All at once, and their arrivals sorted by tile.
    case sorted
  }

  private enum Rows {
    case listed(SynapseRows)
    case packed(PackedRows)
  }

  /// Rows whose memory is asked for before it is read.
  private static let rowsAhead = 6
  /// Synapses of a row in each tile from which on it is read tile by tile.
  private static let longCut = 24
  /// Arrivals that may be sorted however few synapses there are.
  private static let mostSorted = 1 << 18

  private let rows: Rows
  private let synapses: Int
  private let weights: SynapseRows.Weights
  private let contributions: [SummedContribution]
  /// What every arrival adds to each sum; `nil`: it depends on the synapse.
  private let amountsOfAll: [(sum: Int, amount: Double)]?
  // Why accesses go unchecked stands at `Worker`.
  @exclusivity(unchecked) private var due = DueRows()
  @exclusivity(unchecked) private var sorted = SortedArrivals()
  @exclusivity(unchecked) private var counted = CountedArrivals()
  /// Of the epoch.
  @exclusivity(unchecked) private(set) var way = Way.tileByTile
  @exclusivity(unchecked) private var steps = 0

  /// - Parameter slots: of the cohort.
  init(rows: consuming SynapseRows, slots: Int, contributions: [SummedContribution]) {
    synapses = rows.targets.count
    self.contributions = contributions
    amountsOfAll = contributions.amounts(ofAll: rows.weights)
    if amountsOfAll?.isEmpty == false, let packed = PackedRows(taking: &rows, slots: slots) {
      self.rows = .packed(packed)
      // No amount asks for the weight of a synapse.
      if case .homogeneous = rows.weights {
        weights = rows.weights
      } else {
        weights = .homogeneous(0)
      }
    } else {
      weights = rows.weights
      self.rows = .listed(rows)
    }
  }

  var arePacked: Bool {
    if case .packed = rows { true } else { false }
  }

  /// Begins with what arrives in an epoch, at tiles that are visited one after the other.
  ///
  /// - Parameter waiting: the sources of spikes by the step at whose beginning they arrive.
  func begin(_ epoch: Epoch, _ waiting: inout StepLists, tiles: SortedArrivals.Tiles) {
    steps = epoch.steps
    switch rows {
    case .listed(let rows):
      due.find(in: rows, epoch, &waiting)
      read(tiles)
    case .packed(let rows):
      if !count(rows, epoch, &waiting, tiles) {
        due.unpack(rows, epoch, &waiting)
        read(tiles)
      }
    }
    for step in epoch.start..<epoch.end { waiting.clear(step: step) }
  }

  /// Counts what packed rows bring, as they are.
  ///
  /// - Returns: whether so many arrivals are expected that they were.
  private func count(
    _ rows: PackedRows, _ epoch: Epoch, _ waiting: inout StepLists, _ tiles: SortedArrivals.Tiles
  ) -> Bool {
    var spikes = 0
    for step in epoch.start..<epoch.end { spikes += waiting.numbers(at: step).count }
    let slots = tiles.count * tiles.slots
    guard tiles.count > 1,
      CountedArrivals.isWorth(rows.expectedArrivals(ofSpikes: spikes), slots: slots, steps: steps)
    else { return false }
    way = .counted
    counted.begin(slots: slots, steps: steps, room: spikes * rows.longest)
    rows.ask(for: waiting.numbers(at: epoch.start))
    for step in epoch.start..<epoch.end {
      let upcoming =
        step + 1 < epoch.end
        ? waiting.numbers(at: step + 1) : UnsafeBufferPointer(start: nil, count: 0)
      counted.count(
        waiting.numbers(at: step), k: Int(step - epoch.start), upcoming: upcoming, of: rows)
    }
    return true
  }

  /// Reads the rows that are due in the way that suits them.
  private func read(_ tiles: SortedArrivals.Tiles) {
    way = chooseWay(tiles)
    guard way != .tileByTile else { return }
    withSlots { slots in
      if way == .sorted {
        sorted.begin(tiles, room: due.arrivals, keepsWeights: amountsOfAll == nil)
        sorted.sort(due.rows, slots: slots, weights: weights)
      } else {
        counted.begin(slots: tiles.count * tiles.slots, steps: steps, room: due.arrivals)
        counted.count(due.rows, slots: slots)
      }
    }
  }

  /// The slots to which `due` refers.
  @inline(__always)
  private func withSlots(_ body: (UnsafePointer<UInt32>) -> Void) {
    switch rows {
    case .listed(let rows):
      rows.targets.withUnsafeBufferPointer {
        if let targets = $0.baseAddress { body(targets) }
      }
    case .packed: body(due.slots)
    }
  }

  private func chooseWay(_ tiles: SortedArrivals.Tiles) -> Way {
    let arrivals = due.arrivals
    guard tiles.count > 1 else { return .tileByTile }
    if let amountsOfAll, !amountsOfAll.isEmpty,
      CountedArrivals.isWorth(arrivals, slots: tiles.count * tiles.slots, steps: steps)
    {
      return .counted
    }
    guard arrivals < due.count * tiles.count * RowArrivals.longCut else { return .tileByTile }
    // The memory of sorted arrivals stays below that of the synapses, but for small networks.
    let fits = arrivals <= max(synapses / 4, RowArrivals.mostSorted)
    return fits && SortedArrivals.canSort(tiles) ? .sorted : .tileByTile
  }

  /// Bytes of what is expected to arrive in an epoch, where rows are not read tile by tile.
  static func bytes(
    arrivals: Int, of synapses: Int, areOneAmount: Bool, slots: Int, steps: Int
  ) -> Int {
    if areOneAmount, CountedArrivals.isWorth(arrivals, slots: slots, steps: steps) {
      return CountedArrivals.bytes(slots: slots, steps: steps)
    }
    return min(arrivals, max(synapses / 4, mostSorted))
      * SortedArrivals.bytesPerArrival(keepsWeights: !areOneAmount)
  }

  /// Adds what arrives at the neurons of a tile; tiles ascend.
  ///
  /// - Parameter number: of the tile.
  func add(to tile: inout coppice_tile, number: Int, of sums: borrowing ArrivalSums) {
    switch way {
    case .tileByTile: addRows(to: &tile, of: sums)
    case .sorted:
      for contribution in contributions { addSorted(contribution, to: &tile, number, of: sums) }
    case .counted:
      for (place, all) in (amountsOfAll ?? []).enumerated() {
        counted.add(
          all.amount, to: all.sum, of: sums, in: &tile, steps: steps,
          isLast: place == contributions.count - 1)
      }
    }
  }

  private func addRows(to tile: inout coppice_tile, of sums: borrowing ArrivalSums) {
    withSlots { slots in
      for place in 0..<due.count {
        if place + RowArrivals.rowsAhead < due.count {
          coppice_prefetch(slots + Int(due.base[place + RowArrivals.rowsAhead].begin))
        }
        let row = due.base[place]
        guard row.begin < row.end else { continue }
        var added = Int(row.end - row.begin)
        for contribution in contributions {
          added = contribution.add(
            to: slots + Int(row.begin), count: added, synapse: Int(row.begin), of: weights,
            at: sums.destination(k: Int(row.k), sum: contribution.sum), times: row.times,
            in: &tile)
        }
        due.base[place].begin += UInt32(added)
      }
    }
  }

  private func addSorted(
    _ contribution: SummedContribution, to tile: inout coppice_tile, _ number: Int,
    of sums: borrowing ArrivalSums
  ) {
    let first = sums.destination(k: 0, sum: contribution.sum).place
    let stepSums = sums.stepSums
    let amountOfAll = contribution.amount(ofAll: weights)
    sorted.forEachList(ofTile: number) { arrivals, weights in
      if let amountOfAll {
        coppice_add_sorted_amount(
          &tile, first, stepSums, arrivals.baseAddress, arrivals.count, amountOfAll)
      } else if case .weight(let scale) = contribution.amount {
        coppice_add_sorted_weights(
          &tile, first, stepSums, arrivals.baseAddress, weights, arrivals.count, scale)
      }
    }
  }
}
