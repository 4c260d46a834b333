/// Writes the straight-line code of sections as C.
struct SectionEmitter {
  /// How code reaches columns, uniforms and what belongs to the moment.
  struct Surroundings {
    /// Columns in local variables; the others are read from memory.
    var locals: Set<Int> = []
    /// Uniforms in local variables.
    var hoisted: Set<HotUniform> = []
    /// Distinguishes the draws of one neuron in one step at one place of the text.
    var ordinal = "0"
    /// The payload of all lanes; `nil`: `w` is a number.
    var payload: String?
  }

  let layout: ColumnLayout
  var surroundings = Surroundings()

  /// Writes the instructions; value k becomes `v<k>`.
  func instructions(of section: Section, in text: inout CText) {
    for index in section.instructions.indices { self.instruction(index, of: section, in: &text) }
  }

  private func instruction(_ index: Int, of section: Section, in text: inout CText) {
    let instruction = section.instructions[index]
    let kind = instruction.type == .boolean ? "mask" : "real"
    let type = layout.prefix(instruction.type) + kind
    text.line("const \(type) v\(index) = \(expression(instruction, in: section));")
  }

  /// Writes the section with its stores in all lanes.
  ///
  /// A store stands where its value is known and the old one no longer needed: the fewer values
  /// are under way, the better compilers do.
  func code(of section: Section, in text: inout CText) {
    var due: [Int: [Section.Store]] = [:]
    var lastLoads: [Int: Int] = [:]
    for (index, instruction) in section.instructions.enumerated() {
      if case .load(let column) = instruction.operation { lastLoads[column] = index }
    }
    for store in section.stores {
      due[max(store.value, lastLoads[store.column] ?? 0), default: []].append(store)
    }
    for index in section.instructions.indices {
      instruction(index, of: section, in: &text)
      for store in due[index] ?? [] {
        text.line(assignment(of: "v\(store.value)", to: store.column))
      }
    }
  }

  /// Writes the section with its stores on the lanes of a mask.
  func code(of section: Section, mask: String, in text: inout CText) {
    guard !section.isEmpty else { return }
    instructions(of: section, in: &text)
    for store in section.stores {
      let value = layout.masked(
        mask, "v\(store.value)", else: column(store.column), column: store.column)
      text.line(assignment(of: value, to: store.column))
    }
  }

  /// The present value of a column.
  func column(_ column: Int) -> String {
    surroundings.locals.contains(column) ? layout.local(column) : layout.memory(column)
  }

  /// A statement that sets a column.
  func assignment(of value: String, to column: Int) -> String {
    surroundings.locals.contains(column)
      ? "\(layout.local(column)) = \(value);" : layout.store(value, to: column)
  }

  /// A column with a number of f64 added where a mask holds; of a sum for a narrow column is rounded
  /// once.
  func sum(of column: Int, and amount: String, where mask: String) -> String {
    let old = self.column(column)
    let sum =
      switch layout.element(column) {
      case .single: "\(old) + cs_narrow(\(amount))"
      default: Self.binary(.add, old, amount, prefix: layout.wide)
      }
    return layout.masked(mask, sum, else: old, column: column)
  }

