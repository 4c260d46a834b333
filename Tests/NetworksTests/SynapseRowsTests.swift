import Equations
import Statistics
import Testing
import Units

@testable import Networks

private let toB = PopulationSlice(population: 1, range: 100..<2_600)
private let toItself = PopulationSlice(population: 1, range: 200..<2_500)

/// A projection by a name that shows in failures.
private struct Case: CustomTestStringConvertible {
  /// Of all synapses of each case.
  static let hashes = [
    "a11056eb009bcb8", "90d89fbccd3e8403", "90d89fbccd3e8403", "547e0971e310d000",
    "11e92654310d594c", "11e92654310d594c", "604b2b4c6106b1bf", "655e8e38ab6385a8",
    "655e8e38ab6385a8", "604b2b4c6106b1bf", "655e8e38ab6385a8", "655e8e38ab6385a8",
    "f526f12d48832851", "55edb3e8425ed243", "6dd6ad29c0e06fea", "a8c64804d34e089c",
    "5e66293b2edacec7", "8289eb4d696868f7", "5931c07eb4a9c02d", "c00863e6bc89f265",
    "f8f9d984806a9ebd", "ac5621dcdafef3ca", "d602c1da7912bc43", "d602c1da7912bc43",
    "62f31b4a3ee954d9", "ee1b3828818b41f7", "ee1b3828818b41f7",
  ]

  var testDescription: String
  var projection: Projection

  static let all: [Case] = {
    let rules: [(String, ConnectionRule)] = [
      ("probability", .probability(0.013)), ("dense", .probability(0.7)),
      ("certain", .probability(1)), ("all to all", .allToAll), ("indegree", .indegree(7)),
      ("outdegree", .outdegree(90)), ("total", .total(20_000)),
      ("condition", .condition(.distanceBelow(30), constants: EquationSystem(), probability: nil)),
      (
        "thinned condition",
        .condition(.distanceBelow(900), constants: EquationSystem(), probability: 0.05)
      ),
    ]
    let fromA = PopulationSlice(population: 0, range: 10..<40)
    let fromB = PopulationSlice(population: 1, range: 1_500..<1_530)
    return rules.flatMap { name, rule in
      [(fromA, toB, true, true), (fromB, toItself, false, true), (fromB, toItself, false, false)]
        .map { source, target, autapses, multapses in
          Case(
            testDescription: "\(name), \(multapses ? "multapses" : "no multapses")",
            projection: .test(
              rule, from: source, to: target, autapses: autapses, multapses: multapses,
              weight: .normal(mean: 1, deviation: 0.2, minimum: 0, maximum: nil),
              delay: .values(.uniform(low: 0, high: 0.05, minimum: nil, maximum: nil))))
        }
    }
  }()
}

extension Expression {
  /// `abs(i - j) < distance and i != j`
  fileprivate static func distanceBelow(_ distance: Double) -> Expression {
    let i = Expression(.name("i"))
    let j = Expression(.name("j"))
    let difference = Expression(.call("abs", [Expression(.binary(.subtract, i, j))]))
    let isNear = Expression(
      .binary(.less, difference, Expression(.number(distance, isInteger: true))))
    return Expression(.binary(.and, isNear, Expression(.binary(.notEqual, i, j))))
  }
}

@Suite struct SynapseRowsIndependenceTests {
  @Test(arguments: Case.all)
  private func rowsOfAnySplitMakeUpTheRowsOfTheWhole(subject: Case) throws {
    let network = Network.test(subject.projection)
    let whole = try network.synapses()
    try #require(whole.reduce(0) { $0 + $1.count } > 500)
    for cut in [
      [0, 1, 99, 100, 101, 1_123, 1_124, 1_125, 2_599, 2_600, 2_700],
      Array(stride(from: 37, to: 2_700, by: 517)), [1_124, 2_148], [1_224, 1_226],
    ] {
      #expect(try network.synapses(cut: cut) == whole, "cut at \(cut)")
    }
  }

