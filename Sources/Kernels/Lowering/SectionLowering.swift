import Equations

/// Turns texts into the code of one section.
struct SectionLowering {
  /// What the state is when the section begins.
  enum Moment {
    /// Initial values, stimuli and schedule, probes.
    case beforeUpdate
    case update
    /// Conditions, and whatever acts between the steps.
    case afterUpdate
  }

  let scope: LoweringScope
  var tables: LoweringTables
  /// The text being read, for errors.
  var place: String
  let moment: Moment
  /// Whether it is `on_pre` code, which has a payload and spares refractory neurons.
  let isArrival: Bool
  var code = SectionBuilder()
  /// Present values of variables that statements set.
  private var present: [String: Int] = [:]
  private var subexpressions: [String: Int] = [:]
  private var open: Set<String> = []
  /// What `t` means, if that is not the beginning of the step.
  private var stageTime: Int?
  /// Names the random occurrences of the text being read.
  private var purpose = ""
  private var draws = 0

  init(
    scope: LoweringScope, tables: LoweringTables, place: String, moment: Moment,
    isArrival: Bool = false
  ) {
    self.scope = scope
    self.tables = tables
    self.place = place
    self.moment = moment
    self.isArrival = isArrival
  }

  // MARK: Texts

  /// The value of an expression; `purpose` names the text that it is.
  mutating func value(of expression: Expression, purpose: String) throws(LoweringError) -> Int {
    let outer = (self.purpose, draws)
    (self.purpose, draws) = (purpose, 0)
    let value = try lower(expression)
    (self.purpose, draws) = outer
    return value
  }

  /// Runs statements one after the other and stores what they set.
  mutating func run(_ statements: [Statement], purpose: String) throws(LoweringError) {
    (self.purpose, draws) = (purpose, 0)
    for statement in statements { try run(statement) }
    storeAssigned()
  }

  private mutating func run(_ statement: Statement) throws(LoweringError) {
    let name = try targetName(statement.target)
    let (column, variable) = try scope.target(name, in: place)
    let old = present[name] ?? code.emit(.load(column: column), variable.type.valueType)
    let right = try lower(statement.value)
    let result: Int
    switch statement.assignment {
    case .set: result = right
    case .add: result = arithmetic(.add, old, right)
    case .subtract: result = arithmetic(.subtract, old, right)
    case .multiply: result = arithmetic(.multiply, old, right)
    case .divide: result = arithmetic(.divide, old, right)
    }
    var new = converted(result, to: variable.type.valueType)
    if isArrival, scope.isMasked(variable), let flag = scope.state.notRefractory {
      let mask = code.emit(.load(column: flag), .boolean)
      new = code.emit(.select(mask: mask, new, old), code.type(new))
    }
    set(name, to: new)
  }

  private func targetName(_ name: String) throws(LoweringError) -> String {
    guard isArrival else { return name }
    if name == "w" {
      throw LoweringError(
        "'w' is the weight of the synapse, which on_pre cannot change", in: place,
        hint: "write 'w_post' for a variable w of the neuron")
    }
    return scope.variables[name] == nil ? name.withoutPost : name
  }

  /// From here on, the name stands for that value.
  mutating func set(_ name: String, to value: Int) {
    present[name] = value
    subexpressions.removeAll()
  }

  /// Gives a value a name that no subexpression reads.
  mutating func bind(_ name: String, to value: Int) { present[name] = value }

  /// From here on, the names stand for these values, and `t` for that time.
  mutating func enterStage(_ state: some Sequence<(String, Int)>, time: Int) {
    for (name, value) in state { present[name] = value }
    stageTime = time
    subexpressions.removeAll()
  }

  /// Stores all variables that were set, in the order of columns.
  mutating func storeAssigned() {
    for (name, value) in present {
      guard let column = scope.state.places[name] else { continue }
      code.stores.append(Section.Store(column: column, value: value))
    }
    code.stores.sort { $0.column < $1.column }
  }

  // MARK: Expressions

  private mutating func lower(_ expression: Expression) throws(LoweringError) -> Int {
    switch expression.node {
    case .number(let number, let isInteger): return literal(number, isInteger: isInteger)
    case .boolean(let truth): return code.emit(.truth(truth), .boolean)
    case .name(let name): return try self.name(name)
    case .unary(.negate, let x): return code.negated(numeric(try lower(x)))
    case .unary(.not, let x): return code.emit(.not(truth(try lower(x))), .boolean)
    case .binary(.power, let base, let exponent): return try power(base, exponent)
    case .binary(let name, let x, let y):
      let (x, y) = (try lower(x), try lower(y))
      return binary(name, x, y)
    case .call(let name, let arguments): return try call(name, arguments)
    }
  }

