/// What the tests of random numbers compare with.
enum Statistics {
  /// Sum of (observed - expected)² / expected.
  static func chiSquare(_ observed: [Int], expected: [Double]) -> Double {
    zip(observed, expected).reduce(0) { sum, pair in
      let difference = Double(pair.0) - pair.1
      return sum + difference * difference / pair.1
    }
  }

  /// A chi-square of so many degrees is above this once in some 10^5 trials (Wilson-Hilferty).
  static func limit(degrees: Int) -> Double {
    let number = Double(degrees)
    let root = 1 - 2 / (9 * number) + 4.3 * (2 / (9 * number)).squareRoot()
    return number * root * root * root
  }

  static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  static func variance(_ values: [Double]) -> Double {
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }
}
