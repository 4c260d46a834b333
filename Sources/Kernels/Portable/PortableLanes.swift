import KernelABI

/// Lanes of a block under the interpreter: where their columns and buffers lie, and the moment.
struct PortableLanes {
  let visit: coppice_visit
  let scratch: UnsafeMutableRawPointer
  let layout: PortableLayout
  let mathematics: PortableMathematics
  /// The first lane and how many; multiples of `COPPICE_LANE_MULTIPLE`.
  var first = 0
  var count: Int
  /// n; in a tail, the n whose tail it is.
  var step: Int64 = 0
  var payload = 0.0
  /// A payload for each lane of the block; `nil`: `payload` for all.
  var payloads: UnsafePointer<Double>?
  /// Distinguishes the draws of one neuron in one step at one place of the text.
  var ordinal: UInt32 = 0

  init(
    visit: coppice_visit, scratch: UnsafeMutableRawPointer, layout: PortableLayout,
    mathematics: PortableMathematics
  ) {
    self.visit = visit
    self.scratch = scratch
    self.layout = layout
    self.mathematics = mathematics
    count = Int(visit.lanes)
  }

  // MARK: Places

  func numbers(_ place: PortablePlace) -> UnsafeMutablePointer<Double> {
    raw(place, bytes: 8).assumingMemoryBound(to: Double.self)
  }

  /// Of a column or buffer of f32; a buffer has room for f64.
  func singles(_ place: PortablePlace) -> UnsafeMutablePointer<Float> {
    raw(place, bytes: 4).assumingMemoryBound(to: Float.self)
  }

  func flags(_ place: PortablePlace) -> UnsafeMutablePointer<UInt8> {
    raw(place, bytes: 1).assumingMemoryBound(to: UInt8.self)
  }

  /// Eight flags at a time.
  private func words(_ place: PortablePlace) -> UnsafeMutablePointer<UInt64> {
    raw(place, bytes: 1).assumingMemoryBound(to: UInt64.self)
  }

  private func raw(_ place: PortablePlace, bytes: Int) -> UnsafeMutableRawPointer {
    let lanes = Int(visit.lanes)
    switch place {
    case .column(let column): return scratch + layout.columns[column] * lanes + first * bytes
    case .pooled(let buffer): return scratch + layout.pooled(buffer) * lanes
    case .number(let buffer): return scratch + layout.number(buffer) * lanes
    case .flags(let buffer): return scratch + layout.flags(buffer) * lanes
    }
  }

  // MARK: State

  /// Brings the block's columns together, each in one piece: array operations are long.
  func gatherColumns() {
    copyColumns { column, group, bytes in
      column.copyMemory(from: group, byteCount: bytes)
    }
  }

  /// Puts the columns back where the block keeps them.
  func scatterColumns() {
    copyColumns { column, group, bytes in
      group.copyMemory(from: column, byteCount: bytes)
    }
  }

  private func copyColumns(
    _ copy: (UnsafeMutableRawPointer, UnsafeMutableRawPointer, _ bytes: Int) -> Void
  ) {
    let width = layout.state.groupLanes
    let lanes = Int(visit.lanes)
    let state = UnsafeMutableRawPointer(visit.state)
    guard let state else { return }
    for (place, offset) in layout.columns.enumerated() {
      let bytes = layout.columnBytes[place] * width
      let first = layout.state.byteOffset(ofColumn: place, lane: 0, lanes: lanes)
      let stride = layout.state.groupStride(ofColumn: place)
      for group in 0..<lanes / width {
        copy(scratch + offset * lanes + group * bytes, state + first + group * stride, bytes)
      }
    }
  }

  // MARK: Sections

  /// Computes the values of a section; nothing is stored.
  func compute(_ section: PortableSection) {
    for instruction in section.instructions { run(instruction) }
  }

  /// Computes and stores, in all lanes or where a flag is up.
  func run(_ section: PortableSection, where mask: PortablePlace? = nil) {
    compute(section)
    for store in section.stores {
      let column = PortablePlace.column(store.column)
      switch (mask, store.element) {
      case (nil, .flag): copyFlags(store.value, to: column)
      case (nil, .single): singles(column).update(from: singles(store.value), count: count)
      case (nil, .real), (nil, .bits):
        numbers(column).update(from: numbers(store.value), count: count)
      case (let mask?, .flag): selectFlags(mask, store.value, column, to: column)
      case (let mask?, .single):
        mathematics.single.select(
          singles(column), flags(mask), singles(store.value), singles(column), count)
      case (let mask?, .real), (let mask?, .bits):
        mathematics.select(
          numbers(column), flags(mask), numbers(store.value), numbers(column), count)
      }
    }
  }

