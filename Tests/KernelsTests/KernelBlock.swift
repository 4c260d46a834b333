import KernelABI

@testable import Kernels

/// One block of a program's state, and a kernel that advances it.
final class KernelBlock {
  struct Arrival {
    var step: Int
    var lane: Int
    var port: Int
    var payload = 1.0
    var synapse = 0
  }

  struct Mark: Hashable {
    var step: Int
    var kind: Int
    var lane: Int
  }

  let program: Program
  let kernel: any Kernel
  let live: Int
  let lanes: Int
  private let layout: StateLayout
  private let state: UnsafeMutableRawPointer
  private let scratch: UnsafeMutableRawPointer
  private let uniforms: [Double]
  private let singles: [Float]
  private let streams: [UInt64]
  private let firstNeuron: UInt64
  private(set) var step: Int64 = 0
  private(set) var marks: [Mark] = []
  /// [row][probe][lane], rows of every step that was advanced.
  private(set) var probes: [[[Double]]] = []

  init(
    _ program: Program, kernel: any Kernel, live: Int, firstNeuron: UInt64 = 0,
    seed: UInt64 = 0x9E37_79B9_7F4A_7C15
  ) {
    coppice_flush_denormals()
    self.program = program
    layout = StateLayout(program)
    self.kernel = kernel
    self.live = live
    self.firstNeuron = firstNeuron
    let multiple = Int(COPPICE_LANE_MULTIPLE)
    lanes = (live + multiple - 1) / multiple * multiple
    state = .allocate(
      byteCount: max(layout.blockBytes(lanes: lanes), 64), alignment: 64)
    scratch = .allocate(byteCount: max(kernel.scratchBytes(lanes: lanes), 64), alignment: 64)
    uniforms = program.uniformTable()
    singles = uniforms.singles
    // A stream belongs to its purpose, not to its place in the program.
    streams = program.occurrences.map { occurrence in
      occurrence.purpose.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
    for (index, column) in program.columns.enumerated() {
      for lane in 0..<lanes { write(column.initialValue, column: index, lane: lane) }
    }
  }

  /// A block under the interpreter, with initial values and derived columns.
  convenience init(
    _ program: Program, live: Int = 1, firstNeuron: UInt64 = 0,
    mathematics: PortableMathematics? = PortableMathematics()
  ) throws {
    guard let mathematics else { throw MissingMathematics() }
    let kernel = PortableKernel(program: program, mathematics: mathematics)
    self.init(program, kernel: kernel, live: live, firstNeuron: firstNeuron)
    prepare(with: kernel)
  }

  struct MissingMathematics: Error {}

  deinit {
    state.deallocate()
    scratch.deallocate()
  }

  // MARK: State

  func column(_ name: String) -> Int? { program.columns.firstIndex { $0.name == name } }

  subscript(name: String, lane: Int = 0) -> Double {
    get { column(name).map { read(column: $0, lane: lane) } ?? .nan }
    set {
      guard let column = column(name) else { return }
      write(newValue, column: column, lane: lane)
    }
  }

  func read(column: Int, lane: Int) -> Double {
    let place = state + layout.byteOffset(ofColumn: column, lane: lane, lanes: lanes)
    switch program.columns[column].element {
    case .real: return place.load(as: Double.self)
    case .single: return Double(place.load(as: Float.self))
    case .bits: return Double(place.load(as: UInt64.self))
    case .flag: return Double(place.load(as: UInt8.self))
    }
  }

  func write(_ value: Double, column: Int, lane: Int) {
    let place = state + layout.byteOffset(ofColumn: column, lane: lane, lanes: lanes)
    switch program.columns[column].element {
    case .real: place.storeBytes(of: value, as: Double.self)
    case .single: place.storeBytes(of: Float(value), as: Float.self)
    case .bits: place.storeBytes(of: UInt64(value), as: UInt64.self)
    case .flag: place.storeBytes(of: value != 0 ? 1 : 0, as: UInt8.self)
    }
  }

  /// The bits of all columns of the live lanes.
  var bits: [String: [UInt64]] {
    var bits: [String: [UInt64]] = [:]
    for (index, column) in program.columns.enumerated() {
      bits[column.name] = (0..<live).map { read(column: index, lane: $0).bitPattern }
    }
    return bits
  }

  // MARK: Running

  /// Evaluates initial values and derived columns.
  func prepare(with portable: PortableKernel) {
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: portable.scratchBytes(lanes: lanes), alignment: 64)
    defer { room.deallocate() }
    visit(steps: 0, events: []) { visit in
      portable.initialise(visit, scratch: room)
      portable.derive(visit, scratch: room)
    }
  }

