import Engine
import Foundation
import Jobs
import Networks
import Testing

/// A random network of Dendrify's models, as `make differential` draws them, with what Dendrify on
/// Brian 2 makes of it.
struct DifferentialCase: Decodable, CustomTestStringConvertible, Sendable {
  var name: String
  var steps: Int
  /// Population, or population and event, -> (step, neuron)
  var events: [String: [[Int]]]
  /// Population and voltage -> neuron -> row
  var rows: [String: [[Double]]]
  /// Population and voltage -> range over the whole run, in V
  var scales: [String: Double]
  var features: [String]
  /// Its job as it is written.
  var job: [UInt8] = []

  private enum CodingKeys: CodingKey {
    case name
    case steps
    case events
    case rows
    case scales
    case features
  }

  private struct File: Decodable {
    var cases: [DifferentialCase]
  }

  var testDescription: String { name }

  static func all() throws -> [DifferentialCase] {
    let text = try OracleData.bytes("differential.json")
    var cases = try JSONDecoder().decode(File.self, from: Data(text)).cases
    let jobs = OracleData.objects(after: "job", in: text)
    try #require(jobs.count == cases.count)
    for (place, job) in jobs.enumerated() { cases[place].job = job }
    return cases
  }

  /// Runs the job; the largest distance of a voltage in units of its range, and the names of
  /// populations and events whose spikes are others.
  func compare(on layout: Layout) throws -> (values: Deviation, differences: [String]) {
    let job = try Job.load(text: job, name: "differential.json")
    try #require(job.name == name)
    let run = try RecordedRun.of(job.experiment, on: layout)
    let names = job.experiment.network.populations.map(\.name)
    var deviation = Deviation()
    for (place, states) in job.experiment.recording.states.enumerated() {
      for variable in states.variables {
        let key = names[states.population] + "." + variable
        let scale = try #require(scales[key])
        for (neuron, expected) in try #require(rows[key]).enumerated() {
          let found = try run.trace(variable, neuron: neuron, recording: place)
          deviation.add(found, expected, scale: scale, at: "\(key) of \(neuron)")
        }
      }
    }
    let found = run.streams(of: names)
    try #require(found.keys.sorted() == events.keys.sorted())
    return (
      deviation,
      found.keys.sorted().filter { found[$0] != SpikeRecord.sorted(events[$0] ?? []) }
    )
  }
}

@Suite("Random models are Dendrify's", .serialized)
struct DifferentialTests {
  @Test("the sample holds every kind of model, and fires")
  func sample() throws {
    let cases = try DifferentialCase.all()
    #expect(cases.count == 12)
    #expect(
      cases.filter { $0.events.contains { !$0.key.contains(".") && !$0.value.isEmpty } }.count >= 10
    )
    let features = Set(cases.flatMap(\.features))
    let wanted: Set<String> = [
      "dSpikes pulse", "dSpikes exponential", "second reset", "point neuron", "free equations",
      "AMPA", "NMDA", "GABA", "recurrent", "delays per synapse", "weights per synapse",
      "parameters per neuron", "custom events", "refractory condition",
    ]
    #expect(wanted.subtracting(features) == [])
    #expect(
      cases.contains { $0.events.contains { $0.key.contains(".spike_") && !$0.value.isEmpty } })
  }

  @Test(
    "spikes and events are Brian's, and voltages within 1e-9 of their range",
    arguments: try DifferentialCase.all(), Layout.all)
  func random(_ one: DifferentialCase, layout: Layout) throws {
    let (values, differences) = try one.compare(on: layout)
    #expect(differences == [])
    #expect(values.count > 0)
    #expect(values.largest <= 1e-9, "\(values.place)")
  }

  @Test("a neuron that is another is noticed")
  func otherModelIsNoticed() throws {
    var other = try #require(
      try DifferentialCase.all().first { $0.features.contains("point neuron") })
    let job = String(decoding: other.job, as: UTF8.self)
    let given = try #require(job.firstMatch(of: /"v_rest": "-(\d\d\.\d+) mV"/))
    other.job = Array(job.replacing(given.1, with: given.1 + "1").utf8)
    #expect(try other.compare(on: .fastest).values.largest > 1e-9)
  }
}
