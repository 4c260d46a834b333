package import Engine
import Equations
public import Networks

/// What a run in memory has recorded. Filled by one thread while the run goes on, read after it.
public final class RecordedRun {
  /// A spike or an event.
  public struct Event: Hashable, Sendable {
    /// The step that it was found in.
    public var step: Int64
    /// In s: the beginning of that step.
    public var time: Double
    /// Index in the population.
    public var neuron: Int
  }

  private let plan: RecordingPlan
  private let dt: Double
  private var streams: [[SpikeRecord]]
  /// By recording: rows of [variable][neuron].
  private var rows: [[Double]]
  /// What evaluated the equations: `portable`, or `compiled` with the instruction set.
  public internal(set) var backend = ""

  init(_ plan: RecordingPlan, dt: Double) {
    self.plan = plan
    self.dt = dt
    streams = Array(repeating: [], count: plan.spikes.count + plan.events.count)
    rows = Array(repeating: [], count: plan.states.count)
  }

  /// The spikes of a population, sorted by time and neuron; empty if they were not recorded.
  public func spikes(of population: PopulationSlice) -> [Event] {
    guard let stream = plan.spikes.firstIndex(of: population.population) else { return [] }
    return events(in: stream, of: population)
  }

  /// The events of a name, such as `spike_Na_dist`, sorted by time and neuron; empty if they were
  /// not recorded.
  public func events(_ name: String, of population: PopulationSlice) -> [Event] {
    let place = plan.events.firstIndex { $0 == (population.population, name) }
    guard let place else { return [] }
    return events(in: plan.spikes.count + place, of: population)
  }

  private func events(in stream: Int, of population: PopulationSlice) -> [Event] {
    streams[stream].compactMap { record in
      guard population.range.contains(Int(record.neuron)) else { return nil }
      return Event(
        step: record.step, time: Double(record.step) * dt, neuron: Int(record.neuron))
    }
  }

  /// One variable of one neuron, row by row, in SI; `nil` if it was not recorded.
  ///
  /// - Parameters:
  ///   - neuron: Index in the population.
  ///   - name: Of the recording.
  public func states(
    _ variable: String, neuron: Int = 0, of name: String = "states"
  ) -> [Double]? {
    guard let recording = plan.states.firstIndex(where: { $0.name == name }),
      let place = plan.states[recording].variables.firstIndex(of: variable),
      let column = plan.states[recording].neurons.firstIndex(of: neuron)
    else { return nil }
    let count = plan.states[recording].neurons.count
    let width = plan.states[recording].variables.count * count
    return stride(from: place * count + column, to: rows[recording].count, by: width).map {
      rows[recording][$0]
    }
  }

  /// The times of a recording's rows, in s; empty if there is no such recording.
  public func times(of name: String = "states") -> [Double] {
    guard let recording = plan.states.firstIndex(where: { $0.name == name }) else { return [] }
    let states = plan.states[recording]
    let width = max(states.variables.count * states.neurons.count, 1)
    return (0..<rows[recording].count / width).map {
      Double(states.window.from + Int64($0) * states.window.every) * dt
    }
  }
}

extension RecordedRun: RecordSink {
  package func spikes(_ records: [SpikeRecord], stream: Int) throws(RecordError) {
    streams[stream] += records
  }

  package func states(
    _ values: borrowing Span<Double>, rows count: Int, firstStep: Int64, recording: Int
  ) throws(RecordError) {
    for place in values.indices { rows[recording].append(values[place]) }
  }
}

extension String {
  /// Whether the name can be recorded of any neuron, without an equation for it.
  var isRecordableWithoutVariable: Bool { EquationNames.recordable[self] != nil }
}
