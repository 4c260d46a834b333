import Coppice
import Engine
import Foundation
import Jobs
import Networks
import Testing

/// A job that `jobs/from_dendrify.py` has made from a script of `Tests/FromDendrify`, and what Brian
/// recorded when it ran the script.
struct ConvertedScript: CustomTestStringConvertible, Sendable {
  /// A variable of a recording.
  struct Rows: Decodable, Sendable {
    var neurons: [Int]
    /// Every so many rows are kept, of so many.
    var every: Int
    var count: Int
    /// The variable's range.
    var scale: Double
    /// Neuron -> row
    var rows: [[Double]]
  }

  private struct Expectation: Decodable {
    /// Population, or population and event, -> (step, neuron)
    var spikes: [String: [[Int]]]
    /// Of the same, where a monitor watches a part: the neurons
    var watched: [String: Set<UInt32>]
    /// Recording and variable -> rows
    var rows: [String: Rows]
  }

  var name: String
  var spikes: [String: [SpikeRecord]]
  var watched: [String: Set<UInt32>]
  var rows: [String: Rows]

  var testDescription: String { name }

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "FromDendrify/data")

  static func all() throws -> [ConvertedScript] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }
      .sorted { $0.path < $1.path }
      .map { path in
        let found = try JSONDecoder().decode(Expectation.self, from: Data(contentsOf: path))
        return ConvertedScript(
          name: path.deletingPathExtension().lastPathComponent,
          spikes: found.spikes.mapValues { SpikeRecord.sorted($0) }, watched: found.watched,
          rows: found.rows)
      }
  }

  func job() throws -> Job {
    let path = ConvertedScript.folder.appending(path: name + ".yaml").path
    let text = try Data(contentsOf: URL(filePath: path))
    return try Job.load(text: Array(text), name: path, readers: .hdf5)
  }

  /// Runs a job; the largest distance of a variable in units of its range, and the names of
  /// populations and events whose spikes are others.
  func compare(_ experiment: Experiment, on layout: Layout) throws -> (
    values: Deviation, differences: [String]
  ) {
    let run = try RecordedRun.of(experiment, on: layout)
    let found = run.streams(of: experiment.network.populations.map(\.name))
    let differences = spikes.keys.sorted().filter { name in
      let seen = found[name]?.filter { watched[name]?.contains($0.neuron) ?? true }
      return seen != spikes[name]
    }
    var values = Deviation()
    for (key, expected) in rows.sorted(by: { $0.key < $1.key }) {
      let parts = key.split(separator: ".", maxSplits: 1).map { String($0) }
      let recording = try #require(
        experiment.recording.states.firstIndex { $0.name == parts[0] })
      let neurons = Array(experiment.recording.states[recording].neurons)
      for (neuron, trace) in zip(expected.neurons, expected.rows) {
        let place = try #require(neurons.firstIndex(of: neuron))
        let rows = try run.trace(parts[1], neuron: place, recording: recording)
        try #require(rows.count == expected.count)
        values.add(
          stride(from: 0, to: rows.count, by: expected.every).map { rows[$0] }, trace,
          scale: expected.scale, at: "\(key) of \(neuron)")
      }
    }
    return (values, differences)
  }
}

@Suite("Jobs made from scripts do what Brian does", .serialized)
struct FromDendrifyTests {
  @Test("the scripts spike, and hold every section that a job has for them")
  func sample() throws {
    let scripts = try ConvertedScript.all()
    #expect(scripts.count >= 17)
    #expect(scripts.filter { $0.spikes.contains { !$0.value.isEmpty } }.count >= 12)
    #expect(scripts.contains { $0.spikes.contains { $0.key.contains(".") && !$0.value.isEmpty } })
    let networks = try scripts.map { try $0.job().experiment.network }
    #expect(networks.contains { !$0.schedule.isEmpty })
    #expect(networks.contains { !$0.stimuli.isEmpty })
    #expect(networks.contains { $0.projections.count >= 5 })
  }

  @Test(
    "spikes and events are Brian's, and variables within 1e-9 of their range",
    arguments: try ConvertedScript.all(), Layout.all)
  func converted(_ script: ConvertedScript, layout: Layout) throws {
    let (values, differences) = try script.compare(try script.job().experiment, on: layout)
    #expect(differences == [])
    #expect(values.count > 0 || script.spikes.contains { !$0.value.isEmpty })
    #expect(values.largest <= 1e-9, "\(values.place)")
  }

  @Test("other weights of a file are noticed")
  func otherWeightsAreNoticed() throws {
    let script = try #require(try ConvertedScript.all().first { $0.name == "network" })
    var experiment = try script.job().experiment
    let place = try #require(experiment.network.projections.firstIndex { $0.name == "excite" })
    guard case .list(let weights) = experiment.network.projections[place].weight else {
      Issue.record("the weights are a list")
      return
    }
    experiment.network.projections[place].weight = .list(weights.map { $0 * 1.01 })
    let (values, _) = try script.compare(experiment, on: .fastest)
    #expect(values.largest > 1e-9)
  }
}
