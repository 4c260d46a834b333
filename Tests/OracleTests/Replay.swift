import Engine
import Equations
import Foundation
import Jobs
import Networks
import Testing

/// 200 neurons of the paper on Dendrify 1.0.9 and Brian 2.6, whose inputs, spikes, dendritic
/// spikes and voltages are stored, and the same run here.
struct Replay {
  /// The stored facts of a run.
  private struct Facts: Decodable {
    var neurons: Int
    var steps: Int
    var on_x: String
    var on_y: String
    var on_recurrent: String
    var weight: Double
    var compartments: [String]
    var watched: [Int]
    var every: Int
    var detailed: Int
    var detailed_from: Int
  }

  private static let detailedRows = 2000

  private let facts: Facts
  private let model: String
  private let stored: StoredArrays
  /// The step before which everything is compared.
  let end: Int
  /// Input spikes by generator, as (step, unit).
  var inputs: [String: [(Int, Int)]]
  /// Connections among the neurons as (source, target); none in the case `active`.
  var pairs: [(Int, Int)]
  /// Spikes and events by name.
  private(set) var expected: [String: [SpikeRecord]] = [:]

  /// Reads a run, of which the first `steps` (`nil`: all) are to be run and compared.
  init(_ name: String, steps: Int? = nil) throws {
    let text = try OracleData.bytes("replay-\(name).json")
    facts = try JSONDecoder().decode(Facts.self, from: Data(text))
    let models = OracleData.objects(after: "model", in: text)
    model = String(decoding: try #require(models.first), as: UTF8.self)
    stored = try StoredArrays("replay-" + name)
    let arrays = try StoredArrays("replay-inputs")
    inputs = ["x": try arrays.pairs("x"), "y": try arrays.pairs("y")]
    pairs = facts.weight == 0 ? [] : try arrays.pairs("pairs")
    end = min(steps ?? facts.steps, facts.steps)
    for event in stored.names where !["rows", "detailed_rows", "final"].contains(event) {
      expected[event] = SpikeRecord.sorted(
        try stored.pairs(event).filter { $0.0 < end }.map { [$0.0, $0.1] })
    }
  }

  private var variables: [String] { facts.compartments.map { "V_" + $0 } }

  /// The run as a job; spikes and connections, too long for a text, are put in afterwards.
  private var job: String {
    let placeholder = #"{"spikes": {"indices": [0], "times": ["0 ms"]}, "size": \#(facts.neurons)}"#
    let recurrent = #"""
      , "recurrent": {"source": "pyr", "target": "pyr", "connect": {"pairs": [[0, 0]]},
        "weight": \#(facts.weight), "on_pre": "\#(facts.on_recurrent)"}
      """#
    return #"""
      {"simulation": {"duration": "\#(end + 1)*0.1*ms", "dt": "0.1 ms"},
       "models": {"pyramidal": \#(model)},
       "populations": {
        "pyr": {"model": "pyramidal", "size": \#(facts.neurons)},
        "x": \#(placeholder), "y": \#(placeholder)},
       "projections": {
        "x_dist": {"source": "x", "target": "pyr", "connect": "one_to_one",
          "on_pre": "\#(facts.on_x)"},
        "y_prox": {"source": "y", "target": "pyr", "connect": "one_to_one",
          "on_pre": "\#(facts.on_y)"}
        \#(facts.weight == 0 ? "" : recurrent)},
       "record": {"spikes": ["pyr"]}}
      """#
  }

  /// One step more than is compared, for its row is the state after the last step.
  func experiment() throws -> Experiment {
    var experiment = try Job.load(text: Array(job.utf8), name: "replay.yaml").experiment
    putInputs(into: &experiment.network)
    let events = try unveilEvents(of: &experiment.network.populations[0])
    experiment.recording.events = events.map { (0, $0) }
    let last = Int64(end)
    let from = Int64(facts.detailed_from)
    let to = max(from + 1, min(from + Int64(Replay.detailedRows), last))
    experiment.recording.states = [
      states("watched", facts.watched, .init(to: last, every: Int64(facts.every))),
      states("detailed", [facts.detailed], .init(from: from, to: to)),
      states("final", Array(0..<facts.neurons), .init(from: last, to: last + 1)),
    ]
    return experiment
  }

  private func putInputs(into network: inout Network) {
    for (place, population) in network.populations.enumerated() {
      guard let input = inputs[population.name] else { continue }
      let spikes = input.filter { $0.0 <= end }.map { (unit: $0.1, step: Int64($0.0)) }
        .sorted { ($0.step, $0.unit) < ($1.step, $1.unit) }
      network.populations[place].kind = .spikeList(SpikeListGenerator(spikes: spikes))
    }
    for place in network.projections.indices where network.projections[place].name == "recurrent" {
      network.projections[place].rule = .pairs(pairs.map { (source: $0.0, target: $0.1) })
    }
  }

  /// Makes all events of the neurons ones that can be recorded, and gives their names: the falls
  /// of dendritic spikes are events inside that no user sees; here they are compared.
  private func unveilEvents(of population: inout Population) throws -> [String] {
    guard case .neurons(var neurons) = population.kind else {
      throw UnexpectedKind(population: population.name)
    }
    for place in neurons.system.events.indices {
      neurons.system.events[place].isRecordable = true
    }
    population.kind = .neurons(neurons)
    return neurons.system.events.map(\.name)
  }

  private struct UnexpectedKind: Error {
    var population: String
  }

  private func states(
    _ name: String, _ neurons: [Int], _ window: RecordingPlan.Window
  ) -> RecordingPlan.States {
    RecordingPlan.States(
      name: name, population: 0, variables: variables, neurons: neurons, window: window,
      precision: .double)
  }
}

extension Replay {
  /// How a run lies to the stored one.
  struct Comparison {
    /// Which spikes or events differ, in words; empty if none does.
    var differences: [String] = []
    /// Spikes and events compared.
    var events = 0
    /// Distances of voltages, in V.
    var voltages = Deviation()
  }

  /// Runs and compares with what is stored.
  func compare(on layout: Layout) throws -> Comparison {
    let run = try RecordedRun.of(experiment(), on: layout)
    var comparison = Comparison()
    var found = run.events
    found["spikes"] = run.spikes
    try #require(Set(found.keys) == Set(expected.keys))
    for (name, expected) in expected {
      let found = (found[name] ?? []).filter { $0.step < end }
      comparison.events += expected.count
      guard found != expected else { continue }
      let place = zip(found, expected).prefix { $0 == $1 }.count
      let own = place < found.count ? "\(found[place])" : "none"
      let stored = place < expected.count ? "\(expected[place])" : "none"
      comparison.differences.append("\(name), number \(place): \(own), stored is \(stored)")
    }
    comparison.voltages = try voltages(of: run)
    return comparison
  }

  private func voltages(of run: RecordedRun) throws -> Deviation {
    var voltages = Deviation()
    let watched = try stored.doubles("rows")
    for (place, neuron) in facts.watched.enumerated() {
      let rows = (end + facts.every - 1) / facts.every
      try add(
        watched, rows: rows, width: facts.watched.count, place, run, 0, "neuron \(neuron)",
        &voltages)
    }
    let rows = min(Replay.detailedRows, end - facts.detailed_from)
    if rows > 0 {
      let detailed = try stored.doubles("detailed_rows")
      try add(detailed, rows: rows, width: 1, 0, run, 1, "detailed rows", &voltages)
    }
    guard end == facts.steps else { return voltages }
    let final = try stored.doubles("final")
    for neuron in 0..<facts.neurons {
      try add(
        final, rows: 1, width: facts.neurons, neuron, run, 2, "end of neuron \(neuron)", &voltages)
    }
    return voltages
  }

  /// Adds one neuron of a recording, all compartments; stored is (row, neuron, compartment).
  private func add(
    _ stored: [Double], rows: Int, width: Int, _ neuron: Int, _ run: RecordedRun,
    _ recording: Int, _ place: String, _ voltages: inout Deviation
  ) throws {
    for (compartment, variable) in variables.enumerated() {
      let expected = (0..<rows).map { row in
        stored[(row * width + neuron) * variables.count + compartment]
      }
      voltages.add(
        try run.trace(variable, neuron: neuron, recording: recording), expected,
        at: "\(variable), \(place)")
    }
  }
}
