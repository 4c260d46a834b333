import Engine
import Foundation
import Jobs
import Networks
import Testing

/// Single cells without noise on Dendrify 2.2 and Brian 2.9.
struct GoldenCell: Decodable, CustomTestStringConvertible, Sendable {
  var steps: Int
  var neurons: Int
  var every: Int
  /// variable -> neuron -> row, every so many steps
  var rows: [String: [[Double]]]
  /// variable -> neuron -> value and step, over all steps
  var maxima: [String: [[Double]]]
  var minima: [String: [[Double]]]
  var spikes: [[Int]]
  var events: [String: [[Int]]]
  var name = ""
  /// Its job as it is written.
  var job: [UInt8] = []

  private enum CodingKeys: CodingKey {
    case steps
    case neurons
    case every
    case rows
    case maxima
    case minima
    case spikes
    case events
  }

  private struct File: Decodable {
    var cells: [String: GoldenCell]
  }

  var testDescription: String { name }

  /// The cells of a file of `Tests/Oracles/data`.
  static func all(in file: String = "golden-cells.json") throws -> [GoldenCell] {
    let text = try OracleData.bytes(file)
    let cells = try JSONDecoder().decode(File.self, from: Data(text)).cells
    return try OracleData.objects(after: "job", in: text).map { job in
      let name = try Job.load(text: job, name: file).name
      var cell = try #require(cells[name])
      cell.name = name
      cell.job = job
      return cell
    }
  }

  /// Runs the job, with rows at every step, so that extremes are compared too.
  ///
  /// Distances of values count in units of the largest value that the variable takes in its
  /// neuron: a current that goes through zero has no relative error there.
  func compare(on layout: Layout) throws -> (values: Deviation, differences: [String]) {
    var experiment = try Job.load(text: job, name: "cell.json").experiment
    experiment.recording.states[0].window.every = 1
    let run = try RecordedRun.of(experiment, on: layout)
    var deviation = Deviation()
    for (variable, expected) in rows {
      let most = try #require(maxima[variable])
      let least = try #require(minima[variable])
      for neuron in 0..<neurons {
        let found = try run.trace(variable, neuron: neuron)
        try #require(found.count == steps)
        let scale = max(abs(most[neuron][0]), abs(least[neuron][0]))
        let place = "\(variable) of \(neuron)"
        deviation.add(
          stride(from: 0, to: steps, by: every).map { found[$0] }, expected[neuron], scale: scale,
          at: place)
        let extremes = [(most[neuron], found.max()), (least[neuron], found.min())]
        for (extreme, own) in extremes {
          deviation.add(try #require(own), extreme[0], scale: scale, at: "extreme of \(place)")
          deviation.add(
            found[Int(extreme[1])], extreme[0], scale: scale, at: "row of extreme of \(place)")
        }
      }
    }
    var expected = events.mapValues(SpikeRecord.sorted)
    expected["spikes"] = SpikeRecord.sorted(spikes)
    let found = run.events.merging(["spikes": run.spikes]) { $1 }
    try #require(found.keys.sorted() == expected.keys.sorted())
    return (deviation, found.keys.sorted().filter { found[$0] != expected[$0] })
  }
}

@Suite("Dendrify's examples", .serialized)
struct GoldenCellTests {
  @Test("all examples are here, and fire")
  func allExamples() throws {
    let cells = try GoldenCell.all()
    #expect(cells.count == 10)
    #expect(cells.reduce(0) { $0 + $1.spikes.count } == 1139)
    #expect(cells.reduce(0) { $0 + $1.events.values.reduce(0) { $0 + $1.count } } == 42)
  }

  @Test(
    "values, extremes, spikes and dendritic spikes are Dendrify's",
    arguments: try GoldenCell.all(), Layout.all)
  func example(_ cell: GoldenCell, layout: Layout) throws {
    let (values, differences) = try cell.compare(on: layout)
    #expect(differences == [])
    let rows = (cell.steps + cell.every - 1) / cell.every
    #expect(values.count == cell.rows.count * cell.neurons * (rows + 4) && values.count > 0)
    #expect(values.largest <= 1e-12, "\(values.place)")
  }

  @Test("a current that is larger by a ten-millionth is noticed")
  func otherCurrentIsNoticed() throws {
    var cell = try #require(try GoldenCell.all().first { $0.name == "comp_understanding" })
    let job = String(decoding: cell.job, as: UTF8.self)
    try #require(job.contains("213 pA"))
    cell.job = Array(job.replacing("213 pA", with: "213.0000213 pA").utf8)
    #expect(try cell.compare(on: .fastest).values.largest > 1e-9)
  }

  @Test("a dendritic spike that lasts one step longer is noticed")
  func otherDurationIsNoticed() throws {
    var cell = try #require(try GoldenCell.all().first { $0.name == "comp_understanding" })
    let job = String(decoding: cell.job, as: UTF8.self)
    try #require(job.contains("2.4 ms"))
    cell.job = Array(job.replacing("2.4 ms", with: "2.5 ms").utf8)
    #expect(try cell.compare(on: .fastest).differences == ["spike_Na_dend"])
  }
}
