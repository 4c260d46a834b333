import Equations
import Testing
import Units

@testable import Kernels

/// From Dendrify's own texts to a program.
@Suite struct TextLoweringTests {
  private static let neuron = NeuronDefinition(
    equations: """
      dV/dt = (gL*(EL-V) + I)/C : volt
      I = I_ext + I_NMDA + I_noise : amp
      I_ext : amp
      I_NMDA = g_NMDA*(E_NMDA-V)*s_NMDA/(1 + Mg*exp(-Alpha*(V/mV+Gamma))/Beta) : amp
      ds_NMDA/dt = -s_NMDA/t_NMDA : 1
      dI_noise/dt = (mean-I_noise)/tau + sigma*sqrt(2/(tau*dt))*randn() : amp
      """,
    constants: [
      "gL": Quantity(1e-9, .conductance), "EL": Quantity(-0.07, .voltage),
      "C": Quantity(1e-10, .capacitance), "g_NMDA": Quantity(1e-9, .conductance),
      "E_NMDA": Quantity(0, .voltage), "t_NMDA": Quantity(0.05, .time), "Mg": Quantity(1),
      "Alpha": Quantity(0.062), "Beta": Quantity(3.57), "Gamma": Quantity(0),
      "mean": Quantity(0, .current), "sigma": Quantity(0, .current), "tau": Quantity(0.02, .time),
    ], threshold: "V > -50*mV", reset: "V = -65*mV", refractory: "4*ms")

  private func program() throws -> Program {
    let system = try EquationSystem(Self.neuron)
    let statements = try system.checkedStatements("s_NMDA += w", names: ["w": .one])
    return try Program(
      ProgramDefinition(
        system: system, dt: 1e-4, ports: [Port(name: "in", onPre: statements)],
        probes: ["V", "I_NMDA"], initial: try system.checkedStatements("V = EL"),
        uniformParameters: ["I_ext": 0], size: 8))
  }

  @Test func `a synapse with magnesium block takes one power of two and one division`() throws {
    let program = try program()
    let operations = program.update.instructions.map(\.operation)
    for half in [UnaryOperation.exp2Numerator, .exp2Denominator] {
      #expect(operations.count { if case .unary(half, _) = $0 { true } else { false } } == 1)
    }
    #expect(operations.count { if case .unary(.exp, _) = $0 { true } else { false } } == 0)
    #expect(operations.count { if case .binary(.divide, _, _) = $0 { true } else { false } } == 1)
    #expect(operations.count { if case .random = $0 { true } else { false } } == 1)
    #expect(operations.count { if case .unary(.squareRoot, _) = $0 { true } else { false } } == 0)
    #expect(program.occurrences.map(\.purpose) == ["update.I_noise.0"])
  }

  @Test func `an arrival is seen by the next update, and recorded in the row after`() throws {
    let block = try KernelBlock(try program(), live: 4)
    block.advance(20, arrivals: [.init(step: 5, lane: 2, port: 0, payload: 2)])
    let rows = block.probes.map { $0[1][2] }
    #expect(rows.prefix(5).allSatisfy { $0 == 0 })
    // Acts in the tail of step 4; row 5 is the state after it.
    #expect(rows[5] > 0)
    #expect(block.probes[5][0][2] == -0.07)
    #expect(block.probes[6][0][2] > -0.07)
    let v = -0.07
    let current = 1e-9 * (0 - v) * 2 / (1 + 1 * exponential(-0.062 * (v / 0.001)) / 3.57)
    #expect(abs(rows[5] / current - 1) < 1e-12)
  }

  /// e^x from its series, for tests without a C library.
  private func exponential(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for index in 1..<60 {
      term *= x / Double(index)
      sum += term
    }
    return sum
  }
}
