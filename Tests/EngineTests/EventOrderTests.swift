import KernelABI
import Testing

@testable import Engine

@Suite struct EventOrderTests {
  /// Whatever way events have come, a kernel reads them by the whole key.
  @Test func eventsComeSortedByGroupStepLanePortAndSynapse() throws {
    var random = SystemRandomNumberGenerator()
    var calendar = EventCalendar(horizon: 300)
    var visit = VisitEvents(slots: 48, lanes: 24, groupWidth: 8)
    for epoch in 0..<20 {
      let first = Int64(epoch) * 5
      var expected: [[UInt64]] = Array(repeating: [], count: 6)
      for _ in 0..<Int.random(in: 0...200, using: &random) {
        let step = first + Int64.random(in: 0..<5, using: &random)
        let event = PendingEvent(
          slot: .random(in: 0..<48, using: &random), port: .random(in: 0..<3, using: &random),
          synapse: .random(in: 0..<1000, using: &random), payload: Double(epoch))
        calendar.append(event, at: step)
        expected[Int(event.slot / 8)].append(
          key(UInt32(step - first), event.slot % 24, event.port, event.synapse))
      }
      visit.collect(from: &calendar, first: first, steps: 5)
      for block in 0..<2 {
        let offsets = visit.offsets(ofBlock: block)
        for group in 0..<3 {
          let range = Int(offsets[group])..<Int(offsets[group + 1])
          let keys = range.map { place in
            let event = visit.base[place]
            #expect(event.payload == Double(epoch))
            return key(event.step, event.lane, event.port, event.synapse)
          }
          #expect(keys == expected[block * 3 + group].sorted())
        }
      }
    }
  }

  private func key(_ step: UInt32, _ lane: UInt32, _ port: UInt32, _ synapse: UInt32) -> UInt64 {
    UInt64(step) << 48 | UInt64(lane) << 32 | UInt64(port) << 24 | UInt64(synapse)
  }

  @Test func theCalendarKeepsWhatWaitsBeyondTheEpoch() {
    var calendar = EventCalendar(horizon: 7)
    for step in Int64(0)..<8 {
      calendar.append(PendingEvent(slot: UInt32(step), port: 0, synapse: 0, payload: 1), at: step)
    }
    for step in Int64(0)..<100 {
      #expect(calendar.events(at: step).map(\.slot) == [UInt32(step)])
      calendar.clear(step: step)
      calendar.append(
        PendingEvent(slot: UInt32(step + 8), port: 0, synapse: 0, payload: 1), at: step + 8)
    }
  }
}

@Suite struct EpochSequenceTests {
  @Test(arguments: [(nil, 32), (0, 1), (1, 2), (14, 15), (30, 31), (31, 32), (5000, 32)])
  func anEpochLastsAsLongAsTheSmallestDelayPlusOneStep(delay: Int?, longest: Int) {
    let epochs = Array(EpochSequence(from: 0, to: 1000, smallestDelay: delay))
    #expect(epochs.map(\.steps).max() == min(longest, 1000))
    #expect(epochs.first?.start == 0)
    #expect(epochs.last?.end == 1000)
    for (one, next) in zip(epochs, epochs.dropFirst()) { #expect(one.end == next.start) }
  }

  @Test func epochsEndAtCuts() {
    let epochs = Array(EpochSequence(from: 3, to: 40, smallestDelay: 9, cuts: [7]))
    let ends = epochs.map(\.end)
    for cut in [Int64(7), 14, 21, 28, 35] { #expect(ends.contains(cut)) }
  }

  @Test func aRunOfNoStepsHasNoEpoch() {
    #expect(Array(EpochSequence(from: 0, to: 0, smallestDelay: nil)).isEmpty)
  }
}

@Suite struct WorkerTeamTests {
  private final class Tally: @unchecked Sendable {
    // `@unchecked`: each member writes its own place.
    var counts: [Int]
    let base: UnsafeMutablePointer<Int>
    init(_ members: Int) {
      counts = []
      base = .allocate(capacity: members * 16)
      base.initialize(repeating: 0, count: members * 16)
    }
    deinit { base.deallocate() }
  }

  @Test(arguments: [1, 2, 3, 5])
  func everyMemberDoesEveryPhaseOnce(members: Int) {
    let tally = Tally(members)
    let team = WorkerTeam(members: members) { member in tally.base[member * 16] = 100 }
    for phase in 0..<500 {
      team.run { member in tally.base[member * 16] += 1 }
      for member in 0..<members { #expect(tally.base[member * 16] == 101 + phase) }
    }
    team.disband()
  }
}
