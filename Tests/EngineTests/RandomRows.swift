import Networks

extension SynapseRows {
  /// Rows of so many synapses, of weight 1 and a delay of 3 steps, whose ascending targets are drawn from
  /// so many slots.
  static func drawn(
    _ lengths: [Int], slots: Int, using random: inout some RandomNumberGenerator
  ) -> SynapseRows {
    var (starts, targets): ([UInt32], [UInt32]) = ([0], [])
    for length in lengths {
      targets += (0..<length).map { _ in UInt32.random(in: 0..<UInt32(slots), using: &random) }
        .sorted()
      starts.append(UInt32(targets.count))
    }
    return SynapseRows(
      starts: starts, targets: targets, weights: .homogeneous(1), delays: .homogeneous(3),
      minimumDelay: 3, maximumDelay: 3)
  }
}
