import Equations
import Testing

@testable import Networks

/// Rows that are drawn anew for each spike are the rows that would have been kept.
@Suite struct RegeneratedRowsTests {
  private static let source = PopulationSlice(population: 0, range: 10..<60)
  private static let target = PopulationSlice(population: 1, range: 100..<2_600)

  private static let projections: [Projection] = {
    let rules: [ConnectionRule] = [
      .probability(0.02), .probability(0.0004), .probability(0.9), .allToAll, .outdegree(70),
    ]
    return rules.flatMap { rule in
      [NeuronValues.constant(0.1), .normal(mean: 1, deviation: 0.4, minimum: 0.5, maximum: nil)]
        .map { weight in
          Projection.test(
            rule, from: source, to: target, weight: weight,
            delay: .values(.uniform(low: 0, high: 0.04, minimum: nil, maximum: nil)))
        }
    }
  }()

  @Test(arguments: projections)
  private func areTheRowsThatAreKept(projection: Projection) throws {
    let network = Network.test(projection)
    for range in [0..<2_700, 1_124..<1_125, 500..<1_900] {
      let kept = try network.synapseRows(of: projection, targets: range, seed: 8, dt: 1e-4)
      let rows = try network.regeneratedRows(of: projection, targets: range, seed: 8, dt: 1e-4)
      #expect(rows.synapses == kept.targets.count)
      #expect(rows.minimumDelay == kept.minimumDelay)
      #expect(rows.maximumDelay == kept.maximumDelay)
      let wanted = kept.synapses(first: 0)
      // In any order, and again.
      for source in [49, 0, 17, 17, 3, 30, 49] {
        var row: [TestSynapse] = []
        rows.forEachSynapse(of: source) { target, weight, delay in
          row.append(TestSynapse(target: Int(target), weight: weight, delay: delay))
        }
        #expect(row == wanted[source], "source \(source) of \(range)")
        #expect(rows.isSource[source] == !row.isEmpty)
      }
    }
  }

  @Test func whatDoesNotFollowFromASourceIsRefusedByName() {
    let many = PopulationSlice(population: 0, range: 0..<20)
    let few = PopulationSlice(population: 1, range: 0..<20)
    let refused: [(Projection, String)] = [
      (.test(.indegree(3), from: many, to: few), "indegree"),
      (.test(.total(9), from: many, to: few), "total"),
      (.test(.pairs([(0, 0)]), from: many, to: few), "pairs"),
      (
        .test(
          .oneToOne, from: many, to: few, weight: .list([Double](repeating: 1, count: 20))),
        "weights that are listed"
      ),
    ]
    for (projection, part) in refused {
      var projection = projection
      #expect(Network.test(projection).issues(dt: 1e-4).isEmpty)
      projection.store = .procedural
      let issues = Network.test(projection).issues(dt: 1e-4)
      #expect(issues.count == 1)
      #expect(issues.first?.path == ["projections", "p", "store"])
      #expect(issues.first?.message.contains(part) == true, "\(issues)")
    }
  }

  @Test func theyTakeNoMemory() throws {
    var projection = RegeneratedRowsTests.projections[1]
    #expect(projection.bytesPerSynapse(dt: 1e-4) > 0)
    projection.store = .procedural
    #expect(projection.bytesPerSynapse(dt: 1e-4) == 0)
  }
}
