import Equations
import Jobs
import Networks
import Testing
import Units

/// What the paper's neurons are made of, and when their dendritic spikes fall.
///
/// With `PaperFigureTests` and `PaperCA1Tests` every number of the deterministic panels is covered:
///
/// | what | test |
/// |---|---|
/// | capacities, leaks, couplings, maxima of dSpikes of Figures 2 to 5 | `parameters` here |
/// | 2b voltages, ratios, resistances; steady state and modes of the linear system | `attenuation`; `linearSystem` here |
/// | 2c, d EPSPs, unitary, supralinearity; at 0.025 ms | `integration`, `integrationInSmallSteps` |
/// | 2 with the notebook's noise | `PaperNoiseTests` |
/// | 3b-e maxima, slopes, thresholds, currents that are too small | `dendriticSpikes`, `belowThreshold` |
/// | 3f EPSPs with and without dSpikes, their steps; at 0.1 and 0.025 ms | `inputOutput…`; `falls`, `firstSpikes` here |
/// | 3g action potentials, maxima, currents, dSpikes; at smaller steps | `backpropagation`, `falls`, `smallSteps` |
/// | 4b-h | `PaperCA1Tests`; steady ratios and falls here |
/// | 5 with given spikes | `givenSpikes…` |
/// | 5 with Poisson input | `PaperPathwayTests` |
@Suite("Models of the paper's figures", .serialized)
struct PaperModelTests {
  /// Capacities in pF and leaks in nS of compartments, and other conductances in nS, to 12 digits.
  struct Neuron: CustomTestStringConvertible, Sendable {
    var job: String
    /// Compartment, capacity, leak, and the maxima of rise and fall (0: no dendritic spikes).
    var compartments: [(String, Double, Double, Double, Double)]
    var couplings: [String: Double]
    var testDescription: String { job }

    static let figure2 = Neuron(
      job: "paper/fig2-attenuation.yaml",
      compartments: [
        ("soma", 58.9048622548, 2.94524311274, 0, 0),
        ("apical", 70.6858347058, 3.53429173529, 0, 0),
        ("basal", 42.4115008235, 2.12057504117, 0, 0),
      ],
      couplings: ["soma_apical": 10, "soma_basal": 10])

    static let figure3 = Neuron(
      job: "paper/fig3-dspikes.yaml",
      compartments: [
        ("soma", 54.9778714378, 2.19911485751, 0, 0),
        ("trunk", 32.9867228627, 1.31946891451, 34, 27.2),
        ("prox", 13.1946891451, 0.527787565803, 15.3, 12.24),
        ("dist", 6.59734457254, 0.263893782902, 7, 5.6),
      ],
      couplings: ["soma_trunk": 15, "trunk_prox": 10, "prox_dist": 4])

    static let figure4 = Neuron(
      job: "paper/fig4-somatic.yaml",
      compartments: [
        ("soma", 54.6637121725, 2.1865484869, 0, 0),
        ("prox", 27.3318560862, 1.09327424345, 62.8318530718, 25.1327412287),
        ("ob1", 13.6659280431, 0.546637121725, 31.4159265359, 12.5663706144),
        ("ob2", 13.6659280431, 0.546637121725, 31.4159265359, 12.5663706144),
        ("med", 25.6236150808, 1.02494460323, 58.9048622548, 23.5619449019),
        ("dist1", 16.3991136517, 0.65596454607, 37.6991118431, 15.0796447372),
        ("dist2", 16.3991136517, 0.65596454607, 37.6991118431, 15.0796447372),
        ("bas1", 16.3991136517, 0.65596454607, 37.6991118431, 15.0796447372),
        ("bas2", 16.3991136517, 0.65596454607, 37.6991118431, 15.0796447372),
      ],
      couplings: [
        "soma_prox": 22, "prox_ob1": 10.471975512, "prox_ob2": 10.471975512,
        "prox_med": 10.8181565206, "med_dist1": 3.9621549421, "med_dist2": 3.9621549421,
        "soma_bas1": 3.8, "soma_bas2": 3.8,
      ])
  }

