extension Program {
  /// Divides by what does not change from step to step by multiplying with its reciprocal.
  func multiplyingByReciprocals() -> Program {
    let exact = update.exactValues
    let constancy = update.constancy(constantColumns: constantColumns)
    return rewritingUpdate { place, instruction, new in
      guard case .binary(.divide, let x, let y) = instruction.operation, !exact[place],
        case .binary(_, let numerator, let denominator) = update.instructions[place].operation,
        constancy[numerator] == .varying, constancy[denominator] < .varying
      else { return nil }
      let reciprocal = new.value(.binary(.divide, new.value(.constant(1)), y))
      return new.code.simplified(Instruction(.binary(.multiply, x, reciprocal), .real))
    }
  }
}
