import Equations
import Networks
import Testing

@testable import Engine

/// The rules of one step; each test fails if its rule were otherwise.
@Suite struct StepOrderTests {
  private static let counter = "x : 1"

  private func network(_ populations: [Population], _ projections: [Projection]) -> Network {
    Network(populations: populations, projections: projections)
  }

  /// Row n is the state before update n; zero delay is read by the next update.
  @Test(arguments: [0, 1, 5, 40, 300])
  func aSpikeAtStepNWithDelayKShowsInRowNPlusKPlusOne(delay: Int) throws {
    let populations = [
      try SmallRun.neurons(equations: "dx/dt = 0/second : 1"),
      SmallRun.spikeList([(0, 10)]),
    ]
    let projection = try SmallRun.projection(
      from: 1, to: 0, in: populations, delay: .steps(delay), onPre: "x += 2.5")
    let run = try SmallRun.run(
      network(populations, [projection]), steps: 400, states: ["x"])
    let x = run.trace()
    #expect(x.firstIndex(of: 2.5) == 10 + delay + 1)
    #expect(x.last == 2.5)
  }

  /// A reset of the same step comes after what arrives, and wins.
  @Test func aResetWinsOverOnPreOfTheSameStep() throws {
    let populations = [
      try SmallRun.neurons(
        equations: "dx/dt = 1/(10*ms) : 1", threshold: "x > 0.995", reset: "x = 0"),
      SmallRun.spikeList([(0, 99), (0, 150)]),
    ]
    let projection = try SmallRun.projection(
      from: 1, to: 0, in: populations, onPre: "x += 0.25")
    let run = try SmallRun.run(network(populations, [projection]), steps: 160, states: ["x"])
    try #require(run.steps(of: 0).first == 99)
    #expect(run.trace()[100] == 0)
    #expect(abs(run.trace()[151] - run.trace()[150] - 0.26) < 1e-12)
  }

  /// What a neuron sends to itself with zero delay arrives before its own reset.
  @Test func aNeuronsOwnSpikeArrivesBeforeItsReset() throws {
    let populations = [
      try SmallRun.neurons(
        equations: "dx/dt = 1/ms : 1\nseen : 1", threshold: "x > 0.95", reset: "x = 0")
    ]
    let projection = try SmallRun.projection(
      from: 0, to: 0, in: populations, onPre: "seen = x")
    let run = try SmallRun.run(
      network(populations, [projection]), steps: 20, states: ["x", "seen"])
    try #require(!run.steps(of: 0).isEmpty)
    let first = Int(run.steps(of: 0)[0])
    #expect(run.trace(0)[first + 1] == 0)
    #expect(run.trace(1)[first + 1] > 0.95)
  }

  /// Projections act in the order of the job, whatever their names and delays.
  @Test func projectionsActInTheOrderOfTheJob() throws {
    let populations = [
      try SmallRun.neurons(equations: Self.counter), SmallRun.spikeList([(0, 5)]),
      SmallRun.spikeList(named: "t", [(0, 2)]),
    ]
    let double = try SmallRun.projection(
      "double", from: 1, to: 0, in: populations, onPre: "x = 2*x")
    let add = try SmallRun.projection(
      "add", from: 2, to: 0, in: populations, delay: .steps(3), onPre: "x = x + 3")
    let one = try SmallRun.run(network(populations, [double, add]), steps: 10, states: ["x"])
    let other = try SmallRun.run(network(populations, [add, double]), steps: 10, states: ["x"])
    #expect(one.trace()[6] == 3)
    #expect(other.trace()[6] == 6)
  }

  /// Each spike has its own second reset, however close they are.
  @Test func twoSecondResetsCanBePendingAtOnce() throws {
    let populations = [
      try SmallRun.neurons(
        equations: "dx/dt = 1/ms : 1\ncount : 1", threshold: "x > 0.35", reset: "x = 0",
        secondReset: "count += 1", width: 1e-3)
    ]
    let run = try SmallRun.run(network(populations, []), steps: 60, states: ["count"])
    let fired = run.steps(of: 0)
    try #require(fired.count > 3)
    try #require(fired[1] - fired[0] < 10)
    for step in 0..<60 {
      let due = fired.count { $0 + 10 < step }
      #expect(run.trace()[step] == Double(due), "row \(step)")
    }
  }

  /// A second reset comes after every arrival of its step, and before the reset.
  @Test func aSecondResetComesAfterArrivals() throws {
    let populations = [
      try SmallRun.neurons(
        equations: "dx/dt = 1/ms : 1", threshold: "x > 0.95 and x < 3", reset: "x = 10",
        refractory: "3*ms", secondReset: "x = -5", width: 0.0005),
      SmallRun.spikeList([(0, 14)]),
    ]
    let projection = try SmallRun.projection(from: 1, to: 0, in: populations, onPre: "x = 77")
    let run = try SmallRun.run(network(populations, [projection]), steps: 30, states: ["x"])
    try #require(run.steps(of: 0).first == 9)
    #expect(run.trace()[10] == 10)
    #expect(run.trace()[15] == -5)
  }

