import Statistics
import Testing

/// Figure 2 with the noise that its notebook gives both dendrites.
@Suite("Figure 2 of the paper with noise", .serialized)
struct PaperNoiseTests {
  private static let noise = ["apical", "basal"].map {
    "models.cell.compartments.\($0).noise={tau: 20 ms, sigma: 3 pA}"
  }

  @Test("voltages vary and go together as linear theory says")
  func stationary() throws {
    let cells = 200
    let figure = try FigureRun(
      "paper/fig2-attenuation.yaml",
      Self.noise + [
        "populations.cells.size=\(cells)", "stimuli={}", "simulation.duration=2 s",
        "record.states.voltages.every=10 ms", "record.states.voltages.from=200 ms",
      ])
    let sites = ["soma", "apical", "basal"]
    let samples = try sites.map { site in
      try (0..<cells).flatMap { try figure.millivolts("V_\(site)", $0) }
    }
    try #require(samples[0].count == cells * 180)
    // Some 10^4 independent samples, since noise lasts 20 ms and the membrane as long again: a
    // deviation is off by 1 % now and then.
    let deviations = samples.map { Statistics.variance($0).squareRoot() }
    for (found, exact) in zip(deviations, [0.321551, 0.369817, 0.432138]) {
      #expect(abs(found / exact - 1) < 0.03, "\(found) mV instead of \(exact)")
    }
    for (first, second, exact) in [(0, 1, 0.911695), (0, 2, 0.926641), (1, 2, 0.714749)] {
      let found =
        Statistics.covariance(samples[first], samples[second]) / deviations[first]
        / deviations[second]
      #expect(abs(found - exact) < 0.02, "\(sites[first]) and \(sites[second]): \(found)")
    }
  }

  @Test("currents of the figure's pulses, over seeds")
  func attenuation() throws {
    // Means from 400 to 500 ms of the injected sites: mean and deviation of the notebook's runs.
    let golden = [(-56.43, 0.20), (-55.31, 0.37), (-52.42, 0.14)]
    let runs = try (1...8).map {
      try FigureRun("paper/fig2-attenuation.yaml", Self.noise + ["simulation.seed=\($0)"])
    }
    for (cell, site) in ["soma", "apical", "basal"].enumerated() {
      let means = try runs.map {
        Statistics.mean(Array(try $0.millivolts("V_\(site)", cell)[4000..<5000]))
      }
      Self.expect(means, golden[cell], "\(site)")
    }
  }

  @Test(
    "EPSPs are larger for the noise, as the notebook's",
    arguments: [
      (
        "s_AMPA_x_apical += 1; s_NMDA_x_apical += 1",
        [(3.07, 0.42), (5.80, 0.34), (12.16, 0.24), (25.76, 0.36)]
      ),
      ("s_AMPA_x_apical += 1", [(2.43, 0.12), (4.47, 0.28), (8.29, 0.32), (12.32, 0.27)]),
    ])
  func integration(onPre: String, golden: [(Double, Double)]) throws {
    let runs = try (1...8).map {
      try FigureRun(
        "paper/fig2-integration.yaml",
        Self.noise + ["projections.input.on_pre=\(onPre)", "simulation.seed=\($0)"])
    }
    for (count, expected) in zip([5, 10, 20, 35], golden) {
      let peaks = try runs.map {
        try Extreme.maximum($0.millivolts("V_soma", count - 1)).value + 70
      }
      Self.expect(peaks, expected, "\(count) synapses")
      #expect(Statistics.variance(peaks) > 0)
    }
  }

  /// A mean within four standard errors of the mean of the notebook's three seeds, whose deviation
  /// is known roughly and is taken from whichever is larger.
  private static func expect(_ values: [Double], _ golden: (Double, Double), _ place: String) {
    let spread = max(Statistics.variance(values).squareRoot(), golden.1)
    let error = spread * (1.0 / 3 + 1 / Double(values.count)).squareRoot()
    let mean = Statistics.mean(values)
    #expect(abs(mean - golden.0) <= 4 * error, "\(place): \(mean) instead of \(golden.0)")
  }
}
