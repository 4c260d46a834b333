import Equations
import Units

/// The columns of a population's state, before any optimisation.
struct StateColumns {
  private(set) var columns: [Column] = []
  /// Variables (and subexpressions that keep their value over a step) that have a column.
  private(set) var places: [String: Int] = [:]
  private(set) var lastSpike: Int?
  private(set) var notRefractory: Int?
  private(set) var pendingSpike: Int?
  private(set) var pendingEvents: [Int] = []
  private(set) var secondPending: Int?
  /// From spike to second reset, in steps.
  private(set) var secondWidth = 0

  /// Brian's value of `lastspike` before the first spike, in s.
  static let neverSpiked = -1e4

  init(_ definition: ProgramDefinition) throws(LoweringError) {
    let system = definition.system
    secondWidth = try Self.width(system.secondReset, dt: definition.dt)
    let use = DefinitionUse(definition)
    addVariables(of: definition, use: use, held: .real)
    if use.readsLastSpike {
      lastSpike = add("lastspike", .real, .refractoriness, Self.neverSpiked)
    }
    if system.threshold != nil, system.secondReset != nil, secondWidth > 0 {
      secondPending = add("second_reset.pending", .bits, .pending, 0)
    }
    addVariables(of: definition, use: use, held: .single)
    addVariables(of: definition, use: use, held: .flag)
    if use.needsNotRefractory {
      notRefractory = add("not_refractory", .flag, .refractoriness, 1)
    }
    if system.threshold != nil, !system.reset.isEmpty || system.secondReset != nil {
      pendingSpike = add("spike.pending", .flag, .pending, 0)
    }
    for event in system.events {
      pendingEvents.append(add("\(event.name).pending", .flag, .pending, 0))
    }
  }

  private mutating func add(
    _ name: String, _ element: Column.Element, _ role: Column.Role, _ value: Double
  ) -> Int {
    columns.append(Column(name: name, element: element, role: role, initialValue: value))
    return columns.count - 1
  }

  private mutating func addVariables(
    of definition: ProgramDefinition, use: DefinitionUse, held element: Column.Element
  ) {
    for variable in definition.system.variables
    where variable.element(in: definition.precision) == element {
      switch variable.kind {
      case .differential: break
      case .parameter where definition.uniformParameters[variable.name] == nil: break
      case .subexpression where use.keptSubexpressions.contains(variable.name): break
      default: continue
      }
      places[variable.name] = add(variable.name, element, .variable, 0)
    }
  }

  private static func width(_ second: EquationSystem.SecondReset?, dt: Double)
    throws(LoweringError) -> Int
  {
    guard let second else { return 0 }
    let steps = second.width / dt + 0.5
    guard second.width >= 0, steps < 65 else {
      throw LoweringError(
        "the time from spike to second reset is \(second.width) s, at steps of \(dt) s",
        in: "the second reset", hint: "it can be 0 to 64 steps long: shorten it or lengthen dt")
    }
    return Int(steps)  // rounded down
  }
}

extension EquationSystem.Variable {
  /// What holds the variable.
  ///
  /// In single precision integers stay exact, and so do times that nothing integrates: timers and
  /// offsets, which decide with `t` in which step something happens.
  fileprivate func element(in precision: Precision) -> Column.Element {
    switch type {
    case .boolean: return .flag
    case .integer: return .real
    case .real:
      guard precision == .single else { return .real }
      if case .differential = kind { return .single }
      return dimension == .time ? .real : .single
    }
  }
}

/// Which of the optional columns a definition needs.
private struct DefinitionUse {
  var readsLastSpike = false
  var needsNotRefractory = false
  /// Subexpressions `(constant over dt)` that are read after the update.
  var keptSubexpressions: Set<String> = []

  init(_ definition: ProgramDefinition) {
    let system = definition.system
    let use = NameUse(system)
    let after = Self.namesAfterUpdate(definition)
    let before = Self.namesBeforeUpdate(definition)
    let threshold = system.threshold?.names ?? []
    let refractory = system.refractoriness.expression?.names ?? []
    readsLastSpike =
      use.reach(after.union(before).union(threshold).union(refractory)).contains("lastspike")
    keptSubexpressions = use.reach(after.union(threshold).union(refractory)).filter {
      system[$0]?.flags.contains(.constantOverStep) == true
    }
    guard system.masksThreshold else { return }
    // A threshold that names `not_refractory` gets it as an intermediate value; one that reaches
    // it through a subexpression reads the column.
    let indirect = use.reach(threshold.union(refractory)).subtracting(threshold)
    needsNotRefractory =
      use.reach(after.union(before)).contains("not_refractory")
      || indirect.contains("not_refractory") || refractory.contains("not_refractory")
      || system.variables.contains { $0.flags.contains(.unlessRefractory) }
    switch system.refractoriness {
    case .none: break
    case .condition: needsNotRefractory = true  // it only ever leaves refractoriness: it has memory
    case .duration:
      readsLastSpike = true
      // The period is evaluated on the state before the update.
      let changing = Set(
        system.variables.filter { if case .differential = $0.kind { true } else { false } }
          .map(\.name))
      let kept = keptSubexpressions
      let read = use.reach(refractory) { !kept.contains($0) }
      needsNotRefractory = needsNotRefractory || !read.isDisjoint(with: changing)
    }
  }

  /// Read by conditions of events and between the steps.
  private static func namesAfterUpdate(_ definition: ProgramDefinition) -> Set<String> {
    let system = definition.system
    var names = system.reset.readNames
    if let second = system.secondReset { names.formUnion(second.statements.readNames) }
    for event in system.events {
      names.formUnion(event.condition.names)
      names.formUnion(event.action.readNames)
    }
    for port in definition.ports {
      names.formUnion(port.onPre.readNames.flatMap { [$0, $0.withoutPost] })
    }
    return names
  }

  /// Read by recordings, stimuli and schedule, initial values and equations.
  private static func namesBeforeUpdate(_ definition: ProgramDefinition) -> Set<String> {
    var names = Set(definition.probes).union(definition.initial.readNames)
    for start in definition.starts {
      guard case .statements(let statements) = start.action else { continue }
      names.formUnion(statements.readNames)
    }
    for variable in definition.system.variables {
      switch variable.kind {
      case .differential(let expression), .subexpression(let expression):
        names.formUnion(expression.names)
      case .parameter: break
      }
    }
    return names
  }
}

extension EquationSystem.Refractoriness {
  var expression: Expression? {
    switch self {
    case .none: nil
    case .duration(let expression), .condition(let expression): expression
    }
  }
}

extension EquationSystem {
  /// Whether a neuron can be refractory at all.
  var masksThreshold: Bool { threshold != nil && refractoriness != .none }
}

extension String {
  /// A name of the target neuron in `on_pre`, where `x_post` may be written for `x`.
  var withoutPost: String { hasSuffix("_post") ? String(dropLast(5)) : self }
}
