internal import Models
internal import Units

/// `compartments` of a model, and the mechanisms on them.
extension JobReading {
  private static let compartmentKeys = [
    "kind", "model", "length", "diameter", "cm", "gl", "r_axial", "cm_abs", "gl_abs", "v_rest",
    "scale_factor", "spine_factor", "equations", "add_equations", "replace", "parameters",
    "synapses",
    "dspikes", "noise",
  ]

  /// Reads one compartment.
  func readCompartment(_ name: String, _ field: JobField) -> Compartment? {
    guard let map = map(field, keys: JobReading.compartmentKeys, what: "a compartment") else {
      return nil
    }
    let kinds = Compartment.Kind.allCases.map { ($0.rawValue, $0) }
    let kind = map["kind"].flatMap { choice($0, "'kind'", kinds) } ?? .dendrite
    var compartment = Compartment(name, kind: kind)
    if let membrane = map["model"].flatMap(readMembrane) {
      compartment.membrane = .library(membrane)
    }
    if let equations = map["equations"], let text = text(equations, "the text of equations") {
      if map["model"] != nil {
        refuseKey(equations, "'equations' stand in place of 'model': give one of them")
      }
      compartment.membrane = .equations(text)
    }
    if let added = map["add_equations"], let text = text(added, "the text of equations") {
      compartment.addedEquations = text
    }
    compartment.replacements = readReplacements(map["replace"])
    compartment.addedParameters = readParameters(map["parameters"])
    compartment.length = optional(map["length"], .length, .positive)
    compartment.diameter = optional(map["diameter"], .length, .positive)
    compartment.specificCapacitance = optional(
      map["cm"], JobDimensions.specificCapacitance, .positive)
    compartment.specificLeak = optional(
      map["gl"], JobDimensions.specificConductance, .nonNegative)
    compartment.absoluteCapacitance = optional(map["cm_abs"], .capacitance, .positive)
    compartment.absoluteLeak = optional(map["gl_abs"], .conductance, .nonNegative)
    compartment.axialResistivity = optional(map["r_axial"], JobDimensions.resistivity, .positive)
    compartment.restingPotential = optional(map["v_rest"], .voltage)
    compartment.scaleFactor = optional(map["scale_factor"], .one, .positive)
    compartment.spineFactor = optional(map["spine_factor"], .one, .positive)
    compartment.synapses = readSynapses(map["synapses"])
    compartment.noise = map["noise"].flatMap(readNoise)
    if let dspikes = map["dspikes"] {
      let elements = list(dspikes, "'dspikes'") ?? []
      compartment.dendriticSpikes = elements.compactMap(readDendriticSpike)
    }
    return compartment
  }

  /// Reads the name of a membrane model.
  func readMembrane(_ field: JobField) -> MembraneModel? {
    choice(field, "'model'", MembraneModel.allCases.map { ($0.rawValue, $0) })
  }

  /// Reads a list of synapses.
  func readSynapses(_ field: JobField?) -> [Synapse] {
    guard let field, let elements = list(field, "'synapses'") else { return [] }
    return elements.compactMap(readSynapse)
  }

  private func readSynapse(_ field: JobField) -> Synapse? {
    let keys = ["channel", "tag", "g", "t_rise", "t_decay", "scale_g"]
    guard let map = map(field, keys: keys, what: "a synapse") else { return nil }
    let channels = Synapse.Channel.allCases.map { ($0.rawValue, $0) }
    let channel = map.required("channel", of: "a synapse", hint: "AMPA, NMDA or GABA")
      .flatMap { choice($0, "'channel'", channels) }
    let tag = map.required("tag", of: "a synapse").flatMap { line($0, "a tag") }
    let conductance = map.required("g", of: "a synapse", hint: "such as g: 1 nS")
      .flatMap { optional($0, .conductance, .nonNegative) }
    let decay = map.required("t_decay", of: "a synapse", hint: "such as t_decay: 5 ms")
      .flatMap { optional($0, .time, .positive) }
    let rise = optional(map["t_rise"], .time, .positive)
    let isScaled = map["scale_g"].flatMap(flag) ?? false
    guard let channel, let tag, let conductance, let decay else { return nil }
    return Synapse(
      channel, tag: tag, conductance: conductance, riseTime: rise, decayTime: decay,
      isPeakScaled: isScaled)
  }

