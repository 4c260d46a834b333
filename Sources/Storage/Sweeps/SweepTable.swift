import Networks

/// What came of the points of a sweep: `sweep.h5`, one row for each.
///
/// It holds nothing that depends on when, where or in what order points were run.
package struct SweepTable {
  /// The file's name in the sweep's directory.
  package static let fileName = "sweep.h5"

  /// How far a point has come.
  package enum State: String, Hashable, Sendable, CaseIterable {
    case complete
    case stopped
    case failed
    case notRun = "not run"
  }

  /// A row.
  private struct Row {
    var state = State.notRun
    var spikes: [String: Int64] = [:]
    var rates: [String: Double] = [:]
    var steps: Int64 = 0
  }

  private let record: SweepRecord
  private let rows: [Row]

  /// Reads what the points have left in their directories.
  ///
  /// - Parameter failed: points known to have failed, which may have left nothing.
  package init(
    of record: SweepRecord, in directory: OutputDirectory, failed: Set<Int> = []
  ) throws(StorageError) {
    self.record = record
    var rows: [Row] = []
    for index in 0..<record.shape.count {
      var row = SweepTable.row(index, of: record, in: directory)
      if failed.contains(index) { row = Row(state: .failed) }
      rows.append(row)
    }
    self.rows = rows
  }

  private static func row(
    _ index: Int, of record: SweepRecord, in directory: OutputDirectory
  ) -> Row {
    guard let place = try? record.directory(ofPoint: index, in: directory),
      place.has(RunRecord.fileName)
    else { return Row() }
    guard let run = try? RunRecord.read(from: place) else {
      // What `coppice finish` writes of a run that was killed is short.
      let isStopped = (try? RunRecord.exit(in: place))?.status == .stopped
      return Row(state: isStopped ? .stopped : .notRun)
    }
    guard let point = run.point, point.sweep == record.hash, point.index == index else {
      return Row()
    }
    switch run.exit.status {
    case .stopped: return Row(state: .stopped)
    case .failed: return Row(state: .failed)
    case .complete:
      let seconds = Double(run.steps) * run.dt
      var row = Row(state: .complete, spikes: run.spikes, steps: run.steps)
      for (population, spikes) in run.spikes {
        guard let size = point.sizes[population], size > 0 else { continue }
        row.rates[population] = Double(spikes) / (Double(size) * seconds)
      }
      return row
    }
  }

  /// How many points are in a state.
  package func count(_ state: State) -> Int { rows.count { $0.state == state } }

  package func state(ofPoint index: Int) -> State { rows[index].state }

  // MARK: The file

  /// Writes the table as a whole: whoever reads it finds the old one or the new one.
  package func write(to directory: OutputDirectory) throws(StorageError) {
    let name = SweepTable.fileName
    let (final, temporary) = (try directory.file(name), try directory.temporary(name))
    try Durability.removeIfPresent(temporary)
    let file = try HDF5File.create(temporary)
    try file.writeAttribute("job", text: record.jobName)
    try writeParameters(to: file)
    let names = record.parameters.map(\.path)
    try file.writeList("names", texts: names)
    try file.writeList("shape", record.shape.counts.map(Int64.init))
    try file.writeList("directory", texts: rows.indices.map { record.shape.name(ofPoint: $0) })
    try file.writeList("state", texts: rows.map(\.state.rawValue))
    try file.writeList("steps", rows.map(\.steps))
    try writeCounts(to: file)
    try file.close()
    try Durability.synchronize(temporary)
    try Durability.rename(temporary, to: final)
    try Durability.synchronizeDirectory(directory.path)
  }

  private func writeParameters(to file: borrowing HDF5File) throws(StorageError) {
    let group = try file.createGroup("parameters")
    let places = rows.indices.map { record.shape.places(ofPoint: $0) }
    for (axis, parameter) in record.parameters.enumerated() {
      // A slash would name a group: `replace.dV/dt` is the one path that can hold one.
      let name = String(parameter.path.map { $0 == "/" ? "|" : $0 })
      guard let values = parameter.values else {
        try group.writeList(name, texts: places.map { parameter.texts[$0[axis]] })
        continue
      }
      try write(
        name, places.map { values[$0[axis]] }, units: parameter.unit ?? "", into: group)
    }
    try group.close()
  }

  private func writeCounts(to file: borrowing HDF5File) throws(StorageError) {
    let populations = Set(rows.flatMap(\.spikes.keys)).sorted()
    let spikes = try file.createGroup("spikes")
    let rates = try file.createGroup("rates")
    for population in populations {
      try spikes.writeList(population, rows.map { $0.spikes[population] ?? -1 })
      try write(
        population, rows.map { $0.rates[population] ?? .nan }, units: "Hz", into: rates)
    }
    try spikes.close()
    try rates.close()
  }

  private func write(
    _ name: String, _ values: [Double], units: String, into group: borrowing HDF5Group
  ) throws(StorageError) {
    let dataset = try group.createDataset(name, of: Double.self, dimensions: [values.count])
    try dataset.write(values, at: [0], count: [values.count])
    // A number without a dimension has the unit 1.
    try dataset.writeAttribute("units", text: units.isEmpty ? "1" : units)
    try dataset.close()
  }
}
