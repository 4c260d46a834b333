extension Program {
  /// Divides by what does not change from step to step by multiplying with its reciprocal.
  func multiplyingByReciprocals() -> Program {
    var program = self
    var table = UniformTable(uniforms)
    let exact = update.exactValues
    let constancy = update.constancy(constantColumns: constantColumns)
    program.update = update.rewritten { place, instruction, code in
      guard case .binary(.divide, let x, let y) = instruction.operation, !exact[place],
        case .binary(_, let numerator, let denominator) = update.instructions[place].operation,
        constancy[numerator] == .varying, constancy[denominator] < .varying
      else { return code.hoisted(instruction, into: &table) }
      let one = code.emit(.constant(1), .real)
      let reciprocal = code.hoisted(Instruction(.binary(.divide, one, y), .real), into: &table)
      return code.simplified(Instruction(.binary(.multiply, x, reciprocal), .real))
    }
    // What is left behind must not count as a reader in the passes to come.
    program.update = program.update.withoutDeadCode
    program.uniforms = table.entries
    return program
  }
}
