import Equations
import Kernels
import Messaging
import Networks
import Testing
import Units

@testable import Engine

/// A run that stops and goes on gives the bits of one that never stopped, in every record and in
/// its last state, whatever it goes on with.
@Suite struct ResumeTests {
  private static let steps: Int64 = 700

  /// Everything whose place in time a checkpoint could lose.
  private static func network() throws -> Network {
    let populations = [
      try SmallRun.neurons(
        "n", size: 13,
        equations: """
          dv/dt = (1.1 - v + push + drive)/(8*ms) + 0.4*xi*ms**-0.5 : 1 (unless refractory)
          ddrive/dt = -drive/(3*ms) : 1
          push : 1
          seen : 1
          """,
        threshold: "v > 1", reset: "v = -0.3", refractory: "2*ms", secondReset: "v = 0.2",
        width: 6.4e-3,
        events: [
          NeuronDefinition.Event(name: "high", condition: "drive > 0.5", action: "seen += 1")
        ],
        initial: [("v", "rand()")]),
      try SmallRun.neurons(
        "m", size: 7,
        equations: """
          dv/dt = (goal + ramp - v)/(5*ms) : 1
          goal : 1 (constant)
          ramp : 1
          count : 1
          """, threshold: "v > 1",
        reset: "v = 0; count += 1", secondReset: "v = 0.4", width: 1.2e-3,
        initial: [("goal", "1.3")]),
      poisson("x", 13, PoissonGenerator(rate: .constant(300))),
      poisson("pool", 13, PoissonGenerator(rate: .constant(30), sources: 20)),
      poisson("shared", 5, PoissonGenerator(rate: .list([10, 200, 0, 400, 90]), window: 20..<600)),
      poisson(
        "wave", 3,
        PoissonGenerator(
          rate: .expression(
            try EquationSystem().checkedExpression(
              "200*Hz*(1 + sin(2*pi*50*Hz*t + i))", dimension: .frequency),
            constants: EquationSystem()))),
      SmallRun.spikeList(
        named: "volley", size: 3, [(0, 10), (1, 10), (2, 99), (0, 100), (1, 301), (2, 650)]),
    ]
    func projection(
      _ name: String, _ source: Int, _ target: Int, _ rule: ConnectionRule = .oneToOne,
      _ delay: Projection.Delay = .steps(0), _ onPre: String
    ) throws -> Projection {
      try SmallRun.projection(
        name, from: source, to: target, in: populations, rule: rule,
        weight: .uniform(low: 0.1, high: 0.3, minimum: nil, maximum: nil), delay: delay,
        onPre: onPre)
    }
    let far = Projection.Delay.values(
      .uniform(low: 0.4e-3, high: 15e-3, minimum: nil, maximum: nil))
    let projections = [
      try projection("x_n", 2, 0, .oneToOne, .steps(0), "drive += w"),
      try projection("pool_n", 3, 0, .oneToOne, .steps(4), "drive += 0.3*w"),
      try projection("shared_n", 4, 0, .probability(0.4), far, "drive += w"),
      try projection("wave_m", 5, 1, .allToAll, .steps(40), "v += 0.1*w"),
      try projection("volley_n", 6, 0, .allToAll, far, "v = clip(v + w, -1, 3)"),
      try projection("n_n", 0, 0, .probability(0.3), far, "drive += w*rand()"),
      try projection("n_m", 0, 1, .outdegree(3), .steps(0), "v += w"),
      try projection("m_n", 1, 0, .probability(0.5), .steps(90), "drive -= w"),
    ]
    let stimuli = [
      Stimulus(
        name: "push", population: 0, neurons: [0, 3, 4, 11], variable: "push",
        course: .steps([(0, .constant(0)), (100, .linspace(0.1, 0.6)), (350, .constant(0))])),
      Stimulus(
        name: "ramp", population: 1, neurons: [1, 2, 5], variable: "ramp",
        course: .waveform(
          Waveform(samples: (0..<60).map { Double($0 % 7) * 0.05 }, columns: 3, interval: 2.5e-3))),
    ]
    return Network(
      populations: populations, projections: projections, stimuli: stimuli,
      schedule: try schedule(populations))
  }

