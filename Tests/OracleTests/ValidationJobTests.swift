import Foundation
import Testing

/// Dendrify's validation protocols and deterministic examples as users run them, against Dendrify
/// 2.2 on Brian 2.9: spikes and rows exact, numbers to 1e-9.
@Suite("Validation protocols", .serialized)
struct ValidationJobTests {
  @Test("input resistances", arguments: Layout.all)
  func inputResistance(layout: Layout) throws {
    let run = try FigureRun("validation/input-resistance.yaml", on: layout)
    var check = FigureCheck()
    for (place, golden) in [50, 41.6666666666, 62.5].enumerated() {
      let rows = try run.millivolts("V", of: place)
      try #require(rows.count == 6500)
      check.add((try #require(rows.min()) - rows[500]) / -20e-3, golden, "neuron \(place)")
    }
    check.expect(3)
  }

  @Test("time constants, fitted as the example fits them")
  func timeConstant() throws {
    let run = try FigureRun("validation/time-constant.yaml")
    var check = FigureCheck()
    let golden = [("-70.4999999472@2200", 12.4499277891), ("-70.4815623308@801", 11.2828539963)]
    for (place, (minimum, tau)) in golden.enumerated() {
      let rows = try run.millivolts("V", of: place)
      let least = try Extreme.minimum(rows)
      try check.add(least, minimum, "minimum \(place)")
      let pulse = rows[200..<least.row]
      let highest = try #require(pulse.max())
      let lowest = try #require(pulse.min())
      let decay = pulse.map { ($0 - lowest) / (highest - lowest) }
      // The example's own fit stops at a tolerance of 1e-8.
      #expect(
        abs(Self.fittedTimeConstant(decay) / tau - 1) < 1e-7, "\(Self.fittedTimeConstant(decay))")
    }
    check.expect(2)
  }

  /// Least squares of a exp(-t/tau) by Gauss and Newton; t in ms from 0 in steps of 0.1, tau in ms.
  private static func fittedTimeConstant(_ decay: [Double]) -> Double {
    var (a, tau) = (1.0, 10.0)
    for _ in 0..<100 {
      var (aa, at, tt, ra, rt) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for (row, value) in decay.enumerated() {
        let t = Double(row) * 0.1
        let e = exp(-t / tau)
        let (da, dt) = (e, a * e * t / (tau * tau))
        let residual = value - a * e
        aa += da * da
        at += da * dt
        tt += dt * dt
        ra += da * residual
        rt += dt * residual
      }
      let determinant = aa * tt - at * at
      a += (ra * tt - rt * at) / determinant
      tau += (rt * aa - ra * at) / determinant
    }
    return tau
  }

  @Test("a voltage attenuates along half cylinders", arguments: Layout.all)
  func attenuation(layout: Layout) throws {
    let run = try FigureRun("validation/dendritic-attenuation.yaml", on: layout)
    let depths = try ["soma", "trunk", "prox", "dist"].map {
      let rows = try run.millivolts("V_\($0)")
      return try #require(rows.min()) - rows[0]
    }
    var check = FigureCheck()
    check.add(depths[0], -6.70280337702, "soma")
    for (place, golden) in [0.942209126103, 0.858637462385, 0.804134980381].enumerated() {
      check.add(depths[place + 1] / depths[0], golden, "ratio \(place)")
    }
    check.expect(4)
  }

  @Test("firing rates against current")
  func firingRates() throws {
    let run = try FigureRun("validation/fi-curve.yaml")
    #expect(
      (0..<21).map { run.spikes($0).count }
        == [0, 0, 0, 0, 0, 0, 21, 30, 38, 46, 53, 61, 68, 75, 82, 89, 96, 103, 110, 116, 123])
    #expect(run.spikes(6).first == 586)
    #expect(run.spikes(20).first == 134)
  }

