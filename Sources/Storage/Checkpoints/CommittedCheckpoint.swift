package import Engine

/// A generation whose every byte was found to be what its manifest says.
package struct CommittedCheckpoint: Sendable {
  /// `gen-000000012000`.
  package let name: String
  /// Its directory.
  package let path: String
  package let manifest: CheckpointManifest
  /// Where the output up to it was found.
  package var output = OutputPlace.segments

  /// Its sections, whatever ranks wrote them. Calls libhdf5, as its reading does.
  package func source() throws(StorageError) -> any CheckpointSource {
    try ShardSource(self)
  }

  /// A generation of another run, to branch off from: only the state counts, not the output.
  ///
  /// - Parameters:
  ///   - path: Its directory, `…/checkpoints/gen-000000012000`.
  ///   - isVerified: Another rank has read every byte of it a moment ago, so that the manifest and
  ///     the sizes of shards are enough.
  /// - Throws: exit code 66 if it cannot be used.
  package static func open(
    _ path: String, isVerified: Bool = false
  ) throws(StorageError) -> CommittedCheckpoint {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    guard let name = parts.last.map({ String($0) }), OutputName.fault(of: name) == nil else {
      throw SealedText.damaged(path, "it is no generation of a checkpoint")
    }
    let above = parts.dropLast().joined(separator: "/")
    let directory = path.hasPrefix("/") ? "/" + above : (above.isEmpty ? "." : above)
    let check = GenerationCheck(name, in: directory, files: DiskFiles())
    let manifest = try check.run(contents: isVerified ? .sizes : .all)
    return CommittedCheckpoint(name: name, path: check.path, manifest: manifest)
  }
}
