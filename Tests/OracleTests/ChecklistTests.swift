import Engine
import Jobs
import Models
import Networks
import Testing

/// What Dendrify's users may write, row by row of its options: two ways of saying one thing have the
/// same bits, and what must do something does it. Numbers are in SI.
@Suite("Options of Dendrify's models", .serialized)
struct ChecklistTests {
  /// A job of one soma with a dendrite, or of whatever `model` says.
  private static func job(
    _ model: String, stimulus: String = "I_ext_soma", amplitude: String = "300 pA",
    populations: String = "", projections: String = "", variables: String,
    duration: String = "60 ms"
  ) -> String {
    """
    simulation: {duration: \(duration), dt: 0.1 ms}
    models:
      cell:
    \(model.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
      .joined(separator: "\n"))
    populations:
      cells: {model: cell, size: 2}
    \(populations)
    projections: {\(projections)}
    stimuli:
      step: {population: cells, variable: \(stimulus), steps: [[5 ms, \(amplitude)], [45 ms, 0 pA]]}
    record:
      spikes: [cells]
      events: all
      states:
        rows: {population: cells, variables: [\(variables)], precision: double}
    """
  }

  private static func bits(_ run: RecordedRun, _ variable: String) throws -> [UInt64] {
    try run.trace(variable).map(\.bitPattern)
  }

  /// The library's membranes as texts, and what they need.
  static let membranes: [(name: String, equations: String, parameters: String)] = [
    ("leakyIF", "dV{0}/dt = (gL{0} * (EL{0}-V{0}) + I{0}) / C{0} : volt", "{Vr: -60 mV}"),
    (
      "adaptiveIF",
      """
      dV{0}/dt = (gL{0} * (EL{0}-V{0}) + I{0} - w{0}) / C{0} : volt
      dw{0}/dt = (a{0} * (V{0}-EL{0}) - w{0}) / tauw{0} : amp
      """, "{tauw{0}: 50 ms, a{0}: 2 nS, Vr: -60 mV}"
    ),
    (
      "cadIF",
      """
      dV{0}/dt = (gL{0}*(EL{0}-V{0}) + I{0} - w{0}) / C{0} : volt
      w{0} = gA * (V{0}-EA) : amp
      dgA/dt = (gAmax * (abs(V{0}-EA)) / mV - gA) / tauA : siemens
      """, "{EA: -65 mV, gAmax: 0.1 nS, tauA: 20 ms, Vr: -60 mV}"
    ),
    (
      "adex",
      """
      dV{0}/dt = (gL{0} * (EL{0}-V{0}) + gL{0}*DeltaT{0}*exp((V{0}-Vth{0})/DeltaT{0}) + I{0} - w{0}) / C{0} : volt
      dw{0}/dt = (a{0} * (V{0}-EL{0}) - w{0}) / tauw{0} : amp
      """, "{Vth{0}: -50 mV, DeltaT{0}: 2 mV, tauw{0}: 50 ms, a{0}: 2 nS, Vr: -60 mV}"
    ),
  ]

  @Test("a compartment by equations has the bits of the library's membrane", arguments: 0..<4)
  func ownEquations(place: Int) throws {
    let membrane = Self.membranes[place]
    func model(_ soma: String) -> String {
      """
      v_rest: -65 mV
      compartments:
        soma:
          kind: soma
          cm_abs: 100 pF
          gl_abs: 5 nS
      \(soma.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
        dend: {cm_abs: 50 pF, gl_abs: 2.5 nS}
      couplings: [[soma, dend, 5 nS]]
      parameters: \(membrane.parameters.replacing("{0}", with: "_soma"))
      spike: {threshold: V_soma > -45*mV, reset: V_soma = Vr, refractory: 2 ms}
      """
    }
    let text = membrane.equations.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    let own = "equations: |\n\(text)\n  I{0} = I_ext{0} : amp\n  I_ext{0} : amp"
    let variables = "V_soma, V_dend"
    let library = try RecordedRun.of(
      job: Self.job(model("model: \(membrane.name)"), variables: variables), on: .fastest)
    let written = try RecordedRun.of(job: Self.job(model(own), variables: variables), on: .fastest)
    #expect(library.spikes.count > 2)
    #expect(library.spikes == written.spikes)
    #expect(try Self.bits(library, "V_soma") == Self.bits(written, "V_soma"))
    #expect(try Self.bits(library, "V_dend") == Self.bits(written, "V_dend"))
  }

