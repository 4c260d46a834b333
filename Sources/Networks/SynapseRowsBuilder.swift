import KernelABI

extension Network {
  /// The synapses of a projection onto some neurons of its target population.
  ///
  /// What a synapse is - its target, weight, delay and place in its row - does not depend on the
  /// range: the rows of ranges side by side are the rows of the whole, cut. Only tiles of 1,024
  /// targets that overlap with the range are drawn; tiles are counted from the first target of
  /// the projection's target slice.
  ///
  /// The laws, s being a source and t a target within the slices:
  /// - probability: geometric gaps over the targets of (s, tile);
  /// - indegree: sources of t, from numbers of t;
  /// - outdegree: the targets of s are split over tiles by halving (binomial, or hypergeometric
  ///   without multapses); within (s, tile) they are drawn one by one;
  /// - total: split over tiles, each tile's over sources, the same way;
  /// - condition: every pair, or those that the gaps of `probability` hit;
  /// - drawn weights and delays: numbers of (s, tile, position in that row).
  ///
  /// `targets` are a worker's neurons, as indices in the target population; `dt` is the step in s.
  ///
  /// - Throws: `NetworkError` for a projection that cannot be built, a distribution that gives
  ///   impossible values, and more than 2^32 - 1 synapses.
  /// - Complexity: O(synapses + sources × tiles) for most rules.
  package func synapseRows(
    of projection: Projection, targets: Range<Int>, seed: UInt64, dt: Double
  ) throws(NetworkError) -> SynapseRows {
    if let issue = issues(of: projection, dt: dt).first(where: { $0.severity == .error }) {
      throw NetworkError(issue)
    }
    do throws(NetworkError) {
      let expected = try expectedSynapses(of: projection, targets: targets)
      var builder = try SynapseRowsBuilder(
        projection, range: targets, seed: seed, dt: dt, expected: expected)
      return try builder.build()
    } catch {
      throw error.at("projections", projection.name)
    }
  }
}

/// Builds the synapses of one projection onto one worker's neurons.
struct SynapseRowsBuilder {
  private let projection: Projection
  private let range: Range<Int>
  private let seed: UInt64
  private let expected: Double
  private var columns: SynapseColumns

  init(
    _ projection: Projection, range: Range<Int>, seed: UInt64, dt: Double, expected: Double
  ) throws(NetworkError) {
    self.projection = projection
    self.range = range
    self.seed = seed
    self.expected = expected
    columns = try SynapseColumns(
      projection, seed: seed, dt: dt, ordinals: projection.ordinals)
  }

  mutating func build() throws(NetworkError) -> SynapseRows {
    guard expected < 1.05 * Double(SynapseColumns.limit) else {
      throw SynapseRowsBuilder.tooMany(expected)
    }
    if let rows = try SourceRows(projection, range: range, seed: seed) {
      return try build(rows)
    }
    return try build(TileRows(projection, range: range, seed: seed))
  }

  private static func tooMany(_ count: Double) -> NetworkError {
    NetworkError(
      """
      about \(Int(min(count, 1e18))) synapses onto the neurons of one worker are more than \
      \(SynapseColumns.limit)
      """,
      hint: "use more ranks or threads, or split the projection")
  }

  /// Source by source: what is drawn goes where it stays.
  private mutating func build(_ rows: SourceRows) throws(NetworkError) -> SynapseRows {
    // Six deviations more than expected: memory that is nearly never too small, and trimmed.
    let room = expected + 6 * expected.squareRoot() + 16
    columns.reserve(Int(min(room, Double(SynapseColumns.limit))))
    var rows = rows
    var batch = SynapseBatch(needs: columns.needs)
    let sources = rows.grid.sources
    var starts: [UInt32] = []
    starts.reserveOnHugePages(sources + 1)
    starts.append(0)
    for source in 0..<sources {
      batch.removeAll()
      try rows.append(source, to: &batch)
      try columns.append(&batch)
      guard columns.count <= SynapseColumns.limit else {
        throw SynapseRowsBuilder.tooMany(Double(columns.count))
      }
      starts.append(UInt32(columns.count))
    }
    return columns.rows(starts: starts, neurons: range.count)
  }

