import Foundation

/// What a run leaves about itself in `run.json`: where it came from and what it took.
package struct RunRecord: Hashable, Sendable, Codable {
  /// The file's name in the output directory.
  package static let fileName = "run.json"

  package struct Program: Hashable, Sendable, Codable {
    package var version: String
    package var build: String
    package init(version: String, build: String) {
      self.version = version
      self.build = build
    }
  }

  package struct Job: Hashable, Sendable, Codable {
    package var name: String
    /// Identity of the job, hexadecimal.
    package var hash: String
    package init(name: String, hash: String) {
      self.name = name
      self.hash = hash
    }
  }

  /// How the run ended.
  package struct Exit: Hashable, Sendable, Codable {
    package enum Status: String, Hashable, Sendable, Codable {
      case complete
      case stopped
      case failed
    }
    package var status: Status
    /// Why it stopped or failed.
    package var why: String?
    package init(status: Status, why: String? = nil) {
      self.status = status
      self.why = why
    }
  }

  /// Which point of a sweep the run is.
  package struct Point: Hashable, Sendable, Codable {
    package struct Setting: Hashable, Sendable, Codable {
      package var path: String
      package var text: String
      /// The value in `unit`; `nil` for what is no number or quantity.
      package var value: Double?
      /// SI; empty for numbers without a dimension.
      package var unit: String?
      package init(path: String, text: String, value: Double?, unit: String?) {
        self.path = path
        self.text = text
        self.value = value
        self.unit = unit
      }
    }

    package var index: Int
    /// Of the sweep, hexadecimal (``SweepRecord``).
    package var sweep: String
    package var settings: [Setting]
    /// Neurons and units by population.
    package var sizes: [String: Int]
    package init(index: Int, sweep: String, settings: [Setting], sizes: [String: Int]) {
      self.index = index
      self.sweep = sweep
      self.settings = settings
      self.sizes = sizes
    }
  }

  /// Wall time by phase, in s.
  package struct Seconds: Hashable, Sendable, Codable {
    package var build = 0.0
    package var compile = 0.0
    package var simulate = 0.0
    package var deliver = 0.0
    package var advance = 0.0
    package var exchange = 0.0
    package var record = 0.0
    package var checkpoint = 0.0
    /// Of that the last copy of the state, for which the run stood still; no record of an older
    /// program has it.
    package var snapshot: Double?
    package var total = 0.0
    package init() {}
  }

  package var coppice: Program
  package var job: Job
  package var exit: Exit
  package var steps: Int64
  /// The step, in s.
  package var dt: Double
  package var neurons: Int64
  package var compartments: Int64
  package var synapses: Int64
  package var ranks: Int
  /// Threads per rank.
  package var threads: Int
  package var precision: String
  package var backend: String
  package var method: String
  package var epochSteps: Int
  /// Recorded spikes per population.
  package var spikes: [String: Int64]
  /// `nil` in what earlier versions have left, and where a run failed.
  package var exchange: ExchangeRecord?
  package var seconds: Seconds
  /// Wall time over simulated time.
  package var realtimeFactor: Double
  /// Largest resident memory of a rank.
  package var peakResidentBytes: Int64
  package var hosts: [String]
  /// The stretches of the run, each with the generation from which it went on.
  package var lineage: [LineageEntry]
  /// `nil`: the run is no sweep's.
  package var point: Point?

  enum CodingKeys: String, CodingKey {
    case coppice, job, exit, steps
    case dt = "dt_s"
    case neurons, compartments, synapses, ranks, threads, precision, backend, method
    case epochSteps = "epoch_steps"
    case spikes, exchange, seconds
    case realtimeFactor = "realtime_factor"
    case peakResidentBytes = "peak_rss_bytes"
    case hosts, lineage, point
  }

  package init(
    coppice: Program, job: Job, exit: Exit, steps: Int64, dt: Double, neurons: Int64,
    compartments: Int64, synapses: Int64, ranks: Int, threads: Int, precision: String,
    backend: String, method: String, epochSteps: Int, spikes: [String: Int64], seconds: Seconds,
    realtimeFactor: Double, peakResidentBytes: Int64, hosts: [String], lineage: [LineageEntry]
  ) {
    self.coppice = coppice
    self.job = job
    self.exit = exit
    self.steps = steps
    self.dt = dt
    self.neurons = neurons
    self.compartments = compartments
    self.synapses = synapses
    self.ranks = ranks
    self.threads = threads
    self.precision = precision
    self.backend = backend
    self.method = method
    self.epochSteps = epochSteps
    self.spikes = spikes
    self.seconds = seconds
    self.realtimeFactor = realtimeFactor
    self.peakResidentBytes = peakResidentBytes
    self.hosts = hosts
    self.lineage = lineage
  }

  /// Writes `run.json` at once: keys sorted, one to a line. Should its name be lost with the power,
  /// the run goes on from its last generation, finds nothing to do and writes it again.
  package func write(to directory: OutputDirectory) throws(StorageError) {
    try directory.write(
      try JSONText.encode(self, for: RunRecord.fileName), to: RunRecord.fileName,
      awaiting: .contents)
  }

  /// How a run ended, as far as a record tells that tells nothing else (``OutputFinisher``).
  package static func exit(in directory: OutputDirectory) throws(StorageError) -> Exit {
    struct Ending: Decodable {
      var exit: Exit
    }
    return try JSONText.decode(
      Ending.self, from: try directory.read(fileName), path: directory.path + "/" + fileName
    ).exit
  }

  package static func read(from directory: OutputDirectory) throws(StorageError) -> RunRecord {
    try JSONText.decode(
      RunRecord.self, from: try directory.read(fileName), path: directory.path + "/" + fileName)
  }
}

/// JSON as this project writes it.
enum JSONText {
  /// Keys sorted, one to a line, a newline at the end.
  static func encode(_ value: some Encodable, for path: String) throws(StorageError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // A figure that is no number must not cost the record of the run.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    } catch {
      throw StorageError(
        call: "write JSON", path: path, reason: "\(error)", exitCode: ExitCode.fault)
    }
  }

  static func decode<T: Decodable>(
    _ type: T.Type, from bytes: [UInt8], path: String
  ) throws(StorageError) -> T {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch {
      throw StorageError(
        call: "read JSON", path: path, reason: "not what was expected: \(error)",
        exitCode: ExitCode.badInput)
    }
  }
}
