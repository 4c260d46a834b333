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
  /// The texts and constants that an `EquationSystem` is made of.
  public var definition: NeuronDefinition
  /// In the order in which they are to be set; variables that are not named start at 0. What a
  /// population gives for the same variable stands in for the value here.
  public var initial: [InitialValue]
  /// Compartments and couplings; empty for free equations.
  public var structure: NeuronStructure

  public var compartments: [NeuronStructure.Compartment] { structure.compartments }
  public var couplings: [NeuronStructure.Coupling] { structure.couplings }
}

extension ResolvedNeuron: CustomStringConvertible {
  /// Equations, resolved parameters and events as a page of text.
  public var description: String {
    var sections = [("EQUATIONS", definition.equations)]
    let parameters = definition.constants.sorted { $0.key < $1.key }
    sections.append(
      ("PARAMETERS", parameters.map { "\($0.key) = \($0.value)" }.joined(separator: "\n")))
    sections.append(("COMPARTMENTS", structure.tree))
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
