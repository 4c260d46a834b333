import KernelABI
import RandomNumbers

@testable import Kernels

/// What comes and is recorded in a run of one block: alike for every kernel.
struct BlockScenario {
  var program: Program
  var uniforms: [Double]
  var lanes: Int
  var liveLanes: Int
  var firstStep: Int64 = 0
  var steps: Int
  /// `step` counts from the first step of the run.
  var events: [coppice_event] = []
  /// `step` counts from the first step of the run.
  var starts: [WrittenStart] = []
  /// Steps with a probe row, counted from the first step of the run.
  var probeSteps: Set<Int> = []
  var probeGroups: [UInt8]
  var state: [UInt8]
  let layout: StateLayout

  /// A block whose columns hold their initial values.
  init(
    _ program: Program, uniforms: [Double], lanes: Int, liveLanes: Int, steps: Int
  ) {
    self.program = program
    layout = StateLayout(program)
    self.uniforms = uniforms
    self.lanes = lanes
    self.liveLanes = liveLanes
    self.steps = steps
    probeGroups = .init(repeating: 1, count: lanes / Int(COPPICE_GROUP_LANES))
    state = [UInt8](repeating: 0, count: layout.blockBytes(lanes: lanes))
    for (place, column) in program.columns.enumerated() {
      for lane in 0..<lanes {
        switch column.element {
        case .real, .single: store(column.initialValue, column: place, lane: lane)
        case .bits: break
        case .flag:
          state[layout.byteOffset(ofColumn: place, lane: lane, lanes: lanes)] =
            column.initialValue == 0 ? 0 : 1
        }
      }
    }
  }

  private mutating func store(_ value: Double, column: Int, lane: Int) {
    let offset = layout.byteOffset(ofColumn: column, lane: lane, lanes: lanes)
    if program.columns[column].element == .single {
      withUnsafeBytes(of: Float(value)) { state.replaceSubrange(offset..<offset + 4, with: $0) }
    } else {
      withUnsafeBytes(of: value) { state.replaceSubrange(offset..<offset + 8, with: $0) }
    }
  }

