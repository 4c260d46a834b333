internal import Units

/// What the names of an expression may be.
struct NameScope {
  /// Variables of the population, by name.
  var variables: [String: EquationSystem.Variable] = [:]
  /// Parameters of the model and constants of the job.
  var constants: [String: Quantity] = [:]
  /// Names of this text alone, such as the weight `w` of a synapse; they win over all others.
  var extra: [String: Dimension] = [:]
  /// Whether `xi` may stand here: in the right sides of differential equations.
  var allowsNoise = false
  /// Whether this is code of a synapse, in which `V_pre` and `V_post` could be meant.
  var isSynaptic = false
}

/// An expression that is right: names known, types and dimensions fitting.
struct CheckedExpression {
  /// With every conversion from boolean to number written out as `int()`.
  var expression: Expression
  var type: EquationSystem.ValueType
  var dimension: Dimension

  /// For sentences: `V`, a voltage (V).
  var phrase: String {
    type == .boolean
      ? "`\(expression.excerpt)`, a condition" : "`\(expression.excerpt)`, \(dimension.phrase)"
  }
}

/// Checks the expressions of one text, with Brian's strictness.
struct ExpressionChecker {
  let text: String
  var scope: NameScope

  func error(_ message: String, at span: SourceSpan, hint: String? = nil) -> EquationError {
    EquationError(message, in: text, at: span, hint: hint)
  }

  /// For messages about the whole text: as its writer wrote it, cut if it is long.
  var textExcerpt: String {
    let words = text.split { $0.isWhitespace }.joined(separator: " ")
    return words.count <= 40 ? words : words.prefix(39) + "…"
  }

  /// Checks an expression and writes its conversions out.
  func check(_ expression: Expression) throws(EquationError) -> CheckedExpression {
    switch expression.node {
    case .number(_, let isInteger):
      return CheckedExpression(
        expression: expression, type: isInteger ? .integer : .real, dimension: .one)
    case .boolean:
      return CheckedExpression(expression: expression, type: .boolean, dimension: .one)
    case .name(let name):
      return try checkName(name, expression)
    case .unary(.negate, let operand):
      let value = try number(operand, for: "-")
      return CheckedExpression(
        expression: Expression(.unary(.negate, value.expression), at: expression.span),
        type: value.type, dimension: value.dimension)
    case .unary(.not, let operand):
      let value = try condition(operand, reason: "after `not`")
      return CheckedExpression(
        expression: Expression(.unary(.not, value), at: expression.span), type: .boolean,
        dimension: .one)
    case .binary(let symbol, let left, let right):
      return try checkBinary(symbol, left, right, at: expression.span)
    case .call(let name, let arguments):
      return try checkCall(name, arguments, expression)
    }
  }

  /// Checks a condition.
  func condition(_ expression: Expression, reason: String) throws(EquationError) -> Expression {
    let value = try check(expression)
    guard value.type == .boolean else {
      throw error(
        "`\(value.expression.excerpt)` is \(value.dimension.phrase), where a condition is due \(reason)",
        at: expression.span, hint: "compare it with something, such as V > -50*mV")
    }
    return value.expression
  }

  /// Checks an expression of a given dimension; a boolean one is written as `int()`.
  func expression(
    _ expression: Expression, of dimension: Dimension, due reason: String
  ) throws(EquationError) -> CheckedExpression {
    let value = asNumber(try check(expression))
    guard value.dimension == dimension else {
      throw error(
        "`\(value.expression.excerpt)` is \(value.dimension.phrase), where \(dimension.phrase) is due: \(reason)",
        at: expression.span, hint: missingUnitHint(value, wanted: dimension))
    }
    return value
  }

  /// A boolean value as the integer 0 or 1, written out.
  func asNumber(_ value: CheckedExpression) -> CheckedExpression {
    guard value.type == .boolean else { return value }
    return CheckedExpression(
      expression: Expression(.call("int", [value.expression]), at: value.expression.span),
      type: .integer, dimension: .one)
  }

  /// Checks an operand of arithmetic: a number, or a boolean variable, which counts 0 or 1.
  private func number(
    _ operand: Expression, for symbol: String
  ) throws(EquationError) -> CheckedExpression {
    let value = try check(operand)
    guard value.type == .boolean else { return value }
    if case .name = operand.node { return asNumber(value) }
    throw error(
      "`\(value.expression.excerpt)` is a condition, where `\(symbol)` needs a number",
      at: operand.span, hint: "write int(\(value.expression.excerpt)), which is 0 or 1")
  }

