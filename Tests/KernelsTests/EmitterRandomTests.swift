import Foundation
import KernelABI
import RandomNumbers
import Testing

@testable import Kernels

/// Random programs: whatever the width, and wherever visits are cut, compiled kernels leave the
/// bits that the portable one leaves.
@Suite struct EmitterRandomTests {
  /// How many programs each case runs; COPPICE_RANDOM_PROGRAMS asks for more.
  private static let count =
    ProcessInfo.processInfo.environment["COPPICE_RANDOM_PROGRAMS"].flatMap { Int($0) } ?? 24

  struct Target: CustomTestStringConvertible {
    var set: InstructionSet
    var width: Int
    var visits = VisitLength.long
    var share = 1
    var precision = Precision.double

    var testDescription: String {
      "\(precision) on \(set) with \(width) lanes for \(visits) visits"
    }

    /// Lanes that advance together.
    var groupWidth: Int { precision == .single ? 2 * width : width }

    static var all: [Target] {
      double
        + double.map { target in
          var target = target
          (target.precision, target.share) = (.single, 2 * target.share)
          return target
        }
    }

    private static var double: [Target] {
      InstructionSet.runnable.map { Target(set: $0, width: $0.width) } + [
        Target(set: .ofThisProcessor, width: InstructionSet.ofThisProcessor.width, visits: .short),
        Target(set: .ofThisProcessor, width: 8, visits: .short, share: 2),
        Target(set: .ofThisProcessor, width: 8, share: 2),
        Target(set: .baseline, width: 4, share: 4),
      ]
    }
  }

