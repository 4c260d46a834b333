import KernelABI

/// When the units of a Poisson generator of constant rate fire.
///
/// In every step a unit fires with the probability p = rate × dt, as Brian's does: the distance
/// from one firing step to the next is geometric, 1 + floor(log U / log(1 - p)), and that is what
/// is drawn. With several sources per unit the number of those that fire is Binomial(sources, p)
/// in each step; a unit's steps are then those in which one fires at least, and how many do is
/// drawn given that. In law this is the same as one draw for each unit, source and step.
///
/// A draw is named by any number that a unit uses once, such as the step of its last firing.
package struct PoissonLaw: Hashable, Sendable {
  /// Of one source and step; 0 ... 1.
  package let probability: Double
  package let sources: Int
  /// log of the probability that no source fires in a step.
  private let logarithmOfNone: Double
  private let counts: BinomialDistribution
  private let probabilityOfSome: Double

  /// - Parameters:
  ///   - rate: Of each source, in Hz. Below 0, or no number: never fires.
  ///   - dt: The step, in s.
  ///   - sources: How many sources each unit stands for.
  package init(rate: Double, dt: Double, sources: Int = 1) {
    self.init(probability: rate * dt, sources: sources)
  }

  package init(probability: Double, sources: Int = 1) {
    self.sources = max(sources, 0)
    counts = BinomialDistribution(trials: self.sources, probability: probability)
    self.probability = counts.probability
    logarithmOfNone =
      counts.probability == 1
      ? -.infinity : Double(self.sources) * coppice_log1p(-counts.probability)
    probabilityOfSome = 1 - coppice_exp(logarithmOfNone)
  }

  /// Fires in every step.
  private var isCertain: Bool { sources > 0 && probability == 1 }
  /// Fires in no step. The limit keeps the quotient below from 0 / 0 where tiny numbers are
  /// flushed to zero.
  private var isSilent: Bool { sources == 0 || !(logarithmOfNone < -1e-300) }

  /// Steps from one firing to the next, 1 at least; `Int64.max` for never.
  package func nextGap(key: StreamKey, unit: UInt64, draw: UInt64) -> Int64 {
    if isCertain { return 1 }
    if isSilent { return .max }
    return gap(logarithm: coppice_log(UnitInterval.openBelow(key.bits(unit: unit, draw: draw))))
  }

  /// - Parameter logarithm: of a number in (0, 1].
  @inline(__always)
  private func gap(logarithm: Double) -> Int64 {
    let failures = logarithm / logarithmOfNone
    // Not negative: the conversion rounds down.
    return failures < 0x1p62 ? 1 + Int64(failures) : .max
  }

  /// The first firing step after `step` inside the window, or `Int64.max`.
  ///
  /// A window that begins later than `step + 1` begins anew: the draw counts from its first step.
  package func nextStep(
    after step: Int64, in window: Range<Int64>, key: StreamKey, unit: UInt64, draw: UInt64
  ) -> Int64 {
    nextStep(after: step, in: window) { nextGap(key: key, unit: unit, draw: draw) }
  }

  /// As that, where the logarithm of the drawn number is known: `coppice_logarithms` gives many.
  package func nextStep(after step: Int64, in window: Range<Int64>, logarithm: Double) -> Int64 {
    nextStep(after: step, in: window) {
      isCertain ? 1 : isSilent ? .max : gap(logarithm: logarithm)
    }
  }

  @inline(__always)
  private func nextStep(
    after step: Int64, in window: Range<Int64>, gap: () -> Int64
  ) -> Int64 {
    guard !window.isEmpty, step < window.upperBound else { return .max }
    let before = step < window.lowerBound ? window.lowerBound.subtractingSaturated(1) : step
    let (next, overflow) = before.addingReportingOverflow(gap())
    return overflow || next >= window.upperBound ? .max : next
  }

  /// How many of a unit's sources fire in one of its firing steps, 1 at least.
  ///
  /// The key is another than that of the gaps.
  package func count(key: StreamKey, unit: UInt64, draw: UInt64) -> Int {
    if sources == 1 { return 1 }
    let uniform = UnitInterval.openBelow(key.bits(unit: unit, draw: draw))
    return counts.quantile(uniform, givenSome: probabilityOfSome)
  }
}

extension Int64 {
  fileprivate func subtractingSaturated(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? .min : difference
  }
}

/// Whether the units of a Poisson generator fire in a step, where the rate changes from step to
/// step: one draw for each unit and step.
package struct BernoulliLaw: Hashable, Sendable {
  private let counts: BinomialDistribution

  /// - Parameters:
  ///   - probability: rate × dt of this step. 1 and more: always; 0, less or no number: never.
  ///   - sources: How many sources each unit stands for.
  package init(probability: Double, sources: Int = 1) {
    counts = BinomialDistribution(trials: sources, probability: probability)
  }

  /// How many of the unit's sources fire.
  package func count(key: StreamKey, unit: UInt64, step: Int64) -> Int {
    if counts.probability == 0 { return 0 }
    let uniform = UnitInterval.openBelow(
      key.bits(unit: unit, draw: UInt64(bitPattern: step)))
    if counts.trials == 1 { return uniform <= counts.probability ? 1 : 0 }
    return counts.quantile(uniform)
  }
}

extension StreamKey {
  @inline(__always)
  fileprivate func bits(unit: UInt64, draw: UInt64) -> UInt64 {
    bits(
      UInt32(truncatingIfNeeded: unit), UInt32(truncatingIfNeeded: unit >> 32),
      UInt32(truncatingIfNeeded: draw), UInt32(truncatingIfNeeded: draw >> 32))
  }
}
