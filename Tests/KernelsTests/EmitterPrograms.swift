@testable import Kernels

/// Writes straight-line code by hand.
struct HandWrittenSection {
  var section = Section()

  mutating func add(_ operation: Kernels.Operation, _ type: ValueType = .real) -> Int {
    section.instructions.append(Instruction(operation, type))
    return section.instructions.count - 1
  }

  mutating func load(_ column: Int, _ type: ValueType = .real) -> Int {
    add(.load(column: column), type)
  }

  mutating func compare(_ comparison: Comparison, _ x: Int, _ y: Int) -> Int {
    add(.compare(comparison, x, y), .boolean)
  }

  mutating func store(_ value: Int, to column: Int) {
    section.stores.append(.init(column: column, value: value))
  }

  mutating func output(_ value: Int) { section.outputs.append(value) }
}

extension Section {
  static func build(_ body: (inout HandWrittenSection) -> Void) -> Section {
    var builder = HandWrittenSection()
    body(&builder)
    return builder.section
  }
}

extension Program {
  /// A program without code.
  static var empty: Program {
    Program(
      columns: [], uniforms: [], occurrences: [], derived: Section(), initial: Section(),
      probe: Section(), update: Section(), precondition: Section(), tests: Section(),
      secondReset: nil, reset: Section(), events: [], ports: [], starts: [], spikes: false,
      pendingSpike: nil, notRefractory: nil)
  }
}

extension WrittenActiveModel {
  /// The lowered model.
  static var program: Program {
    get throws { try Program(definition) }
  }
}