  @Test(arguments: Target.all)
  func kernelsLeaveTheBitsOfThePortableOne(target: Target) throws {
    var compiler = try KernelCompiler(lowered: target.set)
    compiler.width = target.width
    compiler.visits = target.visits
    let seeds = (0..<max(1, Self.count / target.share)).map { UInt64($0) + 1000 }
    let programs = try seeds.map { seed in
      try Program(RandomProgram(seed: seed, precision: target.precision).definition)
    }
    let libraries = try compiler.compile(programs)
    var marks = 0
    var rows = 0
    var summed = 0
    for (seed, (program, library)) in zip(seeds, zip(programs, libraries)) {
      let kernel = try CompiledKernel(library: library)
      try #require(kernel.groupWidth(lanes: 8) == target.groupWidth)
      let portable = try portableKernel(of: program)
      let scenario = Self.scenario(program, portable, seed: seed)
      let expected = scenario.run(portable, visits: 60)
      for visits in [60, 1, 7] {
        let outcome = scenario.run(kernel, visits: visits)
        try #require(outcome.areMarksSorted, "seed \(seed)")
        try #require(
          outcome == expected, "seed \(seed): \(Self.difference(outcome, expected, program))")
      }
      for visits in [1, 31] {
        let compiled = scenario.run(kernel, visits: visits, isSummed: true)
        try #require(
          compiled == expected, "seed \(seed): \(Self.difference(compiled, expected, program))")
        summed += compiled.summed
      }
      try #require(scenario.run(portable, visits: 31, isSummed: true) == expected)
      marks += expected.marks.count
      rows += expected.probes.count
    }
    #expect(marks > 10 * seeds.count)
    #expect(rows > seeds.count)
    #expect(summed > 10 * seeds.count)
  }

  private static func scenario(
    _ program: Program, _ portable: PortableKernel, seed: UInt64, lanes: Int = 32
  ) -> BlockScenario {
    var random = SplitMix(state: seed)
    var scenario = BlockScenario(
      program, uniforms: program.uniformTable(), lanes: lanes,
      liveLanes: Int.random(in: lanes - 15...lanes, using: &random), steps: 60)
    scenario.firstStep = .random(in: 0...1_000_000, using: &random)
    scenario.initialise(with: portable)
    scenario.scatterEvents(
      &random, rate: [0, 0.02, 0.3].randomElement(using: &random) ?? 0, payloads: -0.3...0.3)
    scenario.scatterStarts(&random)
    scenario.probeSteps = Set((0..<60).filter { _ in Bool.random(using: &random) })
    return scenario
  }

  /// Where two outcomes differ first, for people.
  private static func difference(
    _ a: BlockOutcome, _ b: BlockOutcome, _ program: Program
  ) -> String {
    let marks = zip(a.marks, b.marks).first { $0 != $1 }
    var text = "marks \(a.marks.count), \(b.marks.count) \(marks.map { "\($0)" } ?? "") "
    for (index, (x, y)) in zip(a.columns, b.columns).enumerated() where x != y {
      for lane in x.indices where x[lane] != y[lane] {
        text += "\(program.columns[index].name)[\(lane)]: \(Double(bitPattern: x[lane])) "
        text += "in place of \(Double(bitPattern: y[lane])) "
        break
      }
    }
    if a.probes != b.probes { text += "probes" }
    return text
  }

  @Test(arguments: [Precision.double, .single])
  func programsTooLargeForVariablesLeaveTheBitsOfThePortableOne(precision: Precision) throws {
    var program = Program.ring(of: ColumnLayout.mostLocals + 10)
    if precision == .single { program = program.inSinglePrecision }
    try #require(ColumnLayout(program, width: 4).places.count == ColumnLayout.mostLocals + 10)
    let kernels = try kernels(of: program)
    var random = SplitMix(state: 3)
    var scenario = BlockScenario(
      program, uniforms: [0.2, 0.8], lanes: 32, liveLanes: 21, steps: 40)
    scenario.scatterState(&random, by: 0.6)
    scenario.scatterEvents(&random, rate: 0.05, payloads: -1...1)
    scenario.scatterStarts(&random)
    scenario.probeSteps = [0, 3, 4, 17, 39]
    let expected = scenario.run(try portableKernel(of: program), visits: 40)
    try #require(expected.marks.count > 20)
    for kernel in kernels {
      for visits in [1, 7, 40] {
        #expect(scenario.run(kernel, visits: visits) == expected)
        #expect(scenario.run(kernel, visits: min(visits, 31), isSummed: true) == expected)
      }
    }
  }

  /// In short visits 64 groups go through a step together; larger blocks have several times as many.
  @Test(arguments: [Precision.double, .single])
  func blocksOfManyGroupsLeaveTheBitsOfThePortableOne(precision: Precision) throws {
    for seed in 2000..<UInt64(2004) {
      let program = try Program(RandomProgram(seed: seed, precision: precision).definition)
      let portable = try portableKernel(of: program)
      let scenario = Self.scenario(program, portable, seed: seed, lanes: 2192)
      let expected = scenario.run(portable, visits: 60)
      for kernel in try kernels(of: program) {
        try #require(2 * 64 * kernel.groupWidth(lanes: 2192) < scenario.liveLanes)
        for visits in [1, 2, 60] {
          let outcome = scenario.run(kernel, visits: visits)
          #expect(outcome.areMarksSorted, "seed \(seed)")
          #expect(outcome == expected, "seed \(seed), \(visits) steps per visit")
          let summed = scenario.run(kernel, visits: min(visits, 31), isSummed: true)
          #expect(summed == expected, "seed \(seed), \(visits) steps per visit, summed")
        }
      }
    }
  }

  /// Laid out for long visits and for short ones.
  private func kernels(of program: Program) throws -> [CompiledKernel] {
    try [VisitLength.long, .short].map { length in
      var compiler = try KernelCompiler()
      compiler.visits = length
      return try CompiledKernel(library: try #require(try compiler.compile([program]).first))
    }
  }

  @Test func probesAreTakenOnlyWhereALaneIsRecorded() throws {
    let program = Program.probing
    var scenario = BlockScenario(program, uniforms: [], lanes: 32, liveLanes: 24, steps: 9)
    scenario.probeGroups = [0, 1, 0, 0]
    scenario.probeSteps = [0, 4, 5, 8]
    for kernel in try kernels(of: program) {
      let outcome = scenario.run(kernel, visits: 6)
      let rows = outcome.probes.map { $0.map(Double.init(bitPattern:)) }
      let untouched = [Double](repeating: -1, count: 8)
      try #require(rows.count == 4)
      for (row, step) in zip(rows, [0.0, 4, 5, 8]) {
        #expect(row == untouched + [Double](repeating: step, count: 8) + untouched)
      }
    }
  }

  @Test func paddingLanesLeaveNoMark() throws {
    let program = Program.alwaysSpiking
    for kernel in try kernels(of: program) {
      for live in [1, 3, 8, 9, 15] {
        let scenario = BlockScenario(program, uniforms: [], lanes: 16, liveLanes: live, steps: 2)
        let outcome = scenario.run(kernel, visits: 2)
        #expect(outcome.marks.count == 2 * live)
        #expect(outcome.marks.allSatisfy { $0.lane < UInt32(live) })
      }
    }
  }

  @Test func codeStaysMappedAsLongAsItsKernel() throws {
    let compiler = try KernelCompiler()
    let libraries = try compiler.compile([.probing, .alwaysSpiking])
    // The first is unmapped before the second is mapped, which may get its descriptor's number.
    for _ in 0..<3 {
      for (library, marks) in zip(libraries, [0, 16]) {
        let kernel = try CompiledKernel(library: library)
        let program = marks == 0 ? Program.probing : .alwaysSpiking
        let scenario = BlockScenario(program, uniforms: [], lanes: 16, liveLanes: 8, steps: 2)
        #expect(scenario.run(kernel, visits: 1).marks.count == marks)
      }
    }
    let both = try libraries.map { try CompiledKernel(library: $0) }
    let scenario = BlockScenario(.alwaysSpiking, uniforms: [], lanes: 16, liveLanes: 8, steps: 2)
    #expect(scenario.run(both[1], visits: 2).marks.count == 16)
  }
}

