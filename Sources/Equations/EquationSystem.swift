public import Units

/// The mathematics of one population: everything that a neuron does, checked.
///
/// A description (a neuron model, or free equations) becomes a system; a kernel is made of it.
/// All names are resolved, all dimensions are right: what reads a system need not check again.
public struct EquationSystem: Hashable, Sendable {
  /// What a variable can hold.
  public enum ValueType: Hashable, Sendable {
    case real
    case integer
    case boolean
  }

  /// One line of the equations.
  public struct Variable: Hashable, Sendable {
    /// What gives the variable its value.
    public enum Kind: Hashable, Sendable {
      /// `dx/dt = …`
      case differential(Expression)
      /// `x = …`, evaluated wherever it is read
      case subexpression(Expression)
      /// `x : …`, one value per neuron, set from outside or by statements
      case parameter
    }

    /// Flags in parentheses after the unit.
    public struct Flags: OptionSet, Hashable, Sendable {
      public let rawValue: UInt8
      public init(rawValue: UInt8) { self.rawValue = rawValue }
      /// The value does not change during a run.
      public static let constant = Flags(rawValue: 1)
      /// Derivative and synaptic writes stop while the neuron is refractory.
      public static let unlessRefractory = Flags(rawValue: 2)
      /// A subexpression that keeps its value during one step.
      public static let constantOverStep = Flags(rawValue: 4)
      /// One value for the whole population.
      public static let shared = Flags(rawValue: 8)
    }

    public var name: String
    public var kind: Kind
    public var type: ValueType
    public var dimension: Dimension
    public var flags: Flags

    public init(
      name: String, kind: Kind, type: ValueType = .real, dimension: Dimension = .one,
      flags: Flags = []
    ) {
      self.name = name
      self.kind = kind
      self.type = type
      self.dimension = dimension
      self.flags = flags
    }
  }

  /// When the threshold is masked after a spike.
  public enum Refractoriness: Hashable, Sendable {
    case none
    /// An expression in s; compared in whole steps, `timestep(t - lastspike) >= timestep(value)`.
    case duration(Expression)
    /// A condition: refractory for as long as it stays true.
    case condition(Expression)
  }

  /// A reset that follows every spike by a fixed number of steps.
  public struct SecondReset: Hashable, Sendable {
    public var statements: [Statement]
    /// From spike to second reset, in s; rounded as delays are.
    public var width: Double
    public init(statements: [Statement], width: Double) {
      self.statements = statements
      self.width = width
    }
  }

  /// A custom event, such as the start of the rise of a dendritic spike.
  public struct Event: Hashable, Sendable {
    public var name: String
    public var condition: Expression
    public var action: [Statement]
    /// Whether users see it. (The fall of an exponential dendritic spike is an event of its own
    /// inside, and none outside.)
    public var isRecordable: Bool
    public init(name: String, condition: Expression, action: [Statement], isRecordable: Bool = true)
    {
      self.name = name
      self.condition = condition
      self.action = action
      self.isRecordable = isRecordable
    }
  }

  /// The variables in the order of the text.
  public var variables: [Variable]
  /// What names stand for that are no variables: parameters of the model and constants of the job.
  public var constants: [String: Quantity]
  /// The spike condition, without refractoriness; `nil` for a population that never spikes.
  public var threshold: Expression?
  public var reset: [Statement]
  public var refractoriness: Refractoriness
  public var secondReset: SecondReset?
  /// In the order in which they are tested and act.
  public var events: [Event]
  /// What is no error and yet worth a word, such as a constant that an internal name hides.
  public var warnings: [String] = []

  public init(
    variables: [Variable] = [], constants: [String: Quantity] = [:], threshold: Expression? = nil,
    reset: [Statement] = [], refractoriness: Refractoriness = .none,
    secondReset: SecondReset? = nil, events: [Event] = []
  ) {
    self.variables = variables
    self.constants = constants
    self.threshold = threshold
    self.reset = reset
    self.refractoriness = refractoriness
    self.secondReset = secondReset
    self.events = events
  }

  /// The variable of that name.
  public subscript(name: String) -> Variable? {
    variables.first { $0.name == name }
  }
}
