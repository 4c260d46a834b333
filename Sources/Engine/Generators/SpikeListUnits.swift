import Networks

/// The spikes of a list, taken in the order of steps.
///
/// Every worker reads the whole list: it is known everywhere, so nothing has to be sent.
final class SpikeListUnits: SpikeUnits {
  private let spikes: [(unit: Int, step: Int64)]
  private var taken: Int

  /// - Parameter spikes: sorted by (step, unit).
  init(spikes: [(unit: Int, step: Int64)]) {
    self.spikes = spikes
    taken = spikes.firstIndex { $0.step >= 0 } ?? spikes.count
  }

  func takeSpikes(until end: Int64, _ body: (_ unit: Int, _ step: Int64) -> Void) {
    while taken < spikes.count, spikes[taken].step < end {
      body(spikes[taken].unit, spikes[taken].step)
      taken += 1
    }
  }

  var nextSpikes: [Int64]? { nil }

  func begin(at step: Int64, nextSpikes: [Int64]?) {
    taken = spikes.firstIndex { $0.step >= step } ?? spikes.count
  }
}
