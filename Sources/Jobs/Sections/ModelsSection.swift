internal import Equations
internal import Models
internal import Networks
internal import Units

/// A model of the job, ready to make populations of.
struct KnownModel {
  var field: JobField
  /// `nil` if the model is wrong, which is known already.
  var system: EquationSystem?
  var method: KnownMethod
  var initial: [NeuronPopulation.Initial] = []
  var structure = NeuronStructure()
  var isUsed = false
}

extension JobReading {
  private static let modelKeys = [
    "cm", "gl", "r_axial", "v_rest", "scale_factor", "spine_factor", "compartments", "couplings",
    "dspikes", "point", "equations", "replace", "parameters", "spike", "events", "initial",
    "method",
  ]

  /// Reads `models`.
  func readModels(_ field: JobField?, method: KnownMethod) -> [String: KnownModel] {
    guard let field, let entries = named(field, "models") else { return [:] }
    var models: [String: KnownModel] = [:]
    for (name, value) in entries {
      models[name] = readModel(value, method: method)
    }
    return models
  }

  private func readModel(_ field: JobField, method: KnownMethod) -> KnownModel {
    var model = KnownModel(field: field, system: nil, method: method)
    let errorsBefore = diagnostics.errorCount
    guard let map = map(field, keys: JobReading.modelKeys, what: "a model") else { return model }
    if let own = map["method"], let method = readMethod(own) { model.method = method }
    let customization = readCustomization(map)
    let resolvedNeuron = readDescription(map, customization)
    let context = ModelContext(reading: self, map: map)
    guard diagnostics.errorCount == errorsBefore, let describe = resolvedNeuron else {
      return model
    }
    do throws(ModelError) {
      let neuron = try describe(constants)
      guard let system = context.system(of: neuron.definition) else { return model }
      model.structure = neuron.structure
      model.initial = neuron.initial.map(NeuronPopulation.Initial.init)
      if let initial = map["initial"] {
        let own = readInitial(initial, system: system, size: nil)
        model.initial = JobReading.merged(own, over: model.initial)
      }
      checkMethod(model.method, of: field, system)
      if diagnostics.errorCount == errorsBefore { model.system = system }
    } catch {
      context.refuse(error)
    }
    return model
  }

  typealias Describe = ([String: Quantity]) throws(ModelError) -> ResolvedNeuron

  /// Reads what kind of neuron it is, and gives what resolves it.
  private func readDescription(_ map: JobMap, _ customization: Customization) -> Describe? {
    let kinds = map.present(["compartments", "point"])
    if kinds.count == 2, let point = map["point"] {
      refuseKey(point, "a model has 'compartments' or 'point', not both")
      return nil
    }
    if kinds.first == "compartments" { return readNeuronModel(map, customization) }
    for key in map.present([
      "cm", "gl", "r_axial", "v_rest", "scale_factor", "spine_factor", "couplings", "dspikes",
    ]) {
      guard let stray = map[key] else { continue }
      let isOfPoint = !kinds.isEmpty && ["cm", "gl", "v_rest"].contains(key)
      let hint = isOfPoint ? "write it inside of 'point'" : nil
      refuseKey(stray, "'\(key)' belongs to a model with 'compartments'", hint: hint)
    }
    if let point = map["point"] { return readPointModel(point, customization) }
    guard map["equations"] != nil else {
      refuseKey(
        map.field, "a model needs 'compartments', 'point' or 'equations'")
      return nil
    }
    let model = FreeNeuronModel(customization)
    return { constants throws(ModelError) in try model.resolved(constants: constants) }
  }

