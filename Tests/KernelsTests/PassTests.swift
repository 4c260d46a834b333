import Equations
import Testing

@testable import Kernels

/// Each pass on a small program: text of the update before and after.
@Suite struct PassTests {
  private static let system = EquationSystem.written(
    [.parameter("a"), .parameter("b"), .parameter("p")],
    constants: ["g": 3, "h": 5, "tau": 1e-2, "zero": 0])

  /// The update of `x' = right`, after the passes up to the one of that name.
  private func update(
    _ right: Written, after name: String, others: [EquationSystem.Variable] = []
  ) throws -> [String] {
    var system = Self.system
    system.variables += [.differential("x", right)] + others
    let writes = [Port.arrival("a", .set("a", "w")), .arrival("b", .set("b", "w"))]
    let definition = ProgramDefinition(system: system, dt: 1e-4, ports: writes, size: 8)
    let stages = try Program.stages(of: definition)
    let program = try #require(stages.first { $0.name == name }?.program)
    return program.text(of: program.update.withoutDeadCode)
  }

  @Test func `lowering computes x + dt f`() throws {
    #expect(
      try update("g" * ("a" - "x"), after: "lowering") == [
        "v3 = a - x", "v4 = u0 * v3", "v6 = u1 * v4", "v7 = x + v6", "x <- v7",
      ])
  }

  @Test func `a subexpression is computed once where it is read`() throws {
    let twice = try update(
      "s" * "s", after: "lowering", others: [.subexpression("s", "a" + "b")])
    #expect(twice.count { $0.contains("a + b") } == 1)
  }

  @Test func `constant folding keeps to identities that hold to the bit`() throws {
    #expect(
      try update(Written("a") * 1 / 1 - 0, after: "constant folding") == [
        "v2 = u0 * a", "v4 = x + v2", "x <- v4",
      ])
    // -0.0 + 0 is 0.0: not an identity.
    #expect(
      try update(Written("a") + 0, after: "constant folding").contains { $0.contains("a + 0.0") })
    // a * 0 is not 0 where a is infinite.
    #expect(
      try update(Written("a") * 0, after: "constant folding").contains { $0.contains("a * 0.0") })
  }

  @Test func `whatever is made of uniforms alone becomes one`() throws {
    #expect(
      try update(.call("exp", "g" * "h") * "a", after: "uniform hoisting") == [
        "v2 = u4 * a", "v4 = u2 * v2", "v6 = x + v4", "x <- v6",
      ])
  }

  @Test func `a division by a constant becomes a multiplication`() throws {
    let lines = try update(Written("a") / "tau", after: "reciprocals")
    #expect(!lines.contains { $0.contains("/") })
    let varying = try update(Written("a") / "b", after: "reciprocals")
    #expect(varying.contains { $0.contains("a / b") })
  }

  @Test func `what is rounded to whole numbers keeps its division`() throws {
    let lines = try update(.call("floor", Written("a") / "tau"), after: "dead code")
    #expect(lines.contains { $0.contains("a / u") })
  }

  @Test func `time is a rounded product wherever it is read`() throws {
    let lines = try update("t" - "a", after: "dead code")
    #expect(lines.contains { $0.hasPrefix("v") && $0.contains("= n * u") })
  }

  @Test func `constant factors of a product are gathered`() throws {
    let lines = try update(-Written("a") * "g" * "b" / "tau", after: "uniform gathering")
    #expect(lines.count == 4)
    #expect(lines[0].hasSuffix("= a * b"))
    #expect(lines[1].contains(" * u"))
  }

  @Test func `a quotient gives up the constant factors of its numerator`() throws {
    let lines = try update(
      "g" * Written("a") / ("b" + "x") * "h", after: "uniform gathering")
    #expect(lines.count { $0.contains(" / ") } == 1)
    #expect(lines.count { $0.contains(" * u") } == 1)
    // A second quotient, and one that others read too, stay as they are.
    let two = try update(
      "g" * Written("a") / ("b" + "x") * ("h" * Written("b") / ("a" + "x")),
      after: "uniform gathering")
    #expect(two.count { $0.contains(" / ") } == 2)
    let quotient = "g" * Written("a") / ("b" + "x")
    let shared = try update(
      quotient * "h" + .call("exp", quotient), after: "uniform gathering")
    #expect(shared.count { $0.contains(" / ") } == 1)
  }

  @Test func `leaks, couplings and synapses are summed into a slope and a drive`() throws {
    let gate = try update(
      "g" * ("h" - Written("x")) + "a" * ("tau" - Written("x")) + "g" * ("b" - Written("x")),
      after: "dead code")
    // u - a and a E + u; b g +; slope x +; dt × that + x
    #expect(gate.count { $0.contains(" - a") } == 1)
    #expect(gate.count { $0.hasSuffix("rounded once") } == 4)
    #expect(gate.count == 6)
    // All scaled, so that dt is taken in: of a gate that reverses at 0 nothing drives.
    let atZero = try update(
      "g" * ("h" - Written("x")) + "h" * Written("a") * ("zero" - Written("x")), after: "dead code")
    #expect(atZero.count { $0.hasSuffix("rounded once") } == 2)
    #expect(atZero.count == 4)
    #expect(atZero[2].contains("= x + v"))
  }

  @Test func `sums of conductances that save nothing stay as they are`() throws {
    for right in [
      ("a" + Written("b") - ("x" - Written("h"))) / "tau", -Written("x") / "tau",
      ("h" - Written("x")) / "tau", "a" * ("h" - Written("x")),
      "g" * Written("p") * ("h" - Written("x")),
    ] {
      #expect(
        try update(right, after: "conductance gathering")
          == update(right, after: "uniform gathering"))
    }
  }

  @Test func `a magnesium block is one quotient of short polynomials`() throws {
    let block = 1 + "h" * Written.call("exp", -Written("g") * "x")
    let one = try update("a" / block, after: "dead code")
    #expect(one.count { $0.contains("= exp2Numerator(v") } == 1)
    #expect(one.count { $0.contains("= exp2Denominator(v") } == 1)
    #expect(one.count { $0.contains(" / ") } == 1)
    #expect(!one.contains { $0.contains("exp2(") })
    let two = try update("a" / block + "b" * "a" / block, after: "dead code")
    #expect(two.count { $0.contains("= exp2Numerator(v") } == 1)
    #expect(two.count { $0.contains(" / ") } == 1)
    // One that is read beside the quotient remains a power.
    let beside = try update("a" / block + block, after: "dead code")
    #expect(beside.contains { $0.contains("= exp2(v") })
  }

  @Test func `an exponential with a constant factor becomes a power of two`() throws {
    let sigmoid = try update(
      .call("exp", -Written("g") * ("a" / "tau" + "h")), after: "dead code")
    #expect(sigmoid.count == 4)
    #expect(sigmoid[0].contains("= a * u") && sigmoid[0].hasSuffix("rounded once"))
    #expect(sigmoid[1].contains("= exp2(v"))
    // A difference of numbers that may be alike keeps its rounding.
    let difference = try update(.call("exp", ("a" - "h") / "tau"), after: "dead code")
    #expect(difference[0].contains("= a - u") && difference[1].contains(" * u"))
    #expect(difference[2].contains("= exp2(v"))
  }

  @Test func `an exponential without a constant factor stays one`() throws {
    for exponent in ["a" * Written("b"), "a" - Written("b"), "a" + Written("g"), Written("a")] {
      let lines = try update(.call("exp", exponent), after: "dead code")
      #expect(lines.contains { $0.contains("= exp(v") || $0.contains("= exp(a)") })
      #expect(!lines.contains { $0.contains("exp2") })
    }
    // What decides a condition keeps every bit.
    let floor = try update(.call("floor", .call("exp", "a" / "tau")), after: "dead code")
    #expect(floor.contains { $0.contains("= exp(v") })
  }

  @Test func `opposite differences are computed once`() throws {
    let lines = try update(
      ("a" - "b") * "g" + ("b" - "a") * "h" * "x", after: "dead code")
    #expect(lines.count { $0.contains("a - b") || $0.contains("b - a") } == 1)
  }

  @Test func `a product and the sum that reads it are rounded once`() throws {
    let lines = try update(
      "g" * ("a" - "x"), after: "dead code")
    #expect(lines.count == 3)
    #expect(lines[1].hasSuffix("+ x rounded once"))
  }

  @Test func `a product that others read too is not joined`() throws {
    let product = Written("a") * "b"
    let lines = try update(product + .call("exp", product), after: "fma formation")
    #expect(lines.contains { $0.hasSuffix("= a * b") })
    #expect(lines.contains { $0.contains("rounded once") })
  }

  @Test func `what depends on a neuron's constants has a derived column`() throws {
    var system = Self.system
    system.variables.append(.differential("x", (Written("p") - "x") / ("p" * "tau")))
    let definition = ProgramDefinition(system: system, dt: 1e-4, size: 8)
    let program = try Program(definition)
    let derived = try #require(program.columns.first { $0.role == .derived })
    #expect(derived.name == "derived.0")
    #expect(!program.text(of: program.update).contains { $0.contains("/") })
    #expect(program.derived.stores.count == 1)
    // A stimulus on p, or a statement of the schedule, makes it change from step to step.
    var driven = definition
    driven.starts = [Start(name: "s", action: .assignment(variable: "p"))]
    #expect(try !Program(driven).columns.contains { $0.role == .derived })
    driven.starts = [Start(name: "s", action: .statements([.set("p", 2)]))]
    #expect(try !Program(driven).columns.contains { $0.role == .derived })
  }

  @Test func `the precondition takes thresholds and their timers, else flags`() throws {
    let program = try Program(WrittenActiveModel.definition)
    let text = program.text(of: program.precondition)
    // Four thresholds, and the timers of the three rises.
    #expect(text.count { $0.contains(" > ") } == 7)
    #expect(text.count { $0.contains("allow_I_Kn") } == 3)
    #expect(!text.contains { $0.contains("allow_I_Na") })
  }

  @Test func `columns that always get the same amounts share a sum`() throws {
    var system = Self.system
    for name in ["s", "q", "z"] {
      system.variables.append(.differential(name, -Written(stringLiteral: name) / "tau"))
    }
    let both = Port.arrival("both", .add("s", "w"), .add("q", "w"), .add("z", "w"))
    var definition = ProgramDefinition(system: system, dt: 1e-4, ports: [both], size: 8)
    func names() throws -> [[String]] {
      let program = try Program(definition)
      return program.sums.map { $0.map { program.columns[$0].name } }
    }
    #expect(try names() == [["s", "q", "z"]])
    definition.ports.append(.arrival("one", .add("z", "w")))
    #expect(try names() == [["s", "q"], ["z"]])
    definition.ports.append(.arrival("other", .add("s", "w"), .add("q", "g")))
    #expect(try names() == [["s"], ["q"], ["z"]])
  }

  @Test func `the active model comes to few operations`() throws {
    let update = try Program(WrittenActiveModel.definition).update
    var counts: [String: Int] = [:]
    for instruction in update.instructions {
      switch instruction.operation {
      case .fma: counts["fma", default: 0] += 1
      case .binary(.multiply, _, _): counts["multiply", default: 0] += 1
      case .binary(.add, _, _), .binary(.subtract, _, _): counts["add", default: 0] += 1
      case .load, .uniform, .constant: break
      default: counts["other", default: 0] += 1
      }
    }
    #expect(counts == ["fma": 29, "add": 7])
  }

  @Test func `every pass has its name in the list of stages`() throws {
    let stages = try Program.stages(of: WrittenActiveModel.definition)
    #expect(stages.map(\.name) == ["lowering"] + ProgramPass.all.map(\.name))
    #expect(stages.last?.program == (try Program(WrittenActiveModel.definition)))
    #expect(stages.last?.program.description.contains("precondition\n") == true)
  }
}
