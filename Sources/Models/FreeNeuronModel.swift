public import Units

/// A neuron that is nothing but the user's equations.
public struct FreeNeuronModel: NeuronDescription {
  /// The equations and what belongs to them.
  public var customization: Customization

  /// Describes a neuron.
  public init(_ customization: Customization) {
    self.customization = customization
  }

  /// The neuron with its parameters. `LibraryParameters` are not known to it.
  public func resolved(
    constants: [String: Quantity]
  ) throws(ModelError) -> ResolvedNeuron {
    try DefinitionBuilder().resolved(customization, constants: constants, library: [:])
  }
}
