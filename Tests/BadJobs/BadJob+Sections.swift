extension BadJob {
  static let models: [BadJob] = [
    BadJob(
      "a coupling cycle", "- [soma, dend, half_cylinders]",
      "- [soma, dend, half_cylinders]\n      - ⟦[dend, soma, 1 nS]",
      "coupling 'dend' and 'soma' closes a cycle"),
    BadJob(
      "a coupling to itself", "[soma, dend, half_cylinders]", "⟦[soma, soma]",
      "compartment 'soma' is coupled to itself"),
    BadJob(
      "a coupling to nothing", "[soma, dend, half_cylinders]", "⟦[soma, dent]",
      "there is no compartment 'dent'"),
    BadJob(
      "a compartment left out",
      text: """
        simulation: {duration: 1 ms}
        models:
          cell:
            v_rest: -60 mV
            compartments:
              soma: {kind: soma, cm_abs: 100 pF, gl_abs: 5 nS}
              dend: {cm_abs: 100 pF, gl_abs: 5 nS}
            couplings: ⟦[]
        populations: {pyr: {model: cell, size: 1}}
        """, "no coupling connects 'dend'"),
    BadJob(
      "no soma", "kind: soma, model: leakyIF", "model: leakyIF",
      "the neuron spikes but none of its compartments is a soma", at: (14, 7)),
    BadJob(
      "a coupling with the wrong unit", "[soma, dend, half_cylinders]", "[soma, dend, ⟦15 nA]",
      "'conductance' is a current (A), where a conductance"),
    BadJob("unknown kind", "kind: soma", "kind: ⟦some", "'kind' is soma or dendrite, not 'some'"),
    BadJob(
      "unknown membrane", "model: leakyIF, length", "model: ⟦leakyIf, length",
      "'model' is passive or leakyIF"),
    BadJob("unknown channel", "channel: AMPA", "channel: ⟦AMPAR", "'channel' is AMPA or NMDA"),
    BadJob(
      "synapse without conductance", "{channel: AMPA, tag: X, g: 1 nS,",
      "⟦{channel: AMPA, tag: X,", "a synapse needs 'g'"),
    BadJob("negative conductance", "g: 1 nS", "g: ⟦-1 nS", "'g' must not be negative"),
    BadJob(
      "negative length", "length: 100 um", "length: ⟦-100 um",
      "'length' must be greater than 0"),
    BadJob(
      "times of the other kinetics", "duration_rise: 1.2 ms",
      "duration_rise: 1.2 ms\n            tau_rise: ⟦1 ms",
      "'tau_rise' belongs to exponential kinetics"),
    BadJob(
      "dendritic spike without threshold", "            threshold: -40 mV\n", "",
      "'threshold' is missing", at: (22, 13)),
    BadJob(
      "a conductance in mV", "g_rise: 30 nS", "g_rise: ⟦30 mV",
      "'g_rise' is a voltage (V), where a conductance"),
    BadJob(
      "compartments and point", "    couplings:", "    ⟦point: {model: leakyIF}\n    couplings:",
      "a model has 'compartments' or 'point', not both"),
    BadJob(
      "model-wide value of a point neuron", "  lif:\n", "  lif:\n    ⟦cm: 1 uF/cm^2\n",
      "'cm' belongs to a model with 'compartments'"),
    BadJob(
      "a model of nothing", "  free:\n    equations: 'dx/dt = -x/(10*ms) : 1'",
      "  ⟦free: {}", "a model needs 'compartments', 'point' or 'equations'"),
    BadJob(
      "spike without threshold", "    spike:\n      threshold: V_soma > -50*mV\n",
      "    ⟦spike:\n", "'spike' needs 'threshold'"),
    BadJob(
      "second reset without width", "reset: V_soma = rest\n",
      "reset: V_soma = rest\n      second_reset: ⟦V_soma = rest\n",
      "'second_reset' needs 'spike_width'"),
    BadJob(
      "a wide spike", "reset: V_soma = rest\n",
      "reset: V_soma = rest\n      second_reset: V_soma = rest\n      spike_width: ⟦6.5 ms\n",
      "'spike_width' must not be longer than 64 steps"),
    BadJob(
      "parameter of the wrong dimension", "E_AMPA: 0 mV", "E_AMPA: ⟦0 pA",
      "'E_AMPA' must be a voltage (V), not a current"),
  ]

  static let equations: [BadJob] = [
    BadJob(
      "undefined name in a threshold", "V_soma > -50*mV\n", "⟦V_some > -50*mV\n",
      "`V_some` is not defined"),
    BadJob(
      "wrong unit in a threshold", "V_soma > -50*mV\n", "V_soma > ⟦-50*ms\n",
      "cannot compare `V_soma`, a voltage (V), with"),
    BadJob(
      "undefined name in a reset", "reset: V_soma = rest\n", "reset: V_soma = ⟦rst\n",
      "`rst` is not defined"),
    BadJob(
      "wrong unit in a reset", "reset: V_soma = rest\n", "reset: V_soma = ⟦1*nS\n",
      "`1*nS` is a conductance (S), where a voltage"),
    BadJob(
      "undefined name in equations", "-gate_x/(20*ms) : 1", "-⟦gate_y/(20*ms) : 1",
      "`gate_y` is not defined"),
    BadJob(
      "syntax error in equations", "-gate_x/(20*ms) : 1", "-gate_x/(20*⟦) : 1",
      "`)` cannot stand here"),
    BadJob(
      "wrong dimension in equations", "-gate_x/(20*ms) : 1", "⟦-gate_x/(20*mV) : 1",
      "`-gate_x/(20*mV)` is a quantity"),
    BadJob(
      "undefined name in a quoted equation", "-x/(10*ms)", "-⟦z/(10*ms)", "`z` is not defined"),
    BadJob(
      "undefined name in a condition", "condition: V_dend >", "condition: ⟦V_dent >",
      "`V_dent` is not defined"),
    BadJob(
      "undefined name in an action", "action: gate_x += 1", "action: gate_x += ⟦gx",
      "`gx` is not defined"),
    BadJob(
      "undefined name in an initial value", "5*mV*rand(), gain", "5*mV*⟦rnd(), gain",
      "there is no function `rnd`"),
    BadJob(
      "wrong dimension of an initial value", "{V_soma: -60*mV + 5*mV*rand(),",
      "{V_soma: ⟦5*rand(),", "`5*rand()` is a plain number"),
    BadJob(
      "undefined name in on_pre", "on_pre: s_AMPA_X_dend += 1", "on_pre: ⟦s_AMPA_X_den += 1",
      "`s_AMPA_X_den` is not defined"),
    BadJob(
      "undefined name in a rate", "sin(t/ms)", "sin(⟦tt/ms)",
      "`tt` is neither a constant nor a unit"),
    BadJob("wrong dimension of a rate", "rate: 50 Hz", "rate: ⟦50 ms", "'rate' is a time (s)"),
    BadJob(
      "wrong dimension of a weight", "weight: [1 mV, 2 mV], on_pre: V += w",
      "weight: [1, 2], on_pre: V += ⟦w", "`w` is a plain number, where a voltage"),
  ]

  static let generators: [BadJob] = [
    BadJob("negative rate", "rate: 50 Hz", "rate: ⟦-50 Hz", "'rate' must not be negative"),
    BadJob("stop before start", "stop: 90 ms", "stop: ⟦10 ms", "'stop' must come after 'start'"),
    BadJob("no sources", "sources: 10", "sources: ⟦0", "'sources' must be from 1"),
    BadJob(
      "rates for other units", "rate: 50 Hz", "rate: ⟦[50 Hz, 60 Hz]",
      "there are 2 values for 20 units"),
    BadJob(
      "times for other indices", "times: [5 ms, 7.5 ms]", "times: ⟦[5 ms]",
      "there are 1 times for 2 indices"),
    BadJob(
      "an index beyond the units", "indices: [0, 1]", "indices: [0, ⟦2]",
      "'indices' must be from 0 to 1"),
    BadJob(
      "a spike before the start", "times: [5 ms,", "times: [⟦-5 ms,",
      "'times' must not be negative"),
    BadJob(
      "two spikes at once", "indices: [0, 1], times: [5 ms, 7.5 ms]",
      "indices: [0, 0], times: ⟦[5 ms, 5.02 ms]", "unit 0 fires twice in step 50"),
    BadJob(
      "two kinds of population", "size: 5, initial", "size: 5, poisson: {rate: 1 Hz}, initial",
      "a population has one of 'model', 'poisson' and 'spikes'", at: (52, 3)),
    BadJob(
      "no kind of population", "{model: free, size: 2}", "{size: 2}",
      "a population needs 'model', 'poisson' or 'spikes'", at: (53, 3)),
    BadJob(
      "initial of a generator", "sources: 10}, size: 3", "sources: 10}, size: 3, ⟦initial: {V: 1}",
      "'initial' belongs to a population of neurons"),
    BadJob(
      "spikes of a missing reader", "{indices: [0, 1], times: [5 ms, 7.5 ms]}",
      "{file: ⟦spikes.h5, population: p}", "cannot read the spikes of 'spikes.h5'"),
  ]

  static let projections: [BadJob] = [
    BadJob(
      "no rule", "    connect: {probability: 'min(1, 5/neurons)'}\n", "",
      "a projection needs 'connect'", at: (59, 3)),
    BadJob(
      "unknown rule", "connect: one_to_one", "connect: ⟦one_to_on",
      "'connect' is one_to_one or all_to_all, not 'one_to_on'"),
    BadJob(
      "two rules", "{probability: 'min(1, 5/neurons)'}", "⟦{probability: 0.1, indegree: 5}",
      "'connect' takes one rule, not 2"),
    BadJob(
      "a probability above 1", "'min(1, 5/neurons)'", "⟦'50/neurons'",
      "'probability' must be from 0 to 1"),
    BadJob(
      "one to one of unequal sizes", "source: noise, target: pyr, connect: one_to_one",
      "source: list, target: pyr, connect: ⟦one_to_one",
      "one_to_one needs as many sources as targets"),
    BadJob(
      "a pair beyond the targets", "[[1, 4], [0, 2]]", "[[1, ⟦5], [0, 2]]",
      "'pairs' must be from 0 to 4"),
    BadJob(
      "an unknown store", "autapses: false", "store: ⟦disk",
      "'store' is memory or procedural, not 'disk'"),
    BadJob(
      "pairs that are not kept", "weight: [1 mV, 2 mV], on_pre: V += w",
      "weight: [1 mV, 2 mV], store: ⟦procedural, on_pre: V += w",
      "pairs that are listed have to be kept"),
    BadJob("half a pair", "[[1, 4], [0, 2]]", "[[1, 4], ⟦[0]]", "a pair is [source, target]"),
    BadJob(
      "more sources than there are",
      "connect: {probability: 'min(1, 5/neurons)'}",
      "connect: {indegree: ⟦11}\n    multapses: false",
      "'indegree' of 11 is not possible without multapses"),
    BadJob(
      "negative degree", "{probability: 'min(1, 5/neurons)'}", "{outdegree: ⟦-1}",
      "'outdegree' must be from 0"),
    BadJob(
      "condition without i and j", "{probability: 'min(1, 5/neurons)'}",
      "{condition: ⟦k > 3}", "`k` is not defined"),
    BadJob("negative delay", "delay: 1.5 ms", "delay: ⟦-1.5 ms", "'delay' must not be negative"),
    BadJob("endless delay", "delay: 1.5 ms", "delay: ⟦1e9 s", "'delay' is longer than"),
    BadJob(
      "a delay that may be negative", "delay: 1.5 ms", "delay: {normal: ⟦[1 ms, 1 ms]}",
      "'delay' could be negative"),
    BadJob(
      "hopeless bounds", "{uniform: [0.1, 0.2]}", "{uniform: ⟦[0.1, 0.2], min: 0.3}",
      "hardly any draw would fall between"),
    BadJob(
      "bounds crossed", "{uniform: [0.1, 0.2]}", "{uniform: ⟦[0.1, 0.2], min: 0.2, max: 0.1}",
      "'min' must be below 'max'"),
    BadJob(
      "negative deviation", "{uniform: [0.1, 0.2]}", "{normal: ⟦[0.1, -0.2]}",
      "the standard deviation must not be negative"),
    BadJob(
      "a list of weights for random synapses", "{uniform: [0.1, 0.2]}", "⟦[0.1, 0.2]",
      "a list needs a known number of synapses"),
    BadJob(
      "weights for other pairs", "weight: [1 mV, 2 mV]", "weight: ⟦[1 mV, 2 mV, 3 mV]",
      "there are 3 values for 2 synapses"),
    BadJob(
      "mixed dimensions", "weight: [1 mV, 2 mV]", "weight: [1 mV, ⟦2 nS]",
      "'weight' is a conductance (S), where a voltage"),
    BadJob(
      "a variable of the source", "on_pre: s_AMPA_X_dend += w\n",
      "on_pre: s_AMPA_X_dend += ⟦V_pre\n",
      "`V_pre` would read a variable of the source neuron"),
    BadJob("not a flag", "autapses: false", "autapses: ⟦no", "'autapses' is true or false"),
  ]

  static let recordings: [BadJob] = [
    BadJob(
      "a population twice", "spikes: [pyr, noise]", "spikes: [pyr, ⟦pyr]",
      "'pyr' is listed twice"),
    BadJob(
      "states of a generator", "soma: {population: pyr,", "soma: {population: ⟦noise,",
      "'noise' is a generator and cannot be recorded"),
    BadJob(
      "a name of another file", "    soma: {population", "    ⟦spikes: {population",
      "'spikes.h5' holds something else already"),
    BadJob(
      "a window that ends before it starts", "every: 1 ms}\n  rates",
      "from: 5 ms, to: ⟦4 ms}\n  rates", "'to' must come after 'from'"),
    BadJob(
      "a stimulus back in time", "[50 ms, {linspace", "[⟦0 ms, {linspace",
      "this is not later, in steps of dt"),
    BadJob(
      "a stimulus of the wrong dimension", "[0 ms, 0 pA]", "[0 ms, ⟦0 mV]",
      "'steps' is a voltage (V), where a current"),
    BadJob(
      "a stimulus without a course",
      "    steps: [[0 ms, 0 pA], [50 ms, {linspace: [0 pA, 200 pA]}]]\n", "",
      "a stimulus needs 'steps'", at: (69, 3)),
  ]

  static let notYet: [BadJob] = [
    BadJob(
      "plasticity", "    autapses: false", "    ⟦plasticity: {rule: stdp}",
      "'plasticity' is not available yet"),
    BadJob(
      "a circuit", "  rates: {every: 1 ms}", "  ⟦circuit: true",
      "'circuit: true' is not available yet"),
    BadJob(
      "a window of rates", "rates: {every: 1 ms}", "rates: {every: 1 ms, ⟦from: 1 ms}",
      "'from' of 'rates' is not available yet"),
  ]
}
