import Engine
import Foundation
import Networks
import Statistics
import Testing

/// Noise and Poisson input of whole runs, against their laws.
///
/// Bounds are 4.5 standard errors of what is estimated; runs have fixed seeds.
@Suite("Laws of random input", .serialized)
struct RandomInputTests {
  /// Portable kernels take long for many neurons in a debug build.
  private static func size(on layout: Layout) -> Int { layout.backend == .compiled ? 4000 : 400 }

  /// Rows of all neurons at some steps.
  private static func rows(
    _ model: String, variable: String, duration: Int, every: Int, layout: Layout
  ) throws -> [[Double]] {
    let size = size(on: layout)
    let run = try RecordedRun.of(
      job: """
        simulation: {duration: \(duration) ms, dt: 0.1 ms, seed: 5}
        models:
          cell:
        \(model)
        populations: {cells: {model: cell, size: \(size)}}
        record:
          spikes: none
          states:
            rows:
              {population: cells, variables: [\(variable)], neurons: all, every: \(every) ms, precision: double}
        """, on: layout)
    let traces = try (0..<size).map { try run.trace(variable, neuron: $0) }
    return try #require(traces.first).indices.map { row in traces.map { $0[row] } }
  }

  /// The law of x' = (mean - x)/tau + deviation sqrt(2/tau) xi by Euler's method with steps dt: over a
  /// step a share of dt/tau is forgotten.
  private struct Law {
    var mean: Double
    var deviation: Double
    /// tau/dt
    var steps: Double
    var variance: Double { deviation * deviation / (1 - 0.5 / steps) }
    func correlation(after count: Double) -> Double { pow(1 - 1 / steps, count) }

    /// Compares rows that are `apart` time constants from each other.
    func check(_ rows: [[Double]], apart: Double) throws {
      // Rows a few time constants from the start and from each other count as independent.
      let stride = Int((5 / apart).rounded(.up))
      let kept = Swift.stride(from: 2 * stride, to: rows.count, by: stride).map { rows[$0] }
      let values = kept.flatMap { $0 }
      try #require(values.count >= 2000)
      let count = Double(values.count)
      #expect(
        abs(Statistics.mean(values) - mean) < 4.5 * (variance / count).squareRoot(), "mean")
      let found = Statistics.variance(values)
      #expect(abs(found / variance - 1) < 4.5 * (2 / count).squareRoot(), "variance \(found)")
      // The bound is fit to notice a wrong factor of two by far.
      #expect(4.5 * (2 / count).squareRoot() < 0.15)
      for lag in 1...2 {
        let pairs = Swift.stride(from: 2 * stride, to: rows.count - lag, by: stride)
        let first = pairs.flatMap { rows[$0] }
        let second = pairs.flatMap { rows[$0 + lag] }
        let expected = correlation(after: Double(lag) * apart * steps)
        let correlation = Statistics.covariance(first, second) / found
        #expect(
          abs(correlation - expected) < 4.5 / Double(first.count).squareRoot() + 0.01,
          "correlation \(correlation) at lag \(lag) instead of \(expected)")
      }
    }
  }

  @Test("the noise of a compartment has its mean, variance and time", arguments: Layout.all)
  func coloredNoise(layout: Layout) throws {
    let rows = try Self.rows(
      """
          v_rest: -60 mV
          compartments:
            soma:
              kind: soma
              cm_abs: 100 pF
              gl_abs: 5 nS
              noise: {tau: 2 ms, sigma: 3 pA, mean: 7 pA}
      """, variable: "I_noise_soma", duration: 80, every: 1, layout: layout)
    try Law(mean: 7e-12, deviation: 3e-12, steps: 20).check(rows, apart: 0.5)
  }

  @Test("white noise makes an Ornstein-Uhlenbeck process", arguments: Layout.all)
  func whiteNoise(layout: Layout) throws {
    let rows = try Self.rows(
      """
          equations: "dx/dt = (2 - x)/(4*ms) + 0.5*sqrt(2/(4*ms))*xi : 1"
      """, variable: "x", duration: 160, every: 2, layout: layout)
    try Law(mean: 2, deviation: 0.5, steps: 40).check(rows, apart: 0.5)
  }

  @Test("names of white noise are numbers of their own; one name is one number")
  func independence() throws {
    let rows = try Self.rows(
      """
          equations: |
            da/dt = -a/(2*ms) + xi_1/sqrt(ms) : 1
            db/dt = -b/(2*ms) + xi_2/sqrt(ms) : 1
            dc/dt = -c/(2*ms) + xi_1/sqrt(ms) : 1
            product = a*b : 1
            difference = abs(a - c) : 1
            both = product + 1e6*difference : 1
      """, variable: "both", duration: 30, every: 25, layout: .fastest)
    // a and c are the same number, so their difference is 0; a b has the mean 0 and the variance 1.
    let products = try #require(rows.last)
    #expect(products.allSatisfy { abs($0) < 50 })
    let error = (1 / Double(products.count)).squareRoot()
    #expect(abs(Statistics.mean(products)) < 4.5 * error)
    #expect(Statistics.variance(products) > 0.5)
  }

  @Test("Poisson units fire by the binomial law, with geometric gaps", arguments: Layout.all)
  func poisson(layout: Layout) throws {
    let (units, steps, p) = (600, 20_000, 0.01)
    let run = try RecordedRun.of(
      job: """
        simulation: {duration: 2 s, dt: 0.1 ms, seed: 3}
        models: {cell: {equations: 'dx/dt = -x/(10*ms) : 1'}}
        populations:
          units: {poisson: {rate: 100 Hz}, size: \(units)}
          cells: {model: cell, size: 1}
        record: {spikes: [units]}
        """, on: layout)
    var trains = [[Int]](repeating: [], count: units)
    for spike in run.spikes { trains[Int(spike.neuron)].append(Int(spike.step)) }
    let counts = trains.map { Double($0.count) }
    let (mean, variance) = (Double(steps) * p, Double(steps) * p * (1 - p))
    let number = Double(units)
    #expect(abs(Statistics.mean(counts) - mean) < 4.5 * (variance / number).squareRoot())
    let found = Statistics.variance(counts)
    #expect(abs(found / variance - 1) < 4.5 * (2 / number).squareRoot(), "variance \(found)")
    // Gaps of 1 ... 400 steps in classes of 20, and longer ones. Gaps that the end cuts are as many
    // as units, and are left out of both: only those that begin 400 steps before it count.
    var observed = [Int](repeating: 0, count: 21)
    for train in trains {
      for (first, second) in zip(train, train.dropFirst() + [.max]) where first < steps - 400 {
        observed[second == .max ? 20 : min((second - first - 1) / 20, 20)] += 1
      }
    }
    let total = Double(observed.reduce(0, +))
    try #require(total > 100_000)
    let left = (0...20).map { total * pow(1 - p, 20 * Double($0)) }
    let expected = (0..<20).map { left[$0] - left[$0 + 1] } + [left[20]]
    let limit = Statistics.limit(degrees: 20)
    #expect(Statistics.chiSquare(observed, expected: expected) < limit)
    // Gaps of a rate that is 3 % higher are told apart.
    let other = (0...20).map { total * pow(1 - 1.03 * p, 20 * Double($0)) }
    let wrong = (0..<20).map { other[$0] - other[$0 + 1] } + [other[20]]
    #expect(Statistics.chiSquare(observed, expected: wrong) > limit)
  }
}
