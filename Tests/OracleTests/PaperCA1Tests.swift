import Jobs
import Testing

/// The deterministic panels of Figure 4, and a stand-in for Figure 5 with given input spikes, as
/// `PaperFigureTests`.
@Suite("Figure 4 of the paper, and 5 with given spikes", .serialized)
struct PaperCA1Tests {
  @Test("figure 4b: voltages at rest, sag and steady state")
  func somatic() throws {
    let figure = try FigureRun("paper/fig4-somatic.yaml")
    var check = FigureCheck()
    let voltages = [
      (0, -87.589343717, -96.006476618), (1, -65.6535480004, -66.4586219449),
      (2, -58.4862549187, -53.1217287107),
    ]
    for (cell, early, late) in voltages {
      let rows = try figure.millivolts("V_soma", cell)
      try #require(rows.count == 11500)
      check.add(rows[600], early, "10 ms, cell \(cell)")
      check.add(rows[10500], late, "end of the pulse, cell \(cell)")
    }
    let extremes = try [0, 1].map { try Extreme.minimum(figure.millivolts("V_soma", $0)) }
    try check.add(extremes[0], "-101.335478637@920", "sag")
    try check.add(extremes[1], "-66.4612780141@1991", "least voltage")
    try check.add(
      .maximum(figure.millivolts("V_soma", 2)), "-52.4770872865@1184", "largest voltage")
    let steady = try figure.millivolts("V_soma", 1)[10500]
    check.add((extremes[1].value + 65) / -10e-3, 146.127801408, "resistance at the sag")
    check.add((steady + 65) / -10e-3, 145.862194486, "resistance at the end")
    let sag = try (figure.millivolts("V_soma", 0)[10500] + 65) / (extremes[0].value + 65)
    check.add(sag, 0.853338879, "sag ratio")
    for (cell, value) in [(0, 4.65097149), (1, 0.218793292), (2, 1.78174069)] {
      let conductance = try figure.millivolts("gA", cell)[10500] * 1e6
      #expect(abs(conductance / value - 1) < 5e-9, "gA of cell \(cell)")
    }
    check.expect(12)
  }

