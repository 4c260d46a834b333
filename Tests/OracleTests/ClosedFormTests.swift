import Equations
import Foundation
import Networks
import Testing

/// Runs against formulas that no simulator was asked for. Numbers are in SI.
@Suite("Closed forms", .serialized)
struct ClosedFormTests {
  private static let dt = 1e-4

  /// A job of one cell: what its compartments, its input and its recording are.
  private static func job(
    duration: String, method: IntegrationMethod = .euler, compartments: String,
    rest: String = "", populations: String = "", variables: String, from: String = "0 ms"
  ) -> String {
    """
    simulation: {duration: \(duration), dt: 0.1 ms, method: \(method.rawValue)}
    models:
      cell:
        v_rest: -60 mV
    \(compartments)
    populations:
      cells: {model: cell, size: 1}
    \(populations)
    \(rest)
    record:
      spikes: none
      states:
        rows:
          {population: cells, variables: \(variables), every: 0.1 ms, from: \(from), precision: double}
    """
  }

  @Test("a current step charges a membrane as Euler's formula says", arguments: Layout.all)
  func currentStep(layout: Layout) throws {
    let (rest, leak, capacitance, current) = (-0.06, 10e-9, 200e-12, 100e-12)
    let onset = 100
    let found = try RecordedRun.of(
      job: Self.job(
        duration: "150 ms",
        compartments: """
              compartments: {soma: {kind: soma, cm_abs: 200 pF, gl_abs: 10 nS}}
          """,
        rest: """
          stimuli:
            step: {population: cells, variable: I_ext_soma, steps: [[10 ms, 100 pA]]}
          """, variables: "[V_soma]"), on: layout
    ).trace("V_soma")
    try #require(found.count == 1500)
    let final = rest + current / leak
    let kept = 1 - Self.dt * leak / capacitance
    var deviation = Deviation()
    for (row, value) in found.enumerated() {
      // Row n is the state before update n; update `onset` is the first with the current.
      let updates = Double(max(0, row - onset))
      deviation.add(value, final + (rest - final) * pow(kept, updates), at: "row \(row)")
    }
    #expect(deviation.largest <= 1e-14, "\(deviation.place)")
    #expect(found[onset] == rest && found[onset + 1] > rest + 4e-5)
    // The exponential that Euler's formula approaches is another curve, and would be noticed.
    let middle = onset + 200
    let exact = final + (rest - final) * exp(-200 * Self.dt * leak / capacitance)
    #expect(abs(found[middle] - exact) > 5e-6)
  }

  @Test(
    "a current step charges a membrane as the exponential says, by methods of higher order",
    arguments: [(IntegrationMethod.exponentialEuler, 1e-15), (.rk4, 1e-12), (.rk2, 1e-7)],
    Layout.all)
  func exponentialStep(method: (name: IntegrationMethod, bound: Double), layout: Layout) throws {
    let (rest, leak, capacitance, current) = (-0.06, 10e-9, 200e-12, 100e-12)
    let found = try RecordedRun.of(
      job: Self.job(
        duration: "150 ms", method: method.name,
        compartments: """
              compartments: {soma: {kind: soma, cm_abs: 200 pF, gl_abs: 10 nS}}
          """,
        rest: """
          stimuli:
            step: {population: cells, variable: I_ext_soma, steps: [[10 ms, 100 pA]]}
          """, variables: "[V_soma]"), on: layout
    ).trace("V_soma")
    try #require(found.count == 1500)
    let expected = (0..<1500).map { row in
      rest + current / leak * (1 - exp(-Double(max(0, row - 100)) * Self.dt * leak / capacitance))
    }
    var deviation = Deviation()
    deviation.add(found, expected, at: "V")
    #expect(deviation.largest <= method.bound, "\(deviation.place)")
    #expect(deviation.largest >= method.bound / 1000, "another method: \(deviation.largest)")
    #expect(try #require(found.last) > rest + 0.0099)
  }

  @Test(
    "a synaptic current under a constant driving force gives a difference of exponentials",
    arguments: Layout.all)
  func currentBasedPotential(layout: Layout) throws {
    let found = try RecordedRun.of(
      job: """
        simulation: {duration: 80 ms, dt: 0.1 ms, method: rk4}
        models:
          cell:
            equations: |
              dv/dt = (R*I - v)/(20*ms) : volt
              dI/dt = -I/(5*ms) : amp
              R : ohm (constant)
        populations:
          cells: {model: cell, size: 1, parameters: {R: 100 Mohm}}
          source: {spikes: {indices: [0], times: [4.9 ms]}, size: 1}
        projections:
          input: {source: source, target: cells, connect: one_to_one, weight: 50 pA, on_pre: I += w}
        record:
          spikes: none
          states: {rows: {population: cells, variables: [v], every: 0.1 ms, precision: double}}
        """, on: layout
    ).trace("v")
    try #require(found.count == 800)
    // What arrives in step 49 is in row 50. R I tau_s/(tau - tau_s) (exp(-t/tau) - exp(-t/tau_s))
    let expected = (0..<800).map { row in
      let t = Double(max(0, row - 50)) * Self.dt
      return 100e6 * 50e-12 * 5 / 15 * (exp(-t / 20e-3) - exp(-t / 5e-3))
    }
    var deviation = Deviation()
    deviation.add(found, expected, at: "v")
    #expect(deviation.largest <= 1e-11, "\(deviation.place)")
    #expect(try #require(found.max()) > 0.7e-3)
    // A hundredth of the weight is more than the bound by far.
    #expect(try #require(expected.max()) * 0.01 > 1e5 * 1e-11)
  }

