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
  /// A rule that gives the rows of one source after the other.
  private enum SourceRule {
    case oneToOne
    case allToAll
    case gaps(logarithm: Double)
    case outdegree(Int)
    case condition(PairCondition, logarithm: Double?)
    case pairs(PairTable)
    case nothing
  }

  /// A rule that gives the synapses of one tile after the other.
  private enum TileRule {
    case indegree(Int)
    case total(Int)
  }

  private let grid: ConnectionGrid
  private let rule: ConnectionRule
  private let key: StreamKey
  private let split: CountSplit
  private let expected: Double
  private var drawing: RowDrawing
  private var columns: SynapseColumns
  private var row: [UInt32] = []

  init(
    _ projection: Projection, range: Range<Int>, seed: UInt64, dt: Double, expected: Double
  ) throws(NetworkError) {
    func key(_ purpose: String) -> StreamKey {
      StreamKey(seed: seed, name: projection.name, purpose: purpose)
    }
    grid = ConnectionGrid(projection, range: range)
    rule = projection.rule
    self.key = key("projection.connections")
    self.expected = expected
    drawing = RowDrawing(grid, key: self.key, allowsMultapses: projection.allowsMultapses)
    split = CountSplit(
      key: key("projection.split"), allowsMultapses: projection.allowsMultapses)
    columns = try SynapseColumns(
      projection, seed: seed, dt: dt, ordinals: projection.ordinals)
  }

  mutating func build() throws(NetworkError) -> SynapseRows {
    guard expected < 1.05 * Double(SynapseColumns.limit) else {
      throw SynapseRowsBuilder.tooMany(expected)
    }
    switch rule {
    case .indegree(let count): return try buildByTile(.indegree(count))
    case .total(let count): return try buildByTile(.total(count))
    case .oneToOne: return try buildBySource(.oneToOne)
    case .allToAll: return try buildBySource(.allToAll)
    case .outdegree(let count): return try buildBySource(.outdegree(count))
    case .pairs(let pairs):
      return try buildBySource(.pairs(PairTable(pairs, grid)))
    case .probability(let probability):
      return try buildBySource(
        SynapseRowsBuilder.gaps(
          probability, certain: .allToAll, otherwise: { .gaps(logarithm: $0) }))
    case .condition(let expression, let constants, let probability):
      let condition = try PairCondition(
        expression, constants: constants, sources: grid.sources, targets: grid.targets)
      return try buildBySource(
        SynapseRowsBuilder.gaps(
          probability ?? 1, certain: .condition(condition, logarithm: nil),
          otherwise: { .condition(condition, logarithm: $0) }))
    }
  }

  /// The rule for a probability: all, nothing, or gaps with log(1 - p).
  private static func gaps(
    _ probability: Double, certain: SourceRule, otherwise: (Double) -> SourceRule
  ) -> SourceRule {
    if probability >= 1 { return certain }
    // Below this limit nothing is ever hit, and gaps would be 0 / 0 where tiny numbers are
    // flushed to zero.
    guard probability > 1e-300 else { return .nothing }
    return otherwise(coppice_log1p(-probability))
  }

  private static func tooMany(_ count: Double) -> NetworkError {
    NetworkError(
      """
      about \(Int(min(count, 1e18))) synapses onto the neurons of one worker are more than \
      \(SynapseColumns.limit)
      """,
      hint: "use more ranks or threads, or split the projection")
  }
}

// MARK: Source by source

extension SynapseRowsBuilder {
  private mutating func buildBySource(_ rule: SourceRule) throws(NetworkError) -> SynapseRows {
    // Six deviations more than expected: memory that is nearly never too small, and trimmed.
    let room = expected + 6 * expected.squareRoot() + 16
    columns.reserve(Int(min(room, Double(SynapseColumns.limit))))
    var starts: [UInt32] = [0]
    starts.reserveCapacity(grid.sources + 1)
    var rule = rule
    for source in 0..<grid.sources {
      try appendRows(of: source, by: &rule)
      guard columns.targets.count <= SynapseColumns.limit else {
        throw SynapseRowsBuilder.tooMany(Double(columns.targets.count))
      }
      starts.append(UInt32(columns.targets.count))
    }
    return columns.rows(starts: starts)
  }

