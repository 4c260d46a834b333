import Foundation
import KernelABI
import Testing

@testable import Kernels

/// Random programs: whatever the width, and wherever visits are cut, compiled kernels leave the
/// bits that the portable one leaves.
@Suite struct EmitterRandomTests {
  /// How many programs each case runs; COPPICE_RANDOM_PROGRAMS asks for more.
  private static let count =
    ProcessInfo.processInfo.environment["COPPICE_RANDOM_PROGRAMS"].flatMap { Int($0) } ?? 40

  struct Target: CustomTestStringConvertible {
    var set: InstructionSet
    var width: Int
    var share = 1

    var testDescription: String { "\(set) with \(width) lanes" }

    static var all: [Target] {
      InstructionSet.runnable.map { Target(set: $0, width: $0.width) } + [
        Target(set: .ofThisProcessor, width: 8, share: 2),
        Target(set: .baseline, width: 4, share: 4),
      ]
    }
  }

  @Test(arguments: Target.all)
  func kernelsLeaveTheBitsOfThePortableOne(target: Target) throws {
    var compiler = try KernelCompiler(lowered: target.set)
    compiler.width = target.width
    let seeds = (0..<max(1, Self.count / target.share)).map { UInt64($0) + 1000 }
    let programs = try seeds.map { try Program(RandomProgram(seed: $0).definition) }
    let libraries = try compiler.compile(programs)
    var marks = 0
    var rows = 0
    for (seed, (program, library)) in zip(seeds, zip(programs, libraries)) {
      let kernel = try CompiledKernel(library: library)
      try #require(kernel.groupWidth(lanes: 8) == target.width)
      let portable = try portableKernel(of: program)
      let scenario = Self.scenario(program, portable, seed: seed)
      let expected = scenario.run(portable, visits: 60)
      for visits in [60, 1, 7] {
        let outcome = scenario.run(kernel, visits: visits)
        try #require(outcome.areMarksSorted, "seed \(seed)")
        try #require(
          outcome == expected, "seed \(seed): \(Self.difference(outcome, expected, program))")
      }
      marks += expected.marks.count
      rows += expected.probes.count
    }
    #expect(marks > 10 * seeds.count)
    #expect(rows > seeds.count)
  }

  private static func scenario(
    _ program: Program, _ portable: PortableKernel, seed: UInt64
  ) -> BlockScenario {
    var random = SplitMix(state: seed)
    var scenario = BlockScenario(
      program, uniforms: program.uniformTable(), lanes: 32,
      liveLanes: Int.random(in: 17...32, using: &random), steps: 60)
    scenario.firstStep = .random(in: 0...1_000_000, using: &random)
    scenario.initialise(with: portable)
    scenario.scatterEvents(
      &random, rate: [0, 0.02, 0.3].randomElement(using: &random) ?? 0, payloads: -0.3...0.3)
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

  @Test func probesAreTakenOnlyWhereALaneIsRecorded() throws {
    let program = Program.probing
    let library = try #require(try KernelCompiler().compile([program]).first)
    var scenario = BlockScenario(program, uniforms: [], lanes: 24, liveLanes: 24, steps: 9)
    scenario.probeGroups = [0, 1, 0]
    scenario.probeSteps = [0, 4, 5, 8]
    let outcome = scenario.run(try CompiledKernel(library: library), visits: 6)
    let rows = outcome.probes.map { $0.map(Double.init(bitPattern:)) }
    let untouched = [Double](repeating: -1, count: 8)
    try #require(rows.count == 4)
    for (row, step) in zip(rows, [0.0, 4, 5, 8]) {
      #expect(row == untouched + [Double](repeating: step, count: 8) + untouched)
    }
  }

  @Test func paddingLanesLeaveNoMark() throws {
    let program = Program.alwaysSpiking
    let kernel = try CompiledKernel(
      library: try #require(try KernelCompiler().compile([program]).first))
    for live in [1, 3, 8, 9, 15] {
      let scenario = BlockScenario(program, uniforms: [], lanes: 16, liveLanes: live, steps: 2)
      let outcome = scenario.run(kernel, visits: 2)
      #expect(outcome.marks.count == 2 * live)
      #expect(outcome.marks.allSatisfy { $0.lane < UInt32(live) })
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
        let scenario = BlockScenario(program, uniforms: [], lanes: 8, liveLanes: 8, steps: 2)
        #expect(scenario.run(kernel, visits: 1).marks.count == marks)
      }
    }
    let both = try libraries.map { try CompiledKernel(library: $0) }
    let scenario = BlockScenario(.alwaysSpiking, uniforms: [], lanes: 8, liveLanes: 8, steps: 2)
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

  /// A spike in every lane and step, and nothing else.
  fileprivate static var alwaysSpiking: Program {
    var program = Program.empty
    program.spikes = true
    program.tests = .build { code in code.output(code.add(.truth(true), .boolean)) }
    return program
  }
}
