package import Engine

/// A generation before it exists.
///
/// The commit protocol, in the order that makes it safe on any file system that keeps what it
/// has fsynced:
///
/// 1. every rank writes its shard under a name that did not exist, in a directory that nobody
///    reads, fsyncs and closes it;
/// 2. when all have, rank 0 writes the manifest (size and hash of each shard) likewise;
/// 3. it fsyncs the directory, so that the names in it are on disk,
/// 4. renames the directory to the generation's name,
/// 5. fsyncs the directory above, so that this name is on disk, and once the one above that,
/// 6. reads everything again and compares,
/// 7. and only then removes older generations.
///
/// Nothing here calls libhdf5, so any thread may.
package struct CheckpointDraft: Sendable {
  let store: CheckpointStore
  let step: Int64
  let nonce: UInt64

  private var files: any FileOperations { store.files }
  private var path: String { "\(store.path)/\(GenerationName.draft(step: step, nonce: nonce))" }

  /// Writes one rank's shard. After a failure the draft is of no use: see ``discard()``.
  ///
  /// - Parameters:
  ///   - sections: What this rank holds; names are not repeated.
  ///   - instant: The same on all ranks.
  ///   - rank: This rank.
  ///   - ranks: How many there are.
  /// - Returns: What the manifest says of the shard; the caller adds the segment.
  /// - Throws: exit code 74 with the path and what the system said, 70 for sections that cannot
  ///   stand in one file.
  package func writeShard(
    _ sections: [CheckpointSection], instant: CheckpointInstant, rank: Int, ranks: Int
  ) throws(StorageError) -> ShardReceipt {
    let name = ShardName.of(rank: rank)
    let image = try ShardImage(
      sections, instant: instant, rank: rank, ranks: ranks, path: "\(path)/\(name)")
    try files.makeDirectory(store.path)
    try files.makeDirectory(path)
    var file = try HashedFile(creating: "\(path)/\(name)", with: files)
    try image.write(to: &file)
    let written = try file.finish()
    return ShardReceipt(
      rank: rank, ranks: ranks, name: name, bytes: written.bytes, hash: written.hash)
  }

  /// Makes a generation of the draft. Rank 0 calls it once all shards are written.
  ///
  /// - Parameter manifest: Complete.
  /// - Returns: Why older generations could not be removed, if so: the new one is safe all the same.
  /// - Throws: if the generation did not come to be, or does not verify; older ones are
  ///   untouched then.
  @discardableResult
  package func commit(_ manifest: CheckpointManifest) throws(StorageError) -> StorageError? {
    if let fault = manifest.fault {
      throw StorageError(
        call: "commit checkpoint", path: path, reason: fault, exitCode: ExitCode.fault)
    }
    let manifestPath = "\(path)/\(GenerationName.manifest)"
    var file = try HashedFile(creating: manifestPath, with: files)
    try file.write(try SealedText.encode(manifest, for: manifestPath))
    _ = try file.finish()
    try files.synchronizeDirectory(path)
    let name = GenerationName.of(step: step)
    let final = "\(store.path)/\(name)"
    // A generation of the same step is one that a resumed run could not use.
    if try files.status(of: final) != nil { try store.retire(name, nonce: nonce) }
    try files.rename(path, to: final)
    try files.synchronizeDirectory(store.path)
    // Above the first generation the directory of all of them is new.
    if try store.generations().count == 1 {
      try files.synchronizeDirectory(store.directory.path)
    }
    do throws(StorageError) {
      let read = try GenerationCheck(name, of: store).run(contents: .all)
      guard read == manifest else {
        throw SealedText.damaged(final, "what was read again is not what was written")
      }
    } catch {
      try? store.retire(name, nonce: nonce)
      throw StorageError(
        call: error.call, path: error.path,
        reason: "the checkpoint just written cannot be used: \(error.reason)",
        exitCode: ExitCode.inputOutput)
    }
    do throws(StorageError) {
      try store.prune(newest: step, nonce: nonce)
      return nil
    } catch {
      return error
    }
  }

  /// Removes what there is of the draft, to give a full disk its room back.
  package func discard() {
    try? files.removeTree(path)
  }
}
