internal import Units

extension ExpressionChecker {
  /// Checks one statement: its target can be assigned to, and its value fits.
  func check(_ statement: Statement, setsConstants: Bool) throws(EquationError) -> Statement {
    let name = statement.target
    let targetSpan = SourceSpan(
      offset: statement.span.offset, length: name.unicodeScalars.count)
    let variable = try target(name, at: targetSpan, setsConstants: setsConstants)
    var result = statement
    switch variable.type {
    case .boolean: result.value = try booleanValue(of: statement)
    case .integer: result.value = try integerValue(of: statement)
    case .real: result.value = try realValue(of: statement, variable.dimension)
    }
    return result
  }

  private func target(
    _ name: String, at span: SourceSpan, setsConstants: Bool
  ) throws(EquationError) -> EquationSystem.Variable {
    let variable: EquationSystem.Variable
    switch meaning(of: name) {
    case .variable(let found): variable = found
    case nil:
      var fault = unknownName(name, at: span)
      if fault.hint == nil {
        fault.hint = "statements assign to variables and parameters of the equations"
      }
      throw fault
    case .constant:
      throw error(
        "`\(name)` is a constant and cannot be assigned to", at: span,
        hint: "for a value that changes, declare it in the equations")
    case .extra:
      throw error("`\(name)` belongs to the synapse and cannot be assigned to", at: span)
    default:
      throw error("`\(name)` is built in and cannot be assigned to", at: span)
    }
    guard variable.isStored else {
      throw error(
        "`\(name)` is a subexpression and cannot be assigned to", at: span,
        hint: "its value follows from its equation")
    }
    if !setsConstants {
      if variable.flags.contains(.constant) {
        throw error("`\(name)` is declared constant and cannot be assigned to", at: span)
      }
      if variable.flags.contains(.shared) {
        throw error("`\(name)` is shared, and one neuron cannot assign to it", at: span)
      }
    }
    return variable
  }

  private func booleanValue(of statement: Statement) throws(EquationError) -> Expression {
    guard statement.assignment == .set else {
      throw error(
        "`\(statement.target)` is boolean: only `=` can assign to it", at: statement.span)
    }
    if case .number(let number, isInteger: true) = statement.value.node, number == 0 || number == 1
    {
      return Expression(.boolean(number == 1), at: statement.value.span)
    }
    return try condition(statement.value, reason: "for the boolean `\(statement.target)`")
  }

  private func integerValue(of statement: Statement) throws(EquationError) -> Expression {
    guard statement.assignment != .divide else {
      throw error(
        "`\(statement.target)` is an integer, and `/=` gives none", at: statement.span,
        hint: "write \(statement.target) = \(statement.target) // …")
    }
    let value = asNumber(try check(statement.value))
    guard value.type == .integer else {
      throw error(
        "`\(value.expression.excerpt)` is not an integer, and `\(statement.target)` is",
        at: statement.value.span, hint: "write int(…)")
    }
    return value.expression
  }

  private func realValue(
    of statement: Statement, _ dimension: Dimension
  ) throws(EquationError) -> Expression {
    switch statement.assignment {
    case .set, .add, .subtract:
      let due = "it goes to `\(statement.target)`"
      return try expression(statement.value, of: dimension, due: due).expression
    case .multiply, .divide:
      let due = "`\(statement.target)` keeps its dimension"
      return try expression(statement.value, of: .one, due: due).expression
    }
  }
}