  /// A repeated draw, single changes of a constant, and a projection off and on.
  private static func schedule(_ populations: [Population]) throws -> [ScheduleEntry] {
    func entry(
      _ population: Int, _ neurons: [Int], _ times: ScheduledStatements.Times, _ text: String
    ) throws -> ScheduleEntry {
      guard case .neurons(let neuron) = populations[population].kind else { throw NoNeurons() }
      let statements = try neuron.system.checkedSchedule(
        text, setsConstants: true, isForAll: false)
      return .statements(
        ScheduledStatements(
          population: population, neurons: neurons, times: times, statements: statements))
    }
    return [
      try entry(0, Array(0..<13), .every(11, from: 5, to: 660), "drive += 0.1*rand()"),
      try entry(1, [0, 3], .once(99), "goal = 1.2"),
      try entry(1, [3, 6], .once(350), "goal = 1.5; v = 0.5"),
      .activity(ProjectionSwitch(projection: 7, step: 60, isActive: false)),
      .activity(ProjectionSwitch(projection: 7, step: 400, isActive: true)),
    ]
  }

  private struct NoNeurons: Error {}

  private static func poisson(_ name: String, _ size: Int, _ kind: PoissonGenerator) -> Population {
    Population(name: name, size: size, kind: .poisson(kind))
  }

  private static func experiment(steps: Int64 = steps) throws -> Experiment {
    let network = try network()
    var plan = RecordingPlan(spikes: Array(network.populations.indices))
    plan.events = [(0, "high")]
    plan.states = [
      RecordingPlan.States(
        name: "n", population: 0, variables: ["v", "drive", "seen"],
        neurons: Array(0..<13), window: .init(every: 3), precision: .double),
      RecordingPlan.States(
        name: "m", population: 1, variables: ["v", "count"], neurons: [1, 4],
        window: .init(from: 40, to: 640), precision: .double),
    ]
    return Experiment(
      network: network, dt: SmallRun.dt, steps: steps, seed: 11, recording: plan)
  }

  private struct Part: Sendable {
    var spikes: [[SpikeRecord]]
    var rows: [[[Double]]]
    var kept: [CheckpointInMemory]
    var end: RunEnd
  }

  private static func run(
    _ experiment: Experiment, from source: CheckpointInMemory? = nil, keeper: KeeperInMemory,
    options: RunOptions = RunOptions(backend: .portable)
  ) throws -> Part {
    let sink = MemorySink(experiment)
    let simulation = try SimulationBuilder(
      experiment, options: options, communicator: SingleProcessCommunicator()
    ).build(from: source)
    let figures = try simulation.run(into: sink, keeping: keeper)
    return Part(spikes: sink.spikes, rows: sink.rows, kept: keeper.kept, end: figures.end)
  }

  private static let whole: Result<Part, any Error> = Result {
    try run(try experiment(), keeper: KeeperInMemory())
  }

  /// The first difference between records; `nil`: there is none.
  private static func difference(_ parts: [Part], _ whole: Part) -> String? {
    for stream in whole.spikes.indices
    where parts.flatMap({ $0.spikes[stream] }) != whole.spikes[stream] {
      return "stream \(stream)"
    }
    for recording in whole.rows.indices
    where parts.flatMap({ $0.rows[recording] }) != whole.rows[recording] {
      return "states \(recording)"
    }
    guard let last = parts.last?.kept.last, let expected = whole.kept.last else {
      return "there is no last state"
    }
    guard last.instant == expected.instant, last.sections == expected.sections else {
      return "instants or sections"
    }
    for (name, section) in expected.held where last.held[name] != section { return name }
    return nil
  }

  /// The subject: all fire, second resets wait, spikes are in flight, events happen.
  @Test func theWholeRunFires() throws {
    let whole = try ResumeTests.whole.get()
    for (stream, spikes) in whole.spikes.enumerated() {
      #expect(spikes.count > 3, "stream \(stream)")
    }
    #expect(whole.end == .complete)
    let keeper = KeeperInMemory(at: [333])
    let part = try ResumeTests.run(try ResumeTests.experiment(), keeper: keeper)
    let checkpoint = try #require(part.kept.first)
    #expect(part.kept.count == 2)
    guard case .words(let bits)? = checkpoint.held["populations/n/second_reset.pending"]?.values,
      case .steps(let flying)? = checkpoint.held["in_flight/m/step"]?.values,
      case .steps(let next)? = checkpoint.held["generators/shared/next"]?.values
    else {
      Issue.record("sections are missing: \(checkpoint.sections.sorted())")
      return
    }
    #expect(bits.contains { $0 != 0 })
    #expect(flying.contains { $0 < 300 })
    #expect(next.count == 5 && next[2] == .max && next.allSatisfy { $0 >= 333 })
    #expect(!checkpoint.sections.contains("generators/wave/next"))
  }

