import Glibc

/// The directory that a run writes, and the only place that it writes to.
///
/// Every path is made here of one checked name, so none leads out of the directory.
package struct OutputDirectory: Hashable, Sendable {
  /// As given, without a `/` at its end.
  package let path: String

  /// Opens the directory for a run: makes it and `segments/` where they are missing, and makes
  /// sure that it is this user's and that files can be created. Any number of ranks may do so at
  /// once.
  ///
  /// - Parameter holdsRun: `false` for what holds only directories of runs, and so no segments.
  /// - Throws: exit code 73 if that is impossible, with the part of the path that is in the way.
  package static func create(
    _ path: String, holdsRun: Bool = true
  ) throws(StorageError) -> OutputDirectory {
    let directory = try OutputDirectory(naming: path)
    try directory.makeDirectories(holdsRun: holdsRun)
    try directory.requireOwn()
    try directory.probe()
    return directory
  }

  /// A directory that is there already, to read from.
  package static func open(_ path: String) throws(StorageError) -> OutputDirectory {
    let directory = try OutputDirectory(naming: path)
    var status = stat()
    guard stat(directory.path, &status) == 0 else {
      throw PlainFile.failure("stat", directory.path, exitCode: ExitCode.badInput)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw StorageError(
        call: "stat", path: directory.path, reason: "not a directory", exitCode: ExitCode.badInput)
    }
    return directory
  }

  /// A directory that may be there or not.
  package init(naming path: String) throws(StorageError) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    let hasControl = path.unicodeScalars.contains { $0.properties.generalCategory == .control }
    guard !path.isEmpty, !hasControl else {
      throw StorageError(
        call: "name of the output directory", path: path,
        reason: "the path is empty or holds a control character", exitCode: ExitCode.cannotCreate)
    }
    self.path = path
  }

  /// Makes every missing directory of the path, and `segments` in it. The names of new ones are
  /// brought to disk, but that of `segments`, of which the first checkpoint takes care.
  private func makeDirectories(holdsRun: Bool) throws(StorageError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in (holdsRun ? path + "/segments" : path).split(separator: "/") {
      let above = prefix.isEmpty ? "." : prefix
      prefix += prefix.isEmpty || prefix.hasSuffix("/") ? String(part) : "/" + part
      guard mkdir(prefix, OutputDirectory.mode) != 0 else {
        // Who may not read the directory above may not sync it either.
        if prefix != segments, access(above, R_OK) == 0 {
          try Durability.synchronizeDirectory(above)
        }
        continue
      }
      let reason = errno
      var status = stat()
      if stat(prefix, &status) == 0 {
        guard status.st_mode & S_IFMT != S_IFDIR else { continue }
        throw StorageError(
          call: "mkdir", path: prefix,
          reason: "cannot make the output directory \(path): a file of this name is in the way",
          exitCode: ExitCode.cannotCreate)
      }
      throw StorageError(
        call: "mkdir", path: prefix,
        reason: "cannot make the output directory \(path): \(String(cString: strerror(reason)))",
        exitCode: ExitCode.cannotCreate)
    }
  }

  /// What a directory of this program permits at most: the group may share it, all others may not
  /// change it, whatever the umask says.
  private static let mode: mode_t = 0o775

  /// Refuses a directory in which someone else could put files in the place of this run's: links to
  /// other files, checkpoints, segments.
  private func requireOwn() throws(StorageError) {
    func refuse(_ part: String, _ reason: String) -> StorageError {
      StorageError(call: "stat", path: part, reason: reason, exitCode: ExitCode.cannotCreate)
    }
    // The directory may be a link of the user's own; what lies in it may not.
    for part in [path, segments, path + "/checkpoints"] {
      var status = stat()
      guard (part == path ? stat(part, &status) : lstat(part, &status)) == 0 else { continue }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw refuse(
          part, "a link or a file stands where a directory of the run belongs; remove it")
      }
      guard status.st_uid == geteuid() else {
        throw refuse(
          part,
          "it belongs to user \(status.st_uid), not to \(geteuid()) who runs this program; name "
            + "another directory with --output")
      }
      guard status.st_mode & S_IWOTH == 0 else {
        throw refuse(
          part,
          "everybody may write to it (mode \(String(status.st_mode & 0o7777, radix: 8))); take that "
            + "right away (chmod o-w), or name another directory with --output")
      }
    }
  }

  /// Creates a file and removes it.
  private func probe() throws(StorageError) {
    var host = [CChar](repeating: 0, count: 65)
    gethostname(&host, host.count - 1)
    let tag = host.prefix { $0 != 0 }.map {
      UInt8(bitPattern: $0) == 47 ? 95 : UInt8(bitPattern: $0)
    }
    let name = "\(path)/.probe-\(String(decoding: tag, as: UTF8.self))-\(getpid())"
    do throws(StorageError) {
      try PlainFile.create(name, exitCode: ExitCode.cannotCreate).close()
      try Durability.removeIfPresent(name)
    } catch {
      throw StorageError(
        call: error.call, path: path,
        reason: "no file can be created in the output directory: \(error.reason)",
        exitCode: ExitCode.cannotCreate)
    }
  }

  /// The directory of the segments of a run that goes on.
  var segments: String { path + "/segments" }

  /// The path of a file in this directory.
  package func file(_ name: String) throws(StorageError) -> String {
    try OutputName.check(name, exitCode: ExitCode.badJob)
    return path + "/" + name
  }

  /// Where a file stands until it is whole.
  func temporary(_ name: String) throws(StorageError) -> String {
    try OutputName.check(name, exitCode: ExitCode.badJob)
    return "\(path)/.\(name).partial"
  }

  /// What of a file the disk must hold before the run goes on.
  package enum DiskWait: Comparable {
    /// A run that goes on writes it again.
    case nothing
    /// After a loss of power it is there whole, or not at all.
    case contents
    /// It is there.
    case name
  }

  /// Writes a file at once: whoever reads it finds the old bytes or the new ones. One process
  /// calls this for a directory at a time.
  ///
  /// - Parameter wait: What the disk must hold before it returns.
  package func write(
    _ bytes: [UInt8], to name: String, awaiting wait: DiskWait = .name
  ) throws(StorageError) {
    let (final, partial) = (try file(name), try temporary(name))
    try Durability.removeIfPresent(partial)
    let file = try PlainFile.create(partial, exitCode: ExitCode.cannotCreate)
    try file.write(bytes)
    if wait > .nothing { try file.synchronize() }
    try file.close()
    try Durability.rename(partial, to: final)
    if wait == .name { try Durability.synchronizeDirectory(path) }
  }

  package func write(
    _ text: String, to name: String, awaiting wait: DiskWait = .name
  ) throws(StorageError) {
    try write(Array(text.utf8), to: name, awaiting: wait)
  }

  /// Removes a file if it is there; on return it is gone for good.
  package func remove(_ name: String) throws(StorageError) {
    guard has(name) else { return }
    try Durability.removeIfPresent(try file(name))
    try Durability.synchronizeDirectory(path)
  }

  /// All bytes of a plain file in this directory that has at most so many.
  package func read(_ name: String, atMost limit: Int = 64 << 20) throws(StorageError) -> [UInt8] {
    try DiskFiles().contents(of: try file(name), atMost: limit)
  }

  /// Whether a file of this name is there.
  package func has(_ name: String) -> Bool {
    OutputName.fault(of: name) == nil && Durability.kind(of: path + "/" + name) == .file
  }
}
