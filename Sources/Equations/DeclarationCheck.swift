internal import Units

/// Checks the lines of an equation text against each other.
struct DeclarationCheck {
  let text: String
  let declarations: [EquationDeclaration]
  private var checker: ExpressionChecker

  /// The greatest height of a subexpression with all others written out in it.
  static let maximumHeight = 3000

  init(text: String, declarations: [EquationDeclaration], constants: [String: Quantity]) {
    self.text = text
    self.declarations = declarations
    checker = ExpressionChecker(text: text, scope: NameScope(constants: constants))
  }

  private func error(_ message: String, at span: SourceSpan, hint: String? = nil) -> EquationError {
    EquationError(message, in: text, at: span, hint: hint)
  }

  /// The variables with checked right sides, in the order of the text.
  mutating func variables() throws(EquationError) -> [EquationSystem.Variable] {
    for declaration in declarations {
      let name = declaration.variable.name
      if let problem = EquationNames.problem(withVariable: name) {
        throw error("no variable can have this name: \(problem)", at: declaration.nameSpan)
      }
      guard checker.scope.variables[name] == nil else {
        throw error("`\(name)` is defined twice", at: declaration.nameSpan)
      }
      checker.scope.variables[name] = declaration.variable
    }
    var result: [EquationSystem.Variable] = []
    for declaration in declarations { result.append(try checked(declaration)) }
    try refuseRepeatedNoise()
    try refuseCycles()
    return result
  }

  private func checked(
    _ declaration: EquationDeclaration
  ) throws(EquationError) -> EquationSystem.Variable {
    var variable = declaration.variable
    switch variable.kind {
    case .parameter: break
    case .differential(let value):
      var noisy = checker
      noisy.scope.allowsNoise = true
      let due = "d\(variable.name)/dt is that of `\(variable.name)` per second"
      let side = try noisy.expression(value, of: variable.dimension / .time, due: due)
      try refuseEntangledNoise(in: value)
      variable.kind = .differential(side.expression)
    case .subexpression(let value):
      variable.kind = .subexpression(try subexpression(value, of: variable))
    }
    return variable
  }

  private func subexpression(
    _ value: Expression, of variable: EquationSystem.Variable
  ) throws(EquationError) -> Expression {
    if !variable.flags.contains(.constantOverStep), let span = value.firstDraw {
      throw error(
        "a random number in `\(variable.name)` would differ wherever it is read", at: span,
        hint: "add the flag (constant over dt)")
    }
    if variable.flags.contains(.shared) { try checker.refuseUnshared(in: value, of: variable.name) }
    let name = variable.name
    switch variable.type {
    case .boolean:
      return try checker.condition(value, reason: "for the boolean `\(name)`")
    case .integer:
      let side = checker.asNumber(try checker.check(value))
      guard side.type == .integer else {
        throw error(
          "`\(value.excerpt)` is not an integer, and `\(name)` is", at: value.span,
          hint: "write int(…)")
      }
      return side.expression
    case .real:
      let due = "it is the value of `\(name)`"
      return try checker.expression(value, of: variable.dimension, due: due).expression
    }
  }

  // MARK: Noise

  /// Noise must stand as factor of a term: Euler-Maruyama has no other meaning for it.
  private func refuseEntangledNoise(in value: Expression) throws(EquationError) {
    guard let span = entangledNoise(in: value) else { return }
    throw error(
      "white noise must be a factor of a term, such as sigma*sqrt(2/tau)*xi", at: span)
  }

  /// Where noise stands in another place than as a factor of a term.
  private func entangledNoise(in value: Expression) -> SourceSpan? {
    switch value.node {
    case .name: nil
    case .unary(.negate, let operand): entangledNoise(in: operand)
    case .binary(.add, let left, let right), .binary(.subtract, let left, let right):
      entangledNoise(in: left) ?? entangledNoise(in: right)
    case .binary(.multiply, let left, let right):
      if noise(in: left) != nil, let second = noise(in: right) {
        second
      } else {
        entangledNoise(in: left) ?? entangledNoise(in: right)
      }
    case .binary(.divide, let left, let right): noise(in: right) ?? entangledNoise(in: left)
    default: noise(in: value)
    }
  }