  private func readNeuronModel(_ map: JobMap, _ customization: Customization) -> Describe? {
    var model = NeuronModel(compartments: [], customization: customization)
    model.specificCapacitance = optional(map["cm"], JobDimensions.specificCapacitance, .positive)
    model.specificLeak = optional(map["gl"], JobDimensions.specificConductance, .nonNegative)
    model.axialResistivity = optional(map["r_axial"], JobDimensions.resistivity, .positive)
    model.restingPotential = optional(map["v_rest"], .voltage)
    model.scaleFactor = optional(map["scale_factor"], .one, .positive)
    model.spineFactor = optional(map["spine_factor"], .one, .positive)
    guard let field = map["compartments"], let entries = named(field, "compartments") else {
      return nil
    }
    for (name, value) in entries {
      if let compartment = readCompartment(name, value) { model.compartments.append(compartment) }
    }
    if let couplings = map["couplings"] {
      let elements = list(couplings, "'couplings'", hint: "such as [[soma, dend, 15 nS]]") ?? []
      model.couplings = elements.compactMap(readCoupling)
    }
    if let settings = map["dspikes"] {
      for (name, value) in named(settings, "dendritic spikes by their names") ?? [] {
        if let spike = readDendriticSpikeSettings(name, value) {
          model.dendriticSpikes.append(spike)
        }
      }
    }
    let described = model
    return { constants throws(ModelError) in try described.resolved(constants: constants) }
  }

  private func readCoupling(_ field: JobField) -> Coupling? {
    guard let parts = field.elements, parts.count == 2 || parts.count == 3 else {
      refuse(
        field, "a coupling is [a, b] or [a, b, conductance]", hint: "such as [soma, dend, 15 nS]")
      return nil
    }
    guard let first = line(parts[0], "the name of a compartment"),
      let second = line(parts[1], "the name of a compartment")
    else { return nil }
    guard parts.count == 3 else { return Coupling(first, second) }
    let text = parts[2].node.text ?? ""
    if text == "half_cylinders" { return Coupling(first, second, .halfCylinders) }
    if text.hasPrefix("cylinder_") {
      return Coupling(first, second, .cylinder(String(text.dropFirst("cylinder_".count))))
    }
    var conductance = parts[2]
    conductance.path += ".conductance"
    guard let value = quantity(conductance, .conductance, .nonNegative) else { return nil }
    return Coupling(first, second, .explicit(Quantity(value, .conductance)))
  }

  private func readPointModel(_ field: JobField, _ customization: Customization) -> Describe? {
    let keys = [
      "model", "length", "diameter", "cm", "gl", "cm_abs", "gl_abs", "v_rest", "synapses", "noise",
    ]
    guard let map = map(field, keys: keys, what: "'point'") else { return nil }
    var model = PointNeuronModel(customization: customization)
    if let membrane = map["model"].flatMap(readMembrane) { model.membrane = membrane }
    model.length = optional(map["length"], .length, .positive)
    model.diameter = optional(map["diameter"], .length, .positive)
    model.specificCapacitance = optional(map["cm"], JobDimensions.specificCapacitance, .positive)
    model.specificLeak = optional(map["gl"], JobDimensions.specificConductance, .nonNegative)
    model.absoluteCapacitance = optional(map["cm_abs"], .capacitance, .positive)
    model.absoluteLeak = optional(map["gl_abs"], .conductance, .nonNegative)
    model.restingPotential = optional(map["v_rest"], .voltage)
    model.synapses = readSynapses(map["synapses"])
    model.noise = map["noise"].flatMap(readNoise)
    let described = model
    return { constants throws(ModelError) in try described.resolved(constants: constants) }
  }

  /// Reads a quantity that may be absent.
  func optional(
    _ field: JobField?, _ dimension: Dimension, _ bounds: Bounds = .any
  ) -> Quantity? {
    guard let field, let value = quantity(field, dimension, bounds) else { return nil }
    return Quantity(value, dimension)
  }

  /// Puts one list of initial values over another: of a variable the upper one counts.
  static func merged(
    _ upper: [NeuronPopulation.Initial], over lower: [NeuronPopulation.Initial]
  ) -> [NeuronPopulation.Initial] {
    let given = Set(upper.map(\.variable))
    return lower.filter { !given.contains($0.variable) } + upper
  }
}

/// Dimensions that only descriptions of membranes use.
enum JobDimensions {
  private static let area = Dimension.length.raised(to: 2)
  static let specificCapacitance = Dimension.capacitance / area
  static let specificConductance = Dimension.conductance / area
  static let resistivity = Dimension.length / .conductance
}
