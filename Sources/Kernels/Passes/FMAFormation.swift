extension Program {
  /// Joins a product with the sum that reads it into one operation with one rounding.
  ///
  /// A product is joined where all its readers are sums, so that it need not be computed beside
  /// them. A sum of two such products takes the right one.
  func formingFMA() -> Program {
    var program = self
    var rewriting = Rewriting(uniforms)
    program.update = rewriting.formingFMA(update)
    program.derived = rewriting.formingFMA(derived)
    program.uniforms = rewriting.uniforms
    return program
  }
}

extension Rewriting {
  fileprivate mutating func formingFMA(_ old: Section) -> Section {
    let products = old.joinableProducts
    return section(from: old) { place, _, new in old.joined(place, products: products, in: &new) }
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
  fileprivate func joined(_ place: Int, products: [Bool], in new: inout Rewriting) -> Int? {
    let isDifference: Bool
    let (x, y): (Int, Int)
    switch instructions[place].operation {
    case .binary(.add, let left, let right): (isDifference, x, y) = (false, left, right)
    case .binary(.subtract, let left, let right): (isDifference, x, y) = (true, left, right)
    default: return nil
    }
    func negated(_ value: Int) -> Int { new.value(.unary(.negate, value)) }
    if products[y], case .binary(_, let a, let b) = instructions[y].operation {
      var (a, b) = (new[a], new[b])
      if isDifference {
        if new.code.operation(b).isUniform { b = negated(b) } else { a = negated(a) }
      }
      return new.code.emit(.fma(a, b, new[x]), .real)
    }
    if products[x], case .binary(_, let a, let b) = instructions[x].operation {
      let addend = isDifference ? negated(new[y]) : new[y]
      return new.code.emit(.fma(new[a], new[b], addend), .real)
    }
    return nil
  }
}
