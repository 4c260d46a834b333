extension Program {
  /// Moves what depends on constant columns alone into `derived` columns.
  func hoistingDerived() -> Program {
    var program = self
    let constants = constantColumns
    var derived = SectionBuilder()
    var places: [Int: Int] = [:]
    func hoist(_ section: Section) -> Section {
      let constancy = section.constancy(constantColumns: constants)
      let isRead = section.isReadBeside(constancy)
      var copies: [Int] = []
      return section.rewritten { place, instruction, code in
        // The copy is complete for constant values; for others it is not looked at.
        let original = section.instructions[place]
        guard constancy[place] < .varying else {
          copies.append(0)
          return code.emit(instruction.operation, instruction.type)
        }
        let copy = derived.emit(original.operation.mapped { copies[$0] }, original.type)
        copies.append(copy)
        guard constancy[place] == .neuron, isRead[place], original.isWorthAColumn else {
          return code.emit(instruction.operation, instruction.type)
        }
        let column = places[copy] ?? program.addDerived(original.type)
        places[copy] = column
        return code.emit(.load(column: column), original.type)
      }
    }
    program.update = hoist(update)
    program.tests = hoist(tests)
    derived.stores = places.map { Section.Store(column: $1, value: $0) }
    derived.stores.sort { $0.column < $1.column }
    program.derived = derived.section.withoutDeadCode
    program.precondition = program.tests.anyOutput
    return program.withOrderedColumns()
  }

  private mutating func addDerived(_ type: ValueType) -> Int {
    let count = columns.count { $0.role == .derived }
    columns.append(
      Column(
        name: "derived.\(count)", element: type == .boolean ? .flag : .real, role: .derived))
    return columns.count - 1
  }

  /// The program with wider columns before narrower ones.
  func withOrderedColumns() -> Program {
    let order = [8, 4, 1].flatMap { bytes in
      columns.indices.filter { columns[$0].element.bytes == bytes }
    }
    var places = [Int](repeating: 0, count: columns.count)
    for (new, old) in order.enumerated() { places[old] = new }
    var program = mappingSections { $0.movingColumns { places[$0] } }
    program.columns = order.map { columns[$0] }
    program.pendingSpike = pendingSpike.map { places[$0] }
    program.notRefractory = notRefractory.map { places[$0] }
    program.secondReset?.pending = secondReset?.pending.map { places[$0] }
    for index in program.events.indices {
      program.events[index].pending = places[events[index].pending]
    }
    program.ports = program.ports.map { port in
      switch port {
      case .additive(let contributions):
        .additive(
          contributions.map {
            Contribution(column: places[$0.column], amount: $0.amount, isMasked: $0.isMasked)
          })
      case .general: port
      }
    }
    return program
  }
}

extension Section {
  /// Which values are read by what changes from step to step, or stored.
  fileprivate func isReadBeside(_ constancy: [Constancy]) -> [Bool] {
    users.map { users in
      users.contains { user in
        guard let user else { return true }
        return constancy[user] == .varying
      }
    }
  }

  fileprivate func movingColumns(_ place: (Int) -> Int) -> Section {
    var section = self
    for index in section.instructions.indices {
      if case .load(let column) = section.instructions[index].operation {
        section.instructions[index].operation = .load(column: place(column))
      }
    }
    for index in section.stores.indices {
      section.stores[index].column = place(section.stores[index].column)
    }
    section.stores.sort { $0.column < $1.column }
    return section
  }
}

extension Instruction {
  /// Whether loading its value costs less than computing it.
  fileprivate var isWorthAColumn: Bool {
    switch operation {
    case .load, .neuronIndex, .not, .unary(.negate, _): false
    default: true
    }
  }
}
