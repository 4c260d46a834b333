public import Units

extension EquationSystem {
  /// Reads and checks an expression over this system's names.
  ///
  /// - Parameters:
  ///   - text: An expression, or a quantity such as `-60 mV`.
  ///   - dimension: What the value must be; `nil` for anything.
  ///   - extra: Names of this text alone; they win over all others.
  /// - Returns: The expression with conversions written out; never boolean.
  /// - Throws: `EquationError` with the place in `text`.
  public func checkedExpression(
    _ text: String, dimension: Dimension?, names extra: [String: Dimension] = [:]
  ) throws(EquationError) -> Expression {
    let expression = try EquationParser.expressionOrQuantity(text)
    let checker = ExpressionChecker(text: text, scope: scope(extra))
    guard let dimension else {
      return checker.asNumber(try checker.check(expression)).expression
    }
    let value = checker.asNumber(try checker.check(expression))
    guard value.dimension == dimension else {
      throw checker.error(
        "`\(checker.textExcerpt)` is \(value.dimension.phrase), where \(dimension.expectation) is due",
        at: expression.span)
    }
    return value.expression
  }

  /// Reads and checks a condition over this system's names.
  ///
  /// - Throws: `EquationError` with the place in `text`.
  public func checkedCondition(
    _ text: String, names extra: [String: Dimension] = [:]
  ) throws(EquationError) -> Expression {
    let checker = ExpressionChecker(text: text, scope: scope(extra))
    return try checker.condition(try EquationParser.expression(text), reason: "here")
  }

  /// Reads and checks statements that assign to this system's variables.
  ///
  /// - Parameters:
  ///   - text: Statements, separated by `;` or line ends.
  ///   - extra: Names of this text alone, such as the weight `w`; they win over all others and cannot
  ///     be assigned to.
  ///   - setsConstants: Whether `constant` and `shared` parameters may be assigned to, as before a
  ///     run.
  /// - Returns: The statements with conversions written out.
  /// - Throws: `EquationError` with the place in `text`.
  public func checkedStatements(
    _ text: String, names extra: [String: Dimension] = [:], setsConstants: Bool = false
  ) throws(EquationError) -> [Statement] {
    let checker = ExpressionChecker(text: text, scope: scope(extra))
    var result: [Statement] = []
    for statement in try EquationParser.statements(text) {
      result.append(try checker.check(statement, setsConstants: setsConstants))
    }
    return result
  }

  /// Reads and checks statements that all neurons of a population run, or some of them, at given
  /// times of a run.
  ///
  /// - Parameters:
  ///   - text: Statements, separated by `;` or line ends.
  ///   - setsConstants: Whether parameters that are `constant` may be assigned to, as between two
  ///     runs.
  ///   - isForAll: Whether all neurons run them; only then may they assign to what is `shared`, and
  ///     only what is the same for all.
  /// - Throws: `EquationError` with the place in `text`.
  public func checkedSchedule(
    _ text: String, setsConstants: Bool, isForAll: Bool
  ) throws(EquationError) -> [Statement] {
    let checker = ExpressionChecker(text: text, scope: scope())
    let statements = try checkedStatements(text, setsConstants: true)
    for statement in statements {
      guard let variable = self[statement.target] else { continue }
      let target = SourceSpan(
        offset: statement.span.offset, length: variable.name.unicodeScalars.count)
      if variable.flags.contains(.constant), !setsConstants {
        throw checker.error(
          "`\(variable.name)` is declared constant, and only single times can change it",
          at: target, hint: "write 'at', or take the flag (constant) away")
      }
      guard variable.flags.contains(.shared) else { continue }
      guard isForAll else {
        throw checker.error(
          "`\(variable.name)` is shared, and some neurons cannot assign to it", at: target)
      }
      try checker.refuseUnshared(in: statement.value, of: variable.name)
      if let draw = statement.value.firstDraw {
        throw checker.error(
          "`\(variable.name)` is shared, and a random number differs from neuron to neuron",
          at: draw)
      }
    }
    return statements
  }

  /// The names that statements assign to, whatever they mean; empty if the text is wrong.
  public static func assignedNames(in text: String) -> Set<String> {
    Set(((try? EquationParser.statements(text)) ?? []).map(\.target))
  }

