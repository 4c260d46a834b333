import Engine
import Equations
import Jobs
import Networks
import Testing

/// Cells written as plain equations, and compartments, by every method.
@Suite("Single cells by every method", .serialized)
struct EquationCellTests {
  private static func cells() throws -> [GoldenCell] {
    try GoldenCell.all(in: "equation-cells.json")
  }

  @Test("all cells are here, and fire")
  func allCells() throws {
    let cells = try Self.cells()
    #expect(cells.count == 16)
    #expect(cells.allSatisfy { !$0.spikes.isEmpty })
    for method in IntegrationMethod.allCases {
      #expect(cells.count { $0.name.hasSuffix(" " + method.rawValue) } >= 3)
    }
  }

  @Test("values, extremes, spikes and events are Brian's", arguments: try cells(), Layout.all)
  func cell(_ cell: GoldenCell, layout: Layout) throws {
    let (values, differences) = try cell.compare(on: layout)
    #expect(differences == [])
    let rows = (cell.steps + cell.every - 1) / cell.every
    #expect(values.count == cell.rows.count * cell.neurons * (rows + 4) && values.count > 0)
    #expect(values.largest <= 1e-11, "\(values.place)")
  }

  @Test("the job of Hodgkin and Huxley's axon spikes when Brian's cells do", arguments: Layout.all)
  func shippedJob(layout: Layout) throws {
    let cell = try #require(try Self.cells().first { $0.name == "squid exponential_euler" })
    let job = try Job.load(
      path: OracleData.job("hodgkin-huxley.yaml"),
      overrides: [
        "populations.axons.size=\(cell.neurons)", "simulation.duration=60 ms",
        "populations.axons.parameters.I=[0 uA/cm^2, 3 uA/cm^2, 12 uA/cm^2]",
        "record.states.traces={population: axons, variables: [V]}",
      ])
    let run = try RecordedRun.of(job.experiment, on: layout)
    #expect(run.spikes == SpikeRecord.sorted(cell.spikes) && run.spikes.count == 6)
  }

  @Test("another method is noticed")
  func otherMethodIsNoticed() throws {
    var cell = try #require(try Self.cells().first { $0.name == "squid rk2" })
    let job = String(decoding: cell.job, as: UTF8.self)
    try #require(job.contains(#""method": "rk2""#))
    cell.job = Array(job.replacing(#""method": "rk2""#, with: #""method": "rk4""#).utf8)
    #expect(try cell.compare(on: .fastest).values.largest > 1e-6)
  }

  @Test("a sodium conductance that is larger by a ten-millionth is noticed")
  func otherConductanceIsNoticed() throws {
    var cell = try #require(try Self.cells().first { $0.name == "squid exponential_euler" })
    let job = String(decoding: cell.job, as: UTF8.self)
    try #require(job.contains("120 mS"))
    cell.job = Array(job.replacing("120 mS", with: "120.000012 mS").utf8)
    #expect(try cell.compare(on: .fastest).values.largest > 1e-9)
  }
}