  @Test(arguments: Case.all)
  private func targetsAscendAndNothingForbiddenIsThere(subject: Case) throws {
    let projection = subject.projection
    let rows = try Network.test(projection).synapses()
    for (source, row) in rows.enumerated() {
      let neuron = source + projection.source.range.lowerBound
      // One expectation a row: there are millions of synapses.
      let neighbours = zip(row, row.dropFirst())
      #expect(neighbours.allSatisfy { $0.target <= $1.target })
      #expect(
        projection.allowsMultapses || neighbours.allSatisfy { $0.target != $1.target })
      #expect(row.allSatisfy { projection.target.range.contains($0.target) && $0.delay <= 500 })
      #expect(projection.allowsAutapses || row.allSatisfy { $0.target != neuron })
    }
  }

  @Test func otherPopulationsChangeNothing() throws {
    var network = Network.test(Case.all[0].projection)
    let alone = try network.synapses()
    network.populations.append(.neurons("c", 17))
    var other = Case.all[0].projection
    other.name = "q"
    network.projections.append(other)
    #expect(try network.synapses() == alone)
    network.projections.swapAt(0, 1)
    #expect(try network.synapses() != alone, "another name is another stream")
  }

  /// A change here is a change of results: raise the numerics version with it.
  @Test func synapsesAreThoseOfTheFirstVersion() throws {
    let hashes = try Case.all.map { subject in
      var text = ""
      for synapse in try Network.test(subject.projection).synapses().joined() {
        text += "\(synapse.target) \(synapse.weight.bitPattern) \(synapse.delay);"
      }
      return String(StreamKey.hash(text), radix: 16)
    }
    #expect(hashes == Case.hashes)
  }

  @Test func anotherSeedGivesOtherSynapses() throws {
    let network = Network.test(Case.all[0].projection)
    #expect(try network.synapses(seed: 1) != network.synapses(seed: 2))
    #expect(try network.synapses(seed: 1) == network.synapses(seed: 1))
  }

  @Test func targetsDoNotDependOnWeights() throws {
    var projection = Case.all[0].projection
    let drawn = try Network.test(projection).synapses()
    projection.weight = .constant(2)
    projection.delay = .steps(1)
    let constant = try Network.test(projection).synapses()
    #expect(drawn.map { $0.map(\.target) } == constant.map { $0.map(\.target) })
  }
}

@Suite struct ConnectionRuleTests {
  private let from = PopulationSlice(population: 0, range: 0..<200)
  private let to = PopulationSlice(population: 1, range: 0..<2_500)

  private func rows(_ projection: Projection) throws -> [[TestSynapse]] {
    try Network.test(projection).synapses()
  }

  @Test(arguments: [0.001, 0.1, 0.5, 0.93])
  func probabilityHitsEachPairAsOftenAsItSays(probability: Double) throws {
    let rows = try rows(.test(.probability(probability), from: from, to: to))
    let count = rows.reduce(0) { $0 + $1.count }
    let expected = 200 * 2_500 * probability
    let deviation = (expected * (1 - probability)).squareRoot()
    #expect((Double(count) - expected).magnitude < 4.5 * deviation)
    // In groups of targets, across the borders of tiles.
    var groups = [Int](repeating: 0, count: 25)
    for synapse in rows.joined() { groups[synapse.target / 100] += 1 }
    let chiSquare =
      Statistics.chiSquare(
        groups, expected: [Double](repeating: expected / 25, count: 25))
      / (1 - probability)
    #expect(chiSquare < Statistics.limit(degrees: 25))
  }

