import Testing

/// The deterministic panels of Figures 2 and 3, run from the jobs that users run, against what
/// Dendrify 1.0.8 and Brian 2 compute: rows and spikes exact, numbers to 1e-9.
@Suite("Figures 2 and 3 of the paper", .serialized)
struct PaperFigureTests {
  @Test("figure 2b: steady currents attenuate", arguments: Layout.all)
  func attenuation(layout: Layout) throws {
    let figure = try FigureRun("paper/fig2-attenuation.yaml", on: layout)
    let sites = ["V_soma", "V_apical", "V_basal"]
    let steady = [
      [13.6870614282, 10.11287601, 11.2924191937], [10.11287601, 14.8606786342, 8.34356123434],
      [11.2924191937, 8.34356123434, 17.5671691455],
    ]
    let early = [-63.3847901537, -62.4697731111, -59.9384986233]
    var check = FigureCheck()
    for cell in 0..<3 {
      for (place, site) in sites.enumerated() {
        let rows = try figure.millivolts(site, cell)
        try #require(rows.count == 7000)
        check.add(rows[5000] + 70, steady[cell][place], "\(site), cell \(cell)")
        if place == cell { check.add(rows[1100], early[cell], "\(site) after 10 ms") }
      }
      #expect(figure.spikes(cell) == [])
    }
    check.expect(12)
  }

  @Test(
    "figure 2c, d: AMPA alone adds up to less, with NMDA to more than the sum",
    arguments: [
      (2, "s_AMPA_x_apical += 1; s_NMDA_x_apical += 1", 1.279123109, 0.572297550947),
      (4, "s_AMPA_x_apical += 1", 0.7501640408, 0.468202003157),
    ])
  func integration(column: Int, onPre: String, ratio: Double, unitary: Double) throws {
    let figure = try FigureRun(
      "paper/fig2-integration.yaml", ["projections.input.on_pre=\(onPre)"])
    var check = FigureCheck()
    var peaks: [Double] = []
    for (cell, words) in FigureTables.figure2.enumerated() {
      for (place, site) in ["V_soma", "V_apical"].enumerated() {
        let peak = try Extreme.maximum(figure.millivolts(site, cell))
        try check.add(
          peak, String(words[column - 1 + place]), rest: -70, "\(site), \(cell + 1) synapses")
        if place == 0 { peaks.append(peak.value + 70) }
      }
    }
    check.add(peaks[4] / 5, unitary, "unitary")
    check.add(peaks[34] / (35 * peaks[4] / 5), ratio, "measured over expected")
    check.expect(72)
  }

