import Messaging
import Networks
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

  /// A slow rise is all deviation and hardly jitter; numbers that go up and down are both.
  @Test func jitterIsTheDeviationFromNeighbours() {
    var (rise, swing) = (Spread(), Spread())
    for place in 0..<1_000 {
      rise.add(Double(place))
      swing.add(place % 2 == 0 ? 1 : -1)
    }
    #expect(rise.deviation > 288)
    // Of steps of 1: sqrt(1 / 2).
    #expect(abs(rise.jitter - 0.5.squareRoot()) < 1e-12)
    // Of steps of 2: sqrt(4 / 2).
    #expect(abs(swing.jitter - 2.0.squareRoot()) < 1e-12)
    #expect(Spread().jitter == 0)
  }
}
