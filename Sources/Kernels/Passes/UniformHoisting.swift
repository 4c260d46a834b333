extension Program {
  /// Moves whatever depends on uniforms alone into the table of uniforms. Exact: the table is
  /// evaluated by the same functions.
  func hoistingUniforms() -> Program {
    var table = UniformTable(uniforms)
    var program = mappingSections { section in
      section.rewritten { _, instruction, code in code.hoisted(instruction, into: &table) }
        .withoutDeadCode
    }
    program.uniforms = table.entries
    return program
  }
}
