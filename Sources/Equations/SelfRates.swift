/// For each differential variable x with x' = a + b x: its b, which does not depend on x.
package struct SelfRates: Hashable, Sendable {
  /// A value with a name that no text can hold: the derivative of a subexpression.
  package struct Definition: Hashable, Sendable {
    /// Such as `∂I_soma/∂V_soma`.
    package var name: String
    /// May read definitions before it.
    package var value: Expression
  }

  /// In an order in which each comes after those that it reads.
  package var definitions: [Definition] = []
  /// b by variable; a variable whose own value its right side does not read has none.
  package var rates: [String: Expression] = [:]

  package init() {}
}

extension EquationSystem {
  /// Differentiates the right side of every variable with respect to that variable.
  ///
  /// Subexpressions count as what they stand for. Derivatives are made by the rules of sum, product
  /// and quotient; each is as long as its expression at most.
  ///
  /// - Throws: `MethodProblem` with the first variable that stands non-linearly in its own equation.
  package func selfRates() throws(MethodProblem) -> SelfRates {
    var result = SelfRates()
    let subexpressions = substitutedSubexpressions
    for variable in variables {
      guard case .differential(let right) = variable.kind else { continue }
      var derivative = LinearDerivative(of: variable.name, subexpressions: subexpressions)
      do throws(LinearDerivative.NotLinear) {
        result.rates[variable.name] = try derivative.derivative(of: right)
      } catch {
        let place = error.subexpression.map { " in '\($0)'" } ?? ""
        throw MethodProblem(
          message:
            "'\(IntegrationMethod.exponentialEuler.rawValue)' needs equations that are linear in their own variable, and '\(variable.name)' stands non-linearly in its own: `\(error.part.excerpt)`\(place)",
          hint: "use rk2 or rk4, or euler")
      }
      result.definitions += derivative.definitions
    }
    return result
  }
}

/// Derivatives of expressions with respect to one variable, in which they must be linear.
private struct LinearDerivative {
  struct NotLinear: Error {
    var part: Expression
    /// The subexpression in whose text it stands.
    var subexpression: String?
  }

  private let variable: String
  private let subexpressions: [String: Expression]
  private(set) var definitions: [SelfRates.Definition] = []
  /// Derivatives of subexpressions that were met before; `nil` for none.
  private var known: [String: Expression?] = [:]

  init(of variable: String, subexpressions: [String: Expression]) {
    self.variable = variable
    self.subexpressions = subexpressions
  }

  /// The derivative; `nil` if and only if the variable does not stand in the expression.
  mutating func derivative(of expression: Expression) throws(NotLinear) -> Expression? {
    switch expression.node {
    case .number, .boolean: return nil
    case .name(variable): return .one
    case .name(let name): return try derivative(ofSubexpression: name)
    case .unary(.negate, let operand):
      return try derivative(of: operand).map { Expression(.unary(.negate, $0)) }
    case .binary(.add, let left, let right):
      let (a, b) = (try derivative(of: left), try derivative(of: right))
      guard let a, let b else { return a ?? b }
      return Expression(.binary(.add, a, b))
    case .binary(.subtract, let left, let right):
      let (a, b) = (try derivative(of: left), try derivative(of: right))
      guard let b else { return a }
      guard let a else { return Expression(.unary(.negate, b)) }
      return Expression(.binary(.subtract, a, b))
    case .binary(.multiply, let left, let right):
      let (a, b) = (try derivative(of: left), try derivative(of: right))
      if a != nil, b != nil { throw NotLinear(part: expression) }
      if let a { return a.times(right) }
      return b.map { left.times($0) }
    case .binary(.divide, let left, let right):
      let numerator = try derivative(of: left)
      try requireFree([right], in: expression)
      return numerator.map { Expression(.binary(.divide, $0, right)) }
    case .binary(.power, let base, let exponent):
      if case .number(1, _) = exponent.node { return try derivative(of: base) }
      try requireFree([base, exponent], in: expression)
      return nil
    case .unary, .binary, .call:
      try requireFree(expression.children, in: expression)
      return nil
    }
  }

  private mutating func requireFree(
    _ operands: [Expression], in expression: Expression
  ) throws(NotLinear) {
    for operand in operands where try derivative(of: operand) != nil {
      throw NotLinear(part: expression)
    }
  }

  private mutating func derivative(ofSubexpression name: String) throws(NotLinear) -> Expression? {
    if let found = known[name] { return found }
    guard let value = subexpressions[name] else { return nil }
    // What is defined by itself ends here; that it is wrong is not found out here.
    known[name] = .some(nil)
    var result: Expression?
    do throws(NotLinear) {
      result = try derivative(of: value)
    } catch {
      throw NotLinear(part: error.part, subexpression: error.subexpression ?? name)
    }
    if let derivative = result, !derivative.children.isEmpty {
      let definition = "∂\(name)/∂\(variable)"
      definitions.append(SelfRates.Definition(name: definition, value: derivative))
      result = Expression(.name(definition))
    }
    known[name] = .some(result)
    return result
  }
}

extension Expression {
  fileprivate static let one = Expression(.number(1, isInteger: true))

  /// The product, without factors of one.
  fileprivate func times(_ other: Expression) -> Expression {
    if case .number(1, _) = node { return other }
    if case .number(1, _) = other.node { return self }
    return Expression(.binary(.multiply, self, other))
  }
}
