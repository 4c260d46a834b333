import Equations
import Testing

@testable import Kernels

/// The meaning of a run, step by step, under the interpreter.
@Suite struct PortableKernelTests {
  private func block(
    _ system: EquationSystem, ports: [Port] = [], starts: [Start] = [], probes: [String] = [],
    initial: [Statement] = [], live: Int = 1, firstNeuron: UInt64 = 0
  ) throws -> KernelBlock {
    let definition = ProgramDefinition(
      system: system, dt: 1e-4, ports: ports, starts: starts, probes: probes, initial: initial,
      size: 64)
    return try KernelBlock(try Program(definition), live: live, firstNeuron: firstNeuron)
  }

  private typealias Arrival = KernelBlock.Arrival

  // MARK: Update

  @Test func `a decay follows Euler's closed form`() throws {
    let system = EquationSystem.written([.differential("x", -Written("x") / 0.005)])
    let block = try block(system, initial: [.set("x", 1.0)], live: 13)
    block.advance(100)
    var expected = 1.0
    for _ in 0..<100 { expected *= 1 - 1e-4 / 0.005 }
    #expect(abs(block["x", 12] / expected - 1) < 1e-12)
  }

  @Test func `all variables change at once`() throws {
    let system = EquationSystem.written([
      .differential("x", ("y" - "x") / "dt"), .differential("y", ("x" - "y") / "dt"),
    ])
    let block = try block(system, initial: [.set("x", 1.0), .set("y", 2.0)])
    block.advance(1)
    #expect(abs(block["x"] - 2) < 1e-12)
    #expect(abs(block["y"] - 1) < 1e-12)
  }

  @Test func `t is step times dt in every part of a step`() throws {
    let system = EquationSystem.written(
      [.parameter("a"), .parameter("b"), .differential("x", ("t" - "x") / "dt")],
      threshold: "t_in_timesteps" >= 3, reset: [.set("a", "t")],
      events: [.written("e", when: "t_in_timesteps" >= 5, [.set("b", "t_in_timesteps")])])
    let block = try block(system, probes: ["x"])
    block.advance(8)
    #expect(block.steps(of: 0) == [3, 4, 5, 6, 7])
    #expect(block.steps(of: 1) == [5, 6, 7])
    #expect(block["a"] == 6 * 1e-4)
    block.finish()
    #expect(block["a"] == 7 * 1e-4)
    #expect(block["b"] == 7)
    #expect(abs(block.probes[4][0][0] - 3e-4) < 1e-15)
  }

  @Test func `python's remainder and division`() throws {
    let system = EquationSystem.written([.parameter("a"), .parameter("b"), .parameter("c")])
    let block = try block(
      system,
      initial: [
        .set("a", -Written(7) % 3), .set("b", .binary(.floorDivide, -Written(7), 2)),
        .set("c", .call("int", -2.7) + .call("timestep", 2.9e-4 + 1e-7, "dt")),
      ])
    #expect(block["a"] == 2)
    #expect(block["b"] == -4)
    #expect(block["c"] == 0)
  }

  @Test func `parameters with one value for all need no column, whatever their type`() throws {
    let system = EquationSystem.written([
      .parameter("on", .boolean), .parameter("off", .boolean), .parameter("k", .integer),
      .differential("x", .call("int", "on" && !Written("off")) * "k" * 1e4 * ("off" || "x" >= 0)),
    ])
    let definition = ProgramDefinition(
      system: system, dt: 1e-4, uniformParameters: ["on": 1, "off": 0, "k": 3], size: 1)
    let program = try Program(definition)
    #expect(program.columns.map(\.name) == ["x"])
    let block = try KernelBlock(program)
    block.advance(2)
    #expect(abs(block["x"] - 6) < 1e-12)
  }

