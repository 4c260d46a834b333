import Equations
import RandomNumbers
import Units

@testable import Kernels

/// Definitions made at random, alike for like seeds, that touch everything a program can hold.
///
/// Their variables stay within a few units of 0, so that programs can run for a while.
struct RandomProgram {
  let definition: ProgramDefinition
  private var random: SplitMix

  /// - Parameter precision: in single precision one of the parameters is a time.
  init(seed: UInt64, precision: Precision = .double) {
    var maker = DefinitionMaker(random: SplitMix(state: seed))
    var definition = maker.definition()
    definition.precision = precision
    if precision == .single {
      for place in definition.system.variables.indices
      where definition.system.variables[place].name == "p1" {
        definition.system.variables[place].dimension = .time
      }
    }
    self.definition = definition
    random = maker.random
  }

  /// Some arrivals in every few steps for a visit of so many steps, at so many lanes.
  mutating func arrivals(steps: Int, lanes: Int) -> [KernelBlock.Arrival] {
    guard !definition.ports.isEmpty else { return [] }
    return (0..<steps * lanes / 4).map { index in
      KernelBlock.Arrival(
        step: random.below(max(steps, 1)), lane: random.below(lanes),
        port: random.below(definition.ports.count), payload: random.number(-0.1...0.1),
        synapse: index)
    }
  }
}

extension RandomProgram {
  /// Some starts in a visit of so many steps: of all lanes or some, with one payload or many.
  mutating func starts(steps: Int, lanes live: Int) -> [WrittenStart] {
    guard !definition.starts.isEmpty else { return [] }
    let lanes = (live + 7) / 8 * 8
    return (0..<steps).flatMap { step in
      definition.starts.indices.filter { _ in random.chance(0.3) }.map { code in
        WrittenStart(
          step: step, code: code, value: random.number(-1...1),
          values: random.chance(0.5) ? (0..<lanes).map { _ in random.number(-1...1) } : nil,
          lanes: random.chance(0.5)
            ? Set((0..<lanes).filter { _ in random.chance(0.3) }) : nil)
      }
    }
  }
}

extension SplitMix {
  mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
  mutating func chance(_ p: Double) -> Bool { Double.random(in: 0..<1, using: &self) < p }
  mutating func number(_ range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &self)
  }
  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}

private struct DefinitionMaker {
  var random: SplitMix
  private var reals = ["x0", "x1"]
  private var constants = ["k0": 0.7, "k1": -0.4, "k2": 2.5, "k3": 0.3]
  private var flags = ["b0"]
  private var mayDraw = false

  init(random: SplitMix) { self.random = random }

  mutating func definition() -> ProgramDefinition {
    var variables: [EquationSystem.Variable] = [
      .parameter("p0"), .parameter("p1"), .parameter("b0", .boolean), .parameter("m0", .integer),
      .parameter("c0"),
    ]
    let count = 2 + random.below(4)
    reals = (0..<count).map { "x\($0)" } + ["p0", "p1", "m0"]
    for index in 0..<1 + random.below(3) {
      let name = "s\(index)"
      mayDraw = random.chance(0.15)
      let flags: EquationSystem.Variable.Flags =
        mayDraw || random.chance(0.2) ? .constantOverStep : []
      variables.append(.subexpression(name, real(3), .real, flags))
      mayDraw = false
      reals.append(name)
    }
    let refractory = random.below(3)
    for index in 0..<count {
      let flags: EquationSystem.Variable.Flags =
        refractory > 0 && random.chance(0.25) ? .unlessRefractory : []
      variables.append(.differential("x\(index)", slope(of: index), flags))
    }
    let system = EquationSystem.written(
      variables, constants: constants, threshold: random.chance(0.9) ? condition(2) : nil,
      reset: random.chance(0.8) ? statements() : [],
      refractory: refractory == 1 ? Written(floatLiteral: random.number(0...8e-4)) : nil,
      refractoryWhile: refractory == 2 ? condition(1) : nil,
      secondReset: random.chance(0.4)
        ? EquationSystem.SecondReset(
          statements: statements(), width: Double(random.pick([0, 1, 2, 5, 64])) * 1e-4) : nil,
      events: (0..<random.below(3)).map { event($0) })
    var definition = ProgramDefinition(
      system: system, dt: 1e-4, ports: ports(), starts: starts(),
      probes: random.chance(0.5) ? ["x0", "s0", "b0"] : [], initial: initial(count),
      uniformParameters: random.chance(0.5) ? ["p1": 0.6] : [:], size: 64)
    definition.method = random.pick(
      IntegrationMethod.allCases.filter { system.problem(with: $0) == nil })
    return definition
  }

  // MARK: Parts

  /// A decay to a bounded value, so that nothing explodes.
  private mutating func slope(of index: Int) -> Written {
    let x = Written(stringLiteral: "x\(index)")
    mayDraw = random.chance(0.2)
    let goal = bounded(real(4))
    mayDraw = false
    var slope = (goal - x) / Written(floatLiteral: random.number(1e-3...2e-2))
    if random.chance(0.4) {
      let other = Written(stringLiteral: "x\(index == 0 ? 1 : index - 1)")
      slope = slope + (other - x) * "k3" / 5e-3
    }
    if random.chance(0.2) { slope = slope + 0.3 * (index == 0 ? "xi" : "xi_common") }
    return slope
  }

