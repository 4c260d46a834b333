import Foundation

/// A folder with a job in it, in which `coppice` is run.
struct JobFolder {
  private let folder: TemporaryFolder
  var path: String { folder.path }

  init(_ text: String = JobFolder.small) throws { try self.init(bytes: Array(text.utf8)) }

  init(bytes: [UInt8]) throws {
    folder = try TemporaryFolder()
    try write(bytes, to: "job.yaml")
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: path + "/" + name))
  }

  /// Everything in the folder.
  func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

  func bytes(of name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path + "/" + name))
  }

  /// `run.json` of an output directory.
  func record(in output: String = "result") throws -> RecordFile {
    try JSONDecoder().decode(RecordFile.self, from: try bytes(of: output + "/run.json"))
  }

  /// `coppice run job.yaml --output result …`
  func run(
    _ words: [String] = [], output: String = "result", ranks: Int? = nil,
    environment: [String: String] = [:], seconds: Double = 60
  ) throws -> CommandRun {
    try CommandRun.coppice(
      ["run", "job.yaml", "--output", output] + words, ranks: ranks, environment: environment,
      in: path, seconds: seconds)
  }

  /// Twelve neurons that fire once or more, coupled, one of them recorded.
  static let small = """
    name: small
    constants: {cells: 12, drive: 20 mV}
    simulation: {duration: 20 ms, dt: 0.1 ms, seed: 3}
    models:
      cell:
        equations: 'dv/dt = (drive - v)/(10*ms) : volt'
        spike: {threshold: v > 15*mV, reset: v = 0*mV}
    populations:
      net: {model: cell, size: cells}
    projections:
      ring: {source: net, target: net, connect: {probability: 0.2}, delay: 1 ms, on_pre: v += 0.1*mV}
    record:
      states: {v: {population: net, variables: [v], neurons: [0], every: 1 ms}}

    """
}

/// What tests read of `run.json`.
struct RecordFile: Decodable {
  struct Exit: Decodable {
    var status: String
  }
  var exit: Exit
  var backend: String
  var neurons: Int
  var steps: Int
  var synapses: Int
  var ranks: Int
  var threads: Int
  var spikes: [String: Int]
}

extension String {
  /// How often a text stands in this one.
  func count(of text: String) -> Int { ranges(of: text).count }
}

extension CommandRun {
  /// The process died of a trap, a signal or the clock rather than ending.
  var isBroken: Bool {
    exitCode < 0 || exitCode > 128 || errors.contains("Fatal error") || errors.contains("crashed")
  }
}
