import Engine
import Foundation
import Jobs
import Testing

/// A run of Brian 2.9 in several phases, or with stimuli, and the same as a job.
struct ScheduleCase: Decodable, CustomTestStringConvertible, Sendable {
  struct Samples: Decodable {
    var columns: Int?
    var values: [Double]
  }

  var name: String
  var neurons: Int
  var spikes: [[Int]]
  /// variable -> neuron -> row
  var rows: [String: [[Double]]]
  /// What stands in for data sets of the job.
  var waveforms: [String: Samples]
  /// Its job as it is written.
  var job: [UInt8] = []

  private enum CodingKeys: CodingKey {
    case name
    case neurons
    case spikes
    case rows
    case waveforms
  }

  private struct File: Decodable {
    var cases: [ScheduleCase]
  }

  private struct Missing: Error {}

  var testDescription: String { name }

  static func all() throws -> [ScheduleCase] {
    let text = try OracleData.bytes("schedule.json")
    var cases = try JSONDecoder().decode(File.self, from: Data(text)).cases
    let jobs = OracleData.objects(after: "job", in: text)
    try #require(jobs.count == cases.count)
    for (place, job) in jobs.enumerated() { cases[place].job = job }
    return cases
  }

  /// Runs the job; the largest distance of a row in V, S or 1, and whether spikes agree.
  func compare(on layout: Layout) throws -> (rows: Deviation, hasSameSpikes: Bool) {
    let waveforms = waveforms
    let readers = JobReaders(values: { _, dataset in
      guard let samples = waveforms[dataset] else { throw Missing() }
      return JobReaders.Values(values: samples.values, columns: samples.columns, units: "A")
    })
    let job = try Job.load(text: job, name: "schedule.json", readers: readers)
    try #require(job.name == name)
    let run = try RecordedRun.of(job.experiment, on: layout)
    var deviation = Deviation()
    for (variable, expected) in rows {
      for neuron in 0..<neurons {
        deviation.add(
          try run.trace(variable, neuron: neuron), expected[neuron],
          at: "\(variable) of \(neuron)")
      }
    }
    return (deviation, run.spikes == SpikeRecord.sorted(spikes))
  }
}

@Suite("Stimuli and schedule do what Brian's runs in phases do", .serialized)
struct ScheduleTests {
  @Test("all protocols are here, and neurons fire in them")
  func allProtocols() throws {
    let cases = try ScheduleCase.all()
    #expect(cases.count == 12)
    for protocolCase in cases { #expect(protocolCase.spikes.count > 8) }
  }

  @Test("rows and spikes are Brian's", arguments: try ScheduleCase.all(), Layout.all)
  func rowsAndSpikes(_ protocolCase: ScheduleCase, layout: Layout) throws {
    let (rows, hasSameSpikes) = try protocolCase.compare(on: layout)
    #expect(hasSameSpikes)
    #expect(rows.count > 100)
    #expect(rows.largest <= 1e-12, "\(rows.place)")
  }

  @Test("a schedule that is another is noticed")
  func anotherScheduleIsNoticed() throws {
    let name = "changes of variables, parameters and constants between runs"
    var other = try #require(try ScheduleCase.all().first { $0.name == name })
    let text = String(decoding: other.job, as: UTF8.self)
    try #require(text.contains("65.3 ms"))
    other.job = Array(text.replacing("65.3 ms", with: "65.4 ms").utf8)
    let comparison = try other.compare(on: Layout(backend: .portable))
    #expect(comparison.rows.largest > 1e-6)
  }
}
