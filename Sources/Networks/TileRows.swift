import KernelABI

/// Draws the synapses of one tile of targets after the other: for rules whose numbers belong to
/// targets or to tiles.
struct TileRows {
  private enum Rule {
    /// So many sources of each target.
    case indegree(Int)
    /// So many synapses of each tile that has some, ascending.
    case total([(tile: Int, count: Int)])
  }

  /// A synapse within the slices.
  struct Pair {
    /// Source in the high half, target in the low one.
    private(set) var bits: UInt64

    init(source: Int, target: Int) { bits = UInt64(source) << 32 | UInt64(target) }
    var source: Int { Int(bits >> 32) }
    var target: Int { Int(bits & 0xFFFF_FFFF) }
  }

  let grid: ConnectionGrid
  private let rule: Rule
  private let key: StreamKey
  private let split: CountSplit
  private var drawing: RowDrawing
  private var choices: ChoiceSet?
  /// Those of the tile that was drawn last, by source, then by target.
  private(set) var pairs: [Pair] = []
  private var sorted: [Pair] = []
  private var row: [UInt32] = []

  init(_ projection: Projection, range: Range<Int>, seed: UInt64) throws(NetworkError) {
    func key(_ purpose: String) -> StreamKey {
      StreamKey(seed: seed, name: projection.name, purpose: purpose)
    }
    let grid = ConnectionGrid(projection, range: range)
    self.grid = grid
    self.key = key("projection.connections")
    let split = CountSplit(
      key: key("projection.split"), allowsMultapses: projection.allowsMultapses)
    self.split = split
    drawing = RowDrawing(grid, key: self.key, allowsMultapses: projection.allowsMultapses)
    switch projection.rule {
    case .indegree(let count):
      rule = .indegree(count)
      choices = projection.allowsMultapses ? nil : ChoiceSet(capacity: grid.sources)
    case .total(let count):
      let all = 0..<grid.sources
      var tiles: [(tile: Int, count: Int)] = []
      try split.split(
        count, over: 0..<grid.tileCount, wanted: grid.ownedTiles, tree: .tiles, owner: 0,
        pairs: { grid.eligiblePairs(all, grid.targets(ofTiles: $0)) },
        body: { tile, count in tiles.append((tile, count)) })
      rule = .total(tiles)
    default:
      preconditionFailure("the rows of \(projection.name) are drawn by source")
    }
  }

  /// Adds the number of each source's synapses that are the worker's: `counts[s + 1]` for source s.
  mutating func count(into counts: inout [UInt32]) throws(NetworkError) {
    let owned = grid.owned
    for tile in grid.ownedTiles {
      try forEachPair(of: tile, from: owned.lowerBound) { source, target in
        if owned.contains(target) { counts[source + 1] += 1 }
      }
    }
  }

  /// Makes `pairs` the synapses of a tile up to the worker's last target; `isWhole`: from the tile's
  /// first target on, whoever owns it, and not from the worker's.
  mutating func draw(_ tile: Int, isWhole: Bool) throws(NetworkError) {
    var pairs = self.pairs
    self.pairs = []
    pairs.removeAll(keepingCapacity: true)
    try forEachPair(of: tile, from: isWhole ? 0 : grid.owned.lowerBound) { source, target in
      pairs.append(Pair(source: source, target: target))
    }
    self.pairs = pairs
    if case .indegree = rule { sortBySource() }
  }

  /// Calls `body` for the synapses of a tile; those onto targets before `first` may be left out.
  private mutating func forEachPair(
    of tile: Int, from first: Int, _ body: (_ source: Int, _ target: Int) -> Void
  ) throws(NetworkError) {
    let range = grid.targets(ofTiles: tile..<tile + 1)
    switch rule {
    case .indegree(let count):
      for target in max(range.lowerBound, first)..<min(range.upperBound, grid.owned.upperBound) {
        grid.drawSources(count, target: target, key: key, choices: &choices) { source in
          body(source, target)
        }
      }
    case .total(let tiles):
      guard let count = tiles.first(where: { $0.tile == tile })?.count else { return }
      let grid = self.grid
      let all = 0..<grid.sources
      var drawing = self.drawing
      var row = self.row
      try split.split(
        count, over: all, wanted: all, tree: .sourcesOfTile, owner: tile,
        pairs: { grid.eligiblePairs($0, range) }
      ) { source, count throws(NetworkError) in
        row.removeAll(keepingCapacity: true)
        drawing.drawCount(count, source: source, tile: tile, into: &row)
        for target in row { body(source, Int(target)) }
      }
      self.row = row
    }
  }

  /// By source, leaving the targets of each in their order: a radix sort from the lowest digit on.
  private mutating func sortBySource() {
    let digitBits = 11
    let bits = max(1, Int.bitWidth - (grid.sources - 1).leadingZeroBitCount)
    if sorted.count < pairs.count {
      sorted = [Pair](repeating: Pair(source: 0, target: 0), count: pairs.count)
    }
    for shift in stride(from: 32, to: 32 + bits, by: digitBits) {
      var places = [Int](repeating: 0, count: 1 << digitBits + 1)
      let mask = UInt64(1 << digitBits - 1)
      for pair in pairs { places[Int(pair.bits >> UInt64(shift) & mask) + 1] += 1 }
      for digit in 1...1 << digitBits { places[digit] += places[digit - 1] }
      for pair in pairs {
        let digit = Int(pair.bits >> UInt64(shift) & mask)
        sorted[places[digit]] = pair
        places[digit] += 1
      }
      sorted.removeLast(sorted.count - pairs.count)
      swap(&pairs, &sorted)
    }
  }
}
