import Equations

extension Expression {
  /// Every name that stands in it.
  var names: Set<String> {
    var names = Set<String>()
    collectNames(into: &names)
    return names
  }

  /// Whether a function of that kind is called in it.
  func calls(_ functions: Set<String>) -> Bool {
    switch node {
    case .number, .boolean, .name: false
    case .unary(_, let x): x.calls(functions)
    case .binary(_, let x, let y): x.calls(functions) || y.calls(functions)
    case .call(let name, let arguments):
      functions.contains(name) || arguments.contains { $0.calls(functions) }
    }
  }

  private func collectNames(into names: inout Set<String>) {
    switch node {
    case .number, .boolean: break
    case .name(let name): names.insert(name)
    case .unary(_, let x): x.collectNames(into: &names)
    case .binary(_, let x, let y):
      x.collectNames(into: &names)
      y.collectNames(into: &names)
    case .call(_, let arguments):
      for argument in arguments { argument.collectNames(into: &names) }
    }
  }
}

extension Statement {
  /// Names that it reads; the target too where it is changed rather than set.
  var readNames: Set<String> {
    assignment == .set ? value.names : value.names.union([target])
  }
}

extension Sequence<Statement> {
  var readNames: Set<String> { reduce(into: []) { $0.formUnion($1.readNames) } }
}

/// Who reads what in a definition.
struct NameUse {
  private let subexpressions: [String: Expression]

  init(_ system: EquationSystem) {
    var subexpressions: [String: Expression] = [:]
    for variable in system.variables {
      if case .subexpression(let expression) = variable.kind {
        subexpressions[variable.name] = expression
      }
    }
    self.subexpressions = subexpressions
  }

  /// The names, and all that subexpressions among them read in turn.
  func reach(_ names: Set<String>, through: (String) -> Bool = { _ in true }) -> Set<String> {
    var found = Set<String>()
    var open = Array(names)
    while let name = open.popLast() {
      guard found.insert(name).inserted, through(name) else { continue }
      if let expression = subexpressions[name] { open += expression.names }
    }
    return found
  }
}
