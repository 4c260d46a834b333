import KernelABI
import Messaging
import Networks
import Testing

@testable import Engine

/// Short rows are sorted by tile before they are added, or counted, and leave the bits that events leave.
@Suite struct SortedArrivalsTests {
  /// A row of an epoch: its synapses, the step, and how often its source fired.
  private struct Due {
    var synapses: Range<Int>
    var k: Int
    var times: Int
  }

  /// What stands in the lists of each tile: slot, step and weight, in order.
  private struct Arrival: Hashable {
    var slot: Int
    var k: Int
    var weight: Double?
  }

  @Test(arguments: [(1, 8, false), (7, 24, true), (31, 2_048, true), (64, 200, false)])
  func everyArrivalIsInTheListsOfItsTileInTheOrderOfTheRows(
    tiles: Int, slots: Int, weights: Bool
  ) throws {
    var random = SystemRandomNumberGenerator()
    var sorted = SortedArrivals()
    let shape = SortedArrivals.Tiles(count: tiles, slots: slots)
    try #require(SortedArrivals.canSort(shape))
    let lengths = (0..<300).map { _ in Int.random(in: 0...40, using: &random) }
    var rows = SynapseRows.drawn(lengths, slots: tiles * slots, using: &random)
    if weights {
      rows.weights = .single(rows.targets.map { _ in Float.random(in: -1...1, using: &random) })
    }
    // What one epoch leaves must not be met in the next.
    for count in [900, 0, 20] {
      let due = (0..<count).map { _ in
        let source = Int.random(in: 0..<lengths.count, using: &random)
        return Due(
          synapses: Int(rows.starts[source])..<Int(rows.starts[source + 1]),
          k: Int.random(in: 0..<EpochSequence.longest, using: &random),
          times: Int.random(in: 1...3, using: &random))
      }
      var expected = [[Arrival]](repeating: [], count: tiles)
      for row in due {
        for synapse in row.synapses {
          let slot = Int(rows.targets[synapse])
          var weight: Double?
          if case .single(let values) = rows.weights { weight = Double(values[synapse]) }
          let arrival = Arrival(slot: slot % slots, k: row.k, weight: weight)
          expected[slot / slots] += Array(repeating: arrival, count: row.times)
        }
      }
      let room = expected.reduce(0) { $0 + $1.count }
      if count == 900 { try #require(room > 2 * tiles * Int(COPPICE_LIST_ARRIVALS)) }
      sorted.begin(shape, room: room, keepsWeights: weights)
      let rowsDue = due.map {
        coppice_due_row(
          begin: UInt32($0.synapses.lowerBound), end: UInt32($0.synapses.upperBound),
          k: UInt32($0.k), times: UInt32($0.times))
      }
      rowsDue.withUnsafeBufferPointer { due in
        rows.targets.withUnsafeBufferPointer {
          sorted.sort(due, slots: $0.baseAddress.unsafelyUnwrapped, weights: rows.weights)
        }
      }
      for tile in 0..<tiles {
        var found: [Arrival] = []
        sorted.forEachList(ofTile: tile) { arrivals, weights in
          for (place, arrival) in arrivals.enumerated() {
            found.append(
              Arrival(
                slot: Int(arrival >> 5), k: Int(arrival & 31), weight: weights.map { $0[place] }))
          }
        }
        #expect(found == expected[tile])
      }
    }
  }

  private static let size = 6_000

  /// Each source reaches `fan` neurons, one in twenty twice as many, and the first nearly all.
  private static func hubPairs(sources: Int, fan: Int) -> [(source: Int, target: Int)] {
    (0..<sources).flatMap { source in
      let count = source == 0 ? size - 100 : source % 20 == 7 ? 2 * fan : fan
      return (0..<count).map { (source, (source * 37 + $0 * 11) % size) }
    }
  }

  /// Neurons whose sums fill several tiles; fractions make every order of summation another sum.
  private static func experiment(
    sources: Int, fan: Int, weight: NeuronValues, hub: Bool = false, areEvents: Bool
  ) throws -> Experiment {
    let populations = [
      try SmallRun.neurons(
        "n", size: size,
        equations: """
          dv/dt = -v/(5*ms) : 1
          other : 1
          """),
      Population(
        name: "x", size: sources,
        kind: .poisson(PoissonGenerator(rate: .constant(1_000), sources: 2))),
    ]
    let projection = try SmallRun.projection(
      "x_n", from: 1, to: 0, in: populations,
      rule: hub ? .pairs(hubPairs(sources: sources, fan: fan)) : .outdegree(fan), weight: weight,
      delay: .steps(2), onPre: "v += w; other += 0.3*w")
    let schedule: [ScheduleEntry] =
      areEvents
      ? [.activity(ProjectionSwitch(projection: 0, step: 0, isActive: true))] : []
    return Experiment(
      network: Network(
        populations: populations, projections: [projection], schedule: schedule),
      dt: SmallRun.dt, steps: 90, seed: 3,
      recording: RecordingPlan(
        spikes: [1],
        states: [
          .init(
            name: "states", population: 0, variables: ["v", "other"],
            neurons: Array(stride(from: 0, to: size, by: 7)), window: .init(), precision: .double)
        ]))
  }

  /// What was recorded, and how workers read rows in their last epoch.
  private static func run(
    _ experiment: Experiment, threads: Int
  ) throws -> (sink: MemorySink, ways: Set<RowArrivals.Way>, packed: Set<Bool>) {
    let sink = MemorySink(experiment)
    let simulation = try SimulationBuilder(
      experiment, options: RunOptions(threads: threads, backend: .portable),
      communicator: SingleProcessCommunicator()
    ).build()
    _ = try simulation.run(into: sink)
    let arrivals = simulation.workers.flatMap { $0.summed[1].compactMap(\.rowArrivals) }
    return (sink, Set(arrivals.map(\.way)), Set(arrivals.map(\.arePacked)))
  }

  @Test(
    arguments: [
      (900, 4, NeuronValues.constant(0.1), false, RowArrivals.Way.counted),
      (900, 1, .constant(0.1), false, .sorted),
      (900, 4, .uniform(low: 0.05, high: 0.3, minimum: nil, maximum: nil), false, .sorted),
      // Long rows are read tile by tile, if there are few of them.
      (20, 1_000, .constant(0.1), false, .counted),
      (20, 1_000, .uniform(low: 0.05, high: 0.3, minimum: nil, maximum: nil), false, .tileByTile),
      (3, 500, .constant(0.1), false, .tileByTile),
      // Rows of very different lengths are not packed.
      (900, 4, .constant(0.1), true, .counted),
      (90, 4, .constant(0.1), true, .sorted),
    ])
  func sumsLeaveTheBitsOfEventsHoweverRowsAreRead(
    sources: Int, fan: Int, weight: NeuronValues, hub: Bool, way: RowArrivals.Way
  ) throws {
    let events = try Self.run(
      try Self.experiment(sources: sources, fan: fan, weight: weight, hub: hub, areEvents: true),
      threads: 1)
    try #require(events.ways.isEmpty)
    try #require(events.sink.spikes[0].count > 40)
    for threads in 1...2 {
      let sums = try Self.run(
        try Self.experiment(
          sources: sources, fan: fan, weight: weight, hub: hub, areEvents: false),
        threads: threads)
      #expect(sums.ways == [way])
      if case .constant = weight {
        #expect(sums.packed == [!hub])
      } else {
        #expect(sums.packed == [false])
      }
      #expect(sums.sink.spikes == events.sink.spikes)
      #expect(sums.sink.rows == events.sink.rows)
    }
  }

  /// What a run will need counts the arrivals that are sorted, or the bytes that count them.
  @Test func plansCountWhatRowsAreReadInto() throws {
    func plan(_ weight: NeuronValues) throws -> MemoryPlan {
      let experiment = try Self.experiment(sources: 900, fan: 4, weight: weight, areEvents: false)
      return MemoryPlan(
        experiment, programs: try PopulationProgram.all(of: experiment), ranks: 1, threads: 1)
    }
    let counted = try plan(.constant(0.1))
    let sorted = try plan(.uniform(low: 0.05, high: 0.3, minimum: nil, maximum: nil))
    // 900 sources of 2 x 1 kHz, 4 synapses each, steps of 0.1 ms.
    let arrivals = 720 * sorted.epochSteps
    // Steps begin an odd number of cache lines apart.
    #expect(sorted.parts.events - counted.parts.events == arrivals * 15 - 6080 * counted.epochSteps)
  }
}
