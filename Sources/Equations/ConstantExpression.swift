public import Units

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Numbers and quantities of a job, which may be expressions of its constants.
public enum ConstantExpression {
  /// Reads a quantity (`-60 mV`), or computes an expression of constants, units and deterministic
  /// functions (`min(1, 50/neurons)`, `0.5*82*Hz`) in f64.
  ///
  /// - Throws: `EquationError` for what cannot be read, for unknown names, for dimensions that do not
  ///   fit, and for results that are not finite.
  public static func evaluate(
    _ text: String, constants: [String: Quantity] = [:]
  ) throws(EquationError) -> Quantity {
    do {
      let quantity = try QuantityText(text)
      // In `2*m` the constant `m` is meant, if there is one; in `2 m` never.
      let isShadowed =
        !quantity.isJuxtaposed
        && quantity.unitNames.contains { constants[$0] != nil && !UnitTable.isReserved($0) }
      if !isShadowed { return quantity.quantity }
    } catch {
      if QuantityText.looksLikeQuantity(text) { throw EquationError(error) }
    }
    var parser = try ExpressionParser(text)
    parser.allowsCaret = true
    let expression = try parser.wholeExpression()
    let value = try ConstantEvaluator(text: text, constants: constants).evaluate(expression)
    guard value.type != .boolean else {
      throw EquationError(
        "`\(expression.excerpt)` is a condition, where a number or a quantity is due", in: text,
        at: expression.span)
    }
    return Quantity(value.value, value.dimension)
  }
}

extension EquationError {
  /// The same fault, told by the reader of quantities.
  public init(_ error: QuantityError) {
    self.init(
      error.message, in: error.text,
      at: SourceSpan(offset: error.offset, length: error.length), hint: error.hint)
  }
}

/// Computes expressions of numbers, units and constants.
struct ConstantEvaluator {
  let text: String
  let constants: [String: Quantity]

  /// A value, and what is known of it besides.
  struct Value {
    var value: Double
    var dimension: Dimension
    var type: EquationSystem.ValueType = .real
    /// Set where the value is one of a unit: `cm**2` keeps its exact scale, as in Brian.
    var unit: Unit?
  }

  private func error(_ message: String, at span: SourceSpan, hint: String? = nil) -> EquationError {
    EquationError(message, in: text, at: span, hint: hint)
  }

  /// Names and dimensions are checked by the same rules as in equations.
  private var checker: ExpressionChecker {
    ExpressionChecker(text: text, scope: NameScope(constants: constants))
  }

  /// The value of an expression.
  ///
  /// - Throws: `EquationError` for anything that is not constant, not of fitting dimensions, or not finite.
  func evaluate(_ expression: Expression) throws(EquationError) -> Value {
    let result: Value
    switch expression.node {
    case .number(let number, let isInteger):
      result = Value(value: number, dimension: .one, type: isInteger ? .integer : .real)
    case .boolean(let value):
      result = Value(value: value ? 1 : 0, dimension: .one, type: .boolean)
    case .name(let name):
      result = try value(of: name, at: expression.span)
    case .unary(let symbol, let operand):
      let value = try evaluate(operand)
      try require(symbol == .not ? .boolean : .real, value, operand)
      result =
        symbol == .not
        ? Value(value: 1 - value.value, dimension: .one, type: .boolean)
        : Value(value: -value.value, dimension: value.dimension, type: value.type)
    case .binary(let symbol, let left, let right):
      let first = try evaluate(left)
      let second = try evaluate(right)
      result = try combine(symbol, (first, left), (second, right))
    case .call(let name, let arguments):
      result = try call(name, arguments, expression)
    }
    guard result.value.isFinite else {
      throw error("`\(expression.excerpt)` is not a finite number", at: expression.span)
    }
    return result
  }

  private func value(of name: String, at span: SourceSpan) throws(EquationError) -> Value {
    if let number = EquationNames.numbers[name] { return Value(value: number, dimension: .one) }
    if let constant = constants[name], !UnitTable.isReserved(name) {
      return Value(value: constant.value, dimension: constant.dimension)
    }
    if EquationFunction(rawValue: name) != nil {
      throw error("`\(name)` is a function and needs its arguments", at: span)
    }
    if let unit = UnitTable.unit(named: name) {
      return Value(value: unit.scale, dimension: unit.dimension, unit: unit)
    }
    if EquationNames.internals[name] != nil || EquationNames.isNoise(name) {
      throw error("`\(name)` changes during a run; a constant is due here", at: span)
    }
    let suggestion =
      Spelling.nearest(to: name, among: constants.keys.sorted())
      ?? UnitTable.suggestions(for: name).first
    throw error(
      "`\(name)` is neither a constant nor a unit", at: span,
      hint: suggestion.map { "did you mean `\($0)`?" })
  }

