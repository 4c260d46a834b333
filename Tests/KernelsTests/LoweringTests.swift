import Equations
import Testing
import Units

@testable import Kernels

/// What becomes of a definition before anything is run.
@Suite struct LoweringTests {
  private func definition(
    _ system: EquationSystem, ports: [Port] = [], uniform: [String: Double] = [:]
  ) -> ProgramDefinition {
    ProgramDefinition(system: system, dt: 1e-4, ports: ports, uniformParameters: uniform, size: 8)
  }

  private func spiking(_ refractory: Written?, threshold: Written = "V" > 0.5) -> EquationSystem {
    .written(
      [.differential("V", -Written("V")), .parameter("p")], threshold: threshold,
      reset: [.set("V", 0)], refractory: refractory)
  }

  @Test func `not_refractory has a column only if something beside the threshold reads it`() throws
  {
    #expect(try Program(definition(spiking(nil))).notRefractory == nil)
    #expect(try Program(definition(spiking(5e-4))).notRefractory == nil)
    #expect(try Program(definition(spiking("p"))).notRefractory == nil)
    // The period is taken before the update, in which V changes.
    #expect(try Program(definition(spiking("V" * "V"))).notRefractory != nil)
    let direct = spiking(5e-4, threshold: "V" > 0.5 && "not_refractory")
    #expect(try Program(definition(direct)).notRefractory == nil)
    var probed = definition(spiking(5e-4))
    probed.probes = ["not_refractory"]
    #expect(try Program(probed).notRefractory != nil)
    var condition = spiking(nil)
    condition.refractoriness = .condition(("V" > 0.1).expression)
    #expect(try Program(definition(condition)).notRefractory != nil)
  }

  @Test func `lastspike has a column only if something reads it`() throws {
    #expect(try !Program(definition(spiking(nil))).columns.contains { $0.name == "lastspike" })
    let column = try #require(
      try Program(definition(spiking(5e-4))).columns.first { $0.name == "lastspike" })
    #expect(column.initialValue == -1e4)
  }

  @Test func `columns of 8 bytes come before flags`() throws {
    let program = try Program(WrittenActiveModel.definition)
    #expect(program.hasOrderedColumns)
    let flags = program.columns.count { $0.element == .flag }
    #expect(flags == 6 + 7)
    #expect(program.bytesPerLane == (program.columns.count - flags) * 8 + flags)
    // Four potentials, six conductances of spikes and two of synapses, three timers, and the flags of
    // falls.
    let state = StateLayout(program)
    #expect(state.hot.count == 12 + 3 + 3)
    #expect(state.hotGroupBytes == 16 * 64)
    #expect(state.groupBytes >= program.bytesPerLane * state.groupLanes)
  }

  @Test func `ports that only add what no state decides are additive`() throws {
    let system = EquationSystem.written(
      [
        .differential("x", -Written("x")), .differential("y", -Written("y")), .parameter("p"),
        .parameter("q"),
      ], constants: ["k": 2])
    func kinds(_ ports: Port...) throws -> [String] {
      try Program(definition(system, ports: ports, uniform: ["q": 3])).ports.map { port in
        switch port {
        case .additive(let contributions): "additive \(contributions.count)"
        case .general: "general"
        }
      }
    }
    #expect(try kinds(.arrival("a", .add("x", "w"))) == ["additive 1"])
    #expect(
      try kinds(.arrival("a", .add("x", "w" * "k"), .subtract("y", "q"))) == ["additive 2"])
    #expect(try kinds(.arrival("a", .add("x", "w" * "p"))) == ["general"])
    #expect(try kinds(.arrival("a", .add("x", "t"))) == ["general"])
    #expect(try kinds(.arrival("a", .add("x", .call("rand")))) == ["general"])
    #expect(try kinds(.arrival("a", .set("x", "w"))) == ["general"])
    #expect(try kinds(.arrival("a", .add("x", "w"), .set("y", 0))) == ["general"])
    // b must see what a did before it: a cannot be summed either, nor c, which shares y with a.
    #expect(
      try kinds(
        .arrival("a", .add("x", "w"), .add("y", "w")), .arrival("b", .set("x", 0)),
        .arrival("c", .add("y", "w")))
        == ["general", "general", "general"])
    #expect(
      try kinds(.arrival("a", .add("x", "w")), .arrival("b", .set("p", "y"))) == [
        "additive 1", "general",
      ])
  }

  @Test func `each place of the text has a random stream named after it`() throws {
    let xi = Written("xi")
    let system = EquationSystem.written(
      [
        .differential("a", "xi_common" + .call("rand") * .call("rand")),
        .differential("b", xi + "xi_common"), .differential("c", .call("randn")),
      ], threshold: .call("rand") > 0.5)
    let program = try Program(definition(system))
    #expect(
      program.occurrences.map { "\($0.purpose) \($0.kind)" } == [
        "update.xi_common normal", "update.a.0 uniform", "update.a.1 uniform",
        "update.b.0 normal", "update.c.0 normal", "threshold.0 uniform",
      ])
  }

  @Test func `values are no part of the structure`() throws {
    let program = try Program(WrittenActiveModel.definition)
    var other = WrittenActiveModel.definition
    let constants = other.system.constants
    for (name, value) in constants where value != Quantity(0) {
      other.system.constants[name] = Quantity(1)
    }
    other.dt = 5e-5
    other.size = 3
    #expect(try Program(other).structure == program.structure)
    #expect(try Program(other) != program)
    // But for synapses that reverse at 0, which take fewer operations.
    for name in constants.keys { other.system.constants[name] = Quantity(1) }
    #expect(try Program(other).structure != program.structure)
    other = WrittenActiveModel.definition
    other.system.reset.append(.add("V_soma", "V_trunk"))
    #expect(try Program(other).structure != program.structure)
  }

  @Test func `what cannot be lowered is refused with its place`() throws {
    func message(_ definition: ProgramDefinition) -> String? {
      do {
        _ = try Program(definition)
        return nil
      } catch { return error.description }
    }
    var late = spiking(nil)
    late.secondReset = .init(statements: [.set("V", 1)], width: 6.44e-3)
    #expect(message(definition(late)) == nil)
    late.secondReset?.width = 6.46e-3
    #expect(message(definition(late))?.contains("0 to 64 steps") == true)
    late.secondReset?.width = .nan
    #expect(message(definition(late)) != nil)
    var unknown = spiking(nil)
    unknown.reset = [.set("V", "nothing")]
    #expect(message(definition(unknown)) == "the reset: 'nothing' is no variable, constant or unit")
    let circle = EquationSystem.written([
      .subexpression("a", "b"), .subexpression("b", "a"), .differential("c", "a"),
    ])
    #expect(message(definition(circle))?.contains("by itself") == true)
    var written = spiking(nil)
    written.reset = [.set("p", 1)]
    #expect(message(definition(written, uniform: ["p": 1]))?.contains("one value for all") == true)
    #expect(message(ProgramDefinition(system: late, dt: .nan, size: 1)) != nil)
    let source = Port.arrival("p", .add("V", "V_pre"))
    #expect(message(definition(spiking(nil), ports: [source]))?.contains("source neuron") == true)
  }

  @Test func `units and numbers of the language are known`() throws {
    let system = EquationSystem.written(
      [.differential("V", -Written("V")), .parameter("p")],
      reset: [.set("p", 5 * Written("mV") + "pi" * "volt")])
    let program = try Program(definition(system))
    #expect(program.uniformTable().contains(5 * 0.001 + Double.pi))
  }
}
