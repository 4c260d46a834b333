extension Program {
  /// Joins a product with the sum that reads it into one operation with one rounding.
  ///
  /// A product is joined where all its readers are sums, so that it need not be computed beside
  /// them. A sum of two such products takes the right one.
  func formingFMA() -> Program {
    var program = self
    var table = UniformTable(uniforms)
    program.update = Self.formingFMA(update, &table)
    program.derived = Self.formingFMA(derived, &table)
    program.uniforms = table.entries
    return program
  }

  private static func formingFMA(_ section: Section, _ table: inout UniformTable) -> Section {
    let products = section.joinableProducts
    var values: [Int] = []
    return section.rewritten { place, instruction, code in
      let value =
        section.joined(place, products: products, values: values, in: &code, &table)
        ?? code.hoisted(instruction, into: &table)
      values.append(value)
      return value
    }
  }
}

extension Section {
  /// Products all readers of which are sums.
  fileprivate var joinableProducts: [Bool] {
    let exact = exactValues
    func isSum(_ place: Int) -> Bool {
      switch instructions[place].operation {
      case .binary(.add, let x, let y), .binary(.subtract, let x, let y): !exact[place] && x != y
      default: false
      }
    }
    return users.enumerated().map { place, users in
      guard case .binary(.multiply, _, _) = instructions[place].operation, !exact[place] else {
        return false
      }
      return !users.isEmpty && users.allSatisfy { $0.map(isSum) ?? false }
    }
  }

  /// The joined form of a sum, on the new values.
  fileprivate func joined(
    _ place: Int, products: [Bool], values: [Int], in code: inout SectionBuilder,
    _ table: inout UniformTable
  ) -> Int? {
    let isDifference: Bool
    let (x, y): (Int, Int)
    switch instructions[place].operation {
    case .binary(.add, let left, let right): (isDifference, x, y) = (false, left, right)
    case .binary(.subtract, let left, let right): (isDifference, x, y) = (true, left, right)
    default: return nil
    }
    func negated(_ value: Int) -> Int {
      code.hoisted(Instruction(.unary(.negate, value), .real), into: &table)
    }
    if products[y], case .binary(_, let a, let b) = instructions[y].operation {
      var (a, b) = (values[a], values[b])
      if isDifference {
        if code.operation(b).isUniform { b = negated(b) } else { a = negated(a) }
      }
      return code.emit(.fma(a, b, values[x]), .real)
    }
    if products[x], case .binary(_, let a, let b) = instructions[x].operation {
      let addend = isDifference ? negated(values[y]) : values[y]
      return code.emit(.fma(values[a], values[b], addend), .real)
    }
    return nil
  }
}
