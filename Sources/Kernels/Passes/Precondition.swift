extension Program {
  /// Makes the precondition cheap: of each test, which is a conjunction, only what is at hand.
  ///
  /// Comparisons without functions come first: a quiet neuron is below its thresholds. Where there is
  /// one that the time does not enter, those of the time with a column go with it: a dendrite stays
  /// above threshold long after its spike, and the timer alone says that nothing can come of it. Flags
  /// are the second choice, for many are up in a quiet neuron.
  func cheapeningPrecondition() -> Program {
    var program = self
    program.precondition = anyTest { tests.cheapConjuncts(of: $0) }
    return program
  }

  /// Whether in some test all of its chosen conjuncts hold.
  private func anyTest(_ choose: (_ test: Int) -> [Int]) -> Section {
    var code = SectionBuilder()
    var values: [Int] = []
    for instruction in tests.instructions {
      let moved = instruction.operation.mapped { values[$0] }
      values.append(code.emit(moved, instruction.type))
    }
    var any: Int?
    for output in tests.outputs {
      let chosen = choose(output).map { values[$0] }
      guard let first = chosen.first else { continue }
      let test = chosen.dropFirst().reduce(first) { code.emit(.and($0, $1), .boolean) }
      any = any.map { code.emit(.or($0, test), .boolean) } ?? test
    }
    code.outputs = any.map { [$0] } ?? []
    return code.section.withoutDeadCode
  }
}

extension Section {
  /// Conjuncts of a condition of which it cannot hold unless all do.
  fileprivate func cheapConjuncts(of condition: Int) -> [Int] {
    var conjuncts: [Int] = []
    var open = [condition]
    while let value = open.popLast() {
      if case .and(let x, let y) = instructions[value].operation {
        open += [y, x]
      } else {
        conjuncts.append(value)
      }
    }
    if conjuncts.contains(where: { isCheapComparison($0, timed: false) }) {
      return conjuncts.filter { isCheapComparison($0, timed: true) }
    }
    let flags = conjuncts.filter { isFlag($0) }
    return flags.isEmpty ? [condition] : flags
  }

  private func isFlag(_ value: Int) -> Bool {
    switch instructions[value].operation {
    case .load, .uniform: true
    case .not(let x): isFlag(x)
    default: false
    }
  }

  /// Whether it compares numbers that take next to nothing to compute; `timed`: the time among them.
  private func isCheapComparison(_ value: Int, timed: Bool) -> Bool {
    guard case .compare(_, let x, let y) = instructions[value].operation else { return false }
    return isCheap(x, depth: 2, timed: timed) && isCheap(y, depth: 2, timed: timed)
  }

  private func isCheap(_ value: Int, depth: Int, timed: Bool) -> Bool {
    switch instructions[value].operation {
    case .constant, .uniform, .load: true
    case .step: timed
    case .binary(.add, let x, let y), .binary(.subtract, let x, let y),
      .binary(.multiply, let x, let y):
      depth > 0 && isCheap(x, depth: depth - 1, timed: timed)
        && isCheap(y, depth: depth - 1, timed: timed)
    default: false
    }
  }
}
