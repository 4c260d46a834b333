import Networks

/// A projection as one cohort receives it, whose synapses are drawn anew for each spike.
///
/// The order of arrivals at one neuron in one step is kept by the source's place alone: events of one
/// row come in its order, and sorting leaves like ones where they are.
final class RegeneratedInlet {
  let port: UInt32
  /// Indices of the sources in their population.
  let sources: Range<Int>
  private let rows: RegeneratedRows
  private let layout: CohortLayout
  /// `nil`: always active.
  private let activity: ProjectionActivity?

  init(
    port: Int, sources: Range<Int>, rows: RegeneratedRows, activity: ProjectionActivity?,
    layout: CohortLayout
  ) {
    self.port = UInt32(port)
    self.sources = sources
    self.rows = rows
    self.activity = activity
    self.layout = layout
  }

  /// Puts the events of one spike into the calendar that arrive at step `first` or later.
  func deliver(
    source: Int, step: Int64, from first: Int64 = .min, into calendar: inout EventCalendar
  ) {
    let place = source - sources.lowerBound
    rows.forEachSynapse(of: place) { target, weight, delay in
      let arrival =
        activity.map { $0.arrival(ofSpikeAt: step, delay: delay) } ?? step + Int64(delay)
      guard let arrival, arrival + 1 >= first else { return }
      calendar.append(
        PendingEvent(
          slot: UInt32(layout.slot(ofNeuron: Int(target))), port: port, synapse: UInt32(place),
          payload: weight),
        at: arrival + 1)
    }
  }

  /// From a spike to its last arrival, at the most, in steps.
  var longestDelay: Int {
    rows.maximumDelay + (activity?.longestWait(delay: rows.maximumDelay) ?? 0)
  }
}
