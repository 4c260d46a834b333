/// What epochs took on one rank, one after the other, and what it says of many ranks that have to wait
/// for the slowest.
package struct EpochTimes: Sendable {
  private struct Epoch {
    var seconds: Double
    /// That came to the rank and were delivered.
    var spikes: Int
  }

  private var epochs: [Epoch] = []

  package init() {}

  package var count: Int { epochs.count }

  package mutating func add(seconds: Double, spikes: Int) {
    epochs.append(Epoch(seconds: seconds, spikes: spikes))
  }

  package var mean: Double {
    epochs.isEmpty ? 0 : epochs.reduce(0) { $0 + $1.seconds } / Double(epochs.count)
  }

  package var deviation: Double {
    guard epochs.count > 1 else { return 0 }
    let mean = mean
    let squares = epochs.reduce(0) { $0 + ($1.seconds - mean) * ($1.seconds - mean) }
    return (squares / Double(epochs.count - 1)).squareRoot()
  }

  /// The deviation of an epoch from its neighbours, that of the machine included: what goes up and down
  /// slowly does not count (von Neumann et al., Ann. Math. Stat. 12:153, 1941).
  package var jitterWithNoise: Double {
    let squares = changes.reduce(0) { $0 + $1.seconds * $1.seconds }
    return changes.isEmpty ? 0 : (squares / Double(2 * changes.count)).squareRoot()
  }

  /// The same of what is this rank's own and its work's: without what follows the number of spikes that
  /// came, for the same number comes to all ranks at that time; and by the median of differences, which
  /// the few epochs do not move in which the machine did something else.
  ///
  /// For normally distributed times it is the standard deviation.
  package var jitter: Double {
    let perSpike = secondsPerSpike
    let rests = changes.map {
      (value: ($0.seconds - perSpike * Double($0.spikes)).magnitude, weight: 1.0)
    }
    // Half of normally distributed numbers are within 0.6745 deviations; a difference has two.
    return EpochTimes.median(rests) / 0.674_489_750_196_081_7 / 2.0.squareRoot()
  }

  /// What a spike more makes an epoch longer by: the slope b with the least sum of |change in time - b ×
  /// change in spikes|, which is a weighted median of ratios.
  private var secondsPerSpike: Double {
    let slopes = changes.filter { $0.spikes != 0 }.map {
      (value: $0.seconds / Double($0.spikes), weight: Double($0.spikes.magnitude))
    }
    return max(0, EpochTimes.median(slopes))
  }

  /// From each epoch to the next.
  private var changes: [Epoch] {
    zip(epochs, epochs.dropFirst()).map {
      Epoch(seconds: $1.seconds - $0.seconds, spikes: $1.spikes - $0.spikes)
    }
  }

  /// The value up to which half of all weight lies; 0 of none.
  private static func median(_ values: [(value: Double, weight: Double)]) -> Double {
    let half = values.reduce(0) { $0 + $1.weight } / 2
    var below = 0.0
    for (value, weight) in values.sorted(by: { $0.value < $1.value }) {
      below += weight
      if below >= half { return value }
    }
    return 0
  }
}
