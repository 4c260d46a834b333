import KernelABI
import Networks

/// What stimuli and schedule do to one cohort: a list for every visit of a block.
final class CohortStarts {
  /// One of the program's starts as this cohort sees it.
  private struct Action {
    var course: StartCourse
    /// Of the chosen neurons that are here: the place of the first in the choice, and in order
    /// the slot of each.
    var firstPlace: Int
    var slots: [UInt32]
    /// By block, where its slots begin in `slots`; one more than there are blocks.
    var firstOfBlock: [Int]
    /// Where its flags begin in `masks`; `nil`: it takes all neurons.
    var mask: Int?

    func places(ofBlock block: Int) -> Range<Int> { firstOfBlock[block]..<firstOfBlock[block + 1] }
  }

  /// An action at a step of the epoch.
  private struct Moment {
    var k: UInt32
    var action: Int
    var payload: StartCourse.Payload
  }

  private let layout: CohortLayout
  private let actions: [Action]
  /// One flag per slot of the cohort for each action that does not take all neurons.
  private let masks: AlignedBuffer
  // Why accesses go unchecked stands at `Worker`.
  @exclusivity(unchecked) private var moments: [Moment] = []
  @exclusivity(unchecked) private var list = GrowingList<coppice_start>(capacity: 64)
  /// Rows of payloads, one number per lane of a block.
  private var rows = AlignedBuffer(count: 0)
  private var usedRows = 0

  /// - Parameters:
  ///   - neurons: of the cohort, in its population.
  ///   - actions: of the program's starts, in their order: when, and on which neurons.
  init(
    layout: CohortLayout, neurons: Range<Int>, actions: [(course: StartCourse, neurons: [Int])]
  ) {
    self.layout = layout
    var all: [Action] = []
    var maskBytes = 0
    for (course, chosen) in actions {
      let here = CohortStarts.places(of: neurons, in: chosen)
      let slots = chosen[here].map { UInt32(layout.slot(ofNeuron: $0 - neurons.lowerBound)) }
      var counts = [Int](repeating: 0, count: layout.blocks + 1)
      for slot in slots { counts[Int(slot) / layout.lanes + 1] += 1 }
      for block in 0..<layout.blocks { counts[block + 1] += counts[block] }
      let isPartial = slots.count < neurons.count
      all.append(
        Action(
          course: course, firstPlace: here.lowerBound, slots: slots, firstOfBlock: counts,
          mask: isPartial ? maskBytes : nil))
      if isPartial { maskBytes += layout.slots }
    }
    self.actions = all
    masks = AlignedBuffer(count: maskBytes)
    masks.base.initializeMemory(as: UInt8.self, repeating: 0, count: masks.count)
    for action in all {
      guard let mask = action.mask else { continue }
      for slot in action.slots {
        masks.base.storeBytes(of: 1, toByteOffset: mask + Int(slot), as: UInt8.self)
      }
    }
  }

  /// The places of the neurons of a range in an ascending list.
  private static func places(of range: Range<Int>, in neurons: [Int]) -> Range<Int> {
    func first(notBefore bound: Int) -> Int {
      var low = 0
      var high = neurons.count
      while low < high {
        let middle = (low + high) / 2
        if neurons[middle] < bound { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let lower = first(notBefore: range.lowerBound)
    return lower..<max(lower, first(notBefore: range.upperBound))
  }

  /// Finds what acts in the steps of an epoch.
  func begin(_ epoch: Epoch) {
    moments.removeAll(keepingCapacity: true)
    for (index, action) in actions.enumerated() where !action.slots.isEmpty {
      action.course.forEach(in: epoch) { step, payload in
        moments.append(Moment(k: UInt32(step - epoch.start), action: index, payload: payload))
      }
    }
    // Actions were gone through in their order, which is that of one step.
    if actions.count > 1 { moments.sort { ($0.k, $0.action) < ($1.k, $1.action) } }
  }

  /// What the visit of a block in that epoch is given; good until the next call.
  func starts(ofBlock block: Int) -> UnsafeBufferPointer<coppice_start> {
    list.removeAll()
    guard !moments.isEmpty else { return list.elements }
    // Room first: rows must stay where they are while the list points to them.
    let bytes = moments.count * layout.lanes * 8
    if rows.count < bytes { rows = AlignedBuffer(count: bytes) }
    usedRows = 0
    for moment in moments {
      let action = actions[moment.action]
      let places = action.places(ofBlock: block)
      guard !places.isEmpty else { continue }
      var start = coppice_start()
      start.step = moment.k
      start.code = UInt32(moment.action)
      if let mask = action.mask {
        start.where = UnsafePointer(
          (masks.base + mask + block * layout.lanes).assumingMemoryBound(to: UInt8.self))
      }
      switch moment.payload {
      case .scalar(let value): start.value = value
      case .row(let first): start.values = row(of: action, places, first: first, block: block)
      }
      list.append(start)
    }
    return list.elements
  }

  /// Spreads the values of a block's neurons over its lanes.
  private func row(
    of action: Action, _ places: Range<Int>, first: Int, block: Int
  ) -> UnsafePointer<Double> {
    let row = (rows.base + usedRows * layout.lanes * 8)
      .initializeMemory(as: Double.self, repeating: 0, count: layout.lanes)
    usedRows += 1
    let shift = first + action.firstPlace
    let firstSlot = UInt32(block * layout.lanes)
    for place in places {
      row[Int(action.slots[place] - firstSlot)] = action.course.values[shift + place]
    }
    // Padding lanes repeat the last neuron.
    let live = layout.liveLanes(ofBlock: block)
    for lane in live..<layout.lanes { row[lane] = row[live - 1] }
    return UnsafePointer(row)
  }
}