  /// Asking for checkpoints changes nothing, however long they take.
  @Test(arguments: [0, 1, 7, 1000])
  func checkpointsChangeNothing(delay: Int) throws {
    let keeper = KeeperInMemory(at: Array(stride(from: 1, to: 700, by: 9)), delay: delay)
    let part = try ResumeTests.run(try ResumeTests.experiment(), keeper: keeper)
    let whole = try ResumeTests.whole.get()
    #expect(ResumeTests.difference([part], whole) == nil)
    #expect(part.kept.count > (delay > 100 ? 1 : 20))
    let steps = part.kept.map(\.instant.step)
    #expect(steps == steps.sorted() && Set(steps).count == steps.count)
  }

  @Test(arguments: [
    (1, 1, nil as Int?, RunOptions.Backend.portable), (64, 2, 1, .portable),
    (99, 1, 3, .portable), (100, 3, nil, .portable), (101, 2, 8, .portable),
    (350, 1, nil, .compiled), (399, 2, 5, .portable), (699, 4, nil, .portable),
  ])
  func aRunGoesOnWithTheSameBits(
    stop: Int, threads: Int, block: Int?, backend: RunOptions.Backend
  ) throws {
    let experiment = try ResumeTests.experiment()
    let first = try ResumeTests.run(experiment, keeper: KeeperInMemory(stop: Int64(stop)))
    #expect(first.end == .stopped(before: Int64(stop)))
    let options = RunOptions(threads: threads, blockSize: block, backend: backend)
    let second = try ResumeTests.run(
      experiment, from: first.kept.last, keeper: KeeperInMemory(), options: options)
    #expect(second.end == .complete)
    let whole = try ResumeTests.whole.get()
    #expect(ResumeTests.difference([first, second], whole) == nil)
  }

  /// Twenty runs, each going on from the one before after a few steps.
  @Test func aChainOfResumesGivesTheSameBits() throws {
    let experiment = try ResumeTests.experiment()
    var parts: [Part] = []
    var step: Int64 = 0
    var hop: Int64 = 1
    while step < experiment.steps {
      step += hop
      hop = hop % 37 * 5 % 71 + 1
      let last = step >= experiment.steps
      let options = RunOptions(
        threads: 1 + parts.count % 3, blockSize: [nil, 1, 5][parts.count % 3], backend: .portable,
        epochCuts: [Int64(3 + parts.count % 5)])
      parts.append(
        try ResumeTests.run(
          experiment, from: parts.last?.kept.last,
          keeper: KeeperInMemory(stop: last ? nil : step), options: options))
    }
    #expect(parts.count > 15)
    let whole = try ResumeTests.whole.get()
    #expect(ResumeTests.difference(parts, whole) == nil)
  }

  /// A run that has ended goes on when it is made longer; its last spikes may stand in the tail of
  /// its last step, where second resets after 64 steps are due where they are raised.
  @Test func aFinishedRunGoesOnWhenItIsMadeLonger() throws {
    let whole = try ResumeTests.whole.get()
    let fired = Set(whole.spikes[0].map(\.step))
    let ends = [1, 65] + fired.filter { $0 > 200 && $0 < 640 }.sorted().prefix(3).map { $0 + 1 }
    try #require(ends.count == 5)
    for end in ends {
      let first = try ResumeTests.run(
        try ResumeTests.experiment(steps: end), keeper: KeeperInMemory())
      let last = try #require(first.kept.last)
      #expect(last.instant == CheckpointInstant(step: end, arrivalsFrom: end + 1))
      let second = try ResumeTests.run(
        try ResumeTests.experiment(), from: last, keeper: KeeperInMemory())
      #expect(ResumeTests.difference([first, second], whole) == nil, "made longer at \(end)")
    }
  }

  /// A checkpoint of the end leaves nothing to do.
  @Test func aFinishedRunHasNothingLeftToDo() throws {
    let whole = try ResumeTests.whole.get()
    let again = try ResumeTests.run(
      try ResumeTests.experiment(), from: whole.kept.last, keeper: KeeperInMemory())
    #expect(again.end == .complete)
    #expect(again.kept.isEmpty)
    #expect(again.spikes.flatMap { $0 }.isEmpty)
  }

