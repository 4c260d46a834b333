/// Where the output up to a checkpoint was found, whole.
package enum OutputPlace: String, Codable, Hashable, Sendable {
  /// In the segments that its manifest names.
  case segments
  /// In plain files, as `outputs.json` tells.
  case merged
}

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

  /// - Returns: Where it is. Both can be there while a merge is under way.
  /// - Throws: exit code 66 with the file that is missing or damaged.
  func run() throws(StorageError) -> OutputPlace {
    let merged: StorageError?
    do throws(StorageError) {
      if let record = try MergedOutput.read(from: directory, with: files), record.covers(manifest) {
        try record.verify(in: directory, with: files)
        return .merged
      }
      merged = nil
    } catch {
      merged = error
    }
    do throws(StorageError) {
      for segment in manifest.segments.joined() { try check(segment) }
      return .segments
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