  @Test func `initial values run in the order written`() throws {
    let system = EquationSystem.written([.parameter("a"), .parameter("b")])
    let block = try block(
      system, initial: [.set("a", "i" + 1), .set("b", "a" * 2), .set("a", "b" + "N")], live: 5)
    #expect((0..<5).map { block["b", $0] } == [2, 4, 6, 8, 10])
    #expect(block["a", 4] == 74)
  }

  @Test func `a value kept over the step is the one of the update everywhere`() throws {
    let system = EquationSystem.written(
      [
        .differential("x", 1e4), .parameter("y"),
        .subexpression("s", "x" * 10.0, .real, .constantOverStep),
      ], threshold: "x" > 2.5, reset: [.set("y", "s")])
    let block = try block(system, probes: ["s"])
    block.advance(3)
    block.finish()
    #expect(block["x"] == 3)
    #expect(abs(block["y"] - 20) < 1e-9)
    #expect(block.probes.map { ($0[0][0] * 1e6).rounded() } == [0, 10e6, 20e6])
  }

  // MARK: Spikes and resets

  private static let driven = EquationSystem.written(
    [.differential("V", 0.0), .parameter("c"), .parameter("d")], threshold: "V" > 0.5,
    reset: [.set("V", 0), .add("c", 1), .set("d", "c" * 2)])

  @Test func `statements of a reset run in order`() throws {
    let block = try block(Self.driven, initial: [.set("V", 1)])
    block.advance(2)
    #expect(block.steps(of: 0) == [0])
    #expect(block["c"] == 1)
    #expect(block["d"] == 2)
  }

  @Test func `a reset wins over what arrives in the same step`() throws {
    for port in [Port.arrival("p", .add("V", 10)), .arrival("p", .set("V", "V" + 10))] {
      let block = try block(Self.driven, ports: [port], initial: [.set("V", 1)])
      block.advance(1)
      block.advance(1, arrivals: [Arrival(step: 0, lane: 0, port: 0)])
      #expect(block["V"] == 0)
    }
  }

  @Test func `each spike has its own second reset`() throws {
    for width in [0, 1, 5, 63, 64] {
      var system = Self.driven
      system.reset = [.set("V", 0)]
      system.secondReset = .init(
        statements: [.add("c", 1), .set("d", "t_in_timesteps")], width: Double(width) * 1e-4)
      let block = try block(
        system, ports: [.arrival("p", .add("V", 1))], probes: ["c", "d"])
      // Arrivals in the tails of 1 and 3: spikes at 2 and 4.
      block.advance(
        80,
        arrivals: [Arrival(step: 2, lane: 0, port: 0), Arrival(step: 4, lane: 0, port: 0)])
      #expect(block.steps(of: 0) == [2, 4])
      let counts = block.probes.map { $0[0][0] }
      #expect(counts.firstIndex(of: 1) == 2 + width + 1)
      #expect(counts.firstIndex(of: 2) == 4 + width + 1)
      #expect(block["c"] == 2)
      #expect(block["d"] == Double(4 + width))
    }
  }

  @Test func `a refractory period counts whole steps`() throws {
    let system = EquationSystem.written(
      [.differential("V", 0.0)], threshold: "V" > 0.5, refractory: 5e-4)
    let block = try block(system, initial: [.set("V", 1)], live: 3)
    block.advance(20)
    #expect(block.steps(of: 0, lane: 2) == [0, 5, 10, 15])
    // The padding lanes 3 to 7 are above threshold too and leave no mark.
    #expect(block.marks.allSatisfy { $0.lane < 3 })
  }

