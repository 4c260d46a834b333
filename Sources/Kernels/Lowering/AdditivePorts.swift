import Equations

/// Finds the ports whose events of a step may be summed and added at once.
///
/// That is every port which only adds amounts that depend on no state to real variables, unless
/// a port that must run event by event reads or writes one of them: then the order would show.
struct AdditivePorts {
  private(set) var ports: Set<Int> = []

  init(_ definition: ProgramDefinition, scope: LoweringScope) {
    var candidates: [Int: Set<String>] = [:]
    var touched: [Int: Set<String>] = [:]
    let use = NameUse(definition.system)
    for (index, port) in definition.ports.enumerated() {
      let statements = port.onPre
      let targets = Set(statements.map { Self.target(of: $0, in: scope) })
      if !statements.isEmpty,
        statements.allSatisfy({ Self.isAdditive($0, in: scope, definition.system) })
      {
        candidates[index] = targets
      }
      let read = statements.readNames.flatMap { [$0, $0.withoutPost] }
      touched[index] = use.reach(Set(read)).union(targets)
    }
    while true {
      let general = touched.filter { candidates[$0.key] == nil }
        .reduce(into: Set<String>()) { $0.formUnion($1.value) }
      let kept = candidates.filter { $0.value.isDisjoint(with: general) }
      if kept.count == candidates.count { break }
      candidates = kept
    }
    ports = Set(candidates.keys)
  }

  /// The variable that a statement of `on_pre` writes.
  static func target(of statement: Statement, in scope: LoweringScope) -> String {
    scope.variables[statement.target] == nil || statement.target == "w"
      ? statement.target.withoutPost : statement.target
  }

  private static func isAdditive(
    _ statement: Statement, in scope: LoweringScope, _ system: EquationSystem
  ) -> Bool {
    guard statement.assignment == .add || statement.assignment == .subtract,
      statement.target != "w",
      let variable = scope.variables[target(of: statement, in: scope)], variable.type == .real,
      !statement.value.calls(["rand", "randn", "poisson"])
    else { return false }
    return statement.value.names.allSatisfy { name in
      if name == "w" || name == "dt" || name == "N" { return true }
      if scope.variables[name] != nil { return scope.uniformParameters[name] != nil }
      if name.isInternalName { return false }
      return NamedNumbers.reserved(name) != nil || scope.constants[name] != nil
        || NamedNumbers.unit(name) != nil
    }
  }
}

extension String {
  /// Whether the engine itself gives the name a meaning, which wins over a constant's.
  fileprivate var isInternalName: Bool {
    ["t", "dt", "i", "N", "t_in_timesteps", "lastspike", "not_refractory"].contains(self)
      || EquationNames.isNoise(self)
  }
}
