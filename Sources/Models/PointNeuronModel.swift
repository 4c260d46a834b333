public import Units

/// A neuron without extent: one membrane, whose variables have no suffix (`V`, `I_ext`, `s_AMPA_X`).
public struct PointNeuronModel: NeuronDescription, MembraneHost {
  public var membrane: MembraneModel
  public var length: Quantity?
  public var diameter: Quantity?
  /// Capacitance per area.
  public var specificCapacitance: Quantity?
  /// Leak conductance per area.
  public var specificLeak: Quantity?
  public var absoluteCapacitance: Quantity?
  public var absoluteLeak: Quantity?
  public var restingPotential: Quantity?
  public var synapses: [Synapse]
  public var noise: Noise?
  /// Equations, parameters, spikes and events of the user's own.
  public var customization: Customization

  /// Describes a point neuron.
  public init(
    _ membrane: MembraneModel = .leakyIF, length: Quantity? = nil, diameter: Quantity? = nil,
    specificCapacitance: Quantity? = nil, specificLeak: Quantity? = nil,
    absoluteCapacitance: Quantity? = nil, absoluteLeak: Quantity? = nil,
    restingPotential: Quantity? = nil, synapses: [Synapse] = [], noise: Noise? = nil,
    customization: Customization = Customization()
  ) {
    self.membrane = membrane
    self.length = length
    self.diameter = diameter
    self.specificCapacitance = specificCapacitance
    self.specificLeak = specificLeak
    self.absoluteCapacitance = absoluteCapacitance
    self.absoluteLeak = absoluteLeak
    self.restingPotential = restingPotential
    self.synapses = synapses
    self.noise = noise
    self.customization = customization
  }

  /// The neuron with all that follows from its description.
  public func resolved(
    constants: [String: Quantity]
  ) throws(ModelError) -> ResolvedNeuron {
    let properties = try electrical.resolved(isComplete: true)
    var membrane = Membrane(suffix: "")
    try membrane.define(properties, at: ["point"])
    try membrane.add(synapses: synapses, noise: noise, at: ["point"])
    var builder = DefinitionBuilder()
    try builder.add(
      membrane, of: .library(self.membrane), electrical: properties, named: "", at: ["point"])
    builder.add(
      NeuronStructure.Compartment(
        name: "", membrane: self.membrane.rawValue, area: properties.area,
        capacitance: properties.capacitance, leakConductance: properties.leak,
        restingPotential: properties.rest,
        synapses: synapses.map { "\($0.channel.rawValue) \($0.tag)" }, hasNoise: noise != nil))
    return try builder.resolved(
      customization, constants: constants, library: LibraryParameters.values)
  }

  /// Membrane area; `nil` without dimensions.
  ///
  /// - Throws: What is wrong with its values.
  public var area: Quantity? {
    get throws(ModelError) {
      try electrical.resolved(isComplete: false).area.map { Quantity($0, .length * .length) }
    }
  }

  /// Capacitance; `nil` where it is not said.
  ///
  /// - Throws: What is wrong with its values.
  public var capacitance: Quantity? {
    get throws(ModelError) {
      try electrical.resolved(isComplete: false).capacitance.map { Quantity($0, .capacitance) }
    }
  }

  /// Leak conductance; `nil` where it is not said.
  ///
  /// - Throws: What is wrong with its values.
  public var gLeakage: Quantity? {
    get throws(ModelError) {
      try electrical.resolved(isComplete: false).leak.map { Quantity($0, .conductance) }
    }
  }

  private var electrical: Electrical {
    func given(_ key: String, _ own: Quantity?) -> Electrical.Given {
      Electrical.Given(quantity: own, path: ["point", key])
    }
    return Electrical(
      length: given("length", length), diameter: given("diameter", diameter),
      cm: given("cm", specificCapacitance), gl: given("gl", specificLeak),
      cmAbsolute: given("cm_abs", absoluteCapacitance), glAbsolute: given("gl_abs", absoluteLeak),
      resistivity: given("r_axial", nil), rest: given("v_rest", restingPotential),
      scale: given("scale_factor", nil), spine: given("spine_factor", nil))
  }
}
