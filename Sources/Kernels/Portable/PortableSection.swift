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
    case narrow
    case widen
  }

  /// A number for all lanes, or the lanes' own.
  enum Source: Hashable {
    case constant(Double)
    case uniform(Int)
    case step
    case payload
    case neuronIndex
  }

  /// What a buffer is filled with.
  struct Fill: Hashable {
    var source: Source
    /// Rounded to f32, which constants and uniforms may be.
    var isSingle = false
  }

  var action: Action
  /// Whether it computes with f32.
  var isSingle: Bool
  var out: PortablePlace
  var a: PortablePlace
  var b: PortablePlace
  var c: PortablePlace
}

/// A section made ready: array operations with buffers assigned by liveness.
struct PortableSection {
  struct Store {
    var column: Int
    var element: Column.Element
    var value: PortablePlace
  }

  private(set) var instructions: [PortableInstruction] = []
  private(set) var stores: [Store] = []
  private(set) var outputs: [PortablePlace] = []
  private(set) var outputTypes: [ValueType] = []
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
        append(
          isFlag ? .copyFlags : .copy, isSingle: instruction.type == .single, to: out,
          [.column(column)])
        continue
      }
      if let fill = PortableInstruction.Fill(instruction) {
        if !isFlag, let place = pool[fill] {
          buffers.place(index, at: .pooled(place))
        } else {
          append(
            isFlag ? .fillFlags(fill) : .fill(fill), isSingle: fill.isSingle,
            to: buffers.allocate(index, isFlag: isFlag), [])
        }
        continue
      }
      let operands = instruction.operation.operands
      let places = operands.map { buffers.places[$0] }
      // Numbers that change their size are not written over themselves.
      let isInPlace = !instruction.operation.changesPrecision
      if isInPlace { buffers.release(operandsOf: index) }
      append(
        Self.action(instruction, in: section, of: program),
        isSingle: section.computesWithSingles(index), to: buffers.allocate(index, isFlag: isFlag),
        places)
      if !isInPlace { buffers.release(operandsOf: index) }
    }
    stores = section.stores.map {
      Store(
        column: $0.column, element: program.columns[$0.column].element,
        value: buffers.places[$0.value])
    }
    outputs = section.outputs.map { buffers.places[$0] }
    outputTypes = section.outputs.map { section.instructions[$0].type }
    (numbers, flags) = (buffers.numbers.count, buffers.flags.count)
  }

  private mutating func append(
    _ action: PortableInstruction.Action, isSingle: Bool, to out: PortablePlace,
    _ inputs: [PortablePlace]
  ) {
    instructions.append(
      PortableInstruction(
        action: action, isSingle: isSingle, out: out, a: inputs.first ?? out,
        b: inputs.count > 1 ? inputs[1] : out,
        c: inputs.count > 2 ? inputs[2] : out))
  }

  private static func action(_ instruction: Instruction, in section: Section, of program: Program)
    -> PortableInstruction.Action
  {
    switch instruction.operation {
    case .constant, .truth, .uniform, .step, .neuronIndex, .payload:
      preconditionFailure("what is filled in is no operation")
    case .load: .copy
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
    case .narrow: .narrow
    case .widen: .widen
    }
  }
}

extension Operation {
  fileprivate var changesPrecision: Bool {
    switch self {
    case .narrow, .widen: true
    default: false
    }
  }
}

extension Section {
  /// Whether the numbers that an instruction reads, or else makes, are in f32.
  fileprivate func computesWithSingles(_ place: Int) -> Bool {
    if case .compare(_, let x, _) = instructions[place].operation {
      return instructions[x].type == .single
    }
    return instructions[place].type == .single
  }
}

extension PortableInstruction.Fill {
  init?(_ instruction: Instruction) {
    isSingle = instruction.type == .single
    switch instruction.operation {
    case .constant(let number): source = .constant(number)
    case .truth(let truth): source = .constant(truth ? 1 : 0)
    case .uniform(let place): source = .uniform(place)
    case .step: source = .step
    case .payload: source = .payload
    case .neuronIndex: source = .neuronIndex
    default: return nil
    }
  }

  /// Whether it is the same throughout a visit.
  var lastsForVisit: Bool {
    switch source {
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