  private mutating func literal(_ number: Double, isInteger: Bool) -> Int {
    if isInteger, number == 0 || number == 1 || number == 2 {
      return code.emit(.constant(number), .integer)
    }
    return uniform(number, named: "literal \(number)", type: isInteger ? .integer : .real)
  }

  mutating func uniform(_ value: Double, named name: String, type: ValueType = .real) -> Int {
    code.emit(.uniform(tables.uniforms.place(of: value, named: name)), type)
  }

  mutating func dt() -> Int { uniform(scope.dt, named: "dt") }

  /// `t`: the product of step and dt, never a running sum; in a stage, the time of the stage.
  mutating func time() -> Int {
    if let stageTime { return stageTime }
    let step = code.emit(.step, .integer)
    return code.emit(.binary(.multiply, step, dt()), .real)
  }

  private mutating func binary(_ name: BinaryOperator, _ x: Int, _ y: Int) -> Int {
    switch name {
    case .add: return arithmetic(.add, x, y)
    case .subtract: return arithmetic(.subtract, x, y)
    case .multiply: return arithmetic(.multiply, x, y)
    case .divide, .power: return arithmetic(.divide, x, y)
    case .floorDivide: return floorQuotient(numeric(x), numeric(y))
    case .modulo:
      let (x, y) = (numeric(x), numeric(y))
      return arithmetic(.subtract, x, arithmetic(.multiply, y, floorQuotient(x, y)))
    case .less: return compare(.less, x, y)
    case .lessOrEqual: return compare(.lessOrEqual, x, y)
    case .greater: return compare(.greater, x, y)
    case .greaterOrEqual: return compare(.greaterOrEqual, x, y)
    case .equal: return compare(.equal, x, y)
    case .notEqual: return compare(.notEqual, x, y)
    case .and: return code.emit(.and(truth(x), truth(y)), .boolean)
    case .or: return code.emit(.or(truth(x), truth(y)), .boolean)
    }
  }

  mutating func arithmetic(_ name: BinaryOperation, _ x: Int, _ y: Int) -> Int {
    let (x, y) = (numeric(x), numeric(y))
    let isInteger = code.type(x) == .integer && code.type(y) == .integer && name != .divide
    return code.emit(.binary(name, x, y), isInteger ? .integer : .real)
  }

  private mutating func floorQuotient(_ x: Int, _ y: Int) -> Int {
    let isInteger = code.type(x) == .integer && code.type(y) == .integer
    let quotient = code.emit(.binary(.divide, x, y), .real)
    return code.emit(.unary(.floor, quotient), isInteger ? .integer : .real)
  }

  mutating func compare(_ name: Comparison, _ x: Int, _ y: Int) -> Int {
    code.emit(.compare(name, numeric(x), numeric(y)), .boolean)
  }

  /// A power by multiplication where the exponent is a small whole number in the text.
  private mutating func power(_ base: Expression, _ exponent: Expression) throws(LoweringError)
    -> Int
  {
    let x = numeric(try lower(base))
    guard let number = exponent.literal else {
      return code.emit(.binary(.power, x, numeric(try lower(exponent))), .real)
    }
    if number == 0.5 { return code.emit(.unary(.squareRoot, x), .real) }
    let whole = abs(number) <= 16 ? Int(number) : 0
    guard Double(whole) == number else {
      return code.emit(.binary(.power, x, numeric(try lower(exponent))), .real)
    }
    var result: Int?
    var square = x
    var bits = abs(whole)
    while bits > 0 {
      if bits & 1 == 1 { result = result.map { arithmetic(.multiply, $0, square) } ?? square }
      bits >>= 1
      if bits > 0 { square = arithmetic(.multiply, square, square) }
    }
    let one = code.emit(.constant(1), .integer)
    guard let result else { return one }
    return whole < 0 ? arithmetic(.divide, one, result) : result
  }

  // MARK: Types

