/// Models and equations that cannot be, of compartments and of point neurons.
extension BadJob {
  /// A job of a soma and a dendrite; what is given follows the dendrite's and the model's keys.
  private static func cell(
    _ name: String, dend: String = "", model: String = "", _ message: String,
    at place: (line: Int, column: Int)? = nil
  ) -> BadJob {
    BadJob(
      name,
      text: """
        simulation: {duration: 1 ms}
        models:
          cell:
            v_rest: -60 mV
            compartments:
              soma: {kind: soma, cm_abs: 100 pF, gl_abs: 5 nS}
              dend: {cm_abs: 100 pF, gl_abs: 5 nS\(dend.isEmpty ? "" : ", " + dend)}
            couplings: [[soma, dend, 5 nS]]
        \(model.isEmpty ? "" : "    " + model)
        populations: {pyr: {model: cell, size: 1}}
        """, message, at: place)
  }

  /// A job of a point neuron.
  private static func point(
    _ name: String, _ keys: String, model: String = "", _ message: String,
    at place: (line: Int, column: Int)? = nil
  ) -> BadJob {
    BadJob(
      name,
      text: """
        simulation: {duration: 1 ms}
        models:
          cell:
            point: {\(keys)}
        \(model.isEmpty ? "" : "    " + model)
        populations: {pyr: {model: cell, size: 1}}
        """, message, at: place)
  }

  private static let lif = "cm_abs: 10 pF, gl_abs: 5 nS, v_rest: -60 mV"
  private static let ampa = "channel: AMPA, tag: a, g: 1 nS, t_decay: 1 ms"
  private static let pulse =
    "threshold: -40 mV, g_rise: 1 nS, g_fall: 1 nS, duration_rise: 1 ms, duration_fall: 1 ms, "
    + "offset_fall: 1 ms, refractory: 1 ms"

