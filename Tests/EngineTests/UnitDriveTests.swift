import Messaging
import Networks
import Testing

@testable import Engine

/// Poisson units whose spikes are drawn where they arrive leave the bits, the counts and the
/// checkpoints of units whose spikes wait in lists.
@Suite struct UnitDriveTests {
  private static let steps: Int64 = 400

  /// Units beside their neurons: of one rate, of a rate each, rarely and often, with delays of none, of
  /// part of an epoch and of several. Epochs have 12 steps.
  private static func experiment(isDriven: Bool) throws -> Experiment {
    let size = 45
    func poisson(_ name: String, _ rate: PoissonGenerator.Rate) -> Population {
      Population(name: name, size: size, kind: .poisson(PoissonGenerator(rate: rate)))
    }
    let populations = [
      try SmallRun.neurons(
        "n", size: size,
        equations: """
          dv/dt = (drive - v)/(5*ms) : 1
          ddrive/dt = -drive/(3*ms) : 1
          other : 1
          """,
        threshold: "v > 1", reset: "v = 0", refractory: "1*ms"),
      poisson("x", .constant(700)),
      poisson("y", .list((0..<size).map { Double($0) * 150 })),
      poisson("z", .constant(40)),
    ]
    func projection(
      _ name: String, _ source: Int, _ rule: ConnectionRule, _ delay: Int, _ onPre: String
    ) throws -> Projection {
      try SmallRun.projection(
        name, from: source, to: 0, in: populations, rule: rule, weight: .constant(0.1),
        delay: .steps(delay), onPre: onPre)
    }
    let projections = [
      try projection("x_n", 1, .oneToOne, 0, "drive += w; other -= 3*w"),
      try projection("n_n", 0, .probability(0.3), 11, "drive += 0.3*w + 0.01"),
      try projection("y_n", 2, .oneToOne, 5, "drive += 0.7*w"),
      try projection("z_n", 3, .oneToOne, 40, "drive += 2*w; other += w"),
    ]
    var plan = RecordingPlan(spikes: isDriven ? [0] : [0, 1, 2, 3])
    plan.states.append(
      RecordingPlan.States(
        name: "states", population: 0, variables: ["v", "drive", "other"],
        neurons: Array(0..<size), window: .init(), precision: .double))
    return Experiment(
      network: Network(populations: populations, projections: projections), dt: SmallRun.dt,
      steps: steps, seed: 5, recording: plan)
  }

  private struct Outcome {
    var rows: [[Double]]
    var spikes: [SpikeRecord]
    var counts: [Int]
    var kept: [CheckpointInMemory]
  }

  private static func run(
    isDriven: Bool, from source: CheckpointInMemory? = nil, stop: Int64? = nil,
    options: RunOptions
  ) throws -> Outcome {
    let experiment = try experiment(isDriven: isDriven)
    let sink = MemorySink(experiment)
    let keeper = KeeperInMemory(stop: stop)
    let simulation = try SimulationBuilder(
      experiment, options: options, communicator: SingleProcessCommunicator()
    ).build(from: source)
    for worker in simulation.workers {
      let driving = worker.generators.count {
        if case .driving = $0.route { true } else { false }
      }
      try #require(driving == (isDriven ? 3 : 0))
    }
    let figures = try simulation.run(into: sink, keeping: keeper)
    return Outcome(
      rows: sink.rows[0], spikes: sink.spikes[0], counts: figures.spikes, kept: keeper.kept)
  }

  @Test(arguments: [(1, nil as Int?), (2, 5), (3, nil), (1, 1)])
  func drivenUnitsLeaveTheBitsOfLists(threads: Int, blockSize: Int?) throws {
    let lists = try Self.run(isDriven: false, options: RunOptions(backend: .portable))
    try #require(lists.counts[0] > 50 && lists.counts[1] > 1_000 && lists.counts[3] > 30)
    let driven = try Self.run(
      isDriven: true,
      options: RunOptions(threads: threads, blockSize: blockSize, backend: .portable))
    #expect(driven.rows == lists.rows)
    #expect(driven.spikes == lists.spikes)
    #expect(driven.counts == lists.counts)
  }

  /// Stops within an epoch, at its end, and while spikes of all delays are under way; goes on with
  /// the other way of driving too, for a checkpoint holds nothing of it.
  @Test(arguments: [(1, true), (12, true), (13, false), (47, true), (200, false), (399, true)])
  func drivenUnitsGoOnWithTheSameBits(stop: Int, staysDriven: Bool) throws {
    let whole = try Self.run(isDriven: false, options: RunOptions(backend: .portable))
    let first = try Self.run(
      isDriven: true, stop: Int64(stop),
      options: RunOptions(threads: 2, backend: .portable, epochCuts: [Int64(stop)]))
    let checkpoint = try #require(first.kept.last)
    try #require(checkpoint.instant.step == Int64(stop))
    let second = try Self.run(
      isDriven: staysDriven, from: checkpoint,
      options: RunOptions(threads: 3, blockSize: 8, backend: .portable))
    #expect(first.rows + second.rows == whole.rows)
    #expect(first.spikes + second.spikes == whole.spikes)
    let last = try #require(second.kept.last)
    let expected = try #require(whole.kept.last)
    #expect(last.sections == expected.sections)
    for (name, section) in expected.held { #expect(last.held[name] == section, "\(name)") }
  }
}
