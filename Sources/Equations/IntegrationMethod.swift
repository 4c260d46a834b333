/// How differential equations go from one step to the next.
///
/// With x' = f(x, t), h the step and every variable taken along at once, each is Brian 2's formula
/// of the same name.
public enum IntegrationMethod: String, Hashable, Sendable, CaseIterable {
  /// x + h f(x, t). First order; the only one that white noise has a meaning under.
  case euler
  /// x + h f(x, t) exprel(h b) with b = ∂f/∂x, for equations in which each variable stands linearly
  /// in its own right side (x' = a + b x). Exact where a and b do not change, else first order, and
  /// stable however fast a decay is.
  ///
  /// Equal to Brian's (x + a/b) exp(h b) - a/b, without its division by b.
  case exponentialEuler = "exponential_euler"
  /// The midpoint rule: x + h f(x + k/2, t + h/2) with k = h f(x, t). Second order.
  case rk2
  /// The classical Runge-Kutta rule. Fourth order.
  case rk4
}

/// Why a method cannot integrate a system.
public struct MethodProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason, one sentence without a full stop.
  public var message: String
  /// What to do about it.
  public var hint: String

  /// The reason, and what to do about it.
  public var description: String { "\(message); \(hint)" }
}

extension EquationSystem {
  /// Why the method cannot integrate this system; `nil` if it can.
  public func problem(with method: IntegrationMethod) -> MethodProblem? {
    guard method != .euler else { return nil }
    if let problem = noiseProblem(method) { return problem }
    guard method == .exponentialEuler else { return nil }
    do throws(MethodProblem) {
      _ = try selfRates()
      return nil
    } catch {
      return error
    }
  }

  /// Random numbers of an equation stand for white noise, which has one value per step; a method
  /// that looks twice into a step would give it another variance.
  private func noiseProblem(_ method: IntegrationMethod) -> MethodProblem? {
    for variable in variables {
      guard case .differential(let right) = variable.kind,
        let source = randomSource(in: right)
      else { continue }
      return MethodProblem(
        message:
          "'\(method.rawValue)' cannot integrate the noise of '\(variable.name)': \(source) stands in its equation, and has the right variance under Euler's method only",
        hint: "use euler for this model")
    }
    return nil
  }

  /// The first random number that stands in an expression. (Subexpressions hold none but those that
  /// keep their value over the step.)
  private func randomSource(in expression: Expression) -> String? {
    var open = [expression]
    while let next = open.popLast() {
      switch next.node {
      case .name(let name) where self[name] == nil && EquationNames.isNoise(name): return name
      case .call(let name, _) where EquationFunction(rawValue: name)?.isRandom == true:
        return "\(name)()"
      default: open += next.children.reversed()
      }
    }
    return nil
  }

  /// Subexpressions that are evaluated wherever they are read; others keep a value over the step.
  var substitutedSubexpressions: [String: Expression] {
    var values: [String: Expression] = [:]
    for variable in variables where !variable.flags.contains(.constantOverStep) {
      if case .subexpression(let value) = variable.kind { values[variable.name] = value }
    }
    return values
  }
}