  /// Makes a constant of the equations a parameter of its own, so that statements can change it.
  ///
  /// - Returns: What its value was; `nil` if there is no such constant.
  public mutating func turnIntoParameter(_ name: String) -> Quantity? {
    guard self[name] == nil, let constant = constants.removeValue(forKey: name) else {
      return nil
    }
    variables.append(Variable(name: name, kind: .parameter, dimension: constant.dimension))
    return constant
  }

  /// The type and the dimension of an expression over this system's names.
  ///
  /// - Throws: `EquationError` with the printed expression as its text.
  public func typeAndDimension(
    of expression: Expression, names extra: [String: Dimension] = [:]
  ) throws(EquationError) -> (type: ValueType, dimension: Dimension) {
    var checker = ExpressionChecker(text: expression.description, scope: scope(extra))
    checker.scope.allowsNoise = true
    let value = try checker.check(expression)
    return (value.type, value.dimension)
  }

  /// The dimension of a variable, a subexpression or a parameter of the equations.
  public func dimension(of name: String) -> Dimension? { self[name]?.dimension }

  /// The value of a name that stands for a number: π, e, a unit or a constant.
  ///
  /// Variables and internal names come first, then reserved units, then constants, then other
  /// units: the order in which checks resolve names.
  ///
  /// - Returns: The value in SI; `nil` for variables, internal names, noise and unknown names.
  public func numericValue(of name: String) -> Double? {
    switch ExpressionChecker(text: name, scope: scope()).meaning(of: name) {
    case .number(let value): value
    case .unit(let unit): unit.scale
    case .constant(let constant): constant.value
    default: nil
    }
  }

  /// The subexpressions, each after all those that it needs. Nothing is substituted.
  public var orderedSubexpressions: [(name: String, value: Expression)] {
    var values: [String: Expression] = [:]
    for variable in variables {
      if case .subexpression(let value) = variable.kind { values[variable.name] = value }
    }
    return SubexpressionOrder(values).names.compactMap { name in
      values[name].map { (name, $0) }
    }
  }

  func scope(_ extra: [String: Dimension] = [:]) -> NameScope {
    NameScope(
      variables: Dictionary(
        variables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
      constants: constants, extra: extra, isSynaptic: !extra.isEmpty)
  }
}

extension EquationParser {
  /// Reads an expression, or a quantity (`4 ms`) as the expression `0.004*second`.
  static func expressionOrQuantity(_ text: String) throws(EquationError) -> Expression {
    let quantity: QuantityText
    do {
      quantity = try QuantityText(text)
    } catch {
      do {
        return try expression(text)
      } catch let other {
        // `4 mss` is a quantity with a slip, `V_soma +` an expression with one.
        throw QuantityText.looksLikeQuantity(text) ? EquationError(error) : other
      }
    }
    guard quantity.isJuxtaposed else { return try expression(text) }
    let span = SourceSpan(offset: 0, length: text.unicodeScalars.count)
    return Expression(quantity.quantity, at: span)
  }
}

extension Expression {
  /// A quantity as number times SI unit, which is exact.
  init(_ quantity: Quantity, at span: SourceSpan) {
    let number = Expression(.number(quantity.value.magnitude, isInteger: false), at: span)
    let signed =
      quantity.value.sign == .minus ? Expression(.unary(.negate, number), at: span) : number
    guard quantity.dimension != .one else {
      self = signed
      return
    }
    let unit = try? EquationParser.expression(quantity.dimension.equationUnitText)
    var factor = unit ?? Expression(.number(.nan, isInteger: false))
    factor = factor.relocated(to: span)
    self = Expression(.binary(.multiply, signed, factor), at: span)
  }

  /// The same expression with every span the given one.
  private func relocated(to span: SourceSpan) -> Expression {
    switch node {
    case .number, .boolean, .name: Expression(node, at: span)
    case .unary(let symbol, let operand):
      Expression(.unary(symbol, operand.relocated(to: span)), at: span)
    case .binary(let symbol, let left, let right):
      Expression(
        .binary(symbol, left.relocated(to: span), right.relocated(to: span)), at: span)
    case .call(let name, let arguments):
      Expression(.call(name, arguments.map { $0.relocated(to: span) }), at: span)
    }
  }
}
