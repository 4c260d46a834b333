import KernelABI

/// An entry of the table of uniforms, in the precision in which it is read.
struct HotUniform: Hashable {
  var place: Int
  var isSingle: Bool

  /// The local variable that holds it for all lanes.
  var name: String { isSingle ? "s\(place)" : "u\(place)" }

  static func precedes(_ a: HotUniform, _ b: HotUniform) -> Bool {
    (a.place, a.isSingle ? 1 : 0) < (b.place, b.isSingle ? 1 : 0)
  }
}

/// Where each column of a program is while a visit runs.
struct ColumnLayout {
  let program: Program
  let visits: VisitLength
  /// Columns that the step loop reads or writes in every step: held in local variables.
  let hot: Set<Int>
  /// Columns that the step loop reads or writes, wherever they are.
  let everyStep: Set<Int>
  /// Hot columns whose local variables change. What only the rare paths write, they write in
  /// memory.
  let changing: Set<Int>
  /// Hot columns that are held in local variables while a step runs.
  let locals: Set<Int>
  /// Uniforms that are broadcast before the step loop.
  let hotUniforms: Set<HotUniform>
  /// Lanes that advance together.
  let lanes: Int
  /// How functions of reals in f64, and of masks, begin in the text.
  let (wide, mask): (String, String)
  /// The places of hot columns of numbers in an array, where they are too many for local
  /// variables: a compiler then takes time beyond measure to find them registers, and the kernel
  /// is slower. Uniforms are not broadcast in advance either.
  let places: [Int: Int]
  /// Where columns lie in a block.
  private let state: StateLayout

  /// Measured with chains of 4 to 400 compartments of 3 columns each: local variables are faster
  /// up to some 50, the array from some 70 on.
  static let mostLocals = 60