  /// The value as a number: truth is 1, untruth 0.
  mutating func numeric(_ value: Int) -> Int {
    guard code.type(value) == .boolean else { return value }
    let (one, zero) = (code.emit(.constant(1), .integer), code.emit(.constant(0), .integer))
    return code.emit(.select(mask: value, one, zero), .integer)
  }

  /// The value as a condition: what is not 0 is true.
  mutating func truth(_ value: Int) -> Int {
    guard code.type(value) != .boolean else { return value }
    return code.emit(.compare(.notEqual, value, code.emit(.constant(0), .integer)), .boolean)
  }

  mutating func converted(_ value: Int, to type: ValueType) -> Int {
    switch type {
    case .boolean: return truth(value)
    case .real, .single: return numeric(value)
    case .integer:
      let number = numeric(value)
      return code.type(number) == .integer
        ? number : code.emit(.unary(.truncate, number), .integer)
    }
  }

  // MARK: Names

  private mutating func name(_ name: String) throws(LoweringError) -> Int {
    if isArrival, name == "w" { return code.emit(.payload, .real) }
    if let value = present[name] { return value }
    if let variable = scope.variables[name] { return try self.variable(variable) }
    if let value = try internalName(name) { return value }
    if let number = NamedNumbers.reserved(name) { return named(number, name) }
    if let constant = scope.constants[name] { return uniform(constant, named: "constant \(name)") }
    if let number = NamedNumbers.unit(name) { return named(number, name) }
    if isArrival {
      if name.hasSuffix("_post") { return try self.name(name.withoutPost, fromPost: true) }
      if name.hasSuffix("_pre") {
        throw LoweringError(
          "'\(name)' is a variable of the source neuron, which on_pre cannot read", in: place)
      }
    }
    throw LoweringError("'\(name)' is no variable, constant or unit", in: place)
  }

  /// A number that belongs to the language; SI's own units are 1.
  private mutating func named(_ number: Double, _ name: String) -> Int {
    number == 1
      ? code.emit(.constant(1), .real) : uniform(number, named: "named \(name)")
  }

  /// A name with `_post` means the neuron's, even where `w` means the weight.
  private mutating func name(_ name: String, fromPost: Bool) throws(LoweringError) -> Int {
    if let value = present[name] { return value }
    guard let variable = scope.variables[name] else {
      if let value = try internalName(name) { return value }
      throw LoweringError("'\(name)' is no variable of the target neuron", in: place)
    }
    return try self.variable(variable)
  }

  private mutating func variable(_ variable: EquationSystem.Variable) throws(LoweringError) -> Int {
    let type = variable.type.valueType
    if let value = scope.uniformParameters[variable.name] {
      return uniform(value, named: "parameter \(variable.name)", type: type)
    }
    guard case .subexpression(let expression) = variable.kind else {
      guard let column = scope.state.places[variable.name] else {
        throw LoweringError("'\(variable.name)' has no value", in: place)
      }
      return code.emit(.load(column: column), type)
    }
    if moment == .afterUpdate, variable.flags.contains(.constantOverStep),
      let column = scope.state.places[variable.name]
    {
      return code.emit(.load(column: column), type)
    }
    if let value = subexpressions[variable.name] { return value }
    guard open.insert(variable.name).inserted else {
      throw LoweringError("'\(variable.name)' is defined by itself", in: place)
    }
    let value = converted(
      try self.value(of: expression, purpose: "update.\(variable.name)"), to: type)
    open.remove(variable.name)
    subexpressions[variable.name] = value
    return value
  }

  private mutating func internalName(_ name: String) throws(LoweringError) -> Int? {
    switch name {
    case "t": return time()
    case "dt": return dt()
    case "t_in_timesteps": return code.emit(.step, .integer)
    case "i": return code.emit(.neuronIndex, .integer)
    case "N": return uniform(Double(scope.size), named: "N", type: .integer)
    case "lastspike":
      guard let column = scope.state.lastSpike else {
        return uniform(StateColumns.neverSpiked, named: "never")
      }
      return code.emit(.load(column: column), .real)
    case "not_refractory":
      guard let column = scope.state.notRefractory else { return code.emit(.truth(true), .boolean) }
      return code.emit(.load(column: column), .boolean)
    case "xi": return noise(purpose: nextPurpose())
    default:
      return EquationNames.isNoise(name) ? noise(purpose: "update.\(name)") : nil
    }
  }

  // MARK: Random numbers

