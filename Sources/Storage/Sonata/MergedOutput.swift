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

  private static let disk = DiskFiles()

  /// Writes down which files, now under their temporary names, are to replace the segments.
  static func record(
    _ names: [String], of run: String, steps: Range<Int64>, in directory: OutputDirectory
  ) throws(StorageError) {
    var files: [File] = []
    for name in names {
      let found = try disk.digest(of: try directory.temporary(name))
      files.append(File(name: name, bytes: found.bytes, hash: found.hash))
    }
    let record = MergedOutput(run: run, steps: steps, files: files)
    try directory.write(try SealedText.encode(record, for: fileName), to: fileName)
  }

  private init(run: String, steps: Range<Int64>, files: [File]) {
    self.run = run
    self.steps = steps
    self.files = files
  }

  /// Merged files are no run's from now on.
  static func forget(in directory: OutputDirectory) throws(StorageError) {
    try Durability.removeIfPresent(try directory.file(fileName))
  }

  /// What was merged; `nil` if nothing was.
  static func read(from directory: OutputDirectory) throws(StorageError) -> MergedOutput? {
    let path = directory.path + "/" + fileName
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
  func verify(in directory: OutputDirectory) throws(StorageError) {
    for file in files {
      let path = try directory.file(file.name)
      let temporary = try directory.temporary(file.name)
      // An interrupted merge has left some under their temporary names.
      if try MergedOutput.disk.status(of: temporary) != nil,
        let found = try? MergedOutput.disk.digest(of: temporary), found.hash == file.hash
      {
        continue
      }
      guard try MergedOutput.disk.status(of: path)?.kind == .file else {
        throw SealedText.damaged(path, "it is missing")
      }
      try MergedOutput.disk.requireHash(file.hash, bytes: file.bytes, of: path)
    }
  }

  /// Gives the files of an interrupted merge their names.
  static func complete(in directory: OutputDirectory) throws(StorageError) {
    guard let record = try? read(from: directory) else { return }
    for file in record.files {
      let temporary = try directory.temporary(file.name)
      guard try disk.status(of: temporary) != nil,
        try disk.digest(of: temporary).hash == file.hash
      else { continue }
      try Durability.rename(temporary, to: try directory.file(file.name))
    }
  }
}