extension Program {
  /// One column, which counts steps, and a probe of it.
  static var probing: Program {
    var program = Program.empty
    program.columns = [Column(name: "x", element: .real, role: .variable)]
    program.update = .build { code in
      let one = code.add(.constant(1))
      let x = code.load(0)
      code.store(code.add(.binary(.add, x, one)), to: 0)
    }
    program.probe = .build { code in code.output(code.load(0)) }
    return program
  }

  /// Numbers that move towards their neighbours, with a spike, its reset, and three ports.
  fileprivate static func ring(of count: Int) -> Program {
    var program = Program.empty
    program.columns = (0..<count).map {
      Column(name: "x\($0)", element: .real, role: .variable, initialValue: 0.5)
    }
    program.columns.append(Column(name: "pending", element: .flag, role: .pending))
    program.uniforms = [.value(0.2), .value(0.8)]
    program.update = .build { code in
      let share = code.add(.uniform(0))
      for column in 0..<count {
        let here = code.load(column)
        let there = code.load((column + 1) % count)
        let difference = code.add(.binary(.subtract, there, here))
        code.store(code.add(.fma(difference, share, here)), to: column)
      }
    }
    let isHigh = Section.build { code in
      code.output(code.compare(.greater, code.load(2), code.add(.uniform(1))))
    }
    (program.precondition, program.tests) = (isHigh, isHigh)
    (program.spikes, program.pendingSpike) = (true, count)
    program.reset = .build { code in
      code.store(code.add(.constant(0)), to: 2)
      code.store(code.load(2), to: count - 1)
    }
    program.ports = [
      .additive([
        Contribution(column: 2, amount: .build { $0.output($0.add(.payload)) }, isMasked: false)
      ]),
      .general(
        .build { code in
          let sum = code.add(.binary(.add, code.load(5), code.add(.payload)))
          code.store(sum, to: 2)
        }),
    ]
    program.starts = [
      .build { code in code.store(code.add(.payload), to: 7) },
      .build { code in code.store(code.load(7), to: 5) },
    ]
    program.probe = .build { code in code.output(code.load(count - 1)) }
    return program
  }

  /// The same with all columns of numbers in f32.
  fileprivate var inSinglePrecision: Program {
    var program = self
    program.precision = .single
    for place in columns.indices where columns[place].element == .real {
      program.columns[place].element = .single
    }
    return program.narrowed()
  }

  /// A spike in every lane and step, and nothing else.
  fileprivate static var alwaysSpiking: Program {
    var program = Program.empty
    program.spikes = true
    program.tests = .build { code in code.output(code.add(.truth(true), .boolean)) }
    return program
  }
}
