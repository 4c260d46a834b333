import KernelABI

/// Where a value lies while a section is interpreted.
enum PortablePlace: Hashable {
  /// A column of the state itself.
  case column(Int)
  /// A buffer filled once per visit.
  case pooled(Int)
  /// A buffer of numbers, reused as soon as nothing reads it any more.
  case number(Int)
  /// The same for booleans.
  case flags(Int)
}

/// One array operation: what it does, from where to where.
struct PortableInstruction {
  enum Action {
    case fill(Fill)
    case fillFlags(Fill)
    case copy
    case copyFlags
    case random(occurrence: Int, isNormal: Bool)
    case poisson(occurrence: Int)
    case unary(coppice_unary)
    case binary(coppice_binary)
    case fma
    case compare(coppice_comparison)
    case compareFlags(Comparison)
    case select
    case selectFlags
    case not
    case and
    case or
  }

  /// A number for all lanes, or the lanes' own.
  enum Fill: Hashable {
    case constant(Double)
    case uniform(Int)
    case step
    case payload
    case neuronIndex
  }

  var action: Action
  var out: PortablePlace
  var a: PortablePlace
  var b: PortablePlace
  var c: PortablePlace
}

/// A section made ready: array operations with buffers assigned by liveness.
struct PortableSection {
  struct Store {
    var column: Int
    var isFlag: Bool
    var value: PortablePlace
  }

  private(set) var instructions: [PortableInstruction] = []
  private(set) var stores: [Store] = []
  private(set) var outputs: [PortablePlace] = []
  private(set) var outputIsFlag: [Bool] = []
  /// How many buffers of numbers and of booleans it needs.
  private(set) var numbers = 0
  private(set) var flags = 0

  var isEmpty: Bool { stores.isEmpty && outputs.isEmpty }

  /// `pool` holds what lies in a buffer filled once per visit.
  init(_ section: Section, of program: Program, pool: [PortableInstruction.Fill: Int] = [:]) {
    var buffers = PortableBuffers(section)
    let targets = Set(section.stores.map(\.column))
    let stored = Set(section.stores.map(\.value))
    for (index, instruction) in section.instructions.enumerated() {
      let isFlag = instruction.type == .boolean
      if case .load(let column) = instruction.operation {
        // A column whose old value is stored elsewhere while it is overwritten itself is copied.
        guard stored.contains(index), targets.contains(column) else {
          buffers.place(index, at: .column(column))
          continue
        }
        let out = buffers.allocate(index, isFlag: isFlag)
        append(isFlag ? .copyFlags : .copy, to: out, [.column(column)])
        continue
      }
      if let fill = PortableInstruction.Fill(instruction.operation) {
        if !isFlag, let place = pool[fill] {
          buffers.place(index, at: .pooled(place))
        } else {
          append(
            isFlag ? .fillFlags(fill) : .fill(fill), to: buffers.allocate(index, isFlag: isFlag),
            [])
        }
        continue
      }
      let operands = instruction.operation.operands
      let places = operands.map { buffers.places[$0] }
      buffers.release(operandsOf: index)
      append(
        Self.action(instruction, in: section, of: program),
        to: buffers.allocate(index, isFlag: isFlag), places)
    }
    stores = section.stores.map {
      Store(
        column: $0.column, isFlag: program.columns[$0.column].element == .flag,
        value: buffers.places[$0.value])
    }
    outputs = section.outputs.map { buffers.places[$0] }
    outputIsFlag = section.outputs.map { section.instructions[$0].type == .boolean }
    (numbers, flags) = (buffers.numbers.count, buffers.flags.count)
  }

  private mutating func append(
    _ action: PortableInstruction.Action, to out: PortablePlace, _ inputs: [PortablePlace]
  ) {
    instructions.append(
      PortableInstruction(
        action: action, out: out, a: inputs.first ?? out, b: inputs.count > 1 ? inputs[1] : out,
        c: inputs.count > 2 ? inputs[2] : out))
  }

  private static func action(_ instruction: Instruction, in section: Section, of program: Program)
    -> PortableInstruction.Action
  {
    switch instruction.operation {
    case .constant(let number): .fill(.constant(number))
    case .truth(let truth): .fillFlags(.constant(truth ? 1 : 0))
    case .uniform(let place): .fill(.uniform(place))
    case .load: .copy
    case .step: .fill(.step)
    case .neuronIndex: .fill(.neuronIndex)
    case .payload: .fill(.payload)
    case .random(let occurrence):
      .random(
        occurrence: occurrence, isNormal: program.occurrences[occurrence].kind == .normal)
    case .poisson(let occurrence, _): .poisson(occurrence: occurrence)
    case .unary(let operation, _): .unary(operation.code)
    case .binary(let operation, _, _): .binary(operation.code)
    case .fma: .fma
    case .compare(let comparison, let x, _):
      section.instructions[x].type == .boolean
        ? .compareFlags(comparison) : .compare(comparison.code)
    case .select: instruction.type == .boolean ? .selectFlags : .select
    case .not: .not
    case .and: .and
    case .or: .or
    }
  }
}

extension PortableInstruction.Fill {
  init?(_ operation: Operation) {
    switch operation {
    case .constant(let number): self = .constant(number)
    case .truth(let truth): self = .constant(truth ? 1 : 0)
    case .uniform(let place): self = .uniform(place)
    case .step: self = .step
    case .payload: self = .payload
    case .neuronIndex: self = .neuronIndex
    default: return nil
    }
  }

  /// Whether it is the same throughout a visit.
  var lastsForVisit: Bool {
    switch self {
    case .constant, .uniform, .neuronIndex: true
    case .step, .payload: false
    }
  }
}

/// Hands out buffers to the values of a section and takes them back after the last reading.
private struct PortableBuffers {
  struct Stock {
    var count = 0
    var free: [Int] = []

    mutating func take() -> Int {
      if let place = free.popLast() { return place }
      count += 1
      return count - 1
    }
  }

  private(set) var places: [PortablePlace]
  private(set) var numbers = Stock()
  private(set) var flags = Stock()
  private let section: Section
  /// The instruction that reads a value last; beyond the end for what is stored or output.
  private var lastUse: [Int]

  init(_ section: Section) {
    self.section = section
    let count = section.instructions.count
    places = [PortablePlace](repeating: .number(0), count: count)
    lastUse = Array(0..<count)
    for (index, instruction) in section.instructions.enumerated() {
      for operand in instruction.operation.operands { lastUse[operand] = index }
    }
    for store in section.stores { lastUse[store.value] = count }
    for output in section.outputs { lastUse[output] = count }
  }

  mutating func place(_ value: Int, at place: PortablePlace) { places[value] = place }

  mutating func allocate(_ value: Int, isFlag: Bool) -> PortablePlace {
    places[value] = isFlag ? .flags(flags.take()) : .number(numbers.take())
    return places[value]
  }

  mutating func release(operandsOf index: Int) {
    for operand in Set(section.instructions[index].operation.operands)
    where lastUse[operand] == index {
      switch places[operand] {
      case .number(let buffer): numbers.free.append(buffer)
      case .flags(let buffer): flags.free.append(buffer)
      case .column, .pooled: break
      }
    }
    numbers.free.sort(by: >)
    flags.free.sort(by: >)
  }
}
