import Engine
import Testing

/// In V. Voltages lie around -60 mV, where the last bit is worth 7e-18 V; Brian sums terms in an
/// order of its own. No test of a threshold in the stored runs is decided by less than 4e-10 V.
private let tolerance = 1e-14

@Suite("Spike for spike Dendrify's networks", .serialized)
struct ReplayTests {
  @Test(
    "neurons with dendritic spikes do what Dendrify's do, whatever the layout",
    arguments: Layout.withThreads)
  func activeNeurons(layout: Layout) throws {
    let comparison = try Replay("active").compare(on: layout)
    #expect(comparison.differences == [])
    #expect(comparison.events == 9444)
    // 5 neurons at every hundredth step, one at 2,000 steps, all at the end; 4 compartments.
    #expect(comparison.voltages.count == 4 * (5 * 100 + 2000 + 200))
    #expect(comparison.voltages.largest <= tolerance, "\(comparison.voltages.place)")
  }

  @Test(
    "so do neurons connected without delay, for which epochs are single steps",
    arguments: Layout.withThreads)
  func recurrentNeurons(layout: Layout) throws {
    let replay = try Replay("recurrent")
    try #require(replay.pairs.count == 9979)
    let comparison = try replay.compare(on: layout)
    #expect(comparison.differences == [])
    #expect(comparison.events == 10261)
    #expect(comparison.voltages.count == 4 * (5 * 100 + 2000 + 200))
    #expect(comparison.voltages.largest <= tolerance, "\(comparison.voltages.place)")
  }

  @Test("an input that comes one step later is noticed")
  func shiftedInputIsNoticed() throws {
    var replay = try Replay("active", steps: 2000)
    try #require(try replay.compare(on: .fastest).differences == [])
    // An early input, of which a spike or a dendritic spike is bound to depend.
    let inputs = try #require(replay.inputs["x"])
    replay.inputs["x"] = inputs.map { $0.0 < 200 ? ($0.0 + 1, $0.1) : $0 }
    let comparison = try replay.compare(on: .fastest)
    #expect(!comparison.differences.isEmpty)
    #expect(comparison.voltages.largest > 1e-6)
  }

  @Test("a connection that is missing is noticed")
  func missingConnectionIsNoticed() throws {
    var replay = try Replay("recurrent", steps: 2000)
    let spikes = try #require(replay.expected["spikes"])
    let first = try #require(spikes.first { $0.step > 500 })
    replay.pairs.removeAll { $0.0 == Int(first.neuron) }
    #expect(try replay.compare(on: .fastest).voltages.largest > 1e-9)
  }
}
