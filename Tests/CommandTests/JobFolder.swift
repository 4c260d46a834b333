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

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + name)
  }

  func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(atPath: path + "/" + name, toPath: path + "/" + other)
  }

  /// Makes a file as long as that, without a byte more on disk.
  func extend(_ name: String, to length: Int) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: path + "/" + name))
    try file.truncate(atOffset: UInt64(length))
    try file.close()
  }

  func copyFixture(_ name: String, to other: String? = nil) throws {
    try FileManager.default.copyItem(
      atPath: CommandRun.fixture(name), toPath: path + "/" + (other ?? name))
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
    environment: [String: String] = [:], seconds: Double = 60, signals: [Signal] = []
  ) throws -> CommandRun {
    try CommandRun.coppice(
      ["run", "job.yaml", "--output", output] + words, ranks: ranks, environment: environment,
      in: path, seconds: seconds, signals: signals)
  }

  /// Every kind of population and membrane, for graphs.
  static let graph = """
    name: graph
    simulation: {duration: 1 ms}
    models:
      cell:
        cm: 1 uF/cm^2
        gl: 40 uS/cm^2
        r_axial: 50 Mohm*um
        v_rest: -60 mV
        compartments:
          dend:
            length: 100 um
            diameter: 1 um
            noise: {}
            synapses: [{channel: AMPA, tag: x, g: 1 nS, t_decay: 5 ms}]
            dspikes: [{name: Na, threshold: -40 mV, g_rise: 30 nS, g_fall: 15 nS, duration_rise: 1 ms,
                       duration_fall: 1 ms, offset_fall: 0 ms, refractory: 5 ms}]
          soma: {kind: soma, length: 50 um, diameter: 50 um}
          basal: {length: 100 um, diameter: 1 um}
          tip:
            length: 100 um
            diameter: 1 um
            equations: "dV{0}/dt = (gL{0}*(EL{0} - V{0}) + I{0})/C{0} : volt\\nI{0} = 0*pA : amp"
        couplings: [[dend, tip, cylinder_tip], [soma, dend, 5 nS], [basal, soma, 3 nS]]
      lif:
        point: {cm_abs: 100 pF, gl_abs: 5 nS, v_rest: -60 mV}
      free:
        equations: 'dx/dt = -x/(10*ms) : 1'
    populations:
      pyr: {model: cell, size: 2}
      point: {model: lif, size: 1}
      odd: {model: free, size: 1}
      in: {poisson: {rate: 5 Hz}, size: 3}
    projections:
      drive: {source: in, target: pyr, connect: {probability: 0.5}, on_pre: s_AMPA_x_dend += w}
      out: {source: 'pyr[0:1]', target: point, connect: all_to_all, weight: 1 mV, on_pre: V += w}

    """

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
    var why: String?
  }
  struct Stretch: Decodable {
    var step: Int
    var generation: String?
    var ranks: Int
    var threads: Int
    var from: String?
  }
  struct Point: Decodable {
    struct Setting: Decodable {
      var path: String
      var text: String
      var value: Double?
      var unit: String?
    }
    var index: Int
    var settings: [Setting]
  }
  var exit: Exit
  var point: Point?
  var lineage: [Stretch]
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
