/// Where each column of a program is while a visit runs.
struct ColumnLayout {
  let program: Program
  let visits: VisitLength
  /// Columns that the step loop reads or writes in every step: held in local variables.
  let hot: Set<Int>
  /// Hot columns whose local variables change. What only the rare paths write, they write in
  /// memory.
  let changing: Set<Int>
  /// Hot columns that are held in local variables while a step runs.
  let locals: Set<Int>
  /// Uniforms that are broadcast before the step loop.
  let hotUniforms: Set<Int>
  /// The places of hot columns of numbers in an array, where they are too many for local
  /// variables: a compiler then takes time beyond measure to find them registers, and the kernel
  /// is slower. Uniforms are not broadcast in advance either.
  let places: [Int: Int]
  /// Where columns lie in a block.
  private let state: StateLayout

  /// Measured with chains of 4 to 400 compartments of 3 columns each: local variables are faster
  /// up to some 50, the array from some 70 on.
  static let mostLocals = 60

  /// Sorts out the columns of a program for so many lanes that advance together. With 8 of them,
  /// operands in memory may be single numbers for all lanes (AVX-512), and broadcasting in advance
  /// costs registers only.
  init(_ program: Program, width: Int, visits: VisitLength = .long) {
    self.program = program
    self.visits = visits
    let everyStep = [program.update, program.precondition]
    var hot = Set<Int>()
    var uniforms = Set<Int>()
    for section in everyStep {
      hot.formUnion(section.loadedColumns)
      hot.formUnion(section.storedColumns)
      uniforms.formUnion(section.uniforms)
    }
    var changing = Set(program.summedColumns)
    for section in everyStep { changing.formUnion(section.storedColumns) }
    let isReal = program.columns.map { $0.element != .bits }
    self.hot = hot.filter { isReal[$0] }
    self.changing = changing.intersection(self.hot)
    let numbers = self.hot.filter { program.columns[$0].element == .real }.sorted()
    let isLarge = numbers.count > Self.mostLocals
    places =
      isLarge && visits == .long
      ? Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) }) : [:]
    locals = isLarge && visits == .short ? [] : self.hot
    hotUniforms = isLarge || width == 8 ? [] : uniforms
    state = StateLayout(program)
  }

  func element(_ column: Int) -> Column.Element { program.columns[column].element }

  /// Declares where the hot and the other columns of the group of lane `l0` begin in `state`.
  func declareGroup(in text: inout CText) {
    let (hot, rest) = (state.hotGroupBytes, state.restGroupBytes)
    text.line("uint8_t *const hot = state + (uintptr_t)(l0 / 8) * \(hot);")
    text.line(
      "uint8_t *const rest = state + (uintptr_t)(lanes / 8) * \(hot) "
        + "+ (uintptr_t)(l0 / 8) * \(rest);")
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
    case .bits: "uint64_t"
    case .flag: "uint8_t"
    }
  }

  private func address(_ column: Int) -> String {
    let group = state.hot.contains(column) ? "hot" : "rest"
    let offset = state.offsetInGroup(ofColumn: column)
    return element(column) == .flag
      ? "\(group) + \(offset) + l0 % 8"
      : "(\(memoryType(column)) *)(\(group) + \(offset) + l0 % 8 * 8)"
  }

  /// Where the columns of `places` lie in their group, in the order of places.
  var offsetsOfPlaces: [Int] {
    places.sorted { $0.value < $1.value }.map { state.offsetInGroup(ofColumn: $0.key) }
  }

  /// The place in the step loop that holds a hot column.
  func local(_ column: Int) -> String {
    places[column].map { "h[\($0)]" } ?? "c\(column)"
  }

  /// The value of a column in memory.
  func memory(_ column: Int) -> String {
    switch element(column) {
    case .real: "cv_load(p\(column))"
    case .bits: "cv_loadBits(p\(column))"
    case .flag: "cv_loadFlags(p\(column))"
    }
  }

  /// A statement that puts a value into a column's memory.
  func store(_ value: String, to column: Int) -> String {
    switch element(column) {
    case .real: "cv_store(p\(column), \(value));"
    case .bits: "cv_storeBits(p\(column), \(value));"
    case .flag: "cv_storeFlags(p\(column), \(value));"
    }
  }

  /// The C type of a column's local variable.
  func localType(_ column: Int) -> String {
    element(column) == .flag ? "cv_mask" : "cv_real"
  }

  /// The value where a mask holds, and another one elsewhere.
  func masked(_ mask: String, _ value: String, else old: String, column: Int) -> String {
    element(column) == .flag
      ? "cv_or(cv_and(\(mask), \(value)), cv_andNot(\(old), \(mask)))"
      : "cv_select(\(mask), \(value), \(old))"
  }

  /// Writes hot columns back, so that a function that works on memory sees them.
  func spill(_ columns: Set<Int>, in text: inout CText) {
    for column in columns.intersection(changing).sorted() {
      text.line(
        places[column] == nil
          ? store(local(column), to: column)
          : "cv_store(\(address(column)), \(local(column)));")
    }
  }

  /// Reads hot columns anew after such a function.
  func reload(_ columns: Set<Int>, in text: inout CText) {
    for column in columns.intersection(hot).sorted() {
      let value = places[column] == nil ? memory(column) : "cv_load(\(address(column)))"
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

  var uniforms: Set<Int> {
    Set(
      instructions.compactMap {
        if case .uniform(let uniform) = $0.operation { uniform } else { nil }
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
