import Engine
import Jobs
package import Storage

/// The directory of a sweep, on the first rank: whose it is, and which of its points are done.
package struct SweepHome {
  let directory: OutputDirectory
  let record: SweepRecord

  /// What `sweep.json` says of a job file with a grid.
  package static func record(of file: JobFile, _ sweep: Sweep) -> SweepRecord {
    let parameters = sweep.parameters.map { parameter in
      let dimension = parameter.dimension
      return SweepRecord.Parameter(
        path: parameter.path, texts: parameter.values.map(\.text),
        values: dimension == nil ? nil : parameter.values.compactMap(\.quantity?.value),
        unit: dimension?.unitText)
    }
    return SweepRecord(
      coppice: RunSession.version, jobName: file.name,
      hash: "\(ContentHash.of(Array(file.text.utf8)))",
      identity: CheckpointIdentity(parts: file.identity, numericsVersion: Numerics.version),
      parameters: parameters)
  }

  /// Makes the directory this sweep's. Whoever calls it keeps other runs out.
  ///
  /// - Parameters:
  ///   - path: of the directory, which is there.
  ///   - record: what `sweep.json` is to say.
  ///   - isFresh: whatever it holds.
  ///   - notice: gets a line for people.
  /// - Throws: exit code 76 if it holds the points of another job or grid.
  static func claim(
    path: String, for record: SweepRecord, isFresh: Bool, notice: (String) -> Void
  ) throws(RunFailure) -> SweepHome {
    do throws(StorageError) {
      return try claim(
        try OutputDirectory.open(path), for: record, isFresh: isFresh, notice: notice)
    } catch {
      throw failure(error)
    }
  }

  private static func claim(
    _ directory: OutputDirectory, for record: SweepRecord, isFresh: Bool,
    notice: (String) -> Void
  ) throws(StorageError) -> SweepHome {
    guard SweepRecord.exists(in: directory) else {
      if directory.has(RunRecord.fileName) {
        throw StorageError(
          call: "sweep", path: directory.path,
          reason: "it holds a run that is no sweep; name another directory with --output",
          exitCode: otherJob)
      }
      try record.write(to: directory)
      return SweepHome(directory: directory, record: record)
    }
    let found = try held(directory, isFresh: isFresh, notice)
    guard found != record else { return SweepHome(directory: directory, record: record) }
    if let found {
      let differences = record.identity.differences(from: found.identity, of: "the directory")
      let others = try points(of: found, in: directory)
      if !differences.isEmpty, !others.isEmpty {
        guard isFresh else { throw refusal(directory, found, others, differences) }
        let left = others.filter { $0 >= record.shape.count }
        if !left.isEmpty {
          notice(
            "\(directory.path): \(names(left, of: found)) are points of an earlier grid and stay "
              + "as they are")
        }
      }
    }
    // What the table tells is another grid's, or of runs of another length.
    try directory.remove(SweepTable.fileName)
    try record.write(to: directory)
    return SweepHome(directory: directory, record: record)
  }

  /// As above, for one run alone: of a point, which makes the directory its sweep's, or of a job
  /// without a grid, which must not write among points.
  ///
  /// Others may run other points meanwhile, so nobody is kept out afterwards.
  package static func claim(
    path: String, for record: SweepRecord?, notice: (String) -> Void
  ) throws(RunFailure) {
    do throws(StorageError) {
      guard let record else {
        let directory = try OutputDirectory(naming: path)
        guard SweepRecord.exists(in: directory) else { return }
        throw StorageError(
          call: "run", path: path,
          reason: "it holds the points of a sweep; name another directory with --output",
          exitCode: otherJob)
      }
      let directory = try OutputDirectory.create(path, holdsRun: false)
      let lock = try RunLock.exclusive(directory) { notice("waiting for another run: \($0)") }
      try withExtendedLifetime(lock) { () throws(StorageError) in
        _ = try claim(directory, for: record, isFresh: false, notice: notice)
      }
    } catch {
      throw failure(error)
    }
  }

  /// A refusal is about what was asked, and names no call of the system.
  private static func failure(_ error: StorageError) -> RunFailure {
    guard error.exitCode == otherJob else { return RunFailure(error) }
    return RunFailure("\(error.path): \(error.reason)", exitCode: otherJob)
  }

  /// The exit code of a directory that is another job's.
  private static let otherJob: Int32 = 76

  /// The record of the directory; `nil` for one that is damaged and is to be written anew.
  private static func held(
    _ directory: OutputDirectory, isFresh: Bool, _ notice: (String) -> Void
  ) throws(StorageError) -> SweepRecord? {
    do throws(StorageError) {
      return try SweepRecord.read(from: directory)
    } catch {
      guard isFresh else {
        throw StorageError(
          call: error.call, path: error.path,
          reason: "\(error.reason); name another directory with --output, or start over with "
            + "--fresh", exitCode: error.exitCode)
      }
      notice("ignoring a damaged record of an earlier sweep: \(error)")
      return nil
    }
  }

  /// Points whose directories are there.
  private static func points(
    of record: SweepRecord, in directory: OutputDirectory
  ) throws(StorageError) -> [Int] {
    let disk = DiskFiles()
    let names = Set(try disk.names(in: directory.path))
    return (0..<record.shape.count).filter { names.contains(record.shape.name(ofPoint: $0)) }
  }

  private static func names(_ points: [Int], of record: SweepRecord) -> String {
    let shown = points.prefix(8).map { record.shape.name(ofPoint: $0) }
    let more = points.count > shown.count ? " and \(points.count - shown.count) more" : ""
    return shown.joined(separator: ", ") + more
  }

  private static func refusal(
    _ directory: OutputDirectory, _ found: SweepRecord, _ others: [Int], _ differences: [String]
  ) -> StorageError {
    let shown = differences.prefix(8).map { "  \($0)" }
    let more = differences.count > shown.count ? ["  …"] : []
    return StorageError(
      call: "sweep", path: directory.path,
      reason:
        "\(names(others, of: found)) are points of another sweep (\(found.jobName)), and stay "
        + "as they are; name another directory with --output, or start over with --fresh\n"
        + (shown + more).joined(separator: "\n"), exitCode: otherJob)
  }

  /// Whether a point's directory holds its run, complete.
  func isComplete(_ index: Int, jobHash: String) -> Bool {
    guard let place = try? record.directory(ofPoint: index, in: directory),
      place.has(RunRecord.fileName), let run = try? RunRecord.read(from: place)
    else { return false }
    return run.exit.status == .complete && run.job.hash == jobHash
      && run.point?.sweep == record.hash && run.point?.index == index
  }
}

extension RunRecord.Point {
  /// A point as its run tells of it.
  package init(_ point: SweepPoint, of sweep: String, _ job: Job) {
    let settings = point.settings.map { setting in
      Setting(
        path: setting.path, text: setting.value.text, value: setting.value.quantity?.value,
        unit: setting.value.quantity?.dimension.unitText)
    }
    let populations = job.experiment.network.populations
    self.init(
      index: point.index, sweep: sweep, settings: settings,
      sizes: Dictionary(uniqueKeysWithValues: populations.map { ($0.name, $0.size) }))
  }
}
