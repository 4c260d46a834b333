extension Program {
  /// Writes b - a as -(a - b) where a - b is there, so that the current between two compartments
  /// is computed once.
  func normalisingSigns() -> Program {
    let exact = update.exactValues
    var differences: [[Int]: Int] = [:]
    return rewritingUpdate { place, instruction, new in
      guard case .binary(.subtract, let x, let y) = instruction.operation, !exact[place] else {
        return nil
      }
      if let opposite = differences[[y, x]] {
        return new.code.simplified(Instruction(.unary(.negate, opposite), .real))
      }
      let difference = new.value(instruction.operation)
      differences[[x, y]] = difference
      return difference
    }
  }
}
