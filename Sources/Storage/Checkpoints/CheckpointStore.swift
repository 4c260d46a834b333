/// The checkpoints of a run: `checkpoints/` in its output directory.
///
///     checkpoints/gen-000000012000/manifest.json
///     checkpoints/gen-000000012000/shard-00000.h5   one per rank
///
/// Only one process at a time changes anything but its own shard.
package struct CheckpointStore: Sendable {
  let directory: OutputDirectory
  /// How many generations stay.
  let keep: Int
  let files: any FileOperations

  /// - Parameters:
  ///   - directory: The run's.
  ///   - keep: How many generations stay, 1 or more.
  ///   - files: What does the work.
  package init(
    directory: OutputDirectory, keep: Int, files: any FileOperations = DiskFiles()
  ) {
    self.directory = directory
    self.keep = max(keep, 1)
    self.files = files
  }

  var path: String { directory.path + "/checkpoints" }

  /// A generation to be.
  ///
  /// - Parameters:
  ///   - step: Steps that have been run.
  ///   - nonce: Random, and the same on all ranks.
  package func draft(step: Int64, nonce: UInt64) -> CheckpointDraft {
    CheckpointDraft(store: self, step: step, nonce: nonce)
  }

  /// A generation that cannot be used.
  package struct Rejected: Hashable, Sendable {
    /// Its name.
    package var generation: String
    /// Why, in a line or several.
    package var reason: String
    /// Whether it is sound, and another job's.
    package var isOtherJob: Bool
  }

  /// The newest generation that can be used, and those newer ones that cannot.
  package struct Newest: Sendable {
    package var found: CommittedCheckpoint?
    /// Newest first.
    package var rejected: [Rejected]
  }

  /// Looks for the newest generation that is whole, of this user, and of the same job.
  ///
  /// Every byte of it and of the output up to its step is read and compared.
  ///
  /// - Parameter identity: The job's; `nil` accepts any.
  /// - Throws: only if the directory itself cannot be read.
  package func newest(
    accepting identity: CheckpointIdentity?
  ) throws(StorageError) -> Newest {
    var newest = Newest(found: nil, rejected: [])
    for name in try generations() {
      do throws(StorageError) {
        let manifest = try GenerationCheck(name, of: self).run(contents: .all)
        let differences = identity?.differences(from: manifest.identity) ?? []
        guard differences.isEmpty else {
          newest.rejected.append(
            Rejected(
              generation: name,
              reason: "it is of another job:\n"
                + differences.map { "  \($0)" }.joined(separator: "\n"),
              isOtherJob: true))
          continue
        }
        let output = try OutputCheck(store: self, manifest: manifest).run()
        newest.found = CommittedCheckpoint(
          name: name, path: "\(path)/\(name)", manifest: manifest, output: output)
        return newest
      } catch {
        newest.rejected.append(
          Rejected(generation: name, reason: "\(error)", isOtherJob: false))
      }
    }
    return newest
  }

  /// Names of all generations, newest first, sound or not.
  package func generations() throws(StorageError) -> [String] {
    try files.names(in: path).compactMap { name in
      GenerationName.step(of: name).map { (step: $0, name: name) }
    }.sorted { $0.step > $1.step }.map(\.name)
  }

  /// Why a generation cannot be used; `nil` if it can.
  package func fault(of generation: String) -> StorageError? {
    do throws(StorageError) {
      let manifest = try GenerationCheck(generation, of: self).run(contents: .all)
      _ = try OutputCheck(store: self, manifest: manifest).run()
      return nil
    } catch {
      return error
    }
  }

  /// Removes what never became a generation or was on its way out, and completes a merge of the
  /// output that was interrupted. One rank calls it before any other touches the directory.
  package func discardUnfinished() throws(StorageError) {
    for name in try files.names(in: path) where GenerationName.isUnfinished(name) {
      try files.removeTree("\(path)/\(name)")
    }
    try MergedOutput.complete(in: directory, with: files)
  }

  /// Goes back to a checkpoint: what came later, generations and segments, is removed, and
  /// `segments/` holds the output up to its step. One rank calls it before any other writes.
  ///
  /// - Parameters:
  ///   - checkpoint: The newest that can be used, with its output where it was found.
  ///   - layout: What is recorded.
  /// - Returns: With which the next manifest's `segments` begins.
  package func resume(
    from checkpoint: CommittedCheckpoint, layout: RecordingLayout
  ) throws(StorageError) -> [[SegmentReceipt]] {
    let nonce = UInt64.random(in: .min ... .max)
    for name in try generations() {
      guard let step = GenerationName.step(of: name), step > checkpoint.manifest.step else {
        continue
      }
      try retire(name, nonce: nonce)
    }
    return try OutputContinuation(
      directory: directory, layout: layout, manifest: checkpoint.manifest
    ).prepare(from: checkpoint.output, with: files)
  }

  /// Removes all generations, and the record of a merge: the run starts over.
  package func removeAll() throws(StorageError) {
    try MergedOutput.forget(in: directory, with: files)
    for name in try generations() { try retire(name, nonce: .random(in: .min ... .max)) }
    try discardUnfinished()
  }

  /// Removes all generations and the merged output: whoever asks for a run anew wants nothing of the
  /// old one beside what is new.
  package func removeAllAndOutput() throws(StorageError) {
    // The generations first: until they are gone the record tells where their output is.
    for name in try generations() { try retire(name, nonce: .random(in: .min ... .max)) }
    try MergedOutput.removeFiles(in: directory, with: files)
    try removeAll()
  }

  /// Takes a generation's name away, then its files: whoever is interrupted leaves nothing that
  /// looks like a generation.
  func retire(_ name: String, nonce: UInt64) throws(StorageError) {
    let retired = "\(path)/\(GenerationName.retired(name, nonce: nonce))"
    try files.rename("\(path)/\(name)", to: retired)
    try files.removeTree(retired)
  }

  /// Removes generations beyond the newest `keep` sound ones, and those of steps that lie beyond
  /// the newest: of a future that was given up because they could not be used.
  func prune(newest step: Int64, nonce: UInt64) throws(StorageError) {
    var kept = 1
    for name in try generations() where GenerationName.step(of: name) != step {
      let isOlder = GenerationName.step(of: name).map { $0 < step } ?? false
      let check = GenerationCheck(name, of: self)
      if isOlder, kept < keep, (try? check.run(contents: .sizes)) != nil {
        kept += 1
      } else {
        try retire(name, nonce: nonce)
      }
    }
  }
}
