import KernelABI

/// The events of one epoch of one cohort, in the order in which kernels read them.
///
/// The order is by the whole key (group, step, lane, port, synapse): sums at a neuron do not
/// depend on the order in which ranks, threads and calendars have brought the events.
struct VisitEvents: ~Copyable {
  private var events: UnsafeMutablePointer<coppice_event>
  private var capacity: Int
  /// Where each group of lanes begins in `events`; one more than there are groups.
  private let offsets: UnsafeMutablePointer<UInt32>
  private var isEmpty = true
  private let groups: Int
  private let groupWidth: UInt32
  private let lanes: UInt32

  /// - Parameters:
  ///   - slots: lanes of the whole cohort, padding included.
  ///   - lanes: lanes of one block, a multiple of `groupWidth`.
  init(slots: Int, lanes: Int, groupWidth: Int) {
    groups = slots / groupWidth
    self.groupWidth = UInt32(groupWidth)
    self.lanes = UInt32(lanes)
    capacity = 1024
    events = .allocate(capacity: capacity)
    offsets = .allocate(capacity: groups + 2)
    offsets.initialize(repeating: 0, count: groups + 2)
  }

  deinit {
    events.deallocate()
    offsets.deallocate()
  }

  /// All events, for `coppice_visit.events`.
  var base: UnsafePointer<coppice_event> { UnsafePointer(events) }

  /// The offsets of a block's groups, for `coppice_visit.event_offsets`.
  func offsets(ofBlock block: Int) -> UnsafePointer<UInt32> {
    UnsafePointer(offsets) + block * Int(lanes / groupWidth)
  }

  /// Takes the events of `steps` steps from `first` on out of the calendar and sorts them.
  ///
  /// - Complexity: O(events + groups): a counting sort by group, then an insertion sort of each
  ///   step's handful.
  mutating func collect(from calendar: inout EventCalendar, first: Int64, steps: Int) {
    let end = first + Int64(steps)
    calendar.approach(end)
    defer { calendar.leave(end) }
    let isAny = (first..<end).contains { !calendar.events(at: $0).isEmpty }
    // Where there are no events and have been none the offsets are all zero.
    guard isAny || !isEmpty else { return }
    isEmpty = !isAny
    offsets.update(repeating: 0, count: groups + 2)
    // Counted two places ahead, so that after the scatter below `offsets[g]` is where g begins.
    let counts = offsets + 2
    var total = 0
    for step in first..<end {
      let waiting = calendar.events(at: step)
      total += waiting.count
      for event in waiting { counts[Int(event.slot / groupWidth)] &+= 1 }
    }
    guard total > 0 else { return }
    if total > capacity {
      events.deallocate()
      capacity = max(total, capacity * 2)
      events = .allocate(capacity: capacity)
    }
    for group in 0..<groups { offsets[group + 1] &+= offsets[group] }
    scatter(from: &calendar, first: first, steps: steps)
    for group in 0..<groups where offsets[group + 1] > offsets[group] + 1 {
      sort(Int(offsets[group])..<Int(offsets[group + 1]))
    }
  }

  private mutating func scatter(from calendar: inout EventCalendar, first: Int64, steps: Int) {
    let next = offsets + 1
    for k in 0..<steps {
      let step = first + Int64(k)
      for event in calendar.events(at: step) {
        let group = Int(event.slot / groupWidth)
        events[Int(next[group])] = coppice_event(
          step: UInt32(k), lane: event.slot % lanes, port: event.port, synapse: event.synapse,
          payload: event.payload)
        next[group] &+= 1
      }
      calendar.clear(step: step)
    }
  }

  /// Insertion sort: events come nearly in order, and few share a group and a step.
  private func sort(_ range: Range<Int>) {
    for index in range.dropFirst() {
      let event = events[index]
      var place = index
      while place > range.lowerBound, VisitEvents.precedes(event, events[place - 1]) {
        events[place] = events[place - 1]
        place -= 1
      }
      if place != index { events[place] = event }
    }
  }

  @inline(__always)
  private static func precedes(_ left: coppice_event, _ right: coppice_event) -> Bool {
    if left.step != right.step { return left.step < right.step }
    if left.lane != right.lane { return left.lane < right.lane }
    if left.port != right.port { return left.port < right.port }
    return left.synapse < right.synapse
  }
}
