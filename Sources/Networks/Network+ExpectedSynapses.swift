extension Network {
  /// How many synapses a projection has onto some neurons, on average over seeds: what memory is
  /// planned with.
  ///
  /// Exact for every rule but a condition, which is tried on some pairs spread over all. `targets`
  /// are indices in the target population; `nil`: all.
  package func expectedSynapses(
    of projection: Projection, targets: Range<Int>? = nil
  ) throws(NetworkError) -> Double {
    let grid = ConnectionGrid(projection, range: targets ?? projection.target.range)
    guard grid.sources > 0, !grid.owned.isEmpty else { return 0 }
    let all = 0..<grid.sources
    let owned = Double(grid.owned.count)
    let share = owned / Double(grid.targets)
    switch projection.rule {
    case .oneToOne:
      return grid.shift == 0 ? 0 : owned
    case .allToAll:
      return grid.eligiblePairs(all, grid.owned)
    case .probability(let probability):
      return grid.eligiblePairs(all, grid.owned) * min(max(probability, 0), 1)
    case .indegree(let count):
      return Double(count) * owned
    case .outdegree(let count):
      return Double(count) * Double(grid.sources) * share
    case .total(let count):
      return Double(count) * share
    case .pairs(let pairs):
      return Double(pairs.count { grid.owned.contains($0.target) })
    case .condition(let expression, let constants, let probability):
      var condition = try PairCondition(
        expression, constants: constants, sources: grid.sources, targets: grid.targets)
      return grid.eligiblePairs(all, grid.owned) * min(max(probability ?? 1, 0), 1)
        * condition.share(of: all, grid.owned)
    }
  }

  /// Memory of a projection's synapses onto some neurons, in bytes, on average over seeds.
  package func expectedSynapseBytes(
    of projection: Projection, targets: Range<Int>? = nil, dt: Double
  ) throws(NetworkError) -> Double {
    let index = 4.0 * Double(projection.source.range.count + 1)
    return try index
      + expectedSynapses(of: projection, targets: targets)
      * Double(projection.bytesPerSynapse(dt: dt))
  }
}

extension Projection {
  /// Target, weight and delay of one synapse.
  package func bytesPerSynapse(dt: Double) -> Int {
    if store == .procedural { return 0 }
    let weightBytes: Int =
      if case .constant = weight { 0 } else { weightPrecision == .single ? 4 : 8 }
    guard case .values(let values) = delay else { return 4 + weightBytes }
    let longest: Double =
      switch values {
      case .constant: 0
      case .list(let list): list.max() ?? 0
      case .linspace(let first, let last): max(first, last)
      case .uniform(_, let high, _, let maximum): min(high, maximum ?? high)
      case .normal(let mean, let deviation, _, let maximum),
        .lognormal(let mean, let deviation, _, let maximum):
        min(mean + 5 * deviation, maximum ?? .infinity)
      }
    if case .constant = values { return 4 + weightBytes }
    let steps = longest / dt
    let shortBytes = target.range.count <= SynapseRows.mostWithDelay ? 0 : 1
    let delayBytes = steps < 255.5 ? shortBytes : steps < 65_535.5 ? 2 : 4
    return 4 + weightBytes + delayBytes
  }
}

extension PairCondition {
  /// For how many of the pairs the condition holds: of up to 64 sources and 1,024 targets each,
  /// evenly spread and shifted from source to source.
  mutating func share(of sources: Range<Int>, _ targets: Range<Int>) -> Double {
    let sampled = min(sources.count, 64)
    let perSource = min(targets.count, ConnectionGrid.tileSize)
    var held = 0
    for sample in 0..<sampled {
      let source = sources.lowerBound + sources.count / sampled * sample
      let stride = targets.count / perSource
      var row = (0..<perSource).map { place in
        UInt32(targets.lowerBound + place * stride + sample % stride)
      }
      filter(&row, source: source)
      held += row.count
    }
    return Double(held) / Double(sampled * perSource)
  }
}
