public import Networks

/// A job as understood: what to run, and what to say of it.
public struct Job: Sendable {
  /// What the user calls it; the file's name without an extension if nothing is said.
  public var name: String
  public var summary: String?
  /// The network, how long and with what numerics.
  public var experiment: Experiment
  public var checkpoint: CheckpointSettings
  /// The job as YAML with includes merged, overrides applied, expressions evaluated and defaults
  /// shown. It reads as the same job.
  public var resolved: String
  /// What makes the results, as texts by path, apart from the contents of input files: two jobs
  /// with the same identity are one run.
  public var identity: [String: String]
  /// The bytes of the job file.
  public var given: [UInt8]
  /// `KEY=VALUE`, in the order of the command line.
  public var overrides: [String]
  public var warnings: [JobDiagnostic]
  /// The job file and all that it includes.
  public var sources: [String]
  /// Other files that it reads: spikes, edges, values.
  public var inputFiles: [String]
  /// Which point of a grid the job is; `nil`: it is no sweep's.
  public internal(set) var point: SweepPoint?

  /// Reads a job file without a `sweep`; `JobFile` reads both kinds.
  ///
  /// - Parameters:
  ///   - path: YAML or JSON.
  ///   - overrides: `KEY=VALUE`, applied in order.
  ///   - readers: what reads HDF5 files.
  /// - Returns: The job, with nothing left to check but what only running can show.
  /// - Throws: Everything that is wrong, sorted by place.
  public static func load(
    path: String, overrides: [String] = [], readers: JobReaders = JobReaders()
  ) throws(JobErrors) -> Job {
    try JobFile.read(path: path, overrides: overrides, readers: readers).job()
  }

  /// Reads a job whose text is at hand; `name` stands for its path.
  public static func load(
    text: [UInt8], name: String, overrides: [String] = [], readers: JobReaders = JobReaders()
  ) throws(JobErrors) -> Job {
    try JobFile.read(text: text, name: name, overrides: overrides, readers: readers).job()
  }

  /// A job that no file describes.
  ///
  /// - Parameters:
  ///   - name: What to call it.
  ///   - text: Everything that the experiment is made of, in words.
  ///   - identity: What of it makes its results.
  package init(
    named name: String, experiment: Experiment, text: String, identity: [String: String]
  ) {
    self.name = name
    self.experiment = experiment
    self.identity = identity
    checkpoint = CheckpointSettings()
    resolved = text
    given = []
    overrides = []
    warnings = []
    sources = []
    inputFiles = []
  }

  /// Understands a tree without a `sweep`.
  init(
    _ tree: JobTree, fileName: String, overrides: [String], reading: JobReading
  ) throws(JobErrors) {
    guard let content = reading.readJob(tree.root),
      reading.diagnostics.errorCount == 0
    else { throw reading.diagnostics.errors }
    name = content.name ?? Job.stem(of: fileName)
    summary = content.summary
    experiment = content.experiment
    checkpoint = content.checkpoint
    resolved = reading.resolved.text(of: tree.root)
    identity = reading.resolved.identity(of: tree.root)
    given = tree.given
    self.overrides = overrides
    warnings = reading.diagnostics.sorted
    sources = tree.paths
    inputFiles = reading.inputFiles
  }

  /// A file's name without an extension.
  static func stem(of path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    return file.split(separator: ".").first.map(String.init) ?? "job"
  }
}

/// What the tree of a job says.
struct JobContent {
  var name: String?
  var summary: String?
  var experiment: Experiment
  var checkpoint: CheckpointSettings
}

extension JobReading {
  private static let topKeys = [
    "name", "description", "constants", "simulation", "models", "populations", "projections",
    "stimuli", "schedule", "record", "checkpoint", "sweep", "include",
  ]

  /// Reads a whole job. Sections are read in an order in which each finds what it refers to, and
  /// all of them, so that all errors are found at once.
  func readJob(_ root: YAMLNode) -> JobContent? {
    let field = JobField(root, path: "")
    guard let map = map(field, keys: JobReading.topKeys, what: "a job") else { return nil }
    let name = map["name"].flatMap { line($0, "a name") }
    let summary = map["description"].flatMap { text($0, "a description") }
    if let include = map["include"] {
      refuseKey(include, "'include' cannot be set from outside of a job file")
    }
    readConstants(map["constants"])
    let simulation = readSimulation(map["simulation"], root: map)
    var models = readModels(map["models"], method: simulation?.method ?? KnownMethod())
    var (populations, known) = readPopulations(map["populations"], models: &models, root: map)
    let projections = readProjections(map["projections"], populations: known)
    let stimuli = readStimuli(map["stimuli"], populations: known)
    let schedule = readSchedule(
      map["schedule"], populations: &populations, known: &known,
      projections: ProjectionNames(map["projections"], read: projections))
    let recording = readRecord(map["record"], populations: known)
    let checkpoint = readCheckpoint(map["checkpoint"])
    // A population with an error may be the one that uses it.
    if diagnostics.errorCount == 0 { warnOfUnused(models) }
    guard let simulation, let recording, let checkpoint, diagnostics.errorCount == 0 else {
      return nil
    }
    let network = Network(
      populations: populations, projections: projections, stimuli: stimuli,
      schedule: schedule)
    let experiment = Experiment(
      network: network, dt: dt, steps: simulation.steps, seed: simulation.seed,
      precision: simulation.precision, recording: recording)
    return JobContent(
      name: name, summary: summary, experiment: experiment, checkpoint: checkpoint)
  }

  private func warnOfUnused(_ models: [String: KnownModel]) {
    for (name, model) in models where !model.isUsed {
      diagnostics.warn(
        "no population uses the model '\(name)'", at: model.field.keyPosition,
        path: model.field.path)
    }
  }
}
