import KernelABI

/// Draws the targets of one source within one tile, ascending.
///
/// The numbers used are those of (key, source, tile); the row is the same for whoever draws it.
struct RowDrawing {
  private let grid: ConnectionGrid
  private let key: StreamKey
  private let allowsMultapses: Bool
  private var choices = ChoiceSet(capacity: ConnectionGrid.tileSize)

  init(_ grid: ConnectionGrid, key: StreamKey, allowsMultapses: Bool) {
    self.grid = grid
    self.key = key
    self.allowsMultapses = allowsMultapses
  }

  /// So many targets, all eligible ones being as likely; with replacement unless multapses are
  /// off.
  mutating func drawCount(_ count: Int, source: Int, tile: Int, into row: inout [UInt32]) {
    guard count > 0 else { return }
    var stream = RandomStream(key, UInt32(source), UInt32(tile))
    let range = grid.targets(ofTiles: tile..<tile + 1)
    let eligible = UInt32(grid.eligible(from: source, in: range))
    let first = row.count
    if allowsMultapses {
      for _ in 0..<count { row.append(stream.next(below: eligible)) }
    } else {
      choices.draw(count, below: eligible, from: &stream)
      row.append(contentsOf: choices.chosen)
    }
    // Choices count eligible targets from the tile's first; those from the excluded one on stand
    // for their next.
    var gap = UInt32.max
    if let excluded = grid.excludedTarget(of: source), range.contains(excluded) {
      gap = UInt32(excluded - range.lowerBound)
    }
    for place in first..<row.count {
      let choice = row[place]
      row[place] = UInt32(range.lowerBound) + choice + (choice >= gap ? 1 : 0)
    }
    row[first...].sort()
  }
}

extension ConnectionGrid {
  /// Sources of one target, all eligible ones being as likely: numbers of (key, target).
  @inline(__always)
  func drawSources(
    _ count: Int, target: Int, key: StreamKey, choices: inout ChoiceSet?, body: (Int) -> Void
  ) {
    guard count > 0 else { return }
    var stream = RandomStream(key, UInt32(target), 0)
    let excluded = excludedSource(of: target)
    let eligible = UInt32(excluded == nil ? sources : sources - 1)
    let gap = excluded ?? .max
    guard choices == nil else {
      choices?.draw(count, below: eligible, from: &stream)
      for choice in choices?.chosen ?? [] {
        body(Int(choice) >= gap ? Int(choice) + 1 : Int(choice))
      }
      return
    }
    for _ in 0..<count {
      let choice = Int(stream.next(below: eligible))
      body(choice >= gap ? choice + 1 : choice)
    }
  }
}

/// Different numbers below a bound, every set of them being as likely (Floyd's algorithm).
struct ChoiceSet {
  private var words: [UInt64]
  /// In the order drawn.
  private(set) var chosen: [UInt32] = []

  /// - Parameter capacity: The largest bound.
  init(capacity: Int) {
    words = [UInt64](repeating: 0, count: capacity / 64 + 1)
  }

  /// Draws `count` numbers, `bound` at most, in place of the earlier ones.
  mutating func draw(_ count: Int, below bound: UInt32, from stream: inout RandomStream) {
    for choice in chosen { words[Int(choice >> 6)] = 0 }
    chosen.removeAll(keepingCapacity: true)
    for last in bound - UInt32(count)..<bound {
      let choice = stream.next(below: last + 1)
      insert(contains(choice) ? last : choice)
    }
  }

  private func contains(_ choice: UInt32) -> Bool {
    words[Int(choice >> 6)] >> UInt64(choice & 63) & 1 == 1
  }

  private mutating func insert(_ choice: UInt32) {
    words[Int(choice >> 6)] |= 1 << UInt64(choice & 63)
    chosen.append(choice)
  }
}

/// Splits a number of synapses over tiles and sources, by one keyed draw for each place where a
/// range is halved: a worker draws only what leads to its own tiles.
///
/// A range is halved in its middle; the number that falls to the left half is binomial in the
/// left half's share of the pairs that may be connected, or hypergeometric where no pair may be
/// connected twice.
struct CountSplit {
  /// Counter word that keeps the three trees apart.
  enum Tree: UInt32 {
    /// the synapses of a source over tiles
    case tilesOfSource = 1
    /// all synapses over tiles
    case tiles = 2
    /// the synapses of a tile over sources
    case sourcesOfTile = 3
  }

  let key: StreamKey
  let allowsMultapses: Bool

  /// Calls `body` with each place in `range` that is wanted and gets some, ascending.
  ///
  /// `owner` says whose tree it is: the source, the tile, or 0. `pairs` says how many pairs of a
  /// range may be connected.
  func split(
    _ count: Int, over range: Range<Int>, wanted: Range<Int>, tree: Tree, owner: Int,
    pairs: (Range<Int>) -> Double, body: (_ place: Int, _ count: Int) throws(NetworkError) -> Void
  ) throws(NetworkError) {
    guard count > 0, range.overlaps(wanted) else { return }
    if range.count == 1 {
      try body(range.lowerBound, count)
      return
    }
    let middle = range.lowerBound + range.count / 2
    let left = range.lowerBound..<middle
    let right = middle..<range.upperBound
    let bits = key.bits(UInt32(owner), UInt32(middle), 0, tree.rawValue)
    let leftCount = share(count, pairs(left), pairs(right), UnitInterval.openBelow(bits))
    try split(
      leftCount, over: left, wanted: wanted, tree: tree, owner: owner, pairs: pairs, body: body)
    try split(
      count - leftCount, over: right, wanted: wanted, tree: tree, owner: owner, pairs: pairs,
      body: body)
  }

  private func share(_ count: Int, _ left: Double, _ right: Double, _ uniform: Double) -> Int {
    if left == 0 { return 0 }
    if right == 0 { return count }
    let whole = left + right
    return allowsMultapses
      ? BinomialDistribution(trials: count, probability: left / whole).quantile(uniform)
      : HypergeometricDistribution(population: whole, marked: left, drawn: count)
        .quantile(uniform)
  }
}
