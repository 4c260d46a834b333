import Equations
import Testing

@testable import Networks

@Suite struct NetworkIssueTests {
  private let a = PopulationSlice(population: 0, range: 0..<10)
  private let b = PopulationSlice(population: 1, range: 0..<20)

  private func issues(_ projection: Projection) -> [NetworkIssue] {
    Network.test(sizes: (10, 20), projection).issues(dt: 1e-4)
  }

  private func issues(_ population: Population) -> [NetworkIssue] {
    Network(populations: [population]).issues()
  }

  @Test func aSoundNetworkHasNone() {
    for rule: ConnectionRule in [
      .allToAll, .probability(0.5), .indegree(3), .outdegree(4), .total(7),
      .pairs([(0, 0), (9, 19)]),
    ] {
      #expect(issues(.test(rule, from: a, to: b)) == [])
    }
  }

  @Test func projectionsThatCannotBeBuiltAreFound() {
    let outside = PopulationSlice(population: 1, range: 5..<21)
    let nowhere = PopulationSlice(population: 7, range: 0..<1)
    let empty = PopulationSlice(population: 1, range: 3..<3)
    let negative = PopulationSlice(population: 1, range: -3..<3)
    let wrong: [(Projection, String, String)] = [
      (.test(.allToAll, from: a, to: outside), "target", "[5:21]"),
      (.test(.allToAll, from: nowhere, to: b), "source", "no population"),
      (.test(.allToAll, from: a, to: empty), "target", "empty"),
      (.test(.allToAll, from: negative, to: b), "source", "[-3:3]"),
      (.test(.oneToOne, from: a, to: b), "connect", "10 sources with 20 targets"),
      (.test(.probability(1.5), from: a, to: b), "connect", "1.5"),
      (.test(.probability(.nan), from: a, to: b), "connect", "nan"),
      (.test(.indegree(-1), from: a, to: b), "connect", "negative"),
      (.test(.indegree(11), from: a, to: b, multapses: false), "connect", "10 sources"),
      (
        .test(.indegree(10), from: a, to: a, autapses: false, multapses: false), "connect",
        "9 sources"
      ),
      (.test(.outdegree(21), from: a, to: b, multapses: false), "connect", "20 targets"),
      (.test(.outdegree(.max), from: a, to: b), "connect", "more than"),
      (.test(.total(201), from: a, to: b, multapses: false), "connect", "200 pairs"),
      (.test(.total(.max), from: a, to: b), "connect", "more than"),
      (.test(.pairs([(0, 1), (3, 20)]), from: a, to: b), "connect", "pair 1"),
      (.test(.pairs([(-1, 1)]), from: a, to: b), "connect", "pair 0"),
      (.test(.pairs([(4, 4)]), from: a, to: a, autapses: false), "connect", "itself"),
      (.test(.pairs([(1, 1), (1, 1)]), from: a, to: b, multapses: false), "connect", "twice"),
      (.test(.allToAll, from: a, to: b, delay: .steps(-1)), "delay", "-1"),
      (.test(.allToAll, from: a, to: b, delay: .steps(1_000_001)), "delay", "1000001"),
      (.test(.allToAll, from: a, to: b, delay: .values(.constant(-1))), "delay", "negative"),
      (.test(.total(9), from: a, to: b, weight: .list([1])), "weight", "rule"),
      (.test(.allToAll, from: a, to: b, weight: .list([1])), "weight", "200"),
      (.test(.allToAll, from: a, to: b, weight: .constant(.nan)), "weight", "finite"),
    ]
    for (projection, key, part) in wrong {
      let found = issues(projection)
      #expect(
        found.contains { $0.path == ["projections", "p", key] && $0.message.contains(part) },
        "\(projection.rule): \(found)")
      #expect(throws: NetworkError.self) {
        try Network.test(sizes: (10, 20), projection).synapseRows(
          of: projection, targets: 0..<20, seed: 1, dt: 1e-4)
      }
    }
  }

  @Test func noAutapsesBetweenPopulationsIsAWarning() {
    let found = issues(.test(.allToAll, from: a, to: b, autapses: false))
    #expect(found.map(\.severity) == [.warning])
  }

  @Test func generatorsHaveNoSynapses() {
    let generator = Population(
      name: "x", size: 4, kind: .poisson(PoissonGenerator(rate: .constant(5))))
    let network = Network(
      populations: [.neurons("a", 10), generator],
      projections: [
        .test(.allToAll, from: a, to: PopulationSlice(population: 1, range: 0..<4))
      ])
    #expect(network.issues().contains { $0.path == ["projections", "p", "target"] })
  }

  @Test func populationsAreLookedAt() {
    func poisson(_ generator: PoissonGenerator) -> Population {
      Population(name: "x", size: 3, kind: .poisson(generator))
    }
    func list(_ spikes: [(unit: Int, step: Int64)]) -> Population {
      Population(name: "x", size: 3, kind: .spikeList(SpikeListGenerator(spikes: spikes)))
    }
    #expect(issues(.neurons("a", 0)).count == 1)
    #expect(issues(.neurons("a", 1 << 32)).count == 1)
    #expect(issues(.neurons("", 1)).count == 1)
    #expect(issues(poisson(PoissonGenerator(rate: .constant(-1)))).count == 1)
    #expect(issues(poisson(PoissonGenerator(rate: .list([1, 2])))).count == 1)
    #expect(issues(poisson(PoissonGenerator(rate: .list([1, 2, .nan])))).count == 1)
    #expect(issues(poisson(PoissonGenerator(rate: .constant(1), sources: 0))).count == 1)
    #expect(issues(poisson(PoissonGenerator(rate: .constant(1), sources: .max))).count == 1)
    #expect(
      issues(poisson(PoissonGenerator(rate: .constant(1), window: 3..<3))).map(\.severity)
        == [.warning])
    #expect(issues(poisson(PoissonGenerator(rate: .list([1, 2, 3]), sources: 9))) == [])
    #expect(issues(list([(0, 1), (1, 1), (0, 2)])) == [])
    #expect(issues(list([(3, 1)])).count == 1)
    #expect(issues(list([(0, -1)])).count == 1)
    #expect(issues(list([(0, 2), (0, 1)])).first?.message.contains("order") == true)
    #expect(issues(list([(0, 2), (0, 2)])).first?.message.contains("twice") == true)
  }

  @Test func parametersAndInitialValuesMustExist() {
    let system = EquationSystem(variables: [
      EquationSystem.Variable(name: "g", kind: .parameter),
      EquationSystem.Variable(
        name: "v", kind: .differential(Expression(.number(0, isInteger: true)))),
      EquationSystem.Variable(name: "I", kind: .subexpression(Expression(.name("g")))),
    ])
    let neurons = NeuronPopulation(
      model: "m", system: system,
      parameters: ["g": .list([1]), "v": .constant(1), "h": .constant(1)],
      initial: [
        NeuronPopulation.Initial(variable: "v", value: .distribution(.constant(.nan))),
        NeuronPopulation.Initial(variable: "I", value: .distribution(.constant(1))),
        NeuronPopulation.Initial(variable: "u", value: .distribution(.constant(1))),
      ])
    let found = issues(Population(name: "a", size: 2, kind: .neurons(neurons)))
    #expect(
      found.map { $0.path.dropFirst(2).joined(separator: ".") } == [
        "parameters.g", "parameters.h", "parameters.v", "initial.v", "initial.I", "initial.u",
      ])
  }

  @Test func namesAreUsedOnce() {
    let network = Network(populations: [.neurons("a", 1), .neurons("a", 1)])
    #expect(network.issues().map(\.path) == [["populations", "a"]])
  }

  @Test func stimuliMustFit() {
    func issues(_ change: (inout Stimulus) -> Void) -> [NetworkIssue] {
      var stimulus = Stimulus(
        name: "s", population: 0, neurons: [0, 4], variable: "v",
        course: .steps([(0, .constant(1)), (5, .list([1, 2]))]))
      change(&stimulus)
      return Network(populations: [.neurons("a", 5)], stimuli: [stimulus]).issues()
    }
    #expect(issues { _ in } == [])
    #expect(issues { $0.population = 1 }.count == 1)
    #expect(issues { $0.neurons = [0, 5] }.count == 1)
    #expect(issues { $0.neurons = [4, 0] }.count == 1)
    #expect(issues { $0.variable = "w" }.count == 1)
    #expect(issues { $0.course = .steps([(0, .constant(1)), (0, .constant(2))]) }.count == 1)
    #expect(issues { $0.course = .steps([(0, .list([1]))]) }.count == 1)
    let waves: [(Waveform, Int)] = [
      (Waveform(samples: [1, 2, 3], columns: 1, interval: 1e-3), 0),
      (Waveform(samples: [1, 2, 3, 4], columns: 2, interval: 1e-3), 0),
      (Waveform(samples: [1, 2, 3], columns: 3, interval: 1e-3), 1),
      (Waveform(samples: [1, 2, 3], columns: 2, interval: 1e-3), 1),
      (Waveform(samples: [], columns: 1, interval: 1e-3), 1),
      (Waveform(samples: [1, .nan], columns: 1, interval: 1e-3), 1),
      (Waveform(samples: [1], columns: 1, interval: 0), 1),
    ]
    for (wave, count) in waves {
      #expect(issues { $0.course = .waveform(wave) }.count == count, "\(wave)")
    }
  }

  @Test func scheduleEntriesMustFit() {
    func count(_ entry: ScheduleEntry) -> Int {
      Network(populations: [.neurons("a", 5)], schedule: [entry]).issues().count
    }
    func statements(
      _ population: Int, _ neurons: [Int], _ times: ScheduledStatements.Times, _ target: String
    ) -> ScheduleEntry {
      let set = Statement(target, .set, Expression(.number(1, isInteger: true)))
      return .statements(
        ScheduledStatements(
          population: population, neurons: neurons, times: times, statements: [set]))
    }
    #expect(count(statements(0, [0, 4], .once(3), "v")) == 0)
    #expect(count(statements(0, [], .every(2, from: 0, to: 9), "v")) == 0)
    #expect(count(statements(1, [0], .once(3), "v")) == 1)
    #expect(count(statements(0, [5], .once(3), "v")) == 1)
    #expect(count(statements(0, [0], .once(-3), "v")) == 1)
    #expect(count(statements(0, [0], .every(0, from: 0, to: 9), "v")) == 1)
    #expect(count(statements(0, [0], .once(3), "w")) == 1)
    #expect(count(.activity(ProjectionSwitch(projection: 0, step: 3, isActive: true))) == 1)
  }

  @Test func aDelayCountsStepsInWhichTheProjectionIsActive() throws {
    func entry(_ step: Int64, _ isActive: Bool) -> ScheduleEntry {
      .activity(ProjectionSwitch(projection: 1, step: step, isActive: isActive))
    }
    #expect(ProjectionActivity(ofProjection: 0, in: [entry(5, false)]) == nil)
    let activity = try #require(
      ProjectionActivity(
        ofProjection: 1,
        in: [entry(20, true), entry(10, false), entry(30, false), entry(40, true), entry(40, true)]
      ))
    func arrival(_ step: Int64, _ delay: Int) -> Int64? {
      activity.arrival(ofSpikeAt: step, delay: delay)
    }
    #expect(arrival(3, 0) == 3)
    #expect(arrival(3, 6) == 9)
    #expect(arrival(3, 7) == 20)
    #expect(arrival(9, 1) == 20)
    #expect(arrival(9, 10) == 29)
    #expect(arrival(9, 11) == 40)
    #expect(arrival(10, 0) == nil)
    #expect(arrival(19, 5) == nil)
    #expect(arrival(20, 5) == 25)
    #expect(activity.longestWait(delay: 0) == 0)
    #expect(activity.longestWait(delay: 1) == 10)
    #expect(activity.longestWait(delay: 11) == 20)
    // Of two entries at one step the later one stands; what is never on again loses what waits.
    let off = try #require(
      ProjectionActivity(ofProjection: 1, in: [entry(7, true), entry(7, false)]))
    #expect(off.arrival(ofSpikeAt: 6, delay: 0) == 6)
    #expect(off.arrival(ofSpikeAt: 6, delay: 1) == nil)
  }

  /// Brian 2.9: `TimedArray([0, 1, 2], dt=…)(t)` on a clock of 0.1 ms.
  @Test func samplesOfAWaveformBeginAsInBrian() {
    func places(_ interval: Double, steps: Int64) -> [Int] {
      let wave = Waveform(samples: [0, 1, 2], columns: 1, interval: interval)
      return (0..<steps).map { wave.place(at: $0, dt: 1e-4) }
    }
    #expect(places(1e-4, steps: 5) == [0, 1, 2, 2, 2])
    #expect(places(3e-4, steps: 10) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2])
    #expect(places(2.5e-4, steps: 8) == [0, 0, 0, 1, 1, 2, 2, 2])
    #expect(places(0.5e-4, steps: 3) == [0, 2, 2])
  }
}
