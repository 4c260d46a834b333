import Networks

/// What a run's directory, a generation, or an HDF5 file of a run holds, for people.
package struct Inspection: Hashable, Sendable {
  package private(set) var lines: [String] = []
  /// Whether all that was looked at can be used.
  package private(set) var isSound = true

  /// - Parameter path: A directory or a file.
  /// - Throws: exit code 66 if it is neither, or nothing that a run writes.
  package init(of path: String) throws(StorageError) {
    let files = DiskFiles()
    guard let status = try files.status(of: path) else {
      throw StorageError(
        call: "inspect", path: path, reason: "there is nothing of this name",
        exitCode: ExitCode.badInput)
    }
    switch status.kind {
    case .directory:
      let directory = try OutputDirectory.open(path)
      if SweepRecord.exists(in: directory) {
        try addSweep(directory)
      } else if try files.status(of: path + "/" + GenerationName.manifest) != nil {
        try addGeneration(path)
      } else {
        try addRun(directory)
      }
    case .file:
      lines += try FileInspection(path: path).lines()
    case .other:
      throw StorageError(
        call: "inspect", path: path, reason: "it is neither a file nor a directory",
        exitCode: ExitCode.badInput)
    }
  }

  // MARK: A generation

  private mutating func addGeneration(_ path: String) throws(StorageError) {
    let checkpoint: CommittedCheckpoint
    do throws(StorageError) {
      checkpoint = try CommittedCheckpoint.open(path)
    } catch {
      lines.append("\(path): not usable: \(error)")
      isSound = false
      return
    }
    let manifest = checkpoint.manifest
    let bytes = manifest.shards.reduce(0) { $0 + $1.bytes }
    lines.append(
      "\(path): checkpoint of \(manifest.jobName), good: every byte is as it was written")
    lines.append(
      "  step \(manifest.step), \(manifest.ranks) shards, \(bytes) bytes, written "
        + "\(manifest.created) by coppice \(manifest.coppice)")
    lines.append("  run \(manifest.run), numerics version \(manifest.identity.numericsVersion)")
    addSpikes(manifest.spikes)
    for shard in manifest.shards {
      lines.append("  \(shard.name)  \(shard.bytes) bytes  xxh3 \(shard.hash)")
    }
    let segments = manifest.segments.joined()
    lines.append(
      "  output up to its step: \(segments.count) segments, "
        + "\(segments.reduce(0) { $0 + $1.bytes }) bytes")
    addLineage(manifest.lineage)
  }

  private mutating func addSpikes(_ spikes: [String: Int64]) {
    guard !spikes.isEmpty else { return }
    let counts = spikes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    lines.append("  spikes so far: \(counts.joined(separator: ", "))")
  }

  private mutating func addLineage(_ lineage: [LineageEntry]) {
    guard !lineage.isEmpty else { return }
    lines.append("  lineage:")
    for entry in lineage {
      let origin =
        switch (entry.generation, entry.from) {
        case (nil, _): "from the initial state"
        case (let generation?, nil): "from \(generation)"
        case (let generation?, let other?): "from \(generation) of \(other)"
        }
      lines.append(
        "    step \(entry.step) \(origin), \(entry.ranks) x \(entry.threads) threads on "
          + "\(entry.host), \(entry.when)")
    }
  }

  // MARK: A sweep

  /// Points that are told one by one.
  private static let mostPoints = 1000

  private mutating func addSweep(_ directory: OutputDirectory) throws(StorageError) {
    let record: SweepRecord
    do throws(StorageError) {
      record = try SweepRecord.read(from: directory)
    } catch {
      lines.append("\(directory.path): a sweep whose record cannot be read: \(error)")
      isSound = false
      return
    }
    let table = try SweepTable(of: record, in: directory)
    let counts = SweepTable.State.allCases.map { "\(table.count($0)) \($0.rawValue)" }
    lines.append(
      "\(directory.path): sweep of \(record.jobName), \(record.shape.count) points: "
        + counts.joined(separator: ", "))
    for parameter in record.parameters {
      let unit = parameter.unit.map { $0.isEmpty ? "" : " in \($0)" } ?? ""
      lines.append("  \(parameter.path)\(unit): \(parameter.texts.count) values")
    }
    if !directory.has(SweepTable.fileName) { lines.append("  no table: coppice finish makes it") }
    for index in 0..<min(record.shape.count, Inspection.mostPoints) {
      let settings = zip(record.parameters, record.shape.places(ofPoint: index))
        .map { "\($0.path) = \($0.texts[$1])" }.joined(separator: ", ")
      lines.append(
        "    \(record.shape.name(ofPoint: index))  \(table.state(ofPoint: index).rawValue)  "
          + settings)
    }
    if record.shape.count > Inspection.mostPoints { lines.append("    …") }
  }

  // MARK: A run

  private mutating func addRun(_ directory: OutputDirectory) throws(StorageError) {
    let store = CheckpointStore(directory: directory, keep: 1)
    let generations = try store.generations()
    let hasSegments = try DiskFiles().status(of: directory.segments) != nil
    guard directory.has(RunRecord.fileName) || !generations.isEmpty || hasSegments else {
      throw StorageError(
        call: "inspect", path: directory.path,
        reason: "this is neither a run's directory nor a generation of checkpoints",
        exitCode: ExitCode.badInput)
    }
    addRecord(directory)
    try addOutput(directory)
    guard !generations.isEmpty else {
      lines.append("  no checkpoints")
      return
    }
    lines.append("  checkpoints, newest first:")
    var newest: CheckpointManifest?
    for name in generations {
      do throws(StorageError) {
        let manifest = try store.verified(name)
        let bytes = manifest.shards.reduce(0) { $0 + $1.bytes }
        lines.append(
          "    \(name)  good  step \(manifest.step), \(manifest.ranks) ranks, \(bytes) bytes, "
            + manifest.created)
        newest = newest ?? manifest
      } catch {
        lines.append("    \(name)  not usable: \(error)")
      }
    }
    isSound = newest != nil
    if let newest { addLineage(newest.lineage) }
  }

  private mutating func addRecord(_ directory: OutputDirectory) {
    guard directory.has(RunRecord.fileName) else {
      lines.append("\(directory.path): a run that goes on, or was killed: it has no run.json")
      return
    }
    do throws(StorageError) {
      let record = try RunRecord.read(from: directory)
      let why = record.exit.why.map { ": \($0)" } ?? ""
      lines.append(
        "\(directory.path): run of \(record.job.name), \(record.exit.status.rawValue)\(why)")
      lines.append(
        "  \(record.steps) steps of \(StepTime(dt: record.dt).milliseconds(1)) ms, "
          + "\(record.neurons) neurons, \(record.synapses) synapses, \(record.ranks) ranks of "
          + "\(record.threads) threads, \(record.backend), \(record.precision)")
      addSpikes(record.spikes)
    } catch {
      if let exit = try? RunRecord.exit(in: directory) {
        let why = exit.why.map { ": \($0)" } ?? ""
        lines.append("\(directory.path): a run, \(exit.status.rawValue)\(why)")
        return
      }
      lines.append("\(directory.path): a run; its run.json cannot be read: \(error.reason)")
    }
  }

  private mutating func addOutput(_ directory: OutputDirectory) throws(StorageError) {
    let disk = DiskFiles()
    do throws(StorageError) {
      if let merged = try MergedOutput.read(from: directory, with: disk) {
        try merged.verify(in: directory, with: disk)
        let bytes = merged.files.reduce(0) { $0 + $1.bytes }
        lines.append(
          "  output of steps \(merged.steps.lowerBound) to \(merged.steps.upperBound), "
            + "\(bytes) bytes, as it was written: \(merged.files.map(\.name).joined(separator: ", "))"
        )
      }
    } catch {
      lines.append("  output is not as it was written: \(error)")
    }
    let segments = try disk.names(in: directory.segments).filter { SegmentFile.parse($0) != nil }
    if !segments.isEmpty {
      lines.append("  \(segments.count) segments that are not merged")
    }
  }
}

extension CheckpointStore {
  /// The manifest of a generation whose every byte is right, and its output's.
  func verified(_ name: String) throws(StorageError) -> CheckpointManifest {
    let manifest = try GenerationCheck(name, of: self).run(contents: .all)
    _ = try OutputCheck(store: self, manifest: manifest).run()
    return manifest
  }
}
