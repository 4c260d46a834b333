import KernelABI
import Networks

/// What recordings read of one cohort: which steps, which lanes, and where each number goes.
///
/// The kernel's visit leaves rows of all probes of a block; from these the recorded neurons are
/// gathered into the recordings' rows before the next block is visited.
final class CohortProbes {
  /// One recorded neuron of a recording.
  private struct Tap {
    var lane: Int
    /// Place among the recording's neurons on this rank.
    var column: Int
  }

  /// One recording of the cohort's population.
  private final class Recorded {
    let rows: StateRows
    /// Probe of each of the recording's variables.
    let probes: [Int]
    let taps: [Tap]
    /// By block, where its taps begin; one more than there are blocks.
    let firstOfBlock: [Int]
    // Why accesses go unchecked stands at `Worker`.
    /// Places among the steps at which some recording takes a row, of those at which this one does.
    @exclusivity(unchecked) var places: [Int] = []

    init(rows: StateRows, probes: [Int], taps: [Tap], firstOfBlock: [Int]) {
      self.rows = rows
      self.probes = probes
      self.taps = taps
      self.firstOfBlock = firstOfBlock
    }

    @inline(__always)
    func taps(ofBlock block: Int) -> Range<Int> { firstOfBlock[block]..<firstOfBlock[block + 1] }
  }

  private let lanes: Int
  private let probes: Int
  private let recorded: [Recorded]
  /// By block: whether some recording has a neuron there.
  private let isRecorded: [Bool]
  private let due: UnsafeMutablePointer<UInt8>
  private let groups: UnsafeMutablePointer<UInt8>
  private let groupsPerBlock: Int
  private let values: UnsafeMutablePointer<Double>
  @exclusivity(unchecked) private var dueSteps = 0

  /// - Parameters:
  ///   - recordings: of this cohort's population; `columns` gives the place of a recording's
  ///     neuron among those of the rank.
  init(
    layout: CohortLayout, neurons: Range<Int>, probes: Int,
    recordings: [(plan: RecordingPlan.States, rows: StateRows, probes: [Int], firstColumn: Int)]
  ) {
    lanes = layout.lanes
    self.probes = probes
    groupsPerBlock = layout.lanes / Int(COPPICE_GROUP_LANES)
    due = .allocate(capacity: EpochSequence.longest)
    groups = .allocate(capacity: max(groupsPerBlock * layout.blocks, 1))
    groups.initialize(repeating: 0, count: max(groupsPerBlock * layout.blocks, 1))
    values = .allocate(
      capacity: recordings.isEmpty ? 1 : EpochSequence.longest * max(probes, 1) * layout.lanes)
    var all: [Recorded] = []
    for recording in recordings {
      var taps: [Tap] = []
      var firstOfBlock = [Int](repeating: 0, count: layout.blocks + 1)
      var column = recording.firstColumn
      for neuron in recording.plan.neurons where neurons.contains(neuron) {
        let slot = layout.slot(ofNeuron: neuron - neurons.lowerBound)
        taps.append(Tap(lane: slot % layout.lanes, column: column))
        firstOfBlock[slot / layout.lanes + 1] += 1
        groups[slot / Int(COPPICE_GROUP_LANES)] = 1
        column += 1
      }
      for block in 0..<layout.blocks { firstOfBlock[block + 1] += firstOfBlock[block] }
      all.append(
        Recorded(
          rows: recording.rows, probes: recording.probes, taps: taps, firstOfBlock: firstOfBlock))
    }
    recorded = all
    isRecorded = (0..<layout.blocks).map { block in
      all.contains { !$0.taps(ofBlock: block).isEmpty }
    }
  }

  deinit {
    due.deallocate()
    groups.deallocate()
    values.deallocate()
  }

  /// Finds the steps of the epoch at which some recording takes a row.
  func begin(_ epoch: Epoch) {
    dueSteps = 0
    for recording in recorded { recording.places.removeAll(keepingCapacity: true) }
    guard !recorded.isEmpty else { return }
    for k in 0..<epoch.steps {
      var isDue = false
      for recording in recorded where recording.rows.isDue(epoch.start + Int64(k)) {
        recording.places.append(dueSteps)
        isDue = true
      }
      due[k] = isDue ? 1 : 0
      if isDue { dueSteps += 1 }
    }
  }

  /// What to give to the visit of a block; `nil` when nothing is recorded there in this epoch.
  func rows(ofBlock block: Int) -> ProbeRows? {
    guard dueSteps > 0, isRecorded[block] else { return nil }
    return ProbeRows(due: due, groups: groups + block * groupsPerBlock, rows: values)
  }

  /// Gathers what the visit of a block has left into the recordings' rows.
  func gather(block: Int) {
    for recording in recorded {
      let taps = recording.taps(ofBlock: block)
      let (rows, neurons, width) = (
        recording.rows.rows, recording.rows.neurons, recording.rows.width
      )
      for (row, place) in recording.places.enumerated() {
        for (variable, probe) in recording.probes.enumerated() {
          let target = rows + (row * width + variable * neurons)
          let source = values + (place * probes + probe) * lanes
          for tap in taps { target[recording.taps[tap].column] = source[recording.taps[tap].lane] }
        }
      }
    }
  }
}