  private func noise(in value: Expression) -> SourceSpan? {
    value.firstUse { EquationNames.isNoise($0) }
  }

  private func refuseRepeatedNoise() throws(EquationError) {
    var first: String?
    for declaration in declarations {
      guard let span = declaration.variable.expression?.firstUse(of: { $0 == "xi" }) else {
        continue
      }
      if let first {
        throw error(
          "`xi` is already the noise of `\(first)`", at: span,
          hint: "name each noise: xi_\(declaration.variable.name)")
      }
      first = declaration.variable.name
    }
  }

  // MARK: Dependencies

  /// Refuses subexpressions that need themselves, and towers of them too high to walk.
  private func refuseCycles() throws(EquationError) {
    let nodes = Dictionary(
      declarations.compactMap { declaration -> (String, Expression)? in
        guard case .subexpression(let value) = declaration.variable.kind else { return nil }
        return (declaration.variable.name, value)
      }, uniquingKeysWith: { first, _ in first })
    let order = SubexpressionOrder(nodes)
    if let cycle = order.cycle, let name = cycle.first {
      let declaration = declarations.first { $0.variable.name == name }
      let path = (cycle + [name]).map { "`\($0)`" }.joined(separator: " needs ")
      throw error(
        cycle.count == 1 ? "`\(name)` needs itself" : "`\(name)` needs itself: \(path)",
        at: declaration?.nameSpan ?? SourceSpan(offset: 0, length: 0),
        hint: "only differential equations may refer to themselves")
    }
    var heights: [String: Int] = [:]
    for name in order.names {
      guard let value = nodes[name] else { continue }
      let height = value.height(replacing: heights)
      heights[name] = height
      guard height <= DeclarationCheck.maximumHeight else {
        throw error(
          "`\(name)` rests on too long a chain of subexpressions", at: value.span)
      }
    }
  }
}

/// Subexpressions in an order in which each comes after all that it needs.
struct SubexpressionOrder {
  /// All of them, if there is no cycle.
  private(set) var names: [String] = []
  /// Names that need each other in a ring, each the next, the alphabetically first one first.
  private(set) var cycle: [String]?

  init(_ expressions: [String: Expression]) {
    var needs: [String: [String]] = [:]
    var neededBy: [String: [String]] = [:]
    for name in expressions.keys.sorted() {
      let used = (expressions[name]?.names ?? []).filter { expressions[$0] != nil }.sorted()
      needs[name] = used
      for other in used { neededBy[other, default: []].append(name) }
    }
    var open = needs.mapValues { $0.count }
    var ready = expressions.keys.filter { open[$0] == 0 }.sorted()
    var next = 0
    while next < ready.count {
      let name = ready[next]
      next += 1
      for user in neededBy[name] ?? [] {
        let left = (open[user] ?? 0) - 1
        open[user] = left
        if left == 0 { ready.append(user) }
      }
    }
    names = ready
    let stuck = Set(expressions.keys).subtracting(ready)
    if !stuck.isEmpty { cycle = SubexpressionOrder.ring(in: stuck, needs) }
  }

  /// Every stuck name needs a stuck one, so a walk must come back to where it was.
  private static func ring(in stuck: Set<String>, _ needs: [String: [String]]) -> [String] {
    var path: [String] = []
    var places: [String: Int] = [:]
    var name = stuck.min()
    while let current = name {
      if let place = places[current] {
        let ring = Array(path[place...])
        let start = ring.indices.min { ring[$0] < ring[$1] } ?? 0
        return Array(ring[start...] + ring[..<start])
      }
      places[current] = path.count
      path.append(current)
      name = needs[current]?.first { stuck.contains($0) }
    }
    return path
  }
}
