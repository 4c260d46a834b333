/// A quantity for each of many: neurons, synapses, units of a generator.
public struct Quantities: Hashable, Sendable {
  /// In SI.
  public var values: NeuronValues
  public var dimension: Dimension

  /// Values in SI, and what they measure.
  public init(_ values: NeuronValues, _ dimension: Dimension) {
    self.values = values
    self.dimension = dimension
  }

  /// The same for all.
  public static func all(_ quantity: Quantity) -> Quantities {
    Quantities(.constant(quantity.value), quantity.dimension)
  }

  /// One for each, in their order.
  ///
  /// - Parameter numbers: So many `unit`.
  public static func list(_ numbers: [Double], _ unit: Unit = .one) -> Quantities {
    Quantities(.list(numbers.map { ($0 * unit).value }), unit.dimension)
  }

  /// Evenly spaced from the first to the last, both included.
  public static func linspace(
    _ first: Double, _ last: Double, _ unit: Unit = .one
  ) -> Quantities {
    Quantities(.linspace((first * unit).value, (last * unit).value), unit.dimension)
  }

  /// Drawn; values outside of the limits are drawn again.
  public static func normal(
    mean: Double, deviation: Double, _ unit: Unit = .one, minimum: Double? = nil,
    maximum: Double? = nil
  ) -> Quantities {
    Quantities(
      .normal(
        mean: (mean * unit).value, deviation: (deviation * unit).value,
        minimum: minimum.map { ($0 * unit).value }, maximum: maximum.map { ($0 * unit).value }),
      unit.dimension)
  }

  /// Drawn from an interval.
  public static func uniform(_ low: Double, _ high: Double, _ unit: Unit = .one) -> Quantities {
    Quantities(
      .uniform(low: (low * unit).value, high: (high * unit).value, minimum: nil, maximum: nil),
      unit.dimension)
  }

  /// The values, if they measure what is due.
  func values(
    as expected: Dimension, at path: [String]
  ) throws(NetworkError) -> NeuronValues {
    guard dimension == expected else {
      throw NetworkError(
        "this is \(dimension.phrase), where \(expected.phrase) is due", path: path)
    }
    return values
  }
}

extension Quantity {
  /// The value in SI, if it measures what is due.
  func value(as expected: Dimension, at path: [String]) throws(NetworkError) -> Double {
    guard dimension == expected, value.isFinite else {
      let what = value.isFinite ? dimension.phrase : "not a finite number"
      throw NetworkError("this is \(what), where \(expected.phrase) is due", path: path)
    }
    return value
  }
}
