import KernelABI
import Testing

@Suite struct EqualityTests {
  private let count = 40_000

  @Test func `There is a baseline, and the best is one that the processor has`() {
    #expect(Operations(named: "baseline") != nil)
    #expect(Operations(named: "pdp11") == nil)
    #expect(coppice_isa_available(coppice_processor_kind()) == 1)
    #expect(coppice_isa_available("pdp11") == 0)
    let kind = String(cString: coppice_processor_kind())
    #expect(Operations.available.last?.name == kind)
  }

  @Test func `Denormals are flushed where that was asked for`() {
    #expect(coppice_denormals_flushed() == 0)
    #expect(flushingDenormals { coppice_denormals_flushed() } == 1)
    #expect(coppice_denormals_flushed() == 0)
    let tiny = Lanes([1e-200, 0x1p-1030])
    let out = Operations.available[0].binary(COPPICE_MULTIPLY, tiny, Lanes([1e-120, 1]))
    #expect(out.values[0] == 0)
    #expect(out.values[1] == 0)
  }

  @Test(arguments: Array(unaryNames.indices))
  func `Functions of one number have the same bits on all processors`(place: Int) {
    let operations = Operations.available
    let points = Lanes(edges + wildNumbers(count, seed: 3))
    let want = operations[0].unary(unaryOperation(place), points)
    for other in operations.dropFirst() {
      let got = other.unary(unaryOperation(place), points)
      if let difference = firstDifference(want, got) {
        Issue.record(
          """
          \(unaryNames[place])(\(points.start[difference])): baseline \(want.start[difference]), \
          \(other.name) \(got.start[difference])
          """)
      }
    }
  }

  @Test(arguments: Array(binaryNames.indices))
  func `Functions of two numbers have the same bits on all processors`(place: Int) {
    let operations = Operations.available
    let pairs = edges.flatMap { x in edges.map { (x, $0) } }
    let a = Lanes(pairs.map(\.0) + wildNumbers(count, seed: 4))
    let b = Lanes(pairs.map(\.1) + wildNumbers(count, seed: 5))
    let want = operations[0].binary(binaryOperation(place), a, b)
    for other in operations.dropFirst() {
      let got = other.binary(binaryOperation(place), a, b)
      if let difference = firstDifference(want, got) {
        let (x, y) = (a.start[difference], b.start[difference])
        Issue.record("\(binaryNames[place]) of \(x) and \(y) on \(other.name)")
      }
    }
  }

  @Test func `Comparisons, selection and fma are the same on all processors`() {
    let operations = Operations.available
    let a = Lanes(edges + wildNumbers(count, seed: 6))
    let b = Lanes(edges.reversed() + wildNumbers(count, seed: 7))
    let c = Lanes(wildNumbers(count + edges.count, seed: 8))
    for other in operations {
      for place in comparisonNames.indices {
        let want = operations[0].compare(comparison(place), a, b)
        let got = other.compare(comparison(place), a, b)
        #expect(got == want, "\(comparisonNames[place]) on \(other.name)")
        let chosen = other.select(got, a, b)
        #expect(
          (0..<a.count).allSatisfy {
            chosen.start[$0].bitPattern == (got[$0] == 1 ? a : b).start[$0].bitPattern
          }, "selection on \(other.name)")
      }
      #expect(firstDifference(operations[0].fma(a, b, c), other.fma(a, b, c)) == nil)
    }
  }

  @Test func `Comparisons are those of IEEE 754`() {
    let pairs = edges.filter { !$0.isSubnormal }.flatMap { x in
      edges.filter { !$0.isSubnormal }.map { (x, $0) }
    }
    let a = Lanes(pairs.map(\.0))
    let b = Lanes(pairs.map(\.1))
    let meanings: [(Double, Double) -> Bool] = [(<), (<=), (>), (>=), (==), (!=)]
    for operations in Operations.available {
      for (place, meaning) in meanings.enumerated() {
        let got = operations.compare(comparison(place), a, b)
        for lane in 0..<a.count {
          let want = meaning(a.start[lane], b.start[lane])
          #expect(got[lane] == (want ? 1 : 0))
        }
      }
    }
  }

  @Test func `An output may be its own input`() {
    for operations in Operations.available {
      let points = Lanes(wildNumbers(64, seed: 9))
      let want = operations.unary(COPPICE_TANH, points)
      flushingDenormals {
        operations.table.unary(COPPICE_TANH, points.start, points.start, points.count)
      }
      #expect(firstDifference(want, points) == nil)
    }
  }

  @Test func `Functions of single numbers have the bits of the vectors`() {
    let points = Lanes(edges + wildNumbers(2_000, seed: 10))
    let baseline = Operations.available[0]
    let functions: [(coppice_unary, (Double) -> Double)] = [
      (COPPICE_EXP, coppice_exp), (COPPICE_LOG, coppice_log), (COPPICE_LOG1P, coppice_log1p),
    ]
    for (operation, function) in functions {
      let want = baseline.unary(operation, points)
      let got = flushingDenormals { Lanes(points.values.map(function)) }
      #expect(firstDifference(want, got) == nil)
    }
  }
}
