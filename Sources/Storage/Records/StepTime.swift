/// Turns steps into ms, the time of files.
///
/// The time of step n in ms is the f64 nearest to n·dt, dt being the decimal number that was
/// meant: with dt = 0.1 ms step 3 is at 0.3, where 3 × 0.1 would give 0.30000000000000004. So
/// that decimal is looked for first: the shortest m/10^e ms, of at most 9 digits in all, that
/// agrees with dt to within 4 units in the last place. Then n·m and 10^e are whole and exact, and
/// their quotient is rounded once. Where no decimal fits (dt = 1/3 ms), or n·m exceeds 2^53, the
/// time is the product n × (dt × 1000).
package struct StepTime: Hashable, Sendable {
  /// The step in ms, as the quotient of two whole numbers; `nil` if it has no short decimal.
  private let decimal: Decimal?
  private let stepInMilliseconds: Double

  private struct Decimal: Hashable {
    var numerator: Int64
    var denominator: Double
  }

  /// - Parameter dt: The step in s; positive and finite.
  package init(dt: Double) {
    let milliseconds = dt * 1000
    stepInMilliseconds = milliseconds
    var found: Decimal?
    var denominator = 1.0
    for _ in 0...9 where found == nil {
      let numerator = (milliseconds * denominator).rounded()
      if numerator >= 1, numerator < 1e9,
        abs(numerator / denominator - milliseconds) <= 4 * milliseconds.ulp
      {
        found = Decimal(numerator: Int64(numerator), denominator: denominator)
      }
      denominator *= 10
    }
    decimal = found
  }

  /// The time of a step, in ms.
  package func milliseconds(_ step: Int64) -> Double {
    if let decimal {
      let (product, overflows) = step.multipliedReportingOverflow(by: decimal.numerator)
      if !overflows, product.magnitude <= 1 << 53 { return Double(product) / decimal.denominator }
    }
    return Double(step) * stepInMilliseconds
  }

  /// The step at a time in ms; `nil` if that is the time of no step, to the last bit.
  package func step(atMilliseconds time: Double) -> Int64? {
    let quotient =
      if let decimal {
        time * decimal.denominator / Double(decimal.numerator)
      } else {
        time / stepInMilliseconds
      }
    guard quotient.magnitude < 0x1p62 else { return nil }
    let nearest = Int64(quotient.rounded())
    return (nearest - 1...nearest + 1).first { milliseconds($0) == time }
  }
}
