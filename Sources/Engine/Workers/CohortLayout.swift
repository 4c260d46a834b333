import KernelABI

/// How a cohort's neurons lie in blocks of lanes.
///
/// A slot is a lane of the cohort: block × `lanes` + lane in the block. Blocks hold
/// `neuronsPerBlock` neurons each, the last one what is left; the other lanes are padding.
package struct CohortLayout: Hashable, Sendable {
  /// Lanes of a block when nobody asks for another size: with some 125 bytes of state a neuron,
  /// 32 KB, so that a visit stays in the first-level cache.
  package static let automaticSize = 256

  package let neurons: Int
  package let neuronsPerBlock: Int
  /// Padded to whole vectors of every width.
  package let lanes: Int
  package let blocks: Int

  package init(neurons: Int, blockSize: Int?) {
    let multiple = Int(COPPICE_LANE_MULTIPLE)
    self.neurons = neurons
    neuronsPerBlock = CohortLayout.size(neurons: max(neurons, 1), asked: blockSize)
    lanes = (neuronsPerBlock + multiple - 1) / multiple * multiple
    blocks = (neurons + neuronsPerBlock - 1) / neuronsPerBlock
  }

  /// As asked, or few enough for the cache and spread evenly over as few blocks as that takes.
  private static func size(neurons: Int, asked: Int?) -> Int {
    if let asked { return max(1, min(asked, neurons)) }
    let blocks = (neurons + automaticSize - 1) / automaticSize
    let multiple = Int(COPPICE_LANE_MULTIPLE)
    let even = (neurons + blocks - 1) / blocks
    return min((even + multiple - 1) / multiple * multiple, automaticSize)
  }

  package var slots: Int { blocks * lanes }

  package func liveLanes(ofBlock block: Int) -> Int {
    min(neuronsPerBlock, neurons - block * neuronsPerBlock)
  }

  package func slot(ofNeuron neuron: Int) -> Int {
    // Full blocks have no padding, and the last one's comes behind all neurons.
    if lanes == neuronsPerBlock { return neuron }
    return neuron / neuronsPerBlock * lanes + neuron % neuronsPerBlock
  }

  /// The neurons in the slots of whole blocks.
  package func neurons(ofSlots slots: Range<Int>) -> Range<Int> {
    let first = min(neuron(ofBlock: slots.lowerBound / lanes, lane: 0), neurons)
    return first..<max(first, min(neuron(ofBlock: slots.upperBound / lanes, lane: 0), neurons))
  }

  package func neuron(ofBlock block: Int, lane: Int) -> Int {
    block * neuronsPerBlock + lane
  }
}
