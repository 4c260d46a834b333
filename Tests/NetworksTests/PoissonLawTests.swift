import Statistics
import Testing

@testable import Networks

@Suite struct PoissonLawTests {
  private let key = StreamKey(seed: 11, name: "x", purpose: "poisson")

  private func gaps(_ law: PoissonLaw, count: UInt64) -> [Int64] {
    (0..<count).map { law.nextGap(key: key, unit: $0 % 100, draw: $0 / 100) }
  }

  @Test(arguments: [0.001, 0.02, 0.4, 0.97])
  func gapsAreGeometric(probability: Double) throws {
    let gaps = gaps(PoissonLaw(probability: probability), count: 40_000)
    #expect(gaps.allSatisfy { $0 >= 1 })
    let mean = Statistics.mean(gaps.map(Double.init))
    let deviation = ((1 - probability) / probability / probability / 40_000).squareRoot()
    #expect((mean - 1 / probability).magnitude < 4.5 * deviation)
    // P(gap = k) = p (1 - p)^(k - 1), as many classes as have ten expected.
    var expected: [Double] = []
    var left = 40_000.0
    while left * probability >= 10, left * (1 - probability) >= 10, expected.count < 200 {
      expected.append(left * probability)
      left *= 1 - probability
    }
    try #require(!expected.isEmpty)
    var observed = [Int](repeating: 0, count: expected.count + 1)
    for gap in gaps { observed[min(Int(gap) - 1, expected.count)] += 1 }
    expected.append(left)
    #expect(
      Statistics.chiSquare(observed, expected: expected)
        < Statistics.limit(degrees: expected.count - 1))
  }

  @Test func theGapIsTheFirstStepAtWhichItsProbabilityIsUsedUp() {
    let law = PoissonLaw(probability: 0.1)
    for draw in 0..<500 as Range<UInt64> {
      let uniform = UnitInterval.openBelow(
        philox(SIMD4(3, 0, UInt32(draw), 0), key: key.bits).low64)
      let gap = law.nextGap(key: key, unit: 3, draw: draw)
      // U <= (1 - p)^(gap - 1), and not U <= (1 - p)^gap.
      #expect(Logarithm.of(uniform) <= Double(gap - 1) * Logarithm.of(0.9) + 1e-12)
      #expect(Logarithm.of(uniform) > Double(gap) * Logarithm.of(0.9) - 1e-12)
    }
  }

  @Test func certainUnitsFireInEveryStepAndSilentOnesNever() {
    #expect(gaps(PoissonLaw(probability: 1), count: 100).allSatisfy { $0 == 1 })
    #expect(gaps(PoissonLaw(rate: 20_000, dt: 1e-4), count: 100).allSatisfy { $0 == 1 })
    for probability in [0, -1, .nan, .leastNonzeroMagnitude] {
      #expect(gaps(PoissonLaw(probability: probability), count: 100).allSatisfy { $0 == .max })
    }
    #expect(gaps(PoissonLaw(probability: 0.5, sources: 0), count: 9).allSatisfy { $0 == .max })
    #expect(gaps(PoissonLaw(probability: 1e-200), count: 9).allSatisfy { $0 == .max })
    #expect(gaps(PoissonLaw(probability: 1e-15), count: 9).allSatisfy { $0 > 1_000_000 })
    #expect(gaps(PoissonLaw(probability: 1 - 0x1p-53), count: 100).allSatisfy { 1...2 ~= $0 })
  }

  @Test func spikesStayWithinTheWindow() {
    let law = PoissonLaw(probability: 0.2)
    let window: Range<Int64> = 100..<200
    for unit in 0..<50 as Range<UInt64> {
      var step: Int64 = -1
      var spikes = 0
      for draw in 0..<200 as Range<UInt64> {
        let next = law.nextStep(after: step, in: window, key: key, unit: unit, draw: draw)
        guard next != .max else { break }
        #expect(next > step && window.contains(next))
        step = next
        spikes += 1
      }
      #expect(spikes > 3 && spikes < 50)
    }
    #expect(law.nextStep(after: 199, in: window, key: key, unit: 0, draw: 0) == .max)
    #expect(law.nextStep(after: 0, in: 5..<5, key: key, unit: 0, draw: 0) == .max)
    let endless = Int64.max - 1..<Int64.max
    #expect(
      PoissonLaw(probability: 1).nextStep(after: -1, in: endless, key: key, unit: 0, draw: 0)
        == .max - 1)
    #expect(
      law.nextStep(after: .max - 2, in: 0..<Int64.max, key: key, unit: 0, draw: 1) >= .max - 1)
    #expect(
      PoissonLaw(probability: 1).nextStep(
        after: -9, in: Int64.min..<3, key: key, unit: 0, draw: 0) == -8)
  }

  @Test func aWindowThatOpensFiresInItsFirstStepAsOftenAsInOthers() {
    let law = PoissonLaw(probability: 0.25)
    let first = (0..<10_000 as Range<UInt64>).count {
      law.nextStep(after: -1, in: 40..<Int64.max, key: key, unit: $0, draw: 0) == 40
    }
    #expect((Double(first) - 2_500).magnitude < 200)
  }

  @Test func manySourcesFireAsBinomialNumbersDo() {
    // All steps of 200 units: Binomial(30, 0.02) each, zeros included.
    let law = PoissonLaw(probability: 0.02, sources: 30)
    let counting = StreamKey(seed: 11, name: "x", purpose: "poisson.count")
    var observed = [Int](repeating: 0, count: 5)
    for unit in 0..<200 as Range<UInt64> {
      var step: Int64 = -1
      var draw: UInt64 = 0
      while true {
        let next = law.nextStep(after: step, in: 0..<400, key: key, unit: unit, draw: draw)
        let end = min(next, 400)
        observed[0] += Int(end - step - 1)
        guard next != .max else { break }
        let count = law.count(key: counting, unit: unit, draw: draw)
        #expect(count >= 1)
        observed[min(count, 4)] += 1
        step = next
        draw += 1
      }
    }
    #expect(observed.reduce(0, +) == 80_000)
    var probabilities = [Exponential.of(30 * Logarithm.of(0.98))]
    for value in 1...3 {
      let odds = Double(31 - value) / Double(value) * 0.02 / 0.98
      probabilities.append((probabilities.last ?? 0) * odds)
    }
    probabilities.append(1 - probabilities.reduce(0, +))
    #expect(
      Statistics.chiSquare(observed, expected: probabilities.map { $0 * 80_000 })
        < Statistics.limit(degrees: 4))
  }

  @Test func oneSourceFiresOnce() {
    #expect(PoissonLaw(probability: 0.5).count(key: key, unit: 1, draw: 2) == 1)
    #expect(PoissonLaw(probability: 1, sources: 8).count(key: key, unit: 1, draw: 2) == 8)
  }

  @Test func bernoulliFiresAsOftenAsItsProbabilitySays() {
    for probability in [0.003, 0.5, 0.99] {
      let law = BernoulliLaw(probability: probability)
      let fired = (0..<20_000 as Range<Int64>).reduce(0) {
        $0 + law.count(key: key, unit: UInt64($1 % 7), step: $1 / 7)
      }
      let deviation = (20_000 * probability * (1 - probability)).squareRoot()
      #expect((Double(fired) - 20_000 * probability).magnitude < 4.5 * deviation)
    }
    for step in 0..<100 as Range<Int64> {
      #expect(BernoulliLaw(probability: 1).count(key: key, unit: 0, step: step) == 1)
      #expect(BernoulliLaw(probability: 3, sources: 5).count(key: key, unit: 0, step: step) == 5)
      #expect(BernoulliLaw(probability: 0).count(key: key, unit: 0, step: step) == 0)
      #expect(BernoulliLaw(probability: .nan).count(key: key, unit: 0, step: step) == 0)
    }
  }
}

extension SIMD4<UInt32> {
  fileprivate var low64: UInt64 { UInt64(x) | UInt64(y) << 32 }
}
