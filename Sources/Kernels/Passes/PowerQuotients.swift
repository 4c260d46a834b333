extension Program {
  /// Writes n / (1 + s 2^x) as n D / (D + s N) where 2^x = N / D: the magnesium block of NMDA.
  ///
  /// A quotient of two short polynomials takes half of the operations of a long one, and the
  /// division is there already. In f32 the long one is short. Where several synapses are behind one block,
  /// D / (D + s N) is computed once.
  func formingPowerQuotients() -> Program {
    guard precision == .double else { return self }
    let quotients = PowerQuotients(update)
    return rewritingUpdate { place, _, new in quotients.quotient(at: place)?.value(in: &new) }
  }
}

/// n / (1 + s 2^x)
private struct PowerQuotient {
  var numerator: Int
  var exponent: Int
  /// `nil`: 1
  var scale: Int?
  /// Whether others are divided by the same.
  var isShared: Bool

  func value(in new: inout Rewriting) -> Int {
    func product(_ x: Int, _ y: Int) -> Int { new.value(.binary(.multiply, x, y)) }
    let over = new.value(.unary(.exp2Numerator, new[exponent]))
    let under = new.value(.unary(.exp2Denominator, new[exponent]))
    let scaled = scale.map { product(over, new[$0]) } ?? over
    let sum = new.value(.binary(.add, under, scaled))
    guard isShared else {
      return new.value(.binary(.divide, product(new[numerator], under), sum))
    }
    return product(new[numerator], new.value(.binary(.divide, under, sum)))
  }
}

private struct PowerQuotients {
  private let section: Section
  private let exact: [Bool]
  private let users: [[Int?]]

  init(_ section: Section) {
    self.section = section
    exact = section.exactValues
    users = section.users
  }

  func quotient(at place: Int) -> PowerQuotient? {
    guard case .binary(.divide, let numerator, let sum) = section.instructions[place].operation,
      !exact[place], users[sum].allSatisfy({ isQuotient($0, by: sum) }),
      case .binary(.add, let x, let y) = section.instructions[sum].operation
    else { return nil }
    for (one, power) in [(x, y), (y, x)] where section.instructions[one].operation == .constant(1) {
      guard let (exponent, scale) = scaledPower(power) else { continue }
      return PowerQuotient(
        numerator: numerator, exponent: exponent, scale: scale, isShared: users[sum].count > 1)
    }
    return nil
  }

  private func isQuotient(_ place: Int?, by divisor: Int) -> Bool {
    guard let place, case .binary(.divide, let x, divisor) = section.instructions[place].operation
    else { return false }
    return x != divisor && !exact[place]
  }

  /// s 2^x, read once.
  private func scaledPower(_ place: Int) -> (exponent: Int, scale: Int?)? {
    guard users[place].count == 1 else { return nil }
    switch section.instructions[place].operation {
    case .unary(.exp2, let x): return (x, nil)
    case .binary(.multiply, let x, let y):
      for (power, scale) in [(x, y), (y, x)] where users[power].count == 1 {
        if case .unary(.exp2, let exponent) = section.instructions[power].operation {
          return (exponent, scale)
        }
      }
      return nil
    default: return nil
    }
  }
}
