import KernelABI

/// Arrivals of one cohort, added up by (group of lanes, step, sum) before its blocks are visited.
///
/// A *tile* is some neighbouring blocks whose sums stay in the second-level cache between the
/// additions and the visits. There is memory for one tile: visits leave no sums behind.
struct ArrivalSums: ~Copyable {
  /// Bytes of a tile's sums, if that is no less than a block: few enough to stay in the second-level
  /// cache beside the state of the blocks that are visited and the arrivals that are read.
  private static let tileBytes = 64 << 10
  private static let width = Int(COPPICE_GROUP_LANES)

  private let layout: CohortLayout
  /// Sums of the program.
  private let count: Int
  /// Steps that there is room for.
  private(set) var depth = 0
  private(set) var blocksPerTile = 1
  private var sums = AlignedBuffer(count: 0)
  private var due = AlignedBuffer(count: 0)

  /// - Parameter count: sums of the program.
  init(layout: CohortLayout, count: Int) {
    self.layout = layout
    self.count = count
  }

  /// Makes room for so many steps. Nothing waits here between epochs.
  mutating func prepare(steps: Int) {
    guard steps > depth else { return }
    depth = steps
    let bytesPerBlock = layout.lanes * depth * count * 8
    let blocks = max(layout.blocks, 1)
    let wanted = (blocks * bytesPerBlock + ArrivalSums.tileBytes - 1) / ArrivalSums.tileBytes
    let tiles = max(1, min(wanted, blocks))
    blocksPerTile = (blocks + tiles - 1) / tiles
    sums = AlignedBuffer(count: blocksPerTile * bytesPerBlock)
    sums.base.initializeMemory(as: Double.self, repeating: -0.0, count: sums.count / 8)
    due = AlignedBuffer(count: blocksPerTile * groupsPerBlock * 4)
    due.base.initializeMemory(as: UInt32.self, repeating: 0, count: due.count / 4)
  }

  private var groupsPerBlock: Int { layout.lanes / ArrivalSums.width }
  private var sumsPerGroup: Int { depth * count * ArrivalSums.width }

  var tiles: SortedArrivals.Tiles {
    .init(
      count: (layout.blocks + blocksPerTile - 1) / blocksPerTile,
      slots: blocksPerTile * layout.lanes)
  }

  /// The tile that begins with a block.
  func tile(fromBlock block: Int) -> coppice_tile {
    let end = min(block + blocksPerTile, layout.blocks)
    return coppice_tile(
      sums: sums.base.assumingMemoryBound(to: Double.self),
      due: due.base.assumingMemoryBound(to: UInt32.self),
      first_group: UInt32(block * groupsPerBlock), group_sums: UInt32(sumsPerGroup),
      end: UInt32(end * layout.lanes))
  }

  /// Where one sum of a step stands.
  func destination(k: Int, sum: Int) -> coppice_destination {
    coppice_destination(
      place: UInt32((k * count + sum) * ArrivalSums.width), k: UInt32(k))
  }

  /// From a sum of one step to that of the next.
  var stepSums: UInt32 { UInt32(count * ArrivalSums.width) }

  /// What the visit of a block is given.
  func sums(ofBlock block: Int) -> (sums: UnsafeMutablePointer<Double>, due: UnsafePointer<UInt32>)
  {
    let first = block % blocksPerTile * groupsPerBlock
    return (
      sums.base.assumingMemoryBound(to: Double.self) + first * sumsPerGroup,
      UnsafePointer(due.base.assumingMemoryBound(to: UInt32.self) + first)
    )
  }

  /// Says that the block was visited.
  func clear(block: Int) {
    let first = block % blocksPerTile * groupsPerBlock
    (due.base.assumingMemoryBound(to: UInt32.self) + first)
      .update(repeating: 0, count: groupsPerBlock)
  }
}
