extension Program {
  /// Drops instructions and uniforms that nothing reads.
  func removingDeadCode() -> Program {
    var program = mappingSections(\.withoutDeadCode)
    var isRead = [Bool](repeating: false, count: uniforms.count)
    for section in program.sections {
      for case .uniform(let place) in section.instructions.map(\.operation) { isRead[place] = true }
    }
    for (place, entry) in uniforms.enumerated().reversed() where isRead[place] {
      guard case .computed(let operation) = entry else { continue }
      for operand in operation.operands { isRead[operand] = true }
    }
    var places = [Int](repeating: 0, count: uniforms.count)
    program.uniforms = []
    for (place, entry) in uniforms.enumerated() where isRead[place] {
      places[place] = program.uniforms.count
      switch entry {
      case .value: program.uniforms.append(entry)
      case .computed(let operation):
        program.uniforms.append(.computed(operation.mapped { places[$0] }))
      }
    }
    return program.mappingSections { section in
      var section = section
      for index in section.instructions.indices {
        if case .uniform(let place) = section.instructions[index].operation {
          section.instructions[index].operation = .uniform(places[place])
        }
      }
      return section
    }
  }
}

extension Section {
  /// The section without instructions that nothing reads.
  var withoutDeadCode: Section {
    var isRead = [Bool](repeating: false, count: instructions.count)
    for store in stores { isRead[store.value] = true }
    for output in outputs { isRead[output] = true }
    for (place, instruction) in instructions.enumerated().reversed() where isRead[place] {
      for operand in instruction.operation.operands { isRead[operand] = true }
    }
    var places = [Int](repeating: 0, count: instructions.count)
    var kept = Section(stores: stores, outputs: outputs)
    for (place, instruction) in instructions.enumerated() where isRead[place] {
      places[place] = kept.instructions.count
      kept.instructions.append(
        Instruction(instruction.operation.mapped { places[$0] }, instruction.type))
    }
    for index in kept.stores.indices {
      kept.stores[index].value = places[kept.stores[index].value]
    }
    kept.outputs = outputs.map { places[$0] }
    return kept
  }
}