  @Test func whoLosesPatienceKeepsNothingMore() throws {
    let keeper = KeeperInMemory(at: [50, 100], abandon: 300, delay: 100)
    let part = try ResumeTests.run(try ResumeTests.experiment(), keeper: keeper)
    guard case .stopped(let step) = part.end else {
      Issue.record("it did not stop")
      return
    }
    #expect(step == 300)
    #expect(keeper.isAbandoned)
    // The second was asked for while the first was being made, and was still being made itself.
    #expect(part.kept.map(\.instant.step) == [50])
  }

  @Test func aFailureOfTheKeeperEndsTheRun() throws {
    let keeper = KeeperInMemory()
    keeper.failure = RecordError(message: "no space left", exitCode: 74)
    let error = #expect(throws: SimulationError.self) {
      _ = try ResumeTests.run(try ResumeTests.experiment(), keeper: keeper)
    }
    #expect(error?.exitCode == 74)
    #expect(error?.message == "no space left")
  }

  /// The harness bites: whatever a checkpoint could forget is noticed.
  @Test(arguments: [
    "in_flight/m/step", "in_flight/n/step", "in_flight/shared/step", "in_flight/volley/step",
    "in_flight/pool/step", "generators/x/next", "generators/shared/next",
    "populations/n/second_reset.pending", "populations/n/lastspike", "populations/n/seen",
  ])
  func whatIsForgottenIsNoticed(section: String) throws {
    let experiment = try ResumeTests.experiment()
    let whole = try ResumeTests.whole.get()
    // Somewhere the section matters.
    var isNoticed = false
    for stop: Int64 in [301, 303, 350, 380] where !isNoticed {
      let first = try ResumeTests.run(experiment, keeper: KeeperInMemory(stop: stop))
      var checkpoint = try #require(first.kept.last)
      guard checkpoint.held[section] != nil else { continue }
      checkpoint.forget(section)
      let second = try ResumeTests.run(
        experiment, from: checkpoint, keeper: KeeperInMemory())
      isNoticed = ResumeTests.difference([first, second], whole) != nil
    }
    #expect(isNoticed)
  }

  @Test func aColumnThatIsMissingIsNamed() throws {
    let experiment = try ResumeTests.experiment()
    let first = try ResumeTests.run(experiment, keeper: KeeperInMemory(stop: 100))
    var checkpoint = try #require(first.kept.last)
    checkpoint.held["populations/n/drive"] = nil
    let error = #expect(throws: SimulationError.self) {
      _ = try ResumeTests.run(experiment, from: checkpoint, keeper: KeeperInMemory())
    }
    #expect(error?.exitCode == 76)
    #expect(error?.message.contains("drive of n") == true)
  }

  /// What is not finite is named and not kept.
  @Test func aStateThatIsNotFiniteIsNotKept() throws {
    let populations = [
      try SmallRun.neurons(
        "cell", size: 9, equations: "dx/dt = (x*x*x + i/9.0)/ms : 1", initial: [("x", "0*i")])
    ]
    let experiment = Experiment(
      network: Network(populations: populations), dt: SmallRun.dt, steps: 400, seed: 1)
    let keeper = KeeperInMemory(at: [5, 300])
    let error = #expect(throws: SimulationError.self) {
      _ = try ResumeTests.run(
        experiment, keeper: keeper, options: RunOptions(backend: .portable, epochCuts: [5]))
    }
    #expect(error?.exitCode == 70)
    #expect(error?.message.contains("x of neuron ") == true)
    #expect(error?.message.contains("of cell is ") == true)
    #expect(error?.message.contains("all was finite before step 5") == true)
    #expect(keeper.kept.map(\.instant.step) == [5])
  }
}

extension CheckpointInMemory {
  /// Loses the first entry of a section, or what it says.
  fileprivate mutating func forget(_ section: String) {
    switch held[section]?.values {
    case .steps(let steps):
      if section.hasSuffix("/next") {
        // As if the unit had fired at the boundary.
        let changed = steps.indices.min { steps[$0] < steps[$1] } ?? 0
        var steps = steps
        steps[changed] += 1
        held[section]?.values = .steps(steps)
        return
      }
      let sources = section.replacing("/step", with: "/source")
      guard case .words(let words)? = held[sources]?.values else { return }
      held[section]?.values = .steps(Array(steps.dropLast()))
      held[sources]?.values = .words(Array(words.dropLast()))
    case .words(let words): held[section]?.values = .words(words.map { _ in 0 })
    case .reals(let reals): held[section]?.values = .reals(reals.map { _ in -1e4 })
    case .flags(let flags): held[section]?.values = .flags(flags.map { _ in 0 })
    case nil: break
    }
  }
}