  @Test func probabilityIsAllOrNothingAtItsEnds() throws {
    #expect(try rows(.test(.probability(0), from: from, to: to)).allSatisfy(\.isEmpty))
    #expect(
      try rows(.test(.probability(.leastNonzeroMagnitude), from: from, to: to)).allSatisfy(
        \.isEmpty))
    let full = try rows(.test(.probability(1), from: from, to: to))
    #expect(full.allSatisfy { $0.map(\.target) == Array(0..<2_500) })
    #expect(full.count == 200)
  }

  @Test(arguments: [true, false])
  func indegreeGivesEachTargetItsSources(multapses: Bool) throws {
    let rows = try rows(.test(.indegree(150), from: from, to: to, multapses: multapses))
    var counts = [Int](repeating: 0, count: 2_500)
    for synapse in rows.joined() { counts[synapse.target] += 1 }
    #expect(counts.allSatisfy { $0 == 150 })
    let expected = [Double](repeating: 150 * 2_500 / 200, count: 200)
    let chiSquare = Statistics.chiSquare(rows.map(\.count), expected: expected)
    #expect(chiSquare < Statistics.limit(degrees: 199))
    let isRepeated = rows.contains { Set($0.map(\.target)).count < $0.count }
    #expect(isRepeated == multapses)
  }

  @Test(arguments: [true, false])
  func outdegreeGivesEachSourceItsTargets(multapses: Bool) throws {
    let rows = try rows(.test(.outdegree(1_000), from: from, to: to, multapses: multapses))
    #expect(rows.allSatisfy { $0.count == 1_000 })
    var counts = [Int](repeating: 0, count: 2_500)
    for synapse in rows.joined() { counts[synapse.target] += 1 }
    let expected = [Double](repeating: 80, count: 2_500)
    let chiSquare = Statistics.chiSquare(counts, expected: expected)
    #expect(chiSquare < Statistics.limit(degrees: 2_499))
    #expect(chiSquare > (multapses ? 2_200 : 1_200))
    let isRepeated = rows.contains { Set($0.map(\.target)).count < $0.count }
    #expect(isRepeated == multapses)
  }

  @Test(arguments: [true, false])
  func totalIsExact(multapses: Bool) throws {
    let rows = try rows(.test(.total(100_000), from: from, to: to, multapses: multapses))
    #expect(rows.reduce(0) { $0 + $1.count } == 100_000)
    var counts = [Int](repeating: 0, count: 2_500)
    for synapse in rows.joined() { counts[synapse.target] += 1 }
    let ofTargets = Statistics.chiSquare(
      counts, expected: [Double](repeating: 40, count: 2_500))
    let ofSources = Statistics.chiSquare(
      rows.map(\.count), expected: [Double](repeating: 500, count: 200))
    #expect(ofTargets < Statistics.limit(degrees: 2_499))
    #expect(ofSources < Statistics.limit(degrees: 199))
  }

  @Test func everythingPossibleIsTakenWithoutMultapses() throws {
    let itself = PopulationSlice(population: 0, range: 0..<200)
    for rule: ConnectionRule in [.indegree(199), .outdegree(199), .total(200 * 199)] {
      let rows = try rows(.test(rule, from: itself, to: itself, autapses: false, multapses: false))
      for (source, row) in rows.enumerated() {
        #expect(row.map(\.target) == (0..<200).filter { $0 != source }, "\(rule)")
      }
    }
  }

  @Test func oneToOneFollowsTheSlicesAndTakesListsByIndex() throws {
    let source = PopulationSlice(population: 0, range: 50..<53)
    let target = PopulationSlice(population: 1, range: 7..<10)
    let rows = try rows(
      .test(
        .oneToOne, from: source, to: target, weight: .list([0.1, 0.2, 0.3]), precision: .double,
        delay: .values(.list([0, 0.0300, 7]))))
    #expect(
      rows == [
        [TestSynapse(target: 7, weight: 0.1, delay: 0)],
        [TestSynapse(target: 8, weight: 0.2, delay: 300)],
        [TestSynapse(target: 9, weight: 0.3, delay: 70_000)],
      ])
  }

  @Test func allToAllTakesListsBySourceAndTarget() throws {
    let source = PopulationSlice(population: 1, range: 1..<3)
    let target = PopulationSlice(population: 1, range: 0..<3)
    let projection = Projection.test(
      .allToAll, from: source, to: target, autapses: false, weight: .linspace(0, 5))
    let rows = try rows(projection)
    #expect(rows.map { $0.map(\.target) } == [[0, 2], [0, 1]])
    #expect(rows.map { $0.map(\.weight) } == [[0, 2], [3, 4]])
  }

  @Test func pairsKeepTheirOrderAmongThoseOfOnePair() throws {
    let pairs: [(source: Int, target: Int)] = [(1, 9), (0, 2_000), (1, 3), (1, 9), (0, 5)]
    let network = Network.test(
      .test(
        .pairs(pairs), from: from, to: to, weight: .list([1, 2, 3, 4, 5]), precision: .double))
    let rows = try network.synapses()
    #expect(rows[0].map(\.target) == [5, 2_000])
    #expect(rows[0].map(\.weight) == [5, 2])
    #expect(rows[1].map(\.target) == [3, 9, 9])
    #expect(rows[1].map(\.weight) == [3, 1, 4])
    #expect(try network.synapses(cut: [4, 6, 1_999]) == rows)
  }

  @Test func aConditionJoinsThePairsForWhichItHolds() throws {
    let rows = try rows(
      .test(
        .condition(.distanceBelow(3), constants: EquationSystem(), probability: nil), from: from,
        to: to))
    for (source, row) in rows.enumerated() {
      let expected = (max(0, source - 2)...source + 2).filter { $0 != source }
      #expect(row.map(\.target) == expected)
    }
  }

  @Test func expectedNumbersAreTheMeansOfTheRealOnes() throws {
    for subject in Case.all {
      let network = Network.test(subject.projection)
      let range = 500..<1_900
      let expected = try network.expectedSynapses(of: subject.projection, targets: range)
      let rows = try network.synapseRows(
        of: subject.projection, targets: range, seed: 3, dt: 1e-4)
      let count = Double(rows.targets.count)
      #expect(
        (count - expected).magnitude <= 4.5 * expected.squareRoot() + 0.25 * expected
          * (subject.testDescription.contains("condition") ? 1 : 0),
        "\(subject.testDescription): \(count), expected \(expected)")
    }
  }
}