  /// Refuses a condition where a number is due, and the other way round.
  private func require(
    _ type: EquationSystem.ValueType, _ value: Value, _ expression: Expression
  ) throws(EquationError) {
    guard (type == .boolean) != (value.type == .boolean) else { return }
    throw error(
      type == .boolean
        ? "`\(expression.excerpt)` is no condition"
        : "`\(expression.excerpt)` is a condition, where a number is due",
      at: expression.span)
  }

  // MARK: Operators

  private typealias Operand = (value: Value, expression: Expression)

  private func combine(
    _ symbol: BinaryOperator, _ left: Operand, _ right: Operand
  ) throws(EquationError) -> Value {
    let isLogical = symbol == .and || symbol == .or
    let areConditions =
      (symbol == .equal || symbol == .notEqual) && left.value.type == .boolean
      && right.value.type == .boolean
    if !areConditions {
      try require(isLogical ? .boolean : .real, left.value, left.expression)
      try require(isLogical ? .boolean : .real, right.value, right.expression)
    }
    let (a, b) = (left.value.value, right.value.value)
    func truth(_ value: Bool) -> Value {
      Value(value: value ? 1 : 0, dimension: .one, type: .boolean)
    }
    switch symbol {
    case .and: return truth(a != 0 && b != 0)
    case .or: return truth(a != 0 || b != 0)
    case .multiply, .divide, .floorDivide, .power:
      return try scale(symbol, left, right)
    default:
      try requireSameDimension(symbol, left, right)
    }
    let dimension = left.value.dimension
    let type: EquationSystem.ValueType =
      left.value.type == .integer && right.value.type == .integer ? .integer : .real
    switch symbol {
    case .add: return Value(value: a + b, dimension: dimension, type: type)
    case .subtract: return Value(value: a - b, dimension: dimension, type: type)
    case .modulo:
      try refuseZero(right)
      return Value(value: floored(a, modulo: b), dimension: dimension, type: type)
    case .less: return truth(a < b)
    case .lessOrEqual: return truth(a <= b)
    case .greater: return truth(a > b)
    case .greaterOrEqual: return truth(a >= b)
    case .equal: return truth(a == b)
    default: return truth(a != b)
    }
  }

  private func requireSameDimension(
    _ symbol: BinaryOperator, _ left: Operand, _ right: Operand
  ) throws(EquationError) {
    guard left.value.dimension != right.value.dimension else { return }
    throw error(
      "`\(symbol.rawValue)` needs operands of one dimension: `\(left.expression.excerpt)` is \(left.value.dimension.phrase), `\(right.expression.excerpt)` is \(right.value.dimension.phrase)",
      at: right.expression.span)
  }

  private func refuseZero(_ operand: Operand) throws(EquationError) {
    guard operand.value.value == 0 else { return }
    throw error(
      "`\(operand.expression.excerpt)` is zero, and nothing can be divided by it",
      at: operand.expression.span)
  }

  /// Python's modulo: the sign is the divisor's.
  private func floored(_ a: Double, modulo b: Double) -> Double {
    let remainder = a.truncatingRemainder(dividingBy: b)
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
  }

  private func scale(
    _ symbol: BinaryOperator, _ left: Operand, _ right: Operand
  ) throws(EquationError) -> Value {
    let (first, second) = (left.value, right.value)
    let type: EquationSystem.ValueType =
      first.type == .integer && second.type == .integer ? .integer : .real
    switch symbol {
    case .multiply:
      if let a = first.unit, let b = second.unit { return self.value(of: a * b) }
      return Value(
        value: first.value * second.value, dimension: first.dimension * second.dimension,
        type: type)
    case .divide:
      try refuseZero(right)
      if let a = first.unit, let b = second.unit { return self.value(of: a / b) }
      return Value(
        value: first.value / second.value, dimension: first.dimension / second.dimension)
    case .floorDivide:
      try refuseZero(right)
      for operand in [left, right] where operand.value.dimension != .one {
        throw error(
          "`//` needs plain numbers, and `\(operand.expression.excerpt)` is \(operand.value.dimension.phrase)",
          at: operand.expression.span)
      }
      return Value(
        value: (first.value / second.value).rounded(.down), dimension: .one, type: type)
    default:
      return try power(left, right)
    }
  }

  private func value(of unit: Unit) -> Value {
    Value(value: unit.scale, dimension: unit.dimension, unit: unit)
  }