  @Test(
    "a point neuron of each model has a second reset, and the bits of a lone soma", arguments: 0..<5
  )
  func pointNeurons(place: Int) throws {
    let membrane = Self.membranes[min(place, 3)]
    let name = place == 4 ? "passive" : membrane.name
    let parameters = place == 4 ? "{Vr: -60 mV}" : membrane.parameters
    func spike(_ suffix: String) -> String {
      """
      parameters: \(parameters.replacing("{0}", with: suffix))
      spike:
        threshold: V\(suffix) > -45*mV
        reset: V\(suffix) = 30*mV
        second_reset: V\(suffix) = Vr
        spike_width: 0.5 ms
        refractory: 2 ms
      """
    }
    let point = try RecordedRun.of(
      job: Self.job(
        "point: {model: \(name), cm_abs: 100 pF, gl_abs: 5 nS, v_rest: -65 mV}\n" + spike(""),
        stimulus: "I_ext", variables: "V"), on: .fastest)
    let soma = try RecordedRun.of(
      job: Self.job(
        "compartments: {soma: {kind: soma, model: \(name), cm_abs: 100 pF, gl_abs: 5 nS, v_rest: -65 mV}}\n"
          + spike("_soma"), variables: "V_soma"), on: .fastest)
    try #require(point.spikes.count >= 2)
    #expect(point.spikes == soma.spikes)
    #expect(try Self.bits(point, "V") == Self.bits(soma, "V_soma"))
    let rows = try point.trace("V")
    let step = Int(try #require(point.spikes.first).step)
    #expect(rows[step + 1] == 0.03 && rows[step + 6] == -0.06 && rows[step + 5] != -0.06)
  }

  private static let pair = """
    v_rest: -65 mV
    compartments:
      soma: {kind: soma, cm_abs: 100 pF, gl_abs: 5 nS SOMA}
      dend: {cm_abs: 50 pF, gl_abs: 2.5 nS DEND}
    couplings: [[soma, dend, 5 nS]]

    """

  private static func pair(soma: String = "", dend: String = "", _ rest: String = "") -> String {
    pair.replacing(" SOMA", with: soma.isEmpty ? "" : ", " + soma)
      .replacing(" DEND", with: dend.isEmpty ? "" : ", " + dend) + rest
  }

  @Test("what a compartment adds, replaces and names has the bits of the same said of the model")
  func additions() throws {
    let equation =
      "dV{0}/dt = (k*gL{0}*(EL{0} - V{0})*(1 - V{0}/(100*mV)) + I{0} - m{0}*nA)/C{0} : volt"
    let added = "dm{0}/dt = (V{0}/volt - m{0})/(30*ms) : 1"
    let ofCompartment = Self.pair(
      dend: """
        replace: {'dV{0}/dt': '\(equation)'}, add_equations: '\(added)', parameters: {k: 1.5}
        """)
    let ofModel = Self.pair(
      """
      replace: {dV_dend/dt: '\(equation.replacing("{0}", with: "_dend"))'}
      equations: '\(added.replacing("{0}", with: "_dend"))'
      parameters: {k: 1.5}
      """)
    let variables = "V_soma, V_dend, m_dend"
    let found = try [ofCompartment, ofModel].map {
      try RecordedRun.of(job: Self.job($0, variables: variables), on: .fastest)
    }
    for variable in ["V_soma", "V_dend", "m_dend"] {
      let bits = try found.map { try Self.bits($0, variable) }
      #expect(bits[0] == bits[1], "\(variable)")
      #expect(Set(bits[0]).count > 300, "\(variable)")
    }
    let plain = try RecordedRun.of(
      job: Self.job(Self.pair(), variables: "V_dend"), on: .fastest)
    #expect(try Self.bits(plain, "V_dend") != Self.bits(found[0], "V_dend"))
  }

  @Test("settings of the neuron's dendritic spikes stand over those of its dendrites")
  func settings() throws {
    let times =
      "duration_rise: 1.2 ms, duration_fall: 2.4 ms, offset_fall: 0.2 ms, refractory: 5 ms"
    let spelledOut = Self.pair(
      dend: "dspikes: [{name: Na, threshold: -40 mV, g_rise: 20 nS, g_fall: 9 nS, \(times)}]")
    let shared = Self.pair(
      dend: "dspikes: [{name: Na, threshold: -20 mV, g_rise: 20 nS, g_fall: 9 nS}]",
      "dspikes: {Na: {threshold: -40 mV, \(times)}}")
    let found = try [spelledOut, shared].map {
      try RecordedRun.of(
        job: Self.job($0, stimulus: "I_ext_dend", variables: "V_dend"), on: .fastest)
    }
    #expect(try #require(found[0].events["spike_Na_dend"]).count > 4)
    #expect(found[0].events == found[1].events)
    #expect(try Self.bits(found[0], "V_dend") == Self.bits(found[1], "V_dend"))
  }

  @Test("dendritic spikes of one name keep reversal potentials of their own")
  func reversals() throws {
    func spike(_ reversal: String) -> String {
      "dspikes: [{name: Na, threshold: -40 mV, g_rise: 20 nS, g_fall: 0 nS, duration_rise: 3 ms, "
        + "duration_fall: 0 ms, offset_fall: 0 ms, refractory: 5 ms, reversal_rise: \(reversal)}]"
    }
    let run = try RecordedRun.of(
      job: Self.job(
        """
        v_rest: -65 mV
        compartments:
          soma: {kind: soma, cm_abs: 100 pF, gl_abs: 5 nS}
          near: {cm_abs: 20 pF, gl_abs: 1 nS, \(spike("0 mV"))}
          far: {cm_abs: 20 pF, gl_abs: 1 nS, \(spike("E_Ca"))}
        couplings: [[soma, near, 10 nS], [soma, far, 10 nS]]
        """, amplitude: "600 pA", variables: "V_near, V_far, I_rise_Na_near, I_rise_Na_far"),
      on: .fastest)
    for (name, reversal) in [("near", 0.0), ("far", 0.136)] {
      let rows = try zip(run.trace("I_rise_Na_\(name)"), run.trace("V_\(name)")).filter {
        $0.0 != 0
      }
      #expect(rows.count > 20)
      for (current, voltage) in rows {
        #expect(abs(current - 20e-9 * (reversal - voltage)) < 1e-20)
      }
    }
  }

  @Test("names with underscores take part in couplings of every kind")
  func underscores() throws {
    let text = Self.job(
      """
      cm: 1 uF/cm^2
      gl: 40 uS/cm^2
      r_axial: 150 ohm*cm
      v_rest: -65 mV
      compartments:
        the_soma: {kind: soma, length: 20 um, diameter: 20 um}
        dend_1: {length: 100 um, diameter: 1 um}
        dend_1_a: {length: 100 um, diameter: 1 um}
      couplings: [[the_soma, dend_1, cylinder_dend_1], [dend_1, dend_1_a, half_cylinders]]
      """, stimulus: "I_ext_the_soma", variables: "V_dend_1_a")
    let run = try RecordedRun.of(job: text, on: .fastest)
    #expect(try #require(run.trace("V_dend_1_a").max()) > -0.06)
    let job = try Job.load(text: Array(text.utf8), name: "underscores.yaml")
    guard case .neurons(let cells) = job.experiment.network.populations[0].kind else { return }
    let whole = Double.pi * 1e-12 / (4 * 1.5 * 100e-6)
    let found = cells.structure.couplings.map(\.conductance)
    #expect(found.count == 2 && found.allSatisfy { abs($0 / whole - 1) < 1e-14 })
  }

  @Test("exponential dendritic spikes that are not allowed do not come")
  func notAllowed() throws {
    let model = Self.pair(
      dend: """
        dspikes: [{name: Na, kinetics: exponential, threshold: -40 mV, g_rise: 20 nS, g_fall: 9 nS, \
        tau_rise: 0.6 ms, tau_fall: 1.2 ms, offset_fall: 0.2 ms, refractory: 5 ms}]
        """)
    func run(_ rest: String) throws -> RecordedRun {
      try RecordedRun.of(
        job: Self.job(model + rest, stimulus: "I_ext_dend", variables: "V_dend"), on: .fastest)
    }
    #expect(try #require(run("").events["spike_Na_dend"]).count > 4)
    let off = try run("initial: {allow_rise_Na_dend: false}")
    #expect(off.events["spike_Na_dend"] == [])
    let without = try RecordedRun.of(
      job: Self.job(Self.pair(), stimulus: "I_ext_dend", variables: "V_dend"), on: .fastest)
    #expect(try Self.bits(off, "V_dend") == Self.bits(without, "V_dend"))
  }

  @Test("on_pre changes any variable of the target")
  func anyVariable() throws {
    let run = try RecordedRun.of(
      job: Self.job(
        Self.pair(
          """
          equations: |
            count : integer
            on : boolean
            gain : 1
            dx/dt = -x/(10*ms) : 1
          initial: {gain: 1}
          """),
        populations: "  source: {spikes: {indices: [0, 0], times: [10 ms, 20 ms]}, size: 1}",
        projections: """
          a: {source: source, target: cells, connect: all_to_all, weight: 2 mV, \
          on_pre: 'V_dend += w; count += 1; on = True; gain = gain*3'}, \
          b: {source: source, target: 'cells[1:2]', connect: all_to_all, on_pre: 'x += gain*w'}
          """, variables: "V_dend, count, on, gain, x"), on: .fastest)
    let rows = try ["count", "on", "gain", "x"].map { try run.trace($0, neuron: 1) }
    #expect([100, 101, 200, 201].map { rows[0][$0] } == [0, 1, 1, 2])
    #expect([100, 101, 201].map { rows[1][$0] } == [0, 1, 1])
    #expect([100, 101, 201].map { rows[2][$0] } == [1, 3, 9])
    #expect(rows[3][100] == 0 && rows[3][101] == 3 && rows[3][201] > 9)
    #expect(try run.trace("x").max() == 0)
    let voltage = try run.trace("V_dend")
    #expect(voltage[101] - voltage[100] > 1.9e-3)
  }

  @Test("custom events act when their conditions hold, and once more when told so")
  func events() throws {
    let run = try RecordedRun.of(
      job: Self.job(
        Self.pair(
          """
          equations: |
            is_up : boolean
            crossings : integer
          events:
            up: {condition: V_soma > -50*mV and not is_up, action: is_up = True; crossings += 1}
            down: {condition: V_soma < -55*mV and is_up, action: is_up = False}
          """), variables: "V_soma, crossings", duration: "100 ms"), on: .fastest)
    let up = try #require(run.events["up"]?.filter { $0.neuron == 0 }.map { Int($0.step) })
    let down = try #require(run.events["down"]?.filter { $0.neuron == 0 }.map { Int($0.step) })
    let voltage = try run.trace("V_soma")
    // The event of a step sees the state after its update, which is the next row.
    #expect(up == [try #require(voltage.firstIndex { $0 > -0.05 }) - 1])
    #expect(down == [try #require(voltage.lastIndex { $0 >= -0.055 })])
    #expect(try run.trace("crossings").last == 1)
  }

  @Test(
    "a scaled conductance peaks at its g, with times that differ and with equal ones",
    arguments: [("2 ms", "5 ms"), ("5 ms", "5 ms"), ("5 ms", "2 ms")])
  func scaled(rise: String, decay: String) throws {
    let model =
      Self.pair(
        dend: """
          synapses: [{channel: GABA, tag: x, g: 2 nS, t_rise: \(rise), t_decay: \(decay), scale_g: true}]
          """) + "equations: 'G = I_GABA_x_dend/(E_GABA - V_dend) : siemens'"
    let run = try RecordedRun.of(
      job: Self.job(
        model, amplitude: "0 pA",
        populations: "  source: {spikes: {indices: [0], times: [10 ms]}, size: 1}",
        projections:
          "a: {source: source, target: cells, connect: all_to_all, on_pre: s_GABA_x_dend += 1}",
        variables: "G"), on: .fastest)
    // Euler's rule with steps of 0.1 ms peaks within a few per cent of the continuous peak.
    let peak = try #require(run.trace("G").max())
    #expect(abs(peak / 2e-9 - 1) < 0.03, "\(peak)")
  }
}