  @Test("sizes give these numbers", arguments: [Neuron.figure2, .figure3, .figure4])
  func parameters(of neuron: Neuron) throws {
    let network = try Job.load(path: OracleData.job(neuron.job)).experiment.network
    guard case .neurons(let neurons) = try #require(network.populations.first).kind else {
      Issue.record("no neurons")
      return
    }
    let constants = neurons.system.constants.mapValues(\.value)
    var check = FigureCheck()
    for (name, capacity, leak, rise, fall) in neuron.compartments {
      check.add(try #require(constants["C_\(name)"]) * 1e12, capacity, "capacity of \(name)")
      check.add(try #require(constants["gL_\(name)"]) * 1e9, leak, "leak of \(name)")
      guard rise > 0 else { continue }
      for (phase, golden) in [("rise", rise), ("fall", fall)] {
        check.add(
          try #require(constants["g_\(phase)_max_Na_\(name)"]) * 1e9, golden, "\(phase) of \(name)")
      }
    }
    for (pair, golden) in neuron.couplings {
      let ends = pair.split(separator: "_")
      for name in ["g_\(ends[0])_\(ends[1])", "g_\(ends[1])_\(ends[0])"] {
        check.add(try #require(constants[name]) * 1e9, golden, name)
      }
    }
    let active = neuron.compartments.filter { $0.3 > 0 }.count
    check.expect(2 * (neuron.compartments.count + active + neuron.couplings.count))
  }

  @Test("figure 2b: the steady state and the time constants are those of the linear system")
  func linearSystem() throws {
    // A pulse that lasts until all has settled.
    let figure = try FigureRun(
      "paper/fig2-attenuation.yaml",
      ["simulation.duration=1500 ms"]
        + ["soma", "apical", "basal"].map { "stimuli.\($0).steps=[[100 ms, 100 pA]]" })
    let steady = [
      [13.687061451, 10.1128760328, 11.2924192165], [10.1128760328, 14.860678657, 8.3435612571],
      [11.2924192165, 8.3435612571, 17.5671691683],
    ]
    let resistances = [136.87061451, 148.60678657, 175.67169168]
    let ratios = [
      [1, 0.7388639309, 0.8250433632], [0.6805123951, 1, 0.5614522351],
      [0.6428138251, 0.4749519496, 1],
    ]
    var check = FigureCheck()
    let sites = ["V_soma", "V_apical", "V_basal"]
    for cell in 0..<3 {
      let rows = try sites.map { try figure.millivolts($0, cell) }
      for place in 0..<3 {
        check.add(rows[place][14_999] + 70, steady[cell][place], "\(sites[place]), cell \(cell)")
        // At the end of the figure's pulse.
        check.add(
          (rows[place][5000] + 70) / (rows[cell][5000] + 70), ratios[cell][place],
          "ratio of \(sites[place]), cell \(cell)")
      }
      check.add((rows[cell][14_999] + 70) / 100e-3, resistances[cell], "resistance of cell \(cell)")
    }
    check.expect(21)

    // One step multiplies what is left to the steady state by a matrix: its eigenvalues are
    // 1 - dt/tau. Rows of the three cells, one step apart, give the matrix.
    func distances(_ row: Int) throws -> Matrix {
      try Matrix(
        rows: sites.map { site in
          try (0..<3).map {
            try figure.millivolts(site, $0)[row] - figure.millivolts(site, $0)[14_999]
          }
        })
    }
    let step = try distances(1021).times(distances(1020).inverse)
    for (tau, tolerance) in [(20, 1e-7), (4.30662877, 1e-7), (1.71061077, 1e-7)] {
      let sides = [1 - tolerance, 1 + tolerance].map {
        step.minus(1 - 0.1 / (tau * $0)).determinant
      }
      #expect(sides[0] * sides[1] < 0, "\(tau) ms")
    }
  }

  /// A matrix of three rows.
  private struct Matrix {
    var rows: [[Double]]

    func cofactor(_ i: Int, _ j: Int) -> Double {
      let (a, b) = ((i + 1) % 3, (i + 2) % 3)
      let (c, d) = ((j + 1) % 3, (j + 2) % 3)
      return rows[a][c] * rows[b][d] - rows[a][d] * rows[b][c]
    }

    var determinant: Double { (0..<3).reduce(0) { $0 + rows[0][$1] * cofactor(0, $1) } }

    var inverse: Matrix {
      Matrix(rows: (0..<3).map { i in (0..<3).map { cofactor($0, i) / determinant } })
    }

    func times(_ other: Matrix) -> Matrix {
      Matrix(
        rows: rows.map { row in
          (0..<3).map { column in
            (0..<3).reduce(0) { $0 + row[$1] * other.rows[$1][column] }
          }
        })
    }

    /// Less a multiple of the unit matrix.
    func minus(_ value: Double) -> Matrix {
      var result = self
      for place in 0..<3 { result.rows[place][place] -= value }
      return result
    }
  }

  /// Steps after whose tests a conductance began: it only decays otherwise.
  private static func begins(
    _ figure: FigureRun, _ variable: String, _ cell: Int
  ) throws -> [Int] {
    let rows = try figure.millivolts(variable, cell)
    return rows.indices.dropLast().filter { rows[$0 + 1] > rows[$0] }
  }

  /// Records the falling conductances of some sites, and no other states.
  private static func falling(_ sites: [String], of population: String) -> String {
    let names = sites.map { "g_fall_Na_\($0)" }.joined(separator: ", ")
    return "record.states={falls: {population: \(population), variables: [\(names)], "
      + "precision: double}}"
  }

  @Test("figure 3: the fall of each dendritic spike comes when doubles of seconds say so")
  func falls() throws {
    let pulses = try FigureRun(
      "paper/fig3-dspikes.yaml", [Self.falling(["dist", "prox", "trunk"], of: "cells")])
    for (cell, site) in ["dist", "prox", "trunk"].enumerated() {
      #expect(try Self.begins(pulses, "g_fall_Na_\(site)", cell) == [102])
    }
    let figure = try FigureRun(
      "paper/fig3-backpropagation.yaml", [Self.falling(["trunk", "prox", "dist"], of: "cells")])
    // Two steps after the rise instead of three, now and then.
    let golden = [
      "trunk": [981, 1323, 1665, 2007, 2349, 2691, 3026],
      "prox": [989, 1331, 1673, 2015, 2357, 2698],
      "dist": [],
    ]
    for (site, steps) in golden {
      #expect(try Self.begins(figure, "g_fall_Na_\(site)", 0) == steps, "\(site)")
    }
    let distal = try FigureRun("paper/fig3-io.yaml", [Self.falling(["dist"], of: "distal")])
    let ofDist = [
      7: [447], 8: [435], 9: [432], 10: [430], 11: [428, 530], 12: [428, 530], 13: [428, 530, 727],
      14: [428, 530, 631, 763],
    ]
    for (count, steps) in ofDist {
      #expect(
        try Self.begins(distal, "g_fall_Na_dist", count - 1) == steps, "\(count)")
    }
    let proximal = try FigureRun("paper/fig3-io.yaml", [Self.falling(["prox"], of: "proximal")])
    let ofProx = [19: [457], 20: [452], 21: [450], 22: [450], 23: [450, 607, 830]]
    for (count, steps) in ofProx {
      #expect(
        try Self.begins(proximal, "g_fall_Na_prox", count - 1) == steps, "\(count)")
    }
  }

  @Test("figure 4: falls come 7 steps after rises, or 6")
  func fallsOfCA1() throws {
    let sites = ["prox", "ob1", "ob2", "med", "dist1", "dist2", "bas1", "bas2"]
    let figure = try FigureRun("paper/fig4-somatic.yaml", [Self.falling(sites, of: "cells")])
    var gaps: [Int: Int] = [:]
    for cell in 0..<8 {
      for site in sites {
        let rises = figure.events("spike_Na_\(site)", cell)
        let falls = try Self.begins(figure, "g_fall_Na_\(site)", cell)
        try #require(rises.count == falls.count)
        for (rise, fall) in zip(rises, falls) { gaps[fall - rise, default: 0] += 1 }
      }
    }
    #expect(gaps == [6: 47, 7: 312])
    let oblique = try FigureRun("paper/fig4-integration.yaml", [Self.falling(["ob1"], of: "cells")])
    for cell in 0..<24 {
      let golden = cell < 13 ? [] : [cell == 13 ? 81 : cell == 14 ? 78 : 76]
      #expect(
        try Self.begins(oblique, "g_fall_Na_ob1", cell) == golden, "\(cell + 1)")
    }
  }