  static let mechanisms: [BadJob] = [
    cell(
      "the same synapse twice",
      dend: "synapses: [{\(ampa)}, {channel: AMPA, tag: ⟦a, g: 1 nS, t_decay: 1 ms}]",
      "there are two AMPA synapses 'a' here"),
    cell(
      "a tag with a hyphen", dend: "synapses: [{channel: AMPA, tag: ⟦a-b, g: 1 nS, t_decay: 1 ms}]",
      "'a-b' cannot be the name of a synapse"),
    cell(
      "a synapse without decay", dend: "synapses: [⟦{channel: AMPA, tag: a, g: 1 nS}]",
      "a synapse needs 't_decay'"),
    cell(
      "a rise of no time", dend: "synapses: [{\(ampa), t_rise: ⟦0 ms}]",
      "'t_rise' must be greater than 0"),
    cell(
      "a dendritic spike of a name alone", dend: "dspikes: [⟦{name: Na}]", "'threshold' is missing"),
    cell(
      "the same dendritic spike twice",
      dend: "dspikes: [{name: Na, \(pulse)}, {name: ⟦Na, \(pulse)}]",
      "there are two dendritic spikes 'Na' here"),
    cell(
      "a dendritic spike that begins with a digit", dend: "dspikes: [{name: ⟦2Na, \(pulse)}]",
      "'2Na' cannot be the name of a dendritic spike"),
    cell(
      "a density without dimensions",
      dend: "dspikes: [{name: Na, \(pulse.replacing("g_rise: 1 nS", with: "g_rise: ⟦1 mS/cm^2"))}]",
      "a conductance per area needs the compartment's length and diameter"),
    cell(
      "an unknown reversal potential",
      dend: "dspikes: [{name: Na, \(pulse), reversal_rise: ⟦E_Li}]",
      "'E_Li', the reversal potential, is missing"),
    cell(
      "a reversal potential that is none",
      dend: "dspikes: [{name: Na, \(pulse), reversal_fall: ⟦Mg_con}]",
      "'Mg_con', the reversal potential, is a plain number, not a voltage"),
    cell(
      "settings of a dendritic spike that is not there",
      model: "dspikes: {K: ⟦{threshold: -40 mV}}",
      "no compartment has a dendritic spike 'K'"),
    cell(
      "settings with a slip", model: "dspikes: {Na: {⟦treshold: -40 mV}}",
      "a dendritic spike has no key 'treshold'"),
    cell(
      "settings as a list", model: "dspikes: ⟦[{name: Na}]",
      "'dspikes' is a map of dendritic spikes by their names, not a list"),
    cell(
      "settings of the other kinetics",
      dend:
        "dspikes: [{name: Na, \(pulse.replacing("duration_rise: ", with: "duration_rise: ⟦"))}]",
      model: "dspikes: {Na: {kinetics: exponential}}",
      "'duration_rise' belongs to pulse kinetics, and these are exponential"),
    cell("noise of no time", dend: "noise: {tau: ⟦0 ms}", "'tau' must be greater than 0"),
    cell(
      "noise in volts", dend: "noise: {sigma: ⟦1 mV}", "'sigma' is a voltage (V), where a current"),
    cell("noise as a list", dend: "noise: ⟦[1 pA]", "'noise' is a map, not a list"),
    cell(
      "a length beside cm_abs", dend: "length: ⟦10 um",
      "'length' cannot stand beside 'cm_abs' or 'gl_abs'"),
    cell(
      "a model-wide cm beside cm_abs", model: "cm: ⟦1 uF/cm^2",
      "'cm' cannot stand beside 'cm_abs' or 'gl_abs'"),
    cell(
      "a scale of nothing", dend: "scale_factor: ⟦0", "'scale_factor' must be greater than 0"),
    cell(
      "adex without its parameters", dend: "model: adex",
      "'Vth_dend', a parameter of the membrane model 'adex', is missing", at: (3, 3)),
    cell(
      "adaptiveIF with half of its parameters", dend: "model: adaptiveIF",
      model: "⟦parameters: {tauw_dend: 10 ms}",
      "'a_dend', a parameter of the membrane model 'adaptiveIF', is missing"),
    cell(
      "a time constant in volts", dend: "model: adaptiveIF",
      model: "parameters: {tauw_dend: ⟦10 mV, a_dend: 1 nS}",
      "'tauw_dend', a parameter of the membrane model 'adaptiveIF', is a voltage (V), not a time"),
    cell(
      "cadIF without its parameters", dend: "model: cadIF",
      "'EA', a parameter of the membrane model 'cadIF', is missing", at: (3, 3)),
    BadJob(
      "a parameter with two values",
      text: """
        simulation: {duration: 1 ms}
        models:
          cell:
            v_rest: -60 mV
            compartments:
              soma: {kind: soma, cm_abs: 100 pF, gl_abs: 5 nS, parameters: {k: 1}}
              dend: {cm_abs: 100 pF, gl_abs: 5 nS, parameters: {k: ⟦2}}
            couplings: [[soma, dend, 5 nS]]
        populations: {pyr: {model: cell, size: 1}}
        """, "another compartment gives 'k' another value"),
    point(
      "a point neuron without capacitance", "gl_abs: 5 nS, v_rest: -60 mV", "'cm_abs' is missing",
      at: (4, 5)),
    point(
      "a point neuron without rest", "cm_abs: 10 pF, gl_abs: 5 nS", "'v_rest' is missing",
      at: (4, 5)),
    point("a point neuron of nothing", "", "'v_rest' is missing", at: (4, 5)),
    point(
      "a point neuron with two descriptions", "\(lif), length: ⟦10 um",
      "'length' cannot stand beside 'cm_abs' or 'gl_abs'"),
    point(
      "a point neuron that is half cadIF", "\(lif), model: cadIF",
      model: "⟦parameters: {EA: -65 mV, gAmax: 1 nS}",
      "'tauA', a parameter of the membrane model 'cadIF', is missing"),
    point(
      "dendritic spikes of a point neuron", "\(lif), ⟦dspikes: [{name: Na}]",
      "'point' has no key 'dspikes'"),
    point(
      "settings of dendritic spikes of a point neuron", lif, model: "⟦dspikes: {Na: {}}",
      "'dspikes' belongs to a model with 'compartments'"),
    point(
      "couplings of a point neuron", lif, model: "⟦couplings: [[a, b]]",
      "'couplings' belongs to a model with 'compartments'"),
    point(
      "the same synapse twice on a point neuron",
      "\(lif), synapses: [{\(ampa)}, {channel: AMPA, tag: ⟦a, g: 1 nS, t_decay: 1 ms}]",
      "there are two AMPA synapses 'a' here"),
    point(
      "a second reset of a point neuron without width", lif,
      model: "spike: {threshold: V > -50*mV, second_reset: ⟦V = -60*mV}",
      "'second_reset' needs 'spike_width'"),
    point(
      "a second reset of a compartment that is none", lif,
      model: "spike: {threshold: V > -50*mV, second_reset: ⟦V_soma = -60*mV, spike_width: 1 ms}",
      "`V_soma` is not defined"),
    point(
      "a width without second reset", lif,
      model: "spike: {threshold: V > -50*mV, reset: V = -60*mV, spike_width: ⟦1 ms}",
      "'spike_width' is of use only with 'second_reset'"),
  ]

