public import Equations
public import Units

/// A neuron as its user describes it, of whatever kind.
public protocol NeuronDescription: EquationHost, Hashable, Sendable, CustomStringConvertible {
  /// Equations, parameters, spikes and events of the user's own.
  var customization: Customization { get set }

  /// What the user has given, one thing per line, in the words of the job file.
  var givenText: String { get }

  /// The neuron with all that follows from its description.
  ///
  /// - Parameter constants: Those of the job, for the texts to use.
  /// - Returns: Texts and constants in Brian's language, initial values, derived properties.
  /// - Throws: The first thing that is wrong, with its place.
  func resolved(constants: [String: Quantity]) throws(ModelError) -> ResolvedNeuron
}

extension NeuronDescription {
  /// The neuron with all that follows from its description, where a job has no constants.
  public func resolved() throws(ModelError) -> ResolvedNeuron {
    try resolved(constants: [:])
  }

  /// The compartments and couplings, with the numbers that follow from the description.
  ///
  /// - Throws: The first thing that is wrong, with its place.
  public func structure() throws(ModelError) -> NeuronStructure {
    try resolved().structure
  }

  /// Equations, resolved numbers, compartments, spikes and events, and what the user has given; or
  /// what is wrong with the description.
  public var description: String {
    do throws(ModelError) {
      return "\(try resolved())\n\nGIVEN\n\(givenText)"
    } catch {
      return "this model cannot be used: \(error)\n\nGIVEN\n\(givenText)"
    }
  }

  /// The neuron as texts and constants in Brian's language.
  ///
  /// - Parameter constants: Those of the job, for the texts to use.
  /// - Returns: What an `EquationSystem` is made of.
  /// - Throws: The first thing that is wrong, with its place.
  public func definition(
    constants: [String: Quantity] = [:]
  ) throws(ModelError) -> NeuronDefinition {
    try resolved(constants: constants).definition
  }
}
