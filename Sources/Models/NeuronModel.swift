public import Units

/// A neuron of several compartments, in Dendrify's terms.
///
/// The model-wide values override those of the compartments, as in Dendrify 2; a soma takes no
/// model-wide spine factor and keeps its own.
public struct NeuronModel: NeuronDescription {
  public var compartments: [Compartment]
  /// A tree over the compartments.
  public var couplings: [Coupling]
  /// What all dendritic spikes of a name have in common, in place of what compartments say.
  public var dendriticSpikes: [DendriticSpike]
  public var specificCapacitance: Quantity?
  public var specificLeak: Quantity?
  public var axialResistivity: Quantity?
  public var restingPotential: Quantity?
  public var scaleFactor: Quantity?
  public var spineFactor: Quantity?
  /// Equations, parameters, spikes and events of the user's own.
  public var customization: Customization

  /// Describes a neuron.
  public init(
    compartments: [Compartment], couplings: [Coupling] = [],
    dendriticSpikes: [DendriticSpike] = [], specificCapacitance: Quantity? = nil,
    specificLeak: Quantity? = nil, axialResistivity: Quantity? = nil,
    restingPotential: Quantity? = nil, scaleFactor: Quantity? = nil, spineFactor: Quantity? = nil,
    customization: Customization = Customization()
  ) {
    self.compartments = compartments
    self.couplings = couplings
    self.dendriticSpikes = dendriticSpikes
    self.specificCapacitance = specificCapacitance
    self.specificLeak = specificLeak
    self.axialResistivity = axialResistivity
    self.restingPotential = restingPotential
    self.scaleFactor = scaleFactor
    self.spineFactor = spineFactor
    self.customization = customization
  }

  /// The neuron with all that follows from its description.
  public func resolved(
    constants: [String: Quantity]
  ) throws(ModelError) -> ResolvedNeuron {
    try checkCompartments()
    try checkCouplings()
    let compartments = try configuredCompartments()
    var membranes: [String: Membrane] = [:]
    var electrical: [String: Electrical.Resolved] = [:]
    for compartment in compartments {
      let path = ["compartments", compartment.name]
      let properties = try self.electrical(of: compartment).resolved(
        isComplete: compartment.hasLibraryMembrane)
      membranes[compartment.name] = try compartment.membrane(with: properties, at: path)
      electrical[compartment.name] = properties
    }
    var builder = DefinitionBuilder()
    for (index, coupling) in couplings.enumerated() {
      let path = ["couplings", String(index)]
      let value = try conductance(of: coupling, electrical, at: path)
      try coupling.write(to: &membranes, conductance: value, at: path)
      builder.add(
        NeuronStructure.Coupling(
          first: coupling.first, second: coupling.second, conductance: value))
    }
    for compartment in compartments {
      guard let membrane = membranes[compartment.name],
        let properties = electrical[compartment.name]
      else { continue }
      let path = ["compartments", compartment.name]
      try builder.add(
        membrane, of: compartment.membrane, electrical: properties, named: compartment.name,
        at: path)
      builder.add(compartment.structure(with: properties))
      try builder.add(additionsOf: compartment, at: path)
    }
    return try builder.resolved(
      customization, constants: constants, library: LibraryParameters.values)
  }
}

extension NeuronModel {
  private func checkCompartments() throws(ModelError) {
    guard !compartments.isEmpty else {
      throw ModelError("the neuron has no compartments", at: ["compartments"])
    }
    var seen: Set<String> = []
    for compartment in compartments {
      let path = ["compartments", compartment.name]
      try checkName(compartment.name, of: "a compartment", at: path)
      guard seen.insert(compartment.name).inserted else {
        throw ModelError("there are two compartments '\(compartment.name)'", at: path)
      }
    }
    if customization.spike != nil, compartments.count > 1,
      !compartments.contains(where: { $0.kind == .soma })
    {
      throw ModelError(
        "the neuron spikes but none of its compartments is a soma", at: ["compartments"],
        hint: "write 'kind: soma' in the compartment that spikes")
    }
    let absolute = compartments.filter(\.isDimensionless)
    guard let mixed = compartments.first(where: { $0.hasDimensions }), let first = absolute.first
    else { return }
    throw ModelError(
      "'\(first.name)' is given by cm_abs and gl_abs, but '\(mixed.name)' by its dimensions",
      at: ["compartments", mixed.name], hint: "describe all compartments in the same way")
  }

  /// The compartments with the neuron's settings of dendritic spikes.
  private func configuredCompartments() throws(ModelError) -> [Compartment] {
    var result = compartments
    for settings in dendriticSpikes {
      var isFound = false
      for compartment in result.indices {
        for place in result[compartment].dendriticSpikes.indices
        where result[compartment].dendriticSpikes[place].name == settings.name {
          let own = result[compartment].dendriticSpikes[place]
          result[compartment].dendriticSpikes[place] = own.overridden(by: settings)
          isFound = true
        }
      }
      guard isFound else {
        throw ModelError(
          "no compartment has a dendritic spike '\(settings.name)'",
          at: ["dspikes", settings.name],
          hint: "give it under 'dspikes' of a compartment, if only its name and conductances")
      }
    }
    return result
  }