  private mutating func nextPurpose() -> String {
    defer { draws += 1 }
    return "\(purpose).\(draws)"
  }

  /// White noise: a normal number over the square root of the step, so that the step's share of it
  /// has the variance of the step (Euler-Maruyama).
  private mutating func noise(purpose: String) -> Int {
    let occurrence = tables.occurrence(.normal, purpose: purpose)
    let normal = code.emit(.random(occurrence: occurrence), .real)
    let root = code.emit(.unary(.squareRoot, dt()), .real)
    return code.emit(.binary(.divide, normal, root), .real)
  }

  // MARK: Functions

  private mutating func call(_ name: String, _ arguments: [Expression]) throws(LoweringError)
    -> Int
  {
    if let operation = Self.functions[name] {
      let x = try self.arguments(arguments, 1, of: name)[0]
      let keepsInteger = operation == .absolute || operation == .sign || operation == .negate
      return code.emit(
        .unary(operation, x), keepsInteger && code.type(x) == .integer ? .integer : .real)
    }
    switch name {
    case "int":
      let x = try self.arguments(arguments, 1, of: name)[0]
      return converted(x, to: .integer)
    case "timestep":
      let values = try self.arguments(arguments, 2, of: name)
      return timestep(values[0], values[1])
    case "clip":
      let values = try self.arguments(arguments, 3, of: name)
      let low = code.emit(.binary(.maximum, values[0], values[1]), .real)
      return code.emit(.binary(.minimum, low, values[2]), .real)
    case "min", "max":
      return try extremum(name == "min" ? .minimum : .maximum, arguments, of: name)
    case "rand", "randn":
      _ = try self.arguments(arguments, 0, of: name)
      let kind: RandomOccurrence.Kind = name == "rand" ? .uniform : .normal
      let occurrence = tables.occurrence(kind, purpose: nextPurpose())
      return code.emit(.random(occurrence: occurrence), .real)
    case "poisson":
      let occurrence = tables.occurrence(.poisson, purpose: nextPurpose())
      let lambda = try self.arguments(arguments, 1, of: name)[0]
      return code.emit(.poisson(occurrence: occurrence, lambda: lambda), .integer)
    default:
      throw LoweringError("there is no function '\(name)'", in: place)
    }
  }

  private mutating func extremum(
    _ operation: BinaryOperation, _ expressions: [Expression], of name: String
  ) throws(LoweringError) -> Int {
    let values = try arguments(expressions, max(expressions.count, 2), of: name)
    return values.dropFirst().reduce(values[0]) { arithmetic(operation, $0, $1) }
  }

  private mutating func arguments(_ expressions: [Expression], _ count: Int, of name: String)
    throws(LoweringError) -> [Int]
  {
    guard expressions.count == count else {
      throw LoweringError(
        "'\(name)' takes \(count) arguments, not \(expressions.count)", in: place)
    }
    var values: [Int] = []
    for expression in expressions { values.append(numeric(try lower(expression))) }
    return values
  }

  /// Whole steps in a time, as Brian's `timestep`: a thousandth of a step is forgiven.
  mutating func timestep(_ time: Int, _ dt: Int) -> Int {
    let thousandth = uniform(0.001, named: "thousandth")
    let slack = arithmetic(.multiply, thousandth, dt)
    let quotient = arithmetic(.divide, arithmetic(.add, time, slack), dt)
    return code.emit(.unary(.floor, quotient), .integer)
  }

  private static let functions: [String: UnaryOperation] = [
    "abs": .absolute, "sign": .sign, "sqrt": .squareRoot, "floor": .floor, "ceil": .ceil,
    "exp": .exp, "log": .log, "log10": .log10, "expm1": .expm1, "log1p": .log1p,
    "exprel": .exprel, "sin": .sin, "cos": .cos, "tan": .tan, "arcsin": .arcsin,
    "arccos": .arccos, "arctan": .arctan, "sinh": .sinh, "cosh": .cosh, "tanh": .tanh,
  ]
}

extension SectionBuilder {
  mutating func negated(_ value: Int) -> Int {
    emit(.unary(.negate, value), type(value))
  }
}

extension Expression {
  /// The number that it is, with its sign.
  fileprivate var literal: Double? {
    switch node {
    case .number(let number, _): number
    case .unary(.negate, let x): x.literal.map { -$0 }
    default: nil
    }
  }
}
