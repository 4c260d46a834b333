import Messaging
import Networks
import Testing

@testable import Engine

/// Arrivals that are added up before visits leave the bits of arrivals that come as events.
@Suite struct SummedArrivalsTests {
  private static let steps: Int64 = 500

  /// All that can be added up: pooled units, several synapses of a pair, weights of every kind, and
  /// delays up to beyond an epoch. Fractions make every order of summation another sum.
  private static func network(areEvents: Bool) throws -> Network {
    func poisson(_ name: String, _ size: Int, sources: Int) -> Population {
      Population(
        name: name, size: size,
        kind: .poisson(PoissonGenerator(rate: .constant(300), sources: sources)))
    }
    let populations = [
      try SmallRun.neurons(
        "n", size: 37,
        equations: """
          dv/dt = (drive - v)/(5*ms) : 1
          ddrive/dt = -drive/(3*ms) : 1
          other : 1
          """,
        threshold: "v > 1", reset: "v = 0", refractory: "1*ms"),
      poisson("x", 37, sources: 1), poisson("pool", 37, sources: 4), poisson("all", 9, sources: 3),
      SmallRun.spikeList(named: "volley", size: 3, [(0, 20), (2, 20), (1, 77), (0, 300)]),
    ]
    let drawn = NeuronValues.uniform(low: 0.05, high: 0.3, minimum: nil, maximum: nil)
    func projection(
      _ name: String, _ source: Int, _ rule: ConnectionRule, _ weight: NeuronValues, _ delay: Int,
      _ onPre: String
    ) throws -> Projection {
      try SmallRun.projection(
        name, from: source, to: 0, in: populations, rule: rule, weight: weight,
        delay: .steps(delay), onPre: onPre)
    }
    let projections = [
      try projection("x_n", 1, .oneToOne, .constant(0.1), 0, "drive += w; other -= 3*w"),
      try projection("pool_n", 2, .oneToOne, drawn, 3, "drive += w"),
      try projection("all_n", 3, .indegree(4), drawn, 40, "drive += w; other += 0.7*w"),
      try projection(
        "volley_n", 4, .allToAll, .list((0..<111).map { 0.01 * Double($0) }), 1, "drive -= w"),
      try projection("n_n", 0, .probability(0.3), .constant(0.07), 0, "drive += 0.3*w + 0.01"),
    ]
    // A projection with a schedule makes events.
    let schedule: [ScheduleEntry] =
      areEvents
      ? projections.indices.map {
        .activity(ProjectionSwitch(projection: $0, step: 0, isActive: true))
      } : []
    return Network(populations: populations, projections: projections, schedule: schedule)
  }

  private static func run(areEvents: Bool, _ options: RunOptions) throws -> MemorySink {
    try SmallRun.run(
      try network(areEvents: areEvents), steps: steps, states: ["v", "drive", "other"],
      options: options)
  }

  @Test func additivePortsOfOneDelayAreSummedUnlessTheyAreSwitched() throws {
    for (areEvents, expected) in [(true, 0), (false, 5)] {
      let experiment = Experiment(
        network: try Self.network(areEvents: areEvents), dt: SmallRun.dt, steps: 1, seed: 1,
        recording: RecordingPlan(spikes: []))
      let simulation = try SimulationBuilder(
        experiment, options: RunOptions(backend: .portable),
        communicator: SingleProcessCommunicator()
      ).build()
      #expect(simulation.workers[0].summed.reduce(0) { $0 + $1.count } == expected)
    }
  }

  @Test func sumsLeaveTheBitsOfEvents() throws {
    let events = try Self.run(areEvents: true, RunOptions(backend: .portable))
    try #require(events.spikes[0].count > 50)
    try #require(events.spikes[3].count > 15)
    for (threads, blockSize) in [(1, nil), (2, 5), (3, nil), (1, 1)] {
      let sums = try Self.run(
        areEvents: false,
        RunOptions(threads: threads, blockSize: blockSize, backend: .portable))
      for (one, other) in zip(events.spikes, sums.spikes) { #expect(one == other) }
      #expect(events.rows == sums.rows)
    }
  }

  @Test func listsOfStepsAscendWhateverCame() {
    var lists = StepLists(horizon: 40)
    var random = SystemRandomNumberGenerator()
    for step in Int64(0)..<200 {
      let numbers = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        UInt32.random(in: 0..<30, using: &random)
      }
      for number in numbers { lists.append(number, at: step + 37) }
      let more = numbers.sorted()
      more.withUnsafeBufferPointer { lists.append(contentsOf: $0, at: step + 37) }
      #expect(Array(lists.numbers(at: step + 37)) == (numbers + more).sorted())
      lists.clear(step: step)
      #expect(lists.numbers(at: step).isEmpty)
    }
  }
}
