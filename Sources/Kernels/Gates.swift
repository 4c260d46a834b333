/// The tests of a program taken apart, for kernels: what changes in every step, and what changes when
/// its time has come or on rare paths only.
///
/// A *gate* is a conjunction of a test's conditions on columns that no step writes (timers, flags) and
/// on the time since: `t > timer + 5*ms and allow_rise`. A kernel keeps its truth by lane, and evaluates
/// it anew when the earliest of its deadlines comes and where a rare path has written. What is left of a
/// test for every step is a comparison or two; a test that is nothing but a gate costs no step anything.
///
/// That narrows down where tests are run, as the precondition does, and can therefore change no result:
/// a gate may hold too early, never too late.
struct Gates {
  /// In the order of tests.
  private(set) var gates: [Gate] = []
  /// What is left for every step: one output for each of `guards`.
  private(set) var everyStep = Section()
  /// By output of `everyStep`: the gate that must hold too, if there is one.
  private(set) var guards: [Int?] = []
  /// The uniform that the step is multiplied with in all deadlines.
  private(set) var clock: Int?

  /// Conditions on what no step writes, all of which must hold. They read the step, uniforms and columns.
  struct Gate {
    /// One output: the conditions without the time. Empty: they always hold.
    var waiting: Section
    /// Two outputs for each comparison that becomes true when the time has passed a moment: it, and the
    /// moment, in units of the clock.
    var deadlines: Section
    /// Whether it is a whole test, so that `tests` must run while it holds in some lane.
    var isAlone: Bool
  }

  /// Columns that gates read.
  var columns: Set<Int> {
    gates.reduce(into: []) {
      $0.formUnion($1.waiting.loadedColumns.union($1.deadlines.loadedColumns))
    }
  }

  init(_ program: Program) {
    let tests = program.tests
    let isSteady = tests.steadyValues(written: program.columnsOfEveryStep)
    var everyStep = SectionCopy(of: tests)
    for output in tests.outputs {
      let parts = Parts(of: output, in: tests, isSteady: isSteady, clock: clock)
      clock = parts.clock
      let gate = Gate(parts, of: tests)
      if let gate { gates.append(gate) }
      guard let condition = everyStep.conjunction(of: parts.everyStep) else { continue }
      everyStep.code.outputs.append(condition)
      guards.append(gate == nil ? nil : gates.count - 1)
    }
    self.everyStep = everyStep.code.section
  }
}

extension Gates.Gate {
  fileprivate init?(_ parts: Parts, of tests: Section) {
    guard !parts.waiting.isEmpty || !parts.deadlines.isEmpty else { return nil }
    var waiting = SectionCopy(of: tests)
    waiting.code.outputs = waiting.conjunction(of: parts.waiting).map { [$0] } ?? []
    self.waiting = waiting.code.section
    var deadlines = SectionCopy(of: tests)
    for deadline in parts.deadlines {
      let values = [deadlines.value(deadline.comparison), deadlines.value(deadline.moment)]
      deadlines.code.outputs += values
    }
    self.deadlines = deadlines.code.section
    isAlone = parts.everyStep.isEmpty
  }
}

/// A comparison of a section that becomes true with the time, and the moment that the time is compared
/// with.
private struct Deadline {
  var comparison: Int
  var moment: Int
}

/// The conjuncts of one test, sorted out.
private struct Parts {
  /// Cheap ones that change in every step; if there are neither these nor others, the whole test.
  var everyStep: [Int] = []
  /// Conditions on what no step writes, without the time.
  var waiting: [Int] = []
  var deadlines: [Deadline] = []
  var clock: Int?

  init(of test: Int, in tests: Section, isSteady: [Bool], clock: Int?) {
    self.clock = clock
    let conjuncts = tests.conjuncts(of: test)
    for conjunct in conjuncts {
      if isSteady[conjunct] {
        waiting.append(conjunct)
      } else if let (deadline, clock) = tests.deadline(conjunct, isSteady: isSteady),
        self.clock == nil || self.clock == clock
      {
        self.clock = clock
        deadlines.append(deadline)
      } else if tests.isCheapComparison(conjunct, timed: false) {
        everyStep.append(conjunct)
      }
    }
    if everyStep.isEmpty && waiting.isEmpty && deadlines.isEmpty {
      let flags = conjuncts.filter { tests.isFlag($0) }
      everyStep = flags.isEmpty ? [test] : flags
    }
  }
}

/// A section that takes over values of another one, with all that they are made of.
private struct SectionCopy {
  private let original: Section
  private var places: [Int: Int] = [:]
  var code = SectionBuilder()

  init(of original: Section) {
    self.original = original
  }

  mutating func value(_ value: Int) -> Int {
    if let place = places[value] { return place }
    let instruction = original.instructions[value]
    for operand in instruction.operation.operands { _ = self.value(operand) }
    let moved = instruction.operation.mapped { places[$0] ?? $0 }
    let place = code.emit(moved, instruction.type)
    places[value] = place
    return place
  }

  /// All of them together; `nil` where there is none.
  mutating func conjunction(of values: [Int]) -> Int? {
    guard let first = values.first else { return nil }
    let start = value(first)
    return values.dropFirst().reduce(start) { all, next in
      let condition = value(next)
      return code.emit(.and(all, condition), .boolean)
    }
  }
}

extension Section {
  /// By value: whether it depends on uniforms and on columns that no step writes alone.
  fileprivate func steadyValues(written: Set<Int>) -> [Bool] {
    var isSteady: [Bool] = []
    isSteady.reserveCapacity(instructions.count)
    for instruction in instructions {
      switch instruction.operation {
      case .load(let column): isSteady.append(!written.contains(column))
      case .step, .neuronIndex, .payload, .random, .poisson: isSteady.append(false)
      default: isSteady.append(instruction.operation.operands.allSatisfy { isSteady[$0] })
      }
    }
    return isSteady
  }

  /// A comparison that becomes true when the step, times a uniform, passes something steady.
  fileprivate func deadline(
    _ value: Int, isSteady: [Bool]
  ) -> (deadline: Deadline, clock: Int)? {
    guard case .compare(let comparison, let x, let y) = instructions[value].operation else {
      return nil
    }
    let time: Int
    let moment: Int
    switch comparison {
    case .greater, .greaterOrEqual: (time, moment) = (x, y)
    case .less, .lessOrEqual: (time, moment) = (y, x)
    case .equal, .notEqual: return nil
    }
    guard isSteady[moment], [.real, .integer].contains(instructions[moment].type),
      let clock = clock(of: time)
    else { return nil }
    return (Deadline(comparison: value, moment: moment), clock)
  }

  /// The uniform by which a value is the step, if it is nothing else.
  private func clock(of value: Int) -> Int? {
    guard case .binary(.multiply, let x, let y) = instructions[value].operation else { return nil }
    switch (instructions[x].operation, instructions[y].operation) {
    case (.step, .uniform(let uniform)), (.uniform(let uniform), .step): return uniform
    default: return nil
    }
  }
}

extension Program {
  /// Columns that a step may write where nothing rare happens in it, and those of additive arrivals.
  fileprivate var columnsOfEveryStep: Set<Int> {
    update.storedColumns.union(tests.storedColumns).union(summedColumns)
  }
}
