public import Units

/// When a neuron spikes, and what follows.
public struct Spike: Hashable, Sendable {
  /// For how long a spike masks the threshold.
  public enum Refractoriness: Hashable, Sendable {
    case time(Quantity)
    /// A Brian expression: a time, or a condition that holds as long as the neuron is refractory.
    case expression(String)
  }

  /// The condition, on the new state of a step: `V_soma > -50*mV`.
  public var threshold: String
  /// Statements run at each spike.
  public var reset: String?
  public var refractoriness: Refractoriness?
  /// Statements run `width` after each spike: the end of an action potential with a shape.
  public var secondReset: String?
  /// From a spike to its second reset.
  public var width: Quantity?

  /// Describes spikes.
  public init(
    threshold: String, reset: String? = nil, refractoriness: Refractoriness? = nil,
    secondReset: String? = nil, width: Quantity? = nil
  ) {
    self.threshold = threshold
    self.reset = reset
    self.refractoriness = refractoriness
    self.secondReset = secondReset
    self.width = width
  }
}

/// An event of the user's own.
public struct CustomEvent: Hashable, Sendable {
  public var name: String
  public var condition: String
  /// Statements run at the end of the step in which the condition holds.
  public var action: String

  /// Describes an event.
  public init(_ name: String, condition: String, action: String) {
    self.name = name
    self.condition = condition
    self.action = action
  }
}

/// What users add to a model, or put in place of its parts: the same for every kind of neuron.
public struct Customization: Hashable, Sendable {
  /// An equation in place of another.
  public struct Replacement: Hashable, Sendable {
    /// `dV_soma/dt`, `I_soma`; spaces do not matter.
    public var leftSide: String
    /// The whole new equation.
    public var equation: String

    /// Describes a replacement.
    public init(_ leftSide: String, with equation: String) {
      self.leftSide = leftSide
      self.equation = equation
    }
  }

  /// Text added to the model's own.
  public var equations: String
  public var replacements: [Replacement]
  /// Values of names in the equations. They win over the values that the model derives, over the
  /// constants of the job and over `LibraryParameters`. One that the equations declare as a
  /// variable (`gL_soma : siemens`) is where that variable starts.
  public var parameters: [String: Quantity]
  public var spike: Spike?
  public var events: [CustomEvent]

  /// Describes additions; without arguments, none.
  public init(
    equations: String = "", replacements: [Replacement] = [], parameters: [String: Quantity] = [:],
    spike: Spike? = nil, events: [CustomEvent] = []
  ) {
    self.equations = equations
    self.replacements = replacements
    self.parameters = parameters
    self.spike = spike
    self.events = events
  }
}
