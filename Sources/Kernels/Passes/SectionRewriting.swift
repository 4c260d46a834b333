extension Section {
  /// Builds the section anew, instruction by instruction. `body` gets the place of an instruction
  /// and the instruction on the new operands, and returns its new value.
  func rewritten(_ body: (Int, Instruction, inout SectionBuilder) -> Int) -> Section {
    var code = SectionBuilder()
    var values: [Int] = []
    values.reserveCapacity(instructions.count)
    for (place, instruction) in instructions.enumerated() {
      let moved = Instruction(instruction.operation.mapped { values[$0] }, instruction.type)
      values.append(body(place, moved, &code))
    }
    code.stores = stores.map { Store(column: $0.column, value: values[$0.value]) }
    code.outputs = outputs.map { values[$0] }
    return code.section
  }

  /// Who reads each value; a store or an output counts as `nil`.
  var users: [[Int?]] {
    var users = [[Int?]](repeating: [], count: instructions.count)
    for (place, instruction) in instructions.enumerated() {
      for operand in instruction.operation.operands { users[operand].append(place) }
    }
    for store in stores { users[store.value].append(nil) }
    for output in outputs { users[output].append(nil) }
    return users
  }
}

extension Program {
  /// The program with every section transformed.
  func mappingSections(_ transform: (Section) -> Section) -> Program {
    var program = self
    program.derived = transform(derived)
    program.initial = transform(initial)
    program.probe = transform(probe)
    program.update = transform(update)
    program.precondition = transform(precondition)
    program.tests = transform(tests)
    if let second = secondReset {
      program.secondReset = SecondReset(
        code: transform(second.code), width: second.width, pending: second.pending)
    }
    program.reset = transform(reset)
    program.events = events.map { event in
      Event(
        name: event.name, action: transform(event.action), isRecordable: event.isRecordable,
        pending: event.pending)
    }
    program.ports = ports.map { port in
      switch port {
      case .additive(let contributions):
        .additive(
          contributions.map {
            Contribution(
              column: $0.column, amount: transform($0.amount), isMasked: $0.isMasked)
          })
      case .general(let code): .general(transform(code))
      }
    }
    program.starts = starts.map(transform)
    return program
  }

  /// Every section, in the order of `mappingSections`.
  var sections: [Section] {
    var sections: [Section] = []
    _ = mappingSections {
      sections.append($0)
      return $0
    }
    return sections
  }
}