  // MARK: Operators

  private func checkBinary(
    _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at span: SourceSpan
  ) throws(EquationError) -> CheckedExpression {
    switch symbol {
    case .and, .or:
      let reason = "beside `\(symbol.rawValue)`"
      let node = Expression.Node.binary(
        symbol, try condition(left, reason: reason), try condition(right, reason: reason))
      return CheckedExpression(
        expression: Expression(node, at: span), type: .boolean, dimension: .one)
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual:
      return try checkComparison(symbol, left, right, at: span)
    case .power:
      return try checkPower(left, right, at: span)
    default:
      return try checkArithmetic(symbol, left, right, at: span)
    }
  }

  private func checkComparison(
    _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at span: SourceSpan
  ) throws(EquationError) -> CheckedExpression {
    var first = try check(left)
    var second = try check(right)
    let isEquality = symbol == .equal || symbol == .notEqual
    if first.type != .boolean || second.type != .boolean || !isEquality {
      first = try number(left, for: symbol.rawValue)
      second = try number(right, for: symbol.rawValue)
    }
    guard first.dimension == second.dimension else {
      throw error(
        "cannot compare \(first.phrase), with \(second.phrase)", at: right.span,
        hint: missingUnitHint(second, wanted: first.dimension)
          ?? missingUnitHint(first, wanted: second.dimension))
    }
    return CheckedExpression(
      expression: Expression(.binary(symbol, first.expression, second.expression), at: span),
      type: .boolean, dimension: .one)
  }

  private func checkArithmetic(
    _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at span: SourceSpan
  ) throws(EquationError) -> CheckedExpression {
    let first = try number(left, for: symbol.rawValue)
    let second = try number(right, for: symbol.rawValue)
    var type: EquationSystem.ValueType =
      first.type == .integer && second.type == .integer ? .integer : .real
    let dimension: Dimension
    switch symbol {
    case .multiply: dimension = first.dimension * second.dimension
    case .divide:
      dimension = first.dimension / second.dimension
      type = .real
    case .floorDivide:
      for operand in [first, second] where operand.dimension != .one {
        throw error(
          "`//` needs plain numbers, and `\(operand.expression.excerpt)` is \(operand.dimension.phrase)",
          at: operand.expression.span)
      }
      dimension = .one
    default:
      guard first.dimension == second.dimension else {
        throw mismatch(symbol, first, second, at: right.span)
      }
      dimension = first.dimension
    }
    return CheckedExpression(
      expression: Expression(.binary(symbol, first.expression, second.expression), at: span),
      type: type, dimension: dimension)
  }

  private func mismatch(
    _ symbol: BinaryOperator, _ first: CheckedExpression, _ second: CheckedExpression,
    at span: SourceSpan
  ) -> EquationError {
    let message =
      switch symbol {
      case .add: "cannot add \(second.phrase), to \(first.phrase)"
      case .subtract: "cannot subtract \(second.phrase), from \(first.phrase)"
      default: "cannot take \(first.phrase), modulo \(second.phrase)"
      }
    return error(
      message, at: span,
      hint: missingUnitHint(second, wanted: first.dimension)
        ?? missingUnitHint(first, wanted: second.dimension))
  }

  /// If a bare number stands where a quantity is due, its unit was probably forgotten.
  private func missingUnitHint(_ value: CheckedExpression, wanted: Dimension) -> String? {
    var inner = value.expression
    if case .unary(.negate, let operand) = inner.node { inner = operand }
    guard case .number = inner.node, wanted != .one else { return nil }
    let unit =
      wanted.example.map { $0.drop { $0 != " " }.dropFirst() } ?? wanted.equationUnitText[...]
    let spelling = unit.replacing("^", with: "**")
    let isCompound = spelling.contains { "/*".contains($0) }
    return
      "give the number its unit: \(value.expression)*\(isCompound ? "(\(spelling))" : spelling)"
  }

  private func checkPower(
    _ left: Expression, _ right: Expression, at span: SourceSpan
  ) throws(EquationError) -> CheckedExpression {
    let base = try number(left, for: "**")
    let exponent = try number(right, for: "**")
    guard exponent.dimension == .one else {
      throw error(
        "an exponent is a plain number, and `\(exponent.expression.excerpt)` is \(exponent.dimension.phrase)",
        at: right.span)
    }
    var dimension = Dimension.one
    if base.dimension != .one {
      let power = try constantExponent(right, base: base)
      dimension = base.dimension.raised(to: power)
      let isSane =
        power.magnitude <= 1000
        && (0..<8).allSatisfy { lane in
          dimension.exponents[lane].magnitude <= 1e6
        }
      guard isSane else {
        throw error("the exponent of a quantity is out of range", at: right.span)
      }
    }
    var type = EquationSystem.ValueType.real
    if base.type == .integer, case .number(_, isInteger: true) = right.node { type = .integer }
    return CheckedExpression(
      expression: Expression(.binary(.power, base.expression, exponent.expression), at: span),
      type: type, dimension: dimension)
  }

