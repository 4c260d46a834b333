/// Makes plain SONATA files of the segments of a run that ended without doing it.
package enum OutputFinisher {
  /// What came of it.
  package struct Outcome: Hashable, Sendable {
    package var files: [String]
    /// What the files cover.
    package var steps: Range<Int64>
    /// Nothing was to be done.
    package var wasDone: Bool
    /// Generations that could not be used, newest first.
    package var rejected: [CheckpointStore.Rejected]
  }

  /// What run.json says when a run did not write it itself.
  private struct Record: Codable {
    struct Program: Codable {
      var version: String
    }
    struct Job: Codable {
      var name: String
    }
    var coppice: Program
    var job: Job
    var exit: RunRecord.Exit
    var steps: Int64
    var dt: Double
    var ranks: Int
    var spikes: [String: Int64]
    var lineage: [LineageEntry]

    enum CodingKeys: String, CodingKey {
      case coppice, job, exit, steps, ranks, spikes, lineage
      case dt = "dt_s"
    }
  }

  /// Merges what was recorded up to the newest checkpoint; of a run without checkpoints, all whole
  /// segments. What was recorded later is in no checkpoint and is dropped, as by a run that goes
  /// on. The run can go on afterwards all the same.
  ///
  /// - Throws: exit code 66 if there is nothing to merge, or no checkpoint can be used.
  package static func finish(_ directory: OutputDirectory) throws(StorageError) -> Outcome {
    let store = CheckpointStore(directory: directory, keep: 1)
    try store.discardUnfinished()
    let newest = try store.newest(accepting: nil)
    guard let found = newest.found else {
      guard newest.rejected.isEmpty else {
        throw StorageError(
          call: "finish", path: directory.path,
          reason: "no checkpoint can be used:\n"
            + newest.rejected.map { "  \($0.generation): \($0.reason)" }.joined(separator: "\n"),
          exitCode: ExitCode.badInput)
      }
      let layout = try RecordingLayout.load(from: directory)
      let summary = try OutputMerger.finish(directory, layout: layout)
      return Outcome(files: summary.files, steps: summary.steps, wasDone: false, rejected: [])
    }
    if found.output == .merged,
      let merged = try MergedOutput.read(from: directory, with: store.files)
    {
      return Outcome(
        files: merged.files.map(\.name), steps: merged.steps, wasDone: true,
        rejected: newest.rejected)
    }
    let layout = try layout(of: found.manifest, in: directory)
    _ = try store.resume(from: found, layout: layout)
    let summary = try OutputMerger.finish(
      directory, layout: layout, steps: found.manifest.step, run: found.manifest.run)
    try record(found.manifest, dt: layout.dt, in: directory)
    return Outcome(
      files: summary.files, steps: summary.steps, wasDone: false, rejected: newest.rejected)
  }

  private static func layout(
    of manifest: CheckpointManifest, in directory: OutputDirectory
  ) throws(StorageError) -> RecordingLayout {
    let layout = try RecordingLayout.load(from: directory)
    guard try layout.hash == manifest.record else {
      throw StorageError(
        call: "finish", path: directory.segments + "/" + RecordingLayout.fileName,
        reason: "it is not the plan by which the checkpoint's output was recorded; run the job "
          + "again, which merges at its end", exitCode: ExitCode.badInput)
    }
    return layout
  }

  private static func record(
    _ manifest: CheckpointManifest, dt: Double, in directory: OutputDirectory
  ) throws(StorageError) {
    let exit = RunRecord.Exit(
      status: .stopped, why: "merged by coppice finish up to step \(manifest.step)")
    if var record = try? RunRecord.read(from: directory) {
      record.exit = exit
      record.steps = manifest.step
      record.spikes = manifest.spikes
      return try record.write(to: directory)
    }
    let record = Record(
      coppice: .init(version: manifest.coppice), job: .init(name: manifest.jobName), exit: exit,
      steps: manifest.step, dt: dt, ranks: manifest.ranks, spikes: manifest.spikes,
      lineage: manifest.lineage)
    try directory.write(
      try JSONText.encode(record, for: RunRecord.fileName), to: RunRecord.fileName)
  }
}