  private func bounded(_ x: Written) -> Written { .call("clip", x, -3.0, 3.0) }

  private mutating func event(_ index: Int) -> EquationSystem.Event {
    EquationSystem.Event(
      name: "e\(index)", condition: condition(2).expression, action: statements(),
      isRecordable: random.chance(0.7))
  }

  private mutating func statements() -> [Statement] {
    (0..<1 + random.below(3)).map { _ in statement() }
  }

  private mutating func statement() -> Statement {
    switch random.below(6) {
    case 0: return .set("b0", condition(1))
    case 1: return .set("m0", .call("clip", real(2) * 3, -5, 5))
    case 2: return .multiply(random.pick(["x0", "x1"]), 0.5)
    case 3: return .add(random.pick(["x0", "x1"]), bounded(real(2)) * 0.1)
    default: return .set(random.pick(["x0", "x1", "p0"]), bounded(real(3)))
    }
  }

  private mutating func ports() -> [Port] {
    var ports: [Port] = []
    for index in 0..<1 + random.below(3) {
      let name = "port\(index)"
      switch random.below(5) {
      case 0: ports.append(.arrival(name, .add("x0", "w")))
      case 1: ports.append(.arrival(name, .add("x1", "w" * "k0"), .subtract("x0", "w")))
      case 2: ports.append(.arrival(name, .add("x1", "w" * .call("exp", "k1" * "k2"))))
      case 3: ports.append(.arrival(name, .add("c0", "w")))
      default:
        mayDraw = true
        ports.append(.arrival(name, .set("x1", bounded("x1" + "w" * real(2))), statement()))
        mayDraw = false
      }
    }
    return ports
  }

  private mutating func starts() -> [Start] {
    var starts: [Start] = []
    if random.chance(0.4) {
      let variable = random.pick(["p0", "x0", "b0", "m0"])
      starts.append(Start(name: "stimulus", action: .assignment(variable: variable)))
    }
    for index in 0..<random.below(3) {
      mayDraw = random.chance(0.5)
      starts.append(Start(name: "schedule.\(index)", action: .statements(statements())))
      mayDraw = false
    }
    return starts
  }

  private mutating func initial(_ count: Int) -> [Statement] {
    let draws: [Statement] = (0..<count).map { .set("x\($0)", .call("rand") - 0.5) }
    // What nothing arrives at keeps its bits, those of a denormal number too.
    let others: [Statement] = [
      .set("c0", Written(floatLiteral: 0x1p-1030)), .set("p0", .call("randn") * 0.3),
      .set("m0", 3), .set("b0", "i" % 2 > 0),
    ]
    return draws + others + (random.chance(0.5) ? [.set("x0", "x0" + "p0")] : [])
  }

  // MARK: Expressions

  private mutating func real(_ depth: Int) -> Written {
    guard depth > 0, random.chance(0.85) else { return leaf() }
    switch random.below(14) {
    case 0, 1: return real(depth - 1) + real(depth - 1)
    case 2, 3: return real(depth - 1) - real(depth - 1)
    case 4, 5: return real(depth - 1) * real(depth - 1)
    case 6: return real(depth - 1) / Written(stringLiteral: random.pick(["k0", "k2"]))
    case 7: return real(depth - 1) / (2 + .call("abs", real(depth - 1)))
    case 8: return -real(depth - 1)
    case 9: return bounded(real(depth - 1)).power(random.pick([2, 3, -1 * -2]))
    case 10: return .call("int", condition(1)) * real(depth - 1)
    case 11: return bounded(real(depth - 1)) % 1.5
    case 12: return mayDraw ? .call(random.pick(["rand", "randn"])) : leaf()
    default:
      let function = random.pick(["exp", "tanh", "sin", "exprel", "sign", "floor", "abs"])
      return .call(function, bounded(real(depth - 1)))
    }
  }

  private mutating func leaf() -> Written {
    switch random.below(5) {
    case 0: return Written(floatLiteral: random.pick([0.5, 1.5, 2.0, 0.1]))
    case 1: return Written(stringLiteral: random.pick(constants.keys.sorted()))
    case 2: return random.chance(0.3) ? "t" * 100.0 : Written(integerLiteral: 1 + random.below(3))
    default: return Written(stringLiteral: random.pick(reals))
    }
  }

  private mutating func condition(_ depth: Int) -> Written {
    guard depth > 0 else { return Written(stringLiteral: random.pick(flags)) }
    switch random.below(6) {
    case 0: return condition(depth - 1) && condition(depth - 1)
    case 1: return condition(depth - 1) || real(2) > 1.1
    case 2: return !condition(depth - 1)
    case 3: return Written(stringLiteral: random.pick(["x0", "x1"])) > 0.3
    case 4: return real(2) > real(1)
    default: return "x1" < Written(floatLiteral: random.number(-1...0.5)) && "x0" > -0.2
    }
  }
}