  @Test("figure 4d: attenuation at the end of the pulse")
  func steadyRatios() throws {
    let figure = try FigureRun("paper/fig4-somatic.yaml")
    let soma = try figure.millivolts("V_soma", 1)[10_500] + 65
    for (site, ratio) in [("prox", 0.848561597), ("med", 0.707849284), ("dist1", 0.607305322)] {
      let found = try (figure.millivolts("V_\(site)", 1)[10_500] + 65) / soma
      // Given to nine digits.
      #expect(abs(found - ratio) <= 5.1e-10, "\(site)")
    }
  }

  @Test(
    "figure 3f at other steps: dendritic spikes begin at the same inputs, their peaks move",
    arguments: [("0.1", 58.470770), ("0.05", 52.303901), ("0.025", 52.947161)])
  func firstSpikes(dt: String, peak: Double) throws {
    let step = ["simulation.dt=\(dt) ms"]
    let distal = try FigureRun(
      "paper/fig3-io.yaml", step + ["record.events=[distal.spike_Na_dist]"])
    #expect((0..<15).first { !distal.events("spike_Na_dist", $0).isEmpty } == 6)
    #expect(abs(try Extreme.maximum(distal.millivolts("V_dist", 6)).value + 70 - peak) <= 5.1e-7)
    let proximal = try FigureRun(
      "paper/fig3-io.yaml", step + ["record.events=[proximal.spike_Na_prox]"])
    #expect((0..<30).first { !proximal.events("spike_Na_prox", $0).isEmpty } == 18)
    let off = ["trunk", "prox", "dist"].map { "models.cell.initial.allow_rise_Na_\($0)=false" }
    let passive = try FigureRun("paper/fig3-io.yaml", step + off)
    for (cell, words) in FigureTables.figure3f.enumerated() where cell < 15 {
      let found = try Extreme.maximum(passive.millivolts("V_dist", cell)).value + 70
      #expect(abs(found - (try #require(Double(words[2])))) < 0.4, "\(cell + 1)")
    }
  }
}