  /// Tile by tile. Everything is drawn twice, first to count each source's synapses, then to put
  /// them into their places: memory is that of the result and of one tile.
  private mutating func build(_ rows: TileRows) throws(NetworkError) -> SynapseRows {
    var rows = rows
    var starts = [UInt32](onHugePagesRepeating: 0, count: rows.grid.sources + 1)
    try rows.count(into: &starts)
    var total = 0
    for source in starts.indices {
      total += Int(starts[source])
      guard total <= SynapseColumns.limit else { throw SynapseRowsBuilder.tooMany(expected) }
      starts[source] = UInt32(total)
    }
    columns.allocate(total)
    var places = starts
    for tile in rows.grid.ownedTiles {
      try rows.draw(tile, isWhole: columns.needs.places)
      try fill(rows, tile, &places)
    }
    return columns.rows(starts: starts, neurons: range.count)
  }

  /// Puts the synapses of one tile, which are sorted by source, behind those of earlier tiles.
  private mutating func fill(
    _ rows: borrowing TileRows, _ tile: Int, _ places: inout [UInt32]
  ) throws(NetworkError) {
    let grid = rows.grid
    var batch = SynapseBatch(needs: columns.needs)
    var destinations: [UInt32] = []
    var last = -1
    var position = 0
    for pair in rows.pairs {
      let (source, target) = (pair.source, pair.target)
      position = source == last ? position + 1 : 0
      last = source
      guard grid.owned.contains(target) else { continue }
      destinations.append(places[source])
      places[source] += 1
      batch.append(
        target: UInt32(target + grid.localOffset), source: source, tile: tile, position: position)
      if batch.count == SynapseRowsBuilder.batchSize {
        try columns.set(&batch, at: destinations)
        batch.removeAll()
        destinations.removeAll(keepingCapacity: true)
      }
    }
    try columns.set(&batch, at: destinations)
  }

  /// Synapses whose values are drawn together: they fit the first-level cache.
  private static let batchSize = 1_024
}

extension Projection {
  /// How many places a list of weights or delays has: one per source for `one_to_one`, source ×
  /// number of targets + target for `all_to_all`, the pairs' own order for `pairs`; `nil` for
  /// other rules.
  var ordinals: Int? {
    switch rule {
    case .oneToOne: source.range.count
    case .allToAll:
      {
        let (product, overflow) = source.range.count.multipliedReportingOverflow(
          by: target.range.count)
        return overflow ? nil : product
      }()
    case .pairs(let pairs): pairs.count
    case .probability, .indegree, .outdegree, .total, .condition: nil
    }
  }
}

/// Explicit pairs onto a worker's tiles, by source and target.
struct PairTable {
  /// Of each source, and the end.
  private var starts: [Int]
  /// Target and place in the list, ascending within a source.
  private var entries: [(target: Int, ordinal: Int)]

  init(_ pairs: [(source: Int, target: Int)], _ grid: ConnectionGrid) {
    let tiles = grid.ownedTiles
    let wanted = tiles.isEmpty ? 0..<0 : grid.targets(ofTiles: tiles)
    func isWanted(_ pair: (source: Int, target: Int)) -> Bool {
      wanted.contains(pair.target) && grid.excludedTarget(of: pair.source) != pair.target
    }
    starts = [Int](repeating: 0, count: grid.sources + 1)
    for pair in pairs where isWanted(pair) { starts[pair.source + 1] += 1 }
    for source in 0..<grid.sources { starts[source + 1] += starts[source] }
    entries = [(target: Int, ordinal: Int)](
      repeating: (0, 0), count: starts[grid.sources])
    var places = starts
    for (ordinal, pair) in pairs.enumerated() where isWanted(pair) {
      entries[places[pair.source]] = (pair.target, ordinal)
      places[pair.source] += 1
    }
    for source in 0..<grid.sources where starts[source + 1] - starts[source] > 1 {
      entries[starts[source]..<starts[source + 1]].sort {
        ($0.target, $0.ordinal) < ($1.target, $1.ordinal)
      }
    }
  }

  /// Appends the targets within a tile; gives the place of the first of them in the table.
  func appendTargets(of source: Int, tile: Int, into row: inout [UInt32]) -> Int {
    let all = entries[starts[source]..<starts[source + 1]]
    let first = all.partitioningIndex { ConnectionGrid.tile(of: $0.target) >= tile }
    for entry in all[first...] {
      guard ConnectionGrid.tile(of: entry.target) == tile else { break }
      row.append(UInt32(entry.target))
    }
    return first
  }

  func ordinal(_ place: Int) -> Int { entries[place].ordinal }
}

extension ArraySlice {
  /// The first place whose element is in the second part of a partitioned slice.
  fileprivate func partitioningIndex(where isInSecond: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if isInSecond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
