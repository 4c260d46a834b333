import KernelABI
import Kernels
import Networks

/// What arrives in an epoch over synapses that lie in rows: spikes' rows are looked up once, and then
/// read in one of several ways, which leave the same bits.
final class RowArrivals {
  /// How the rows of an epoch are read.
  enum Way {
    /// Each goes on as its tile comes, and adds to sums: long rows.
    case tileByTile
    /// All at once, and their arrivals sorted by tile.
    case sorted
    /// All at once, and their arrivals counted: many arrivals of one amount.
    case counted
  }

  /// Rows whose memory is asked for before it is read.
  private static let rowsAhead = 6
  /// Spikes whose row is asked for before it is looked up.
  private static let sourcesAhead = 32
  /// Synapses of a row in each tile from which on it is read tile by tile.
  private static let longCut = 24
  /// Arrivals that may be sorted however few synapses there are.
  private static let mostSorted = 1 << 18

  private let rows: SynapseRows
  private let contributions: [SummedContribution]
  /// What every arrival adds to each sum; `nil`: it depends on the synapse.
  private let amountsOfAll: [(sum: Int, amount: Double)]?
  // Why accesses go unchecked stands at `Worker`.
  @exclusivity(unchecked) private var due = GrowingList<coppice_due_row>()
  @exclusivity(unchecked) private var sorted = SortedArrivals()
  @exclusivity(unchecked) private var counted = CountedArrivals()
  /// Of the epoch.
  @exclusivity(unchecked) private(set) var way = Way.tileByTile
  @exclusivity(unchecked) private var steps = 0

  init(rows: SynapseRows, contributions: [SummedContribution]) {
    self.rows = rows
    self.contributions = contributions
    amountsOfAll = contributions.amounts(ofAll: rows.weights)
  }

  /// Begins with what arrives in an epoch, at tiles that are visited one after the other.
  ///
  /// - Parameter waiting: the sources of spikes by the step at whose beginning they arrive.
  func begin(_ epoch: Epoch, _ waiting: inout StepLists, tiles: SortedArrivals.Tiles) {
    let arrivals = findDueRows(of: epoch, &waiting)
    steps = epoch.steps
    way = chooseWay(for: arrivals, tiles)
    switch way {
    case .tileByTile: break
    case .sorted:
      sorted.begin(tiles, room: arrivals, keepsWeights: amountsOfAll == nil)
      sorted.sort(due.elements, of: rows)
    case .counted:
      counted.begin(slots: tiles.count * tiles.slots, steps: steps, room: arrivals)
      counted.count(due.elements, of: rows)
    }
  }

  /// Fills `due`, and empties what has waited.
  ///
  /// - Returns: the number of arrivals.
  private func findDueRows(of epoch: Epoch, _ waiting: inout StepLists) -> Int {
    due.removeAll()
    var arrivals = 0
    for k in 0..<epoch.steps {
      let step = epoch.start + Int64(k)
      arrivals += findDueRows(of: waiting.numbers(at: step), k: UInt32(k))
      waiting.clear(step: step)
    }
    return arrivals
  }

  /// - Parameter sources: of the spikes that arrive at step k of the epoch, ascending.
  private func findDueRows(of sources: UnsafeBufferPointer<UInt32>, k: UInt32) -> Int {
    var arrivals = 0
    rows.starts.withUnsafeBufferPointer { starts in
      var place = 0
      while place < sources.count {
        let source = sources[place]
        if place + RowArrivals.sourcesAhead < sources.count {
          coppice_prefetch(
            starts.baseAddress.unsafelyUnwrapped + Int(sources[place + RowArrivals.sourcesAhead]))
        }
        var times = 1
        while place + times < sources.count, sources[place + times] == source { times += 1 }
        place += times
        let (begin, end) = (starts[Int(source)], starts[Int(source) + 1])
        guard begin < end else { continue }
        due.append(coppice_due_row(begin: begin, end: end, k: k, times: UInt32(times)))
        arrivals += Int(end - begin) * times
      }
    }
    return arrivals
  }

  private func chooseWay(for arrivals: Int, _ tiles: SortedArrivals.Tiles) -> Way {
    guard tiles.count > 1, arrivals < due.count * tiles.count * RowArrivals.longCut else {
      return .tileByTile
    }
    if let amountsOfAll, !amountsOfAll.isEmpty,
      CountedArrivals.isWorth(arrivals, slots: tiles.count * tiles.slots, steps: steps)
    {
      return .counted
    }
    // The memory of sorted arrivals stays below that of the synapses, but for small networks.
    let fits = arrivals <= max(rows.targets.count / 4, RowArrivals.mostSorted)
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
    rows.targets.withUnsafeBufferPointer { targets in
      guard let targets = targets.baseAddress else { return }
      for place in 0..<due.count {
        if place + RowArrivals.rowsAhead < due.count {
          coppice_prefetch(targets + Int(due.base[place + RowArrivals.rowsAhead].begin))
        }
        let row = due.base[place]
        guard row.begin < row.end else { continue }
        var added = Int(row.end - row.begin)
        for contribution in contributions {
          added = contribution.add(
            to: targets + Int(row.begin), count: added, synapse: Int(row.begin), of: rows.weights,
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
    let amountOfAll = contribution.amount(ofAll: rows.weights)
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
