import Engine
import Jobs
import Networks
import Testing

/// A run of one of the paper's jobs, and the questions that its figures ask.
struct FigureRun {
  private let run: RecordedRun
  private let names: [String]
  /// Rows per ms.
  let rate: Double

  init(_ job: String, _ overrides: [String] = [], on layout: Layout = .fastest) throws {
    let experiment = try Job.load(path: OracleData.job(job), overrides: overrides).experiment
    run = try RecordedRun.of(experiment, on: layout)
    names = experiment.recording.states.map(\.name)
    rate = 1e-3 / experiment.dt
  }

  /// Rows of a variable, in mV for voltages: the numbers in SI times a thousand.
  func millivolts(_ variable: String, _ neuron: Int = 0, of recording: Int = 0) throws -> [Double] {
    try run.trace(variable, neuron: neuron, recording: recording).map { $0 * 1e3 }
  }

  /// Steps at which a neuron has spiked.
  func spikes(_ neuron: Int = 0) -> [Int] {
    run.spikes.filter { $0.neuron == neuron }.map { Int($0.step) }
  }

  /// Steps at which a neuron has had an event.
  func events(_ name: String, _ neuron: Int = 0) -> [Int] {
    (run.events[name] ?? []).filter { $0.neuron == neuron }.map { Int($0.step) }
  }
}

/// An extreme value and the row at which it is reached first: `-15.238@103`.
struct Extreme: Equatable {
  var value: Double
  var row: Int

  init(_ text: some StringProtocol) throws {
    let parts = text.split(separator: "@")
    value = try #require(Double(parts[0]))
    row = parts.count == 2 ? try #require(Int(parts[1])) : -1
  }

  init(value: Double, row: Int) {
    self.value = value
    self.row = row
  }

  static func maximum(_ rows: [Double]) throws -> Extreme {
    let value = try #require(rows.max())
    return Extreme(value: value, row: try #require(rows.firstIndex(of: value)))
  }

  static func minimum(_ rows: [Double]) throws -> Extreme {
    let value = try #require(rows.min())
    return Extreme(value: value, row: try #require(rows.firstIndex(of: value)))
  }
}

/// Numbers of a figure beside those that were found: values to 1e-9, rows exactly.
struct FigureCheck {
  private var values = Deviation()
  private var rows: [String] = []
  private(set) var count = 0

  mutating func add(_ found: Double, _ golden: Double, _ place: String) {
    count += 1
    values.add(found, golden, scale: abs(golden), at: place)
  }

  /// An extreme value less `rest`.
  mutating func add(_ found: Extreme, _ golden: String, rest: Double = 0, _ place: String) throws {
    let golden = try Extreme(golden)
    add(found.value - rest, golden.value, place)
    if golden.row >= 0, golden.row != found.row {
      rows.append("\(place): row \(found.row) instead of \(golden.row)")
    }
  }

  /// Fails unless all agree.
  func expect(_ expected: Int, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(count == expected, sourceLocation: sourceLocation)
    #expect(values.largest <= 1e-9, "\(values.place)", sourceLocation: sourceLocation)
    #expect(rows == [], sourceLocation: sourceLocation)
  }

  /// Whether anything differs, for tests that must fail.
  var differs: Bool { values.largest > 1e-9 || !rows.isEmpty }
}

/// Words of a table, row by row.
func table(_ text: String) -> [[Substring]] {
  text.split(separator: "\n").map { $0.split(separator: " ") }
}

/// Differences of successive rows, per ms.
func slopes(_ rows: [Double], perRow step: Double = 0.1) -> [Double] {
  zip(rows.dropFirst(), rows).map { ($0 - $1) / step }
}
