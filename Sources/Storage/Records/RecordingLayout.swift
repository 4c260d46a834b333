package import Networks

/// What a run writes, as all ranks see it: the same value on each of them.
package struct RecordingLayout: Hashable, Sendable, Codable {
  /// Spikes of a population, or one of its custom events.
  package struct Stream: Hashable, Sendable, Codable {
    package var population: String
    /// `nil`: the population's spikes.
    package var event: String?
    /// Neurons of the population.
    package var size: Int

    package init(population: String, event: String? = nil, size: Int) {
      self.population = population
      self.event = event
      self.size = size
    }

    /// Its name in files: `pyr`, `pyr.spike_Na_prox`.
    package var name: String {
      if let event { population + "." + event } else { population }
    }
  }

  /// A unit in files, and by what SI values are multiplied to be in it.
  package struct FileUnit: Hashable, Sendable, Codable {
    package var name: String
    package var scale: Double

    package init(name: String, scale: Double) {
      self.name = name
      self.scale = scale
    }

    package static let millivolt = FileUnit(name: "mV", scale: 1e3)
    package static let nanoampere = FileUnit(name: "nA", scale: 1e9)
    package static let microsiemens = FileUnit(name: "uS", scale: 1e6)
    package static let millisecond = FileUnit(name: "ms", scale: 1e3)
    package static let hertz = FileUnit(name: "Hz", scale: 1)
    /// A plain number.
    package static let one = FileUnit(name: "1", scale: 1)
    /// Any other dimension, in SI.
    package static func si(_ name: String) -> FileUnit {
      FileUnit(name: name, scale: 1)
    }
  }

  /// One variable of a states recording.
  package struct Variable: Hashable, Sendable, Codable {
    package var name: String
    package var unit: FileUnit
    /// Place of its compartment in the model, soma 0: SONATA's element id.
    package var compartment: UInt32

    package init(name: String, unit: FileUnit, compartment: UInt32 = 0) {
      self.name = name
      self.unit = unit
      self.compartment = compartment
    }
  }

  /// A states recording.
  package struct States: Hashable, Sendable, Codable {
    /// Its name, from which its files are named.
    package var name: String
    package var population: String
    package var variables: [Variable]
    /// Indices in the population, strictly ascending: the columns of its reports.
    package var neurons: [Int]
    /// First step, the step after the last, and every how many steps a row is taken.
    package var from: Int64
    package var to: Int64
    package var every: Int64
    /// f64 in files; SONATA readers take f32.
    package var isDouble: Bool

    package init(
      name: String, population: String, variables: [Variable], neurons: [Int],
      window: RecordingPlan.Window, isDouble: Bool = false
    ) {
      self.name = name
      self.population = population
      self.variables = variables
      self.neurons = neurons
      self.from = window.from
      self.to = window.to
      self.every = window.every
      self.isDouble = isDouble
    }

    /// The file of a variable: `soma.h5`, or `soma.V_prox.h5` where there are several.
    package func fileName(variable: Int) -> String {
      variables.count == 1 ? "\(name).h5" : "\(name).\(variables[variable].name).h5"
    }

    /// Places (from `from` on) of the rows taken at steps in `steps`.
    func rows(in steps: Range<Int64>) -> Range<Int64> {
      let first = firstRow(notBefore: min(steps.lowerBound, to))
      return first..<max(first, firstRow(notBefore: min(steps.upperBound, to)))
    }

    /// The step of a row; `nil` if it lies beyond all steps.
    func step(ofRow row: Int64) -> Int64? {
      let (offset, overflows) = row.multipliedReportingOverflow(by: every)
      let (step, isLate) = from.addingReportingOverflow(offset)
      return overflows || isLate ? nil : step
    }

    private func firstRow(notBefore step: Int64) -> Int64 {
      step <= from ? 0 : (step - from - 1) / every + 1
    }
  }

  /// The step, in s.
  package var dt: Double
  /// Spikes first, then events, as `RecordSink` counts them.
  package var streams: [Stream]
  package var states: [States]
  /// Steps at which spikes and events are kept.
  package var spikesFrom: Int64
  package var spikesTo: Int64
  /// Bin of the population rates in steps; `nil`: none.
  package var rateBin: Int64?

  package init(
    dt: Double, streams: [Stream], states: [States] = [],
    spikeWindow: RecordingPlan.Window = RecordingPlan.Window(), rateBin: Int64? = nil
  ) {
    self.dt = dt
    self.streams = streams
    self.states = states
    self.spikesFrom = spikeWindow.from
    self.spikesTo = spikeWindow.to
    self.rateBin = rateBin
  }

  /// The layout of an experiment's recording plan. `describe` tells the unit in files and the
  /// compartment of a variable of a population (its place in the network).
  package init(
    _ experiment: Experiment,
    describing describe: (_ population: Int, _ variable: String) -> Variable
  ) {
    let (plan, populations) = (experiment.recording, experiment.network.populations)
    let spikes = plan.spikes.map {
      Stream(population: populations[$0].name, size: populations[$0].size)
    }
    let events = plan.events.map {
      Stream(
        population: populations[$0.population].name, event: $0.event,
        size: populations[$0.population].size)
    }
    let states = plan.states.map { recording in
      States(
        name: recording.name, population: populations[recording.population].name,
        variables: recording.variables.map { describe(recording.population, $0) },
        neurons: recording.neurons, window: recording.window,
        isDouble: recording.precision == .double)
    }
    self.init(
      dt: experiment.dt, streams: spikes + events, states: states, spikeWindow: plan.spikeWindow,
      rateBin: plan.rateBin)
  }
}

