import Engine
import Jobs
import Kernels
import Messaging
import Networks
import Testing

/// Everything that a run has recorded, in memory.
final class RecordedRun: RecordSink {
  private let plan: RecordingPlan
  private var streams: [[SpikeRecord]]
  /// By recording: rows of [variable][neuron].
  private var rows: [[[Double]]]
  /// What kernels the run has had.
  private(set) var backend = ""

  private init(_ plan: RecordingPlan) {
    self.plan = plan
    streams = Array(repeating: [], count: plan.spikes.count + plan.events.count)
    rows = Array(repeating: [], count: plan.states.count)
  }

  /// Runs an experiment in this process.
  static func of(_ experiment: Experiment, on layout: Layout) throws -> RecordedRun {
    let run = RecordedRun(experiment.recording)
    let options = RunOptions(
      threads: layout.threads, blockSize: layout.blockSize, backend: layout.backend)
    let simulation = try SimulationBuilder(
      experiment, options: options, communicator: SingleProcessCommunicator()
    ).build()
    run.backend = try simulation.run(into: run).backend
    try #require(run.backend.hasPrefix(layout.backend.rawValue))
    return run
  }

  /// Runs a job that is given as a text.
  static func of(job text: String, on layout: Layout) throws -> RecordedRun {
    let job = try Job.load(text: Array(text.utf8), name: "oracle.yaml")
    return try of(job.experiment, on: layout)
  }

  func spikes(_ records: [SpikeRecord], stream: Int) throws(RecordError) {
    streams[stream] += records
  }

  func states(
    _ values: borrowing Span<Double>, rows count: Int, firstStep: Int64, recording: Int
  ) throws(RecordError) {
    let width = plan.states[recording].variables.count * plan.states[recording].neurons.count
    for row in 0..<count {
      rows[recording].append((row * width..<(row + 1) * width).map { values[$0] })
    }
  }

  /// Spikes of the population that is recorded first, sorted by (step, neuron).
  var spikes: [SpikeRecord] { streams.first ?? [] }

  /// Custom events by name, each sorted by (step, neuron).
  var events: [String: [SpikeRecord]] {
    var events: [String: [SpikeRecord]] = [:]
    for (place, event) in plan.events.enumerated() {
      events[event.event] = streams[plan.spikes.count + place]
    }
    return events
  }

  /// Spikes by the name of their population, and events by those of population and event, each
  /// sorted by (step, neuron). `names` are those of all populations.
  func streams(of names: [String]) -> [String: [SpikeRecord]] {
    let keys =
      plan.spikes.map { names[$0] } + plan.events.map { "\(names[$0.population]).\($0.event)" }
    return Dictionary(zip(keys, streams), uniquingKeysWith: { $1 })
  }

  /// One variable of one neuron, a place among those of the recording, row by row.
  func trace(_ variable: String, neuron: Int = 0, recording: Int = 0) throws -> [Double] {
    let states = plan.states[recording]
    let place = try #require(states.variables.firstIndex(of: variable))
    return rows[recording].map { $0[place * states.neurons.count + neuron] }
  }
}

/// A way to run that must not show in results.
struct Layout: CustomTestStringConvertible, Sendable {
  var backend: RunOptions.Backend
  var threads = 1
  var blockSize: Int?

  var testDescription: String {
    "\(backend.rawValue), \(threads) \(threads == 1 ? "thread" : "threads")"
  }

  /// Each back end that this machine has: compiled kernels need a C compiler.
  static let all: [Layout] =
    [Layout(backend: .portable)]
    + ((try? KernelCompiler()) == nil ? [] : [Layout(backend: .compiled)])

  /// The fastest of them.
  static let fastest = all[all.count - 1]

  /// Each with one thread and with two, which share blocks of 32 neurons.
  static let withThreads: [Layout] = all.flatMap { layout in
    [layout, Layout(backend: layout.backend, threads: 2, blockSize: 32)]
  }
}

/// The largest distance between numbers found and numbers expected.
struct Deviation {
  private(set) var count = 0
  private(set) var largest = 0.0
  /// Where the largest was found.
  private(set) var place = ""

  /// Takes in a pair of numbers; their distance counts in units of `scale`.
  mutating func add(
    _ found: Double, _ expected: Double, scale: Double = 1, at place: @autoclosure () -> String
  ) {
    count += 1
    guard found != expected else { return }
    let distance = abs(found - expected) / scale
    // Written so that a NaN is the largest distance of all.
    guard !(distance <= largest) else { return }
    largest = distance.isNaN ? .infinity : distance
    self.place = place()
  }

  /// Takes in two traces of one variable.
  mutating func add(
    _ found: [Double], _ expected: [Double], scale: Double = 1, at place: @autoclosure () -> String
  ) {
    guard found.count == expected.count else {
      return add(
        .nan, 0, at: "\(place()): \(found.count) rows instead of \(expected.count)")
    }
    for (row, pair) in zip(found, expected).enumerated() {
      add(pair.0, pair.1, scale: scale, at: "\(place()), row \(row)")
    }
  }
}

extension SpikeRecord {
  /// Pairs of step and neuron, sorted as the engine sorts them.
  static func sorted(_ pairs: [[Int]]) -> [SpikeRecord] {
    pairs.map { SpikeRecord(step: Int64($0[0]), neuron: UInt32($0[1])) }
      .sorted { ($0.step, $0.neuron) < ($1.step, $1.neuron) }
  }
}
