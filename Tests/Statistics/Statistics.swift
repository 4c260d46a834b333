/// What tests of random numbers compare with.
package enum Statistics {
  /// Sum of (observed - expected)² / expected.
  package static func chiSquare(_ observed: [Int], expected: [Double]) -> Double {
    zip(observed, expected).reduce(0) { sum, pair in
      let difference = Double(pair.0) - pair.1
      return sum + difference * difference / pair.1
    }
  }

  /// Chi-square of two samples in the same classes, for the hypothesis that both have one law; its
  /// degrees are the classes less one.
  package static func homogeneity(_ first: [Int], _ second: [Int]) -> Double {
    let totals = [first, second].map { Double($0.reduce(0, +)) }
    let all = totals[0] + totals[1]
    return zip([first, second], totals).reduce(0) { sum, sample in
      let expected = zip(first, second).map { Double($0 + $1) * sample.1 / all }
      return sum + chiSquare(sample.0, expected: expected)
    }
  }

  /// A chi-square of so many degrees is above this once in some 10^5 trials (Wilson-Hilferty).
  package static func limit(degrees: Int) -> Double {
    let number = Double(degrees)
    let root = 1 - 2 / (9 * number) + 4.3 * (2 / (9 * number)).squareRoot()
    return number * root * root * root
  }

  package static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  package static func variance(_ values: [Double]) -> Double {
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  /// The mean of the products of deviations from the two means.
  package static func covariance(_ first: [Double], _ second: [Double]) -> Double {
    let means = (mean(first), mean(second))
    let sum = zip(first, second).reduce(0) { $0 + ($1.0 - means.0) * ($1.1 - means.1) }
    return sum / Double(first.count - 1)
  }

  /// Welch's t of two samples whose variances may differ: the difference of their means in units of
  /// its standard error.
  package static func welch(_ first: [Double], _ second: [Double]) -> Double {
    let error =
      variance(first) / Double(first.count) + variance(second) / Double(second.count)
    return (mean(first) - mean(second)) / error.squareRoot()
  }
}