  /// Reads a noisy current.
  func readNoise(_ field: JobField) -> Noise? {
    guard let map = map(field, keys: ["tau", "sigma", "mean"], what: "'noise'") else { return nil }
    var noise = Noise()
    for (key, text) in [("tau", "20 ms"), ("sigma", "1 pA"), ("mean", "0 pA")]
    where map[key] == nil {
      resolved.add(key, text, to: field.path)
    }
    if let tau = optional(map["tau"], .time, .positive) { noise.tau = tau }
    if let sigma = optional(map["sigma"], .current, .nonNegative) { noise.sigma = sigma }
    if let mean = optional(map["mean"], .current) { noise.mean = mean }
    return noise
  }

  private static let dendriticSpikeKeys = [
    "kinetics", "threshold", "g_rise", "g_fall", "duration_rise", "duration_fall", "tau_rise",
    "tau_fall", "offset_fall", "refractory", "reversal_rise", "reversal_fall",
  ]

  private func readDendriticSpike(_ field: JobField) -> DendriticSpike? {
    let keys = ["name"] + JobReading.dendriticSpikeKeys
    guard let map = map(field, keys: keys, what: "a dendritic spike") else { return nil }
    guard
      let name = map.required("name", of: "a dendritic spike").flatMap({ line($0, "a name") })
    else { return nil }
    return readDendriticSpike(name, map)
  }

  /// Reads what a neuron says of all its dendritic spikes of one name.
  func readDendriticSpikeSettings(_ name: String, _ field: JobField) -> DendriticSpike? {
    map(field, keys: JobReading.dendriticSpikeKeys, what: "a dendritic spike").map {
      readDendriticSpike(name, $0)
    }
  }

  private func readDendriticSpike(_ name: String, _ map: JobMap) -> DendriticSpike {
    var spike = DendriticSpike(name)
    let kinetics = DendriticSpike.Kinetics.allCases.map { ($0.rawValue, $0) }
    if let given = map["kinetics"].flatMap({ choice($0, "'kinetics'", kinetics) }) {
      spike.kinetics = given
    }
    spike.threshold = optional(map["threshold"], .voltage)
    spike.riseConductance = conductanceOrDensity(map["g_rise"])
    spike.fallConductance = conductanceOrDensity(map["g_fall"])
    spike.riseDuration = optional(map["duration_rise"], .time, .nonNegative)
    spike.fallDuration = optional(map["duration_fall"], .time, .nonNegative)
    spike.riseTimeConstant = optional(map["tau_rise"], .time, .positive)
    spike.fallTimeConstant = optional(map["tau_fall"], .time, .positive)
    spike.fallOffset = optional(map["offset_fall"], .time, .nonNegative)
    spike.refractoryPeriod = optional(map["refractory"], .time, .nonNegative)
    if let reversal = map["reversal_rise"].flatMap(readReversal) { spike.riseReversal = reversal }
    if let reversal = map["reversal_fall"].flatMap(readReversal) { spike.fallReversal = reversal }
    return spike
  }

  private func conductanceOrDensity(_ field: JobField?) -> Quantity? {
    guard let field, let quantity = quantity(field) else { return nil }
    guard
      quantity.dimension == .conductance
        || quantity.dimension == JobDimensions.specificConductance
    else {
      // A plain 0 would be clear enough, but a unit says which of the two is meant.
      refuseDimension(field, quantity, .conductance)
      return nil
    }
    guard quantity.value >= 0 else {
      refuse(field, "'\(field.name)' must not be negative")
      return nil
    }
    return quantity
  }

  /// Reads a potential, or the name of a parameter that holds one.
  private func readReversal(_ field: JobField) -> DendriticSpike.Reversal? {
    if let text = field.node.text, isName(text) { return .parameter(text) }
    return quantity(field, .voltage).map { .potential(Quantity($0, .voltage)) }
  }
}
