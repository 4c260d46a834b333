/// What an event of an additive port adds to a column, in the form in which rows of synapses are
/// added up before a visit.
package enum SummedAmount: Hashable, Sendable {
  /// The same for all synapses.
  case constant(Double)
  /// The weight times a number. (Times 1 is the weight, times -1 its negative, to the bit.)
  case weight(scale: Double)
}

extension Program.Contribution {
  /// The amount, to the bit what kernels compute; `nil`: it has another form.
  ///
  /// - Parameters:
  ///   - weight: of all synapses; `nil`: they differ.
  ///   - uniforms: the program's table.
  package func summedAmount(ofWeight weight: Double?, uniforms: [Double]) -> SummedAmount? {
    var values: [SummedAmount] = []
    for instruction in amount.instructions {
      guard
        let value = SummedAmount(
          instruction.operation, of: values, weight: weight, uniforms: uniforms)
      else { return nil }
      values.append(value)
    }
    return amount.outputs.first.map { values[$0] }
  }
}

extension SummedAmount {
  /// The value of an instruction of plain arithmetic whose operands are known.
  fileprivate init?(
    _ operation: Operation, of values: [SummedAmount], weight: Double?, uniforms: [Double]
  ) {
    switch operation {
    case .constant(let number): self = .constant(number)
    case .uniform(let place): self = .constant(uniforms[place])
    case .payload: self = weight.map { .constant($0) } ?? .weight(scale: 1)
    case .unary(.negate, let x):
      switch values[x] {
      case .constant(let number): self = .constant(-number)
      case .weight(scale: 1): self = .weight(scale: -1)
      case .weight: return nil
      }
    case .binary(let operation, let x, let y):
      self.init(operation, values[x], values[y])
    case .fma(let x, let y, let z):
      guard case .constant(let a) = values[x], case .constant(let b) = values[y],
        case .constant(let c) = values[z]
      else { return nil }
      self = .constant(c.addingProduct(a, b))
    default: return nil
    }
  }

  private init?(_ operation: BinaryOperation, _ x: SummedAmount, _ y: SummedAmount) {
    switch (operation, x, y) {
    case (.add, .constant(let a), .constant(let b)): self = .constant(a + b)
    case (.subtract, .constant(let a), .constant(let b)): self = .constant(a - b)
    case (.multiply, .constant(let a), .constant(let b)): self = .constant(a * b)
    case (.divide, .constant(let a), .constant(let b)): self = .constant(a / b)
    // Of two factors in a row the roundings would differ.
    case (.multiply, .weight(scale: 1), .constant(let b)): self = .weight(scale: b)
    case (.multiply, .constant(let a), .weight(scale: 1)): self = .weight(scale: a)
    default: return nil
    }
  }
}
