import Equations
import Testing
import Units

@testable import Kernels

/// Voltages computed from sums of conductances are those of the currents, one by one.
@Suite struct ConductanceGatheringTests {
  /// Terms of every kind and sign: leak, gates with and without a factor, towards 0 and elsewhere, one
  /// behind a block, a coupling in either direction, currents with and without a factor.
  private static let neuron = NeuronDefinition(
    equations: """
      dV/dt = (gL*(EL-V) - g_s*s*(V-E_s) + g_q*q*(E_zero-V) + r*(E_r-V) - p*(E_zero-V) + gc*(U-V)
               + g_b*(E_s-V)*b/(1 + Mg*exp(-Alpha*(V/mV+Gamma))/Beta) + I + 2*K)/C : volt
      dU/dt = (gL*(EL-U) - gc*(U-V) + I)/C : volt
      ds/dt = -s/tau : 1
      dq/dt = -q/tau : 1
      db/dt = -b/tau : 1
      dr/dt = -r/tau : siemens
      dp/dt = -p/tau : siemens
      I : amp
      K : amp
      """,
    constants: [
      "gL": Quantity(2e-9, .conductance), "EL": Quantity(-0.07, .voltage),
      "C": Quantity(1e-10, .capacitance), "gc": Quantity(5e-9, .conductance),
      "g_s": Quantity(3e-9, .conductance), "E_s": Quantity(0.06, .voltage),
      "g_q": Quantity(2e-9, .conductance), "E_zero": Quantity(0, .voltage),
      "g_b": Quantity(1e-9, .conductance), "E_r": Quantity(-0.09, .voltage),
      "Mg": Quantity(1), "Alpha": Quantity(0.062), "Beta": Quantity(3.57), "Gamma": Quantity(0),
      "tau": Quantity(0.02, .time),
    ])

  private func definition() throws -> ProgramDefinition {
    let system = try EquationSystem(Self.neuron)
    return ProgramDefinition(
      system: system, dt: 1e-4,
      initial: try system.checkedStatements(
        """
        V = -90*mV + 60*mV*rand()
        U = -90*mV + 60*mV*rand()
        s = rand()
        q = rand()
        b = rand()
        r = 2*nS*rand()
        p = 1*nS*rand()
        I = 100*pA*rand()
        K = 20*pA*rand()
        """), size: 64)
  }

  @Test func sumsOfConductancesAreTheCurrents() throws {
    let plain = try KernelBlock(try Program(plain: definition()), live: 64)
    let fast = try KernelBlock(try Program(definition()), live: 64)
    let text = fast.program.text(of: fast.program.update)
    #expect(!text.contains { $0.contains(" - V") || $0.contains(" - U") })
    #expect(text.count { $0.contains("exp2Numerator") } == 1)
    var moved = 0.0
    for _ in 0..<300 {
      plain.advance(1)
      fast.advance(1)
      for lane in 0..<64 {
        for name in ["V", "U"] {
          let (a, b) = (plain[name, lane], fast[name, lane])
          try #require(abs(a - b) <= 2e-16, "\(name): \(a) and \(b)")
          moved = max(moved, abs(a + 0.07))
        }
      }
    }
    #expect(moved > 0.01)
  }

  @Test func theActiveModelIsThatOfItsCurrents() throws {
    let plain = try KernelBlock(try Program(plain: WrittenActiveModel.definition), live: 16)
    let fast = try KernelBlock(try Program(WrittenActiveModel.definition), live: 16)
    let arrivals = (0..<60).map { KernelBlock.Arrival(step: $0 % 20, lane: $0 % 16, port: $0 % 2) }
    for block in [plain, fast] { block.advance(100, arrivals: arrivals) }
    #expect(plain.marks == fast.marks)
    for lane in 0..<16 {
      for compartment in WrittenActiveModel.compartments {
        let (a, b) = (plain["V_\(compartment)", lane], fast["V_\(compartment)", lane])
        #expect(abs(a - b) < 1e-15 && a != -0.06)
      }
    }
  }
}
