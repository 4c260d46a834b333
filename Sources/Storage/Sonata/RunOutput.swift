/// What a run has left in its directory, for those who look at it.
package struct RunOutput {
  /// Spikes of populations, or their custom events.
  package enum Streams: String, CaseIterable, Sendable {
    case spikes = "spikes.h5"
    case events = "events.h5"
  }

  /// One variable of a states recording.
  package struct Report: Hashable, Sendable, Codable {
    /// The file's name.
    package var file: String
    package var population: String
    package var variable: String
    package var units: String
    /// Recorded neurons, one a column.
    package var neurons: [UInt64]
    /// Time of the first row and between rows, in ms.
    package var begin: Double
    package var every: Double
    package var rows: Int

    package init(
      file: String, population: String, variable: String, units: String, neurons: [UInt64],
      begin: Double, every: Double, rows: Int
    ) {
      self.file = file
      self.population = population
      self.variable = variable
      self.units = units
      self.neurons = neurons
      self.begin = begin
      self.every = every
      self.rows = rows
    }
  }

  /// A population's rate by bins.
  package struct Rates: Hashable, Sendable {
    package var population: String
    /// Begins of bins, in ms.
    package var times: [Double]
    /// In Hz.
    package var rates: [Double]
  }

  private let directory: OutputDirectory

  /// - Throws: exit code 66 if the directory is not that of a run, or its output is in segments yet.
  package init(of path: String) throws(StorageError) {
    directory = try OutputDirectory.open(path)
    guard directory.has(RunRecord.fileName) else {
      throw StorageError(
        call: "open the output of a run", path: directory.path,
        reason: "there is no \(RunRecord.fileName): it is not the directory of a run",
        exitCode: ExitCode.badInput)
    }
    guard try !DiskFiles().names(in: directory.path).allSatisfy({ !$0.hasSuffix(".h5") }) else {
      throw StorageError(
        call: "open the output of a run", path: directory.path,
        reason: "it holds no results yet; coppice finish makes them of a run that has ended early",
        exitCode: ExitCode.badInput)
    }
  }

  /// How long the run was to be, in ms.
  package func milliseconds() throws(StorageError) -> Double {
    let record = try RunRecord.read(from: directory)
    return Double(record.steps) * record.dt * 1000
  }

  /// Names of what a file of spikes holds, in the order of their bytes; none without the file.
  package func names(in streams: Streams) throws(StorageError) -> [String] {
    guard directory.has(streams.rawValue) else { return [] }
    return try ForeignFile.names(at: ["spikes"], in: try directory.file(streams.rawValue))
  }

  package func spikes(_ name: String, in streams: Streams) throws(StorageError) -> SpikeFile {
    try SpikeFile.read(try directory.file(streams.rawValue), population: name)
  }

  /// Rates that the job asked for.
  package func rates() throws(StorageError) -> [Rates] {
    guard directory.has(RateFile.name) else { return [] }
    let path = try directory.file(RateFile.name)
    var all: [Rates] = []
    for name in try ForeignFile.names(at: ["rates"], in: path) {
      let times = try ForeignFile.list(Double.self, at: ["rates", name, "time"], in: path).values
      let rates = try ForeignFile.list(Double.self, at: ["rates", name, "rate"], in: path).values
      guard times.count == rates.count else {
        throw ForeignFile.unusable(
          "\(path):/rates/\(name)", "\(times.count) times and \(rates.count) rates")
      }
      all.append(Rates(population: name, times: times, rates: rates))
    }
    return all
  }

  /// The reports in the directory, in the order of their files' names.
  package func reports() throws(StorageError) -> [Report] {
    let path = directory.path
    let streams = Streams.allCases.map(\.rawValue) + [RateFile.name]
    let names = try DiskFiles().names(in: path).filter {
      $0.hasSuffix(".h5") && !streams.contains($0)
    }
    let bytes = try Isolation.run(reading: path) { () throws(StorageError) in
      var reports: [Report] = []
      for name in names {
        if let report = try self.report(name) { reports.append(report) }
      }
      return try JSONText.encode(reports, for: path)
    }
    return try JSONText.decode([Report].self, from: bytes, path: path)
  }

  private func report(_ name: String) throws(StorageError) -> Report? {
    let path = try directory.file(name)
    let file = try HDF5File.open(path)
    guard try file.kind(of: "report") == .group else { return nil }
    let group = try file.openGroup("report")
    guard let population = try group.linkNames().first else { return nil }
    let inner = try group.openGroup(population)
    let data = try inner.openDataset("data")
    guard data.dimensions.count == 2 else {
      throw ForeignFile.unusable("\(path):/report/\(population)/data", "it is no table")
    }
    let mapping = try inner.openGroup("mapping")
    let neurons: [UInt64] = try list("node_ids", of: mapping, file: path)
    let times: [Double] = try list("time", of: mapping, file: path)
    guard neurons.count == data.dimensions[1], times.count == 3, times[2] > 0 else {
      throw ForeignFile.unusable(
        "\(path):/report/\(population)", "its mapping does not fit its data")
    }
    return Report(
      file: name, population: population, variable: try data.textAttribute("variable") ?? name,
      units: try data.textAttribute("units") ?? "", neurons: neurons, begin: times[0],
      every: times[2], rows: data.dimensions[0])
  }

  private func list<T: HDF5Element>(
    _ name: String, of group: borrowing HDF5Group, file: String
  ) throws(StorageError) -> [T] {
    let dataset = try group.openDataset(name)
    try dataset.checkSize(fileBytes: try Durability.size(of: file))
    guard dataset.dimensions.count == 1 else {
      throw ForeignFile.unusable(dataset.path, "it is no list")
    }
    return try dataset.read(T.self, at: [0], count: dataset.dimensions)
  }

  /// Some rows of one neuron.
  ///
  /// - Parameter column: The neuron's place among the recorded ones.
  package func values(
    of report: Report, column: Int, rows: Range<Int>
  ) throws(StorageError) -> [Double] {
    let path = try directory.file(report.file)
    let bytes = try Isolation.run(reading: path) { () throws(StorageError) in
      let file = try HDF5File.open(path)
      let group = try file.openGroup("report")
      let population = try group.openGroup(report.population)
      let data = try population.openDataset("data")
      try data.checkSize(fileBytes: try Durability.size(of: path))
      let values = try data.read(
        Double.self, at: [rows.lowerBound, column], count: [rows.count, 1])
      return values.withUnsafeBytes { Array($0) }
    }
    var values = [Double](repeating: 0, count: bytes.count / MemoryLayout<Double>.stride)
    values.withUnsafeMutableBytes { $0.copyBytes(from: bytes.prefix($0.count)) }
    return values
  }
}
