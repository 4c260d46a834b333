import KernelABI

extension NeuronValues {
  /// Whether values come from a random distribution.
  package var isDrawn: Bool {
    switch self {
    case .constant, .list, .linspace: false
    case .normal, .uniform, .lognormal: true
    }
  }

  /// One value per neuron, in SI. Value i is a function of the key and of i alone.
  ///
  /// - Throws: `NetworkError` for a list of another length, parameters of a distribution that
  ///   make no sense, and limits that nearly no draw meets.
  package func values(count: Int, key: StreamKey) throws(NetworkError) -> [Double] {
    try values(in: 0..<count, of: count, key: key)
  }

  /// The values of some neurons of a population of `count`.
  package func values(
    in range: Range<Int>, of count: Int, key: StreamKey
  ) throws(NetworkError) -> [Double] {
    if let issue = issue(count: count) { throw NetworkError(issue) }
    switch self {
    case .constant(let value):
      return [Double](repeating: value, count: range.count)
    case .list(let list):
      return Array(list[range])
    case .linspace(let first, let last):
      let line = LinearSpacing(first: first, last: last, count: count)
      return range.map { line[$0] }
    case .normal, .uniform, .lognormal:
      guard let sampler = ValueSampler(self) else { return [] }
      var values: [Double] = []
      values.reserveCapacity(range.count)
      for index in range {
        values.append(try sampler.draw(key, index: UInt64(index), position: 0))
      }
      return values
    }
  }

  /// What is wrong with these values for `count` neurons or synapses; `nil` for the count when
  /// there is none (then lists are not looked at).
  func issue(count: Int?) -> NetworkIssue? {
    switch self {
    case .constant(let value):
      return value.isFinite ? nil : .values("the value \(value) is not finite")
    case .list(let list):
      if let count, list.count != count {
        return .values("the list has \(list.count) values where \(count) are needed")
      }
      guard let place = list.firstIndex(where: { !$0.isFinite }) else { return nil }
      return .values("value \(place) of the list, \(list[place]), is not finite")
    case .linspace(let first, let last):
      return (last - first).isFinite ? nil : .values("linspace needs finite ends")
    case .normal(let mean, let deviation, let minimum, let maximum):
      return spreadIssue(mean, deviation) ?? limitIssue(minimum, maximum)
    case .lognormal(let mean, let deviation, let minimum, let maximum):
      if mean == 0 {
        return .values("a lognormal distribution cannot have the mean 0")
      }
      return spreadIssue(mean, deviation) ?? limitIssue(minimum, maximum)
    case .uniform(let low, let high, let minimum, let maximum):
      if !(high - low).isFinite { return .values("uniform needs finite ends") }
      if low > high { return .values("uniform goes from \(low) down to \(high)") }
      return limitIssue(minimum, maximum)
    }
  }

  private func spreadIssue(_ mean: Double, _ deviation: Double) -> NetworkIssue? {
    guard mean.isFinite, deviation.isFinite else {
      return .values("mean and deviation have to be finite")
    }
    return deviation < 0 ? .values("the deviation \(deviation) is negative") : nil
  }

  private func limitIssue(_ minimum: Double?, _ maximum: Double?) -> NetworkIssue? {
    if minimum?.isNaN == true || maximum?.isNaN == true {
      return .values("a limit is not a number")
    }
    guard let minimum, let maximum, minimum > maximum else { return nil }
    return .values("the minimum \(minimum) is above the maximum \(maximum)")
  }
}

extension NetworkIssue {
  fileprivate static func values(_ message: String) -> NetworkIssue {
    NetworkIssue(path: [], message: message)
  }
}

/// Numbers with equal distances, both ends included; as numpy's `linspace`.
package struct LinearSpacing {
  private let first: Double
  private let last: Double
  private let step: Double
  private let count: Int

  package init(first: Double, last: Double, count: Int) {
    self.first = first
    self.last = last
    self.count = count
    step = count > 1 ? (last - first) / Double(count - 1) : 0
  }

  package subscript(index: Int) -> Double {
    index == count - 1 && index > 0 ? last : first + Double(index) * step
  }
}