  @Test(
    "a steady current along a chain attenuates as the linear equations say, by every method",
    arguments: IntegrationMethod.allCases, Layout.all)
  func attenuation(method: IntegrationMethod, layout: Layout) throws {
    let run = try RecordedRun.of(
      job: Self.job(
        duration: "500.1 ms", method: method,
        compartments: """
              cm: 1 uF/cm^2
              gl: 100 uS/cm^2
              r_axial: 150 ohm*cm
              scale_factor: 2.8
              spine_factor: 1.5
              compartments:
                soma: {kind: soma, length: 25 um, diameter: 25 um}
                prox: {length: 100 um, diameter: 2 um}
                dist: {length: 200 um, diameter: 1 um}
              couplings: [[soma, prox], [prox, dist]]
          """,
        rest: """
          stimuli:
            steady: {population: cells, variable: I_ext_dist, steps: [[0 ms, 50 pA]]}
          """, variables: "[V_soma, V_prox, V_dist]", from: "500 ms"), on: layout)
    let sizes = [(25e-6, 25e-6, 2.8), (100e-6, 2e-6, 2.8 * 1.5), (200e-6, 1e-6, 2.8 * 1.5)]
    let leaks = sizes.map { length, diameter, factor in Double.pi * length * diameter * factor }
    let resistances = sizes.map { length, diameter, _ in
      4 * 1.5 * length / (Double.pi * diameter * diameter)
    }
    let axial = [0, 1].map { 2 / (resistances[$0] + resistances[$0 + 1]) }
    let expected = Self.steadyState(leaks: leaks, axial: axial, currents: [0, 0, 50e-12])
    let found = try ["V_soma", "V_prox", "V_dist"].map { variable in
      try #require(try run.trace(variable).last) + 0.06
    }
    var deviation = Deviation()
    for place in 0..<3 {
      deviation.add(found[place], expected[place], at: "compartment \(place)")
    }
    #expect(deviation.largest <= 1e-14, "\(deviation.place): \(found) instead of \(expected)")
    // It must attenuate a lot, or the couplings prove nothing.
    #expect(found[0] > 1e-4 && found[1] > 1.05 * found[0] && found[2] > 1.5 * found[1])
    let other = Self.steadyState(
      leaks: leaks, axial: [axial[0], axial[1] * 1.0001], currents: [0, 0, 50e-12])
    #expect(abs(found[2] - other[2]) > 1e-8)
  }

  /// Depolarisations of a chain by steady currents.
  private static func steadyState(
    leaks: [Double], axial: [Double], currents: [Double]
  ) -> [Double] {
    var diagonal = leaks
    for place in axial.indices {
      diagonal[place] += axial[place]
      diagonal[place + 1] += axial[place]
    }
    var right = currents
    for place in axial.indices {
      let factor = axial[place] / diagonal[place]
      diagonal[place + 1] -= factor * axial[place]
      right[place + 1] += factor * right[place]
    }
    var solution = right
    for place in leaks.indices.reversed() {
      let next = place + 1 < leaks.count ? axial[place] * solution[place + 1] : 0
      solution[place] = (right[place] + next) / diagonal[place]
    }
    return solution
  }

  @Test("a decaying synapse moves the membrane as the recurrence says", arguments: Layout.all)
  func postsynapticPotential(layout: Layout) throws {
    let found = try RecordedRun.of(
      job: Self.job(
        duration: "60 ms",
        compartments: """
              compartments:
                soma:
                  kind: soma
                  cm_abs: 100 pF
                  gl_abs: 5 nS
                  synapses: [{channel: AMPA, tag: x, g: 2 nS, t_decay: 5 ms}]
          """,
        rest: """
          projections:
            input: {source: source, target: cells, connect: one_to_one, on_pre: s_AMPA_x_soma += 1}
          """,
        populations: """
            source: {spikes: {indices: [0, 0], times: [5 ms, 12.3 ms]}, size: 1}
          """, variables: "[V_soma]"), on: layout
    ).trace("V_soma")
    try #require(found.count == 600)
    var deviation = Deviation()
    deviation.add(found, Self.potentials(600, spikes: [50, 123]), at: "V")
    #expect(deviation.largest <= 1e-14, "\(deviation.place)")
    #expect(try #require(found.max()) > -0.06 + 3e-3)
    var shifted = Deviation()
    shifted.add(found, Self.potentials(600, spikes: [50, 124]), at: "V")
    #expect(shifted.largest > 1e-5)
  }

  /// Rows of a membrane with one synapse whose source fires at `spikes`.
  private static func potentials(_ steps: Int, spikes: [Int]) -> [Double] {
    var (potential, gate) = (-0.06, 0.0)
    return (0..<steps).map { step in
      let row = potential
      let current = 5e-9 * (-0.06 - potential) + 2e-9 * (0 - potential) * gate
      potential += dt * current / 100e-12
      gate -= dt * gate / 5e-3
      // What arrives at a step is read by the update of the next one.
      if spikes.contains(step) { gate += 1 }
      return row
    }
  }
}
