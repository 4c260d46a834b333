import Networks

/// A projection as one cohort receives it: which events a source's spike makes here.
///
/// Rows are the network's, with targets rewritten as slots.
final class Inlet: Sendable {
  let port: UInt32
  /// Indices of the sources in their population.
  let sources: Range<Int>
  private let rows: SynapseRows

  init(port: Int, sources: Range<Int>, rows: SynapseRows, layout: CohortLayout) {
    self.port = UInt32(port)
    self.sources = sources
    var rows = rows
    if layout.lanes != layout.neuronsPerBlock {
      rows.targets = rows.targets.map { UInt32(layout.slot(ofNeuron: Int($0))) }
    }
    self.rows = rows
  }

  var synapses: Int { rows.targets.count }

  /// Bytes that the rows take.
  var bytes: Int {
    let weights =
      switch rows.weights {
      case .homogeneous: 0
      case .single: 4
      case .double: 8
      }
    let delays =
      switch rows.delays {
      case .homogeneous: 0
      case .bytes: 1
      case .shorts: 2
      case .words: 4
      }
    return rows.starts.count * 4 + rows.targets.count * (4 + weights + delays)
  }

  /// Puts the events of one spike into the calendar.
  ///
  /// A spike at step n with a delay of k arrives at n + k, which is the beginning of step
  /// n + k + 1.
  ///
  /// - Complexity: O(synapses in the row). Allocates only while calendars grow.
  func deliver(
    source: Int, step: Int64, into calendar: inout EventCalendar
  ) {
    let row = source - sources.lowerBound
    let range = Int(rows.starts[row])..<Int(rows.starts[row + 1])
    guard !range.isEmpty else { return }
    if case .homogeneous(let delay) = rows.delays {
      deliver(range, at: step + Int64(delay) + 1, into: &calendar)
      return
    }
    for synapse in range {
      calendar.append(
        PendingEvent(
          slot: rows.targets[synapse], port: port, synapse: UInt32(synapse),
          payload: weight(of: synapse)),
        at: step + Int64(delay(of: synapse)) + 1)
    }
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

  private func delay(of synapse: Int) -> Int {
    switch rows.delays {
    case .homogeneous(let delay): delay
    case .bytes(let delays): Int(delays[synapse])
    case .shorts(let delays): Int(delays[synapse])
    case .words(let delays): Int(delays[synapse])
    }
  }
}