  /// Evaluates initial values and derived columns.
  mutating func initialise(with portable: PortableKernel) {
    coppice_flush_denormals()
    defer { coppice_keep_denormals() }
    let streams = self.streams
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: max(portable.scratchBytes(lanes: lanes), 64), alignment: 64)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(state.count, 64), alignment: 64)
    defer {
      room.deallocate()
      memory.deallocate()
    }
    memory.copyMemory(from: state, byteCount: state.count)
    uniforms.withUnsafeBufferPointer { uniforms in
      streams.withUnsafeBufferPointer { streams in
        var visit = coppice_visit()
        visit.lanes = UInt32(lanes)
        visit.live_lanes = UInt32(liveLanes)
        visit.first_neuron = Self.firstNeuron
        visit.state = memory.assumingMemoryBound(to: UInt8.self)
        visit.uniforms = uniforms.baseAddress
        visit.streams = streams.baseAddress
        uniforms.singles.withUnsafeBufferPointer { singles in
          visit.singles = singles.baseAddress
          portable.initialise(&visit, scratch: room)
          portable.derive(&visit, scratch: room)
        }
      }
    }
    state = Array(UnsafeRawBufferPointer(start: memory, count: state.count))
  }

  private static let firstNeuron: UInt64 = 1000

  private var streams: [UInt64] {
    program.occurrences.indices.map { 0x1234_5678_9ABC_DEF0 &+ UInt64($0) }
  }

  /// Gives the real columns other numbers in every lane.
  mutating func scatterState(_ random: inout SplitMix, by spread: Double) {
    for (place, column) in program.columns.enumerated()
    where column.element.isNumber && column.role == .variable {
      for lane in 0..<lanes {
        let factor = 1 + Double.random(in: -spread...spread, using: &random)
        let value = column.initialValue * factor + Double.random(in: 0...spread, using: &random)
        store(value, column: place, lane: lane)
      }
    }
  }

  /// Lets events come at live lanes, at random ports, several at once now and then.
  mutating func scatterEvents(
    _ random: inout SplitMix, rate: Double, payloads: ClosedRange<Double>, ports: Int? = nil
  ) {
    let ports = min(ports ?? .max, program.ports.count)
    guard ports > 0 else { return }
    for step in 0..<steps {
      for lane in 0..<liveLanes {
        while Double.random(in: 0..<1, using: &random) < rate {
          events.append(
            coppice_event(
              step: UInt32(step), lane: UInt32(lane),
              port: UInt32.random(in: 0..<UInt32(ports), using: &random),
              synapse: UInt32.random(in: 0..<1000, using: &random),
              payload: Double.random(in: payloads, using: &random)))
        }
      }
    }
  }

  /// Lets starts come at random steps.
  mutating func scatterStarts(_ random: inout SplitMix) {
    guard !program.starts.isEmpty else { return }
    for step in 0..<steps {
      for code in program.starts.indices where random.chance(0.3) {
        starts.append(
          WrittenStart(
            step: step, code: code, value: random.number(-1...1),
            values: random.chance(0.5) ? (0..<lanes).map { _ in random.number(-1...1) } : nil,
            lanes: random.chance(0.5)
              ? Set((0..<lanes).filter { _ in random.chance(0.3) }) : nil))
      }
    }
  }

  /// Starts of some steps, counted from the first of them.
  private func starts(from first: Int, steps count: Int) -> [WrittenStart] {
    starts.filter { $0.step >= first && $0.step < first + count }.map { start in
      var start = start
      start.step -= first
      return start
    }
  }

  /// Events of some steps, in the order that a kernel asks for, and where each group's begin.
  func events(
    from first: Int, steps count: Int, groupWidth: Int
  ) -> (events: [coppice_event], offsets: [UInt32]) {
    let due = events.filter { $0.step >= first && $0.step < first + max(count, 1) }
      .map { event in
        var event = event
        event.step -= UInt32(first)
        return event
      }
      .sorted { a, b in
        Self.key(a, groupWidth).lexicographicallyPrecedes(Self.key(b, groupWidth))
      }
    let groups = (lanes + groupWidth - 1) / groupWidth
    var offsets = [UInt32](repeating: 0, count: groups + 1)
    for event in due { offsets[Int(event.lane) / groupWidth + 1] += 1 }
    for group in 0..<groups { offsets[group + 1] += offsets[group] }
    return (due, offsets)
  }

  private static func key(_ event: coppice_event, _ width: Int) -> [UInt32] {
    [event.lane / UInt32(width), event.step, event.lane, event.port, event.synapse]
  }
}

/// All that a run of a block leaves behind.
struct BlockOutcome: Equatable {
  struct Mark: Hashable, Comparable {
    var step: Int
    var kind: UInt16
    var lane: UInt32

    static func < (a: Mark, b: Mark) -> Bool {
      (a.step, a.kind, a.lane) < (b.step, b.kind, b.lane)
    }
  }

  /// Bits of every column in the live lanes; all NaN are alike.
  var columns: [[UInt64]] = []
  var marks: [Mark] = []
  /// Bits of each probe row, live lanes only.
  var probes: [[UInt64]] = []
  /// Whether the marks of each step and kind came in the order of lanes.
  var areMarksSorted = true
  /// Whether visits have left no sums behind.
  var areSumsTaken = true
  /// Amounts that were added up before visits.
  var summed = 0

  static func == (a: BlockOutcome, b: BlockOutcome) -> Bool {
    a.columns == b.columns && a.marks == b.marks && a.probes == b.probes
      && a.areMarksSorted == b.areMarksSorted && a.areSumsTaken && b.areSumsTaken
  }
}