  @Test("figure 4c: firing rates, every action potential at its step")
  func rates() throws {
    let figure = try FigureRun("paper/fig4-somatic.yaml")
    #expect((0..<8).map { figure.spikes($0).count } == [0, 0, 0, 1, 10, 13, 17, 20])
    func progression(_ first: [Int], _ period: Int, _ last: Int) -> [Int] {
      first + Array(stride(from: (first.last ?? 0) + period, through: last, by: period))
    }
    #expect(figure.spikes(3) == [937])
    #expect(figure.spikes(4) == progression([680, 1706, 2802], 1096, 10474))
    #expect(figure.spikes(5) == progression([615, 1279, 2062], 783, 9892))
    #expect(figure.spikes(6) == progression([582, 1038, 1662], 623, 10384))
    let fastest = figure.spikes(7)
    #expect(Array(fastest.prefix(3)) == [563, 869, 1392] && fastest.last == 10240)
    #expect(
      zip(fastest.dropFirst(3), fastest.dropFirst(2)).allSatisfy { [520, 521].contains($0 - $1) })
    let sites = ["prox", "ob1", "ob2", "med", "dist1", "dist2", "bas1", "bas2"]
    let counts = [
      3: [1, 1, 1, 1, 0, 0, 1, 1], 4: [10, 10, 10, 10, 0, 0, 10, 10],
      5: [13, 13, 13, 12, 0, 0, 13, 13], 6: [17, 17, 17, 16, 0, 0, 16, 16],
      7: [20, 20, 20, 19, 0, 0, 19, 19],
    ]
    for (cell, expected) in counts.sorted(by: { $0.key < $1.key }) {
      #expect(sites.map { figure.events("spike_Na_\($0)", cell).count } == expected, "cell \(cell)")
    }
    for (site, first) in [
      ("prox", [682, 1708]), ("ob1", [686, 1712]), ("bas1", [687, 1712]), ("med", [693, 1716]),
    ] {
      #expect(Array(figure.events("spike_Na_\(site)", 4).prefix(2)) == first, "\(site)")
    }
  }

  @Test("figure 4d, f: attenuation and back-propagation along the dendrites")
  func dendrites() throws {
    let figure = try FigureRun("paper/fig4-somatic.yaml")
    var check = FigureCheck()
    let soma = try Extreme.minimum(figure.millivolts("V_soma", 1))
    check.add(-(soma.value + 65), 1.46127801408, "soma")
    let ratios = [
      ("prox", 0.84852957826, 2037), ("med", 0.707799742235, 2087), ("dist1", 0.607255645218, 2127),
      ("ob1", 0.80643272693, -1), ("bas1", 0.852778219121, -1),
    ]
    for (site, ratio, row) in ratios {
      let least = try Extreme.minimum(figure.millivolts("V_\(site)", 1))
      check.add((least.value + 65) / (soma.value + 65), ratio, site)
      if row > 0 { #expect(least.row == row, "\(site)") }
    }
    let steps = figure.spikes(4)
    let sites = [["prox"], ["med"], ["dist1"], ["ob1", "ob2"], ["bas1", "bas2"]]
    for (place, words) in FigureTables.figure4f.enumerated() {
      try #require(Int(words[0]) == steps[place])
      let end = place + 1 < steps.count ? steps[place + 1] : 11500
      for (column, names) in sites.enumerated() {
        for site in names {
          let rows = Array(try figure.millivolts("V_\(site)", 4)[steps[place]..<end])
          try check.add(
            .maximum(rows), String(words[1 + column]), "\(site), action potential \(place + 1)")
        }
      }
    }
    let trace = try figure.millivolts("V_soma", 4)
    for (row, value) in [
      (680, -47.5284395643), (681, 37.5), (682, 28.5720304487), (688, -2.05549939986), (689, -53),
      (690, -50.5959334784),
    ] {
      check.add(trace[row], value, "soma, row \(row)")
    }
    check.expect(82)
  }

  @Test("figure 4e: single inputs attenuate on their way to the soma", arguments: Layout.all)
  func synapses(layout: Layout) throws {
    let figure = try FigureRun("paper/fig4-synapses.yaml", on: layout)
    let golden = [
      ("prox", "0.641334735431@125", "0.436192396892@164", 0.680132188067),
      ("med", "1.5043727689@123", "0.396136591758@210", 0.26332342618),
      ("dist1", "3.81081887227@134", "0.33890862726@270", 0.0889332814336),
    ]
    var check = FigureCheck()
    for (cell, (site, ofDendrite, ofSoma, ratio)) in golden.enumerated() {
      let dendrite = try Extreme.maximum(figure.millivolts("V_\(site)", cell))
      let soma = try Extreme.maximum(figure.millivolts("V_soma", cell))
      try check.add(dendrite, ofDendrite, rest: -65, site)
      try check.add(soma, ofSoma, rest: -65, "soma from \(site)")
      check.add((soma.value + 65) / (dendrite.value + 65), ratio, "ratio of \(site)")
    }
    check.expect(9)
  }

  @Test("figure 4g, h: the oblique dendrite spikes from 14 inputs on")
  func integration() throws {
    let figure = try FigureRun("paper/fig4-integration.yaml")
    var check = FigureCheck()
    for (cell, words) in FigureTables.figure4g.enumerated() {
      let soma = try figure.millivolts("V_soma", cell)
      let name = "\(cell + 1) inputs"
      try check.add(
        .maximum(figure.millivolts("V_ob1", cell)), String(words[1]), rest: -65, "ob1, \(name)")
      try check.add(.maximum(soma), String(words[2]), rest: -65, "soma, \(name)")
      try check.add(.maximum(slopes(soma)), String(words[3]), "slope, \(name)")
      let step = cell < 13 ? [] : [cell == 13 ? 74 : cell == 14 ? 71 : 69]
      #expect(figure.events("spike_Na_ob1", cell) == step, "\(name)")
      for site in ["prox", "ob2", "med", "dist1", "dist2", "bas1", "bas2"] {
        #expect(figure.events("spike_Na_\(site)", cell) == [], "\(site), \(name)")
      }
      #expect(figure.spikes(cell) == [])
    }
    check.expect(72)
  }

  @Test(
    "figure 4c, e and h at smaller steps: the same counts, nearly the same numbers",
    arguments: [
      ("0.05", 1361, [0.68013539, 0.26504086, 0.0893433185], 2.85509004),
      ("0.025", 2724, [0.680147888, 0.265880389, 0.0895455603], 2.73851164),
    ])
  func smallSteps(dt: String, first: Int, ratios: [Double], slope: Double) throws {
    let step = ["simulation.dt=\(dt) ms"]
    let rates = try FigureRun("paper/fig4-somatic.yaml", step + ["record.states={}"])
    #expect((2..<8).map { rates.spikes($0).count } == [0, 1, 10, 13, 17, 20])
    #expect(rates.spikes(4).first == first)
    let synapses = try FigureRun("paper/fig4-synapses.yaml", step)
    for (cell, site) in ["prox", "med", "dist1"].enumerated() {
      let dendrite = try Extreme.maximum(synapses.millivolts("V_\(site)", cell)).value + 65
      let soma = try Extreme.maximum(synapses.millivolts("V_soma", cell)).value + 65
      #expect(abs(soma / dendrite / ratios[cell] - 1) < 1e-8, "\(site)")
    }
    let oblique = try FigureRun("paper/fig4-integration.yaml", step)
    #expect((0..<24).first { !oblique.events("spike_Na_ob1", $0).isEmpty } == 13)
    let rows = try oblique.millivolts("V_soma", 13)
    let steepest = try #require(slopes(rows, perRow: 1 / oblique.rate).max())
    #expect(abs(steepest / slope - 1) < 5e-9)
  }

  /// Periodic trains of the five cells: what stands in for the Poisson sources of Figure 5.
  private static let trains = {
    let periods = ["ec": [122, 111, 102, 94, 87], "ca3": [83, 76, 69, 64, 60]]
    let sites = [
      ("dist1", "ec", 20), ("dist2", "ec", 80), ("ob1", "ca3", 10), ("ob2", "ca3", 38),
      ("med", "ca3", 65),
    ]
    return sites.map { site, path, start in
      var spikes: [(unit: Int, step: Int)] = []
      for (unit, period) in (periods[path] ?? []).enumerated() {
        spikes += stride(from: start, to: 5000, by: period).map { (unit, $0) }
      }
      let indices = spikes.map { "\($0.unit)" }.joined(separator: ", ")
      let times = spikes.map { "\($0.step / 10).\($0.step % 10) ms" }.joined(separator: ", ")
      return (site, "populations.\(site).spikes={indices: [\(indices)], times: [\(times)]}")
    }
  }()

  @Test("figure 5 with given spikes, which tell one rule of times from another")
  func givenSpikes() throws {
    let golden: [(spikes: [Int], counts: [Int], last: [Double])] = [
      (
        [], [0, 0, 0, 0, 0, 0, 0, 0],
        [-54.336317382, -47.893382904, -44.72336189]
      ),
      ([3178], [1, 1, 1, 11, 16, 19, 0, 0], [-53.851326992, -48.903231614, -47.556266802]),
      (
        [1253, 2904, 4657], [3, 3, 3, 15, 20, 22, 0, 0],
        [-60.052780709, -51.444361245, -47.122722862]
      ),
      (
        [1006, 2202, 3451, 4755], [4, 4, 4, 17, 31, 30, 0, 0],
        [-60.192878795, -50.528729855, -45.947724637]
      ),
      (
        [875, 1920, 2931, 3989], [4, 4, 4, 25, 41, 42, 0, 0],
        [-52.49940994, -47.663283975, -47.803263355]
      ),
    ]
    let first = [
      1: [3173, 1366, 1357, 1327], 2: [1248, 1048, 1041, 1015], 3: [1002, 843, 801, 834],
      4: [871, 725, 722, 709],
    ]
    let figure = try FigureRun("paper/fig5-trains.yaml", Self.trains.map(\.1))
    let sites = ["prox", "ob1", "ob2", "med", "dist1", "dist2", "bas1", "bas2"]
    var check = FigureCheck()
    for (cell, expected) in golden.enumerated() {
      #expect(figure.spikes(cell) == expected.spikes, "cell \(cell)")
      let events = sites.map { figure.events("spike_Na_\($0)", cell) }
      #expect(events.map(\.count) == expected.counts, "cell \(cell)")
      if let first = first[cell] {
        #expect([0, 3, 4, 5].map { events[$0].first } == first, "cell \(cell)")
      }
      for (site, value) in zip(["soma", "med", "dist1"], expected.last) {
        check.add(
          try figure.millivolts("V_\(site)", cell)[4999], value, "\(site) of cell \(cell)")
      }
    }
    check.expect(15)
  }

  @Test("figure 5 with given spikes, without dendritic spikes")
  func givenSpikesWithout() throws {
    let figure = try FigureRun(
      "paper/fig5-trains.yaml", Self.trains.map(\.1) + ["constants.dspikes=0"])
    let last = [
      (-54.336317382, -44.72336189), (-52.387664029, -39.975209374), (-49.973996234, -33.185253456),
      (-48.027187361, -28.690063992), (-57.022672505, -28.001073741),
    ]
    var check = FigureCheck()
    for (cell, (soma, dist1)) in last.enumerated() {
      #expect(figure.spikes(cell) == (cell == 4 ? [1535, 3171, 4816] : []))
      check.add(try figure.millivolts("V_soma", cell)[4999], soma, "soma of cell \(cell)")
      check.add(try figure.millivolts("V_dist1", cell)[4999], dist1, "dist1 of cell \(cell)")
    }
    check.expect(10)
  }
}
