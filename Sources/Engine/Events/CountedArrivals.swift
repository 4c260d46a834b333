import KernelABI
import Networks

/// What arrives over one projection in an epoch, counted by step and slot.
///
/// Where all synapses bring the same amount it is enough to know how many arrive: a sum's bits depend
/// on that alone. A step's counts are a byte for each neuron and stay in the second-level cache while
/// the step's rows are read, in any order; a tile's become sums just before its blocks are visited.
struct CountedArrivals: ~Copyable {
  /// Slots and steps to an arrival from which on counts are not worth being looked through.
  private static let mostSlotsPerArrival = 16

  private var counts = AlignedBuffer(count: 0)
  private var full = AlignedBuffer(count: 0)
  private var counted = coppice_counted_arrivals()

  /// Whether so many arrivals are enough.
  static func isWorth(_ arrivals: Int, slots: Int, steps: Int) -> Bool {
    arrivals * mostSlotsPerArrival >= slots * steps
  }

  /// Bytes of an epoch's counts.
  static func bytes(slots: Int, steps: Int) -> Int { stepSlots(slots) * steps }

  /// From a step's counts to those of the next: an odd number of cache lines, so that the counts of all
  /// steps at one neuron fit a cache.
  private static func stepSlots(_ slots: Int) -> Int { ((slots + 63) / 64 | 1) * 64 }

  /// Forgets what there was, and makes room. All tiles of the last epoch were added.
  mutating func begin(slots: Int, steps: Int, room arrivals: Int) {
    let needed = CountedArrivals.bytes(slots: slots, steps: steps)
    if counts.count < needed {
      counts = AlignedBuffer(count: needed)
      counts.base.initializeMemory(as: UInt8.self, repeating: 0, count: counts.count)
    }
    // An entry for each count that runs over.
    if full.count < arrivals / 256 * 8 { full = AlignedBuffer(count: arrivals / 128 * 8) }
    counted = coppice_counted_arrivals(
      counts: counts.base.assumingMemoryBound(to: UInt8.self),
      step_slots: CountedArrivals.stepSlots(slots),
      full: full.base.assumingMemoryBound(to: UInt64.self), full_count: 0)
  }

  mutating func count(_ due: UnsafeBufferPointer<coppice_due_row>, slots: UnsafePointer<UInt32>) {
    coppice_count_rows(&counted, due.baseAddress, due.count, slots)
  }

  /// Counts what the spikes of some sources bring at step k; `upcoming` are those of the next step.
  mutating func count(
    _ sources: UnsafeBufferPointer<UInt32>, k: Int, upcoming: UnsafeBufferPointer<UInt32>,
    of rows: PackedRows
  ) {
    rows.count(sources, k: k, upcoming: upcoming, in: &counted)
  }

  /// Adds an amount for each arrival at a tile.
  ///
  /// - Parameters:
  ///   - sum: of the program.
  ///   - isLast: the tile's arrivals add to no other sum.
  func add(
    _ amount: Double, to sum: Int, of sums: borrowing ArrivalSums, in tile: inout coppice_tile,
    steps: Int, isLast: Bool
  ) {
    withUnsafePointer(to: counted) {
      coppice_add_counted(
        &tile, sums.destination(k: 0, sum: sum).place, sums.stepSums, UInt32(steps), $0, amount,
        isLast ? 1 : 0)
    }
  }
}
