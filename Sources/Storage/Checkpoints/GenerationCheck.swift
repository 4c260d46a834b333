/// Finds out whether a generation can be trusted, before libhdf5 sees any of it.
struct GenerationCheck {
  /// Where the generation lies, and its name there.
  let directory: String
  let name: String
  let files: any FileOperations

  init(_ name: String, in directory: String, files: any FileOperations) {
    self.directory = directory
    self.name = name
    self.files = files
  }

  init(_ name: String, of store: CheckpointStore) {
    self.init(name, in: store.path, files: store.files)
  }

  var path: String { "\(directory)/\(name)" }

  /// How much is read.
  enum Contents {
    /// Manifest, and sizes of shards.
    case sizes
    /// Every byte.
    case all
  }

  /// The oldest format that a manifest can have, and a field that all have.
  private struct Version: Decodable {
    var formatVersion: Int
    var byteOrder: String
  }

  /// - Returns: The manifest.
  /// - Throws: exit code 66 with the reason why the generation cannot be used.
  func run(contents: Contents) throws(StorageError) -> CheckpointManifest {
    try files.requireOwn(directory, .directory)
    try files.requireOwn(path, .directory)
    let manifest = try readManifest()
    for shard in manifest.shards {
      let place = "\(path)/\(shard.name)"
      let status = try files.requireOwn(place, .file)
      guard status.bytes == shard.bytes else {
        throw SealedText.damaged(
          place, "it has \(status.bytes) bytes, the manifest says \(shard.bytes)")
      }
      guard contents == .all else { continue }
      try files.requireHash(shard.hash, bytes: shard.bytes, of: place)
    }
    let expected = Set(manifest.shards.map(\.name) + [GenerationName.manifest])
    for other in try files.names(in: path) where !expected.contains(other) {
      throw SealedText.damaged("\(path)/\(other)", "the manifest does not know this file")
    }
    return manifest
  }

  private func readManifest() throws(StorageError) -> CheckpointManifest {
    let place = "\(path)/\(GenerationName.manifest)"
    try files.requireOwn(place, .file)
    let bytes = try files.contents(of: place, atMost: SealedText.mostBytes)
    let version = try SealedText.decode(Version.self, from: bytes, path: place)
    guard version.formatVersion == CheckpointManifest.currentFormat else {
      throw SealedText.damaged(
        place,
        "its format version is \(version.formatVersion), this program reads "
          + "\(CheckpointManifest.currentFormat)")
    }
    guard version.byteOrder == "little" else {
      throw SealedText.damaged(
        place, "its byte order is '\(version.byteOrder)', this program reads 'little'")
    }
    let manifest = try SealedText.decode(CheckpointManifest.self, from: bytes, path: place)
    if let fault = manifest.fault { throw SealedText.damaged(place, fault) }
    guard GenerationName.of(step: manifest.step) == name || GenerationName.step(of: name) == nil
    else {
      throw SealedText.damaged(place, "it is of step \(manifest.step), another generation's")
    }
    return manifest
  }
}

extension FileOperations {
  /// Refuses what is missing, no plain file or directory, someone else's, or writable by others.
  @discardableResult
  func requireOwn(
    _ path: String, _ kind: FileStatus.Kind
  ) throws(StorageError) -> FileStatus {
    guard let status = try status(of: path) else {
      throw SealedText.damaged(path, "it is missing")
    }
    guard status.kind == kind else {
      throw SealedText.damaged(
        path, kind == .file ? "it is not a plain file" : "it is not a directory")
    }
    guard status.user == user else {
      throw SealedText.damaged(
        path, "it belongs to user \(status.user), not to \(user) who runs this program")
    }
    guard status.permissions & 0o022 == 0 else {
      throw SealedText.damaged(
        path,
        "others may write to it (mode \(String(status.permissions, radix: 8))); take that right "
          + "away (chmod go-w) if you trust what it holds")
    }
    return status
  }

  func requireHash(
    _ hash: ContentHash.Digest, bytes: Int, of path: String
  ) throws(StorageError) {
    let found = try digest(of: path)
    guard found.bytes == bytes else {
      throw SealedText.damaged(path, "it has \(found.bytes) bytes instead of \(bytes)")
    }
    guard found.hash == hash else {
      throw SealedText.damaged(path, "its hash does not fit: it was damaged or changed")
    }
  }
}
