import Foundation
import Jobs
import Messaging
import Networks
import Testing

@testable import Coppice
@testable import Engine

/// The jobs of the scalability study go the ways that are made for them: were a job or a threshold
/// changed, all numbers would stay as they are, and only the time would tell.
@Suite struct ScalabilityJobTests {
  private final class NoRecords: RecordSink {
    func spikes(_ records: [SpikeRecord], stream: Int) throws(RecordError) {}
    func states(
      _ values: borrowing Span<Double>, rows count: Int, firstStep: Int64, recording: Int
    ) throws(RecordError) {}
  }

  private static func simulation(
    _ name: String, _ overrides: [String], _ options: RunOptions
  ) throws -> Simulation {
    let top = URL(filePath: #filePath).appending(path: "../../..").standardized
    let job = try Job.load(path: top.path + "/jobs/scalability/" + name, overrides: overrides)
    return try SimulationBuilder(
      job.experiment, options: options, communicator: SingleProcessCommunicator()
    ).build()
  }

  @Test(arguments: [
    ("active.yaml", 2), ("passive.yaml", 2), ("dense.yaml", 2), ("recurrent.yaml", 0),
  ])
  func longEpochsDrawUnitsWhereTheyArrive(name: String, count: Int) throws {
    let simulation = try Self.simulation(
      name, ["constants.neurons=500"], RunOptions(backend: .portable))
    let driving = simulation.workers.flatMap(\.generators).count {
      if case .driving = $0.route { true } else { false }
    }
    #expect(driving == count)
  }

  /// What `drivenUnitsAndShortRowsGiveTheSameBytes` runs on ranks and threads does sort and count.
  @Test(arguments: [(6, 90, RowArrivals.Way.sorted), (60, 120, .counted)])
  func shortRowsAreSortedOrCounted(synapses: Int, rate: Int, way: RowArrivals.Way) throws {
    let overrides = [
      "constants.neurons=6000", "constants.synapses=\(synapses)", "constants.input_rate=\(rate) Hz",
      "projections.recurrent.weight=0.2", "simulation.duration=40 ms",
    ]
    let simulation = try Self.simulation(
      "dense.yaml", overrides, RunOptions(threads: 2, backend: .compiled))
    _ = try simulation.run(into: NoRecords())
    for worker in simulation.workers {
      #expect(worker.summed.joined().compactMap(\.rowArrivals?.way) == [way])
    }
  }
}