  /// Sorts out the columns of a program for vectors of so many doubles. With 8 of them, operands in
  /// memory may be single numbers for all lanes (AVX-512), and broadcasting in advance costs
  /// registers only.
  init(_ program: Program, width: Int, visits: VisitLength = .long) {
    self.program = program
    self.visits = visits
    let sections = [program.update, program.precondition]
    var hot = Set<Int>()
    var uniforms = Set<HotUniform>()
    for section in sections {
      hot.formUnion(section.loadedColumns)
      hot.formUnion(section.storedColumns)
      uniforms.formUnion(section.uniforms)
    }
    let isSingle = program.precision == .single
    (wide, mask) = isSingle ? ("cw_", "cs_") : ("cv_", "cv_")
    lanes = program.groupWidth(ofVectors: width)
    var changing = Set(program.summedColumns)
    for section in sections { changing.formUnion(section.storedColumns) }
    hot = hot.filter { program.columns[$0].element != .bits }
    self.everyStep = hot
    let main: Column.Element = isSingle ? .single : .real
    let isLarge = hot.count { program.columns[$0].element.isNumber } > Self.mostLocals
    // The array has one type; timers that are not of it stay in memory.
    if isLarge {
      hot = hot.filter { [main, .flag].contains(program.columns[$0].element) }
    }
    self.hot = hot
    self.changing = changing.intersection(hot)
    let numbers = hot.filter { program.columns[$0].element == main }.sorted()
    places =
      isLarge && visits == .long
      ? Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) }) : [:]
    locals = isLarge && visits == .short ? [] : self.hot
    hotUniforms = isLarge || width == 8 ? [] : uniforms
    state = StateLayout(program)
  }

  func element(_ column: Int) -> Column.Element { program.columns[column].element }

  /// Declares what a function that is called for one group takes from the visit; the compiler drops
  /// what is not used.
  func declareMemory(in text: inout CText) {
    text.line("uint8_t *const state = visit->state;")
    declareTables(in: &text)
    text.line("const uint32_t lanes = visit->lanes;")
    text.line("const uint64_t i0 = visit->first_neuron + l0;")
    declareGroup(in: &text)
  }

  /// Declares what the function of the whole visit takes from it, and that it has left no mark.
  func declareVisit(in text: inout CText) {
    text.line("const uint32_t lanes = visit->lanes, live = visit->live_lanes;")
    text.line("const uint32_t steps = visit->steps;")
    text.line("const int64_t first = visit->first_step;")
    text.line("uint8_t *const state = visit->state;")
    declareTables(in: &text)
    for uniform in hotUniforms.sorted(by: HotUniform.precedes) {
      let (type, table) = uniform.isSingle ? ("cs_", "singles") : (wide, "uniforms")
      text.line("const \(type)real \(uniform.name) = \(type)set(\(table)[\(uniform.place)]);")
    }
    text.line("visit->mark_count = 0;")
  }

  private func declareTables(in text: inout CText) {
    text.line("const double *const uniforms = visit->uniforms;")
    if program.precision == .single { text.line("const float *const singles = visit->singles;") }
    text.line("const uint64_t *const streams = visit->streams;")
  }

  /// Declares where the hot and the other columns of the group of lane `l0` begin in `state`.
  func declareGroup(in text: inout CText) {
    let (hot, rest) = (state.hotGroupBytes, state.restGroupBytes)
    let group = state.groupLanes
    text.line("uint8_t *const hot = state + (uintptr_t)(l0 / \(group)) * \(hot);")
    text.line(
      "uint8_t *const rest = state + (uintptr_t)(lanes / \(group)) * \(hot) "
        + "+ (uintptr_t)(l0 / \(group)) * \(rest);")
  }

  /// Asks memory for the hot columns of the group behind this one, while this one goes through its steps.
  func prefetchNextGroup(in text: inout CText) {
    let bytes = state.hotGroupBytes
    text.line(
      "for (uint32_t j = 0; j < \(bytes); j += 64) __builtin_prefetch(hot + \(bytes) + j);")
  }

  /// Declares the pointers to some columns' lanes of the group, from `hot` and `rest`.
  func declarePointers(_ columns: some Collection<Int>, in text: inout CText) {
    for column in columns.sorted() {
      text.line("\(memoryType(column)) *const p\(column) = \(address(column));")
    }
  }

  private func memoryType(_ column: Int) -> String {
    switch element(column) {
    case .real: "double"
    case .single: "float"
    case .bits: "uint64_t"
    case .flag: "uint8_t"
    }
  }

  private func address(_ column: Int) -> String {
    let group = state.hot.contains(column) ? "hot" : "rest"
    let offset = state.offsetInGroup(ofColumn: column)
    let lane = "l0 % \(state.groupLanes)"
    return element(column) == .flag
      ? "\(group) + \(offset) + \(lane)"
      : "(\(memoryType(column)) *)(\(group) + \(offset) + \(lane) * \(element(column).bytes))"
  }

  /// Where the columns of `places` lie in their group, in the order of places.
  var offsetsOfPlaces: [Int] {
    places.sorted { $0.value < $1.value }.map { state.offsetInGroup(ofColumn: $0.key) }
  }

  /// Lanes of a group of columns.
  var groupLanes: Int { state.groupLanes }

  /// Bits or truths of the groups of eight lanes that the group of lane `l0` has, or-ed together.
  func ofEight(_ array: String) -> String {
    let eight = Int(COPPICE_GROUP_LANES)
    return lanes > eight
      ? "(\(array)[l0 / \(eight)] | \(array)[l0 / \(eight) + 1])" : "\(array)[l0 / \(eight)]"
  }

  /// The place in the step loop that holds a hot column.
  func local(_ column: Int) -> String {
    places[column].map { "h[\($0)]" } ?? "c\(column)"
  }

  /// The value of a column in memory.
  func memory(_ column: Int) -> String {
    switch element(column) {
    case .real: "\(wide)load(p\(column))"
    case .single: "cs_load(p\(column))"
    case .bits: "\(wide)loadBits(p\(column))"
    case .flag: "\(mask)loadFlags(p\(column))"
    }
  }

  /// A statement that puts a value into a column's memory.
  func store(_ value: String, to column: Int) -> String {
    switch element(column) {
    case .real: "\(wide)store(p\(column), \(value));"
    case .single: "cs_store(p\(column), \(value));"
    case .bits: "\(wide)storeBits(p\(column), \(value));"
    case .flag: "\(mask)storeFlags(p\(column), \(value));"
    }
  }

  /// The C type of a column's local variable.
  func localType(_ column: Int) -> String {
    switch element(column) {
    case .real, .bits: "\(wide)real"
    case .single: "cs_real"
    case .flag: "\(mask)mask"
    }
  }

  /// How functions of values of a type begin in the text.
  func prefix(_ type: ValueType) -> String {
    switch type {
    case .real, .integer: wide
    case .single: "cs_"
    case .boolean: mask
    }
  }

  /// How functions of the numbers begin that most columns hold, and what they are in memory.
  var main: (prefix: String, memory: String, bytes: Int) {
    program.precision == .single ? ("cs_", "float", 4) : (wide, "double", 8)
  }

  /// The value where a mask holds, and another one elsewhere.
  func masked(_ mask: String, _ value: String, else old: String, column: Int) -> String {
    switch element(column) {
    case .flag:
      "\(self.mask)or(\(self.mask)and(\(mask), \(value)), \(self.mask)andNot(\(old), \(mask)))"
    case .single: "cs_select(\(mask), \(value), \(old))"
    case .real, .bits: "\(wide)select(\(mask), \(value), \(old))"
    }
  }

  /// Writes hot columns back, so that a function that works on memory sees them.
  func spill(_ columns: Set<Int>, in text: inout CText) {
    for column in columns.intersection(changing).sorted() {
      text.line(
        places[column] == nil
          ? store(local(column), to: column)
          : "\(main.prefix)store(\(address(column)), \(local(column)));")
    }
  }

  /// Reads hot columns anew after such a function.
  func reload(_ columns: Set<Int>, in text: inout CText) {
    for column in columns.intersection(hot).sorted() {
      let value = places[column] == nil ? memory(column) : "\(main.prefix)load(\(address(column)))"
      text.line("\(local(column)) = \(value);")
    }
  }
}

extension Section {
  var loadedColumns: Set<Int> {
    Set(
      instructions.compactMap {
        if case .load(let column) = $0.operation { column } else { nil }
      })
  }

  var storedColumns: Set<Int> { Set(stores.map(\.column)) }

  /// Uniforms that it reads as numbers or as truths.
  var uniforms: Set<HotUniform> {
    Set(
      instructions.compactMap {
        guard case .uniform(let place) = $0.operation else { return nil }
        return HotUniform(place: place, isSingle: $0.type == .single)
      })
  }

  /// Whether it reads nothing but payload and uniforms and computes with plain arithmetic only,
  /// so that C's `double` gives the bits of the vector functions.
  var isPlainArithmetic: Bool {
    instructions.allSatisfy { instruction in
      guard instruction.type != .boolean else { return false }
      switch instruction.operation {
      case .constant, .uniform, .payload, .unary(.negate, _), .binary(.add, _, _),
        .binary(.subtract, _, _), .binary(.multiply, _, _), .binary(.divide, _, _):
        return true
      default: return false
      }
    }
  }
}

extension Program {
  /// The flag columns that carry work to the next tail.
  var pendingFlags: [Int] {
    (pendingSpike.map { [$0] } ?? []) + events.map(\.pending)
  }

  /// Whether some step of a visit can end with work for the next tail other than arrivals.
  var hasPendingWork: Bool { !pendingFlags.isEmpty || secondReset?.pending != nil }
}