  @Test func `a refractory condition is left once and entered by a spike`() throws {
    // Refractory for as long as c > 0; c falls by 1 per step.
    let system = EquationSystem.written(
      [.differential("V", 0.0), .differential("c", -1e4)], threshold: "V" > 0.5,
      reset: [.set("c", 3.5)], refractoryWhile: "c" > 0)
    let block = try block(
      system, probes: ["not_refractory"], initial: [.set("V", 1), .set("c", 2)])
    block.advance(12)
    // Not refractory before the first spike although c > 0.
    #expect(block.steps(of: 0) == [0, 5, 10])
    #expect(block.probes.map { $0[0][0] } == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func `unless refractory stops derivative and arrivals, not resets`() throws {
    let system = EquationSystem(
      variables: [
        .differential("V", 0.0), .differential("x", 1e4, .unlessRefractory), .parameter("r"),
      ],
      threshold: ("V" > 0.5).expression, reset: [.set("x", 100), .set("r", 1)],
      refractoriness: .duration(Written(5e-4).expression))
    for port in [Port.arrival("p", .add("x", 1000)), .arrival("p", .set("x", "x" + 1000))] {
      let block = try block(system, ports: [port], probes: ["x"], initial: [.set("V", 1)])
      // Arrivals in the tails of steps 0 ... 3, refractory, and of 4, still refractory; the
      // neuron is free again in update 5, and spikes in it.
      block.advance(
        6, arrivals: (1...5).map { Arrival(step: $0, lane: 0, port: 0) })
      #expect(block.probes.map { $0[0][0] } == [0, 100, 100, 100, 100, 100])
      #expect(abs(block["x"] - 101) < 1e-9)
    }
  }

  @Test func `lastspike is the time of the last spike`() throws {
    let system = EquationSystem.written(
      [.differential("V", 0.0), .parameter("seen")], threshold: "V" > 0.5,
      reset: [.set("V", 0), .set("seen", "lastspike")])
    let block = try block(system, ports: [.arrival("p", .add("V", 1))])
    #expect(block["lastspike"] == -1e4)
    block.advance(9, arrivals: [Arrival(step: 7, lane: 0, port: 0)])
    #expect(block["lastspike"] == 7 * 1e-4)
    #expect(block["seen"] == 7 * 1e-4)
  }

  // MARK: Dendritic spikes

  @Test func `a pulse lasts whole steps`() throws {
    let system = EquationSystem.written(
      [
        .parameter("V"), .parameter("spiketime", .integer), .parameter("gate", .integer),
        .subexpression(
          "g_rise", "gate" * .call("int", "t_in_timesteps" <= "spiketime" + "rise") * 1.0),
        .subexpression(
          "g_fall",
          "gate" * .call("int", "t_in_timesteps" >= "spiketime" + "offset")
            * .call("int", "t_in_timesteps" <= "spiketime" + "offset" + "fall") * 1.0),
      ], constants: ["rise": 12, "fall": 24, "offset": 2, "refractory": 50],
      events: [
        .written(
          "spike", when: "V" >= 1.0 && "t_in_timesteps" >= "spiketime" + "refractory" * "gate",
          [.set("spiketime", "t_in_timesteps"), .set("gate", 1)])
      ])
    let block = try block(
      system, starts: [Start(name: "V", action: .assignment(variable: "V"))],
      probes: ["g_rise", "g_fall"])
    block.advance(
      120,
      starts: [WrittenStart(step: 10, value: 1), WrittenStart(step: 100, value: 0)])
    #expect(block.steps(of: 1) == [10, 60])
    let rise = block.probes.indices.filter { block.probes[$0][0][0] == 1 }
    let fall = block.probes.indices.filter { block.probes[$0][1][0] == 1 }
    #expect(rise == Array(11...22) + Array(61...72))
    #expect(fall == Array(12...36) + Array(62...86))
  }