  /// Advances by some steps in one visit; the steps of arrivals and starts count from its beginning.
  func advance(_ steps: Int, arrivals: [Arrival] = [], starts: [WrittenStart] = []) {
    let width = kernel.groupWidth(lanes: lanes)
    let sorted = arrivals.sorted {
      ($0.lane / width, $0.step, $0.lane, $0.port, $0.synapse)
        < ($1.lane / width, $1.step, $1.lane, $1.port, $1.synapse)
    }
    WrittenStart.with(starts, lanes: lanes) { list, count in
      visit(steps: steps, events: sorted) { visit in
        (visit.pointee.starts, visit.pointee.start_count) = (list, count)
        kernel.visit(visit, scratch: scratch)
      }
    }
    step += Int64(steps)
  }

  /// Runs the tail of the last step.
  func finish(arrivals: [Arrival] = []) { advance(0, arrivals: arrivals) }

  private func visit(
    steps: Int, events: [Arrival], _ body: (UnsafeMutablePointer<coppice_visit>) -> Void
  ) {
    let width = kernel.groupWidth(lanes: lanes)
    let groups = max((lanes + width - 1) / width, 1)
    let offsets = (0...groups).map { group in
      UInt32(events.count { $0.lane / width < group })
    }
    let list = events.map {
      coppice_event(
        step: UInt32($0.step), lane: UInt32($0.lane), port: UInt32($0.port),
        synapse: UInt32($0.synapse), payload: $0.payload)
    }
    var found = [coppice_mark](
      repeating: coppice_mark(), count: live * max(steps, 1) * (program.events.count + 1))
    var rows = [Double](
      repeating: .nan, count: max(steps * program.probe.outputs.count * lanes, 1))
    let due = [UInt8](repeating: 1, count: max(steps, 1))
    let probed = [UInt8](repeating: 1, count: max(lanes / 8, 1))
    var count = 0
    uniforms.withUnsafeBufferPointer { uniforms in
      streams.withUnsafeBufferPointer { streams in
        list.withUnsafeBufferPointer { list in
          offsets.withUnsafeBufferPointer { offsets in
            found.withUnsafeMutableBufferPointer { found in
              rows.withUnsafeMutableBufferPointer { rows in
                due.withUnsafeBufferPointer { due in
                  probed.withUnsafeBufferPointer { probed in
                    var visit = coppice_visit()
                    visit.first_step = step
                    visit.steps = UInt32(steps)
                    visit.lanes = UInt32(lanes)
                    visit.live_lanes = UInt32(live)
                    visit.first_neuron = firstNeuron
                    visit.dt = 1e-4
                    visit.state = state.assumingMemoryBound(to: UInt8.self)
                    visit.uniforms = uniforms.baseAddress
                    visit.streams = streams.baseAddress
                    visit.events = list.baseAddress
                    visit.event_offsets = offsets.baseAddress
                    visit.marks = found.baseAddress
                    visit.probe_due = due.baseAddress
                    visit.probe_groups = probed.baseAddress
                    visit.probe_rows = rows.baseAddress
                    singles.withUnsafeBufferPointer { singles in
                      visit.singles = singles.baseAddress
                      body(&visit)
                    }
                    count = Int(visit.mark_count)
                  }
                }
              }
            }
          }
        }
      }
    }
    take(found.prefix(count), rows: rows, steps: steps)
  }

  private func take(_ found: ArraySlice<coppice_mark>, rows: [Double], steps: Int) {
    marks += found.map {
      Mark(step: Int(step) + Int($0.step), kind: Int($0.kind), lane: Int($0.lane))
    }
    let count = program.probe.outputs.count
    guard count > 0 else { return }
    for row in 0..<steps {
      probes.append(
        (0..<count).map { probe in
          let first = (row * count + probe) * lanes
          return Array(rows[first..<first + live])
        })
    }
  }

  /// Steps at which a lane left a mark of a kind.
  func steps(of kind: Int, lane: Int = 0) -> [Int] {
    marks.filter { $0.kind == kind && $0.lane == lane }.map(\.step)
  }
}
