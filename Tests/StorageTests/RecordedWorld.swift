import Engine
import Foundation
import Networks
import RandomNumbers
import Storage
import Testing

/// All tests that call HDF5, one after the other: HDF5 has one caller at a time.
@Suite(.serialized) enum HDF5Suite {}

/// What happened in a run that never was: spikes and events at random, states from a formula.
struct RecordedWorld {
  var layout: RecordingLayout
  var steps: Int64
  /// Per stream, sorted by (step, neuron).
  var records: [[SpikeRecord]]

  /// A world with an empty stream, a windowed recording and one of f64.
  static func sample(seed: UInt64, steps: Int64 = 230) -> RecordedWorld {
    var random = SplitMix(state: seed)
    let streams = [
      RecordingLayout.Stream(population: "pyr", size: 40),
      RecordingLayout.Stream(population: "silent", size: 7),
      RecordingLayout.Stream(population: "pyr", event: "spike_Na_prox", size: 40),
      RecordingLayout.Stream(population: "pyr", event: "spike_Na_dist", size: 40),
    ]
    let millivolt = RecordingLayout.FileUnit.millivolt
    let states = [
      RecordingLayout.States(
        name: "soma", population: "pyr",
        variables: [RecordingLayout.Variable(name: "V_soma", unit: millivolt)],
        neurons: Array(0..<40), window: RecordingPlan.Window()),
      RecordingLayout.States(
        name: "some", population: "pyr",
        variables: [
          RecordingLayout.Variable(name: "V_soma", unit: millivolt),
          RecordingLayout.Variable(name: "I_prox", unit: .nanoampere, compartment: 2),
        ],
        neurons: [1, 5, 6, 20, 39],
        window: RecordingPlan.Window(from: 13, to: 200, every: 10), isDouble: true),
    ]
    let layout = RecordingLayout(dt: 0.1 * 0.001, streams: streams, states: states, rateBin: 50)
    let records = streams.map { stream -> [SpikeRecord] in
      guard stream.population != "silent", steps > 0 else { return [] }
      let drawn = (0..<600).map { _ in
        SpikeRecord(
          step: Int64.random(in: 0..<steps, using: &random),
          neuron: UInt32.random(in: 0..<40, using: &random))
      }
      return Set(drawn).sorted { ($0.step, $0.neuron) < ($1.step, $1.neuron) }
    }
    return RecordedWorld(layout: layout, steps: steps, records: records)
  }

  /// The SI value of a neuron's variable before the update of a step.
  func value(recording: Int, variable: Int, neuron: Int, step: Int64) -> Double {
    -0.065 + 1e-4 * sin(Double(step) * 0.1 + Double(neuron) * 1.7) + 1e-5 * Double(variable)
      + 1e-6 * Double(recording)
  }

  /// How a run is spread over ranks and time; nothing of it may show in the output.
  struct Spread {
    /// Rank of each neuron of `pyr`, the only population with records.
    var owners: [Int]
    var ranks: Int
    /// Steps at which epochs end; the run's last step among them.
    var epochs: [Int64]
    /// Epoch ends at which segments are cut.
    var cuts: Set<Int64>
    var budget: Int

    static func single(_ world: RecordedWorld) -> Spread {
      Spread(
        owners: Array(repeating: 0, count: 40), ranks: 1, epochs: [world.steps], cuts: [],
        budget: 1 << 24)
    }

    static func random(_ world: RecordedWorld, using random: inout SplitMix) -> Spread {
      let ranks = Int.random(in: 1...5, using: &random)
      var epochs: [Int64] = []
      var end: Int64 = 0
      while end < world.steps {
        end = min(world.steps, end + Int64.random(in: 1...40, using: &random))
        epochs.append(end)
      }
      return Spread(
        owners: (0..<40).map { _ in Int.random(in: 0..<ranks, using: &random) }, ranks: ranks,
        epochs: epochs, cuts: Set(epochs.filter { _ in Bool.random(using: &random) }),
        budget: [0, 500, 20_000, 1 << 24].randomElement(using: &random) ?? 0)
    }
  }

  /// Writes the segments of all ranks, from a step on; what was written, by interval.
  @discardableResult
  func write(
    to directory: OutputDirectory, _ spread: Spread, from firstStep: Int64 = 0
  ) throws -> [[SegmentReceipt]] {
    var receipts: [[SegmentReceipt]] = []
    for rank in 0..<spread.ranks {
      let columns = layout.states.map { recording in
        recording.neurons.indices.filter { spread.owners[recording.neurons[$0]] == rank }
      }
      let writer = try SegmentWriter(
        directory: directory, layout: layout, rank: rank, ranks: spread.ranks,
        firstStep: firstStep, columns: columns, budget: spread.budget)
      var start = firstStep
      var own: [SegmentReceipt] = []
      for end in spread.epochs {
        try bring(start..<end, to: writer, rank: rank, columns: columns, spread: spread)
        if spread.cuts.contains(end), let segment = try writer.cut(at: end) { own.append(segment) }
        start = end
      }
      if let segment = try writer.cut(at: spread.epochs.last ?? steps) { own.append(segment) }
      receipts.append(own)
    }
    return (receipts.first ?? []).indices.map { interval in receipts.map { $0[interval] } }
  }

  private func bring(
    _ epoch: Range<Int64>, to writer: SegmentWriter, rank: Int, columns: [[Int]], spread: Spread
  ) throws {
    for (stream, records) in records.enumerated() {
      let own = records.filter {
        epoch.contains($0.step) && spread.owners[Int($0.neuron)] == rank
      }
      try writer.spikes(own, stream: stream)
    }
    for (place, recording) in layout.states.enumerated() {
      let due = epoch.filter { $0 >= recording.from && $0 < recording.to }
        .filter { ($0 - recording.from) % recording.every == 0 }
      guard let first = due.first else { continue }
      var values: [Double] = []
      for step in due {
        for variable in recording.variables.indices {
          for column in columns[place] {
            values.append(
              value(
                recording: place, variable: variable, neuron: recording.neurons[column],
                step: step))
          }
        }
      }
      try writer.states(values.span, rows: due.count, firstStep: first, recording: place)
    }
  }

  /// Writes and merges; the bytes of each file by its name.
  func output(in path: String, _ spread: Spread) throws -> [String: [UInt8]] {
    let directory = try OutputDirectory.create(path)
    try write(to: directory, spread)
    let summary = try OutputMerger.finish(directory, layout: layout, steps: steps)
    #expect(summary.records == records.map { Int64($0.count) })
    var files: [String: [UInt8]] = [:]
    for name in summary.files { files[name] = try directory.read(name) }
    return files
  }
}
