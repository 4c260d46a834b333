internal import Equations
internal import Units

/// Texts of the equation language, checked against a system; errors point at their characters.
extension JobReading {
  /// Reads an expression for a variable: of its dimension, or a truth value.
  func expression(
    _ field: JobField, _ text: String, of variable: EquationSystem.Variable,
    in system: EquationSystem
  ) -> Expression? {
    variable.type == .boolean
      ? condition(field, text, in: system, names: [:])
      : expression(field, text, dimension: variable.dimension, in: system, names: [:])
  }

  /// Reads an expression of one dimension.
  func expression(
    _ field: JobField, _ text: String, dimension: Dimension, in system: EquationSystem,
    names: [String: Dimension]
  ) -> Expression? {
    do throws(EquationError) {
      return try system.checkedExpression(text, dimension: dimension, names: names)
    } catch {
      if !mentionsBrokenConstant(text) { refuse(field, error) }
      return nil
    }
  }

  /// Reads a condition.
  func condition(
    _ field: JobField, _ text: String, in system: EquationSystem, names: [String: Dimension]
  ) -> Expression? {
    do throws(EquationError) {
      return try system.checkedCondition(text, names: names)
    } catch {
      if !mentionsBrokenConstant(text) { refuse(field, error) }
      return nil
    }
  }

  /// Refuses names that mean nothing where a text stands, and random numbers.
  func isFree(_ text: String, of names: [String], _ field: JobField) -> Bool {
    let used = Identifiers.all(in: text)
    let random = EquationFunction.allCases.filter(\.isRandom).map(\.rawValue)
    guard let name = (names + random).first(where: used.contains) else { return true }
    refuse(field, "'\(name)' has no meaning in '\(field.name)'")
    return false
  }

  /// Reads statements.
  func statements(
    _ field: JobField, _ text: String, in system: EquationSystem, names: [String: Dimension]
  ) -> [Statement]? {
    do throws(EquationError) {
      return try system.checkedStatements(text, names: names)
    } catch {
      if !mentionsBrokenConstant(text) { refuse(field, error) }
      return nil
    }
  }
}
