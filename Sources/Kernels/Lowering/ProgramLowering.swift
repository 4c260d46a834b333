import Equations

extension Program {
  /// Makes the program of a population, optimised.
  package init(_ definition: ProgramDefinition) throws(LoweringError) {
    self = try Program(plain: definition).optimised()
  }

  /// Makes the program of a population, operation for operation as the texts say.
  ///
  /// In single precision it becomes runnable by `narrowed`.
  package init(plain definition: ProgramDefinition) throws(LoweringError) {
    var lowering = try ProgramLowering(definition)
    self = try lowering.program()
  }
}

/// Turns the texts of a definition into the sections of a program.
private struct ProgramLowering {
  let definition: ProgramDefinition
  let system: EquationSystem
  let scope: LoweringScope
  var tables = LoweringTables()

  init(_ definition: ProgramDefinition) throws(LoweringError) {
    self.definition = definition
    system = definition.system
    scope = try LoweringScope(definition)
  }

  mutating func program() throws(LoweringError) -> Program {
    let update = try self.update()
    let tests = try self.tests()
    let second = try secondReset()
    let reset = try actions(system.reset, purpose: "reset", place: "the reset")
    let events = try self.events()
    let ports = try self.ports()
    let starts = try self.starts()
    let initial = try self.initial()
    let probe = try self.probe()
    let state = scope.state
    return Program(
      precision: definition.precision, columns: state.columns, uniforms: tables.uniforms.entries,
      occurrences: tables.occurrences,
      derived: Section(), initial: initial, probe: probe, update: update,
      precondition: tests.anyOutput, tests: tests, secondReset: second, reset: reset,
      events: events, ports: ports, starts: starts, spikes: system.threshold != nil,
      pendingSpike: state.pendingSpike, notRefractory: state.notRefractory)
  }

  private mutating func section(
    place: String, moment: SectionLowering.Moment, isArrival: Bool = false,
    _ body: (inout SectionLowering) throws(LoweringError) -> Void
  ) throws(LoweringError) -> Section {
    var lowering = SectionLowering(
      scope: scope, tables: tables, place: place, moment: moment, isArrival: isArrival)
    try body(&lowering)
    tables = lowering.tables
    return lowering.code.section
  }

  // MARK: The step

  private mutating func update() throws(LoweringError) -> Section {
    let (definition, scope) = (self.definition, self.scope)
    return try section(place: "the equations", moment: .update) { code throws(LoweringError) in
      try Self.keepSubexpressions(definition.system, scope, in: &code)
      let free = try Self.refreshRefractoriness(definition.system, scope, in: &code)
      let step = try IntegrationLowering(definition, scope: scope, free: free)
      try step.lower(into: &code)
    }
  }

  /// Subexpressions that keep their value over the step are evaluated first, on the old state.
  private static func keepSubexpressions(
    _ system: EquationSystem, _ scope: LoweringScope, in code: inout SectionLowering
  ) throws(LoweringError) {
    var kept: [(String, Int)] = []
    for variable in system.variables where variable.flags.contains(.constantOverStep) {
      guard case .subexpression = variable.kind else { continue }
      code.place = "the equation of '\(variable.name)'"
      let name = Expression(.name(variable.name))
      let value = try code.value(of: name, purpose: "update.\(variable.name)")
      kept.append((variable.name, value))
      if let column = scope.state.places[variable.name] {
        code.code.stores.append(Section.Store(column: column, value: value))
      }
    }
    for (name, value) in kept { code.set(name, to: value) }
  }

  /// Before each update a neuron may leave refractoriness; only a spike makes it enter.
  private static func refreshRefractoriness(
    _ system: EquationSystem, _ scope: LoweringScope, in code: inout SectionLowering
  ) throws(LoweringError) -> Int? {
    guard scope.masksThreshold, let column = scope.state.notRefractory else { return nil }
    let free = try isFree(system, scope, in: &code)
    code.set("not_refractory", to: free)
    code.code.stores.append(Section.Store(column: column, value: free))
    return free
  }

  private static func isFree(
    _ system: EquationSystem, _ scope: LoweringScope, in code: inout SectionLowering
  ) throws(LoweringError) -> Int {
    code.place = "the refractoriness"
    switch system.refractoriness {
    case .none: return code.code.emit(.truth(true), .boolean)
    case .duration(let duration):
      let now = code.time()
      let last = try code.value(of: Expression(.name("lastspike")), purpose: "refractory")
      let since = code.timestep(code.arithmetic(.subtract, now, last), code.dt())
      let period = code.numeric(try code.value(of: duration, purpose: "refractory"))
      return code.compare(.greaterOrEqual, since, code.timestep(period, code.dt()))
    case .condition(let condition):
      let was = try code.value(of: Expression(.name("not_refractory")), purpose: "refractory")
      let holds = code.truth(try code.value(of: condition, purpose: "refractory"))
      let leaves = code.code.emit(.not(holds), .boolean)
      return code.code.emit(.or(was, leaves), .boolean)
    }
  }

  private mutating func tests() throws(LoweringError) -> Section {
    let (system, scope) = (self.system, self.scope)
    return try section(place: "the threshold", moment: .afterUpdate) { code throws(LoweringError) in
      if let threshold = system.threshold {
        try Self.spikeTest(threshold, system, scope, in: &code)
      }
      for event in system.events {
        code.place = "the condition of event '\(event.name)'"
        let purpose = "event.\(event.name).condition"
        let holds = code.truth(try code.value(of: event.condition, purpose: purpose))
        code.code.outputs.append(holds)
      }
    }
  }

