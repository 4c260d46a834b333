import Networks

/// A projection as one cohort receives it: which events a source's spike makes here.
final class Inlet: Sendable {
  let port: UInt32
  private let synapses: InletRows
  private let layout: CohortLayout
  /// `nil`: always active.
  private let activity: ProjectionActivity?
  private let rows: SynapseRows

  init(port: Int, rows: InletRows, activity: ProjectionActivity?, layout: CohortLayout) {
    self.port = UInt32(port)
    synapses = rows
    self.rows = rows.rows
    self.activity = activity
    self.layout = layout
  }

  /// Indices of the sources in their population.
  var sources: Range<Int> { synapses.sources }

  /// Puts the events of one spike into the calendar.
  ///
  /// A spike at step n with a delay of k arrives at n + k, which is the beginning of step
  /// n + k + 1. (Where the projection is switched off and on, see `ProjectionActivity`.)
  ///
  /// - Complexity: O(synapses in the row). Allocates only while calendars grow.
  func deliver(
    source: Int, step: Int64, into calendar: inout EventCalendar
  ) {
    let row = source - sources.lowerBound
    if synapses.isDiagonal, case .homogeneous(let delay) = rows.delays {
      guard let arrival = arrival(ofSpikeAt: step, delay: delay) else { return }
      calendar.append(
        PendingEvent(
          slot: UInt32(layout.slot(ofNeuron: row)), port: port, synapse: UInt32(row),
          payload: weight(of: row)),
        at: arrival + 1)
      return
    }
    let range = synapses.row(row)
    guard !range.isEmpty else { return }
    if case .homogeneous(let delay) = rows.delays {
      guard let arrival = arrival(ofSpikeAt: step, delay: delay) else { return }
      deliver(range, at: arrival + 1, into: &calendar)
      return
    }
    for synapse in range {
      guard let arrival = arrival(ofSpikeAt: step, delay: rows.delay(synapse)) else { continue }
      calendar.append(
        PendingEvent(
          slot: rows.target(synapse), port: port, synapse: UInt32(synapse),
          payload: weight(of: synapse)),
        at: arrival + 1)
    }
  }

  /// As `deliver`, but only what arrives at step `first` or later: the rest has arrived already.
  func deliver(
    source: Int, step: Int64, from first: Int64, into calendar: inout EventCalendar
  ) {
    let row = source - sources.lowerBound
    for synapse in synapses.row(row) {
      guard let arrival = arrival(ofSpikeAt: step, delay: rows.delay(synapse)),
        arrival + 1 >= first
      else { continue }
      let slot =
        synapses.isDiagonal ? UInt32(layout.slot(ofNeuron: row)) : rows.target(synapse)
      calendar.append(
        PendingEvent(
          slot: slot, port: port, synapse: UInt32(synapse), payload: weight(of: synapse)),
        at: arrival + 1)
    }
  }

  /// From a spike to its last arrival, at the most, in steps.
  var longestDelay: Int {
    rows.maximumDelay + (activity?.longestWait(delay: rows.maximumDelay) ?? 0)
  }

  /// The step at which a spike arrives; `nil`: never.
  @inline(__always)
  private func arrival(ofSpikeAt step: Int64, delay: Int) -> Int64? {
    guard let activity else { return step + Int64(delay) }
    return activity.arrival(ofSpikeAt: step, delay: delay)
  }

  /// A row whose synapses share one delay goes to one list of the calendar.
  private func deliver(_ range: Range<Int>, at step: Int64, into calendar: inout EventCalendar) {
    let events = calendar.extend(by: range.count, at: step)
    rows.targets.withUnsafeBufferPointer { targets in
      switch rows.weights {
      case .homogeneous(let weight):
        for (place, synapse) in range.enumerated() {
          events[place] = PendingEvent(
            slot: targets[synapse], port: port, synapse: UInt32(synapse), payload: weight)
        }
      case .single(let weights):
        for (place, synapse) in range.enumerated() {
          events[place] = PendingEvent(
            slot: targets[synapse], port: port, synapse: UInt32(synapse),
            payload: Double(weights[synapse]))
        }
      case .double(let weights):
        for (place, synapse) in range.enumerated() {
          events[place] = PendingEvent(
            slot: targets[synapse], port: port, synapse: UInt32(synapse), payload: weights[synapse])
        }
      }
    }
  }

  private func weight(of synapse: Int) -> Double {
    switch rows.weights {
    case .homogeneous(let weight): weight
    case .single(let weights): Double(weights[synapse])
    case .double(let weights): weights[synapse]
    }
  }
}
