import Networks

/// A piecewise constant stimulus as one cohort sees it: which neurons take which value when.
struct StimulusSteps {
  private let port: UInt32
  /// Place in the stimulus' list, and slot, of each neuron that is here.
  private let targets: [(place: Int, slot: UInt32)]
  private let steps: [(step: Int64, values: [Double])]
  private var taken = 0

  /// - Parameters:
  ///   - values: of each step, one per neuron of the stimulus.
  init(
    _ stimulus: Stimulus, values: [[Double]], port: Int, neurons: Range<Int>, layout: CohortLayout
  ) {
    self.port = UInt32(port)
    targets = stimulus.neurons.enumerated().compactMap { place, neuron in
      guard neurons.contains(neuron) else { return nil }
      return (place, UInt32(layout.slot(ofNeuron: neuron - neurons.lowerBound)))
    }
    steps = zip(stimulus.steps, values).map { (max($0.step, 0), $1) }
  }

  /// Begins at a step that another run has come to: what was due before has been done.
  mutating func begin(at step: Int64) {
    taken = steps.firstIndex { $0.step >= step } ?? steps.count
  }

  /// Puts the changes of the steps before `end` into the calendar.
  mutating func schedule(until end: Int64, into calendar: inout EventCalendar) {
    while taken < steps.count, steps[taken].step < end {
      for target in targets {
        calendar.append(
          PendingEvent(
            slot: target.slot, port: port, synapse: UInt32(taken),
            payload: steps[taken].values[target.place]),
          at: steps[taken].step)
      }
      taken += 1
    }
  }
}
