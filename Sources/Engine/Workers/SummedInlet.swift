import KernelABI
import Kernels
import Networks

/// A projection whose arrivals at one cohort are added up before its blocks are visited.
///
/// All its synapses have one delay and only add amounts that no state decides: what waits are
/// spikes, not their arrivals.
final class SummedInlet {
  struct Contribution {
    /// Place among the program's sums.
    var sum: Int
    var amount: SummedAmount
  }

  /// Rows whose memory is asked for before it is read.
  private static let ahead = 6
  /// Spikes whose row is asked for before it is looked up.
  private static let sourcesAhead = 16
  /// Synapses of a row in each tile from which on it is read tile by tile, and not sorted.
  private static let longCut = 8

  private let synapses: InletRows
  private let rows: SynapseRows
  private let layout: CohortLayout
  private let delay: Int64
  private let contributions: [Contribution]
  /// By the step at whose beginning spikes arrive: their sources, counted from the first.
  private var waiting: StepLists
  private var due = GrowingList<coppice_due_row>()
  /// What rows hold that are too short to be read tile by tile; in use if `isSorted`.
  private var sorted = SortedArrivals()
  private(set) var isSorted = false
  /// Draws and brings the spikes of a diagonal's sources; `nil`: they are received.
  private var drive: UnitDrive?
  private var drivenAmounts: [(sum: Int, amount: Double)] = []
  /// Only what is under way already arrives, at the end of the run.
  private var isTail = false
  /// Of a diagonal: by step of the epoch, the arrivals that have been added.
  private var taken = [Int](repeating: 0, count: EpochSequence.longest)

  /// - Parameter delay: of all synapses, in steps.
  init(rows: InletRows, delay: Int, contributions: [Contribution], layout: CohortLayout) {
    synapses = rows
    self.rows = rows.rows
    self.delay = Int64(delay)
    self.contributions = contributions
    self.layout = layout
    waiting = StepLists(horizon: delay + 2 * EpochSequence.longest + 2)
  }

  var longestDelay: Int { Int(delay) }

  /// Lets units of one source each, which have no other projection, be drawn as their neurons are
  /// visited, if that can be.
  ///
  /// - Returns: what then draws them; nothing is to be received but what is under way already.
  func drive(by units: PoissonUnits) -> UnitDrive? {
    let amounts: [(sum: Int, amount: Double)] = contributions.compactMap {
      guard case .constant(let amount) = $0.amount else { return nil }
      return ($0.sum, amount)
    }
    guard synapses.isDiagonal, synapses.sources == units.units, units.isSingle,
      amounts.count == contributions.count
    else { return nil }
    drivenAmounts = amounts
    drive = UnitDrive(units: units, delay: delay, layout: layout)
    return drive
  }

  /// Takes a spike of a unit or neuron at a step.
  ///
  /// - Parameter first: what arrives before the beginning of this step has arrived already.
  @inline(__always)
  func receive(source: Int, at step: Int64, from first: Int64 = .min) {
    guard synapses.sources.contains(source), step + delay + 1 >= first else { return }
    waiting.append(UInt32(source - synapses.sources.lowerBound), at: step + delay + 1)
  }

  /// Takes the spikes of a step.
  ///
  /// - Parameter sources: ascending.
  func receive(_ sources: UnsafeBufferPointer<UInt32>, at step: Int64) {
    guard let first = sources.first, let last = sources.last else { return }
    if synapses.sources.lowerBound == 0, synapses.sources.contains(Int(last)), first <= last {
      waiting.append(contentsOf: sources, at: step + delay + 1)
    } else {
      for source in sources { receive(source: Int(source), at: step) }
    }
  }

  /// Begins to add what arrives in an epoch, at tiles that are visited one after the other.
  ///
  /// - Parameter isTail: nothing is drawn, for it is the tail of the last step.
  func begin(_ epoch: Epoch, tiles: SortedArrivals.Tiles, isTail: Bool) {
    self.isTail = isTail
    guard !synapses.isDiagonal else {
      for k in 0..<epoch.steps { taken[k] = 0 }
      return
    }
    let arrivals = findDueRows(of: epoch)
    isSorted = sorts(arrivals, tiles)
    guard isSorted else { return }
    var keepsWeights = true
    if case .homogeneous = rows.weights { keepsWeights = false }
    sorted.begin(tiles, room: arrivals, keepsWeights: keepsWeights)
    sorted.sort(due.elements, of: rows)
  }

  /// Fills `due`, and empties what has waited.
  ///
  /// - Returns: the number of arrivals.
  private func findDueRows(of epoch: Epoch) -> Int {
    due.removeAll()
    var arrivals = 0
    rows.starts.withUnsafeBufferPointer { starts in
      for k in 0..<epoch.steps {
        let step = epoch.start + Int64(k)
        let sources = waiting.numbers(at: step)
        var place = 0
        while place < sources.count {
          let source = sources[place]
          if place + SummedInlet.sourcesAhead < sources.count {
            coppice_prefetch(
              starts.baseAddress.unsafelyUnwrapped
                + Int(sources[place + SummedInlet.sourcesAhead]))
          }
          var times: UInt32 = 1
          while place + Int(times) < sources.count, sources[place + Int(times)] == source {
            times += 1
          }
          place += Int(times)
          let (begin, end) = (starts[Int(source)], starts[Int(source) + 1])
          guard begin < end else { continue }
          due.append(coppice_due_row(begin: begin, end: end, k: UInt32(k), times: times))
          arrivals += Int(end - begin) * Int(times)
        }
        waiting.clear(step: step)
      }
    }
    return arrivals
  }

