import Engine
import Jobs
import Testing

@testable import Coppice

/// When a run that may take so long stops.
@Suite struct CheckpointClockTests {
  /// Boundaries at times after the start, in s; the first at which the clock asks for the stop.
  private func stop(within limit: Double, boundaries: [Double], cost: Double = 0) -> Double? {
    var policy = CheckpointPolicy(CheckpointSettings())
    policy.everyWall = nil
    policy.mostSeconds = limit
    let start = ContinuousClock.now
    var clock = CheckpointClock(policy, rank: 0, start: start, origin: 0, expectedCost: cost)
    for (place, time) in boundaries.enumerated()
    where clock.request(before: Int64(place), at: start + .seconds(time)) == .stop {
      return time
    }
    return nil
  }

  /// All may hear of it only an epoch after it was asked for.
  @Test(arguments: [0.5, 2, 30, 600])
  func timeForAnotherEpochIsLeft(epoch: Double) throws {
    let limit = 20 * epoch
    let found = try #require(
      stop(within: limit, boundaries: (0...40).map { Double($0) * epoch }, cost: epoch / 10))
    #expect(found + epoch + 0.3 * epoch + 0.25 <= limit)
    #expect(found >= limit - 4 * epoch)
  }

  /// A machine that stood still for ten minutes has no epochs of ten minutes.
  @Test func oneLongEpochIsForgotten() throws {
    let boundaries = (0...20).map { Double($0) } + (0..<7_000).map { 620 + Double($0) }
    let found = try #require(stop(within: 7_200, boundaries: boundaries))
    #expect(found > 7_190)
  }

  @Test func theTimeToStartIsNoEpoch() throws {
    let found = try #require(
      stop(within: 1_000, boundaries: (0...1_000).map { 300 + Double($0) }))
    #expect(found > 990)
  }

  /// Clocks differ: others than the first rank do not read theirs.
  @Test func onlyTheFirstRankReadsTheClock() {
    var policy = CheckpointPolicy(CheckpointSettings())
    policy.mostSeconds = 1
    let start = ContinuousClock.now
    var clock = CheckpointClock(policy, rank: 1, start: start, origin: 0, expectedCost: 0)
    #expect(clock.request(before: 1, at: start + .seconds(5)) == .none)
  }
}
