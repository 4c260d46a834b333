public import Units

/// A piece of a neuron at one voltage.
///
/// Its surface is that of an open cylinder, area = π · length · diameter · scale · spine; then
/// C = area · cm and gL = area · gl. Or `absoluteCapacitance` and `absoluteLeak` are given, and
/// none of these.
public struct Compartment: Hashable, Sendable {
  /// What part of the neuron it is.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case soma
    case dendrite
  }

  /// What gives the membrane its equations.
  public enum Membrane: Hashable, Sendable {
    case library(MembraneModel)
    /// The user's own text, in which `{0}` is the suffix `_<name>`. Currents are added to its
    /// subexpression `I{0}`.
    case equations(String)
  }

  /// Distinguishes the compartment's variables: `V_<name>`.
  public var name: String
  public var kind: Kind
  public var membrane: Membrane
  public var length: Quantity?
  public var diameter: Quantity?
  /// Capacitance per area.
  public var specificCapacitance: Quantity?
  /// Leak conductance per area.
  public var specificLeak: Quantity?
  public var absoluteCapacitance: Quantity?
  public var absoluteLeak: Quantity?
  public var axialResistivity: Quantity?
  public var restingPotential: Quantity?
  /// Multiplies the area; 1 if absent.
  public var scaleFactor: Quantity?
  /// Multiplies the area, for the membrane of spines; 1 if absent.
  public var spineFactor: Quantity?
  public var synapses: [Synapse]
  public var dendriticSpikes: [DendriticSpike]
  public var noise: Noise?
  /// Text added to the membrane's equations; `{0}` is the suffix.
  public var addedEquations = ""
  /// Equations in place of the compartment's own; `{0}` is the suffix.
  public var replacements: [Customization.Replacement] = []
  /// Values of names; `{0}` is the suffix. Two compartments must not differ over one name.
  public var addedParameters: [String: Quantity] = [:]

  /// Describes a compartment.
  public init(
    _ name: String, kind: Kind, membrane: Membrane? = nil, length: Quantity? = nil,
    diameter: Quantity? = nil, specificCapacitance: Quantity? = nil,
    specificLeak: Quantity? = nil, absoluteCapacitance: Quantity? = nil,
    absoluteLeak: Quantity? = nil, axialResistivity: Quantity? = nil,
    restingPotential: Quantity? = nil, scaleFactor: Quantity? = nil,
    spineFactor: Quantity? = nil, synapses: [Synapse] = [],
    dendriticSpikes: [DendriticSpike] = [], noise: Noise? = nil
  ) {
    self.name = name
    self.kind = kind
    self.membrane = membrane ?? .library(kind == .soma ? .leakyIF : .passive)
    self.length = length
    self.diameter = diameter
    self.specificCapacitance = specificCapacitance
    self.specificLeak = specificLeak
    self.absoluteCapacitance = absoluteCapacitance
    self.absoluteLeak = absoluteLeak
    self.axialResistivity = axialResistivity
    self.restingPotential = restingPotential
    self.scaleFactor = scaleFactor
    self.spineFactor = spineFactor
    self.synapses = synapses
    self.dendriticSpikes = dendriticSpikes
    self.noise = noise
  }

  /// A soma with dimensions: a leaky membrane, no spines.
  public static func soma(
    _ name: String, length: Quantity? = nil, diameter: Quantity? = nil,
    membrane: MembraneModel = .leakyIF, synapses: [Synapse] = [], noise: Noise? = nil
  ) -> Compartment {
    Compartment(
      name, kind: .soma, membrane: .library(membrane), length: length, diameter: diameter,
      synapses: synapses, noise: noise)
  }

  /// A dendrite with dimensions and a passive membrane.
  public static func dendrite(
    _ name: String, length: Quantity? = nil, diameter: Quantity? = nil,
    membrane: MembraneModel = .passive, synapses: [Synapse] = [],
    dendriticSpikes: [DendriticSpike] = [], noise: Noise? = nil
  ) -> Compartment {
    Compartment(
      name, kind: .dendrite, membrane: .library(membrane), length: length, diameter: diameter,
      synapses: synapses, dendriticSpikes: dendriticSpikes, noise: noise)
  }
}
