/// Writes the straight-line code of sections as C.
struct SectionEmitter {
  /// How code reaches columns, uniforms and what belongs to the moment.
  struct Surroundings {
    /// Columns in local variables; the others are read from memory.
    var locals: Set<Int> = []
    /// Uniforms in local variables.
    var hoisted: Set<Int> = []
    /// Distinguishes the draws of one neuron in one step at one place of the text.
    var ordinal = "0"
    /// The payload of all lanes.
    var payload = "cv_set(w)"
  }

  let layout: ColumnLayout
  var surroundings = Surroundings()

  /// Writes the instructions; value k becomes `v<k>`.
  func instructions(of section: Section, in text: inout CText) {
    for index in section.instructions.indices { self.instruction(index, of: section, in: &text) }
  }

  private func instruction(_ index: Int, of section: Section, in text: inout CText) {
    let instruction = section.instructions[index]
    let type = instruction.type == .boolean ? "cv_mask" : "cv_real"
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

  private func expression(_ instruction: Instruction, in section: Section) -> String {
    switch instruction.operation {
    case .constant(let number): "cv_set(\(Self.literal(number)))"
    case .truth(let truth): truth ? "cv_true()" : "cv_false()"
    case .uniform(let index): uniform(index, type: instruction.type)
    case .load(let column): self.column(column)
    case .step: "cv_set((double)n)"
    case .neuronIndex: "(cv_load(lane_numbers) + cv_set((double)i0))"
    case .payload: surroundings.payload
    case .random(let occurrence): random(occurrence)
    case .poisson(let occurrence, let lambda):
      "cv_poisson(streams[\(occurrence)], i0, (uint64_t)n, \(surroundings.ordinal), v\(lambda))"
    case .unary(let operation, let x): "cv_\(operation.rawValue)(v\(x))"
    case .binary(let operation, let x, let y): Self.binary(operation, "v\(x)", "v\(y)")
    case .fma(let a, let b, let c): "cv_fma(v\(a), v\(b), v\(c))"
    case .compare(let comparison, let x, let y):
      section.instructions[x].type == .boolean
        ? Self.agreement(comparison, "v\(x)", "v\(y)")
        : "cv_\(comparison.rawValue)(v\(x), v\(y))"
    case .select(let mask, let x, let y):
      instruction.type == .boolean
        ? "cv_or(cv_and(v\(mask), v\(x)), cv_andNot(v\(y), v\(mask)))"
        : "cv_select(v\(mask), v\(x), v\(y))"
    case .not(let x): "cv_not(v\(x))"
    case .and(let x, let y): "cv_and(v\(x), v\(y))"
    case .or(let x, let y): "cv_or(v\(x), v\(y))"
    }
  }

  private func uniform(_ index: Int, type: ValueType) -> String {
    if type == .boolean { return "(uniforms[\(index)] != 0 ? cv_true() : cv_false())" }
    return surroundings.hoisted.contains(index) ? "u\(index)" : "cv_set(uniforms[\(index)])"
  }

  private func random(_ occurrence: Int) -> String {
    let function =
      layout.program.occurrences[occurrence].kind == .normal ? "cv_normal" : "cv_uniform"
    return "\(function)(streams[\(occurrence)], i0, (uint64_t)n, \(surroundings.ordinal))"
  }

  private static func binary(_ operation: BinaryOperation, _ x: String, _ y: String) -> String {
    switch operation {
    case .add: "\(x) + \(y)"
    case .subtract: "\(x) - \(y)"
    case .multiply: "\(x) * \(y)"
    case .divide: "\(x) / \(y)"
    case .minimum, .maximum, .power: "cv_\(operation.rawValue)(\(x), \(y))"
    }
  }

  /// Comparisons of truth values, false being less than true.
  private static func agreement(_ comparison: Comparison, _ x: String, _ y: String) -> String {
    switch comparison {
    case .less: "cv_andNot(\(y), \(x))"
    case .lessOrEqual: "cv_or(cv_not(\(x)), \(y))"
    case .greater: "cv_andNot(\(x), \(y))"
    case .greaterOrEqual: "cv_or(\(x), cv_not(\(y)))"
    case .equal: "cv_not(cv_or(cv_andNot(\(x), \(y)), cv_andNot(\(y), \(x))))"
    case .notEqual: "cv_or(cv_andNot(\(x), \(y)), cv_andNot(\(y), \(x)))"
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
        case .binary(let operation, let x, let y): binary(operation, "v\(x)", "v\(y)")
        default: "w"
        }
      text.line("const double v\(index) = \(value);")
    }
    return "v\(section.outputs[0])"
  }
}