  @Test func `an exponential dendritic spike compares times in f64`() throws {
    let system = EquationSystem.written(
      [
        .parameter("V"), .parameter("timer"), .parameter("rises", .boolean),
        .parameter("falls", .boolean), .differential("g", -Written("g") / 6e-4),
        .differential("k", -Written("k") / 1.2e-3),
      ], constants: ["refractory": 5e-3, "offset": 2e-4],
      events: [
        .written(
          "rise", when: "V" > 0.5 && "rises" && "t" > "timer" + "refractory",
          [.add("g", 1), .set("rises", false), .set("falls", true), .set("timer", "t")]),
        .written(
          "fall", when: "t" > "timer" + "offset" && "falls",
          [.add("k", 1), .set("falls", false), .set("rises", true)]),
      ])
    let block = try block(
      system, probes: ["g", "k"], initial: [.set("V", 1), .set("rises", true)])
    block.advance(180)
    var expected: (rise: [Int], fall: [Int]) = ([], [])
    var (timer, rises, falls) = (0.0, true, false)
    for n in 0..<180 {
      let t = Double(n) * 1e-4
      let (rise, fall) = (rises && t > timer + 5e-3, falls && t > timer + 2e-4)
      if rise { (rises, falls, timer) = (false, true, t) }
      if fall { (rises, falls) = (true, false) }
      if rise { expected.rise.append(n) }
      if fall { expected.fall.append(n) }
    }
    #expect(expected.rise.first == 51)
    #expect(block.steps(of: 1) == expected.rise)
    #expect(block.steps(of: 2) == expected.fall)
    #expect(block.probes[51][0][0] == 0)
    #expect(block.probes[52][0][0] == 1)
  }

  // MARK: Arrivals

  @Test func `amounts of a step are summed from zero and added once`() throws {
    let system = EquationSystem.written([.differential("x", 0.0)])
    let block = try block(
      system, ports: [.arrival("p", .add("x", "w")), .arrival("q", .subtract("x", "w" * 1.0))],
      initial: [.set("x", 1e16)])
    block.advance(
      1,
      arrivals: [
        Arrival(step: 0, lane: 0, port: 0), Arrival(step: 0, lane: 0, port: 0, synapse: 1),
        Arrival(step: 0, lane: 0, port: 1, payload: -2),
      ])
    #expect(block["x"] == 1e16 + 4)
  }

  @Test func `one arrival may add to several variables`() throws {
    let system = EquationSystem.written([.differential("a", 0.0), .differential("b", 0.0)])
    let block = try block(
      system, ports: [.arrival("p", .add("a", "w"), .add("b", "w" * .call("exp", 0.5)))], live: 9)
    block.advance(1, arrivals: [Arrival(step: 0, lane: 8, port: 0, payload: 2)])
    #expect(block["a", 8] == 2)
    #expect(abs(block["b", 8] - 3.2974425414) < 1e-9)
    #expect(block["a", 7] == 0)
  }

  @Test func `other code runs event by event in their order`() throws {
    let system = EquationSystem.written([.differential("x", 0.0)])
    let block = try block(
      system, ports: [.arrival("p", .set("x", "x" * 2 + "w")), .arrival("q", .add("x", "w"))],
      live: 20)
    block.advance(
      2,
      arrivals: [
        Arrival(step: 1, lane: 17, port: 1, payload: 100),
        Arrival(step: 1, lane: 17, port: 0, payload: 3),
        Arrival(step: 1, lane: 17, port: 0, payload: 1, synapse: 7),
      ])
    #expect(block["x", 17] == 3 * 2 + 1 + 100)
    #expect((0..<17).allSatisfy { block["x", $0] == 0 })
  }

  @Test func `a stimulus acts at the start of its step`() throws {
    let system = EquationSystem.written([.parameter("I"), .differential("x", "I" * 1e4)])
    let block = try block(
      system, starts: [Start(name: "s", action: .assignment(variable: "I"))], probes: ["I", "x"])
    block.advance(4, starts: [WrittenStart(step: 2, value: 5)])
    #expect(block.probes.map { $0[0][0] } == [0, 0, 5, 5])
    #expect(abs(block["x"] - 10) < 1e-12)
  }

