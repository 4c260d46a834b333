public import Equations
public import Units

/// A neuron as its user describes it, of whatever kind.
public protocol NeuronDescription: Hashable, Sendable {
  /// Equations, parameters, spikes and events of the user's own.
  var customization: Customization { get set }

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
