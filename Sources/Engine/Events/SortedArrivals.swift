import KernelABI
import Networks

/// What arrives over one projection in an epoch, sorted by tile.
///
/// Rows of few synapses meet a tile in one of them or none: to look into every row for every tile, or
/// to add to sums that no cache holds, both cost more than to write each arrival down once more. Of
/// arrivals at one neuron and step the order is that of the rows.
struct SortedArrivals: ~Copyable {
  private static let listArrivals = Int(COPPICE_LIST_ARRIVALS)

  private var arrivals = AlignedBuffer(count: 0)
  private var weights = AlignedBuffer(count: 0)
  private var next = AlignedBuffer(count: 0)
  private var ends = AlignedBuffer(count: 0)
  private var sorted = coppice_sorted_arrivals()
  /// That there is room for.
  private var lists = 0

  /// Whether the tiles of a cohort can be told from a slot with the arithmetic of `coppice_sort_rows`.
  static func canSort(_ tiles: Tiles) -> Bool {
    tiles.count * tiles.slots <= Int(COPPICE_MOST_SORTED_SLOTS)
      && tiles.slots / Int(COPPICE_GROUP_LANES) <= 1 << 16
      && EpochSequence.longest <= 1 << COPPICE_ARRIVAL_STEP_BITS
  }

  /// With what is to spare, rounded up.
  static func bytesPerArrival(keepsWeights: Bool) -> Int { keepsWeights ? 15 : 5 }

  /// Neighbouring slots of a cohort, so many of each tile.
  struct Tiles {
    var count: Int
    var slots: Int
  }

  /// Forgets what there was, and makes room for so many arrivals.
  ///
  /// - Parameter keepsWeights: the same in every epoch.
  mutating func begin(_ tiles: Tiles, room: Int, keepsWeights: Bool) {
    let needed = tiles.count + room / SortedArrivals.listArrivals + 1
    if lists < needed {
      // With some to spare: epochs with a few arrivals more must not allocate anew each time.
      lists = needed + needed / 4
      let places = lists * SortedArrivals.listArrivals
      arrivals = AlignedBuffer(count: places * 4)
      next = AlignedBuffer(count: lists * 4)
      if keepsWeights { weights = AlignedBuffer(count: places * 8) }
    }
    if ends.count < tiles.count * 4 { ends = AlignedBuffer(count: tiles.count * 4) }
    let ends = self.ends.base.assumingMemoryBound(to: UInt32.self)
    for tile in 0..<tiles.count { ends[tile] = UInt32(tile * SortedArrivals.listArrivals) }
    sorted = coppice_sorted_arrivals(
      arrivals: arrivals.base.assumingMemoryBound(to: UInt32.self),
      weights: keepsWeights ? weights.base.assumingMemoryBound(to: Double.self) : nil,
      next: next.base.assumingMemoryBound(to: UInt32.self), ends: ends,
      used: UInt32(tiles.count), tile_slots: UInt32(tiles.slots),
      tile_reciprocal: (1 << 40) / UInt64(tiles.slots / Int(COPPICE_GROUP_LANES)) + 1)
  }

  /// Sorts what rows hold.
  mutating func sort(
    _ due: UnsafeBufferPointer<coppice_due_row>, slots: UnsafePointer<UInt32>,
    weights: SynapseRows.Weights
  ) {
    switch weights {
    case .homogeneous:
      coppice_sort_rows(&sorted, due.baseAddress, due.count, slots, nil, nil)
    case .single(let weights):
      weights.withUnsafeBufferPointer {
        coppice_sort_rows(&sorted, due.baseAddress, due.count, slots, $0.baseAddress, nil)
      }
    case .double(let weights):
      weights.withUnsafeBufferPointer {
        coppice_sort_rows(&sorted, due.baseAddress, due.count, slots, nil, $0.baseAddress)
      }
    }
  }

  /// Calls `body` for what arrives at a tile, in order, some at a time; `weights` are those of their
  /// synapses, if they are kept.
  func forEachList(
    ofTile tile: Int,
    _ body: (_ arrivals: UnsafeBufferPointer<UInt32>, _ weights: UnsafePointer<Double>?) -> Void
  ) {
    let end = Int(sorted.ends[tile])
    var list = tile
    while true {
      let first = list * SortedArrivals.listArrivals
      let isLast = end / SortedArrivals.listArrivals == list
      body(
        UnsafeBufferPointer(
          start: sorted.arrivals + first, count: isLast ? end - first : SortedArrivals.listArrivals),
        sorted.weights.map { UnsafePointer($0 + first) })
      guard !isLast else { return }
      list = Int(sorted.next[list])
    }
  }
}
