package import Networks

/// The numbering of what a run writes as spikes: recorded populations first, then events.
package struct RecordStreams: Sendable {
  /// By place in `Network.populations`.
  let streamOfSpikes: [Int: Int]
  /// By population and name.
  let streamOfEvent: [Int: [String: Int]]
  package let count: Int

  package init(_ experiment: Experiment) {
    let plan = experiment.recording
    var spikes: [Int: Int] = [:]
    for (stream, population) in plan.spikes.enumerated() { spikes[population] = stream }
    var events: [Int: [String: Int]] = [:]
    for (place, event) in plan.events.enumerated() {
      events[event.population, default: [:]][event.event] = plan.spikes.count + place
    }
    streamOfSpikes = spikes
    streamOfEvent = events
    count = plan.spikes.count + plan.events.count
  }
}
