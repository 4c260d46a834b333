import Equations
import Testing

@testable import Kernels

/// One step of each method, against its formula written out.
@Suite struct MethodTests {
  private static let dt = 1e-4

  private func block(
    _ variables: [EquationSystem.Variable], _ method: IntegrationMethod,
    initial: [Statement] = [], threshold: Written? = nil, refractory: Written? = nil
  ) throws -> KernelBlock {
    let definition = ProgramDefinition(
      system: .written(
        variables, constants: ["k": 900], threshold: threshold, refractory: refractory),
      method: method, dt: Self.dt, initial: initial, size: 64)
    return try KernelBlock(try Program(definition), live: 3)
  }

  /// x' = t y - k x, y' = x y: coupled, of two variables and time.
  private static let coupled: [EquationSystem.Variable] = [
    .differential("x", "t" * "y" * 1e8 - "k" * "x"), .differential("y", "s" * "y" * 300.0),
    .subexpression("s", "x"),
  ]

  private typealias State = SIMD2<Double>

  private func slope(_ state: State, _ t: Double) -> State {
    State(t * state.y * 1e8 - 900 * state.x, state.x * state.y * 300)
  }

  private func formula(_ method: IntegrationMethod, _ x: State, _ t: Double) -> State {
    let h = Self.dt
    switch method {
    case .euler: return x + h * slope(x, t)
    case .exponentialEuler:
      let f = slope(x, t)
      let rates = State(-900, x.x * 300)
      let factors = State(Self.exprel(h * rates.x), Self.exprel(h * rates.y))
      return x + h * f * factors
    case .rk2:
      let k = h * slope(x, t)
      return x + h * slope(x + k / 2, t + h / 2)
    case .rk4:
      let k1 = h * slope(x, t)
      let k2 = h * slope(x + k1 / 2, t + h / 2)
      let k3 = h * slope(x + k2 / 2, t + h / 2)
      let k4 = h * slope(x + k3, t + h)
      return x + (k1 + 2 * k2 + 2 * k3 + k4) / 6
    }
  }

  /// (exp(x) - 1)/x by its series, which for a small x needs few terms.
  private static func exprel(_ x: Double) -> Double {
    (1...20).reversed().reduce(1.0) { sum, n in 1 + x / Double(n + 1) * sum }
  }

  @Test(arguments: IntegrationMethod.allCases)
  func `a step is the method's formula`(_ method: IntegrationMethod) throws {
    let block = try block(
      Self.coupled, method, initial: [.set("x", 0.7), .set("y", -1.3)])
    var state = State(0.7, -1.3)
    for step in 0..<40 {
      block.advance(1)
      state = formula(method, state, Double(step) * Self.dt)
      #expect(abs(block["x", 2] - state.x) <= 1e-12 * abs(state.x), "x after step \(step)")
      #expect(abs(block["y", 2] - state.y) <= 1e-12 * abs(state.y), "y after step \(step)")
    }
    // The methods are as far apart as this problem makes them.
    let euler = (0..<40).reduce(State(0.7, -1.3)) { formula(.euler, $0, Double($1) * Self.dt) }
    if method != .euler { #expect(abs(euler.x - state.x) > 1e-4 * abs(state.x)) }
  }

  @Test func `a rate of zero is no division by zero`() throws {
    let block = try block(
      [.differential("x", 50 - "p" * "x"), .parameter("p")], .exponentialEuler,
      initial: [.set("x", 2.0), .set("p", "i" * 4000.0)])
    block.advance(1)
    #expect(abs(block["x", 0] - (2 + 50 * Self.dt)) < 1e-15)
    let decay = 1 - 0.4 * Self.exprel(-0.4)
    #expect(abs(block["x", 1] - (50.0 / 4000 + (2 - 50.0 / 4000) * decay)) < 1e-14)
  }

  @Test(arguments: IntegrationMethod.allCases)
  func `a fast decay explodes but for exponential_euler`(_ method: IntegrationMethod) throws {
    let block = try block(
      [.differential("x", (2 - "x") / 1e-5)], method, initial: [.set("x", 1.0)])
    block.advance(30)
    if method == .exponentialEuler {
      #expect(abs(block["x"] - 2) < 1e-14)
    } else {
      #expect(abs(block["x"]) > 1e6)
    }
  }

  @Test(arguments: IntegrationMethod.allCases)
  func `what stops while refractory stops in every stage`(_ method: IntegrationMethod) throws {
    // y sees x through all stages: it rises by 1 per step exactly where x stays what it is.
    let block = try block(
      [.differential("x", 1e3 - "x" * 10, .unlessRefractory), .differential("y", "x" * 1e4)],
      method,
      initial: [.set("x", 1.0)], threshold: "x" > 0.5, refractory: 5e-4)
    block.advance(1)
    let (x, y) = (block["x"], block["y"])
    #expect(x != 1)
    block.advance(4)
    #expect(block["x"] == x)
    #expect(abs(block["y"] - y - 4 * x) < 1e-12)
    block.advance(1)
    #expect(block["x"] != x)
  }

  @Test(arguments: IntegrationMethod.allCases)
  func `a value kept over the step and the step's number are the same in every stage`(
    _ method: IntegrationMethod
  ) throws {
    let block = try block(
      [
        .differential("x", 3e3), .subexpression("held", "x", .real, .constantOverStep),
        .differential("y", "held" * 1e4), .differential("z", "t_in_timesteps" * 1e4),
      ], method)
    block.advance(3)
    #expect(abs(block["x"] - 0.9) < 1e-12)
    #expect(abs(block["y"] - (0 + 0.3 + 0.6)) < 1e-12)
    #expect(abs(block["z"] - (0 + 1 + 2)) < 1e-12)
  }

  @Test func `a method that does not suit the equations is an error`() throws {
    let error = #expect(throws: LoweringError.self) {
      try block([.differential("x", -Written("x") + "xi")], .rk4)
    }
    #expect(error?.message.contains("noise of 'x'") == true)
    #expect(throws: LoweringError.self) {
      try block([.differential("x", -Written("x") * "x")], .exponentialEuler)
    }
  }
}
