/// A number with a dimension, in SI.
public struct Quantity: Hashable, Sendable {
  /// The value in SI units of `dimension`.
  public var value: Double
  /// What the value measures.
  public var dimension: Dimension

  /// Makes a quantity of an SI value.
  public init(_ value: Double, _ dimension: Dimension = .one) {
    self.value = value
    self.dimension = dimension
  }
}
