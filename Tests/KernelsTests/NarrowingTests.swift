import Equations
import Testing
import Units

@testable import Kernels

/// What is f32 and what is f64 in a program of single precision.
@Suite struct NarrowingTests {
  private static func definition(
    _ right: Written, more variables: [EquationSystem.Variable] = [], threshold: Written? = nil,
    reset: [Statement] = [], ports: [Port] = [], precision: Precision = .single
  ) -> ProgramDefinition {
    var timer = EquationSystem.Variable.parameter("timer")
    timer.dimension = .time
    let all = [.differential("x", right), timer, .parameter("a")] + variables
    let writes = Port.arrival("writes", .set("a", "w"), .set("timer", "t"))
    return ProgramDefinition(
      system: .written(all, constants: ["g": 3], threshold: threshold, reset: reset),
      precision: precision, dt: 1e-4, ports: [writes] + ports, size: 8)
  }

  private static func program(_ right: Written, after name: String = "dead code") throws -> Program
  {
    let stages = try Program.stages(of: definition(right))
    return try #require(stages.first { $0.name == name }?.program)
  }

  /// The update's text, with the type of every value.
  private func update(_ right: Written) throws -> [String] {
    let program = try Self.program(right)
    return program.text(of: program.update)
  }

  @Test func `times and integers keep f64, and other variables take f32`() throws {
    var clock = EquationSystem.Variable.differential("clock", 1)
    clock.dimension = .time
    let definition = Self.definition(
      "a" - "x", more: [clock, .parameter("n", .integer), .parameter("b", .boolean)],
      threshold: "x" > 1 && "t" > "lastspike" + 0.01)
    let program = try Program(definition)
    var found: [String: Column.Element] = [:]
    for column in program.columns where column.role != .pending {
      found[column.name] = column.element
    }
    #expect(
      found == [
        "x": .single, "a": .single, "clock": .single, "timer": .real, "n": .real,
        "lastspike": .real, "b": .flag,
      ])
    #expect(program.hasOrderedColumns)
    let layout = StateLayout(program)
    for (place, column) in program.columns.enumerated() {
      #expect(layout.offsetInGroup(ofColumn: place) % (8 * column.element.bytes) == 0)
    }
  }

  @Test func `a program of double precision has nothing narrow`() throws {
    let program = try Program(Self.definition("a" - "x", precision: .double))
    #expect(program.columns.allSatisfy { $0.element != .single })
    let all = program.sections.flatMap(\.instructions)
    #expect(!all.isEmpty && all.allSatisfy { $0.type != .single })
  }

  @Test func `the state is computed with in f32 alone`() throws {
    let program = try Self.program(("a" - "x") * .call("exp", -Written("x") / "g"))
    #expect(program.update.instructions.allSatisfy { $0.type == .single })
    #expect(program.update.instructions.count > 5)
  }

  @Test func `what is compared with the time is f64`() throws {
    let program = try Program(
      Self.definition("a" - "x", threshold: "x" > "g" && "t" > "timer" + 0.0002))
    let tests = program.tests
    for instruction in tests.instructions {
      guard case .compare(_, let x, let y) = instruction.operation else { continue }
      let isTimed = [x, y].contains {
        if case .binary = tests.instructions[$0].operation { true } else { false }
      }
      #expect(tests.instructions[x].type == (isTimed ? .real : .single))
      #expect(tests.instructions[x].type == tests.instructions[y].type)
    }
    #expect(tests.instructions.contains { $0.type == .single })
    #expect(tests.instructions.contains { $0.type == .real })
  }

  @Test func `a function of the time is computed in f64 and rounded`() throws {
    let lines = try update("g" * .call("sin", 40 * Written("t")) - "x")
    let sine = try #require(lines.first { $0.contains("sin(") }).prefix { $0 != " " }
    #expect(lines.contains { $0.hasSuffix("= single(\(sine))") })
    #expect(lines.count { $0.contains("single(") } == 1)
    #expect(!lines.contains { $0.contains("double(") })
  }

  @Test func `a truth is a number of the precision that reads it`() throws {
    let lines = try update("a" * .call("int", Written("t") > "timer") - "x")
    #expect(lines.contains { $0.contains("? 1.0 : 0.0") })
    #expect(!lines.contains { $0.contains("single(") || $0.contains("double(") })
  }

  @Test func `payloads and random numbers are rounded once, where they meet the state`() throws {
    let port = Port.arrival("p", .set("x", "x" + "w" * "g" * .call("rand")))
    let program = try Program(Self.definition("a" - "x", ports: [port]))
    guard case .general(let code) = try #require(program.ports.last) else {
      Issue.record("the port only adds")
      return
    }
    let lines = program.text(of: code)
    #expect(lines.count { $0.contains("single(") } == 1)
    let rounded = try #require(lines.first { $0.contains("single(") }).prefix { $0 != " " }
    #expect(lines.contains { $0.contains("x + \(rounded)") || $0.contains("\(rounded) + x") })
  }

  @Test func `amounts of additive ports are f64, whatever they are added to`() throws {
    let port = Port.arrival("p", .add("x", "w" * "g"))
    let program = try Program(Self.definition("a" - "x", ports: [port]))
    guard case .additive(let contributions) = try #require(program.ports.last) else {
      Issue.record("the port runs event by event")
      return
    }
    #expect(contributions.count == 1)
    for contribution in contributions {
      #expect(program.columns[contribution.column].element == .single)
      #expect(contribution.amount.instructions.allSatisfy { $0.type == .real })
      #expect(
        contribution.summedAmount(ofWeight: nil, uniforms: program.uniformTable())
          == .weight(scale: 3))
    }
  }

  /// Whether some sum is one of two sums.
  private func hasBalancedSum(_ section: Section) -> Bool {
    func isSum(_ place: Int) -> Bool {
      if case .binary(.add, _, _) = section.instructions[place].operation { true } else { false }
    }
    return section.instructions.contains { instruction in
      guard case .binary(.add, let x, let y) = instruction.operation else { return false }
      return isSum(x) && isSum(y)
    }
  }

  @Test func `long sums are added up in two halves, and no others`() throws {
    let parameters = ["p", "q", "r"].map { EquationSystem.Variable.parameter($0) }
    let three = Written("p") * "x" + Written("q") * "x" + Written("r") * "x"
    func update(_ right: Written, _ precision: Precision) throws -> Section {
      let definition = Self.definition(right, more: parameters, precision: precision)
      let stages = try Program.stages(of: definition)
      return try #require(stages.first { $0.name == "sum balancing" }?.program).update
    }
    #expect(hasBalancedSum(try update(three + Written("a") * "x", .single)))
    #expect(!hasBalancedSum(try update(three, .single)))
    #expect(!hasBalancedSum(try update(three + Written("a") * "x", .double)))
  }

  /// Of programs with all that there is: no back end converts what no instruction converts.
  @Test func `loads and stores have the precision of their columns`() throws {
    var derived = 0
    for seed in RandomProgramTests.seeds {
      let program = try Program(RandomProgram(seed: seed, precision: .single).definition)
      for section in program.sections {
        for instruction in section.instructions {
          guard case .load(let column) = instruction.operation else { continue }
          let isSingle = program.columns[column].element == .single
          try #require((instruction.type == .single) == isSingle, "seed \(seed)")
        }
        for store in section.stores {
          let isSingle = program.columns[store.column].element == .single
          let type = section.instructions[store.value].type
          try #require((type == .single) == isSingle, "seed \(seed)")
        }
      }
      derived += program.columns.count { $0.role == .derived && $0.element == .real }
    }
    #expect(derived > 0)
  }

  @Test func `structures tell precisions apart`() throws {
    let single = try Program(Self.definition("a" - "x"))
    let double = try Program(Self.definition("a" - "x", precision: .double))
    #expect(single.structure != double.structure)
  }
}
