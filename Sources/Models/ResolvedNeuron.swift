public import Equations
public import Units

/// Where a variable starts unless the user says otherwise.
public struct InitialValue: Hashable, Sendable {
  /// A number or a truth value.
  public enum Value: Hashable, Sendable {
    case quantity(Quantity)
    case boolean(Bool)
  }

  public var variable: String
  public var value: Value

  /// Makes an initial value.
  public init(_ variable: String, _ value: Value) {
    self.variable = variable
    self.value = value
  }
}

/// A model with everything worked out that follows from its description.
public struct ResolvedNeuron: Hashable, Sendable {
  /// What is known about a compartment, in SI; the name of a point neuron is empty.
  public struct Properties: Hashable, Sendable {
    public var name: String
    /// Membrane area with scale and spine factors, in m²; `nil` if there are no dimensions.
    public var area: Double?
    /// In F.
    public var capacitance: Double?
    /// In S.
    public var leakConductance: Double?
    /// In V.
    public var restingPotential: Double?
  }

  /// The conductance between two compartments.
  public struct AxialConductance: Hashable, Sendable {
    public var first: String
    public var second: String
    /// In S.
    public var conductance: Double
  }

  /// The texts and constants that an `EquationSystem` is made of.
  public var definition: NeuronDefinition
  /// In the order in which they are to be set; variables that are not named start at 0. What a
  /// population gives for the same variable stands in for the value here.
  public var initial: [InitialValue]
  /// Empty for free equations.
  public var compartments: [Properties]
  public var couplings: [AxialConductance]
}

extension ResolvedNeuron: CustomStringConvertible {
  /// Equations, resolved parameters and events as a page of text.
  public var description: String {
    var sections = [("EQUATIONS", definition.equations)]
    let parameters = definition.constants.sorted { $0.key < $1.key }
    sections.append(
      ("PARAMETERS", parameters.map { "\($0.key) = \($0.value)" }.joined(separator: "\n")))
    let places = compartments.map { properties in
      let area = properties.area.map { ", area \($0 * 1e12) um^2" } ?? ""
      let name = properties.name.isEmpty ? "neuron" : properties.name
      return "\(name): C \(properties.capacitance.map { "\($0 * 1e12) pF" } ?? "?"),"
        + " gL \(properties.leakConductance.map { "\($0 * 1e9) nS" } ?? "?")\(area)"
    }
    let axes = couplings.map { "\($0.first) - \($0.second): \($0.conductance * 1e9) nS" }
    sections.append(("COMPARTMENTS", (places + axes).joined(separator: "\n")))
    sections.append(("SPIKE", spikeText))
    let events = definition.events.filter(\.isRecordable)
    sections.append(
      ("EVENTS", events.map { "\($0.name): \($0.condition)" }.joined(separator: "\n")))
    return sections.filter { !$0.1.isEmpty }.map { "\($0.0)\n\($0.1)" }.joined(separator: "\n\n")
  }

  private var spikeText: String {
    let parts = [
      ("threshold", definition.threshold), ("reset", definition.reset),
      ("refractory", definition.refractory), ("second_reset", definition.secondReset),
      ("spike_width", definition.spikeWidth.map { "\($0) s" }),
    ]
    return parts.compactMap { name, text in text.map { "\(name): \($0)" } }
      .joined(separator: "\n")
  }
}
