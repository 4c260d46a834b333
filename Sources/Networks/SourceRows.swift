import KernelABI

/// Draws the rows of one source after the other, as far as a worker owns their targets: for rules
/// whose numbers belong to sources.
struct SourceRows {
  private enum Rule {
    case oneToOne
    case allToAll
    case gaps
    case outdegree(Int)
    case condition(isThinned: Bool)
    case pairs(PairTable)
  }

  let grid: ConnectionGrid
  private let rule: Rule
  // Beside the rule, whose payload could not be changed in place.
  private var gaps: GapRow?
  private var condition: PairCondition?
  private let split: CountSplit
  private var drawing: RowDrawing
  private var row: [UInt32] = []

  /// `nil` for a rule whose numbers belong to targets or to tiles.
  init?(_ projection: Projection, range: Range<Int>, seed: UInt64) throws(NetworkError) {
    func key(_ purpose: String) -> StreamKey {
      StreamKey(seed: seed, name: projection.name, purpose: purpose)
    }
    let grid = ConnectionGrid(projection, range: range)
    let connections = key("projection.connections")
    self.grid = grid
    drawing = RowDrawing(grid, key: connections, allowsMultapses: projection.allowsMultapses)
    split = CountSplit(
      key: key("projection.split"), allowsMultapses: projection.allowsMultapses)
    switch projection.rule {
    case .indegree, .total: return nil
    case .oneToOne: rule = .oneToOne
    case .allToAll: rule = .allToAll
    case .outdegree(let count): rule = .outdegree(count)
    case .pairs(let pairs): rule = .pairs(PairTable(pairs, grid))
    case .probability(let probability):
      rule = probability >= 1 ? .allToAll : .gaps
      gaps = GapRow(grid, key: connections, probability: probability)
    case .condition(let expression, let constants, let probability):
      condition = try PairCondition(
        expression, constants: constants, sources: grid.sources, targets: grid.targets)
      rule = .condition(isThinned: (probability ?? 1) < 1)
      gaps = GapRow(grid, key: connections, probability: probability ?? 1)
    }
  }

  /// Appends the worker's synapses of a source, targets ascending.
  mutating func append(_ source: Int, to batch: inout SynapseBatch) throws(NetworkError) {
    switch rule {
    case .oneToOne:
      guard grid.owned.contains(source), grid.excludedTarget(of: source) != source else { return }
      batch.append(
        target: UInt32(source + grid.localOffset), source: source,
        tile: ConnectionGrid.tile(of: source), position: 0, ordinal: source)
    case .allToAll:
      let targets = grid.targets
      for tile in grid.ownedTiles {
        listTile(tile, source: source)
        appendRow(source, tile, to: &batch) { _, target in source * targets + target }
      }
    case .gaps:
      gaps?.append(source, to: &batch)
    case .condition(let isThinned):
      for tile in grid.ownedTiles {
        if isThinned {
          row.removeAll(keepingCapacity: true)
          gaps?.appendTargets(of: source, tile: tile, to: &row)
        } else {
          listTile(tile, source: source)
        }
        condition?.filter(&row, source: source)
        appendRow(source, tile, to: &batch) { _, _ in 0 }
      }
    case .outdegree(let count):
      try appendSplitRows(count, source: source, to: &batch)
    case .pairs(let table):
      for tile in grid.ownedTiles {
        row.removeAll(keepingCapacity: true)
        let first = table.appendTargets(of: source, tile: tile, into: &row)
        appendRow(source, tile, to: &batch) { position, _ in table.ordinal(first + position) }
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

  private mutating func appendSplitRows(
    _ count: Int, source: Int, to batch: inout SynapseBatch
  ) throws(NetworkError) {
    var tiles: [(tile: Int, count: Int)] = []
    try split.split(
      count, over: 0..<grid.tileCount, wanted: grid.ownedTiles, tree: .tilesOfSource,
      owner: source,
      pairs: { Double(grid.eligible(from: source, in: grid.targets(ofTiles: $0))) },
      body: { tile, count in tiles.append((tile, count)) })
    for (tile, count) in tiles {
      row.removeAll(keepingCapacity: true)
      drawing.drawCount(count, source: source, tile: tile, into: &row)
      appendRow(source, tile, to: &batch) { _, _ in 0 }
    }
  }

  /// Appends those synapses of `row` that are the worker's.
  @inline(__always)
  private func appendRow(
    _ source: Int, _ tile: Int, to batch: inout SynapseBatch,
    ordinal: (_ position: Int, _ target: Int) -> Int
  ) {
    for position in 0..<row.count {
      let target = Int(row[position])
      guard target >= grid.owned.lowerBound, target < grid.owned.upperBound else { continue }
      batch.append(
        target: UInt32(target + grid.localOffset), source: source, tile: tile, position: position,
        ordinal: ordinal(position, target))
    }
  }
}
