/// Finds out whether the output up to a checkpoint is there: in segments, or merged.
struct OutputCheck {
  let directory: OutputDirectory
  let manifest: CheckpointManifest
  let files: any FileOperations

  init(store: CheckpointStore, manifest: CheckpointManifest) {
    directory = store.directory
    files = store.files
    self.manifest = manifest
  }

  /// - Throws: exit code 66 with the file that is missing or damaged.
  func run() throws(StorageError) {
    let merged: StorageError?
    do throws(StorageError) {
      if let record = try MergedOutput.read(from: directory, with: files), record.covers(manifest) {
        return try record.verify(in: directory, with: files)
      }
      merged = nil
    } catch {
      merged = error
    }
    do throws(StorageError) {
      for segment in manifest.segments.joined() { try check(segment) }
    } catch {
      throw merged ?? error
    }
  }

  private func check(_ segment: SegmentReceipt) throws(StorageError) {
    let path = "\(directory.segments)/\(segment.name)"
    guard let status = try files.status(of: path) else {
      throw SealedText.damaged(path, "it is missing")
    }
    guard status.kind == .file else { throw SealedText.damaged(path, "it is not a plain file") }
    guard status.bytes == segment.bytes else {
      throw SealedText.damaged(
        path, "it has \(status.bytes) bytes, the manifest says \(segment.bytes)")
    }
    try files.requireHash(segment.hash, bytes: segment.bytes, of: path)
  }
}
