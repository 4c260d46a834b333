extension Program {
  /// Applies identities that hold to the bit: x × 1, x - 0, not not x, …
  func foldingConstants() -> Program {
    mappingSections { section in
      section.rewritten { _, instruction, code in code.simplified(instruction) }.withoutDeadCode
    }
  }
}
