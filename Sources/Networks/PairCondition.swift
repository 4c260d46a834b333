import Equations
import KernelABI
import Units

/// The condition of a projection, ready to be asked for many pairs of a source and a target.
///
/// It may read `i`, `j` (within the slices), `N_pre`, `N_post` (the sizes of the slices) and
/// constants; numbers are doubles, exact for whole numbers below 2^53. The expression is turned
/// into instructions for a stack of vectors, one lane for each target.
struct PairCondition {
  private enum ValueKind {
    case number, boolean
  }

  private enum UnaryCode {
    case negate, not, absolute, sign, floor, ceil, truncate, squareRoot, exp, log
  }

  private enum Instruction {
    case constant(Double)
    case source
    case target
    case unary(UnaryCode)
    case binary(BinaryOperator)
    /// the lowest of the three on the stack, kept between the two above it
    case clip
  }

  private static let lanes = ConnectionGrid.tileSize

  private var code: [Instruction] = []
  private var depth = 0
  private var deepest = 0
  private var stack: [Double] = []

  /// - Throws: `NetworkError` for a name or function that a condition cannot have, and for an
  ///   expression that is neither true nor false.
  init(
    _ expression: Expression, constants: EquationSystem, sources: Int, targets: Int
  ) throws(NetworkError) {
    var names = constants.constants.mapValues(\.value)
    names["N_pre"] = Double(sources)
    names["N_post"] = Double(targets)
    guard try compile(expression, names) == .boolean else {
      throw NetworkError(
        "the condition is a number, neither true nor false", hint: "compare it, as in 'i != j'"
      ).at("connect")
    }
    stack = [Double](repeating: 0, count: deepest * PairCondition.lanes)
  }

  /// Keeps those targets of a row for which the condition holds; a row has no more targets than
  /// a tile.
  mutating func filter(_ row: inout [UInt32], source: Int) {
    guard !row.isEmpty else { return }
    evaluate(row, source: Double(source))
    var kept = 0
    for place in row.indices where stack[place] != 0 {
      row[kept] = row[place]
      kept += 1
    }
    row.removeLast(row.count - kept)
  }
}

// MARK: Compilation

extension PairCondition {
  private mutating func emit(_ instruction: Instruction, change: Int) {
    code.append(instruction)
    depth += change
    deepest = max(deepest, depth)
  }

  private mutating func compile(
    _ expression: Expression, _ names: [String: Double]
  ) throws(NetworkError) -> ValueKind {
    switch expression.node {
    case .number(let value, _):
      emit(.constant(value), change: 1)
      return .number
    case .boolean(let value):
      emit(.constant(value ? 1 : 0), change: 1)
      return .boolean
    case .name(let name):
      return try compileName(name, names)
    case .unary(.negate, let operand):
      try compile(operand, names, as: .number, in: "-")
      emit(.unary(.negate), change: 0)
      return .number
    case .unary(.not, let operand):
      try compile(operand, names, as: .boolean, in: "not")
      emit(.unary(.not), change: 0)
      return .boolean
    case .binary(let code, let left, let right):
      let isLogical = code == .and || code == .or
      let operands: ValueKind = isLogical ? .boolean : .number
      try compile(left, names, as: operands, in: code.rawValue)
      try compile(right, names, as: operands, in: code.rawValue)
      emit(.binary(code), change: -1)
      switch code {
      case .add, .subtract, .multiply, .divide, .floorDivide, .modulo, .power: return .number
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .and, .or:
        return .boolean
      }
    case .call(let function, let arguments):
      return try compileCall(function, arguments, names)
    }
  }

  private mutating func compile(
    _ expression: Expression, _ names: [String: Double], as kind: ValueKind, in code: String
  ) throws(NetworkError) {
    guard try compile(expression, names) == kind else {
      let wanted = kind == .boolean ? "a condition" : "a number"
      throw PairCondition.failure("'\(code)' needs \(wanted) beside it")
    }
  }

  private mutating func compileName(
    _ name: String, _ names: [String: Double]
  ) throws(NetworkError) -> ValueKind {
    switch name {
    case "i": emit(.source, change: 1)
    case "j": emit(.target, change: 1)
    default:
      guard let value = names[name] else {
        throw PairCondition.failure(
          "'\(name)' is not known in a condition",
          hint: "a condition can read i, j, N_pre, N_post and constants")
      }
      emit(.constant(value), change: 1)
    }
    return .number
  }