  @Test func `starts of one step act in their order, on their lanes, with their payloads`() throws {
    let system = EquationSystem.written(
      [.parameter("a"), .parameter("b"), .parameter("when"), .differential("x", "a" * 0)])
    let block = try block(
      system,
      starts: [
        Start(name: "s", action: .assignment(variable: "a")),
        Start(
          name: "schedule.0",
          action: .statements([.set("b", "a" * 2 + "i"), .set("a", 0), .set("when", "t")])),
      ], probes: ["a", "b"], live: 3)
    block.advance(
      3,
      starts: [
        WrittenStart(step: 1, code: 1, lanes: [2]),
        WrittenStart(step: 1, code: 0, values: [4, 5, 6, 6, 6, 6, 6, 6]),
      ])
    #expect(block.probes.map { $0[0] } == [[0, 0, 0], [4, 5, 0], [4, 5, 0]])
    #expect(block.probes.map { $0[1] } == [[0, 0, 0], [0, 0, 14], [0, 0, 14]])
    #expect((0..<3).map { block["when", $0] } == [0, 0, 1e-4])
  }

  @Test func `without steps only the tail is run`() throws {
    let block = try block(
      Self.driven, ports: [.arrival("p", .add("d", "w"))], initial: [.set("V", 1)])
    block.advance(1)
    #expect(block["c"] == 0)
    block.finish(arrivals: [Arrival(step: 0, lane: 0, port: 0, payload: 7)])
    #expect(block["c"] == 1)
    #expect(block["V"] == 0)
    let before = block.bits
    block.finish()
    #expect(block.bits == before)
  }

  // MARK: Random numbers

  private static let noisy = EquationSystem.written(
    [
      .differential("x", .call("randn") + "xi"), .differential("y", "xi_a" - "xi_a"),
      .differential("z", "xi_a"),
    ], threshold: .call("rand") < 0.3)

  @Test func `a neuron draws the same numbers wherever its block begins`() throws {
    let wide = try block(
      Self.noisy, ports: [.arrival("p", .add("x", .call("rand")))], live: 24)
    let narrow = try block(
      Self.noisy, ports: [.arrival("p", .add("x", .call("rand")))], live: 5, firstNeuron: 16)
    wide.advance(10, arrivals: [2, 18, 18].map { Arrival(step: 3, lane: $0, port: 0) })
    narrow.advance(10, arrivals: [2, 2].map { Arrival(step: 3, lane: $0, port: 0) })
    for lane in 0..<5 {
      #expect(wide["x", lane + 16].bitPattern == narrow["x", lane].bitPattern)
      #expect(wide.steps(of: 0, lane: lane + 16) == narrow.steps(of: 0, lane: lane))
    }
    #expect(!narrow.marks.isEmpty)
  }

  @Test func `one noise is one process, two occurrences are two`() throws {
    let block = try block(Self.noisy, live: 8)
    block.advance(3)
    #expect((0..<8).allSatisfy { block["y", $0] == 0 })
    #expect((0..<8).allSatisfy { block["z", $0] != 0 })
    let twice = EquationSystem.written([.differential("x", .call("rand") - .call("rand"))])
    let other = try self.block(twice, live: 8)
    other.advance(1)
    #expect((0..<8).allSatisfy { other["x", $0] != 0 })
  }

  @Test func `noise has the variance of the step`() throws {
    let block = try block(
      .written([.differential("x", "xi")]), live: 512)
    block.advance(100)
    let mean = (0..<512).map { block["x", $0] * block["x", $0] }.reduce(0, +) / 512
    #expect(abs(mean / (100 * 1e-4) - 1) < 0.25)
  }

  @Test func `events of one neuron in one step draw apart`() throws {
    let system = EquationSystem.written([.differential("x", 0.0), .differential("y", 0.0)])
    let ports = [Port.arrival("p", .set("y", "x"), .set("x", .call("rand")))]
    let block = try block(system, ports: ports, live: 8)
    block.advance(
      1,
      arrivals: [
        Arrival(step: 0, lane: 3, port: 0), Arrival(step: 0, lane: 3, port: 0, synapse: 1),
        Arrival(step: 0, lane: 5, port: 0),
      ])
    #expect(block["x", 3] != block["y", 3])
    #expect(block["y", 3] > 0)
    #expect(block["y", 5] == 0)
  }
}