  private mutating func appendRows(
    of source: Int, by rule: inout SourceRule
  ) throws(NetworkError) {
    switch rule {
    case .nothing:
      return
    case .oneToOne:
      guard grid.owned.contains(source), grid.excludedTarget(of: source) != source else { return }
      row.removeAll(keepingCapacity: true)
      row.append(UInt32(source))
      try appendRow(source, ConnectionGrid.tile(of: source)) { _, _ in source }
    case .allToAll:
      let targets = grid.targets
      for tile in grid.ownedTiles {
        listTile(tile, source: source)
        try appendRow(source, tile) { _, target in source * targets + target }
      }
    case .gaps(let logarithm):
      for tile in grid.ownedTiles {
        row.removeAll(keepingCapacity: true)
        drawing.drawGaps(source: source, tile: tile, logarithm: logarithm, into: &row)
        try appendRow(source, tile) { _, _ in 0 }
      }
    case .condition(var condition, let logarithm):
      // Taken out while it works, so that its scratch memory is not copied.
      rule = .nothing
      for tile in grid.ownedTiles {
        if let logarithm {
          row.removeAll(keepingCapacity: true)
          drawing.drawGaps(source: source, tile: tile, logarithm: logarithm, into: &row)
        } else {
          listTile(tile, source: source)
        }
        condition.filter(&row, source: source)
        try appendRow(source, tile) { _, _ in 0 }
      }
      rule = .condition(condition, logarithm: logarithm)
    case .outdegree(let count):
      try appendSplitRows(count, source: source)
    case .pairs(let table):
      for tile in grid.ownedTiles {
        row.removeAll(keepingCapacity: true)
        let first = table.appendTargets(of: source, tile: tile, into: &row)
        try appendRow(source, tile) { position, _ in table.ordinal(first + position) }
      }
    }
  }

  /// All targets of a tile but the source itself.
  private mutating func listTile(_ tile: Int, source: Int) {
    row.removeAll(keepingCapacity: true)
    let excluded = grid.excludedTarget(of: source)
    for target in grid.targets(ofTiles: tile..<tile + 1) where target != excluded {
      row.append(UInt32(target))
    }
  }

  private mutating func appendSplitRows(_ count: Int, source: Int) throws(NetworkError) {
    var tiles: [(tile: Int, count: Int)] = []
    try split.split(
      count, over: 0..<grid.tileCount, wanted: grid.ownedTiles, tree: .tilesOfSource,
      owner: source,
      pairs: { Double(grid.eligible(from: source, in: grid.targets(ofTiles: $0))) },
      body: { tile, count in tiles.append((tile, count)) })
    for (tile, count) in tiles {
      row.removeAll(keepingCapacity: true)
      drawing.drawCount(count, source: source, tile: tile, into: &row)
      try appendRow(source, tile) { _, _ in 0 }
    }
  }

  /// Appends those synapses of `row` that are the worker's.
  @inline(__always)
  private mutating func appendRow(
    _ source: Int, _ tile: Int, ordinal: (_ position: Int, _ target: Int) -> Int
  ) throws(NetworkError) {
    for position in 0..<row.count {
      let target = Int(row[position])
      guard target >= grid.owned.lowerBound, target < grid.owned.upperBound else { continue }
      columns.append(target: UInt32(target + grid.localOffset))
      if columns.hasValues {
        try columns.appendValues(
          SynapsePlace(
            source: source, tile: tile, position: position, ordinal: ordinal(position, target)))
      }
    }
  }
}

// MARK: Tile by tile

