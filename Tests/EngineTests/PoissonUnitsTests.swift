import Networks
import Testing

@testable import Engine

@Suite struct PoissonUnitsTests {
  private struct Firing: Hashable, Comparable {
    var step: Int64
    var unit: Int
    static func < (left: Firing, right: Firing) -> Bool {
      (left.step, left.unit) < (right.step, right.unit)
    }
  }

  private let gaps = StreamKey(seed: 7, name: "x", purpose: "poisson.gaps")
  private let counts = StreamKey(seed: 7, name: "x", purpose: "poisson.counts")

  private func spikes(
    units: Range<Int>, law: PoissonLaw, window: Range<Int64>, cuts: [Int64]
  ) -> [Firing] {
    let source = PoissonUnits(
      units: units, laws: [law], window: window, gaps: gaps, counts: counts)
    var found: [Firing] = []
    for cut in cuts {
      source.takeSpikes(until: cut) { unit, step in found.append(Firing(step: step, unit: unit)) }
    }
    return found.sorted()
  }

  /// The ring of lists gives what following each unit's gaps gives, however the run is cut.
  @Test(arguments: [0.0001, 0.005, 0.3, 1.0])
  func unitsFireAtTheStepsOfTheirGaps(probability: Double) throws {
    let law = PoissonLaw(probability: probability)
    let window: Range<Int64> = 3..<9000
    var expected: [Firing] = []
    for unit in 10..<60 {
      var step: Int64 = window.lowerBound - 1
      while true {
        step = law.nextStep(
          after: step, in: window, key: gaps, unit: UInt64(unit), draw: UInt64(step + 1))
        guard step < 10_000 else { break }
        expected.append(Firing(step: step, unit: unit))
      }
    }
    try #require(expected.count > 10)
    expected.sort()
    let oneByOne = (1...10_000).map { Int64($0) }
    #expect(spikes(units: 10..<60, law: law, window: window, cuts: [10_000]) == expected)
    #expect(spikes(units: 10..<60, law: law, window: window, cuts: oneByOne) == expected)
    let parts = [(10, 11), (11, 40), (40, 60)].flatMap { bounds in
      spikes(units: bounds.0..<bounds.1, law: law, window: window, cuts: [5, 1023, 1025, 10_000])
    }
    #expect(parts.sorted() == expected)
  }

  @Test func aSilentUnitNeverFires() {
    let law = PoissonLaw(rate: 0, dt: 1e-4)
    #expect(spikes(units: 0..<100, law: law, window: 0..<Int64.max, cuts: [100_000]).isEmpty)
  }

  @Test func pooledSourcesFireAsOftenAsTheyWouldAlone() throws {
    let law = PoissonLaw(rate: 50, dt: 1e-4, sources: 20)
    let found = spikes(units: 0..<100, law: law, window: 0..<Int64.max, cuts: [10_000])
    // 100 units x 20 sources x 10,000 steps x 0.005: 100,000 spikes, standard deviation 315.
    #expect(abs(found.count - 100_000) < 1600)
  }
}