  /// 0.5 ms of refractoriness: spikes at steps 0, 5, 10, 15.
  @Test func refractorinessCountsWholeSteps() throws {
    let populations = [
      try SmallRun.neurons(
        equations: "x : 1", threshold: "x < 1", reset: "", refractory: "0.5*ms")
    ]
    let run = try SmallRun.run(network(populations, []), steps: 18)
    #expect(run.steps(of: 0) == [0, 5, 10, 15])
  }

  /// While refractory, derivatives and arrivals of a marked variable stop; resets write.
  @Test func unlessRefractoryStopsDerivativesAndArrivals() throws {
    let populations = [
      try SmallRun.neurons(
        equations: "dx/dt = 1/ms : 1 (unless refractory)\ny : 1", threshold: "x > 0.95",
        reset: "x = 0", refractory: "1*ms"),
      SmallRun.spikeList([(0, 12), (0, 25)]),
    ]
    let projection = try SmallRun.projection(
      from: 1, to: 0, in: populations, onPre: "x += 100; y += 1")
    let run = try SmallRun.run(network(populations, [projection]), steps: 24, states: ["x", "y"])
    try #require(run.steps(of: 0).first == 9)
    #expect(run.trace(0)[10] == 0)
    #expect(run.trace(0)[19] == 0)
    #expect(run.trace(0)[21] > 0)
    #expect(run.trace(1)[13] == 1)
  }

  /// Refractoriness of the spike does not hold custom events back; their actions come last.
  @Test func eventsIgnoreRefractorinessAndActLast() throws {
    let populations = [
      try SmallRun.neurons(
        equations: "dx/dt = 1/ms : 1\ny : 1", threshold: "x > 0.95", reset: "y = 1",
        refractory: "100*ms",
        events: [.init(name: "high", condition: "x > 0.95", action: "y = 2")])
    ]
    let run = try SmallRun.run(network(populations, []), steps: 20, states: ["y"])
    #expect(run.steps(of: 0) == [9])
    #expect(run.steps(of: 1) == Array(9..<20))
    #expect(run.trace()[10] == 2)
  }

  /// Additive arrivals of a step are summed from 0 and added once.
  @Test func arrivalsOfAStepAreSummedBeforeTheyAreAdded() throws {
    let big = 1e16
    let populations = [
      try SmallRun.neurons(equations: "x : 1", initial: [("x", "1e16")]),
      SmallRun.spikeList(size: 2, [(0, 3), (1, 3)]),
    ]
    let projection = try SmallRun.projection(
      from: 1, to: 0, in: populations, rule: .allToAll, onPre: "x += 1")
    let run = try SmallRun.run(network(populations, [projection]), steps: 6, states: ["x"])
    // One by one each 1 would be lost in rounding; together they count.
    #expect(big + 1 == big)
    #expect(run.trace()[4] == big + 2)
  }

  /// A stimulus of step n is in force at row n, after the tail of the step before.
  @Test func aStimulusActsAtTheStartOfItsStep() throws {
    let populations = [
      try SmallRun.neurons(
        equations: "dx/dt = drive/ms : 1\ndrive : 1", threshold: "x > 0.25", reset: "drive = 9")
    ]
    var network = network(populations, [])
    network.stimuli = [
      Stimulus(
        name: "s", population: 0, neurons: [0], variable: "drive",
        course: .steps([(0, .constant(1)), (3, .constant(0))]))
    ]
    let run = try SmallRun.run(network, steps: 8, states: ["x", "drive"])
    #expect(run.steps(of: 0).first == 2)
    #expect(run.trace(1)[2] == 1)
    #expect(run.trace(1)[3] == 0)
    #expect(abs(run.trace(0)[3] - 0.3) < 1e-12)
    #expect(run.trace(0)[4] == run.trace(0)[3])
  }

  /// Streams belong to names: a population more changes nothing elsewhere.
  @Test func streamsDoNotMoveWhenAPopulationIsAdded() throws {
    let noisy = try SmallRun.neurons(
      size: 5, equations: "dx/dt = -x/(5*ms) + xi*ms**-0.5 : 1", threshold: "x > 0.8",
      reset: "x = 0", initial: [("x", "rand()")])
    let poisson = Population(
      name: "in", size: 5, kind: .poisson(PoissonGenerator(rate: .constant(300))))
    let drive = { (populations: [Population]) in
      try SmallRun.projection(
        from: populations.count - 1, to: 0, in: populations, rule: .probability(0.5),
        onPre: "x += 0.3")
    }
    let alone = [noisy, poisson]
    let other = try SmallRun.neurons("other", size: 9, equations: "dz/dt = xi*ms**-0.5 : 1")
    let more = [noisy, other, poisson]
    let one = try SmallRun.run(
      network(alone, [try drive(alone)]), steps: 300, states: ["x"])
    let two = try SmallRun.run(
      network(more, [try drive(more)]), steps: 300, states: ["x"])
    try #require(one.steps(of: 0).count > 5)
    #expect(one.spikes[0] == two.spikes[0])
    #expect(one.rows == two.rows)
  }
}