  private func power(_ left: Operand, _ right: Operand) throws(EquationError) -> Value {
    let (base, exponent) = (left.value, right.value)
    guard exponent.dimension == .one, exponent.value.magnitude <= 1000 || base.dimension == .one
    else {
      throw error(
        exponent.dimension == .one
          ? "the exponent of a quantity is out of range"
          : "an exponent is a plain number, and `\(right.expression.excerpt)` is \(exponent.dimension.phrase)",
        at: right.expression.span)
    }
    if let unit = base.unit?.raised(to: exponent.value) { return value(of: unit) }
    if base.value == 0, exponent.value < 0 { try refuseZero(left) }
    let dimension = base.dimension.raised(to: exponent.value)
    guard (0..<8).allSatisfy({ dimension.exponents[$0].magnitude <= 1e6 }) else {
      throw error("the exponent of a quantity is out of range", at: right.expression.span)
    }
    return Value(
      value: pow(base.value, exponent.value), dimension: dimension,
      type: base.type == .integer && exponent.type == .integer && exponent.value >= 0
        ? .integer : .real)
  }

  // MARK: Functions

  private func call(
    _ name: String, _ arguments: [Expression], _ expression: Expression
  ) throws(EquationError) -> Value {
    let nameSpan = SourceSpan(offset: expression.span.offset, length: name.unicodeScalars.count)
    guard let function = EquationFunction(rawValue: name) else {
      throw checker.unknownFunction(name, at: nameSpan)
    }
    guard !function.isRandom else {
      throw error("`\(name)` is random; a constant is due here", at: nameSpan)
    }
    guard function.arity.range.contains(arguments.count) else {
      throw error(
        "`\(name)` takes \(function.arity.text), not \(arguments.count)", at: expression.span)
    }
    var operands: [Operand] = []
    for argument in arguments {
      let value = try evaluate(argument)
      if function != .int { try require(.real, value, argument) }
      operands.append((value, argument))
    }
    return try result(of: function, operands)
  }

  private func result(
    of function: EquationFunction, _ operands: [Operand]
  ) throws(EquationError) -> Value {
    let first = operands[0].value
    let x = first.value
    switch function.rule {
    case .dimensionless:
      try require(operands[0], .one, by: function)
      return Value(value: Equations.value(of: function, at: x), dimension: .one)
    case .rounding:
      return Value(value: x.rounded(function == .floor ? .down : .up), dimension: first.dimension)
    case .absolute: return Value(value: x.magnitude, dimension: first.dimension, type: first.type)
    case .sign: return Value(value: x > 0 ? 1 : x < 0 ? -1 : 0, dimension: .one, type: .integer)
    case .squareRoot:
      return Value(value: x.squareRoot(), dimension: first.dimension.raised(to: 0.5))
    case .int:
      try require(operands[0], .one, by: function)
      return Value(value: x.rounded(.towardZero), dimension: .one, type: .integer)
    case .timestep:
      for operand in operands { try require(operand, .time, by: function) }
      try refuseZero(operands[1])
      let dt = operands[1].value.value
      return Value(value: ((x + 1e-3 * dt) / dt).rounded(.down), dimension: .one, type: .integer)
    case .extremum, .clip:
      for operand in operands.dropFirst() where operand.value.dimension != first.dimension {
        throw error(
          "`\(function.rawValue)` needs arguments of one dimension: `\(operands[0].expression.excerpt)` is \(first.dimension.phrase), `\(operand.expression.excerpt)` is \(operand.value.dimension.phrase)",
          at: operand.expression.span)
      }
      let values = operands.map { $0.value.value }
      let type: EquationSystem.ValueType =
        operands.allSatisfy { $0.value.type == .integer } ? .integer : .real
      return Value(
        value: Equations.value(of: function, of: values), dimension: first.dimension, type: type)
    case .draw, .poisson:
      return Value(value: .nan, dimension: .one)
    }
  }

  private func require(
    _ operand: Operand, _ dimension: Dimension, by function: EquationFunction
  ) throws(EquationError) {
    guard operand.value.dimension != dimension else { return }
    throw error(
      "`\(function.rawValue)` needs \(dimension.phrase), and `\(operand.expression.excerpt)` is \(operand.value.dimension.phrase)",
      at: operand.expression.span)
  }
}

/// The value of a function of one plain number; not a number for all others.
private func value(of function: EquationFunction, at x: Double) -> Double {
  switch function {
  case .exp: exp(x)
  case .log: log(x)
  case .log10: log10(x)
  case .expm1: expm1(x)
  case .log1p: log1p(x)
  case .exprel: x == 0 ? 1 : expm1(x) / x
  case .sin: sin(x)
  case .cos: cos(x)
  case .tan: tan(x)
  case .arcsin: asin(x)
  case .arccos: acos(x)
  case .arctan: atan(x)
  case .sinh: sinh(x)
  case .cosh: cosh(x)
  case .tanh: tanh(x)
  default: .nan
  }
}

/// The value of `min`, `max` and `clip`.
private func value(of function: EquationFunction, of values: [Double]) -> Double {
  switch function {
  case .min: values.dropFirst().reduce(values[0]) { min($0, $1) }
  case .max: values.dropFirst().reduce(values[0]) { max($0, $1) }
  default: min(max(values[0], values[1]), values[2])
  }
}