  /// Computes on the lanes of the widest group around one lane and stores in that lane alone.
  func run(_ section: PortableSection, onlyIn lane: Int) {
    compute(section)
    let offset = lane - first
    for store in section.stores {
      switch store.element {
      case .flag: flags(.column(store.column))[offset] = flags(store.value)[offset]
      case .single: singles(.column(store.column))[offset] = singles(store.value)[offset]
      case .real, .bits: numbers(.column(store.column))[offset] = numbers(store.value)[offset]
      }
    }
  }

  /// Whether a flag is up in any lane.
  func any(_ place: PortablePlace) -> Bool {
    let words = words(place)
    return (0..<count / 8).contains { words[$0] != 0 }
  }

  func clearFlags(_ place: PortablePlace) {
    words(place).update(repeating: 0, count: count / 8)
  }

  /// Fills a buffer of numbers.
  func fill(_ fill: PortableInstruction.Fill, into place: PortablePlace) {
    guard !fill.isSingle else { return fillSingles(fill.source, into: place) }
    let out = numbers(place)
    if case .neuronIndex = fill.source {
      for lane in 0..<count { out[lane] = Double(visit.first_neuron + UInt64(first + lane)) }
    } else if case .payload = fill.source, let payloads {
      out.update(from: payloads + first, count: count)
    } else {
      out.update(repeating: value(fill.source), count: count)
    }
  }

  private func fillSingles(_ source: PortableInstruction.Source, into place: PortablePlace) {
    let number =
      if case .uniform(let entry) = source { visit.singles[entry] } else { Float(value(source)) }
    singles(place).update(repeating: number, count: count)
  }

  private func value(_ source: PortableInstruction.Source) -> Double {
    switch source {
    case .constant(let number): number
    case .uniform(let place): visit.uniforms[place]
    case .step: Double(step)
    case .payload: payload
    case .neuronIndex: 0
    }
  }

  // MARK: Instructions

  private func run(_ instruction: PortableInstruction) {
    guard !instruction.isSingle else { return runSingle(instruction) }
    let (out, a, b, c) = (instruction.out, instruction.a, instruction.b, instruction.c)
    switch instruction.action {
    case .fill(let fill): self.fill(fill, into: out)
    case .fillFlags(let fill):
      flags(out).update(repeating: value(fill.source) != 0 ? 1 : 0, count: count)
    case .copy: numbers(out).update(from: numbers(a), count: count)
    case .copyFlags: copyFlags(a, to: out)
    case .random(let occurrence, let isNormal):
      let draw = isNormal ? mathematics.normal : mathematics.uniform
      draw(
        numbers(out), visit.streams[occurrence], visit.first_neuron + UInt64(first),
        UInt64(bitPattern: step), ordinal, count)
    case .poisson(let occurrence):
      mathematics.poisson(
        numbers(out), visit.streams[occurrence], visit.first_neuron + UInt64(first),
        UInt64(bitPattern: step), ordinal, numbers(a), count)
    case .unary(let code): mathematics.unary(code, numbers(out), numbers(a), count)
    case .binary(let code): mathematics.binary(code, numbers(out), numbers(a), numbers(b), count)
    case .fma: mathematics.fma(numbers(out), numbers(a), numbers(b), numbers(c), count)
    case .compare(let code): mathematics.compare(code, flags(out), numbers(a), numbers(b), count)
    case .select: mathematics.select(numbers(out), flags(a), numbers(b), numbers(c), count)
    case .compareFlags(let comparison): compareFlags(comparison, a, b, to: out)
    case .selectFlags: selectFlags(a, b, c, to: out)
    case .not: combine(a, a, to: out) { x, _ in x ^ Self.allUp }
    case .and: combine(a, b, to: out) { $0 & $1 }
    case .or: combine(a, b, to: out) { $0 | $1 }
    case .widen: mathematics.single.widen(numbers(out), singles(a), count)
    case .narrow: preconditionFailure("it makes no f64")
    }
  }

