import Equations
import Foundation
import Testing

/// How the error of each method shrinks with the step.
@Suite("Orders of convergence", .serialized)
struct ConvergenceTests {
  /// Equations whose solution after 8 ms is known.
  struct Problem: CustomTestStringConvertible, Sendable {
    var name: String
    var equations: String
    var initial: String
    var variables: [String]
    /// The solution after 8 ms.
    var solution: [Double]
    /// Whether `exponential_euler` suits it.
    var isConditionallyLinear = true
    var testDescription: String { name }

    /// x' = -2 (t - 3) x² with time in ms, so that 1/x = 1 + (t - 3)².
    static let nonlinear = Problem(
      name: "nonlinear, of time", equations: "dx/dt = -2*(t/ms - 3)*x**2/ms : 1",
      initial: "{x: 0.1}", variables: ["x"], solution: [1.0 / 26], isConditionallyLinear: false)

    /// A predator and its prey around their cycle, with a drive that reads time.
    static let coupled = Problem(
      name: "coupled, with products",
      equations: """
        dx/dt = x*(rate - y)/ms : 1
        dy/dt = y*(x - 1)/ms : 1
        rate = 1 + 0.2*sin(t/ms) : 1
        """, initial: "{x: 1.4, y: 0.8}", variables: ["x", "y"],
      solution: reference([1.4, 0.8], end: 8) { t, s in
        [s[0] * (1 + 0.2 * sin(t) - s[1]), s[1] * (s[0] - 1)]
      })

    static let all = [nonlinear, coupled]

    /// The state after `end`, by Runge's and Kutta's rule with small steps, extrapolated.
    private static func reference(
      _ start: [Double], end: Double, _ slope: (Double, [Double]) -> [Double]
    ) -> [Double] {
      func solve(_ steps: Int) -> [Double] {
        let h = end / Double(steps)
        func moved(_ x: [Double], _ k: [Double], _ factor: Double) -> [Double] {
          zip(x, k).map { $0 + factor * h * $1 }
        }
        return (0..<steps).reduce(start) { x, step in
          let t = Double(step) * h
          let k1 = slope(t, x)
          let k2 = slope(t + h / 2, moved(x, k1, 0.5))
          let k3 = slope(t + h / 2, moved(x, k2, 0.5))
          let k4 = slope(t + h, moved(x, k3, 1))
          return x.indices.map { x[$0] + h / 6 * (k1[$0] + 2 * k2[$0] + 2 * k3[$0] + k4[$0]) }
        }
      }
      let (coarse, fine) = (solve(2000), solve(4000))
      return zip(coarse, fine).map { $1 + ($1 - $0) / 15 }
    }

    /// The largest error after 8 ms, by so many steps.
    func error(_ method: IntegrationMethod, steps: Int, on layout: Layout) throws -> Double {
      let dt = 8.0 / Double(steps)
      let run = try RecordedRun.of(
        job: """
          simulation: {duration: \(8 + dt) ms, dt: \(dt) ms, method: \(method.rawValue)}
          models:
            cell:
              equations: |
                \(equations.replacing("\n", with: "\n      "))
              initial: \(initial)
          populations: {cells: {model: cell, size: 1}}
          record:
            spikes: none
            states:
              rows: {population: cells, variables: \(variables), every: \(dt) ms, precision: double}
          """, on: layout)
      return try zip(variables, solution).map { variable, value in
        let rows = try run.trace(variable)
        try #require(rows.count == steps + 1)
        return abs(rows[steps] - value)
      }.max() ?? .infinity
    }
  }

  private static let orders: [(IntegrationMethod, Double)] = [
    (.euler, 1), (.exponentialEuler, 1), (.rk2, 2), (.rk4, 4),
  ]

  @Test("errors shrink with the step as the order says", arguments: Problem.all, Layout.all)
  func order(of problem: Problem, layout: Layout) throws {
    for (method, order) in Self.orders
    where method != .exponentialEuler || problem.isConditionallyLinear {
      // Rounding leaves little of the fourth order at the finer steps.
      let errors = try (order == 4 ? [128, 256, 512] : [512, 1024, 2048]).map {
        try problem.error(method, steps: $0, on: layout)
      }
      // Far above what rounding makes, or the order would be that of noise.
      try #require(errors[2] > 1e-13 && errors[0] < 0.2, "\(method): \(errors)")
      for (coarse, fine) in zip(errors, errors.dropFirst()) {
        let found = log2(coarse / fine)
        #expect(abs(found - order) < 0.3, "\(method): order \(found), errors \(errors)")
      }
    }
  }

  @Test("methods of higher order are the more exact ones at one step")
  func ranking() throws {
    let errors = try [IntegrationMethod.euler, .rk2, .rk4].map {
      try Problem.coupled.error($0, steps: 256, on: .fastest)
    }
    #expect(errors[0] > 50 * errors[1] && errors[1] > 50 * errors[2], "\(errors)")
  }

  @Test("exponential_euler is exact for a linear equation of its own, whatever the step")
  func exactness() throws {
    let problem = Problem(
      name: "decay", equations: "dx/dt = (5 - x)/(3*ms) : 1", initial: "{x: 1}",
      variables: ["x"], solution: [5 - 4 * exp(-8.0 / 3)])
    for layout in Layout.all {
      for steps in [1, 2, 16, 256] {
        #expect(try problem.error(.exponentialEuler, steps: steps, on: layout) < 2e-14)
      }
      #expect(try problem.error(.rk4, steps: 16, on: layout) > 1e-6)
    }
  }
}
