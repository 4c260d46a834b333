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
    case bytes([UInt8])
    case shorts([UInt16])
    case words([UInt32])
  }

  /// One more than there are sources in the projection's source slice.
  package var starts: [UInt32]
  /// Index in the target population, less the first neuron of the worker.
  package var targets: [UInt32]
  package var weights: Weights
  package var delays: Delays
  /// Over the synapses here, in steps; 0 and 0 when there are none.
  package var minimumDelay: Int
  package var maximumDelay: Int

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
