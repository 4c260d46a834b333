extension Program {
  /// Computes e^x as 2^(x log₂e) where x has a constant factor that takes log₂e in: the sigmoid of
  /// NMDA's magnesium block, 1 / (1 + Mg/β e^(-α(V/mV + γ))), is 1 / (1 + Mg/β 2^(aV + b)).
  ///
  /// A power of two needs no multiple of ln 2 taken away. Where the exponent is a scaled
  /// variable beside a constant, the factor goes into both of them. A difference that is not
  /// scaled itself, (V - V_T) / Δ, keeps its own rounding: it may be a small one of large numbers.
  func computingBaseTwoExponentials() -> Program {
    let exponents = Exponents(update)
    return rewritingUpdate { place, _, new in
      guard let exponent = exponents.exponent(of: place) else { return nil }
      return new.value(.unary(.exp2, exponent.timesLog2E(in: &new)))
    }
  }
}

/// An exponent with a constant factor.
private enum Exponent {
  /// x × factor
  case scaled(Int, factor: Int)
  /// (x × inner ± constant) × factor, or x × inner ± constant
  case affine(Int, inner: Int, constant: Int, sum: BinaryOperation, factor: Int?)

  private static let log2E = 1.4426950408889634

  func timesLog2E(in new: inout Rewriting) -> Int {
    func product(_ x: Int, _ y: Int) -> Int { new.value(.binary(.multiply, x, y)) }
    let log2E = new.value(.constant(Self.log2E))
    switch self {
    case .scaled(let x, let factor):
      return product(new[x], product(new[factor], log2E))
    case .affine(let x, let inner, let constant, let sum, let factor):
      let all = factor.map { product(new[$0], log2E) } ?? log2E
      let scaled = product(new[x], product(new[inner], all))
      let rest = product(new[constant], all)
      return new.value(.binary(sum, scaled, rest))
    }
  }
}

/// The exponentials of a section that may be powers of two.
private struct Exponents {
  private let section: Section
  private let exact: [Bool]
  private let constancy: [Constancy]
  private let readers: [Int]

  init(_ section: Section) {
    self.section = section
    exact = section.exactValues
    constancy = section.constancy(constantColumns: [])
    readers = section.users.map(\.count)
  }

  /// What the exponential at a place is the exponential of, if that has a constant factor.
  func exponent(of place: Int) -> Exponent? {
    guard case .unary(.exp, let x) = section.instructions[place].operation, !exact[place] else {
      return nil
    }
    if let sum = affine(x, factor: nil) { return sum }
    guard let (y, factor) = scaled(x) else { return nil }
    return affine(y, factor: factor) ?? .scaled(y, factor: factor)
  }

  /// A product of a varying value and a constant that nobody else reads.
  private func scaled(_ place: Int) -> (Int, Int)? {
    guard case .binary(.multiply, let x, let y) = section.instructions[place].operation,
      readers[place] == 1, !exact[place]
    else { return nil }
    switch (constancy[x], constancy[y]) {
    case (.varying, .uniform): return (x, y)
    case (.uniform, .varying): return (y, x)
    default: return nil
    }
  }

  /// The sum of such a product and a constant.
  private func affine(_ place: Int, factor: Int?) -> Exponent? {
    guard readers[place] == 1, !exact[place] else { return nil }
    switch section.instructions[place].operation {
    case .binary(let sum, let x, let y) where [.add, .subtract].contains(sum):
      if constancy[y] == .uniform, let (z, inner) = scaled(x) {
        return .affine(z, inner: inner, constant: y, sum: sum, factor: factor)
      }
      if sum == .add, constancy[x] == .uniform, let (z, inner) = scaled(y) {
        return .affine(z, inner: inner, constant: x, sum: sum, factor: factor)
      }
      return nil
    default: return nil
    }
  }
}
