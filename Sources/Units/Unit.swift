/// A unit of measurement: a scale and a dimension.
///
/// All SI units are powers of ten of each other, so a unit keeps the power itself: a compound unit
/// has the f64 nearest to its power of ten as scale, not a rounded product of rounded scales.
public struct Unit: Hashable, Sendable {
  /// The exponent of ten of the scale; a half in units such as ms^-0.5.
  public let powerOfTen: Double
  /// What no power of ten can say: 60 for a minute, 3600 for an hour, 1 for all others.
  public let factor: Double
  /// What the unit measures.
  public let dimension: Dimension

  /// Makes a unit of ten to `powerOfTen` in SI.
  public init(powerOfTen: Double = 0, factor: Double = 1, dimension: Dimension) {
    self.powerOfTen = powerOfTen
    self.factor = factor
    self.dimension = dimension
  }

  /// The unit of plain numbers.
  public static let one = Unit(dimension: .one)

  /// One of this unit, in SI: the f64 nearest to ten to the `powerOfTen`, times `factor`.
  ///
  /// Not a number for powers that are neither whole nor halves; parsers refuse those.
  public var scale: Double {
    guard powerOfTen.magnitude <= 1000 else { return .nan }
    if let whole = Int(exactly: powerOfTen) {
      return (Double("1e\(whole)") ?? .nan) * factor
    }
    guard let odd = Int(exactly: powerOfTen * 2) else { return .nan }
    // Correctly rounded operations only: the same bits everywhere, unlike a library's pow.
    return (Double("1e\(odd)") ?? .nan).squareRoot() * factor
  }

  /// The unit of a product.
  public static func * (left: Unit, right: Unit) -> Unit {
    Unit(
      powerOfTen: left.powerOfTen + right.powerOfTen, factor: left.factor * right.factor,
      dimension: left.dimension * right.dimension)
  }

  /// The unit of a quotient.
  public static func / (left: Unit, right: Unit) -> Unit {
    Unit(
      powerOfTen: left.powerOfTen - right.powerOfTen, factor: left.factor / right.factor,
      dimension: left.dimension / right.dimension)
  }

  /// The unit of a power; `nil` where its scale is no power of ten, a root of one, or out of range.
  public func raised(to power: Double) -> Unit? {
    let exponent = powerOfTen * power
    guard exponent.magnitude <= 300, (exponent * 2).rounded() == exponent * 2 else { return nil }
    var scaled = 1.0
    if factor != 1 {
      guard let count = Int(exactly: power), count.magnitude <= 8 else { return nil }
      for _ in 0..<Int(count.magnitude) { scaled *= factor }
      if count < 0 { scaled = 1 / scaled }
    }
    return Unit(powerOfTen: exponent, factor: scaled, dimension: dimension.raised(to: power))
  }
}
