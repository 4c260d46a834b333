/// Grows a section; an instruction that is there already is not added again.
///
/// Equal instructions give equal values: loads read the state as it is when the section begins, and
/// a random occurrence gives one number per neuron and moment, however often it is read.
struct SectionBuilder {
  private(set) var instructions: [Instruction] = []
  var stores: [Section.Store] = []
  var outputs: [Int] = []
  private var places: [Instruction: Int] = [:]

  init() {}

  /// Goes on from a section in which no instruction stands twice.
  init(_ section: Section) {
    instructions = section.instructions
    stores = section.stores
    outputs = section.outputs
    for (place, instruction) in instructions.enumerated() {
      let key = Instruction(instruction.operation.withOrderedOperands, instruction.type)
      places[key] = place
    }
  }

  var section: Section { Section(instructions: instructions, stores: stores, outputs: outputs) }

  /// The value of an operation on earlier values.
  mutating func emit(_ operation: Operation, _ type: ValueType) -> Int {
    let instruction = Instruction(operation, type)
    let key = Instruction(operation.withOrderedOperands, type)
    if let place = places[key] { return place }
    instructions.append(instruction)
    places[key] = instructions.count - 1
    return instructions.count - 1
  }

  func type(_ value: Int) -> ValueType { instructions[value].type }

  func operation(_ value: Int) -> Operation { instructions[value].operation }
}

extension Operation {
  /// The values it reads, in order.
  var operands: [Int] {
    switch self {
    case .constant, .truth, .uniform, .load, .step, .neuronIndex, .payload, .random: []
    case .poisson(_, let x), .unary(_, let x), .not(let x), .narrow(let x), .widen(let x): [x]
    case .binary(_, let x, let y), .compare(_, let x, let y), .and(let x, let y), .or(let x, let y):
      [x, y]
    case .fma(let a, let b, let c), .select(let a, let b, let c): [a, b, c]
    }
  }

  /// The same operation on other values.
  func mapped(_ value: (Int) -> Int) -> Operation {
    switch self {
    case .constant, .truth, .uniform, .load, .step, .neuronIndex, .payload, .random: self
    case .poisson(let occurrence, let x): .poisson(occurrence: occurrence, lambda: value(x))
    case .unary(let name, let x): .unary(name, value(x))
    case .not(let x): .not(value(x))
    case .narrow(let x): .narrow(value(x))
    case .widen(let x): .widen(value(x))
    case .binary(let name, let x, let y): .binary(name, value(x), value(y))
    case .compare(let name, let x, let y): .compare(name, value(x), value(y))
    case .and(let x, let y): .and(value(x), value(y))
    case .or(let x, let y): .or(value(x), value(y))
    case .fma(let a, let b, let c): .fma(value(a), value(b), value(c))
    case .select(let mask, let x, let y): .select(mask: value(mask), value(x), value(y))
    }
  }

  /// One of two forms of an operation whose operands may be exchanged without changing a bit.
  fileprivate var withOrderedOperands: Operation {
    switch self {
    case .binary(.add, let x, let y) where x > y: .binary(.add, y, x)
    case .binary(.multiply, let x, let y) where x > y: .binary(.multiply, y, x)
    case .and(let x, let y) where x > y: .and(y, x)
    case .or(let x, let y) where x > y: .or(y, x)
    case .fma(let a, let b, let c) where a > b: .fma(b, a, c)
    default: self
    }
  }
}