@Suite struct SynapseValueTests {
  private let from = PopulationSlice(population: 0, range: 0..<300)
  private let to = PopulationSlice(population: 1, range: 0..<2_700)

  private func rows(_ projection: Projection) throws(NetworkError) -> SynapseRows {
    try Network.test(projection).synapseRows(
      of: projection, targets: 0..<2_700, seed: 5, dt: 1e-4)
  }

  @Test func synapsesTakeNoMoreBytesThanNeeded() throws {
    let plain = try rows(.test(.probability(0.1), from: from, to: to))
    guard case .homogeneous(1) = plain.weights, case .homogeneous(3) = plain.delays else {
      Issue.record("one weight and delay for all take no memory")
      return
    }
    #expect(plain.minimumDelay == 3 && plain.maximumDelay == 3)
    #expect(plain.targets.capacity < plain.targets.count * 17 / 16 + 128)
    for (longest, width) in [(0.0255, 0), (0.03, 2), (6.5, 2), (7.0, 4)] {
      let drawn = try rows(
        .test(
          .probability(0.1), from: from, to: to,
          delay: .values(.uniform(low: 0.001, high: longest, minimum: nil, maximum: nil))))
      let actual =
        switch drawn.delays {
        case .homogeneous, .inTargets: 0
        case .bytes: 1
        case .shorts: 2
        case .words: 4
        }
      #expect(actual == width)
      #expect(10...11 ~= drawn.minimumDelay)
      #expect((drawn.maximumDelay - Int(longest / 1e-4)).magnitude <= 10)
    }
  }

