/// What a merge made of a run's segments: `outputs.json` in the output directory.
///
/// It is written before the merged files get their names, and names their hashes. So a merge
/// happens as a whole: before this file is there the segments count; from then on the merged
/// files do, under their names or still under their temporary ones. And a checkpoint, whose
/// manifest names segments, needs no change when these are gone: any generation of the same run
/// up to the last merged step has its output in the merged files.
package struct MergedOutput: Codable, Hashable, Sendable {
  static let fileName = "outputs.json"
  private static let currentFormat = 1

  struct File: Codable, Hashable, Sendable {
    var name: String
    var bytes: Int
    var hash: ContentHash.Digest
  }

  private var formatVersion = MergedOutput.currentFormat
  /// The run, as its checkpoints' manifests name it.
  let run: String
  /// What the files cover.
  let steps: Range<Int64>
  let files: [File]

  private init(run: String, steps: Range<Int64>, files: [File]) {
    self.run = run
    self.steps = steps
    self.files = files
  }

  /// Puts merged files, fsynced under their temporary names, in the place of the segments.
  ///
  /// Once the record is on disk the order of all that follows is of no account.
  package static func replaceSegments(
    by names: [String], of run: String, steps: Range<Int64>, in directory: OutputDirectory,
    with disk: any FileOperations = DiskFiles()
  ) throws(StorageError) {
    var files: [File] = []
    for name in names {
      let found = try disk.digest(of: try directory.temporary(name))
      files.append(File(name: name, bytes: found.bytes, hash: found.hash))
    }
    let record = MergedOutput(run: run, steps: steps, files: files)
    try disk.replace(
      try directory.file(fileName), with: try SealedText.encode(record, for: fileName),
      by: try directory.temporary(fileName), in: directory.path)
    for name in names {
      try disk.rename(try directory.temporary(name), to: try directory.file(name))
    }
    try SegmentCatalog.remove(from: directory, with: disk)
  }

  /// Merged files are no run's from now on.
  static func forget(
    in directory: OutputDirectory, with disk: any FileOperations
  ) throws(StorageError) {
    let path = try directory.file(fileName)
    if try disk.status(of: path) != nil { try disk.remove(path) }
  }

  /// Removes merged files; those of a record that cannot be read are left where they are.
  static func removeFiles(
    in directory: OutputDirectory, with disk: any FileOperations
  ) throws(StorageError) {
    guard let record = try? read(from: directory, with: disk) else { return }
    for file in record.files {
      for path in [try directory.file(file.name), try directory.temporary(file.name)]
      where try disk.status(of: path) != nil {
        try disk.remove(path)
      }
    }
  }

  /// What was merged; `nil` if nothing was.
  static func read(
    from directory: OutputDirectory, with disk: any FileOperations
  ) throws(StorageError) -> MergedOutput? {
    let path = try directory.file(fileName)
    guard try disk.status(of: path) != nil else { return nil }
    let record = try SealedText.decode(
      MergedOutput.self, from: try disk.contents(of: path, atMost: 1 << 20), path: path)
    guard record.formatVersion == currentFormat else {
      throw SealedText.damaged(
        path,
        "its format version is \(record.formatVersion), this program reads \(currentFormat)")
    }
    for file in record.files {
      try OutputName.check(file.name, exitCode: ExitCode.badInput)
    }
    return record
  }

  /// Whether the output of a checkpoint is in the merged files.
  func covers(_ manifest: CheckpointManifest) -> Bool {
    guard run == manifest.run else { return false }
    let start = manifest.segments.first?.first?.steps.lowerBound ?? manifest.step
    return steps.lowerBound <= start && manifest.step <= steps.upperBound
  }

  /// Makes sure that all files are as they were made.
  func verify(
    in directory: OutputDirectory, with disk: any FileOperations
  ) throws(StorageError) {
    for file in files where try !isInterrupted(file, in: directory, with: disk) {
      let path = try directory.file(file.name)
      guard try disk.status(of: path)?.kind == .file else {
        throw SealedText.damaged(path, "it is missing")
      }
      try disk.requireHash(file.hash, bytes: file.bytes, of: path)
    }
  }

  /// Whether an interrupted merge has left a file under its temporary name, whole.
  private func isInterrupted(
    _ file: File, in directory: OutputDirectory, with disk: any FileOperations
  ) throws(StorageError) -> Bool {
    let temporary = try directory.temporary(file.name)
    guard try disk.status(of: temporary)?.bytes == file.bytes else { return false }
    return try disk.digest(of: temporary).hash == file.hash
  }

  /// Gives the files of an interrupted merge their names.
  static func complete(
    in directory: OutputDirectory, with disk: any FileOperations
  ) throws(StorageError) {
    guard let record = try? read(from: directory, with: disk) else { return }
    for file in record.files where try record.isInterrupted(file, in: directory, with: disk) {
      try disk.rename(try directory.temporary(file.name), to: try directory.file(file.name))
    }
  }
}