  @Test("figure 3b-e: each dendrite has its own threshold current", arguments: Layout.all)
  func dendriticSpikes(layout: Layout) throws {
    let figure = try FigureRun("paper/fig3-dspikes.yaml", on: layout)
    let sites = ["soma", "trunk", "prox", "dist"]
    let maxima = table(
      """
      -66.038593232@165 -64.4071838639@125 -56.375255308@109 -15.2380656535@103
      -59.0918017271@143 -52.7823939204@110 -15.2780981978@103 -36.6615641423@109
      -45.7180172603@117 -15.235995575@103 -37.6597099759@109 -44.4942166006@124
      """)
    let injected = ["dist", "prox", "trunk"]
    let steepest = ["95.1520789918@100", "101.360631527@100", "95.5628892871@100"]
    let lowest = ["-38.4842556356@103", "-51.1022062452@103", "-36.5479294759@103"]
    let ofSoma = ["0.732948632535@114", "2.36339054206@106", "8.91349486252@103"]
    let atThreshold = [-34.9396631987, -34.8950346578, -34.9566577456]
    var check = FigureCheck()
    for cell in 0..<3 {
      for (place, site) in sites.enumerated() {
        let rows = try figure.millivolts("V_\(site)", cell)
        try #require(rows.count == 500)
        try check.add(.maximum(rows), String(maxima[cell][place]), "\(site), cell \(cell)")
        guard site == injected[cell] else { continue }
        try check.add(.maximum(slopes(rows)), steepest[cell], "slope of \(site)")
        try check.add(.minimum(slopes(rows)), lowest[cell], "fall of \(site)")
        check.add(rows[100], atThreshold[cell], "\(site) at threshold")
      }
      try check.add(
        .maximum(slopes(figure.millivolts("V_soma", cell))), ofSoma[cell], "slope of the soma")
      for site in sites.dropFirst() {
        #expect(
          figure.events("spike_Na_\(site)", cell) == (site == injected[cell] ? [99] : []),
          "\(site), cell \(cell)")
      }
      #expect(figure.spikes(cell) == [])
    }
    // 560 pA over the capacity of trunk, before anything leaks.
    let onset = slopes(Array(try figure.millivolts("V_trunk", 2).prefix(60)))
    try check.add(.maximum(onset), "16.9765272631@50", "onset at trunk")
    try check.add(
      .maximum(slopes(figure.millivolts("V_prox", 2))), "16.4343204032@103",
      "the third curve as it is plotted")
    check.expect(26)
  }

  @Test("figure 3b-e: one picoampere less is too little")
  func belowThreshold() throws {
    let figure = try FigureRun(
      "paper/fig3-dspikes.yaml",
      ["constants.into_dist=122 pA", "constants.into_prox=308 pA", "constants.into_trunk=559 pA"])
    let maxima = [("dist", -35.2247066), ("prox", -35.0086430), ("trunk", -35.0192351)]
    for (cell, (site, value)) in maxima.enumerated() {
      let peak = try Extreme.maximum(figure.millivolts("V_\(site)", cell))
      #expect(abs(peak.value - value) <= 5.1e-8, "\(site)")
      #expect(figure.events("spike_Na_\(site)", cell) == [])
    }
  }

  @Test("figure 3f: input and output of dendrites, with dendritic spikes")
  func inputOutput() throws {
    let figure = try FigureRun("paper/fig3-io.yaml")
    var check = FigureCheck()
    for (cell, words) in FigureTables.figure3f.enumerated() {
      if cell < 15 {
        let peak = try Extreme.maximum(figure.millivolts("V_dist", cell))
        try check.add(peak, String(words[1]), rest: -70, "dist, \(cell + 1) synapses")
      }
      let peak = try Extreme.maximum(figure.millivolts("V_prox", cell, of: 1))
      try check.add(peak, String(words[3]), rest: -70, "prox, \(cell + 1) synapses")
    }
    check.expect(45)
  }

  @Test("figure 3f: dendritic spikes begin at 7 synapses on dist and 19 on prox")
  func inputOutputEvents() throws {
    // Events of one name of two populations: each population on its own.
    let distal = try FigureRun("paper/fig3-io.yaml", ["record.events=[distal.spike_Na_dist]"])
    let ofDist = [443, 431, 427, 425]
    for cell in 0..<15 {
      let steps = distal.events("spike_Na_dist", cell)
      switch cell + 1 {
      case ..<7: #expect(steps == [])
      case 7...10: #expect(steps == [ofDist[cell - 6]])
      case 11, 12: #expect(steps == [424, 525])
      case 13: #expect(steps == [424, 525, 722])
      case 14: #expect(steps == [424, 525, 626, 758])
      default: #expect(steps == [424, 525, 626, 727, 831, 986])
      }
    }
    let proximal = try FigureRun(
      "paper/fig3-io.yaml",
      ["record.events=[proximal.spike_Na_prox, proximal.spike_Na_dist, proximal.spike_Na_trunk]"])
    let first = [19: [453], 20: [448], 21: [446], 22: [445], 23: [445, 603, 825]]
    let counts = [24: 4, 25: 5, 26: 7, 27: 7, 28: 8, 29: 9, 30: 9]
    let ofDistBesides = [23: 2, 24: 3, 25: 4, 26: 6, 27: 6, 28: 7, 29: 8, 30: 8]
    for cell in 0..<30 {
      let steps = proximal.events("spike_Na_prox", cell)
      if let expected = first[cell + 1] { #expect(steps == expected, "\(cell + 1)") }
      #expect(steps.count == counts[cell + 1] ?? first[cell + 1]?.count ?? 0, "\(cell + 1)")
      #expect(proximal.events("spike_Na_dist", cell).count == ofDistBesides[cell + 1] ?? 0)
      #expect(proximal.events("spike_Na_trunk", cell) == [])
    }
  }

  @Test("figure 3f: input and output of dendrites, without dendritic spikes")
  func inputOutputWithout() throws {
    let off = ["trunk", "prox", "dist"].map { "models.cell.initial.allow_rise_Na_\($0)=false" }
    let figure = try FigureRun("paper/fig3-io.yaml", off)
    var check = FigureCheck()
    for (cell, words) in FigureTables.figure3f.enumerated() {
      if cell < 15 {
        let peak = try Extreme.maximum(figure.millivolts("V_dist", cell))
        try check.add(peak, String(words[2]), rest: -70, "dist, \(cell + 1) synapses")
      }
      let peak = try Extreme.maximum(figure.millivolts("V_prox", cell, of: 1))
      try check.add(peak, String(words[4]), rest: -70, "prox, \(cell + 1) synapses")
    }
    check.expect(45)
  }

  @Test("figure 3g: action potentials travel back, the last one not to prox", arguments: Layout.all)
  func backpropagation(layout: Layout) throws {
    let figure = try FigureRun("paper/fig3-backpropagation.yaml", on: layout)
    let steps = [975, 1317, 1659, 2001, 2343, 2685, 3021]
    #expect(figure.spikes() == steps)
    var check = FigureCheck()
    for (place, words) in FigureTables.figure3g.enumerated() {
      let end = place + 1 < steps.count ? steps[place + 1] : 4400
      for (column, site) in ["trunk", "prox", "dist"].enumerated() {
        let rows = Array(try figure.millivolts("V_\(site)")[steps[place]..<end])
        let peak = try Extreme.maximum(rows)
        try check.add(
          Extreme(value: peak.value, row: peak.row + steps[place]), String(words[1 + column]),
          "\(site), action potential \(place + 1)")
      }
    }
    #expect(
      figure.events("spike_Na_trunk") == FigureTables.figure3g.compactMap { Int($0[4]) })
    #expect(figure.events("spike_Na_prox") == FigureTables.figure3g.compactMap { Int($0[5]) })
    #expect(figure.events("spike_Na_dist") == [])
    let soma = try figure.millivolts("V_soma")
    for (row, value) in [
      (975, -40.0024704282), (976, 40), (977, 37.5025614674), (980, 31.010902337), (981, -55),
      (982, -53.644752777),
    ] {
      check.add(soma[row], value, "soma, row \(row)")
    }
    for site in ["soma", "trunk", "prox", "dist"] {
      check.add(try #require(figure.millivolts("V_\(site)").last), -69.7811825295, "end of \(site)")
    }
    // Currents of the first action potential, which the figure shows from 97 to 102 ms, in pA.
    func current(_ name: String) throws -> [Double] {
      try figure.millivolts(name, of: 1).enumerated().map {
        (970..<1020).contains($0.offset) ? $0.element * 1e9 : 0
      }
    }
    try check.add(.maximum(current("I_rise_Na_trunk")), "3535.22810531@979", "I_Na of trunk")
    try check.add(.minimum(current("I_fall_Na_trunk")), "-2181.67041398@982", "I_K of trunk")
    try check.add(.maximum(current("I_rise_Na_prox")), "1605.89165208@987", "I_Na of prox")
    try check.add(.minimum(current("I_fall_Na_prox")), "-960.541471654@990", "I_K of prox")
    #expect(try Set(figure.millivolts("I_rise_Na_dist", of: 1)) == [0])
    check.expect(35)
  }

  @Test(
    "figure 2c, d at a quarter of the step",
    arguments: [
      ("s_AMPA_x_apical += 1; s_NMDA_x_apical += 1", 0.572814593959, 25.5541096587),
      ("s_AMPA_x_apical += 1", nil, 12.2057716894),
    ])
  func integrationInSmallSteps(onPre: String, first: Double?, last: Double) throws {
    let figure = try FigureRun(
      "paper/fig2-integration.yaml",
      ["simulation.dt=0.025 ms", "projections.input.on_pre=\(onPre)"])
    var check = FigureCheck()
    if let first {
      check.add(try Extreme.maximum(figure.millivolts("V_soma", 0)).value + 70, first, "1 synapse")
    }
    check.add(try Extreme.maximum(figure.millivolts("V_soma", 34)).value + 70, last, "35 synapses")
    check.expect(first == nil ? 1 : 2)
  }

  @Test(
    "figure 3b-e and g at smaller steps: other sites fire, and prox never",
    arguments: [
      ("0.05", ["prox", "trunk"], [97.6, 319.5], -35.6298435),
      ("0.025", ["prox"], [97.65, 318.85], -35.9880121),
    ])
  func smallSteps(dt: String, firing: [String], ends: [Double], prox: Double) throws {
    let pulses = try FigureRun("paper/fig3-dspikes.yaml", ["simulation.dt=\(dt) ms"])
    for (cell, site) in ["dist", "prox", "trunk"].enumerated() {
      #expect(pulses.events("spike_Na_\(site)", cell).isEmpty == !firing.contains(site), "\(site)")
    }
    let figure = try FigureRun("paper/fig3-backpropagation.yaml", ["simulation.dt=\(dt) ms"])
    let times = figure.spikes().map { Double($0) / figure.rate }
    #expect(times.count == 8)
    #expect(abs(try #require(times.first) - ends[0]) < 1e-9)
    #expect(abs(try #require(times.last) - ends[1]) < 1e-9)
    #expect(figure.events("spike_Na_prox") == [])
    let peak = try Extreme.maximum(figure.millivolts("V_prox"))
    #expect(abs(peak.value - prox) <= 5.1e-8)
  }

  @Test("dendritic spikes whose fall comes 0.3 ms later are noticed")
  func otherOffsetIsNoticed() throws {
    let figure = try FigureRun(
      "paper/fig3-backpropagation.yaml", ["models.cell.dspikes.Na.offset_fall=0.5 ms"])
    #expect(figure.spikes().first == 975)
    #expect(figure.spikes() != [975, 1317, 1659, 2001, 2343, 2685, 3021])
    var check = FigureCheck()
    try check.add(
      .maximum(Array(figure.millivolts("V_prox")[975..<1200])), "-10.5243895708@15", "prox")
    #expect(check.differs)
  }
}