extension SynapseRowsBuilder {
  /// Draws everything twice: first to count each source's synapses, then to put them into their
  /// places. Memory is that of the result.
  private mutating func buildByTile(_ rule: TileRule) throws(NetworkError) -> SynapseRows {
    let owned = grid.owned
    var counts = [Int](repeating: 0, count: grid.sources)
    try drawTiles(rule, from: owned.lowerBound) { source, _, target in
      if owned.contains(target) { counts[source] += 1 }
    }
    let total = counts.reduce(0, +)
    guard total <= SynapseColumns.limit else { throw SynapseRowsBuilder.tooMany(Double(total)) }
    var starts: [UInt32] = [0]
    starts.reserveCapacity(counts.count + 1)
    for source in counts.indices {
      starts.append(starts[source] + UInt32(counts[source]))
    }
    try fillByTile(rule, starts: starts)
    return columns.rows(starts: starts)
  }

  private mutating func fillByTile(
    _ rule: TileRule, starts: [UInt32]
  ) throws(NetworkError) {
    let owned = grid.owned
    let offset = grid.localOffset
    let hasValues = columns.hasValues
    var places = Array(starts.dropLast())
    // Position of each source's next synapse in its row of the tile.
    var positions = [UInt32](repeating: 0, count: hasValues ? grid.sources : 0)
    var current = -1
    var columns = self.columns
    columns.allocate(Int(starts.last ?? 0))
    // Positions count from the first target of the tile, whoever owns it.
    let first =
      hasValues ? grid.targets(ofTiles: grid.ownedTiles).lowerBound : owned.lowerBound
    try drawTiles(rule, from: first) { source, tile, target throws(NetworkError) in
      if hasValues, tile != current {
        current = tile
        for place in positions.indices { positions[place] = 0 }
      }
      if owned.contains(target) {
        let place = Int(places[source])
        places[source] += 1
        columns.set(place, target: UInt32(target + offset))
        if hasValues {
          try columns.setValues(
            place,
            SynapsePlace(
              source: source, tile: tile, position: Int(positions[source]), ordinal: 0))
        }
      }
      if hasValues { positions[source] += 1 }
    }
    self.columns = columns
  }

  /// Calls `body` for the synapses onto targets up to the worker's last: tiles ascend, and within
  /// a tile the targets of each source.
  ///
  /// Targets before `first` need not be reported.
  private mutating func drawTiles(
    _ rule: TileRule, from first: Int,
    body: (_ source: Int, _ tile: Int, _ target: Int) throws(NetworkError) -> Void
  ) throws(NetworkError) {
    switch rule {
    case .indegree(let count):
      var choices = split.allowsMultapses ? nil : ChoiceSet(capacity: grid.sources)
      for target in min(first, grid.owned.lowerBound)..<grid.owned.upperBound {
        let tile = ConnectionGrid.tile(of: target)
        try grid.drawSources(
          count, target: target, key: key, choices: &choices
        ) { source throws(NetworkError) in
          try body(source, tile, target)
        }
      }
    case .total(let count):
      let grid = self.grid
      let all = 0..<grid.sources
      var tiles: [(tile: Int, count: Int)] = []
      try split.split(
        count, over: 0..<grid.tileCount, wanted: grid.ownedTiles, tree: .tiles, owner: 0,
        pairs: { grid.eligiblePairs(all, grid.targets(ofTiles: $0)) },
        body: { tile, count in tiles.append((tile, count)) })
      var drawing = self.drawing
      var row: [UInt32] = []
      for (tile, count) in tiles {
        let range = grid.targets(ofTiles: tile..<tile + 1)
        try split.split(
          count, over: all, wanted: all, tree: .sourcesOfTile, owner: tile,
          pairs: { grid.eligiblePairs($0, range) }
        ) { source, count throws(NetworkError) in
          row.removeAll(keepingCapacity: true)
          drawing.drawCount(count, source: source, tile: tile, into: &row)
          for target in row { try body(source, tile, Int(target)) }
        }
      }
    }
  }
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
