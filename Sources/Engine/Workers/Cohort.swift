import KernelABI
import Kernels
import Networks

/// The neurons of one population that one worker owns: their state in blocks, and the events on
/// their way to them.
///
/// A cohort shares nothing with other cohorts; only its worker touches it between two exchanges.
final class Cohort {
  /// Place in `Network.populations`.
  let population: Int
  /// Indices in the population.
  let neurons: Range<Int>
  let layout: CohortLayout
  let program: Program
  // Why accesses go unchecked stands at `Worker`.
  @exclusivity(unchecked) var calendar: EventCalendar

  private let kernel: any Kernel
  let state: StateBlocks
  @exclusivity(unchecked) private var events: VisitEvents
  /// Projections whose arrivals are added up, in the order of the job.
  private let summed: [SummedInlet]
  @exclusivity(unchecked) private var sums: ArrivalSums
  /// What every visit is given, but for its block and steps.
  private let visit: UnsafeMutablePointer<coppice_visit>
  private let uniforms: UnsafeMutablePointer<Double>
  private let singles: UnsafeMutablePointer<Float>
  private let streams: UnsafeMutablePointer<UInt64>
  /// By block: flags of groups that wait for the next tail.
  private let pending: UnsafeMutablePointer<UInt8>
  private let groupsPerBlock: Int
  /// Lanes whose second reset the first epoch must not see yet, ascending, and its bit.
  private var withheld: [Int] = []
  private var withheldBit: UInt64 = 0

  /// - Parameters:
  ///   - horizon: the largest distance in steps from the step that is running to one that an
  ///     event waits for.
  ///   - streams: one key per random occurrence of the program.
  ///   - summed: projections whose arrivals are added up, in the order of the job.
  init(
    population: Int, neurons: Range<Int>, blockSize: Int?, program: Program, kernel: any Kernel,
    uniforms: [Double], streams: [UInt64], dt: Double, horizon: Int, summed: [SummedInlet] = []
  ) {
    self.population = population
    self.neurons = neurons
    self.program = program
    self.kernel = kernel
    self.summed = summed
    layout = CohortLayout(neurons: neurons.count, blockSize: blockSize)
    state = StateBlocks(of: program, layout: layout)
    calendar = EventCalendar(horizon: horizon)
    let width = kernel.groupWidth(lanes: layout.lanes)
    events = VisitEvents(slots: layout.slots, lanes: layout.lanes, groupWidth: width)
    sums = ArrivalSums(layout: layout, count: program.sums.count)
    self.uniforms = .allocate(capacity: max(uniforms.count, 1))
    for (place, value) in uniforms.enumerated() { self.uniforms[place] = value }
    singles = .allocate(capacity: max(uniforms.count, 1))
    for (place, value) in uniforms.singles.enumerated() { singles[place] = value }
    self.streams = .allocate(capacity: max(streams.count, 1))
    for (place, key) in streams.enumerated() { self.streams[place] = key }
    groupsPerBlock = layout.lanes / width
    pending = .allocate(capacity: max(groupsPerBlock * layout.blocks, 1))
    pending.initialize(repeating: 1, count: max(groupsPerBlock * layout.blocks, 1))
    visit = .allocate(capacity: 1)
    visit.initialize(to: coppice_visit())
    visit.pointee.lanes = UInt32(layout.lanes)
    visit.pointee.dt = dt
    visit.pointee.uniforms = UnsafePointer(self.uniforms)
    visit.pointee.singles = UnsafePointer(singles)
    visit.pointee.streams = UnsafePointer(self.streams)
  }

  deinit {
    visit.deallocate()
    uniforms.deallocate()
    singles.deallocate()
    streams.deallocate()
    pending.deallocate()
  }

  /// What a worker must offer to a visit.
  var scratchBytes: Int { kernel.scratchBytes(lanes: layout.lanes) }
  var kindsOfMarks: Int { 1 + program.events.count }

  /// Fills every lane with initial values: those of the columns, then `values` per neuron, then
  /// the program's initial statements.
  func initialise(values: [(column: Int, value: (Int) -> Double)], portable: PortableKernel) {
    for block in 0..<layout.blocks {
      for place in program.columns.indices {
        state.fill(place, ofBlock: block) { _ in self.program.columns[place].initialValue }
      }
      for (place, value) in values {
        state.fill(place, ofBlock: block) { value(self.neurons.lowerBound + $0) }
      }
    }
    evaluate(portable) { portable, visit, scratch in
      portable.initialise(visit, scratch: scratch)
      portable.derive(visit, scratch: scratch)
    }
  }

  /// Fills the derived columns anew, after others were set.
  func derive(portable: PortableKernel) {
    evaluate(portable) { portable, visit, scratch in portable.derive(visit, scratch: scratch) }
  }

  private func evaluate(
    _ portable: PortableKernel,
    _ body: (PortableKernel, UnsafeMutablePointer<coppice_visit>, UnsafeMutableRawPointer) -> Void
  ) {
    let scratch = AlignedBuffer(count: portable.scratchBytes(lanes: layout.lanes))
    for block in 0..<layout.blocks {
      prepareVisit(ofBlock: block, from: 0, steps: 0)
      body(portable, visit, scratch.base)
    }
  }

