internal import Units

extension EquationSystem {
  /// Reads and checks all texts of a definition: names, types and dimensions, as Brian does.
  ///
  /// - Throws: `DefinitionError` with the text at fault and the place in it.
  public init(_ definition: NeuronDefinition) throws(DefinitionError) {
    let parts = NamedParts(definition)
    let variables = try parts.equations()
    self.init(variables: variables, constants: definition.constants)
    if let threshold = definition.threshold {
      self.threshold = try locating(.threshold) { () throws(EquationError) in
        try checkedCondition(threshold)
      }
    }
    if let reset = definition.reset {
      self.reset = try locating(.reset) { () throws(EquationError) in
        let statements = try checkedStatements(reset)
        try parts.requireThreshold(for: "a reset", in: reset, statements.first?.span)
        return statements
      }
    }
    if let refractory = definition.refractory {
      refractoriness = try locating(.refractory) { () throws(EquationError) in
        try checkedRefractoriness(refractory)
      }
    }
    secondReset = try locating(.secondReset) { () throws(EquationError) in
      try parts.secondReset(of: self)
    }
    events = try parts.events(of: self)
    warnings = shadowedConstants()
    if definition.refractory != nil, definition.threshold == nil {
      warnings.append("`refractory` has no effect: there is no threshold")
    }
  }

  private func checkedRefractoriness(_ text: String) throws(EquationError) -> Refractoriness {
    let checker = ExpressionChecker(text: text, scope: scope())
    let value = try checker.check(try EquationParser.expressionOrQuantity(text))
    if value.type == .boolean { return .condition(value.expression) }
    guard value.dimension == .time else {
      throw checker.error(
        "`\(checker.textExcerpt)` is \(value.dimension.phrase), where `refractory` needs a time or a condition",
        at: value.expression.span)
    }
    return .duration(value.expression)
  }

  /// Warns of constants that are read nowhere because another meaning of their name wins.
  private func shadowedConstants() -> [String] {
    var names: Set<String> = []
    for expression in allExpressions { names.formUnion(expression.names) }
    return constants.keys.sorted().compactMap { name in
      guard names.contains(name) else { return nil }
      if self[name] != nil {
        return "the variable `\(name)` wins over the constant of the same name"
      }
      guard
        EquationNames.internals[name] != nil || EquationNames.isNoise(name)
          || EquationNames.problem(withConstant: name) != nil
      else { return nil }
      return "the built-in `\(name)` wins over the constant of the same name"
    }
  }

  /// All right sides and conditions of the system.
  package var allExpressions: [Expression] {
    var all: [Expression] = variables.compactMap { $0.expression }
    if let threshold { all.append(threshold) }
    switch refractoriness {
    case .none: break
    case .duration(let value), .condition(let value): all.append(value)
    }
    for event in events { all.append(event.condition) }
    let statements = reset + (secondReset?.statements ?? []) + events.flatMap { $0.action }
    return all + statements.map { $0.value }
  }
}

extension EquationSystem.Variable {
  /// The right side; `nil` for a parameter.
  public var expression: Expression? {
    switch kind {
    case .differential(let value), .subexpression(let value): value
    case .parameter: nil
    }
  }

  /// Whether statements may assign to it: it is no subexpression.
  public var isStored: Bool {
    if case .subexpression = kind { return false }
    return true
  }
}

/// Runs a check and says in which text of the definition it failed.
private func locating<Result>(
  _ part: DefinitionError.Part, _ check: () throws(EquationError) -> Result
) throws(DefinitionError) -> Result {
  do {
    return try check()
  } catch {
    throw DefinitionError(part, error)
  }
}

/// The texts of a definition, checked one by one.
private struct NamedParts {
  let definition: NeuronDefinition

  init(_ definition: NeuronDefinition) {
    self.definition = definition
  }

  func equations() throws(DefinitionError) -> [EquationSystem.Variable] {
    try locating(.equations) { () throws(EquationError) in
      let declarations = try EquationParser.equations(definition.equations)
      var check = DeclarationCheck(
        text: definition.equations, declarations: declarations, constants: definition.constants)
      return try check.variables()
    }
  }

  func requireThreshold(
    for what: String, in text: String, _ span: SourceSpan?
  ) throws(EquationError) {
    guard let span, definition.threshold == nil else { return }
    throw EquationError("there is \(what), but no threshold", in: text, at: span)
  }

  func secondReset(of system: EquationSystem) throws(EquationError) -> EquationSystem.SecondReset? {
    guard let text = definition.secondReset else {
      guard definition.spikeWidth == nil else {
        throw EquationError(
          "there is a spike width, but no second reset", in: "",
          at: SourceSpan(offset: 0, length: 0))
      }
      return nil
    }
    let statements = try system.checkedStatements(text)
    let whole = SourceSpan(offset: 0, length: text.unicodeScalars.count)
    try requireThreshold(for: "a second reset", in: text, statements.first?.span)
    guard let width = definition.spikeWidth else {
      throw EquationError("there is a second reset, but no spike width", in: text, at: whole)
    }
    guard width.isFinite, width >= 0 else {
      throw EquationError("the spike width is no time from 0 up", in: text, at: whole)
    }
    return EquationSystem.SecondReset(statements: statements, width: width)
  }

  func events(of system: EquationSystem) throws(DefinitionError) -> [EquationSystem.Event] {
    var names: Set<String> = []
    var events: [EquationSystem.Event] = []
    for event in definition.events {
      let condition = try locating(.eventCondition(event.name)) { () throws(EquationError) in
        let whole = SourceSpan(offset: 0, length: event.condition.unicodeScalars.count)
        if let problem = EquationNames.problem(withVariable: event.name) {
          throw EquationError(
            "no event can have this name: \(problem)", in: event.condition, at: whole)
        }
        guard event.name != "spike" else {
          throw EquationError(
            "no event can be called `spike`, which is the threshold's", in: event.condition,
            at: whole)
        }
        guard names.insert(event.name).inserted else {
          throw EquationError(
            "there are two events `\(event.name)`", in: event.condition, at: whole)
        }
        return try system.checkedCondition(event.condition)
      }
      let action = try locating(.eventAction(event.name)) { () throws(EquationError) in
        try system.checkedStatements(event.action)
      }
      events.append(
        EquationSystem.Event(
          name: event.name, condition: condition, action: action,
          isRecordable: event.isRecordable))
    }
    return events
  }
}
