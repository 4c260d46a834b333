import Engine
import Foundation
import Jobs
import Testing

/// A small run of Brian 2.9 that shows one rule of a step.
struct SemanticsCase: Decodable, CustomTestStringConvertible, Sendable {
  var rule: String
  var steps: Int
  var neurons: Int
  var events_at: [String: [[Int]]]
  /// variable -> neuron -> row
  var rows: [String: [[Double]]]
  /// Its job as it is written.
  var job: [UInt8] = []

  private enum CodingKeys: CodingKey {
    case rule
    case steps
    case neurons
    case events_at
    case rows
  }

  private struct File: Decodable {
    var cases: [SemanticsCase]
  }

  var testDescription: String { rule }

  static func all() throws -> [SemanticsCase] {
    let text = try OracleData.bytes("semantics.json")
    var cases = try JSONDecoder().decode(File.self, from: Data(text)).cases
    let jobs = OracleData.objects(after: "job", in: text)
    try #require(jobs.count == cases.count)
    for (place, job) in jobs.enumerated() { cases[place].job = job }
    return cases
  }

  /// Runs the job; the largest relative distance of a row, and whether all events agree.
  func compare(on layout: Layout) throws -> (rows: Deviation, differences: [String]) {
    let job = try Job.load(text: job, name: "semantics.json")
    try #require(job.name == rule)
    let run = try RecordedRun.of(job.experiment, on: layout)
    var deviation = Deviation()
    for (variable, expected) in rows {
      for neuron in 0..<neurons {
        let found = try run.trace(variable, neuron: neuron)
        try #require(found.count == steps && expected[neuron].count == steps)
        for (row, pair) in zip(found, expected[neuron]).enumerated() {
          deviation.add(
            pair.0, pair.1, scale: abs(pair.1), at: "\(variable) of \(neuron), row \(row)")
        }
      }
    }
    let found = run.events.merging(["spike": run.spikes]) { $1 }
    let differences = found.keys.sorted().filter {
      found[$0] != SpikeRecord.sorted(events_at[$0] ?? [])
    }
    try #require(Set(events_at.keys).isSubset(of: found.keys))
    return (deviation, differences)
  }
}

@Suite("Each rule of a step is Brian's", .serialized)
struct SemanticsTests {
  @Test("all rules are here")
  func allRules() throws {
    #expect(try SemanticsCase.all().count == 19)
  }

  @Test("rows and events are Brian's", arguments: try SemanticsCase.all(), Layout.all)
  func rule(_ rule: SemanticsCase, layout: Layout) throws {
    let (rows, differences) = try rule.compare(on: layout)
    #expect(differences == [])
    #expect(rows.count == rule.rows.count * rule.neurons * rule.steps && rows.count > 0)
    #expect(rows.largest <= 1e-14, "\(rows.place)")
  }

  @Test("a row or an event that is another is noticed")
  func otherRowsAreNoticed() throws {
    let rule = "custom events see the new state, are not refractory, and act after resets"
    var other = try #require(try SemanticsCase.all().first { $0.rule == rule })
    let rows = try #require(other.rows["v"]?.first)
    other.rows["v"] = [[rows[0]] + rows.dropLast()]
    let events = try #require(other.events_at["up"])
    other.events_at["up"] = events.map { [$0[0] + 1, $0[1]] }
    let comparison = try other.compare(on: Layout(backend: .portable))
    #expect(comparison.rows.largest > 0.1)
    #expect(comparison.differences == ["up"])
  }
}