  /// Whether arrivals are sorted before they are added. What that takes stays below a quarter of what
  /// the synapses take, but for small networks.
  private func sorts(_ arrivals: Int, _ tiles: SortedArrivals.Tiles) -> Bool {
    tiles.count > 1 && arrivals < due.count * tiles.count * SummedInlet.longCut
      && arrivals <= max(synapses.synapses / 4, 1 << 18) && SortedArrivals.canSort(tiles)
  }

  /// Forgets what has arrived in an epoch.
  func end(_ epoch: Epoch) {
    guard synapses.isDiagonal else { return }
    for step in epoch.start..<epoch.end { waiting.clear(step: step) }
  }

  /// Adds what arrives at the neurons of a tile; tiles ascend.
  ///
  /// - Parameter number: of the tile.
  func add(
    to tile: coppice_tile, number: Int, of sums: borrowing ArrivalSums, in epoch: Epoch
  ) {
    var tile = tile
    if synapses.isDiagonal {
      // What drives itself leaves no more than a delay's spikes for later epochs.
      let steps = drive == nil ? epoch.steps : min(epoch.steps, Int(delay) + 1)
      for k in 0..<steps { addDiagonal(k, to: &tile, of: sums, in: epoch) }
      addDriven(to: &tile, of: sums, in: epoch)
    } else if isSorted {
      addSorted(to: &tile, number: number, of: sums)
    } else {
      addRows(to: &tile, of: sums)
    }
  }

  private func addRows(to tile: inout coppice_tile, of sums: borrowing ArrivalSums) {
    rows.targets.withUnsafeBufferPointer { targets in
      guard let targets = targets.baseAddress else { return }
      for place in 0..<due.count {
        if place + SummedInlet.ahead < due.count {
          coppice_prefetch(targets + Int(due.base[place + SummedInlet.ahead].begin))
        }
        let row = due.base[place]
        guard row.begin < row.end else { continue }
        var added = Int(row.end - row.begin)
        for contribution in contributions {
          added = add(
            contribution, targets + Int(row.begin), count: added, synapse: Int(row.begin),
            at: sums.destination(k: Int(row.k), sum: contribution.sum), times: row.times,
            to: &tile)
        }
        due.base[place].begin += UInt32(added)
      }
    }
  }

  private func addSorted(
    to tile: inout coppice_tile, number: Int, of sums: borrowing ArrivalSums
  ) {
    for contribution in contributions {
      let first = sums.destination(k: 0, sum: contribution.sum).place
      let stepSums = sums.destination(k: 1, sum: contribution.sum).place - first
      sorted.forEachList(ofTile: number) { arrivals, weights in
        switch (contribution.amount, rows.weights) {
        case (.constant(let amount), _):
          coppice_add_sorted_amount(
            &tile, first, stepSums, arrivals.baseAddress, arrivals.count, amount)
        case (.weight(let scale), .homogeneous(let weight)):
          coppice_add_sorted_amount(
            &tile, first, stepSums, arrivals.baseAddress, arrivals.count, weight * scale)
        case (.weight(let scale), _):
          coppice_add_sorted_weights(
            &tile, first, stepSums, arrivals.baseAddress, weights, arrivals.count, scale)
        }
      }
    }
  }

  private func addDiagonal(
    _ k: Int, to tile: inout coppice_tile, of sums: borrowing ArrivalSums, in epoch: Epoch
  ) {
    let sources = waiting.numbers(at: epoch.start + Int64(k))
    guard let base = sources.baseAddress, taken[k] < sources.count else { return }
    var added = 0
    for contribution in contributions {
      let place = sums.destination(k: k, sum: contribution.sum)
      if case .constant(let amount) = contribution.amount, layout.lanes == layout.neuronsPerBlock {
        added = coppice_add_amount(
          &tile, place, base + taken[k], sources.count - taken[k], amount, 1)
      } else {
        added = 0
        for source in sources[taken[k]...] {
          var slot = UInt32(layout.slot(ofNeuron: Int(source)))
          guard
            add(
              contribution, &slot, count: 1, synapse: Int(source), at: place, times: 1, to: &tile)
              == 1
          else { break }
          added += 1
        }
      }
    }
    taken[k] += added
  }

  private func addDriven(
    to tile: inout coppice_tile, of sums: borrowing ArrivalSums, in epoch: Epoch
  ) {
    guard let drive, !isTail else { return }
    drive.add(drivenAmounts, to: &tile, of: sums, in: epoch) { neuron, step in
      waiting.append(UInt32(neuron), at: step + delay + 1)
    }
  }

  /// Adds to slots as far as they lie in the tile.
  ///
  /// - Parameter synapse: the place of the first slot's synapse in the rows.
  /// - Returns: how many did.
  @inline(__always)
  private func add(
    _ contribution: Contribution, _ slots: UnsafePointer<UInt32>, count: Int, synapse: Int,
    at place: coppice_destination, times: UInt32, to tile: inout coppice_tile
  ) -> Int {
    switch (contribution.amount, rows.weights) {
    case (.constant(let amount), _):
      coppice_add_amount(&tile, place, slots, count, amount, times)
    case (.weight(let scale), .single(let weights)):
      weights.withUnsafeBufferPointer {
        coppice_add_singles(
          &tile, place, slots, count, $0.baseAddress.unsafelyUnwrapped + synapse, scale, times)
      }
    case (.weight(let scale), .double(let weights)):
      weights.withUnsafeBufferPointer {
        coppice_add_doubles(
          &tile, place, slots, count, $0.baseAddress.unsafelyUnwrapped + synapse, scale, times)
      }
    case (.weight(let scale), .homogeneous(let weight)):
      coppice_add_amount(&tile, place, slots, count, weight * scale, times)
    }
  }
}
