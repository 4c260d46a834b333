extension Program {
  /// Computes in f32 what a program of single precision may: the law of what is narrow and what is
  /// wide, which both back ends only carry out.
  ///
  /// - Wide is time: the step, `t`, integers, columns that hold times, and what is added to them,
  ///   taken from them, compared with them or scales them by a number of the job. So spikes and
  ///   events fall on the same steps as in f64.
  /// - What state and time do not enter (numbers of the job, payloads, random numbers, and arithmetic
  ///   on these) is computed in f64 and rounded once, where it meets the state.
  /// - All else is narrow. A function of time, or its product with the state, is computed in f64
  ///   and rounded; a value goes the other way exactly.
  func narrowed() -> Program {
    guard precision == .single else { return self }
    var program = self
    let kinds = Narrowing(derived, of: self).kinds
    for store in derived.stores where columns[store.column].element == .real {
      let isWide = kinds[store.value] == .wide || derived.instructions[store.value].type == .integer
      program.columns[store.column].element = isWide ? .real : .single
    }
    let columns = program.columns
    return program.mappingSections { section in
      Narrowing(section, columns: columns).narrowed()
    }.withOrderedColumns()
  }
}

/// The values of one section, by how they are computed.
private struct Narrowing {
  enum Kind {
    /// State and time do not enter it: there in either form.
    case neutral
    case narrow
    case wide

    /// Of what is made of both without losing a step.
    func joined(_ other: Kind) -> Kind {
      if self == .wide || other == .wide { return .wide }
      return self == .narrow || other == .narrow ? .narrow : .neutral
    }

    /// Of a product: a time remains one when it is scaled, and is none when the state enters.
    func multiplied(by other: Kind) -> Kind {
      switch (self, other) {
      case (.neutral, .neutral): .neutral
      case (.wide, .wide), (.wide, .neutral), (.neutral, .wide): .wide
      default: .narrow
      }
    }

    /// Of a quotient: one by a time is a rate.
    func divided(by other: Kind) -> Kind {
      switch (self, other) {
      case (.neutral, .neutral): .neutral
      case (.wide, .wide), (.wide, .neutral): .wide
      default: .narrow
      }
    }
  }

  let section: Section
  let columns: [Column]
  /// By place; that of a boolean says nothing.
  let kinds: [Kind]

  private var code = SectionBuilder()
  /// New values by old place.
  private var truths: [Int: Int] = [:]
  private var wides: [Int: Int] = [:]
  private var narrows: [Int: Int] = [:]

  init(_ section: Section, of program: Program) {
    self.init(section, columns: program.columns)
  }

  init(_ section: Section, columns: [Column]) {
    self.section = section
    self.columns = columns
    kinds = Self.kinds(of: section, columns: columns)
  }

  // MARK: Kinds

  private static func kinds(of section: Section, columns: [Column]) -> [Kind] {
    var kinds: [Kind] = []
    for instruction in section.instructions {
      let kind = kind(of: instruction.operation, operands: kinds, columns: columns)
      kinds.append(instruction.type == .integer && kind == .narrow ? .wide : kind)
    }
    return kinds
  }

  private static func kind(of operation: Operation, operands: [Kind], columns: [Column]) -> Kind {
    switch operation {
    case .constant, .truth, .uniform, .payload, .random, .compare, .not, .and, .or: .neutral
    case .step, .neuronIndex, .poisson, .widen: .wide
    case .narrow: .narrow
    case .load(let column): columns[column].element == .single ? .narrow : .wide
    case .unary(let name, let x): operands[x] == .wide && !name.keepsTime ? .narrow : operands[x]
    case .binary(let name, let x, let y):
      switch name {
      case .add, .subtract, .minimum, .maximum: operands[x].joined(operands[y])
      case .multiply: operands[x].multiplied(by: operands[y])
      case .divide: operands[x].divided(by: operands[y])
      case .power: operands[x] == .neutral && operands[y] == .neutral ? .neutral : .narrow
      }
    case .fma(let a, let b, let c): operands[a].multiplied(by: operands[b]).joined(operands[c])
    case .select(_, let x, let y): operands[x].joined(operands[y])
    }
  }

