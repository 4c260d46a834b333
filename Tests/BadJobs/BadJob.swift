/// A job that must be refused: one thing is wrong with it, at one place.
///
/// Most are the good job below with a piece replaced. The sign ⟦ in a text marks the character
/// at which the error must be reported, and is taken out.
package struct BadJob: Sendable, CustomStringConvertible {
  /// What is wrong.
  package let name: String
  /// The file.
  package let bytes: [UInt8]
  /// Where the error must be reported, from 1.
  package let line: Int
  package let column: Int
  /// The beginning of the message.
  package let message: String

  package var description: String { name }

  /// A job given whole.
  init(
    _ name: String, text: String, _ message: String, at place: (line: Int, column: Int)? = nil
  ) {
    var line = 1
    var column = 1
    var clean = String.UnicodeScalarView()
    var isBefore = true
    for scalar in text.unicodeScalars {
      if scalar == "⟦" {
        isBefore = false
        continue
      }
      clean.append(scalar)
      guard isBefore else { continue }
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    self.name = name
    self.bytes = Array(String(clean).utf8)
    self.line = place?.line ?? (isBefore ? 1 : line)
    self.column = place?.column ?? (isBefore ? 1 : column)
    self.message = message
  }

  /// The good job with one piece replaced; `place` where the error is not in the new piece.
  init(
    _ name: String, _ old: String, _ new: String, _ message: String,
    at place: (line: Int, column: Int)? = nil
  ) {
    var text = BadJob.goodJob
    if let range = text.firstRange(of: old) {
      text.replaceSubrange(range, with: new)
    } else {
      text = "the good job holds no '\(old)'"
    }
    self.init(name, text: text, message, at: place)
  }

  /// A file that is not text.
  init(_ name: String, bytes: [UInt8], at place: (line: Int, column: Int), _ message: String) {
    self.name = name
    self.bytes = bytes
    (line, column) = place
    self.message = message
  }

  /// A job with which nothing is wrong.
  package static let goodJob = """
    name: a small network
    constants:
      neurons: 20
      rest: -60 mV
      twice: 2*rest
    simulation: {duration: 100 ms, dt: 0.1 ms, seed: 7}
    models:
      cell:
        cm: 1 uF/cm^2
        gl: 40 uS/cm^2
        r_axial: 150 ohm*cm
        v_rest: rest
        compartments:
          soma: {kind: soma, model: leakyIF, length: 25 um, diameter: 25 um}
          dend:
            length: 100 um
            diameter: 1 um
            noise: {tau: 20 ms, sigma: 1 pA}
            synapses:
              - {channel: AMPA, tag: X, g: 1 nS, t_rise: 0.5 ms, t_decay: 5 ms, scale_g: true}
            dspikes:
              - name: Na
                threshold: -40 mV
                g_rise: 30 nS
                g_fall: 10 mS/cm^2
                duration_rise: 1.2 ms
                duration_fall: 2.4 ms
                offset_fall: 0.2 ms
                refractory: 5 ms
                reversal_rise: 50 mV
        couplings:
          - [soma, dend, half_cylinders]
        equations: |
          # a gate of the user's own
          dgate_x/dt = -gate_x/(20*ms) : 1
          gain : 1 (constant)
        parameters: {E_AMPA: 0 mV}
        events:
          high: {condition: V_dend > -30*mV, action: gate_x += 1}
        initial: {V_soma: -60*mV + 5*mV*rand(), gain: 1}
        spike:
          threshold: V_soma > -50*mV
          reset: V_soma = rest
          refractory: 4 ms
      lif:
        point: {model: leakyIF, cm_abs: 100 pF, gl_abs: 5 nS, v_rest: rest}
        spike: {threshold: V > -50*mV, reset: V = rest, refractory: 3 ms}
      free:
        equations: 'dx/dt = -x/(10*ms) : 1'
    populations:
      pyr: {model: cell, size: neurons, parameters: {gain: {normal: [1, 0.1], min: 0}}}
      inh: {model: lif, size: 5, initial: {V: [-60 mV, -61 mV, -62 mV, -63 mV, -64 mV]}}
      odd: {model: free, size: 2}
      noise: {poisson: {rate: 50 Hz, start: 10 ms, stop: 90 ms}, size: neurons}
      wave: {poisson: {rate: 'twice/rest*(1 + sin(t/ms))*Hz', sources: 10}, size: 3}
      list: {spikes: {indices: [0, 1], times: [5 ms, 7.5 ms]}, size: 2}
    projections:
      input: {source: noise, target: pyr, connect: one_to_one, on_pre: s_AMPA_X_dend += 1}
      recurrent:
        source: pyr[0:10]
        target: pyr
        connect: {probability: 'min(1, 5/neurons)'}
        autapses: false
        weight: {uniform: [0.1, 0.2]}
        delay: 1.5 ms
        on_pre: s_AMPA_X_dend += w
      few: {source: list, target: inh, connect: {pairs: [[1, 4], [0, 2]]}, weight: [1 mV, 2 mV], on_pre: V += w}
    stimuli:
      current:
        population: pyr
        neurons: 0:10:2
        variable: I_ext_soma
        steps: [[0 ms, 0 pA], [50 ms, {linspace: [0 pA, 200 pA]}]]
    record:
      spikes: [pyr, noise]
      events: [pyr.spike_Na_dend, pyr.high]
      states:
        soma: {population: pyr, variables: [V_soma, I_dend], neurons: [0, 3], every: 1 ms}
      rates: {every: 1 ms}
    checkpoint: {every_wall: 10 min, keep: 3}

    """
}
