import Messaging
import Networks
import RandomNumbers
import Testing

@testable import Engine

/// What a rehearsal makes up, and what it tells of epochs.
@Suite struct RehearsalTests {
  /// The spikes of other ranks come as their own packing would send them: populations one after the
  /// other, neurons from the first to the last, and not the same neurons from each rank.
  @Test func otherRanksSendTheirSpikesInOrder() throws {
    let decomposition = try Decomposition(sizes: [40_000, 9_000], ranks: 4, threads: 1)
    let numbering = try SourceNumbering(decomposition)
    let rehearsed = RehearsedSpikes(numbering: numbering, populations: 2, rank: 0, wanted: nil)
    var own: [WireSpike] = []
    for number in stride(from: 3, to: numbering.count(ofRank: 0), by: 7) {
      own.append(WireSpike(source: UInt32(number), offset: Int32(number % 5)))
    }
    #expect(own.count > 1_000)
    var sent: [[UInt32]] = []
    for other in 1..<4 {
      let message = ByteStore()
      own.withUnsafeBufferPointer {
        rehearsed.append(
          messageOf: other, SpikeMessage.Header(SpikeExchange.Report()), $0, to: message)
      }
      let body = UnsafeRawBufferPointer(
        rebasing: message.bytes[MemoryLayout<SpikeMessage.Header>.size...])
      let sources = body.bindMemory(to: WireSpike.self).map(\.source)
      #expect(sources.count == own.count)
      #expect(zip(sources, sources.dropFirst()).allSatisfy { $0 < $1 })
      for population in 0..<2 {
        let here = numbering.numbers(ofPopulation: population, rank: 0)
        let there = numbering.numbers(ofPopulation: population, rank: other)
        #expect(
          sources.count { there.contains(Int($0)) }
            == own.count { here.contains(Int($0.source)) })
      }
      sent.append(sources)
    }
    #expect(Set(sent).count == 3)
  }

  /// Times of epochs that all take 1 s, one more for each of `spikes`, and what `extra` says.
  private func times(spikes: (Int) -> Int, extra: (Int) -> Double) -> EpochTimes {
    var times = EpochTimes()
    for place in 0..<1_000 {
      times.add(seconds: 1 + Double(spikes(place)) + extra(place), spikes: spikes(place))
    }
    return times
  }

  /// A slow rise is all deviation and hardly jitter; numbers that go up and down are both.
  @Test func jitterIsTheDeviationFromNeighbours() {
    let rise = times(spikes: { _ in 0 }, extra: { Double($0) })
    let swing = times(spikes: { _ in 0 }, extra: { $0 % 2 == 0 ? 1 : -1 })
    #expect(rise.deviation > 288)
    // Of steps of 1: sqrt(1 / 2).
    #expect(abs(rise.jitterWithNoise - 0.5.squareRoot()) < 1e-12)
    // Of steps of 2: sqrt(4 / 2).
    #expect(abs(swing.jitterWithNoise - 2.0.squareRoot()) < 1e-12)
    #expect(swing.mean == 1)
    #expect(abs(swing.deviation - (1_000.0 / 999).squareRoot()) < 1e-12)
    let none = EpochTimes()
    #expect(none.jitter == 0 && none.jitterWithNoise == 0 && none.deviation == 0)
  }

  /// Normally distributed times keep their deviation when spikes go up and down besides, and when one
  /// epoch in ten is held up; with spikes that do not cost anything too.
  @Test func jitterLeavesOutWhatAllRanksAndTheMachineDo() {
    var random = SplitMix(state: 7)
    let noise = (0..<1_000).map { _ in random.normal() * 0.25 }
    let spikes = (0..<1_000).map { _ in Int(random.normal() * 100) + 1_000 }
    let plain = times(spikes: { _ in 0 }, extra: { noise[$0] })
    let driven = times(spikes: { spikes[$0] }, extra: { noise[$0] })
    let disturbed = times(spikes: { spikes[$0] }, extra: { noise[$0] + ($0 % 10 == 3 ? 500 : 0) })
    let costless = times(spikes: { spikes[$0] }, extra: { noise[$0] - Double(spikes[$0]) })
    for one in [plain, driven, costless] { #expect(abs(one.jitter - 0.25) < 0.02, "\(one.jitter)") }
    #expect(abs(plain.jitterWithNoise - 0.25) < 0.02)
    #expect(driven.jitterWithNoise > 90)
    #expect(disturbed.jitter < 0.4, "\(disturbed.jitter)")
    #expect(disturbed.jitterWithNoise > 150)
  }
}