  /// An operation on numbers of f32, or one that makes them.
  private func runSingle(_ instruction: PortableInstruction) {
    let (out, a, b, c) = (instruction.out, instruction.a, instruction.b, instruction.c)
    let single = mathematics.single
    switch instruction.action {
    case .fill(let fill): self.fill(fill, into: out)
    case .copy: singles(out).update(from: singles(a), count: count)
    case .unary(let code): single.unary(code, singles(out), singles(a), count)
    case .binary(let code): single.binary(code, singles(out), singles(a), singles(b), count)
    case .fma: single.fma(singles(out), singles(a), singles(b), singles(c), count)
    case .compare(let code): single.compare(code, flags(out), singles(a), singles(b), count)
    case .select: single.select(singles(out), flags(a), singles(b), singles(c), count)
    case .narrow: single.narrow(singles(out), numbers(a), count)
    case .fillFlags, .copyFlags, .random, .poisson, .compareFlags, .selectFlags, .not, .and, .or,
      .widen:
      preconditionFailure("no operation of f32")
    }
  }

  /// A flag in each of eight bytes.
  private static let allUp: UInt64 = 0x0101_0101_0101_0101

  @inline(__always)
  private func combine(
    _ a: PortablePlace, _ b: PortablePlace, to out: PortablePlace,
    _ operation: (UInt64, UInt64) -> UInt64
  ) {
    let (out, a, b) = (words(out), words(a), words(b))
    for word in 0..<count / 8 { out[word] = operation(a[word], b[word]) }
  }

  private func copyFlags(_ a: PortablePlace, to out: PortablePlace) {
    words(out).update(from: words(a), count: count / 8)
  }

  private func selectFlags(
    _ mask: PortablePlace, _ a: PortablePlace, _ b: PortablePlace, to out: PortablePlace
  ) {
    let (out, mask, a, b) = (words(out), words(mask), words(a), words(b))
    for word in 0..<count / 8 {
      out[word] = mask[word] & a[word] | ~mask[word] & b[word]
    }
  }

  /// Comparisons of truth values, false being less than true.
  private func compareFlags(
    _ comparison: Comparison, _ a: PortablePlace, _ b: PortablePlace, to out: PortablePlace
  ) {
    combine(a, b, to: out) { x, y in
      switch comparison {
      case .less: ~x & y
      case .lessOrEqual: (x ^ Self.allUp) | y
      case .greater: x & ~y
      case .greaterOrEqual: x | (y ^ Self.allUp)
      case .equal: x ^ y ^ Self.allUp
      case .notEqual: x ^ y
      }
    }
  }
}

/// Where columns and buffers begin in the scratch memory, in bytes per lane.
struct PortableLayout {
  let columns: [Int]
  let columnBytes: [Int]
  /// In the block itself.
  let state: StateLayout
  private let bytesOfColumns: Int
  /// Buffers filled once per visit, in order.
  let pool: [PortableInstruction.Fill]
  private let numbers: Int
  private let flagBuffers: Int
  /// Sums of additive ports: each has a buffer.
  private let summed: Int

  init(
    _ program: Program, pool: [PortableInstruction.Fill], summed: Int,
    sections: [PortableSection]
  ) {
    // Wide columns come before narrower ones: every one is aligned.
    var end = 0
    columns = program.columns.map { column in
      defer { end += column.element.bytes }
      return end
    }
    columnBytes = program.columns.map(\.element.bytes)
    state = StateLayout(program)
    // Vectors are loaded whole: what follows the flags begins at a cache line too.
    bytesOfColumns = (program.bytesPerLane + 7) & ~7
    self.pool = pool
    self.summed = summed
    numbers = sections.map(\.numbers).max() ?? 0
    flagBuffers = sections.map(\.flags).max() ?? 0
  }

  func pooled(_ buffer: Int) -> Int { bytesOfColumns + 8 * buffer }
  func number(_ buffer: Int) -> Int { pooled(pool.count + buffer) }
  func sum(_ place: Int) -> Int { pooled(pool.count + numbers + place) }
  func flags(_ buffer: Int) -> Int { sum(summed) + buffer }
  /// Where a flag says that something was summed.
  func touched(_ place: Int) -> Int { flags(flagBuffers) + place }
  /// A buffer of flags for a mask: where a second reset is due, or where a start acts.
  var due: PortablePlace { .flags(flagBuffers + summed) }
  var bytesPerLane: Int { touched(summed + 1) }
}
