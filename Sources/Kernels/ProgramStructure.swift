extension Program {
  /// A program without its values: two programs of the same structure share compiled code.
  package struct Structure: Hashable, Sendable {
    private let program: Program

    fileprivate init(_ program: Program) {
      var program = program
      for index in program.uniforms.indices {
        if case .value = program.uniforms[index] { program.uniforms[index] = .value(0) }
      }
      for index in program.columns.indices { program.columns[index].initialValue = 0 }
      self.program = program
    }
  }

  /// What code generation sees of it.
  package var structure: Structure { Structure(self) }
}