  @Test("dendritic input and output", arguments: Layout.all)
  func inputOutput(layout: Layout) throws {
    let run = try FigureRun("validation/dendritic-io.yaml", on: layout)
    let golden = [
      3.864994732, 7.57142418, 11.14053586, 14.58889773, 17.92635049, 21.15703462, 24.27758635,
      27.2777317, 58.07372515, 58.7157648, 59.21668436, 59.69040839, 60.08405252, 60.40679154,
      60.84003363,
    ]
    var check = FigureCheck()
    for (cell, value) in golden.enumerated() {
      let peak = try Extreme.maximum(run.millivolts("V_dend", cell)).value + 65
      check.add((peak * 1e8).rounded() / 1e8, value, "cell \(cell)")
      #expect(run.events("spike_Na_dend", cell).isEmpty == (cell < 8))
    }
    check.expect(15)
  }

  @Test("the anatomy of dendritic spikes", arguments: Layout.all)
  func anatomy(layout: Layout) throws {
    let run = try FigureRun("validation/dspike-anatomy.yaml", on: layout)
    let rises = [1231, 1312, 1381, 1445, 1505, 1563]
    let isOpen = { (start: Int, rows: Int) in { (row: Int) in row >= start && row < start + rows } }
    let rise = try run.millivolts("g_rise_Na_dend")
    let fall = try run.millivolts("g_fall_Na_dend")
    for row in rise.indices {
      let rising = rises.contains { isOpen($0, 12)(row) }
      let falling = rises.contains { isOpen($0 + 4, 25)(row) }
      #expect((rise[row] > 0) == rising && (fall[row] > 0) == falling, "row \(row)")
    }
    var check = FigureCheck()
    try check.add(.maximum(run.millivolts("V_dend")), "-2.26811178381@1575", "V_dend")
    try check.add(.maximum(run.millivolts("V_soma")), "-40.0042697858@1584", "V_soma")
    let currents = try ["I_rise_Na_dend", "I_fall_Na_dend"].map { name in
      try run.millivolts(name).map { $0 * 1e9 }
    }
    try check.add(.maximum(currents[0]), "3149.99928026@1231", "I_rise")
    try check.add(.minimum(currents[1]), "-1300.97832324@1575", "I_fall")
    check.expect(4)
  }

