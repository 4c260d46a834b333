import Equations
import Messaging
import Networks
import Units

@testable import Engine

/// Everything that a run has recorded, in memory.
final class MemorySink: RecordSink {
  var spikes: [[SpikeRecord]]
  /// By recording: rows of [variable][neuron].
  var rows: [[[Double]]]
  private let widths: [Int]

  init(_ experiment: Experiment) {
    let plan = experiment.recording
    spikes = Array(repeating: [], count: plan.spikes.count + plan.events.count)
    rows = Array(repeating: [], count: plan.states.count)
    widths = plan.states.map { $0.variables.count * $0.neurons.count }
  }

  func spikes(_ records: [SpikeRecord], stream: Int) throws(RecordError) {
    spikes[stream] += records
  }

  func states(
    _ values: borrowing Span<Double>, rows count: Int, firstStep: Int64, recording: Int
  ) throws(RecordError) {
    for row in 0..<count {
      let range = row * widths[recording]..<(row + 1) * widths[recording]
      rows[recording].append(range.map { values[$0] })
    }
  }
}

/// Small networks, built by hand and run in this process.
enum SmallRun {
  static let dt = 1e-4

  /// A population of neurons from Brian's texts; constants are in SI.
  static func neurons(
    _ name: String = "n", size: Int = 1, equations: String, threshold: String? = nil,
    reset: String? = nil, refractory: String? = nil, secondReset: String? = nil,
    width: Double? = nil, events: [NeuronDefinition.Event] = [],
    initial: [(String, String)] = [], parameters: [String: NeuronValues] = [:]
  ) throws -> Population {
    let system = try EquationSystem(
      NeuronDefinition(
        equations: equations, threshold: threshold, reset: reset, refractory: refractory,
        secondReset: secondReset, spikeWidth: width, events: events))
    let values = try initial.map { variable, text in
      NeuronPopulation.Initial(
        variable: variable,
        value: .expression(try system.checkedExpression(text, dimension: nil)))
    }
    return Population(
      name: name, size: size,
      kind: .neurons(
        NeuronPopulation(
          model: name, system: system, parameters: parameters, initial: values)))
  }

  static func spikeList(
    named name: String = "s", size: Int = 1, _ spikes: [(unit: Int, step: Int64)]
  ) -> Population {
    Population(name: name, size: size, kind: .spikeList(SpikeListGenerator(spikes: spikes)))
  }

  /// A projection between whole populations.
  static func projection(
    _ name: String = "p", from source: Int, to target: Int, in populations: [Population],
    rule: ConnectionRule = .oneToOne, weight: NeuronValues = .constant(1),
    delay: Projection.Delay = .steps(0), onPre: String
  ) throws -> Projection {
    guard case .neurons(let neurons) = populations[target].kind else { throw NotNeurons() }
    return Projection(
      name: name, source: PopulationSlice(population: source, range: 0..<populations[source].size),
      target: PopulationSlice(population: target, range: 0..<populations[target].size), rule: rule,
      weight: weight, delay: delay,
      onPre: try neurons.system.checkedStatements(onPre, names: ["w": .one]))
  }

  private struct NotNeurons: Error {}

  /// Runs and gives what was recorded: all spikes, all events and the named variables of
  /// population 0, every step.
  static func run(
    _ network: Network, steps: Int64, states: [String] = [], seed: UInt64 = 1,
    precision: Experiment.Precision = .double,
    options: RunOptions = RunOptions(backend: .portable)
  ) throws -> MemorySink {
    var plan = RecordingPlan(spikes: Array(network.populations.indices))
    for (index, population) in network.populations.enumerated() {
      guard case .neurons(let neurons) = population.kind else { continue }
      for event in neurons.system.events where event.isRecordable {
        plan.events.append((index, event.name))
      }
    }
    if !states.isEmpty {
      plan.states.append(
        RecordingPlan.States(
          name: "states", population: 0, variables: states,
          neurons: Array(0..<network.populations[0].size), window: .init(), precision: .double))
    }
    let experiment = Experiment(
      network: network, dt: dt, steps: steps, seed: seed, precision: precision, recording: plan)
    let sink = MemorySink(experiment)
    let simulation = try SimulationBuilder(
      experiment, options: options, communicator: SingleProcessCommunicator()
    ).build()
    _ = try simulation.run(into: sink)
    return sink
  }
}

extension MemorySink {
  /// Steps at which the neurons of a population fired.
  func steps(of stream: Int) -> [Int64] { spikes[stream].map(\.step) }
  /// One variable of one neuron over the rows of the states recording.
  func trace(_ variable: Int = 0, neuron: Int = 0, size: Int = 1) -> [Double] {
    rows[0].map { $0[variable * size + neuron] }
  }
}
