import Coppice
import Testing

/// How ranks and threads share the points of a sweep.
@Suite struct SweepPlanTests {
  private func plan(
    points: Int, ranks: Int, threads: Int, bytes: Int = 1, memory: Double = 100
  ) -> SweepPlan {
    SweepPlan(points: points, ranks: ranks, threads: threads, bytes: bytes) { runs in
      memory / Double(runs)
    }
  }

  @Test(arguments: [
    // Points, ranks, threads of each; lanes of each rank, threads of each lane, ranks of a point.
    (242, 1, 2, 2, 1, 1), (242, 16, 8, 8, 1, 1), (3, 1, 8, 3, 2, 1), (1, 1, 8, 1, 8, 1),
    (5, 2, 4, 3, 1, 1), (4, 4, 2, 1, 2, 1), (3, 4, 2, 1, 2, 2), (2, 7, 1, 1, 1, 4),
    (0, 3, 2, 1, 2, 1),
  ])
  func everyProcessorHasAPoint(
    points: Int, ranks: Int, threads: Int, lanes: Int, laneThreads: Int, ranksPerPoint: Int
  ) {
    let plan = plan(points: points, ranks: ranks, threads: threads)
    #expect(plan.lanes == lanes)
    #expect(plan.threads == laneThreads)
    #expect(plan.ranksPerPoint == ranksPerPoint)
  }

  @Test func memoryLimitsPointsAtATime() {
    #expect(plan(points: 99, ranks: 1, threads: 8, bytes: 30).lanes == 3)
    #expect(plan(points: 99, ranks: 1, threads: 8, bytes: 30).threads == 2)
    // A single one that does not fit is refused by its own run.
    #expect(plan(points: 99, ranks: 1, threads: 8, bytes: 300).lanes == 1)
  }
}