  private func expression(_ instruction: Instruction, in section: Section) -> String {
    let prefix = layout.prefix(instruction.type)
    let mask = layout.mask
    func prefixOfOperand(_ x: Int) -> String { layout.prefix(section.instructions[x].type) }
    return switch instruction.operation {
    case .constant(let number): "\(prefix)set(\(Self.literal(number)))"
    case .truth(let truth): truth ? "\(mask)true()" : "\(mask)false()"
    case .uniform(let index): uniform(index, type: instruction.type)
    case .load(let column): self.column(column)
    case .step: "\(prefix)set((double)n)"
    case .neuronIndex:
      "("
        + Self.binary(
          .add, "\(prefix)load(lane_numbers)", "\(prefix)set((double)i0)", prefix: prefix) + ")"
    case .payload: surroundings.payload ?? "\(prefix)set(w)"
    case .random(let occurrence): random(occurrence, prefix: prefix)
    case .poisson(let occurrence, let lambda):
      "\(prefix)poisson(streams[\(occurrence)], i0, (uint64_t)n, \(surroundings.ordinal), v\(lambda))"
    case .unary(let operation, let x): "\(prefix)\(operation.rawValue)(v\(x))"
    case .binary(let operation, let x, let y):
      Self.binary(operation, "v\(x)", "v\(y)", prefix: prefix)
    case .fma(let a, let b, let c): "\(prefix)fma(v\(a), v\(b), v\(c))"
    case .compare(let comparison, let x, let y):
      section.instructions[x].type == .boolean
        ? agreement(comparison, "v\(x)", "v\(y)")
        : "\(prefixOfOperand(x))\(comparison.rawValue)(v\(x), v\(y))"
    case .select(let choice, let x, let y):
      instruction.type == .boolean
        ? "\(mask)or(\(mask)and(v\(choice), v\(x)), \(mask)andNot(v\(y), v\(choice)))"
        : "\(prefix)select(v\(choice), v\(x), v\(y))"
    case .not(let x): "\(mask)not(v\(x))"
    case .and(let x, let y): "\(mask)and(v\(x), v\(y))"
    case .or(let x, let y): "\(mask)or(v\(x), v\(y))"
    case .narrow(let x): "cs_narrow(v\(x))"
    case .widen(let x): "cw_widen(v\(x))"
    }
  }

  private func uniform(_ index: Int, type: ValueType) -> String {
    if type == .boolean {
      return "(uniforms[\(index)] != 0 ? \(layout.mask)true() : \(layout.mask)false())"
    }
    let uniform = HotUniform(place: index, isSingle: type == .single)
    if surroundings.hoisted.contains(uniform) { return uniform.name }
    let table = uniform.isSingle ? "singles" : "uniforms"
    return "\(layout.prefix(type))set(\(table)[\(index)])"
  }

  private func random(_ occurrence: Int, prefix: String) -> String {
    let function = layout.program.occurrences[occurrence].kind == .normal ? "normal" : "uniform"
    return "\(prefix)\(function)(streams[\(occurrence)], i0, (uint64_t)n, \(surroundings.ordinal))"
  }

  /// Of vectors, or with no prefix of C's numbers. What may be two vectors has functions only.
  private static func binary(
    _ operation: BinaryOperation, _ x: String, _ y: String, prefix: String
  ) -> String {
    let call = "\(prefix)\(operation.rawValue)(\(x), \(y))"
    if prefix == "cw_" { return call }
    return switch operation {
    case .add: "\(x) + \(y)"
    case .subtract: "\(x) - \(y)"
    case .multiply: "\(x) * \(y)"
    case .divide: "\(x) / \(y)"
    case .minimum, .maximum, .power: call
    }
  }

  /// Comparisons of truth values, false being less than true.
  private func agreement(_ comparison: Comparison, _ x: String, _ y: String) -> String {
    let mask = layout.mask
    let differ = "\(mask)or(\(mask)andNot(\(x), \(y)), \(mask)andNot(\(y), \(x)))"
    return switch comparison {
    case .less: "\(mask)andNot(\(y), \(x))"
    case .lessOrEqual: "\(mask)or(\(mask)not(\(x)), \(y))"
    case .greater: "\(mask)andNot(\(x), \(y))"
    case .greaterOrEqual: "\(mask)or(\(x), \(mask)not(\(y)))"
    case .equal: "\(mask)not(\(differ))"
    case .notEqual: differ
    }
  }

  /// A number that lowering brought in, exactly.
  static func literal(_ number: Double) -> String {
    if number.isNaN { return "__builtin_nan(\"\")" }
    if number.isInfinite { return number < 0 ? "-__builtin_inf()" : "__builtin_inf()" }
    return number.description
  }

  /// The one output of a section of plain arithmetic, as C's `double`: statements, then its name.
  static func scalar(_ section: Section, in text: inout CText) -> String {
    for (index, instruction) in section.instructions.enumerated() {
      let value =
        switch instruction.operation {
        case .constant(let number): literal(number)
        case .uniform(let uniform): "uniforms[\(uniform)]"
        case .unary(_, let x): "-v\(x)"
        case .binary(let operation, let x, let y): binary(operation, "v\(x)", "v\(y)", prefix: "")
        default: "w"
        }
      text.line("const double v\(index) = \(value);")
    }
    return "v\(section.outputs[0])"
  }
}
