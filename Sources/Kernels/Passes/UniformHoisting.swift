extension Program {
  /// Moves whatever depends on uniforms alone into the table of uniforms. Exact: the table is
  /// evaluated by the same functions.
  func hoistingUniforms() -> Program {
    var rewriting = Rewriting(uniforms)
    var program = mappingSections { section in
      rewriting.section(from: section) { _, _, _ in nil }.withoutDeadCode
    }
    program.uniforms = rewriting.uniforms
    return program
  }
}