  private func checkCouplings() throws(ModelError) {
    var check = CouplingCheck(names: compartments.map(\.name))
    for (index, coupling) in couplings.enumerated() {
      try check.add(coupling, at: ["couplings", String(index)])
    }
    let isCoupledByHand =
      !customization.equations.isEmpty || !customization.replacements.isEmpty
      || compartments.contains {
        !$0.hasLibraryMembrane || !$0.addedEquations.isEmpty || !$0.replacements.isEmpty
      }
    if let alone = check.unreached.first, !isCoupledByHand {
      throw ModelError(
        "no coupling connects '\(alone)' with the rest of the neuron", at: ["couplings"],
        hint: "add a coupling, or remove the compartment")
    }
  }

  /// What holds for a compartment: the model's values before its own.
  fileprivate func electrical(of compartment: Compartment) -> Electrical {
    func given(_ key: String, _ own: Quantity?, _ shared: Quantity? = nil) -> Electrical.Given {
      shared.map { Electrical.Given(quantity: $0, path: [key]) }
        ?? Electrical.Given(quantity: own, path: ["compartments", compartment.name, key])
    }
    return Electrical(
      length: given("length", compartment.length),
      diameter: given("diameter", compartment.diameter),
      cm: given("cm", compartment.specificCapacitance, specificCapacitance),
      gl: given("gl", compartment.specificLeak, specificLeak),
      cmAbsolute: given("cm_abs", compartment.absoluteCapacitance),
      glAbsolute: given("gl_abs", compartment.absoluteLeak),
      resistivity: given("r_axial", compartment.axialResistivity, axialResistivity),
      rest: given("v_rest", compartment.restingPotential, restingPotential),
      scale: given("scale_factor", compartment.scaleFactor, scaleFactor),
      spine: given(
        "spine_factor", compartment.spineFactor, compartment.kind == .soma ? nil : spineFactor))
  }

  private func conductance(
    of coupling: Coupling, _ electrical: [String: Electrical.Resolved], at path: [String]
  ) throws(ModelError) -> Double {
    func resistance(_ name: String) throws(ModelError) -> Double {
      guard let value = electrical[name]?.axialResistance else {
        throw ModelError(
          "the conductance cannot be worked out without length, diameter and r_axial of '\(name)'",
          at: path,
          hint: "give these, or write the conductance: [\(coupling.first), "
            + "\(coupling.second), 15 nS]")
      }
      return value
    }
    let value: Double
    switch coupling.conductance {
    case .explicit(let quantity):
      return try Expectation.conductance.value(of: quantity, at: path + ["2"])
    case .halfCylinders:
      value = 1 / ((try resistance(coupling.first) + resistance(coupling.second)) / 2)
    case .cylinder(let name):
      value = 1 / (try resistance(name))
    }
    guard value.isFinite else {
      throw ModelError("the conductance comes out as no finite number", at: path)
    }
    return value
  }
}

extension Compartment {
  /// Whether capacitance or leak are given in absolute terms.
  var isDimensionless: Bool { absoluteCapacitance != nil || absoluteLeak != nil }

  /// Whether anything is given that only a cylinder has.
  var hasDimensions: Bool {
    !isDimensionless && (length != nil || diameter != nil)
  }

  var hasLibraryMembrane: Bool {
    if case .library = membrane { true } else { false }
  }

  /// What follows from the compartment's own values.
  func ownElectrical() throws(ModelError) -> Electrical.Resolved {
    try NeuronModel(compartments: [self]).electrical(of: self).resolved(isComplete: false)
  }

  /// What a model graph shows of the compartment.
  fileprivate func structure(with electrical: Electrical.Resolved) -> NeuronStructure.Compartment {
    let membrane =
      switch membrane {
      case .library(let model): model.rawValue
      case .equations: "equations"
      }
    return NeuronStructure.Compartment(
      name: name, isSoma: kind == .soma, membrane: membrane, area: electrical.area,
      capacitance: electrical.capacitance, leakConductance: electrical.leak,
      restingPotential: electrical.rest,
      synapses: synapses.map { "\($0.channel.rawValue) \($0.tag)" },
      dendriticSpikes: dendriticSpikes.map(\.name), hasNoise: noise != nil)
  }

  /// The text of the compartment's own mechanisms.
  fileprivate func membrane(
    with electrical: Electrical.Resolved, at path: [String]
  ) throws(ModelError) -> Models.Membrane {
    var result = Models.Membrane(suffix: "_" + name)
    try result.define(electrical, at: path)
    try result.add(synapses: synapses, noise: nil, at: path)
    var seen: Set<String> = []
    for (index, spike) in dendriticSpikes.enumerated() {
      let place = path + ["dspikes", String(index)]
      guard seen.insert(spike.name).inserted else {
        throw ModelError(
          "there are two dendritic spikes '\(spike.name)' here", at: place + ["name"],
          hint: "give each its own name")
      }
      try spike.write(to: &result, bareArea: electrical.bareArea, at: place)
    }
    try result.add(synapses: [], noise: noise, at: path)
    return result
  }
}

extension Coupling {
  /// Adds the axial currents to both membranes.
  fileprivate func write(
    to membranes: inout [String: Membrane], conductance: Double, at path: [String]
  ) throws(ModelError) {
    for (from, to) in [(second, first), (first, second)] {
      guard var membrane = membranes[to] else { continue }
      let id = "_\(from)_\(to)"
      try membrane.define("g" + id, Quantity(conductance, .conductance), at: path)
      membrane.currents.append("I" + id)
      membrane.lines.append("I\(id) = (V_\(from)-V_\(to)) * g\(id)  :amp")
      membranes[to] = membrane
    }
  }
}
