/// A physical dimension: the exponents of the seven SI base units.
///
/// Exponents are doubles because Brian's are: `xi` has the dimension s^-0.5 and a square root
/// halves every exponent.
public struct Dimension: Hashable, Sendable {
  /// Exponents of m, kg, s, A, K, mol, cd; the eighth lane is unused and zero.
  public let exponents: SIMD8<Double>

  /// Makes a dimension of its exponents.
  public init(
    length: Double = 0, mass: Double = 0, time: Double = 0, current: Double = 0,
    temperature: Double = 0, substance: Double = 0, luminosity: Double = 0
  ) {
    exponents = [length, mass, time, current, temperature, substance, luminosity, 0]
  }

  package init(exponents: SIMD8<Double>) {
    self.exponents = exponents
  }

  /// The dimension of a plain number.
  public static let one = Dimension()
  /// Time, in s.
  public static let time = Dimension(time: 1)
  /// Electric current, in A.
  public static let current = Dimension(current: 1)
  /// Electric potential, in V.
  public static let voltage = Dimension(length: 2, mass: 1, time: -3, current: -1)
  /// Electric conductance, in S.
  public static let conductance = Dimension(length: -2, mass: -1, time: 3, current: 2)
  /// Electric capacitance, in F.
  public static let capacitance = Dimension(length: -2, mass: -1, time: 4, current: 2)
  /// Frequency, in Hz.
  public static let frequency = Dimension(time: -1)
  /// Length, in m.
  public static let length = Dimension(length: 1)

  /// The dimension of a product.
  public static func * (left: Dimension, right: Dimension) -> Dimension {
    Dimension(exponents: left.exponents + right.exponents)
  }

  /// The dimension of a quotient.
  public static func / (left: Dimension, right: Dimension) -> Dimension {
    Dimension(exponents: left.exponents - right.exponents)
  }

  /// The dimension of a power.
  public func raised(to power: Double) -> Dimension {
    let scaled = exponents * power
    // A cube root cubed must be the whole again, whatever the last bit of 1/3 says.
    let halves = (scaled * 2).rounded(.toNearestOrEven) / 2
    var exact = scaled
    for lane in 0..<8 where (scaled[lane] - halves[lane]).magnitude < 1e-9 {
      exact[lane] = halves[lane]
    }
    return Dimension(exponents: exact)
  }
}
