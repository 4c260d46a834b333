/// Builds sections anew, value by value in their order.
///
/// A pass says what becomes of each value. What all passes have in common is here: the new section,
/// the new numbers of old values, and the table of uniforms, which grows from section to section.
struct Rewriting {
  /// The number of an instruction's new value, given its place in the old section and the
  /// instruction on new operands. `nil` keeps the instruction, as `value(_:_:)` gives it.
  typealias Body = (_ place: Int, _ instruction: Instruction, _ new: inout Rewriting) -> Int?

  /// The new section as far as it has come.
  var code = SectionBuilder()
  private var table: UniformTable
  private var values: [Int] = []

  init(_ uniforms: [UniformEntry]) {
    table = UniformTable(uniforms)
  }

  /// The uniforms that there were, and those that are new behind them.
  var uniforms: [UniformEntry] { table.entries }

  /// The new number of a value of the old section, one before that which is looked at.
  subscript(old: Int) -> Int { values[old] }

  /// The value of an operation on new values, simplified; a uniform where all that it reads is one.
  mutating func value(_ operation: Operation, _ type: ValueType = .real) -> Int {
    code.hoisted(Instruction(operation, type), into: &table)
  }

  /// The section built anew.
  mutating func section(from old: Section, _ body: Body) -> Section {
    code = SectionBuilder()
    values.removeAll(keepingCapacity: true)
    values.reserveCapacity(old.instructions.count)
    for (place, instruction) in old.instructions.enumerated() {
      let moved = Instruction(instruction.operation.mapped { values[$0] }, instruction.type)
      values.append(body(place, moved, &self) ?? value(moved.operation, moved.type))
    }
    code.stores = old.stores.map { Section.Store(column: $0.column, value: values[$0.value]) }
    code.outputs = old.outputs.map { values[$0] }
    return code.section
  }
}

extension Section {
  /// The section built anew, which leaves the table of uniforms alone.
  func rewritten(_ body: (Int, Instruction, inout SectionBuilder) -> Int) -> Section {
    var rewriting = Rewriting([])
    return rewriting.section(from: self) { place, instruction, new in
      body(place, instruction, &new.code)
    }
  }
}

extension Program {
  /// The program with its update built anew.
  func rewritingUpdate(_ body: Rewriting.Body) -> Program {
    var program = self
    var rewriting = Rewriting(uniforms)
    // What is left behind must not count as a reader in the passes to come.
    program.update = rewriting.section(from: update, body).withoutDeadCode
    program.uniforms = rewriting.uniforms
    return program
  }
}