extension BlockScenario {
  /// Runs the block by visits of so many steps, and the last tail.
  ///
  /// - Parameter isSummed: what can be added up before a visit comes as sums, the rest as events.
  func run(_ kernel: some Kernel, visits: Int, isSummed: Bool = false) -> BlockOutcome {
    coppice_flush_denormals()
    defer { coppice_keep_denormals() }
    var outcome = BlockOutcome()
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(state.count, 64), alignment: 64)
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: max(kernel.scratchBytes(lanes: lanes), 64), alignment: 64)
    defer {
      memory.deallocate()
      scratch.deallocate()
    }
    memory.copyMemory(from: state, byteCount: state.count)
    let sums = BlockSums(program, uniforms: uniforms, lanes: lanes, depth: visits + 1)
    sums.isUsed = isSummed
    var step = 0
    while step < steps {
      let count = min(visits, steps - step)
      visit(kernel, from: step, steps: count, memory, scratch, sums, into: &outcome)
      step += count
    }
    visit(kernel, from: steps, steps: 0, memory, scratch, sums, into: &outcome)
    outcome.summed = sums.added
    outcome.areSumsTaken = sums.isEmpty
    outcome.marks.sort()
    outcome.columns = columns(of: memory)
    return outcome
  }

  private func visit(
    _ kernel: some Kernel, from first: Int, steps count: Int, _ memory: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ sums: BlockSums, into outcome: inout BlockOutcome
  ) {
    let width = kernel.groupWidth(lanes: lanes)
    var (events, offsets) = events(from: first, steps: count, groupWidth: width)
    sums.take(&events, &offsets, groupWidth: width)
    let due = (0..<count).map { UInt8(probeSteps.contains(first + $0) ? 1 : 0) }
    let probes = program.probe.outputs.count
    let rows = due.reduce(0) { $0 + Int($1) }
    var row = [Double](repeating: -1, count: max(1, rows * probes * lanes))
    var marks = [coppice_mark](
      repeating: coppice_mark(), count: max(1, liveLanes * count * (1 + program.events.count)))
    let streams = self.streams
    let singles = self.uniforms.singles
    var written = 0
    events.withUnsafeBufferPointer { events in
      offsets.withUnsafeBufferPointer { offsets in
        uniforms.withUnsafeBufferPointer { uniforms in
          streams.withUnsafeBufferPointer { streams in
            due.withUnsafeBufferPointer { due in
              probeGroups.withUnsafeBufferPointer { groups in
                marks.withUnsafeMutableBufferPointer { marks in
                  row.withUnsafeMutableBufferPointer { row in
                    var visit = coppice_visit(
                      first_step: firstStep + Int64(first), steps: UInt32(count),
                      lanes: UInt32(lanes), live_lanes: UInt32(liveLanes), mark_count: 99,
                      first_neuron: Self.firstNeuron, dt: 1e-4,
                      state: memory.assumingMemoryBound(to: UInt8.self),
                      uniforms: uniforms.baseAddress, singles: nil, streams: streams.baseAddress,
                      pending: sums.pending, sums: sums.sums, sums_due: UnsafePointer(sums.due),
                      sum_depth: UInt32(sums.depth),
                      events: events.baseAddress, event_offsets: offsets.baseAddress,
                      marks: marks.baseAddress, probe_due: rows > 0 ? due.baseAddress : nil,
                      probe_groups: groups.baseAddress, probe_rows: row.baseAddress,
                      starts: nil, start_count: 0)
                    let starts = starts(from: first, steps: count)
                    WrittenStart.with(starts, lanes: lanes) { list, count in
                      (visit.starts, visit.start_count) = (list, count)
                      singles.withUnsafeBufferPointer { singles in
                        visit.singles = singles.baseAddress
                        kernel.visit(&visit, scratch: scratch)
                      }
                    }
                    written = Int(visit.mark_count)
                  }
                }
              }
            }
          }
        }
      }
    }
    var newest: [[UInt16]: UInt32] = [:]
    for mark in marks[..<written] {
      let lane = newest.updateValue(mark.lane, forKey: [mark.step, mark.kind])
      if let lane, lane >= mark.lane { outcome.areMarksSorted = false }
    }
    outcome.marks += marks[..<written].map {
      .init(step: first + Int($0.step), kind: $0.kind, lane: $0.lane)
    }
    for start in stride(from: 0, to: rows * probes * lanes, by: lanes) {
      outcome.probes.append(row[start..<start + liveLanes].map(Self.bits))
    }
  }

  private func columns(of memory: UnsafeMutableRawPointer) -> [[UInt64]] {
    program.columns.enumerated().map { place, column in
      (0..<liveLanes).map { lane in
        let offset = layout.byteOffset(ofColumn: place, lane: lane, lanes: lanes)
        return switch column.element {
        case .real: Self.bits(memory.load(fromByteOffset: offset, as: Double.self))
        case .single: Self.bits(Double(memory.load(fromByteOffset: offset, as: Float.self)))
        case .bits: memory.load(fromByteOffset: offset, as: UInt64.self)
        case .flag: UInt64(memory.load(fromByteOffset: offset, as: UInt8.self))
        }
      }
    }
  }

  private static func bits(_ number: Double) -> UInt64 {
    number.isNaN ? Double.nan.bitPattern : number.bitPattern
  }
}