  private static func spikeTest(
    _ threshold: Expression, _ system: EquationSystem, _ scope: LoweringScope,
    in code: inout SectionLowering
  ) throws(LoweringError) {
    var free: Int?
    if scope.masksThreshold {
      if let column = scope.state.notRefractory {
        free = code.code.emit(.load(column: column), .boolean)
      } else {
        free = try isFree(system, scope, in: &code)
      }
    }
    if let free { code.set("not_refractory", to: free) }
    code.place = "the threshold"
    var spikes = code.truth(try code.value(of: threshold, purpose: "threshold"))
    if let free { spikes = code.code.emit(.and(spikes, free), .boolean) }
    code.code.outputs.append(spikes)
    if let column = scope.state.lastSpike {
      let old = code.code.emit(.load(column: column), .real)
      let new = code.code.emit(.select(mask: spikes, code.time(), old), .real)
      code.code.stores.append(Section.Store(column: column, value: new))
      code.set("lastspike", to: new)
    }
    if let column = scope.state.notRefractory, let free {
      let quiet = code.code.emit(.not(spikes), .boolean)
      let still = code.code.emit(.and(free, quiet), .boolean)
      code.code.stores.append(Section.Store(column: column, value: still))
      code.set("not_refractory", to: still)
    }
  }

  // MARK: Between the steps

  private mutating func actions(_ statements: [Statement], purpose: String, place: String)
    throws(LoweringError) -> Section
  {
    try section(place: place, moment: .afterUpdate) { code throws(LoweringError) in
      try code.run(statements, purpose: purpose)
    }
  }

  private mutating func secondReset() throws(LoweringError) -> Program.SecondReset? {
    guard let second = system.secondReset, system.threshold != nil else { return nil }
    let code = try actions(
      second.statements, purpose: "second_reset", place: "the second reset")
    return Program.SecondReset(
      code: code, width: scope.state.secondWidth, pending: scope.state.secondPending)
  }

  private mutating func events() throws(LoweringError) -> [Program.Event] {
    var events: [Program.Event] = []
    for (event, pending) in zip(system.events, scope.state.pendingEvents) {
      let action = try actions(
        event.action, purpose: "event.\(event.name).action",
        place: "the action of event '\(event.name)'")
      events.append(
        Program.Event(
          name: event.name, action: action, isRecordable: event.isRecordable, pending: pending))
    }
    return events
  }

  private mutating func ports() throws(LoweringError) -> [Program.PortCode] {
    let additive = AdditivePorts(definition, scope: scope).ports
    var codes: [Program.PortCode] = []
    for (index, port) in definition.ports.enumerated() {
      let place = "on_pre of '\(port.name)'"
      if additive.contains(index) {
        codes.append(.additive(try contributions(port.onPre, place: place)))
      } else {
        let code = try section(place: place, moment: .afterUpdate, isArrival: true) {
          code throws(LoweringError) in
          try code.run(port.onPre, purpose: "port.\(port.name)")
        }
        codes.append(.general(code))
      }
    }
    return codes
  }

  /// Code of the start of a step reads the state that the update is about to read.
  private mutating func starts() throws(LoweringError) -> [Section] {
    let scope = self.scope
    var codes: [Section] = []
    for start in definition.starts {
      let code = try section(place: start.name, moment: .beforeUpdate) {
        code throws(LoweringError) in
        switch start.action {
        case .statements(let statements): try code.run(statements, purpose: start.name)
        case .assignment(let variable):
          let (column, target) = try scope.target(variable, in: start.name)
          let payload = code.code.emit(.payload, .real)
          let value = code.converted(payload, to: target.type.valueType)
          code.code.stores.append(Section.Store(column: column, value: value))
        }
      }
      codes.append(code)
    }
    return codes
  }

  private mutating func contributions(_ statements: [Statement], place: String)
    throws(LoweringError) -> [Program.Contribution]
  {
    var contributions: [Program.Contribution] = []
    for statement in statements {
      let name = AdditivePorts.target(of: statement, in: scope)
      let (column, variable) = try scope.target(name, in: place)
      let amount = try section(place: place, moment: .afterUpdate, isArrival: true) {
        code throws(LoweringError) in
        var value = code.numeric(try code.value(of: statement.value, purpose: "port"))
        if statement.assignment == .subtract { value = code.code.negated(value) }
        code.code.outputs = [value]
      }
      contributions.append(
        Program.Contribution(column: column, amount: amount, isMasked: scope.isMasked(variable)))
    }
    return contributions
  }

  // MARK: Beside the step

  private mutating func initial() throws(LoweringError) -> Section {
    let statements = definition.initial
    return try section(place: "the initial values", moment: .beforeUpdate) {
      code throws(LoweringError) in
      try code.run(statements, purpose: "initial")
    }
  }

  private mutating func probe() throws(LoweringError) -> Section {
    let probes = definition.probes
    return try section(place: "the recordings", moment: .beforeUpdate) {
      code throws(LoweringError) in
      for name in probes {
        let value = try code.value(of: Expression(.name(name)), purpose: "probe.\(name)")
        code.code.outputs.append(value)
      }
    }
  }
}

extension Section {
  /// The same code with one output: whether any of the outputs holds. Without stores.
  var anyOutput: Section {
    guard let first = outputs.first else { return Section() }
    var code = SectionBuilder(self)
    let any = outputs.dropFirst().reduce(first) { code.emit(.or($0, $1), .boolean) }
    code.stores = []
    code.outputs = [any]
    return code.section
  }
}
