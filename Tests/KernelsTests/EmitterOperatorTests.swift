import Foundation
import KernelABI
import RandomNumbers
import Testing

@testable import Kernels

/// A program that applies every operation to two or three columns and keeps the results.
private struct EveryOperation {
  private(set) var program = Program.empty
  private var code = HandWrittenSection()
  /// Names of the columns of results.
  private var names: [String] = []
  private var flags: [(name: String, value: Int)] = []

  init() {
    let a = code.load(0)
    let b = code.load(1)
    let c = code.load(2)
    for operation in UnaryOperation.allCases {
      keep(operation.rawValue, .unary(operation, a))
    }
    for operation in BinaryOperation.allCases {
      keep(operation.rawValue, .binary(operation, a, b))
    }
    keep("fma", .fma(a, b, c))
    for (index, number) in [0, 1, 2, 0.5, 3.25, .infinity].enumerated() {
      keep("constant\(index)", .constant(number))
    }
    keep("uniform", .uniform(0))
    keep("step", .step, .integer)
    keep("index", .neuronIndex, .integer)
    program.uniforms = [.value(0.1)]
    for kind in [RandomOccurrence.Kind.uniform, .normal] {
      program.occurrences.append(.init(kind: kind, purpose: "\(kind)"))
      keep("\(kind)", .random(occurrence: program.occurrences.count - 1))
    }
    program.occurrences.append(.init(kind: .poisson, purpose: "poisson"))
    let lambda = code.add(.unary(.absolute, c))
    keep("poisson", .poisson(occurrence: 2, lambda: lambda))
    addTruths(a, b, c)
    finish()
  }

  private mutating func addTruths(_ a: Int, _ b: Int, _ c: Int) {
    var truths = [code.add(.truth(true), .boolean), code.add(.truth(false), .boolean)]
    for comparison in [
      Comparison.less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual,
    ] {
      let value = code.compare(comparison, a, b)
      truths.append(value)
      flags.append((comparison.rawValue, value))
    }
    let other = code.compare(.less, b, c)
    for (index, x) in truths.enumerated() {
      keep("select\(index)", .select(mask: x, b, c))
      flags.append(("not\(index)", code.add(.not(x), .boolean)))
      flags.append(("and\(index)", code.add(.and(x, other), .boolean)))
      flags.append(("or\(index)", code.add(.or(x, other), .boolean)))
    }
  }

  private mutating func keep(
    _ name: String, _ operation: Kernels.Operation, _ type: ValueType = .real
  ) {
    names.append(name)
    let value = code.add(operation, type)
    code.store(value, to: 2 + names.count)
  }

  private mutating func finish() {
    program.columns = (["a", "b", "c"] + names).map {
      Column(name: $0, element: .real, role: .variable)
    }
    for flag in flags {
      program.columns.append(Column(name: flag.name, element: .flag, role: .variable))
      code.store(flag.value, to: program.columns.count - 1)
    }
    program.update = code.section
  }
}

@Suite struct EmitterOperatorTests {
  /// Numbers where functions and comparisons tend to differ.
  private static let corners: [Double] = [
    0, -0.0, 1, -1, 0.5, 2, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
    -.leastNonzeroMagnitude, 1e308, -1e308,
    .leastNormalMagnitude, 709.7, -745.2, 710, 1e-9, -1e-9, 3, -7, 1e6, 4.5, -4.5, 1 / 3.0,
  ]

  private static func scenario(_ program: Program, lanes: Int) throws -> BlockScenario {
    var scenario = BlockScenario(
      program, uniforms: [0.1], lanes: lanes, liveLanes: lanes - 3, steps: 2)
    var random = SplitMix(state: 7)
    for column in 0..<3 {
      for lane in 0..<lanes {
        let number: Double =
          switch Int.random(in: 0..<3, using: &random) {
          case 0: try #require(corners.randomElement(using: &random))
          case 1: .random(in: -30...30, using: &random)
          default: .random(in: -1...1, using: &random)
          }
        let offset = scenario.layout.byteOffset(ofColumn: column, lane: lane, lanes: lanes)
        withUnsafeBytes(of: number) {
          scenario.state.replaceSubrange(offset..<offset + 8, with: $0)
        }
      }
    }
    return scenario
  }

  @Test(arguments: InstructionSet.runnable)
  func everyOperationGivesTheBitsOfThePortableKernel(set: InstructionSet) throws {
    let program = EveryOperation().program
    let compiler = try KernelCompiler(lowered: set)
    let library = try #require(try compiler.compile([program]).first)
    let kernel = try CompiledKernel(library: library)
    #expect(kernel.groupWidth(lanes: 64) == set.width)
    let scenario = try Self.scenario(program, lanes: 4096)
    let compiled = scenario.run(kernel, visits: 2)
    let portable = scenario.run(try portableKernel(of: program), visits: 2)
    try #require(compiled.columns.count == program.columns.count)
    for (column, (x, y)) in zip(compiled.columns, portable.columns).enumerated() {
      let lane = zip(x, y).enumerated().first { $1.0 != $1.1 }?.offset
      let name = program.columns[column].name
      #expect(
        lane == nil,
        "\(name) of \(lane.map { Self.inputs(portable, lane: $0) } ?? "")")
    }
  }

  private static func inputs(_ outcome: BlockOutcome, lane: Int) -> String {
    "\(outcome.columns[..<3].map { Double(bitPattern: $0[lane]) })"
  }
}

/// The oracle.
func portableKernel(of program: Program) throws -> PortableKernel {
  PortableKernel(program: program, mathematics: try #require(PortableMathematics()))
}

extension InstructionSet {
  /// What this processor can run.
  static var runnable: [InstructionSet] { allCases.filter { $0 <= .ofThisProcessor } }
}

extension KernelCompiler {
  /// The system's compiler (or that of COPPICE_CC), with fewer instructions.
  init(lowered set: InstructionSet) throws {
    var environment = ["PATH": "/usr/bin:/bin", "COPPICE_ISA": set.rawValue]
    environment["COPPICE_CC"] = ProcessInfo.processInfo.environment["COPPICE_CC"]
    try self.init(environment: environment)
  }
}
