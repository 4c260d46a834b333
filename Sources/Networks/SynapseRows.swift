/// The synapses of one projection onto one worker's targets, by source: the form in which spikes
/// are delivered.
///
/// Row s is `starts[s] ..< starts[s + 1]`; within it targets ascend, and synapses of one pair
/// keep the order of their connection index. A synapse's place in the whole is its order of
/// arrival among those of one projection at one neuron and step.
package struct SynapseRows: Sendable {
  package enum Weights: Sendable {
    case homogeneous(Double)
    case single([Float])
    case double([Double])
  }

  /// In steps.
  package enum Delays: Sendable {
    case homogeneous(Int)
    /// up to 255, in the top byte of each target
    case inTargets
    case bytes([UInt8])
    case shorts([UInt16])
    case words([UInt32])
  }

  /// One more than there are sources in the projection's source slice.
  package var starts: [UInt32]
  /// Index in the target population, less the first neuron of the worker; with the delay on top where
  /// `delays` says so.
  package var targets: [UInt32]
  package var weights: Weights
  package var delays: Delays
  /// Over the synapses here, in steps; 0 and 0 when there are none.
  package var minimumDelay: Int
  package var maximumDelay: Int

  /// Targets that leave room for a delay, eightfold where neurons are spread over lanes.
  package static let mostWithDelay = 1 << 21
  /// Where a delay begins in a target.
  package static let delayShift: UInt32 = 24

  /// The target of a synapse, without its delay.
  @inline(__always)
  package func target(_ synapse: Int) -> UInt32 {
    if case .inTargets = delays { return targets[synapse] & (1 << SynapseRows.delayShift - 1) }
    return targets[synapse]
  }

  /// In steps.
  @inline(__always)
  package func delay(_ synapse: Int) -> Int {
    switch delays {
    case .homogeneous(let delay): delay
    case .inTargets: Int(targets[synapse] >> SynapseRows.delayShift)
    case .bytes(let delays): Int(delays[synapse])
    case .shorts(let delays): Int(delays[synapse])
    case .words(let delays): Int(delays[synapse])
    }
  }

  /// Gives each target another number, which is below 2^24 where delays are kept with them.
  package mutating func renumberTargets(_ number: (Int) -> UInt32) {
    let mask: UInt32
    if case .inTargets = delays { mask = 1 << SynapseRows.delayShift - 1 } else { mask = .max }
    for synapse in targets.indices {
      let target = targets[synapse]
      targets[synapse] = target & ~mask | number(Int(target & mask))
    }
  }

  package init(
    starts: [UInt32], targets: [UInt32], weights: Weights, delays: Delays, minimumDelay: Int,
    maximumDelay: Int
  ) {
    self.starts = starts
    self.targets = targets
    self.weights = weights
    self.delays = delays
    self.minimumDelay = minimumDelay
    self.maximumDelay = maximumDelay
  }
}
