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
  var calendar: EventCalendar

  private let kernel: any Kernel
  private let uniforms: [Double]
  private let streams: [UInt64]
  private let dt: Double
  let state: StateBlocks
  private var events: VisitEvents
  /// Lanes whose second reset the first epoch must not see yet, ascending, and its bit.
  private var withheld: [Int] = []
  private var withheldBit: UInt64 = 0

  /// - Parameters:
  ///   - horizon: the largest distance in steps from the step that is running to one that an
  ///     event waits for.
  ///   - streams: one key per random occurrence of the program.
  init(
    population: Int, neurons: Range<Int>, blockSize: Int?, program: Program, kernel: any Kernel,
    uniforms: [Double], streams: [UInt64], dt: Double, horizon: Int
  ) {
    self.population = population
    self.neurons = neurons
    self.program = program
    self.kernel = kernel
    self.uniforms = uniforms
    self.streams = streams
    self.dt = dt
    layout = CohortLayout(neurons: neurons.count, blockSize: blockSize)
    state = StateBlocks(of: program, layout: layout)
    calendar = EventCalendar(horizon: horizon)
    events = VisitEvents(
      slots: layout.slots, lanes: layout.lanes, groupWidth: kernel.groupWidth(lanes: layout.lanes))
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
      withVisit(ofBlock: block, from: 0, steps: 0) { visit in body(portable, visit, scratch.base) }
    }
  }

  /// Sorts what arrives in the epoch into the order of the visits to come.
  func collectEvents(of epoch: Epoch) {
    events.collect(from: &calendar, first: epoch.start, steps: epoch.steps)
  }

  /// As `collectEvents`, for the tail of the step before `step`, when no step follows it.
  func collectFinalEvents(before step: Int64) {
    events.collect(from: &calendar, first: step, steps: 1)
  }

  /// Runs one block through the steps of an epoch; no step is the tail of the one before alone.
  ///
  /// - Returns: how many marks were left in `marks`.
  func visit(
    block: Int, from start: Int64, steps: Int, marks: UnsafeMutablePointer<coppice_mark>,
    scratch: UnsafeMutableRawPointer, starts: UnsafeBufferPointer<coppice_start>? = nil,
    probes: ProbeRows?
  ) -> Int {
    withVisit(ofBlock: block, from: start, steps: steps) { visit in
      visit.pointee.marks = marks
      if let starts {
        visit.pointee.starts = starts.baseAddress
        visit.pointee.start_count = UInt32(starts.count)
      }
      if let probes {
        visit.pointee.probe_due = probes.due
        visit.pointee.probe_groups = probes.groups
        visit.pointee.probe_rows = probes.rows
      }
      kernel.visit(visit, scratch: scratch)
      return Int(visit.pointee.mark_count)
    }
  }

  private func withVisit<Result>(
    ofBlock block: Int, from start: Int64, steps: Int,
    _ body: (UnsafeMutablePointer<coppice_visit>) -> Result
  ) -> Result {
    uniforms.withUnsafeBufferPointer { uniforms in
      streams.withUnsafeBufferPointer { streams in
        var visit = coppice_visit()
        visit.first_step = start
        visit.steps = UInt32(steps)
        visit.lanes = UInt32(layout.lanes)
        visit.live_lanes = UInt32(layout.liveLanes(ofBlock: block))
        visit.first_neuron = UInt64(
          neurons.lowerBound + layout.neuron(ofBlock: block, lane: 0))
        visit.dt = dt
        visit.state = state.block(block).assumingMemoryBound(to: UInt8.self)
        visit.uniforms = uniforms.baseAddress
        visit.streams = streams.baseAddress
        visit.events = events.base
        visit.event_offsets = events.offsets(ofBlock: block)
        return withUnsafeMutablePointer(to: &visit, body)
      }
    }
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