  private mutating func compileCall(
    _ function: String, _ arguments: [Expression], _ names: [String: Double]
  ) throws(NetworkError) -> ValueKind {
    let unary: [String: UnaryCode] = [
      "abs": .absolute, "sign": .sign, "floor": .floor, "ceil": .ceil, "sqrt": .squareRoot,
      "exp": .exp, "log": .log,
    ]
    if let code = unary[function], arguments.count == 1 {
      try compile(arguments[0], names, as: .number, in: function)
      emit(.unary(code), change: 0)
      return .number
    }
    if function == "int", arguments.count == 1 {
      // A truth value is 0 or 1 already.
      if try compile(arguments[0], names) == .number { emit(.unary(.truncate), change: 0) }
      return .number
    }
    if function == "clip", arguments.count == 3 {
      for argument in arguments { try compile(argument, names, as: .number, in: function) }
      emit(.clip, change: -2)
      return .number
    }
    let isRandom = function == "rand" || function == "randn"
    throw PairCondition.failure(
      "'\(function)' with \(arguments.count) arguments is not known in a condition",
      hint: isRandom
        ? "draw with 'probability' beside 'condition'"
        : "conditions know abs, sign, floor, ceil, int, clip, sqrt, exp and log")
  }

  private static func failure(_ message: String, hint: String? = nil) -> NetworkError {
    NetworkError(message, hint: hint).at("connect")
  }
}

// MARK: Evaluation

extension PairCondition {
  /// Leaves the truth for each target of the row in the first lanes of the stack.
  private mutating func evaluate(_ row: [UInt32], source: Double) {
    let lanes = row.count
    var top = -1
    let code = self.code
    stack.withUnsafeMutableBufferPointer { stack in
      func vector(_ place: Int) -> Slice<UnsafeMutableBufferPointer<Double>> {
        let start = place * PairCondition.lanes
        return stack[start..<start + lanes]
      }
      for instruction in code {
        switch instruction {
        case .constant(let value):
          top += 1
          vector(top).update(repeating: value)
        case .source:
          top += 1
          vector(top).update(repeating: source)
        case .target:
          top += 1
          let start = top * PairCondition.lanes
          for lane in 0..<lanes { stack[start + lane] = Double(row[lane]) }
        case .unary(let code):
          PairCondition.apply(code, UnsafeMutableBufferPointer(rebasing: vector(top)))
        case .binary(let code):
          top -= 1
          PairCondition.apply(
            code, UnsafeMutableBufferPointer(rebasing: vector(top)),
            UnsafeMutableBufferPointer(rebasing: vector(top + 1)))
        case .clip:
          top -= 2
          let start = top * PairCondition.lanes
          for lane in start..<start + lanes {
            let low = stack[lane + PairCondition.lanes]
            let high = stack[lane + 2 * PairCondition.lanes]
            let value = stack[lane] < low ? low : stack[lane]
            stack[lane] = value > high ? high : value
          }
        }
      }
    }
  }

  private static func apply(_ code: UnaryCode, _ values: UnsafeMutableBufferPointer<Double>) {
    func each(_ function: (Double) -> Double) {
      for lane in values.indices { values[lane] = function(values[lane]) }
    }
    switch code {
    case .negate: each { -$0 }
    case .not: each { $0 == 0 ? 1 : 0 }
    case .absolute: each { $0.magnitude }
    case .sign: each { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    case .floor: each { $0.rounded(.down) }
    case .ceil: each { $0.rounded(.up) }
    case .truncate: each { $0.rounded(.towardZero) }
    case .squareRoot: each { $0.squareRoot() }
    case .exp: each { coppice_exp($0) }
    case .log: each { coppice_log($0) }
    }
  }

  private static func apply(
    _ code: BinaryOperator, _ left: UnsafeMutableBufferPointer<Double>,
    _ right: UnsafeMutableBufferPointer<Double>
  ) {
    func each(_ function: (Double, Double) -> Double) {
      for lane in left.indices { left[lane] = function(left[lane], right[lane]) }
    }
    func test(_ function: (Double, Double) -> Bool) {
      for lane in left.indices { left[lane] = function(left[lane], right[lane]) ? 1 : 0 }
    }
    switch code {
    case .add: each { $0 + $1 }
    case .subtract: each { $0 - $1 }
    case .multiply: each { $0 * $1 }
    case .divide: each { $0 / $1 }
    case .floorDivide: each { ($0 / $1).rounded(.down) }
    case .modulo: each { $0 - $1 * ($0 / $1).rounded(.down) }
    case .power: each { power($0, $1) }
    case .less: test { $0 < $1 }
    case .lessOrEqual: test { $0 <= $1 }
    case .greater: test { $0 > $1 }
    case .greaterOrEqual: test { $0 >= $1 }
    case .equal: test { $0 == $1 }
    case .notEqual: test { $0 != $1 }
    case .and: test { $0 != 0 && $1 != 0 }
    case .or: test { $0 != 0 || $1 != 0 }
    }
  }

  /// Whole exponents by multiplication, which keeps whole numbers exact; others by exp and log.
  private static func power(_ base: Double, _ exponent: Double) -> Double {
    guard exponent.rounded() == exponent, exponent.magnitude <= 64 else {
      return base == 0 ? (exponent > 0 ? 0 : .infinity) : coppice_exp(exponent * coppice_log(base))
    }
    var product = 1.0
    for _ in 0..<Int(exponent.magnitude) { product *= base }
    return exponent < 0 ? 1 / product : product
  }
}
