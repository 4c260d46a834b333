import Statistics
import Testing

@testable import Networks

@Suite struct StreamKeyTests {
  @Test func keysAreThoseOfTheFormula() {
    #expect(StreamKey.hash("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(StreamKey.hash("foobar") == 0x8594_4171_F739_67E8)
    #expect(StreamKey(seed: 0, name: "", purpose: "").bits == 0xB638_C456_C1AD_0F66)
    #expect(StreamKey(seed: 1, name: "pyr", purpose: "update.0").bits == 0xEB93_D050_3FDC_F14A)
    #expect(
      StreamKey(seed: .max, name: "überträgt", purpose: "projection.weight").bits
        == 0x9916_9EC0_858C_2472)
  }

  @Test func everyPartOfAKeyCounts() {
    let keys = [
      StreamKey(seed: 1, name: "a", purpose: "b"), StreamKey(seed: 2, name: "a", purpose: "b"),
      StreamKey(seed: 1, name: "b", purpose: "a"), StreamKey(seed: 1, name: "ab", purpose: ""),
      StreamKey(seed: 1, name: "", purpose: "ab"), StreamKey(seed: 1, name: "a", purpose: "c"),
    ]
    #expect(Set(keys).count == keys.count)
  }
}

@Suite struct RandomStreamTests {
  @Test func philoxGivesItsPublishedNumbers() {
    // Known answers of Random123, philox4x32 with 10 rounds.
    #expect(
      philox(SIMD4(repeating: 0), key: 0)
        == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    #expect(
      philox(SIMD4(repeating: .max), key: .max)
        == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
  }

  @Test func boundedNumbersAreEven() {
    var stream = RandomStream(StreamKey(bits: 1), 2, 3)
    for bound: UInt32 in [1, 7, 100] {
      var counts = [Int](repeating: 0, count: Int(bound))
      for _ in 0..<20_000 { counts[Int(stream.next(below: bound))] += 1 }
      let expected = [Double](repeating: 20_000 / Double(bound), count: Int(bound))
      let limit = bound == 1 ? 1 : Statistics.limit(degrees: Int(bound) - 1)
      #expect(Statistics.chiSquare(counts, expected: expected) < limit)
    }
  }

  @Test func uniformNumbersStayWithinTheirEnds() {
    #expect(UnitInterval.openBelow(0) == 0x1p-53)
    #expect(UnitInterval.openBelow(.max) == 1)
    #expect(UnitInterval.openAbove(0) == 0)
    #expect(UnitInterval.openAbove(.max) < 1)
    #expect(UnitInterval.open(0) > 0)
    #expect(UnitInterval.open(.max) < 1)
    #expect(UnitInterval.open(0) == 1 - UnitInterval.open(.max))
  }

  @Test func choicesAreDifferentAndEven() {
    var choices = ChoiceSet(capacity: 20)
    var counts = [Int](repeating: 0, count: 20)
    for index in 0..<5_000 {
      var stream = RandomStream(StreamKey(bits: 9), UInt32(index), 0)
      choices.draw(7, below: 20, from: &stream)
      #expect(Set(choices.chosen).count == 7)
      for choice in choices.chosen { counts[Int(choice)] += 1 }
    }
    let chiSquare = Statistics.chiSquare(
      counts, expected: [Double](repeating: 1_750, count: 20))
    #expect(chiSquare < Statistics.limit(degrees: 19))
  }
}

@Suite struct NeuronValuesTests {
  private let key = StreamKey(seed: 7, name: "pyr", purpose: "parameter.g")

  @Test func aRangeHoldsTheValuesOfTheWhole() throws {
    for values: NeuronValues in [
      .constant(3), .list((0..<100).map(Double.init)), .linspace(-1, 2),
      .normal(mean: 1, deviation: 2, minimum: 0, maximum: 2),
      .uniform(low: 0, high: 1, minimum: nil, maximum: nil),
      .lognormal(mean: 1, deviation: 1, minimum: nil, maximum: nil),
    ] {
      let whole = try values.values(count: 100, key: key)
      #expect(whole.count == 100)
      #expect(try values.values(in: 30..<77, of: 100, key: key) == Array(whole[30..<77]))
    }
  }

  @Test func momentsAreThoseAskedFor() throws {
    let count = 40_000
    let normal = try NeuronValues.normal(mean: -70, deviation: 5, minimum: nil, maximum: nil)
      .values(count: count, key: key)
    #expect((Statistics.mean(normal) + 70).magnitude < 0.1)
    #expect((Statistics.variance(normal) - 25).magnitude < 0.8)
    let lognormal = try NeuronValues.lognormal(mean: 2, deviation: 1, minimum: nil, maximum: nil)
      .values(count: count, key: key)
    #expect((Statistics.mean(lognormal) - 2).magnitude < 0.025)
    #expect((Statistics.variance(lognormal) - 1).magnitude < 0.1)
    let negative = try NeuronValues.lognormal(mean: -2, deviation: 1, minimum: nil, maximum: nil)
      .values(count: count, key: key)
    #expect(negative == lognormal.map { -$0 })
    let uniform = try NeuronValues.uniform(low: 2, high: 4, minimum: nil, maximum: nil)
      .values(count: count, key: key)
    #expect((Statistics.mean(uniform) - 3).magnitude < 0.015)
    #expect((Statistics.variance(uniform) - 1.0 / 3).magnitude < 0.01)
  }