/// A distribution ready to be drawn from.
///
/// Attempt a at (index, position) takes Philox of the counter (index low, index high, position,
/// a), so that no draw depends on how often another was repeated.
struct ValueSampler {
  private enum Law {
    case uniform(low: Double, span: Double)
    case normal(mean: Double, deviation: Double)
    /// exp of a normal; negative for a negative mean
    case lognormal(mean: Double, deviation: Double, sign: Double)
  }

  /// Draws that may miss the limits one after the other: a tenth of all draws inside the limits
  /// fails once in 10^45 values.
  static let attempts: UInt32 = 1_000

  private let law: Law
  private let minimum: Double
  private let maximum: Double
  private let source: NeuronValues

  /// `nil` for values that are not drawn.
  init?(_ values: NeuronValues) {
    source = values
    switch values {
    case .constant, .list, .linspace:
      return nil
    case .uniform(let low, let high, let minimum, let maximum):
      law = .uniform(low: low, span: high - low)
      self.minimum = minimum ?? -.infinity
      self.maximum = maximum ?? .infinity
    case .normal(let mean, let deviation, let minimum, let maximum):
      law = .normal(mean: mean, deviation: deviation)
      self.minimum = minimum ?? -.infinity
      self.maximum = maximum ?? .infinity
    case .lognormal(let mean, let deviation, let minimum, let maximum):
      let ratio = deviation / mean
      let variance = coppice_log1p(ratio * ratio)
      law = .lognormal(
        mean: coppice_log(mean.magnitude) - 0.5 * variance, deviation: variance.squareRoot(),
        sign: mean < 0 ? -1 : 1)
      self.minimum = minimum ?? -.infinity
      self.maximum = maximum ?? .infinity
    }
  }

  @inline(__always)
  func draw(
    _ key: StreamKey, index: UInt64, position: UInt32, from first: UInt32 = 0
  ) throws(NetworkError) -> Double {
    let low = UInt32(truncatingIfNeeded: index)
    let high = UInt32(truncatingIfNeeded: index >> 32)
    var attempt = first
    while attempt < ValueSampler.attempts {
      let value = value(of: key.bits(low, high, position, attempt))
      if value >= minimum, value <= maximum { return value }
      attempt += 1
    }
    throw NetworkError(
      "\(ValueSampler.attempts) draws of \(source) in a row are outside of its limits",
      hint: "widen min and max, or move the distribution between them")
  }

  /// The values of a batch's synapses, (source, tile) being the index: the same as one at a time.
  func draw(
    _ batch: inout SynapseBatch, _ key: StreamKey, into values: inout [Double]
  ) throws(NetworkError) {
    switch law {
    case .uniform(let low, let span):
      batch.draw(COPPICE_UNIT, key, into: &values)
      for place in 0..<batch.count { values[place] = low + span * values[place] }
    case .normal(let mean, let deviation):
      batch.draw(COPPICE_NORMAL, key, into: &values)
      for place in 0..<batch.count { values[place] = mean + deviation * values[place] }
    case .lognormal(let mean, let deviation, let sign):
      batch.draw(COPPICE_NORMAL, key, into: &values)
      for place in 0..<batch.count {
        values[place] = sign * coppice_exp(mean + deviation * values[place])
      }
    }
    for place in 0..<batch.count {
      guard !(values[place] >= minimum && values[place] <= maximum) else { continue }
      let index = UInt64(batch.sources[place]) | UInt64(batch.tiles[place]) << 32
      values[place] = try draw(key, index: index, position: batch.positions[place], from: 1)
    }
  }

  @inline(__always)
  private func value(of bits: UInt64) -> Double {
    switch law {
    case .uniform(let low, let span):
      return low + span * UnitInterval.openAbove(bits)
    case .normal(let mean, let deviation):
      return mean + deviation * coppice_normal_quantile(UnitInterval.open(bits))
    case .lognormal(let mean, let deviation, let sign):
      let exponent = mean + deviation * coppice_normal_quantile(UnitInterval.open(bits))
      return sign * coppice_exp(exponent)
    }
  }
}
