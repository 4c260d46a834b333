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
  private let blockBytes: Int
  private let state: AlignedBuffer
  private var events: VisitEvents

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
    // Each block begins at a cache line: kernels load whole vectors.
    blockBytes = (program.bytesPerLane * layout.lanes + 63) & ~63
    state = AlignedBuffer(count: blockBytes * layout.blocks)
    calendar = EventCalendar(horizon: horizon)
    events = VisitEvents(
      slots: layout.slots, lanes: layout.lanes, groupWidth: kernel.groupWidth(lanes: layout.lanes))
  }

  /// What a worker must offer to a visit.
  var scratchBytes: Int { kernel.scratchBytes(lanes: layout.lanes) }
  var kindsOfMarks: Int { 1 + program.events.count }

  /// The bytes of a column in one block.
  func column(_ column: Int, ofBlock block: Int) -> UnsafeMutableRawPointer {
    state.base + block * blockBytes + program.byteOffset(ofColumn: column) * layout.lanes
  }

  /// Fills every lane with initial values: those of the columns, then `values` per neuron, then
  /// the program's initial statements.
  func initialise(values: [(column: Int, value: (Int) -> Double)], portable: PortableKernel) {
    let scratch = AlignedBuffer(count: portable.scratchBytes(lanes: layout.lanes))
    for block in 0..<layout.blocks {
      for place in program.columns.indices {
        fill(place, ofBlock: block) { _ in self.program.columns[place].initialValue }
      }
      for (place, value) in values { fill(place, ofBlock: block, with: value) }
      withVisit(ofBlock: block, from: 0, steps: 0) { visit in
        portable.initialise(visit, scratch: scratch.base)
        portable.derive(visit, scratch: scratch.base)
      }
    }
  }

  private func fill(_ place: Int, ofBlock block: Int, with value: (Int) -> Double) {
    let bytes = column(place, ofBlock: block)
    let live = layout.liveLanes(ofBlock: block)
    for lane in 0..<layout.lanes {
      // Padding lanes repeat the last neuron, so that they compute what is computed anyway.
      let neuron = neurons.lowerBound + layout.neuron(ofBlock: block, lane: min(lane, live - 1))
      switch program.columns[place].element {
      case .real: bytes.storeBytes(of: value(neuron), toByteOffset: lane * 8, as: Double.self)
      case .bits: bytes.storeBytes(of: 0, toByteOffset: lane * 8, as: UInt64.self)
      case .flag:
        bytes.storeBytes(of: value(neuron) != 0 ? 1 : 0, toByteOffset: lane, as: UInt8.self)
      }
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
    scratch: UnsafeMutableRawPointer, probes: ProbeRows?
  ) -> Int {
    withVisit(ofBlock: block, from: start, steps: steps) { visit in
      visit.pointee.marks = marks
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
        visit.state = (state.base + block * blockBytes).assumingMemoryBound(to: UInt8.self)
        visit.uniforms = uniforms.baseAddress
        visit.streams = streams.baseAddress
        visit.events = events.base
        visit.event_offsets = events.offsets(ofBlock: block)
        return withUnsafeMutablePointer(to: &visit, body)
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
