import KernelABI

/// Rows of pairs that each have a probability of their own: from one target to the next it is
/// 1 + floor(log U / log(1 - p)), the numbers being those of (key, source, tile).
///
/// Gaps are drawn many at a time: those of one tile where a tile has several, else the first two
/// of many tiles.
struct GapRow {
  private let grid: ConnectionGrid
  private let key: StreamKey
  /// log(1 - p), below 0.
  private let logarithm: Double
  /// Counters of a tile's first batch, two gaps each; `nil`: tiles share a batch.
  private let countersOfTile: Int?
  private var gaps: [Double]

  /// `nil` for a probability at which nothing is ever hit; gaps would be 0 / 0 where tiny numbers
  /// are flushed to zero.
  init?(_ grid: ConnectionGrid, key: StreamKey, probability: Double) {
    guard probability > 1e-300 else { return nil }
    self.grid = grid
    self.key = key
    logarithm = coppice_log1p(-min(probability, 1))
    let expected = min(probability, 1) * Double(ConnectionGrid.tileSize)
    if expected > 1 {
      // Three deviations more, and the gap that leads out of the tile.
      let wanted = expected + 3 * expected.squareRoot() + 1
      countersOfTile = min(SynapseBatch.padded(Int(wanted / 2) + 1), 512)
      gaps = [Double](repeating: 0, count: 2 * (countersOfTile ?? 0))
    } else {
      countersOfTile = nil
      gaps = [Double](repeating: 0, count: 2 * SynapseBatch.padded(grid.ownedTiles.count))
    }
  }

  /// Appends the synapses of a source that are the worker's.
  mutating func append(_ source: Int, to batch: inout SynapseBatch) {
    let offset = grid.localOffset
    var begin = batch.count
    walk(source, grid.ownedTiles, from: grid.owned.lowerBound) { target in
      batch.append(target: UInt32(target + offset))
    } endOfTile: { tile, position in
      batch.placeTargets(from: begin, source: source, tile: tile, position: position)
      begin = batch.count
    }
  }

  /// Appends the targets of one tile up to the last that the worker owns; for rules that go on
  /// choosing among them.
  mutating func appendTargets(of source: Int, tile: Int, to row: inout [UInt32]) {
    walk(source, tile..<tile + 1, from: 0) { target in
      row.append(UInt32(target))
    } endOfTile: { _, _ in
    }
  }

  /// Calls `body` with the targets of some tiles from `first` on, ascending, and `endOfTile` behind
  /// those of each tile, with the position of the first of them.
  @inline(__always)
  private mutating func walk(
    _ source: Int, _ tiles: Range<Int>, from first: Int, _ body: (_ target: Int) -> Void,
    endOfTile: (_ tile: Int, _ position: Int) -> Void
  ) {
    guard !tiles.isEmpty else { return }
    let excluded = grid.excludedTarget(of: source) ?? -1
    let shared = countersOfTile == nil ? SynapseBatch.padded(tiles.count) : 0
    if shared > 0 { draw(source, tiles.lowerBound, block: 0, shared, tilesAscend: true) }
    for tile in tiles {
      let range = grid.targets(ofTiles: tile..<tile + 1)
      // Nothing beyond the worker's last target is needed: gaps go forwards only.
      let end = min(range.upperBound, grid.owned.upperBound)
      var target = range.lowerBound
      // Targets of the tile before the first that is wanted.
      var passedOver = 0
      // The next pair of gaps: `gaps[place]` and `gaps[place + half]`, of `left` pairs.
      var half = shared
      var place = tile - tiles.lowerBound
      var left = 1
      var block = 1
      if let count = countersOfTile {
        draw(source, tile, block: 0, count, tilesAscend: false)
        (half, place, left, block) = (count, 0, count, count)
      }
      var isSecond = false
      while true {
        if left == 0 {
          let count = Int(COPPICE_BATCH)
          drawMore(source, tile, block: block, count, after: shared)
          (half, place, left) = (count, 2 * shared, count)
          block += count
        }
        let gap = gaps[isSecond ? place + half : place]
        if isSecond {
          place += 1
          left -= 1
        }
        isSecond.toggle()
        guard gap < Double(end - target) else { break }
        target += Int(gap)
        if target != excluded {
          if target >= first { body(target) } else { passedOver += 1 }
        }
        target += 1
        if target >= end { break }
      }
      endOfTile(tile, passedOver)
    }
  }

  /// Gaps to the front of the scratch memory.
  private mutating func draw(
    _ source: Int, _ tile: Int, block: Int, _ count: Int, tilesAscend: Bool
  ) {
    let place = coppice_gap_place(
      a: UInt32(source), b: UInt32(tile), c: UInt32(block), b_ascends: tilesAscend ? 1 : 0)
    coppice_gaps(key.bits, place, logarithm, &gaps, count)
  }

  /// Gaps of a tile that needs more than its batch had; they leave the first two of other tiles
  /// where they are.
  private mutating func drawMore(
    _ source: Int, _ tile: Int, block: Int, _ count: Int, after shared: Int
  ) {
    let needed = 2 * shared + 2 * count
    if gaps.count < needed {
      gaps.append(contentsOf: repeatElement(0, count: needed - gaps.count))
    }
    let place = coppice_gap_place(
      a: UInt32(source), b: UInt32(tile), c: UInt32(block), b_ascends: 0)
    gaps.withUnsafeMutableBufferPointer { gaps in
      guard let base = gaps.baseAddress else { return }
      coppice_gaps(key.bits, place, logarithm, base + 2 * shared, count)
    }
  }
}
