extension Program {
  /// Writes b - a as -(a - b) where a - b is there, so that the current between two compartments
  /// is computed once.
  func normalisingSigns() -> Program {
    var program = self
    var table = UniformTable(uniforms)
    let exact = update.exactValues
    var differences: [[Int]: Int] = [:]
    program.update = update.rewritten { place, instruction, code in
      guard case .binary(.subtract, let x, let y) = instruction.operation, !exact[place] else {
        return code.hoisted(instruction, into: &table)
      }
      if let opposite = differences[[y, x]] {
        return code.simplified(Instruction(.unary(.negate, opposite), .real))
      }
      let difference = code.hoisted(instruction, into: &table)
      differences[[x, y]] = difference
      return difference
    }
    // What is left behind must not count as a reader in the passes to come.
    program.update = program.update.withoutDeadCode
    program.uniforms = table.entries
    return program
  }
}