  /// The value of an exponent that decides a dimension: numbers and constants only.
  private func constantExponent(
    _ exponent: Expression, base: CheckedExpression
  ) throws(EquationError) -> Double {
    let refusal = error(
      "`\(base.expression.excerpt)` is \(base.dimension.phrase), and its exponent must be a number that does not change",
      at: exponent.span)
    var constants: [String: Quantity] = [:]
    for name in exponent.names {
      switch meaning(of: name) {
      case .constant(let value): constants[name] = value
      case .number, .unit: break
      default: throw refusal
      }
    }
    do {
      return try ConstantEvaluator(text: text, constants: constants).evaluate(exponent).value
    } catch {
      throw refusal
    }
  }

  // MARK: Functions

  private func checkCall(
    _ name: String, _ arguments: [Expression], _ expression: Expression
  ) throws(EquationError) -> CheckedExpression {
    let nameSpan = SourceSpan(offset: expression.span.offset, length: name.unicodeScalars.count)
    guard let function = EquationFunction(rawValue: name) else {
      throw unknownFunction(name, at: nameSpan)
    }
    let arity = function.arity
    guard arity.range.contains(arguments.count) else {
      throw error(
        "`\(name)` takes \(arity.text), not \(arguments.count)", at: expression.span)
    }
    var values: [CheckedExpression] = []
    for argument in arguments {
      // Only int() turns a condition into a number; elsewhere it would be a slip.
      if function == .int {
        values.append(try check(argument))
      } else {
        values.append(try number(argument, for: name))
      }
    }
    let (type, dimension) = try result(of: function, values)
    return CheckedExpression(
      expression: call(function, values.map { $0.expression }, at: expression.span), type: type,
      dimension: dimension)
  }

  /// `min(a, b, c)` becomes `min(min(a, b), c)`: those who read the tree know two arguments.
  private func call(
    _ function: EquationFunction, _ arguments: [Expression], at span: SourceSpan
  ) -> Expression {
    guard case .extremum = function.rule, arguments.count > 2 else {
      return Expression(.call(function.rawValue, arguments), at: span)
    }
    return arguments.dropFirst().reduce(arguments[0]) { left, right in
      Expression(.call(function.rawValue, [left, right]), at: span)
    }
  }

  private func result(
    of function: EquationFunction, _ values: [CheckedExpression]
  ) throws(EquationError) -> (EquationSystem.ValueType, Dimension) {
    switch function.rule {
    case .draw: return (.real, .one)
    case .dimensionless:
      try require(values[0], .one, by: function)
      return (.real, .one)
    case .poisson:
      try require(values[0], .one, by: function)
      return (.integer, .one)
    case .int:
      try require(values[0], .one, by: function)
      return (.integer, .one)
    case .rounding: return (.real, values[0].dimension)
    case .absolute: return (values[0].type, values[0].dimension)
    case .sign: return (values[0].type, .one)
    case .squareRoot: return (.real, values[0].dimension.raised(to: 0.5))
    case .timestep:
      for value in values { try require(value, .time, by: function) }
      return (.integer, .one)
    case .extremum, .clip:
      for value in values.dropFirst() where value.dimension != values[0].dimension {
        throw error(
          "`\(function.rawValue)` needs arguments of one dimension: \(values[0].phrase), and \(value.phrase)",
          at: value.expression.span,
          hint: missingUnitHint(value, wanted: values[0].dimension))
      }
      let areIntegers = values.allSatisfy { $0.type == .integer }
      return (areIntegers ? .integer : .real, values[0].dimension)
    }
  }

  private func require(
    _ value: CheckedExpression, _ dimension: Dimension, by function: EquationFunction
  ) throws(EquationError) {
    guard value.dimension != dimension else { return }
    throw error(
      "`\(function.rawValue)` needs \(dimension.phrase), and `\(value.expression.excerpt)` is \(value.dimension.phrase)",
      at: value.expression.span,
      hint: missingUnitHint(value, wanted: dimension)
        ?? (dimension == .one ? "divide it by a quantity of its kind" : nil))
  }
}
