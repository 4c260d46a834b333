/// Sources, targets and tiles of a projection, and which of them a worker needs.
///
/// Everything counts within the slices of the projection: source s, target t, tile
/// t / `tileSize`. Tiles are counted from the first target of the slice and are a constant of
/// the numerics: what is drawn for a (source, tile) does not depend on who owns it.
struct ConnectionGrid {
  /// Targets of a tile.
  static let tileSize = 1_024

  let sources: Int
  let targets: Int
  /// Targets that the worker owns.
  let owned: Range<Int>
  /// What to add to a target to get its index in the worker's range of the population.
  let localOffset: Int
  /// Source s is the same neuron as target s + `shift`; `nil` when a neuron may connect to
  /// itself or cannot.
  let shift: Int?

  /// The grid for a worker that owns `range`, indices in the target population.
  init(_ projection: Projection, range: Range<Int>) {
    let source = projection.source
    let target = projection.target
    sources = source.range.count
    targets = target.range.count
    let common = range.clamped(to: target.range)
    owned =
      common.isEmpty
      ? 0..<0
      : common.lowerBound - target.range.lowerBound..<common.upperBound - target.range.lowerBound
    localOffset = target.range.lowerBound - range.lowerBound
    shift =
      projection.allowsAutapses || source.population != target.population
      ? nil : source.range.lowerBound - target.range.lowerBound
  }

  /// The number of all tiles.
  var tileCount: Int { ConnectionGrid.tile(of: targets - 1) + 1 }

  /// The tiles that hold targets of the worker.
  var ownedTiles: Range<Int> {
    owned.isEmpty
      ? 0..<0
      : ConnectionGrid.tile(of: owned.lowerBound)..<ConnectionGrid.tile(of: owned.upperBound - 1)
        + 1
  }

  static func tile(of target: Int) -> Int { target / tileSize }

  /// The targets of some tiles in a row.
  func targets(ofTiles tiles: Range<Int>) -> Range<Int> {
    tiles.lowerBound
      * ConnectionGrid.tileSize..<min(tiles.upperBound * ConnectionGrid.tileSize, targets)
  }

  /// The target that a source must not reach: itself.
  func excludedTarget(of source: Int) -> Int? {
    guard let shift else { return nil }
    let target = source + shift
    return target >= 0 && target < targets ? target : nil
  }

  /// The source that a target must not be reached by: itself.
  func excludedSource(of target: Int) -> Int? {
    guard let shift else { return nil }
    let source = target - shift
    return source >= 0 && source < sources ? source : nil
  }

  /// Targets in a range that a source may reach.
  func eligible(from source: Int, in range: Range<Int>) -> Int {
    guard let excluded = excludedTarget(of: source), range.contains(excluded) else {
      return range.count
    }
    return range.count - 1
  }

  /// Pairs of some sources and some targets that may be connected; a double, for there may be
  /// more than 2^63 of them.
  func eligiblePairs(_ sources: Range<Int>, _ targets: Range<Int>) -> Double {
    let all = Double(sources.count) * Double(targets.count)
    guard let shift else { return all }
    let first = max(sources.lowerBound + shift, targets.lowerBound)
    let end = min(sources.upperBound + shift, targets.upperBound)
    return all - Double(max(0, end - first))
  }
}