  /// Where targets leave no room for them, short delays take a byte of their own.
  @Test func delaysBesideManyTargetsAreTheSame() throws {
    let many = SynapseRows.mostWithDelay + 1_000
    let projection = Projection.test(
      .probability(2e-4), from: PopulationSlice(population: 0, range: 0..<3),
      to: PopulationSlice(population: 1, range: 0..<many),
      delay: .values(.uniform(low: 0, high: 0.025, minimum: nil, maximum: nil)))
    let network = Network.test(sizes: (3, many), projection)
    let whole = try network.synapseRows(of: projection, targets: 0..<many, seed: 1, dt: 1e-4)
    guard case .bytes = whole.delays else {
      Issue.record("expected bytes")
      return
    }
    let part = try network.synapseRows(
      of: projection, targets: 0..<1_000_000, seed: 1, dt: 1e-4)
    guard case .inTargets = part.delays else {
      Issue.record("expected delays with the targets")
      return
    }
    for (whole, part) in zip(whole.synapses(first: 0), part.synapses(first: 0)) {
      try #require(part.count > 100)
      #expect(whole.filter { $0.target < 1_000_000 } == part)
    }
  }

  @Test func drawnWeightsAreSingleUnlessAskedOtherwise() throws {
    var projection = Projection.test(
      .probability(0.1), from: from, to: to,
      weight: .normal(mean: 2, deviation: 0.5, minimum: 0, maximum: nil))
    guard case .single(let singles) = try rows(projection).weights else {
      Issue.record("expected single precision")
      return
    }
    projection.weightPrecision = .double
    guard case .double(let doubles) = try rows(projection).weights else {
      Issue.record("expected double precision")
      return
    }
    try #require(doubles.count > 70_000)
    #expect(doubles.map(Float.init) == singles)
    #expect((Statistics.mean(doubles) - 2).magnitude < 0.01)
    #expect((Statistics.variance(doubles) - 0.25).magnitude < 0.01)
  }

  @Test func noSynapsesHaveNoDelay() throws {
    let rows = try rows(.test(.probability(0), from: from, to: to))
    #expect(rows.starts == [UInt32](repeating: 0, count: 301))
    #expect(rows.minimumDelay == 0 && rows.maximumDelay == 0)
  }

  @Test func negativeAndEndlessDelaysAreRefused() {
    for values: NeuronValues in [
      .normal(mean: 0.001, deviation: 0.001, minimum: nil, maximum: nil), .constant(-1e-3),
      .constant(200), .constant(.infinity),
    ] {
      let projection = Projection.test(
        .probability(0.1), from: from, to: to, delay: .values(values))
      let error = #expect(throws: NetworkError.self) { try rows(projection) }
      #expect(error?.issue.path == ["projections", "p", "delay"])
    }
  }

  @Test func limitsThatNoDrawMeetsAreAnErrorAndNoEndlessLoop() {
    let projection = Projection.test(
      .probability(0.1), from: from, to: to,
      weight: .normal(mean: 0, deviation: 1, minimum: 50, maximum: nil))
    let error = #expect(throws: NetworkError.self) { try rows(projection) }
    #expect(error?.issue.path == ["projections", "p", "weight"])
  }

  @Test func listsNeedARuleThatFixesEverySynapse() {
    let projection = Projection.test(
      .probability(0.1), from: from, to: to, weight: .list([1, 2, 3]))
    #expect(throws: NetworkError.self) { try rows(projection) }
  }

  @Test func moreSynapsesThanAnIndexCountsAreRefused() {
    let many = PopulationSlice(population: 0, range: 0..<100_000)
    let projection = Projection.test(.allToAll, from: many, to: many)
    let network = Network.test(sizes: (100_000, 1), projection)
    let error = #expect(throws: NetworkError.self) {
      try network.synapseRows(of: projection, targets: 0..<100_000, seed: 1, dt: 1e-4)
    }
    #expect(error?.issue.hint?.contains("ranks") == true)
  }
}