  static let customizations: [BadJob] = [
    cell(
      "model and equations", dend: "model: passive, ⟦equations: 'I{0} : amp'",
      "'equations' stand in place of 'model': give one of them"),
    cell(
      "own equations without the sum of currents",
      dend: "equations: ⟦'dV{0}/dt = -V{0}/(10*ms) : volt'",
      "the equations have no subexpression 'I_dend' for the currents to go to"),
    cell(
      "own equations whose sum is a parameter",
      dend: "equations: ⟦\"dV{0}/dt = I{0}/C{0} : volt\\nI{0} : amp\"",
      "the equations have no subexpression 'I_dend' for the currents to go to"),
    cell(
      "own equations without a voltage", dend: "equations: ⟦'I{0} = 0*nA : amp'",
      "the equations have no 'V_dend', the voltage that the currents depend on"),
    cell(
      "own equations with another compartment's name",
      dend: "equations: \"dV{0}/dt = I{0}/⟦C_den : volt\\nI{0} = 0*nA : amp\"",
      "`C_den` is not defined"),
    cell(
      "added equations of the wrong dimension", dend: "add_equations: 'x{0} = ⟦2*V{0} : 1'",
      "`2*V_dend` is a voltage (V), where a plain number is due"),
    cell(
      "added equations that are there already", dend: "add_equations: ⟦'I{0} = 2*nA : amp'",
      "'I_dend' is defined by two equations"),
    cell(
      "the model's equations that are there already", model: "equations: ⟦'V_dend : volt'",
      "'V_dend' is defined by two equations"),
    cell(
      "a compartment replaces what it has not", dend: "replace: {'dU{0}/dt': ⟦'x = 1 : 1'}",
      "no equation has the left side 'dU_dend/dt'"),
    cell(
      "a compartment's new equation with a slip",
      dend: "replace: {'dV{0}/dt': 'dV{0}/dt = gL{0}*⟦(EL{0} - V{0} : volt'}",
      "`(` is never closed"),
    cell(
      "the model replaces what it has not",
      model: "replace: {dV_den/dt: ⟦'dV_den/dt = 0*volt/second : volt'}",
      "no equation has the left side 'dV_den/dt'"),
    cell(
      "a new equation of nothing", model: "replace: {dV_dend/dt: ⟦'# nothing'}",
      "there is no equation to put in its place"),
    cell(
      "a new equation of the wrong dimension",
      model: "replace: {dV_dend/dt: 'dV_dend/dt = ⟦gL_dend*(EL_dend - V_dend) : volt'}",
      "`gL_dend*(EL_dend - V_dend)` is a current (A), where a voltage per time"),
    point(
      "a point neuron replaces what it has not", lif,
      model: "replace: {dv/dt: ⟦'dv/dt = 0*volt/second : volt'}",
      "no equation has the left side 'dv/dt'"),
    cell(
      "a parameter that an equation gives", model: "parameters: {V_dend: ⟦-60 mV}",
      "'V_dend' is given by an equation, so it cannot be a parameter"),
    cell(
      "a parameter named like a unit", model: "parameters: {mV: ⟦1 volt}",
      "`mV` is the name of a unit"),
    cell(
      "an equation without unit", model: "equations: 'dx/dt = -x/(10*ms)⟦'",
      "the equation of `x` has no unit"),
    cell(
      "an unknown unit", model: "equations: 'dx/dt = -x/(10*ms) : ⟦mvolts'",
      "`mvolts` is not a known unit"),
    cell("an unknown flag", model: "equations: 'x : 1 (⟦constnt)'", "`constnt` is not a flag"),
    cell(
      "equations in a circle", model: "equations: \"⟦x = y : 1\\ny = x : 1\"",
      "`x` needs itself: `x` needs `y` needs `x`"),
    cell(
      "an internal name as a variable", model: "equations: '⟦t : 1'",
      "no variable can have this name: `t` has a meaning of its own"),
    cell(
      "an integer with a derivative", model: "equations: 'dx/dt = 1*Hz : ⟦integer'",
      "a differential equation needs a unit"),
    cell(
      "noise in a subexpression", model: "equations: 'x = ⟦xi : second**-0.5'",
      "`xi` is white noise, which only a differential equation can hold"),
    cell(
      "an exponent with a unit", model: "equations: 'x = 2**⟦(3*mV) : 1'",
      "an exponent is a plain number"),
    cell(
      "the exponential of a voltage", model: "equations: 'x = exp(⟦V_soma) : 1'",
      "`exp` needs a plain number"),
    cell(
      "an exponential of two", model: "equations: 'x = ⟦exp(1, 2) : 1'",
      "`exp` takes 1 argument, not 2"),
    cell(
      "an event named spike",
      model: "events: {spike: ⟦{condition: V_soma > -50*mV, action: V_soma = 0*mV}}",
      "'spike' is the spike of the neuron"),
    cell(
      "an event named like a dendritic spike's", dend: "dspikes: [{name: Na, \(pulse)}]",
      model: "events: {spike_Na_dend: ⟦{condition: V_soma > -50*mV, action: V_soma = 0*mV}}",
      "there are two events 'spike_Na_dend'"),
    cell(
      "an event without action", model: "events: {⟦up: {condition: V_soma > -50*mV}}",
      "an event needs 'action'"),
    cell(
      "an event that assigns to a constant",
      model: "events: {up: {condition: V_soma > -50*mV, action: ⟦gL_soma = 1*nS}}",
      "`gL_soma` is a constant and cannot be assigned to"),
    cell(
      "a reset that compares",
      model: "spike: {threshold: V_soma > -50*mV, reset: V_soma ⟦== -60*mV}",
      "`==` compares; it assigns nothing"),
    cell(
      "a reset of a subexpression",
      model: "spike: {threshold: V_soma > -50*mV, reset: ⟦I_soma = 0*nA}",
      "`I_soma` is a subexpression and cannot be assigned to"),
    cell(
      "a threshold that is no condition", model: "spike: {threshold: ⟦V_soma}",
      "`V_soma` is a voltage (V), where a condition is due"),
    cell(
      "two conditions", model: "spike: {threshold: 'V_soma > -50*mV⟦; V_soma < 0*mV'}",
      "`;` cannot stand here"),
    cell(
      "refractory for a voltage", model: "spike: {threshold: V_soma > -50*mV, refractory: ⟦V_soma}",
      "`V_soma` is a voltage (V), where `refractory` needs a time or a condition"),
    cell(
      "the start of a subexpression", model: "initial: {⟦I_soma: 1 nA}",
      "'I_soma' is given by an equation and cannot be set"),
    cell(
      "a list of starts in a model", model: "initial: {V_soma: ⟦[-60 mV]}",
      "a model gives one value or expression for all neurons"),
  ]
}
