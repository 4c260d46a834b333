extension SectionBuilder {
  /// The value of an instruction, simplified by identities that hold to the bit.
  mutating func simplified(_ instruction: Instruction) -> Int {
    if let value = identity(instruction) { return value }
    if let simpler = simpler(instruction.operation) {
      return emit(simpler, instruction.type)
    }
    return emit(instruction.operation, instruction.type)
  }

  /// The value of an instruction, as a uniform if all that it reads is uniform.
  mutating func hoisted(_ instruction: Instruction, into table: inout UniformTable) -> Int {
    let operands = instruction.operation.operands
    let isUniform = operands.allSatisfy { operation($0).isUniform }
    guard !operands.isEmpty, isUniform, instruction.operation.isDeterministic else {
      return simplified(instruction)
    }
    if let folded = folded(instruction.operation) { return emit(folded, instruction.type) }
    var places: [Int: Int] = [:]
    for operand in operands { places[operand] = place(of: operand, in: &table) }
    let moved = instruction.operation.mapped { places[$0] ?? 0 }
    return emit(.uniform(table.place(of: moved)), instruction.type)
  }

  private func place(of value: Int, in table: inout UniformTable) -> Int {
    if case .uniform(let place) = operation(value) { return place }
    return table.place(of: operation(value))
  }

  /// An earlier value that the instruction gives again.
  private func identity(_ instruction: Instruction) -> Int? {
    switch instruction.operation {
    case .binary(.multiply, let x, let y):
      if isConstant(y, 1) { return x }
      if isConstant(x, 1) { return y }
    case .binary(.divide, let x, let y) where isConstant(y, 1): return x
    case .binary(.subtract, let x, let y) where isConstant(y, 0): return x
    case .unary(.negate, let x):
      if case .unary(.negate, let y) = operation(x) { return y }
    case .unary(.truncate, let x), .unary(.floor, let x), .unary(.ceil, let x):
      if type(x) == .integer { return x }
    case .not(let x):
      if case .not(let y) = operation(x) { return y }
    case .and(let x, let y):
      if x == y || isTruth(y, true) || isTruth(x, false) { return x }
      if isTruth(x, true) || isTruth(y, false) { return y }
    case .or(let x, let y):
      if x == y || isTruth(y, false) || isTruth(x, true) { return x }
      if isTruth(x, false) || isTruth(y, true) { return y }
    case .select(let mask, let x, let y):
      if x == y || isTruth(mask, true) { return x }
      if isTruth(mask, false) { return y }
    default: break
    }
    return nil
  }

  /// A cheaper operation with the same result.
  private func simpler(_ operation: Operation) -> Operation? {
    if let folded = folded(operation) { return folded }
    switch operation {
    case .binary(.add, let x, let y):
      if case .unary(.negate, let z) = self.operation(y) { return .binary(.subtract, x, z) }
      if case .unary(.negate, let z) = self.operation(x) { return .binary(.subtract, y, z) }
    case .binary(.subtract, let x, let y):
      if case .unary(.negate, let z) = self.operation(y) { return .binary(.add, x, z) }
    case .binary(.multiply, let x, let y):
      if case .unary(.negate, let a) = self.operation(x),
        case .unary(.negate, let b) = self.operation(y)
      {
        return .binary(.multiply, a, b)
      }
    default: break
    }
    return nil
  }

  /// What an operation on constants gives.
  private func folded(_ operation: Operation) -> Operation? {
    switch operation {
    case .unary(.negate, let x): return constant(x).map { .constant(-$0) }
    case .not(let x): return truth(x).map { .truth(!$0) }
    case .binary(let name, let x, let y):
      guard let x = constant(x), let y = constant(y) else { return nil }
      switch name {
      case .add: return .constant(x + y)
      case .subtract: return .constant(x - y)
      case .multiply: return .constant(x * y)
      case .divide: return .constant(x / y)
      default: return nil
      }
    default: return nil
    }
  }

  private func constant(_ value: Int) -> Double? {
    if case .constant(let number) = operation(value) { number } else { nil }
  }

  private func truth(_ value: Int) -> Bool? {
    if case .truth(let truth) = operation(value) { truth } else { nil }
  }

  private func isConstant(_ value: Int, _ number: Double) -> Bool {
    guard let constant = constant(value) else { return false }
    return constant == number && constant.sign == number.sign
  }

  private func isTruth(_ value: Int, _ expected: Bool) -> Bool { truth(value) == expected }
}

extension Operation {
  /// Whether it stands in the table of uniforms or could.
  var isUniform: Bool {
    switch self {
    case .constant, .truth, .uniform: true
    default: false
    }
  }

  /// Whether it gives the same for the same operands, anywhere.
  var isDeterministic: Bool {
    switch self {
    case .random, .poisson: false
    default: true
    }
  }
}
