import Kernels

/// The state of a cohort's neurons: in each block groups of lanes with the columns of every step,
/// then groups with the others, `[block][group][column][lane]`.
///
/// Each group begins at a cache line: kernels load whole vectors. Lanes beyond the neurons are
/// padding and repeat the last neuron, so that they compute what is computed anyway.
struct StateBlocks: ~Copyable {
  let layout: CohortLayout
  let columns: [Column]
  /// By column: where its first group begins in a block, and from a group to the next.
  private let offsets: [Int]
  private let strides: [Int]
  private let groupLanes: Int
  private let blockBytes: Int
  private let buffer: AlignedBuffer

  init(of program: Program, layout: CohortLayout) {
    self.layout = layout
    columns = program.columns
    let state = StateLayout(program)
    groupLanes = state.groupLanes
    offsets = program.columns.indices.map {
      state.byteOffset(ofColumn: $0, lane: 0, lanes: layout.lanes)
    }
    strides = program.columns.indices.map { state.groupStride(ofColumn: $0) }
    blockBytes = state.blockBytes(lanes: layout.lanes)
    buffer = AlignedBuffer(count: blockBytes * layout.blocks)
  }

  func block(_ block: Int) -> UnsafeMutableRawPointer { buffer.base + block * blockBytes }

  /// Where the value of one lane lies.
  @inline(__always)
  func value(ofColumn column: Int, block: Int, lane: Int) -> UnsafeMutableRawPointer {
    self.block(block) + offsets[column] + lane / groupLanes * strides[column]
      + lane % groupLanes * columns[column].element.bytes
  }

  /// Takes over all bytes of a state of the same shape.
  func copy(_ other: borrowing StateBlocks) {
    precondition(other.buffer.count == buffer.count, "states of different shapes")
    buffer.base.copyMemory(from: other.buffer.base, byteCount: buffer.count)
  }

  /// Fills a column of numbers or flags of one block; `value` gets the place in the cohort.
  func fill(_ column: Int, ofBlock block: Int, with value: (_ neuron: Int) -> Double) {
    let live = layout.liveLanes(ofBlock: block)
    for lane in 0..<layout.lanes {
      let neuron = layout.neuron(ofBlock: block, lane: min(lane, live - 1))
      let bytes = self.value(ofColumn: column, block: block, lane: lane)
      switch columns[column].element {
      case .real: bytes.storeBytes(of: value(neuron), as: Double.self)
      case .single: bytes.storeBytes(of: Float(narrowing: value(neuron)), as: Float.self)
      case .bits: bytes.storeBytes(of: 0, as: UInt64.self)
      case .flag: bytes.storeBytes(of: value(neuron) != 0 ? 1 : 0, as: UInt8.self)
      }
    }
  }
}

/// Columns in the order of neurons, which is what checkpoints hold; numbers of f32 as f64, exactly.
extension StateBlocks {
  /// Appends a column's values to those of the neurons before; of the same kind.
  func append(_ column: Int, to values: inout CheckpointSection.Values) {
    switch values {
    case .reals(var all):
      values = .reals([])
      if columns[column].element == .single {
        append(column, to: &all) { (single: Float) in Double(single) }
      } else {
        append(column, to: &all) { (real: Double) in real }
      }
      values = .reals(all)
    case .words(var all):
      values = .words([])
      append(column, to: &all) { (word: UInt64) in word }
      values = .words(all)
    case .flags(var all):
      values = .flags([])
      append(column, to: &all) { (flag: UInt8) in flag }
      values = .flags(all)
    case .steps: preconditionFailure("no column holds steps")
    }
  }

  private func append<Held: BitwiseCopyable, Saved>(
    _ column: Int, to all: inout [Saved], as saved: (Held) -> Saved
  ) {
    for block in 0..<layout.blocks {
      let live = layout.liveLanes(ofBlock: block)
      for lane in stride(from: 0, to: live, by: groupLanes) {
        let group = value(ofColumn: column, block: block, lane: lane)
          .assumingMemoryBound(to: Held.self)
        let count = min(groupLanes, live - lane)
        for place in 0..<count { all.append(saved(group[place])) }
      }
    }
  }

  /// Sets a column; the cohort's first neuron takes the value at `first`.
  func set(_ column: Int, to values: CheckpointSection.Values, from first: Int) {
    switch values {
    case .reals(let all):
      if columns[column].element == .single {
        set(column, to: all, from: first) { Float(narrowing: $0) }
      } else {
        set(column, to: all, from: first) { $0 }
      }
    case .words(let all): set(column, to: all, from: first) { $0 }
    case .flags(let all): set(column, to: all, from: first) { $0 }
    case .steps: preconditionFailure("no column holds steps")
    }
  }

  private func set<Saved, Held: BitwiseCopyable>(
    _ column: Int, to all: [Saved], from first: Int, as held: (Saved) -> Held
  ) {
    for block in 0..<layout.blocks {
      let live = layout.liveLanes(ofBlock: block)
      for lane in 0..<layout.lanes {
        let neuron = first + layout.neuron(ofBlock: block, lane: min(lane, live - 1))
        value(ofColumn: column, block: block, lane: lane)
          .storeBytes(of: held(all[neuron]), as: Held.self)
      }
    }
  }
}

extension Column.Element {
  /// No values of this kind.
  var noValues: CheckpointSection.Values {
    switch self {
    case .real, .single: .reals([])
    case .bits: .words([])
    case .flag: .flags([])
    }
  }
}
