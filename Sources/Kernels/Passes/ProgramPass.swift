/// One step of optimisation: a pure function with a name.
package struct ProgramPass: Sendable {
  package let name: String
  let apply: @Sendable (Program) -> Program

  init(_ name: String, _ apply: @escaping @Sendable (Program) -> Program) {
    self.name = name
    self.apply = apply
  }

  /// All passes, in order.
  ///
  /// Those that may change a rounding (reciprocals, signs, gathering, conductances, powers of two and
  /// their quotients, balancing, fma) work on the update alone, stay within a few units in the last
  /// place of the plain meaning, and leave alone whatever decides a condition.
  package static let all: [ProgramPass] = [
    ProgramPass("constant folding") { $0.foldingConstants() },
    ProgramPass("uniform hoisting") { $0.hoistingUniforms() },
    ProgramPass("reciprocals") { $0.multiplyingByReciprocals() },
    ProgramPass("sign normalisation") { $0.normalisingSigns() },
    ProgramPass("uniform gathering") { $0.gatheringUniforms() },
    ProgramPass("conductance gathering") { $0.gatheringConductances() },
    ProgramPass("base-two exponentials") { $0.computingBaseTwoExponentials() },
    ProgramPass("power quotients") { $0.formingPowerQuotients() },
    ProgramPass("common subexpressions") { $0.mergingCommonSubexpressions() },
    ProgramPass("derived hoisting") { $0.hoistingDerived() },
    ProgramPass("sum balancing") { $0.balancingSums() },
    ProgramPass("fma formation") { $0.formingFMA() },
    ProgramPass("precondition") { $0.cheapeningPrecondition() },
    ProgramPass("narrowing") { $0.narrowed() },
    ProgramPass("dead code") { $0.removingDeadCode() },
  ]
}

extension Program {
  /// The program after all passes.
  package func optimised() -> Program {
    ProgramPass.all.reduce(self) { $1.apply($0) }
  }

  /// The plain program of a definition, and the program after every pass.
  package static func stages(of definition: ProgramDefinition) throws(LoweringError) -> [(
    name: String, program: Program
  )] {
    var program = try Program(plain: definition)
    var stages = [(name: "lowering", program: program)]
    for pass in ProgramPass.all {
      program = pass.apply(program)
      stages.append((name: pass.name, program: program))
    }
    return stages
  }
}
