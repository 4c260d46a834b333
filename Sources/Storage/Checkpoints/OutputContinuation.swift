/// Puts `segments/` into the state in which a checkpoint left it.
struct OutputContinuation {
  let directory: OutputDirectory
  let layout: RecordingLayout
  let manifest: CheckpointManifest

  /// - Parameter place: where the output was found to be whole: what else there is of it goes.
  /// - Returns: The segments that hold the output up to the checkpoint's step, by interval.
  func prepare(
    from place: OutputPlace, with files: any FileOperations
  ) throws(StorageError) -> [[SegmentReceipt]] {
    // A merge has taken `segments/` away.
    _ = try OutputDirectory.create(directory.path)
    if place == .merged, let record = try MergedOutput.read(from: directory, with: files) {
      try remove { $0 != RecordingLayout.fileName }
      guard let start = manifest.segments.first?.first?.steps.lowerBound else { return [] }
      let segment = try MergedSplit(
        directory: directory, layout: layout, merged: record.steps,
        steps: start..<manifest.step
      ).run()
      return [[segment]]
    }
    let committed = Set(manifest.segments.joined().map(\.name))
    try remove { $0 != RecordingLayout.fileName && !committed.contains($0) }
    return manifest.segments
  }

  private func remove(_ isLeft: (String) -> Bool) throws(StorageError) {
    for name in try Durability.names(in: directory.segments, followsLink: false)
    where isLeft(name) {
      try Durability.removeIfPresent("\(directory.segments)/\(name)")
    }
  }
}
