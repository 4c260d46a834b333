public import Units

/// A neuron in the user's own words: the texts that become an `EquationSystem`.
///
/// A neuron model writes these texts itself, in Dendrify's terms; free equations are given whole.
public struct NeuronDefinition: Hashable, Sendable {
  /// A custom event in words.
  public struct Event: Hashable, Sendable {
    public var name: String
    public var condition: String
    public var action: String
    public var isRecordable: Bool
    public init(name: String, condition: String, action: String, isRecordable: Bool = true) {
      self.name = name
      self.condition = condition
      self.action = action
      self.isRecordable = isRecordable
    }
  }

  /// Lines as Brian's: `dx/dt = … : unit (flags)`, `x = … : unit`, `x : unit (flags)`.
  public var equations: String
  /// Parameters of the model and constants of the job, by name.
  public var constants: [String: Quantity]
  public var threshold: String?
  public var reset: String?
  /// A time, an expression in s, or a condition.
  public var refractory: String?
  public var secondReset: String?
  /// From spike to second reset, in s.
  public var spikeWidth: Double?
  public var events: [Event]

  public init(
    equations: String, constants: [String: Quantity] = [:], threshold: String? = nil,
    reset: String? = nil, refractory: String? = nil, secondReset: String? = nil,
    spikeWidth: Double? = nil, events: [Event] = []
  ) {
    self.equations = equations
    self.constants = constants
    self.threshold = threshold
    self.reset = reset
    self.refractory = refractory
    self.secondReset = secondReset
    self.spikeWidth = spikeWidth
    self.events = events
  }
}

/// An error in one text of a definition.
public struct DefinitionError: Error, Hashable, Sendable {
  /// Which text.
  public enum Part: Hashable, Sendable {
    case equations
    case threshold
    case reset
    case refractory
    case secondReset
    case eventCondition(String)
    case eventAction(String)
  }

  public var part: Part
  public var error: EquationError

  public init(_ part: Part, _ error: EquationError) {
    self.part = part
    self.error = error
  }
}
