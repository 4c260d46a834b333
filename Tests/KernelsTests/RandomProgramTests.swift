import Equations
import Testing
import Units

@testable import Kernels

/// What holds for all programs, on some hundred made at random.
@Suite struct RandomProgramTests {
  static let seeds: [UInt64] = Array(1...150)

  @Test func `passes keep the meaning within a few units in the last place`() throws {
    var compared = 0
    var marks = 0
    for seed in Self.seeds {
      var random = RandomProgram(seed: seed)
      let plain = try KernelBlock(try Program(plain: random.definition), live: 11)
      let fast = try KernelBlock(try Program(random.definition), live: 11)
      let arrivals = random.arrivals(steps: 20, lanes: 11)
      let starts = random.starts(steps: 20, lanes: 11)
      plain.advance(20, arrivals: arrivals, starts: starts)
      fast.advance(20, arrivals: arrivals, starts: starts)
      plain.finish()
      fast.finish()
      try #require(plain.marks == fast.marks, "seed \(seed)")
      marks += plain.marks.count
      for column in plain.program.columns {
        for lane in 0..<11 {
          let (a, b) = (plain[column.name, lane], fast[column.name, lane])
          guard a == b || (a.isNaN && b.isNaN) || abs(a - b) <= 1e-11 * max(abs(a), 1) else {
            Issue.record("seed \(seed): \(column.name) is \(b) in place of \(a)")
            return
          }
          compared += a.isFinite ? 1 : 0
        }
      }
    }
    #expect(compared > 10_000)
    #expect(marks > 1000)
  }

  @Test(arguments: [Precision.double, .single])
  func `a visit of many steps is as many visits of one step`(precision: Precision) throws {
    for seed in Self.seeds {
      var random = RandomProgram(seed: seed, precision: precision)
      let program = try Program(random.definition)
      let arrivals = random.arrivals(steps: 12, lanes: 9)
      let starts = random.starts(steps: 12, lanes: 9)
      let one = try KernelBlock(program, live: 9)
      one.advance(12, arrivals: arrivals, starts: starts)
      one.finish()
      let many = try KernelBlock(program, live: 9)
      for step in 0..<12 {
        let now = arrivals.filter { $0.step == step }.map { arrival in
          var arrival = arrival
          arrival.step = 0
          return arrival
        }
        let begun = starts.filter { $0.step == step }.map { start in
          var start = start
          start.step = 0
          return start
        }
        many.advance(1, arrivals: now, starts: begun)
      }
      many.finish()
      try #require(one.marks == many.marks, "seed \(seed)")
      try #require(one.bits == many.bits, "seed \(seed)")
      try #require(one.probes.description == many.probes.description)
    }
  }

  @Test(arguments: [Precision.double, .single])
  func `all kinds of processor give the same bits`(precision: Precision) throws {
    let kinds = ["baseline", "avx2", "avx512"].compactMap { PortableMathematics(named: $0) }
    try #require(!kinds.isEmpty)
    for seed in Self.seeds.prefix(60) {
      var random = RandomProgram(seed: seed, precision: precision)
      let program = try Program(random.definition)
      let arrivals = random.arrivals(steps: 10, lanes: 9)
      let starts = random.starts(steps: 10, lanes: 9)
      let blocks = try kinds.map { try KernelBlock(program, live: 9, mathematics: $0) }
      for block in blocks {
        block.advance(10, arrivals: arrivals, starts: starts)
        block.finish()
      }
      for block in blocks.dropFirst() {
        try #require(block.marks == blocks[0].marks, "seed \(seed)")
        for (name, bits) in block.bits {
          let numbers = bits.map { Double(bitPattern: $0) }
          if numbers.contains(where: \.isNaN) { continue }
          try #require(bits == blocks[0].bits[name], "seed \(seed): \(name)")
        }
      }
    }
  }

  @Test func `the programs touch all that a program can hold`() throws {
    var found: [String: Int] = [:]
    for seed in Self.seeds {
      let program = try Program(RandomProgram(seed: seed).definition)
      func note(_ name: String, _ holds: Bool) { found[name, default: 0] += holds ? 1 : 0 }
      note("second reset", program.secondReset != nil)
      note("pending bits", program.secondReset?.pending != nil)
      note("not_refractory", program.notRefractory != nil)
      note("derived", program.columns.contains { $0.role == .derived })
      note("noise", !program.occurrences.isEmpty)
      note("events", !program.events.isEmpty)
      note("probes", !program.probe.outputs.isEmpty)
      note("starts", !program.starts.isEmpty)
      for port in program.ports {
        switch port {
        case .additive(let contributions):
          note("additive", true)
          note("masked", contributions.contains(where: \.isMasked))
        case .general: note("general", true)
        }
      }
      for instruction in program.update.instructions {
        if case .fma = instruction.operation { note("fma", true) }
      }
    }
    #expect(found.count == 12)
    for (name, count) in found { #expect(count >= 3, "\(name)") }
  }

  @Test func `lowering gives the same program and structure again`() throws {
    for seed in Self.seeds.prefix(40) {
      let definition = RandomProgram(seed: seed).definition
      let program = try Program(definition)
      #expect(try Program(definition) == program)
      var other = definition
      other.system.constants["k0"] = .init(12.5)
      #expect(try Program(other).structure == program.structure)
      #expect(program.hasOrderedColumns)
    }
  }
}
