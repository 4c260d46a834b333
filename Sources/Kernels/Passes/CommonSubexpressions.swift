extension Program {
  /// Computes nothing twice within a section. Random occurrences stay apart: each place in the
  /// text has its own.
  func mergingCommonSubexpressions() -> Program {
    mappingSections { section in
      section.rewritten { _, instruction, code in
        code.emit(instruction.operation, instruction.type)
      }
    }
  }
}
