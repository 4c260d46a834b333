extension BadJob {
  /// Every way of being wrong that a job is tested for.
  package static let all: [BadJob] =
    files + keys + quantities + sizes + references + models + mechanisms + equations
    + customizations + generators + projections + recordings + stimuli + schedule + methods + notYet
    + sweeps

  private static let files: [BadJob] = [
    BadJob("empty file", text: "", "the file is empty"),
    BadJob("only comments", text: "# nothing here\n", "the file is empty"),
    BadJob(
      "binary file", bytes: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], at: (2, 1),
      "the file is not text: it holds the byte 0x1a"),
    BadJob(
      "Latin 1", bytes: Array("name: ".utf8) + [0xE9, 0x0A], at: (1, 7), "the file is not UTF-8"),
    BadJob("a list", text: "- 1\n", "a job is a map"),
    BadJob("a text", text: "run\n", "a job is a map"),
    BadJob("no YAML", "name: a small network", "name: [a", "this is not YAML", at: (2, 10)),
    BadJob("a key twice", "size: 5,", "size: 5, ⟦size: 6,", "the key 'size' is written twice"),
    BadJob("an alias", "model: lif", "model: ⟦*lif", "aliases (*name) are not allowed"),
    BadJob("an anchor", "model: lif", "model: ⟦&lif lif", "anchors (&name) are not allowed"),
    BadJob("a tag", "size: 5,", "size: ⟦!!int 5,", "tags (!name) are not allowed"),
    BadJob("two documents", "checkpoint:", "⟦---\ncheckpoint:", "the file holds more than one"),
    BadJob(
      "nested too deep", "name: a small network",
      "name: " + String(repeating: "[", count: 63) + "⟦[", "lists and maps are nested more than 64"),
    BadJob("a tab", "  cell:", "⟦\tcell:", "this is not YAML"),
  ]

  private static let keys: [BadJob] = [
    BadJob("misspelt section", "projections:", "⟦projektions:", "a job has no key 'projektions'"),
    BadJob(
      "misspelt duration", "duration: 100", "⟦durtion: 1 ms, duration: 100",
      "'simulation' has no key 'durtion'"),
    BadJob("misspelt key of a model", "r_axial:", "⟦r_axal:", "a model has no key 'r_axal'"),
    BadJob(
      "misspelt key of a compartment", "length: 25 um, dia", "⟦lenght: 25 um, length: 25 um, dia",
      "a compartment has no key 'lenght'"),
    BadJob(
      "misspelt key of a synapse", "scale_g: true", "⟦scaleg: true",
      "a synapse has no key 'scaleg'"),
    BadJob(
      "misspelt key of a dendritic spike", "reversal_rise:", "⟦reversal_ris:",
      "a dendritic spike has no key 'reversal_ris'"),
    BadJob("misspelt key of noise", "{tau: 20 ms,", "{⟦taw: 20 ms,", "'noise' has no key 'taw'"),
    BadJob(
      "misspelt key of a spike", "refractory: 4 ms", "⟦refractry: 4 ms",
      "'spike' has no key 'refractry'"),
    BadJob(
      "misspelt key of a point neuron", "gl_abs: 5 nS,", "gl_abs: 5 nS, ⟦v_reset: rest,",
      "'point' has no key 'v_reset'"),
    BadJob(
      "misspelt key of an event", "action:", "⟦actions: gate_x += 1, action:",
      "an event has no key 'actions'"),
    BadJob(
      "misspelt key of a population", "size: 5, initial", "size: 5, ⟦inital",
      "a population has no key 'inital'"),
    BadJob("misspelt key of poisson", "stop: 90", "⟦end: 90", "'poisson' has no key 'end'"),
    BadJob("misspelt key of a projection", "autapses:", "⟦autapse:", "a projection has no key"),
    BadJob(
      "misspelt rule", "{probability: 'min", "{⟦probablity: 0.1, probability: 'min",
      "'connect' has no key 'probablity'"),
    BadJob(
      "misspelt distribution", "{uniform:", "{⟦unifrom: [0, 1], uniform:",
      "a distribution has no key 'unifrom'"),
    BadJob(
      "misspelt key of a stimulus", "neurons: 0:10:2", "⟦neuron: 0:10:2",
      "a stimulus has no key 'neuron'"),
    BadJob("misspelt key of record", "events: [pyr", "⟦event: [pyr", "'record' has no key 'event'"),
    BadJob(
      "misspelt key of states", "neurons: [0, 3],", "⟦neurns: [0, 3],",
      "a recording of states has no key 'neurns'"),
    BadJob(
      "misspelt key of checkpoint", "every_wall:", "⟦every_wal:",
      "'checkpoint' has no key 'every_wal'"),
    BadJob(
      "duration missing", "simulation: {duration: 100 ms, ", "⟦simulation: {",
      "'simulation' needs 'duration'"),
    BadJob("no value", "size: 5,", "size: ⟦,", "a number or a quantity is due here"),
    BadJob(
      "a list where a number is due", "size: 5,", "size: ⟦[5],",
      "a number or a quantity is due here, not a list"),
    BadJob("a name that cannot be one", "odd: {model", "⟦o-d: {model", "'o-d' cannot be a name"),
    BadJob(
      "a unit's name as a constant", "rest: -60 mV", "rest: -60 mV\n  ⟦mV: 1 volt",
      "`mV` is the name of a unit and cannot be a constant"),
  ]

  private static let quantities: [BadJob] = [
    BadJob(
      "wrong dimension", "v_rest: rest\n", "v_rest: ⟦-60 ms\n",
      "'v_rest' is a time (s), where a voltage such as -60 mV is due"),
    BadJob(
      "missing unit", "length: 100 um", "length: ⟦100",
      "'length' needs a unit: a length such as 100 um is due"),
    BadJob(
      "a unit where none is due", "size: 5,", "size: ⟦5 mV,",
      "'size' is a voltage (V), where a plain number such as 1.5 is due"),
    BadJob(
      "mS for ms", "duration: 100 ms", "duration: ⟦100 mS",
      "'duration' is a conductance (S), where a time such as 10 ms is due"),
    BadJob("unknown unit", "diameter: 1 um", "diameter: 1 ⟦mu", "`mu` is not a known unit"),
    BadJob("infinite", "diameter: 1 um", "diameter: ⟦1e999 um", "`1e999` is too large"),
    BadJob(
      "not a number", "diameter: 1 um", "diameter: ⟦nan*um",
      "`nan` is neither a constant nor a unit"),
    BadJob(
      "overflowing expression", "diameter: 1 um", "diameter: ⟦1e200*1e200*um",
      "`1e+200*1e+200` is not a finite number"),
    BadJob(
      "division by zero", "size: 5,", "size: 5/⟦0,", "`0` is zero, and nothing can be divided by it"
    ),
    BadJob(
      "negative duration", "duration: 100 ms", "duration: ⟦-1 s",
      "'duration' must be greater than 0"),
    BadJob(
      "duration below dt", "duration: 100 ms", "duration: ⟦0.05 ms",
      "'duration' is shorter than one step of dt"),
    BadJob("endless duration", "duration: 100 ms", "duration: ⟦1e15 s", "'duration' is too long"),
    BadJob("dt of zero", "dt: 0.1 ms", "dt: ⟦0 ms", "'dt' must be greater than 0"),
    BadJob(
      "seed beyond 64 bits", "seed: 7", "seed: ⟦18446744073709551616",
      "'seed' must be from 0 to 18446744073709551615"),
    BadJob("negative seed", "seed: 7", "seed: ⟦-7", "'seed' must be from 0"),
    BadJob(
      "interval off dt", "every: 1 ms}\n  rates", "every: ⟦0.25 ms}\n  rates",
      "'every' must be a multiple of dt, which is 0.1 ms"),
    BadJob(
      "constants in a circle", "twice: 2*rest", "twice: ⟦2*thrice\n  thrice: 1.5*twice",
      "the constant 'twice' depends on itself"),
    BadJob(
      "constant of itself", "twice: 2*rest", "twice: ⟦2*twice",
      "the constant 'twice' depends on itself"),
    BadJob(
      "undefined constant", "size: 5,", "size: ⟦neurns/4,",
      "`neurns` is neither a constant nor a unit"),
    BadJob("broken expression", "size: 5,", "size: 5*⟦(2,", "`(` is never closed"),
    BadJob(
      "wall time of nothing", "every_wall: 10 min", "every_wall: ⟦0 min",
      "'every_wall' must be greater than 0"),
    BadJob("no generation kept", "keep: 3", "keep: ⟦0", "'keep' must be from 1 to 1000"),
  ]

  private static let sizes: [BadJob] = [
    BadJob("no neuron", "size: 5,", "size: ⟦0,", "'size' must be from 1 to 2147483647"),
    BadJob("negative size", "size: 5,", "size: ⟦-5,", "'size' must be from 1 to 2147483647"),
    BadJob(
      "huge size", "odd: {model: free, size: 2}", "odd: {model: free, size: ⟦1e18}",
      "'size' must be from 1 to 2147483647"),
    BadJob("half a neuron", "size: 5,", "size: ⟦5.5,", "'size' must be a whole number, not 5.5"),
    BadJob(
      "too many in all", "odd: {model: free, size: 2}",
      "odd: {model: free, size: 2147483647}\n  odds: {model: free, size: 2147483647}\n"
        + "  more: {model: free, size: 2147483647}", "the populations hold more than 4294967295",
      at: (50, 1)),
    BadJob(
      "values for other neurons", "[-60 mV, -61 mV, -62 mV, -63 mV, -64 mV]", "⟦[-60 mV]",
      "there are 1 values for 5"),
  ]

  private static let references: [BadJob] = [
    BadJob("unknown model", "model: lif", "model: ⟦lf", "there is no model 'lf'"),
    BadJob("unknown source", "source: noise,", "source: ⟦nois,", "there is no population 'nois'"),
    BadJob(
      "unknown population of a stimulus", "population: pyr\n", "population: ⟦pyramid\n",
      "there is no population 'pyramid'"),
    BadJob(
      "unknown variable of a stimulus", "variable: I_ext_soma", "variable: ⟦I_ext_some",
      "the model has no variable 'I_ext_some'"),
    BadJob(
      "a driven voltage", "variable: I_ext_soma", "variable: ⟦V_soma",
      "'V_soma' is given by the model and cannot be driven"),
    BadJob(
      "unknown population of spikes", "spikes: [pyr, noise]", "spikes: [pyr, ⟦nose]",
      "there is no population 'nose'"),
    BadJob(
      "unknown event", "pyr.spike_Na_dend", "⟦pyr.spike_Na_den",
      "'pyr' has no event 'spike_Na_den'"),
    BadJob(
      "event without population", "pyr.high", "⟦high",
      "an event is named by population and event"),
    BadJob(
      "unknown recorded variable", "[V_soma, I_dend]", "[V_soma, ⟦I_dent]",
      "the model has no variable 'I_dent'"),
    BadJob(
      "unknown parameter", "{gain: {normal", "{⟦gan: {normal",
      "the model has no parameter 'gan'"),
    BadJob(
      "unknown initial variable", "initial: {V: [", "initial: {⟦U: [",
      "the model has no variable 'U'"),
    BadJob(
      "a generator as a target", "target: inh,", "target: ⟦list,",
      "'list' is a generator and cannot be a target"),
    BadJob(
      "a slice beyond the population", "pyr[0:10]", "⟦pyr[0:100]",
      "the slice goes beyond the 20 that there are"),
    BadJob("an empty slice", "pyr[0:10]", "⟦pyr[10:10]", "the slice '10:10' of 20 is empty"),
    BadJob(
      "a neuron beyond the population", "neurons: [0, 3]", "neurons: [0, ⟦20]",
      "'neurons' must be from 0 to 19"),
    BadJob("a neuron twice", "neurons: [0, 3]", "neurons: [3, ⟦3]", "neuron 3 is listed twice"),
    BadJob("a slice backwards", "0:10:2", "⟦0:10:-2", "'step' must be from 1"),
  ]
}
