import Equations
import Testing

/// Which methods suit which equations, and the derivatives that `exponential_euler` needs.
@Suite struct IntegrationMethodTests {
  private func system(_ equations: String...) throws -> EquationSystem {
    try EquationSystem(NeuronDefinition(equations: equations.joined(separator: "\n")))
  }

  /// Derivatives of right sides as text, definitions first.
  private func rates(_ equations: String...) throws -> [String] {
    let rates = try EquationSystem(
      NeuronDefinition(equations: equations.joined(separator: "\n"))
    ).selfRates()
    return rates.definitions.map { "\($0.name) = \($0.value)" }
      + rates.rates.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
  }

  @Test func namesAreBrians() {
    #expect(
      IntegrationMethod.allCases.map(\.rawValue) == ["euler", "exponential_euler", "rk2", "rk4"])
  }

  @Test func sumsProductsAndQuotientsAreDifferentiated() throws {
    #expect(try rates("dx/dt = -x/(10*ms) : 1") == ["x: -1/(10*ms)"])
    #expect(try rates("dx/dt = (3 - 2*x)*Hz : 1") == ["x: -2*Hz"])
    #expect(try rates("dx/dt = x*Hz - x**1*4*Hz + 5*Hz : 1") == ["x: Hz - 4*Hz"])
    #expect(try rates("dx/dt = a*(1 - x) - b*x : 1", "a : Hz", "b : Hz") == ["x: a*-1 - b"])
    #expect(try rates("dx/dt = +x*y/second : 1", "dy/dt = x*Hz : 1") == ["x: y/second"])
  }

  @Test func subexpressionsCountAsWhatTheyStandFor() throws {
    let equations = [
      "dv/dt = (g*(E - v) + I)/C : volt", "I = s*(E - v)*nS + J : amp", "J = 2*I_2 : amp",
      "I_2 = 3*nS*v : amp", "ds/dt = -s*Hz : 1", "g : siemens", "E : volt", "C : farad",
    ]
    #expect(
      try rates(equations.joined(separator: "\n")) == [
        "∂I_2/∂v = 3*nS", "∂J/∂v = 2*∂I_2/∂v", "∂I/∂v = s*-1*nS + ∂J/∂v", "s: -1*Hz",
        "v: (g*-1 + ∂I/∂v)/C",
      ])
  }

  @Test func aSubexpressionThatKeepsItsValueOverTheStepIsAConstant() throws {
    #expect(
      try rates("dx/dt = (s - x)*Hz : 1", "s = exp(x) : 1 (constant over dt)") == ["x: -1*Hz"])
    #expect(throws: MethodProblem.self) {
      try rates("dx/dt = (s - x)*Hz : 1", "s = exp(x) : 1")
    }
  }

  @Test func whatIsNonlinearIsNamed() throws {
    let problem = #expect(throws: MethodProblem.self) {
      try rates("dy/dt = -y*Hz : 1", "dx/dt = (s - x)*Hz : 1", "s = y*tanh(x) : 1")
    }
    #expect(problem?.message.hasSuffix("`tanh(x)` in 's'") == true)
    for right in [
      "x*x", "1/x", "x % 2.0", "2.0**x", "x**2", "abs(x)", "clip(x, 0, 1)", "int(x > 1)",
      "int(not (x > 1))", "x/(1 + x)", "(1 + x)*(1 - x)",
    ] {
      #expect(throws: MethodProblem.self, "\(right)") { try rates("dx/dt = (\(right))*Hz : 1") }
    }
  }

  @Test func deepAndWideEquationsAreDifferentiatedInNoTime() throws {
    // Written out, the last subexpression would hold 2^60 terms.
    var lines = ["dx/dt = s60*Hz : 1", "s0 = x : 1"]
    for place in 1...60 { lines.append("s\(place) = s\(place - 1)/2 + s\(place - 1)/2 : 1") }
    #expect(try rates(lines.joined(separator: "\n")).count == 61)
    let sum = (0..<300).map { "k*x*\($0)" }.joined(separator: "+")
    #expect(try rates("dx/dt = (\(sum))*Hz : 1", "k : 1").count == 1)
  }

  @Test func noiseBelongsToEulersMethod() throws {
    let noisy = [
      try system("dx/dt = -x*Hz + xi*sqrt(Hz) : 1"), try system("dx/dt = xi_a*sqrt(Hz) : 1"),
      try system("dx/dt = (2*abs(randn()) - x)*Hz : 1"),
      try system("dx/dt = (rand() - x)*Hz : 1"), try system("dx/dt = (poisson(2) - x)*Hz : 1"),
    ]
    for system in noisy {
      #expect(system.problem(with: .euler) == nil)
      for method in IntegrationMethod.allCases.dropFirst() {
        #expect(system.problem(with: method)?.message.contains("noise of 'x'") == true)
      }
    }
  }

  @Test func randomNumbersThatKeepTheirValueOverAStepSuitEveryMethod() throws {
    let held = try system("dx/dt = (s - x)*Hz : 1", "s = randn() : 1 (constant over dt)")
    for method in IntegrationMethod.allCases {
      #expect(held.problem(with: method) == nil)
    }
  }
}