  @Test("action potentials travel back", arguments: Layout.all)
  func backpropagation(layout: Layout) throws {
    let run = try FigureRun("validation/backpropagation.yaml", on: layout)
    let rows = try run.millivolts("V_soma")
    #expect(rows.indices.filter { rows[$0] == 40 } == [571, 688, 803, 918, 1033])
    var check = FigureCheck()
    let golden = [
      ("trunk", -7.46437143157, -7.53007642356), ("prox", -10.9977230074, -11.0895242301),
      ("dist", -36.2196747833, -36.7073471408),
    ]
    for (site, all, first) in golden {
      let trace = try run.millivolts("V_\(site)")
      check.add(try #require(trace.max()), all, site)
      check.add(try #require(trace[571..<687].max()), first, "\(site), first")
    }
    check.expect(6)
  }

  @Test(
    "synapses with and without a rise",
    arguments: [
      ("ampa", ["-57.468369806@166", "-58.0736246641@148"], ["64.2797826507@130", "60@101"]),
      ("gaba", ["-60.8438767313@166", "-60.642125112@148"], ["-21.4265942169@130", "-20@101"]),
    ])
  func kinetics(name: String, voltages: [String], currents: [String]) throws {
    let run = try FigureRun("validation/\(name)-kinetics.yaml")
    let id = name.uppercased()
    let extreme = id == "AMPA" ? Extreme.maximum : Extreme.minimum
    var check = FigureCheck()
    for (cell, (dendrite, tag)) in [("dend1", "slow"), ("dend2", "fast")].enumerated() {
      try check.add(extreme(run.millivolts("V_\(dendrite)", cell)), voltages[cell], dendrite)
      let current = try run.millivolts("I_\(id)_\(tag)_\(dendrite)", cell).map { $0 * 1e9 }
      try check.add(extreme(current), currents[cell], "current into \(dendrite)")
    }
    check.expect(4)
  }

  @Test("the magnesium block")
  func block() throws {
    let run = try FigureRun("validation/nmda-block.yaml")
    var check = FigureCheck()
    for (cell, (voltage, current)) in [
      ("-65.1098030496@1333", "52.9773427579@1240"), ("-37.8706223218@1338", "131.522029033@1247"),
    ].enumerated() {
      try check.add(.maximum(run.millivolts("V_dend", cell)), voltage, "cell \(cell)")
      let rows = try run.millivolts("I_NMDA_x_dend", cell).map { $0 * 1e9 }
      try check.add(.maximum(rows), current, "current of cell \(cell)")
    }
    check.add(try run.millivolts("V_dend", 1)[1000], -50.0042962982, "held")
    check.expect(5)
  }

  @Test("an adaptive exponential neuron", arguments: Layout.all)
  func adex(layout: Layout) throws {
    let run = try FigureRun("validation/adex.yaml", on: layout)
    #expect(run.spikes() == [318, 455, 614, 801, 1021])
    let rows = try run.millivolts("V")
    var check = FigureCheck()
    for (row, value) in [(200, -70.5999278646), (300, -47.9683144776), (1399, -76.5332986289)] {
      check.add(rows[row], value, "row \(row)")
    }
    check.expect(3)
  }

  @Test("adaptation by a current and by a conductance")
  func adaptation() throws {
    let run = try FigureRun("validation/adaptation.yaml")
    let resets = [
      [60, 113, 180, 269, 399, 616, 972, 1397],
      [60, 108, 162, 223, 294, 380, 490, 651, 920, 1242],
    ]
    var check = FigureCheck()
    for (place, (least, last)) in [
      ("-82.1635648977@1858", -75.464169922), ("-65", -65.0),
    ].enumerated() {
      let rows = try run.millivolts("V", of: place)
      #expect(rows.indices.filter { rows[$0] == -60 } == resets[place])
      try check.add(.minimum(rows), least, "minimum \(place)")
      check.add(try #require(rows.last), last, "last \(place)")
    }
    check.expect(4)
  }

  @Test("the playground's constants shape its dendritic spikes")
  func playground() throws {
    let run = try FigureRun("dspike-playground.yaml")
    let steps = run.events("spike_x_dend")
    #expect(steps.count > 3 && steps.allSatisfy { $0 > 50 && $0 < 1050 })
    #expect(zip(steps.dropFirst(), steps).allSatisfy { $0 - $1 >= 50 })
    let open = { (name: String, run: FigureRun) in
      try run.millivolts(name).count { $0 > 0 }
    }
    #expect(try open("g_rise_x_dend", run) == 20 * steps.count)
    #expect(try open("g_fall_x_dend", run) == 31 * steps.count)
    let other = try FigureRun(
      "dspike-playground.yaml",
      ["constants.duration_rise=1 ms", "constants.refractory=30 ms", "constants.current=150 pA"])
    let fewer = other.events("spike_x_dend")
    #expect(fewer.count > 1 && fewer.count < steps.count)
    #expect(try open("g_rise_x_dend", other) == 10 * fewer.count)
    #expect(
      try FigureRun("dspike-playground.yaml", ["constants.current=50 pA"]).events("spike_x_dend")
        == [])
  }

  @Test("half an ohm centimetre more is noticed")
  func otherResistivityIsNoticed() throws {
    let run = try FigureRun(
      "validation/dendritic-attenuation.yaml", ["models.cell.r_axial=400.5 ohm*cm"])
    var check = FigureCheck()
    let rows = try run.millivolts("V_soma")
    check.add(try #require(rows.min()) - rows[0], -6.70280337702, "soma")
    #expect(check.differs)
  }
}
