import Networks

/// The spikes of a list, taken in the order of steps.
///
/// Every worker reads the whole list: it is known everywhere, so nothing has to be sent.
final class SpikeListUnits: SpikeUnits {
  private let units: [UInt32]
  private let steps: [Int64]
  private var taken: Int

  /// - Parameter spikes: sorted by (step, unit).
  init(spikes: [(unit: Int, step: Int64)]) {
    units = spikes.map { UInt32($0.unit) }
    steps = spikes.map(\.step)
    taken = steps.firstIndex { $0 >= 0 } ?? steps.count
  }

  func takeSteps(
    until end: Int64, _ body: (_ step: Int64, _ units: UnsafeBufferPointer<UInt32>) -> Void
  ) {
    units.withUnsafeBufferPointer { units in
      while taken < steps.count, steps[taken] < end {
        let first = taken
        repeat { taken += 1 } while taken < steps.count && steps[taken] == steps[first]
        body(steps[first], UnsafeBufferPointer(rebasing: units[first..<taken]))
      }
    }
  }

  var nextSpikes: [Int64]? { nil }

  func begin(at step: Int64, nextSpikes: [Int64]?) {
    taken = steps.firstIndex { $0 >= step } ?? steps.count
  }
}