  // MARK: The section anew

  consuming func narrowed() -> Section {
    for (place, instruction) in section.instructions.enumerated() {
      if instruction.type == .boolean {
        truths[place] = truth(place)
      } else {
        switch kinds[place] {
        case .neutral: break  // once it is known in which form
        case .narrow: _ = narrow(place)
        case .wide: _ = wide(place)
        }
      }
    }
    code.stores = section.stores.map { store in
      let value =
        switch columns[store.column].element {
        case .single: narrow(store.value)
        case .real, .bits: wide(store.value)
        case .flag: truths[store.value] ?? 0
        }
      return Section.Store(column: store.column, value: value)
    }
    code.outputs = section.outputs.map { output in
      truths[output] ?? (kinds[output] == .narrow ? narrow(output) : wide(output))
    }
    return code.section
  }

  private mutating func truth(_ place: Int) -> Int {
    let operation = section.instructions[place].operation
    guard case .compare(let name, let x, let y) = operation,
      section.instructions[x].type != .boolean
    else { return code.emit(operation.mapped { truths[$0] ?? 0 }, .boolean) }
    let isNarrow = kinds[x].joined(kinds[y]) == .narrow
    return isNarrow
      ? code.emit(.compare(name, narrow(x), narrow(y)), .boolean)
      : code.emit(.compare(name, wide(x), wide(y)), .boolean)
  }

  /// The value in f64.
  private mutating func wide(_ place: Int) -> Int {
    if let value = wides[place] { return value }
    let value =
      kinds[place] == .narrow
      ? code.emit(.widen(narrow(place)), .real)
      : code.emit(onWide(place), section.instructions[place].type)
    wides[place] = value
    return value
  }

  /// The value in f32.
  private mutating func narrow(_ place: Int) -> Int {
    if let value = narrows[place] { return value }
    let value = code.emit(narrowOperation(place), .single)
    narrows[place] = value
    return value
  }

  private mutating func narrowOperation(_ place: Int) -> Operation {
    let operation = section.instructions[place].operation
    switch (operation, kinds[place]) {
    case (.constant, _), (.uniform, _): return operation
    case (.select(let mask, let x, let y), .neutral):
      return .select(mask: truths[mask] ?? 0, narrow(x), narrow(y))
    case (_, .neutral), (_, .wide): return .narrow(wide(place))
    case (_, .narrow) where hasWideOperand(operation):
      return .narrow(code.emit(onWide(place), .real))
    case (.select(let mask, let x, let y), .narrow):
      return .select(mask: truths[mask] ?? 0, narrow(x), narrow(y))
    default:
      let values = operation.operands.map { ($0, narrow($0)) }
      let places = Dictionary(values) { first, _ in first }
      return operation.mapped { places[$0] ?? 0 }
    }
  }

  private func hasWideOperand(_ operation: Operation) -> Bool {
    operation.operands.contains {
      section.instructions[$0].type != .boolean && kinds[$0] == .wide
    }
  }

  /// The operation of a number on operands in f64.
  private mutating func onWide(_ place: Int) -> Operation {
    let operation = section.instructions[place].operation
    let values = operation.operands.map { operand in
      (operand, truths[operand] ?? wide(operand))
    }
    let places = Dictionary(values) { first, _ in first }
    return operation.mapped { places[$0] ?? 0 }
  }
}

extension UnaryOperation {
  /// Whether it makes a time of a time, or a whole number of one.
  fileprivate var keepsTime: Bool {
    switch self {
    case .negate, .absolute, .sign, .floor, .ceil, .truncate: true
    default: false
    }
  }
}