  @Test func limitsCutTheDistributionAndRaiseNothingElse() throws {
    let values = try NeuronValues.normal(mean: 0, deviation: 1, minimum: 0.5, maximum: 1)
      .values(count: 5_000, key: key)
    #expect(values.allSatisfy { $0 >= 0.5 && $0 <= 1 })
    // Of the standard normal between 0.5 and 1.
    #expect((Statistics.mean(values) - 0.7350).magnitude < 0.01)
  }

  @Test func linspaceEndsOnItsEnds() throws {
    #expect(try NeuronValues.linspace(0, 1).values(count: 5, key: key) == [0, 0.25, 0.5, 0.75, 1])
    #expect(try NeuronValues.linspace(0.1, 0.7).values(count: 11, key: key).last == 0.7)
    #expect(try NeuronValues.linspace(3, 4).values(count: 1, key: key) == [3])
  }

  @Test func nonsenseIsRefused() {
    for values: NeuronValues in [
      .constant(.nan), .list([1, 2]), .list([1, .infinity, 3]), .linspace(0, .nan),
      .normal(mean: 0, deviation: -1, minimum: nil, maximum: nil),
      .normal(mean: 0, deviation: 1, minimum: 2, maximum: 1),
      .normal(mean: 0, deviation: 1, minimum: 60, maximum: nil),
      .lognormal(mean: 0, deviation: 1, minimum: nil, maximum: nil),
      .uniform(low: 1, high: 0, minimum: nil, maximum: nil),
      .uniform(low: -.infinity, high: 0, minimum: nil, maximum: nil),
      .uniform(low: 0, high: 1, minimum: .nan, maximum: nil),
    ] {
      #expect(throws: NetworkError.self) { try values.values(count: 3, key: key) }
    }
  }
}

@Suite struct CountDistributionTests {
  /// Logarithms of n!, summed up.
  private func logFactorials(_ count: Int) -> [Double] {
    (1...count).reduce(into: [0.0]) { $0.append($0[$1 - 1] + Logarithm.of(Double($1))) }
  }

  /// Evenly spaced uniform numbers fall on each value as often as its probability says, give or
  /// take one at each border.
  private func check(_ quantile: (Double) -> Int, _ probability: (Int) -> Double, largest: Int) {
    let trials = 20_000
    var counts = [Int](repeating: 0, count: largest + 1)
    for trial in 0..<trials { counts[quantile((Double(trial) + 0.5) / Double(trials))] += 1 }
    for (value, count) in counts.enumerated() {
      let expected = Double(trials) * probability(value)
      #expect((Double(count) - expected).magnitude <= 1.01, "\(value)")
    }
  }

  @Test(
    arguments: [
      (1, 0.3), (5, 0.5), (17, 0.02), (100, 0.99), (1_000, 0.005), (1_000, 0.5), (40, 1e-9),
    ])
  func binomialNumbersFollowTheirLaw(trials: Int, probability: Double) {
    let law = BinomialDistribution(trials: trials, probability: probability)
    let factorials = logFactorials(trials)
    check(
      law.quantile,
      { value in
        Exponential.of(
          factorials[trials] - factorials[value] - factorials[trials - value]
            + Double(value) * Logarithm.of(probability)
            + Double(trials - value) * Logarithm.of(1 - probability))
      }, largest: trials)
  }

  @Test(arguments: [(10, 4, 3), (100, 50, 50), (3_000, 1_024, 700), (60, 59, 30)])
  func hypergeometricNumbersFollowTheirLaw(population: Int, marked: Int, drawn: Int) {
    let law = HypergeometricDistribution(
      population: Double(population), marked: Double(marked), drawn: drawn)
    let factorials = logFactorials(population)
    func choices(_ from: Int, _ count: Int) -> Double {
      factorials[from] - factorials[count] - factorials[from - count]
    }
    let rest = population - marked
    check(
      law.quantile,
      { value in
        guard value <= marked, drawn - value <= rest else { return 0 }
        return Exponential.of(
          choices(marked, value) + choices(rest, drawn - value) - choices(population, drawn))
      }, largest: drawn)
  }

  @Test func endsAreCertain() {
    for uniform in [0x1p-53, 0.5, 1] {
      #expect(BinomialDistribution(trials: 9, probability: 0).quantile(uniform) == 0)
      #expect(BinomialDistribution(trials: 9, probability: -1).quantile(uniform) == 0)
      #expect(BinomialDistribution(trials: 9, probability: .nan).quantile(uniform) == 0)
      #expect(BinomialDistribution(trials: 9, probability: 1).quantile(uniform) == 9)
      #expect(BinomialDistribution(trials: 9, probability: 7).quantile(uniform) == 9)
      #expect(BinomialDistribution(trials: 0, probability: 0.5).quantile(uniform) == 0)
      #expect(BinomialDistribution(trials: -3, probability: 0.5).quantile(uniform) == 0)
      #expect(0...9 ~= BinomialDistribution(trials: 9, probability: 0.4).quantile(uniform))
    }
  }

  @Test func largeNumbersKeepMeanAndVariance() {
    let law = BinomialDistribution(trials: 4_000_000_000_000, probability: 2.5e-7)
    let values = (0..<4_000).map { Double(law.quantile((Double($0) + 0.5) / 4_000)) }
    #expect((Statistics.mean(values) / 1e6 - 1).magnitude < 1e-4)
    #expect((Statistics.variance(values) / 1e6 - 1).magnitude < 0.01)
  }
}
