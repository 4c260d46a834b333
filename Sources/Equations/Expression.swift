/// An expression of Brian 2's equation language, as parsed.
public struct Expression: Hashable, Sendable {
  /// What the expression is.
  public indirect enum Node: Hashable, Sendable {
    /// A number; `isInteger` when it was written without point and exponent.
    case number(Double, isInteger: Bool)
    /// `True` or `False`.
    case boolean(Bool)
    /// A variable, a constant or a unit.
    case name(String)
    /// An operator before its operand.
    case unary(UnaryOperator, Expression)
    /// An operator between its operands.
    case binary(BinaryOperator, Expression, Expression)
    /// A function of the language, by its Brian name.
    case call(String, [Expression])
  }

  /// What the expression is.
  public var node: Node
  /// Where it stands in its text.
  public var span: SourceSpan

  /// Makes an expression.
  public init(_ node: Node, at span: SourceSpan = SourceSpan(offset: 0, length: 0)) {
    self.node = node
    self.span = span
  }
}

/// An operator before its operand.
public enum UnaryOperator: String, Hashable, Sendable {
  case negate = "-"
  case not
}

/// An operator between two operands, with Python's meaning.
public enum BinaryOperator: String, Hashable, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case power = "**"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "=="
  case notEqual = "!="
  case and
  case or
}

/// One assignment: `target op expression`.
public struct Statement: Hashable, Sendable {
  /// How the value reaches the target.
  public enum Assignment: String, Hashable, Sendable {
    case set = "="
    case add = "+="
    case subtract = "-="
    case multiply = "*="
    case divide = "/="
  }

  /// The variable assigned to.
  public var target: String
  /// How the value reaches the target.
  public var assignment: Assignment
  /// The right side.
  public var value: Expression
  /// Where the whole statement stands in its text.
  public var span: SourceSpan

  /// Makes a statement.
  public init(
    _ target: String, _ assignment: Assignment, _ value: Expression,
    at span: SourceSpan = SourceSpan(offset: 0, length: 0)
  ) {
    self.target = target
    self.assignment = assignment
    self.value = value
    self.span = span
  }
}
