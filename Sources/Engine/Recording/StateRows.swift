import Networks

/// The rows that one states recording collects on this rank during an epoch.
///
/// Workers write into it side by side: each its own neurons' columns, so no two the same number.
final class StateRows: @unchecked Sendable {
  // `@unchecked`: `rows` is written by workers at distinct places during a phase, and read by the
  // main thread between phases.

  /// Place in `RecordingPlan.states`.
  let recording: Int
  let window: RecordingPlan.Window
  let variables: Int
  /// Neurons of the recording that live on this rank.
  let neurons: Int
  /// [row][variable][neuron of this rank]
  let rows: UnsafeMutablePointer<Double>

  init(recording: Int, window: RecordingPlan.Window, variables: Int, neurons: Int) {
    self.recording = recording
    self.window = window
    self.variables = variables
    self.neurons = neurons
    let most = EpochSequence.longest / Int(max(window.every, 1)) + 1
    rows = .allocate(capacity: max(most * variables * neurons, 1))
  }

  deinit { rows.deallocate() }

  var width: Int { variables * neurons }

  func isDue(_ step: Int64) -> Bool { window.contains(step) }

  /// The first step of an epoch with a row, and how many rows the epoch has.
  func due(in epoch: Epoch) -> (first: Int64, count: Int) {
    var first = max(epoch.start, window.from)
    let past = (first - window.from) % window.every
    if past != 0 { first += window.every - past }
    let end = min(epoch.end, window.to)
    guard first < end else { return (first, 0) }
    return (first, Int((end - 1 - first) / window.every) + 1)
  }
}

extension RecordingPlan.Window {
  /// Whether something is taken at this step.
  func contains(_ step: Int64) -> Bool {
    step >= from && step < to && (step - from) % every == 0
  }
}

extension StateRows {
  /// The rows of every states recording of an experiment on one rank.
  static func all(
    of experiment: Experiment, rank: Int, decomposition: Decomposition
  ) -> [StateRows] {
    experiment.recording.states.enumerated().map { place, plan in
      let range = decomposition.neurons(ofPopulation: plan.population, rank: rank)
      return StateRows(
        recording: place, window: plan.window, variables: plan.variables.count,
        neurons: plan.neurons.count { range.contains($0) })
    }
  }
}
