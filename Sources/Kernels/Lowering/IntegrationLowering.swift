import Equations

/// Turns differential equations and a method into the code of one step.
///
/// Values that have no index are of the old state. A stage is a state and a time at which right sides,
/// and subexpressions with them, are evaluated anew.
struct IntegrationLowering {
  /// A variable with a differential equation.
  private struct Unknown {
    let name: String
    let right: Expression
    let column: Int
    /// The mask under which the variable changes at all, if it stops while the neuron is refractory.
    let mask: Int?
  }

  private let unknowns: [Unknown]
  private let method: IntegrationMethod
  /// Derivatives of right sides with respect to their own variables; for `exponential_euler`.
  private let rates: SelfRates

  /// - Parameter free: The mask of neurons that are not refractory, if any can be.
  /// - Throws: `LoweringError` if the method does not suit the equations.
  init(_ definition: ProgramDefinition, scope: LoweringScope, free: Int?) throws(LoweringError) {
    let system = definition.system
    method = definition.method
    if let problem = system.problem(with: method) {
      throw LoweringError(problem.message, in: "the equations", hint: problem.hint)
    }
    do throws(MethodProblem) {
      rates = method == .exponentialEuler ? try system.selfRates() : SelfRates()
    } catch {
      throw LoweringError(error.message, in: "the equations", hint: error.hint)
    }
    var unknowns: [Unknown] = []
    for variable in system.variables {
      guard case .differential(let right) = variable.kind else { continue }
      unknowns.append(
        Unknown(
          name: variable.name, right: right,
          column: try scope.target(variable.name, in: "the equations").column,
          mask: scope.isMasked(variable) ? free : nil))
    }
    self.unknowns = unknowns
  }

  /// Writes the step and stores the new state.
  func lower(into code: inout SectionLowering) throws(LoweringError) {
    let state: [Int]
    switch method {
    case .euler: state = try next(in: &code) { code, increment in increment }
    case .exponentialEuler: state = try exponentialEuler(in: &code)
    case .rk2: state = try midpoint(in: &code)
    case .rk4: state = try rungeKutta(in: &code)
    }
    for (unknown, value) in zip(unknowns, state) {
      code.code.stores.append(Section.Store(column: unknown.column, value: value))
    }
    code.code.stores.sort { $0.column < $1.column }
  }

  // MARK: Methods

  private func exponentialEuler(in code: inout SectionLowering) throws(LoweringError) -> [Int] {
    code.place = "the equations"
    for definition in rates.definitions {
      let value = try code.value(of: definition.value, purpose: "update")
      code.bind(definition.name, to: value)
    }
    var factors: [Int?] = []
    for unknown in unknowns {
      code.place = "the equation of '\(unknown.name)'"
      guard let rate = rates.rates[unknown.name] else {
        factors.append(nil)
        continue
      }
      let value = try code.value(of: rate, purpose: "update.\(unknown.name)")
      let exponent = code.arithmetic(.multiply, code.dt(), value)
      factors.append(code.code.emit(.unary(.exprel, exponent), .real))
    }
    var state: [Int] = []
    for (unknown, factor) in zip(unknowns, factors) {
      var change = try increment(of: unknown, in: &code)
      if let factor { change = code.arithmetic(.multiply, change, factor) }
      state.append(sum(unknown, change, in: &code))
    }
    return state
  }

  private func midpoint(in code: inout SectionLowering) throws(LoweringError) -> [Int] {
    let half = try next(in: &code) { code, increment in code.halved(increment) }
    enter(half, at: .middle, in: &code)
    return try next(in: &code) { code, increment in increment }
  }

  private func rungeKutta(in code: inout SectionLowering) throws(LoweringError) -> [Int] {
    var increments: [[Int]] = []
    for (place, moment) in [Moment.middle, .middle, .end].enumerated() {
      let k = try self.increments(in: &code)
      let state = zip(unknowns, k).map { unknown, k in
        sum(unknown, place < 2 ? code.halved(k) : k, in: &code)
      }
      increments.append(k)
      enter(state, at: moment, in: &code)
    }
    increments.append(try self.increments(in: &code))
    let (two, six) = (code.code.emit(.constant(2), .integer), code.uniform(6, named: "six"))
    return unknowns.indices.map { place in
      let k = increments.map { $0[place] }
      var total = code.arithmetic(.add, k[0], code.arithmetic(.multiply, two, k[1]))
      total = code.arithmetic(.add, total, code.arithmetic(.multiply, two, k[2]))
      total = code.arithmetic(.add, total, k[3])
      return sum(unknowns[place], code.arithmetic(.divide, total, six), in: &code)
    }
  }

  // MARK: Stages

  /// Where within the step a stage lies.
  private enum Moment {
    case middle
    case end
  }

  /// From here on, names and `t` mean the values of a stage.
  private func enter(_ state: [Int], at moment: Moment, in code: inout SectionLowering) {
    let step = code.dt()
    let offset = moment == .middle ? code.halved(step) : step
    let start = code.code.emit(.step, .integer)
    let time = code.arithmetic(.add, code.arithmetic(.multiply, start, step), offset)
    code.enterStage(zip(unknowns.map(\.name), state), time: time)
  }

  /// h f for one variable, at the state and time that names mean now.
  private func increment(
    of unknown: Unknown, in code: inout SectionLowering
  ) throws(LoweringError) -> Int {
    code.place = "the equation of '\(unknown.name)'"
    let slope = try code.value(of: unknown.right, purpose: "update.\(unknown.name)")
    return code.arithmetic(.multiply, code.dt(), slope)
  }

  /// h f for every variable.
  private func increments(in code: inout SectionLowering) throws(LoweringError) -> [Int] {
    var increments: [Int] = []
    for unknown in unknowns { increments.append(try increment(of: unknown, in: &code)) }
    return increments
  }

  /// The old state and, in each variable, what becomes of its h f.
  private func next(
    in code: inout SectionLowering, change: (inout SectionLowering, Int) -> Int
  ) throws(LoweringError) -> [Int] {
    var state: [Int] = []
    for unknown in unknowns {
      let increment = try increment(of: unknown, in: &code)
      state.append(sum(unknown, change(&code, increment), in: &code))
    }
    return state
  }

  /// The variable's old value plus a change, which a refractory neuron does not make.
  private func sum(_ unknown: Unknown, _ change: Int, in code: inout SectionLowering) -> Int {
    let old = code.code.emit(.load(column: unknown.column), .real)
    let new = code.arithmetic(.add, old, change)
    guard let mask = unknown.mask else { return new }
    return code.code.emit(.select(mask: mask, new, old), .real)
  }
}

extension SectionLowering {
  /// Half of a value, exactly.
  fileprivate mutating func halved(_ value: Int) -> Int {
    arithmetic(.multiply, value, code.emit(.constant(0.5), .real))
  }
}