extension RecordingLayout {
  /// Names of files that are not a states recording's.
  static let reservedFiles: Set<String> = [
    "spikes.h5", "events.h5", "rates.h5", "nodes.h5", "edges.h5", "sweep.h5",
  ]

  /// Refuses names that cannot stand in files, two things of one name, and numbers out of range.
  package func validate() throws(StorageError) {
    guard dt.isFinite, dt > 0 else { throw fault("dt", "the step is \(dt) s; it must be positive") }
    guard spikesFrom >= 0, rateBin ?? 1 >= 1 else {
      throw fault("record", "windows start at step 0 or later, and a bin has at least one step")
    }
    var names: Set<String> = []
    for stream in streams {
      try OutputName.check(stream.population, exitCode: ExitCode.badJob)
      try OutputName.check(stream.name, exitCode: ExitCode.badJob)
      guard names.insert(stream.name).inserted else {
        throw fault(stream.name, "it is recorded twice")
      }
      guard stream.size >= 0, stream.size <= Int(UInt32.max) else {
        throw fault(stream.name, "a population of \(stream.size) cannot be recorded")
      }
    }
    var files = RecordingLayout.reservedFiles
    for recording in states { try validate(recording, files: &files) }
  }

  private func validate(
    _ recording: States, files: inout Set<String>
  ) throws(StorageError) {
    try OutputName.check(recording.population, exitCode: ExitCode.badJob)
    guard recording.from >= 0, recording.every >= 1 else {
      throw fault(recording.name, "a window starts at step 0 or later and takes every 1 or more")
    }
    guard !recording.variables.isEmpty else { throw fault(recording.name, "it has no variables") }
    for variable in recording.variables.indices {
      let file = recording.fileName(variable: variable)
      try OutputName.check(file, exitCode: ExitCode.badJob)
      guard files.insert(file).inserted else {
        throw fault(
          recording.name, "its file \(file) is another output's too; rename the recording")
      }
    }
    let isAscending = zip(recording.neurons, recording.neurons.dropFirst()).allSatisfy { $0 < $1 }
    guard isAscending, recording.neurons.first ?? 0 >= 0 else {
      throw fault(recording.name, "its neurons are not indices in ascending order")
    }
  }

  private func fault(_ what: String, _ reason: String) -> StorageError {
    StorageError(call: "plan of recordings", path: what, reason: reason, exitCode: ExitCode.badJob)
  }

  /// Tells layouts apart, hexadecimal.
  package var hash: String {
    get throws(StorageError) {
      "\(ContentHash.of(try JSONText.encode(self, for: RecordingLayout.fileName)))"
    }
  }

  /// The file in `segments/` that keeps the layout for those who merge later.
  static let fileName = "layout.json"

  func save(in directory: OutputDirectory) throws(StorageError) {
    let path = "\(directory.segments)/.\(RecordingLayout.fileName).partial"
    let bytes = try JSONText.encode(self, for: path)
    try Durability.removeIfPresent(path)
    let file = try PlainFile.create(path, exitCode: ExitCode.cannotCreate)
    try file.write(bytes)
    // Not fsynced: a run that goes on writes it again, and manifests have its hash.
    try file.close()
    try Durability.rename(path, to: "\(directory.segments)/\(RecordingLayout.fileName)")
  }

  /// The layout of the run whose segments lie in a directory.
  package static func load(from directory: OutputDirectory) throws(StorageError) -> RecordingLayout
  {
    let path = "\(directory.segments)/\(fileName)"
    let file = try PlainFile.openForReading(path)
    var bytes: [UInt8] = []
    while true {
      let piece = try file.read(atMost: 1 << 16)
      guard !piece.isEmpty else { break }
      bytes += piece
    }
    try file.close()
    let layout = try JSONText.decode(RecordingLayout.self, from: bytes, path: path)
    try layout.validate()
    return layout
  }
}
