/// Something that will reach a neuron of a cohort, waiting for its step.
struct PendingEvent {
  /// Lane in the cohort: block × lanes per block + lane.
  var slot: UInt32
  var port: UInt32
  /// Orders the arrivals of one port at one neuron in one step.
  var synapse: UInt32
  var payload: Double
}

/// Events of one cohort by the step at whose beginning they act.
///
/// A ring of growing lists, one per step: as long as the longest delay and an epoch together, so
/// that no two waiting steps share a list. A list that has been read leaves its memory to the
/// next that is begun, so that memory is what waits at one time and not what a turn of the ring
/// brings. Allocates only while lists are still growing.
///
/// What waits for longer than the ring is long, as at a projection that is switched off and on,
/// stands aside until its epoch comes.
struct EventCalendar: ~Copyable {
  private struct List {
    var base: UnsafeMutablePointer<PendingEvent>?
    var count: Int
    var capacity: Int
  }

  private let lists: UnsafeMutablePointer<List>
  private let mask: Int64
  /// Memory of lists that have been read.
  private var spare: [List] = []
  /// The first step that is too far away for the ring.
  private var reach: Int64
  /// By step: what waits beyond the ring.
  private var far: [Int64: List] = [:]

  /// - Parameter horizon: the largest distance in steps between the step that is running and
  ///   one that an event waits for.
  init(horizon: Int) {
    var capacity = 2
    while capacity <= horizon { capacity *= 2 }
    mask = Int64(capacity - 1)
    reach = Int64(capacity)
    lists = .allocate(capacity: capacity)
    lists.initialize(repeating: List(base: nil, count: 0, capacity: 0), count: capacity)
  }

  deinit {
    for index in 0...Int(mask) { lists[index].base?.deallocate() }
    for list in spare { list.base?.deallocate() }
    for list in far.values { list.base?.deallocate() }
    lists.deallocate()
  }

  /// Room for `count` more events at `step`; the caller writes them and nothing else before.
  ///
  /// - Complexity: amortised O(1).
  mutating func extend(by count: Int, at step: Int64) -> UnsafeMutablePointer<PendingEvent> {
    guard step < reach else { return extendFar(by: count, at: step) }
    let list = lists + Int(step & mask)
    if list.pointee.base == nil, let memory = spare.popLast() { list.pointee = memory }
    return EventCalendar.extend(list, by: count)
  }

  private static func extend(
    _ list: UnsafeMutablePointer<List>, by count: Int
  ) -> UnsafeMutablePointer<PendingEvent> {
    let needed = list.pointee.count + count
    if needed > list.pointee.capacity { grow(list, to: needed) }
    let free = list.pointee.base.unsafelyUnwrapped + list.pointee.count
    list.pointee.count = needed
    return free
  }

  private mutating func extendFar(
    by count: Int, at step: Int64
  ) -> UnsafeMutablePointer<PendingEvent> {
    EventCalendar.extend(
      &far[step, default: List(base: nil, count: 0, capacity: 0)], by: count)
  }

  /// Prepares the reading of the steps before `end`: what was too far away for the ring joins it,
  /// and the ring reaches that much further.
  mutating func approach(_ end: Int64) {
    guard !far.isEmpty else { return }
    for step in far.keys.filter({ $0 < end }) {
      guard let waiting = far.removeValue(forKey: step), let base = waiting.base else { continue }
      let list = lists + Int(step & mask)
      EventCalendar.extend(list, by: waiting.count)
        .update(from: base, count: waiting.count)
      base.deallocate()
    }
  }

  /// Says that the steps before `end` have been read.
  mutating func leave(_ end: Int64) { reach = max(reach, end + mask + 1) }

  mutating func append(_ event: PendingEvent, at step: Int64) {
    extend(by: 1, at: step).pointee = event
  }

  /// What waits for `step`, in the order of arrival here.
  func events(at step: Int64) -> UnsafeBufferPointer<PendingEvent> {
    let list = lists[Int(step & mask)]
    return UnsafeBufferPointer(start: list.base, count: list.count)
  }

  mutating func clear(step: Int64) {
    leave(step + 1)
    let list = lists + Int(step & mask)
    guard list.pointee.base != nil else { return }
    list.pointee.count = 0
    spare.append(list.pointee)
    list.pointee = List(base: nil, count: 0, capacity: 0)
  }

  private static func grow(_ list: UnsafeMutablePointer<List>, to needed: Int) {
    let capacity = max(needed, list.pointee.capacity * 2, 64)
    let base = UnsafeMutablePointer<PendingEvent>.allocate(capacity: capacity)
    if let old = list.pointee.base {
      base.moveInitialize(from: old, count: list.pointee.count)
      old.deallocate()
    }
    list.pointee.base = base
    list.pointee.capacity = capacity
  }
}
