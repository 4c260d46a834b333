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

  private struct Recorded {
    var rows: StateRows
    /// Probe of each of the recording's variables.
    var probes: [Int]
    /// By block.
    var taps: [[Tap]]
  }

  private let lanes: Int
  private let probes: Int
  private let recorded: [Recorded]
  private let due: UnsafeMutablePointer<UInt8>
  private let groups: UnsafeMutablePointer<UInt8>
  private let groupsPerBlock: Int
  private let values: UnsafeMutablePointer<Double>
  private var dueSteps: [Int64] = []

  /// - Parameters:
  ///   - recordings: of this cohort's population; `columns` gives the place of a recording's
  ///     neuron among those of the rank.
  init(
    layout: CohortLayout, neurons: Range<Int>, probes: Int,
    recordings: [(plan: RecordingPlan.States, rows: StateRows, probes: [Int], firstColumn: Int)]
  ) {
    lanes = layout.lanes
    self.probes = probes
    groupsPerBlock = layout.lanes / Int(COPPICE_LANE_MULTIPLE)
    due = .allocate(capacity: EpochSequence.longest)
    groups = .allocate(capacity: max(groupsPerBlock * layout.blocks, 1))
    groups.initialize(repeating: 0, count: max(groupsPerBlock * layout.blocks, 1))
    values = .allocate(
      capacity: recordings.isEmpty ? 1 : EpochSequence.longest * max(probes, 1) * layout.lanes)
    var all: [Recorded] = []
    for recording in recordings {
      var taps = [[Tap]](repeating: [], count: layout.blocks)
      var column = recording.firstColumn
      for neuron in recording.plan.neurons where neurons.contains(neuron) {
        let slot = layout.slot(ofNeuron: neuron - neurons.lowerBound)
        taps[slot / layout.lanes].append(Tap(lane: slot % layout.lanes, column: column))
        groups[slot / Int(COPPICE_LANE_MULTIPLE)] = 1
        column += 1
      }
      all.append(Recorded(rows: recording.rows, probes: recording.probes, taps: taps))
    }
    recorded = all
  }

  deinit {
    due.deallocate()
    groups.deallocate()
    values.deallocate()
  }

  /// Finds the steps of the epoch at which some recording takes a row.
  func begin(_ epoch: Epoch) {
    dueSteps.removeAll(keepingCapacity: true)
    guard !recorded.isEmpty else { return }
    for k in 0..<epoch.steps {
      let step = epoch.start + Int64(k)
      let isDue = recorded.contains { $0.rows.isDue(step) }
      due[k] = isDue ? 1 : 0
      if isDue { dueSteps.append(step) }
    }
  }

  /// What to give to the visit of a block; `nil` when nothing is recorded there in this epoch.
  func rows(ofBlock block: Int) -> ProbeRows? {
    guard !dueSteps.isEmpty, recorded.contains(where: { !$0.taps[block].isEmpty }) else {
      return nil
    }
    return ProbeRows(due: due, groups: groups + block * groupsPerBlock, rows: values)
  }

  /// Gathers what the visit of a block has left into the recordings' rows.
  func gather(block: Int) {
    for recording in recorded where !recording.taps[block].isEmpty {
      var row = 0
      for (place, step) in dueSteps.enumerated() where recording.rows.isDue(step) {
        let target = recording.rows.rows + row * recording.rows.width
        for (variable, probe) in recording.probes.enumerated() {
          let source = values + (place * probes + probe) * lanes
          for tap in recording.taps[block] {
            target[variable * recording.rows.neurons + tap.column] = source[tap.lane]
          }
        }
        row += 1
      }
    }
  }
}
