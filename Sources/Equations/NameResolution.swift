internal import Units

/// What a name stands for.
enum NameMeaning {
  case extra(Dimension)
  case variable(EquationSystem.Variable)
  case `internal`(EquationNames.Internal)
  case noise
  case number(Double)
  case unit(Unit)
  case function
  case constant(Quantity)
}

extension ExpressionChecker {
  /// What a name stands for here; `nil` if it is unknown.
  ///
  /// Lowering follows the same order: names of the text, variables, internal names, units that are
  /// reserved, constants, other units.
  func meaning(of name: String) -> NameMeaning? {
    if let dimension = scope.extra[name] { return .extra(dimension) }
    if let variable = scope.variables[name] { return .variable(variable) }
    if let meaning = EquationNames.internals[name] { return .internal(meaning) }
    if EquationNames.isNoise(name) { return .noise }
    if let number = EquationNames.numbers[name] { return .number(number) }
    if UnitTable.isReserved(name), let unit = UnitTable.unit(named: name) { return .unit(unit) }
    if EquationFunction(rawValue: name) != nil { return .function }
    if let constant = scope.constants[name] { return .constant(constant) }
    return UnitTable.equationUnit(named: name).map { .unit($0) }
  }

  /// Refuses what differs from neuron to neuron in the value of a shared variable.
  func refuseUnshared(in value: Expression, of name: String) throws(EquationError) {
    let unshared = value.firstUse { used in
      switch meaning(of: used) {
      case .variable(let variable): !variable.flags.contains(.shared)
      case .internal(let meaning): !meaning.isShared
      default: false
      }
    }
    guard let unshared else { return }
    throw error("`\(name)` is shared, and this differs from neuron to neuron", at: unshared)
  }

  /// Checks a name that is read.
  func checkName(_ name: String, _ expression: Expression) throws(EquationError)
    -> CheckedExpression
  {
    func checked(_ type: EquationSystem.ValueType, _ dimension: Dimension) -> CheckedExpression {
      CheckedExpression(expression: expression, type: type, dimension: dimension)
    }
    switch meaning(of: name) {
    case .extra(let dimension): return checked(.real, dimension)
    case .variable(let variable): return checked(variable.type, variable.dimension)
    case .internal(let meaning): return checked(meaning.type, meaning.dimension)
    case .number: return checked(.real, .one)
    case .unit(let unit): return checked(.real, unit.dimension)
    case .constant(let constant): return checked(.real, constant.dimension)
    case .noise:
      guard scope.allowsNoise else {
        throw error(
          "`\(name)` is white noise, which only a differential equation can hold",
          at: expression.span, hint: "for a random number, write randn() or rand()")
      }
      return checked(.real, Dimension(time: -0.5))
    case .function:
      throw error(
        "`\(name)` is a function and needs its arguments", at: expression.span,
        hint: "such as \(name)(…)")
    case nil:
      throw unknownName(name, at: expression.span)
    }
  }

  /// The error for a name that nothing explains.
  func unknownName(_ name: String, at span: SourceSpan) -> EquationError {
    if let side = ["_pre", "_post"].first(where: { name.hasSuffix($0) }), scope.isSynaptic {
      let variable = String(name.dropLast(side.count))
      if side == "_pre" {
        return error(
          "`\(name)` would read a variable of the source neuron, which synapses cannot do",
          at: span, hint: "a spike carries its weight `w` and nothing else")
      }
      return error(
        "`\(name)` is not defined: synapses act on the target neuron", at: span,
        hint: scope.variables[variable] == nil ? nil : "write \(variable)")
    }
    if name == "inf" || name == "nan" {
      return error("`\(name)` is not a finite number", at: span)
    }
    var hint = nearestName(to: name).map { "did you mean `\($0)`?" }
    if let unit = UnitTable.unit(named: name), unit.scale == 1, unit.dimension != .one {
      hint = "for the unit, write \(unit.dimension.equationUnitText)"
    }
    return error("`\(name)` is not defined", at: span, hint: hint)
  }

  func unknownFunction(_ name: String, at span: SourceSpan) -> EquationError {
    if meaning(of: name) != nil {
      return error(
        "`\(name)` is not a function", at: span, hint: "to multiply, write \(name)*(…)")
    }
    let python = [
      "asin": "arcsin", "acos": "arccos", "atan": "arctan", "ln": "log", "fabs": "abs",
      "pow": "**", "power": "**", "random": "rand", "normal": "randn",
    ]
    let nearest =
      python[name]
      ?? Spelling.nearest(to: name, among: EquationFunction.allCases.map { $0.rawValue })
    return error(
      "there is no function `\(name)`", at: span, hint: nearest.map { "did you mean `\($0)`?" })
  }

  private func nearestName(to name: String) -> String? {
    let near =
      scope.extra.keys.sorted() + scope.variables.keys.sorted() + scope.constants.keys.sorted()
      + EquationNames.internals.keys.sorted() + ["pi", "xi"]
    if let found = Spelling.nearest(to: name, among: near) { return found }
    return UnitTable.suggestions(for: name).first { UnitTable.equationUnit(named: $0) != nil }
  }
}
