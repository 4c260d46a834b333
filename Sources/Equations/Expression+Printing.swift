internal import Units

extension Expression: CustomStringConvertible {
  /// The expression in Brian's words, with no more parentheses than it needs; reads back as the
  /// same tree.
  public var description: String {
    switch node {
    case .number(let value, let isInteger): Expression.text(of: value, isInteger: isInteger)
    case .boolean(let value): value ? "True" : "False"
    case .name(let name): name
    case .call(let name, let arguments):
      "\(name)(\(arguments.map { $0.description }.joined(separator: ", ")))"
    case .unary(.negate, let operand): "-" + operand.text(atLeast: Precedence.sign)
    case .unary(.not, let operand): "not " + operand.text(atLeast: Precedence.not)
    case .binary(let symbol, let left, let right):
      Expression.text(of: symbol, left, right)
    }
  }

  private static func text(
    of symbol: BinaryOperator, _ left: Expression, _ right: Expression
  ) -> String {
    let precedence = symbol.precedence
    let separator =
      switch symbol {
      case .multiply, .divide, .floorDivide, .modulo, .power: symbol.rawValue
      default: " \(symbol.rawValue) "
      }
    switch symbol {
    case .power:
      // Right-associative, and a sign may stand on its right.
      return left.text(atLeast: Precedence.atom) + separator
        + right.text(atLeast: Precedence.sign)
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual:
      return left.text(atLeast: precedence + 1) + separator + right.text(atLeast: precedence + 1)
    default:
      return left.text(atLeast: precedence) + separator + right.text(atLeast: precedence + 1)
    }
  }

  private func text(atLeast minimum: Int) -> String {
    precedence < minimum ? "(\(description))" : description
  }

  private var precedence: Int {
    switch node {
    case .number(let value, _): value.sign == .minus ? Precedence.sign : Precedence.atom
    case .boolean, .name, .call: Precedence.atom
    case .unary(.negate, _): Precedence.sign
    case .unary(.not, _): Precedence.not
    case .binary(let symbol, _, _): symbol.precedence
    }
  }

  private static func text(of value: Double, isInteger: Bool) -> String {
    if isInteger, let whole = Int64(exactly: value) { return String(whole) }
    return String(value)
  }

  /// For messages: the text, cut if it is long.
  var excerpt: String {
    let text = description
    return text.count <= 40 ? text : text.prefix(39) + "…"
  }
}

extension BinaryOperator {
  /// How strongly it binds, as in Python.
  var precedence: Int {
    switch self {
    case .or: Precedence.or
    case .and: Precedence.and
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: Precedence.comparison
    case .add, .subtract: Precedence.sum
    case .multiply, .divide, .floorDivide, .modulo: Precedence.product
    case .power: Precedence.power
    }
  }
}

extension Statement: CustomStringConvertible {
  /// The statement in Brian's words.
  public var description: String { "\(target) \(assignment.rawValue) \(value)" }
}

extension EquationSystem.Variable: CustomStringConvertible {
  /// The variable as a line of Brian's equations.
  public var description: String {
    let left: String
    switch kind {
    case .differential(let value): left = "d\(name)/dt = \(value)"
    case .subexpression(let value): left = "\(name) = \(value)"
    case .parameter: left = name
    }
    let unit =
      switch type {
      case .real: dimension.equationUnitText
      case .integer: "integer"
      case .boolean: "boolean"
      }
    let words = Flags.named.filter { flags.contains($0.flag) }.map { $0.name }
    return "\(left) : \(unit)" + (words.isEmpty ? "" : " (\(words.joined(separator: ", ")))")
  }
}

extension EquationSystem: CustomStringConvertible {
  /// The equations as Brian's, then all else as comments; reads back as the same variables.
  public var description: String {
    var lines = variables.map { $0.description }
    if let threshold { lines.append("# threshold: \(threshold)") }
    if !reset.isEmpty { lines.append("# reset: \(EquationSystem.text(of: reset))") }
    switch refractoriness {
    case .none: break
    case .duration(let value), .condition(let value): lines.append("# refractory: \(value)")
    }
    if let secondReset {
      let width = Quantity(secondReset.width, .time)
      lines.append("# after \(width): \(EquationSystem.text(of: secondReset.statements))")
    }
    for event in events {
      lines.append("# event \(event.name): \(event.condition)")
      lines.append("#   action: \(EquationSystem.text(of: event.action))")
    }
    return lines.joined(separator: "\n")
  }

  private static func text(of statements: [Statement]) -> String {
    statements.map { $0.description }.joined(separator: "; ")
  }
}