  /// Begins with what arrives in the epoch: sorts events into the order of the visits to come.
  ///
  /// - Parameter isTail: the epoch stands for the tail of the last step.
  func beginArrivals(of epoch: Epoch, isTail: Bool = false) {
    events.collect(from: &calendar, first: epoch.start, steps: epoch.steps)
    guard !summed.isEmpty else { return }
    sums.prepare(steps: epoch.steps)
    for inlet in summed { inlet.begin(epoch, tiles: sums.tiles, isTail: isTail) }
  }

  /// Adds up what arrives in the epoch at blocks that are visited next.
  ///
  /// - Returns: the blocks, from `block` on.
  func addArrivals(fromBlock block: Int, in epoch: Epoch) -> Range<Int> {
    guard !summed.isEmpty else { return block..<layout.blocks }
    let tile = sums.tile(fromBlock: block)
    let number = block / sums.blocksPerTile
    for inlet in summed { inlet.add(to: tile, number: number, of: sums, in: epoch) }
    return block..<min(block + sums.blocksPerTile, layout.blocks)
  }

  func endArrivals(of epoch: Epoch) {
    for inlet in summed { inlet.end(epoch) }
  }

  /// Runs one block through the steps of an epoch; no step is the tail of the one before alone.
  ///
  /// - Returns: how many marks were left in `marks`.
  func visit(
    block: Int, from start: Int64, steps: Int, marks: UnsafeMutablePointer<coppice_mark>,
    scratch: UnsafeMutableRawPointer, starts: UnsafeBufferPointer<coppice_start>? = nil,
    probes: ProbeRows?
  ) -> Int {
    prepareVisit(ofBlock: block, from: start, steps: steps)
    visit.pointee.marks = marks
    visit.pointee.starts = starts?.baseAddress
    visit.pointee.start_count = UInt32(starts?.count ?? 0)
    visit.pointee.probe_due = probes?.due
    visit.pointee.probe_groups = probes?.groups
    visit.pointee.probe_rows = probes?.rows
    kernel.visit(visit, scratch: scratch)
    if !summed.isEmpty { sums.clear(block: block) }
    return Int(visit.pointee.mark_count)
  }

  private func prepareVisit(ofBlock block: Int, from start: Int64, steps: Int) {
    visit.pointee.first_step = start
    visit.pointee.steps = UInt32(steps)
    visit.pointee.live_lanes = UInt32(layout.liveLanes(ofBlock: block))
    visit.pointee.first_neuron = UInt64(
      neurons.lowerBound + layout.neuron(ofBlock: block, lane: 0))
    visit.pointee.state = state.block(block).assumingMemoryBound(to: UInt8.self)
    visit.pointee.pending = pending + block * groupsPerBlock
    visit.pointee.events = events.base
    visit.pointee.event_offsets = events.offsets(ofBlock: block)
    guard !summed.isEmpty else { return }
    let waiting = sums.sums(ofBlock: block)
    visit.pointee.sums = waiting.sums
    visit.pointee.sums_due = waiting.due
    visit.pointee.sum_depth = UInt32(sums.depth)
  }
}

/// What a checkpoint changes.
extension Cohort {
  /// Sets a saved column of all neurons; the first one's value is at `first`.
  func restore(_ column: Int, to values: CheckpointSection.Values, from first: Int) {
    state.set(column, to: values, from: first)
  }

  /// Makes whole what was restored, at an instant.
  ///
  /// Where the tail of the last step was run already it will be run once more, and must find
  /// nothing to do: arrivals are not delivered again, and pending flags are down. Only a second
  /// reset after 64 steps, the most there can be, was put there by that very tail into the bit that
  /// it looks at; it is withheld until it has.
  func completeRestoring(at instant: CheckpointInstant, portable: PortableKernel) {
    derive(portable: portable)
    guard instant.arrivalsFrom > instant.step, let second = program.secondReset,
      second.width == 64, let pending = second.pending
    else { return }
    let bit: UInt64 = 1 << UInt64((instant.step - 1) & 63)
    forEachWord(of: pending) { slot, word in
      guard word & bit != 0 else { return }
      withheld.append(slot)
      word &= ~bit
    }
    withheldBit = bit
  }

  /// Gives back what was withheld from the first epoch.
  func giveBack() {
    guard !withheld.isEmpty, let pending = program.secondReset?.pending else { return }
    var next = withheld.makeIterator()
    var slot = next.next()
    forEachWord(of: pending) { place, word in
      guard place == slot else { return }
      word |= withheldBit
      slot = next.next()
    }
    withheld = []
  }

  private func forEachWord(of column: Int, _ body: (_ slot: Int, inout UInt64) -> Void) {
    for block in 0..<layout.blocks {
      for lane in 0..<layout.lanes {
        let word = state.value(ofColumn: column, block: block, lane: lane)
          .assumingMemoryBound(to: UInt64.self)
        body(block * layout.lanes + lane, &word.pointee)
      }
    }
  }
}

/// Where a visit puts what recordings read of one block.
struct ProbeRows {
  /// One byte per step of the epoch.
  var due: UnsafePointer<UInt8>
  /// One byte per eight lanes of the block.
  var groups: UnsafePointer<UInt8>
  /// [due row][probe][lane]
  var rows: UnsafeMutablePointer<Double>
}
