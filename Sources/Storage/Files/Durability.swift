import Glibc

/// How a file comes to be on disk whole, or not at all: written under a temporary name, fsynced,
/// renamed, the directory fsynced.
enum Durability {
  /// Fsyncs a file that someone else (libhdf5, which never does) has written and closed.
  static func synchronize(_ path: String) throws(StorageError) {
    let file = try PlainFile.openForReading(path)
    try file.synchronize()
    try file.close()
  }

  static func synchronizeDirectory(_ path: String) throws(StorageError) {
    let directory = try PlainFile.openDirectory(path)
    try directory.synchronize()
    try directory.close()
  }

  /// Renames; what had the new name before is gone.
  static func rename(_ old: String, to new: String) throws(StorageError) {
    guard Glibc.rename(old, new) == 0 else { throw PlainFile.failure("rename", new) }
  }

  /// Removes a file if there is one.
  static func removeIfPresent(_ path: String) throws(StorageError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw PlainFile.failure("unlink", path) }
  }

  /// Refuses a write for which the file system has no room, before libhdf5 finds out: it does not
  /// survive a full disk well.
  static func requireSpace(_ bytes: Int, at path: String) throws(StorageError) {
    var status = statvfs()
    // Some file systems do not answer; the write itself will tell.
    guard statvfs(path, &status) == 0, status.f_frsize > 0 else { return }
    let (free, overflows) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    let (needed, isHuge) = UInt64(max(bytes, 0)).addingReportingOverflow(1 << 20)
    guard overflows || (!isHuge && free >= needed) else {
      throw StorageError(
        call: "statvfs", path: path,
        reason: "no space left on the device: \(needed >> 10) KiB are needed, "
          + "\(free >> 10) KiB are free", exitCode: ExitCode.inputOutput)
    }
  }

  /// Size of a file in bytes.
  static func size(of path: String) throws(StorageError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw PlainFile.failure("stat", path, exitCode: ExitCode.badInput)
    }
    return Int(status.st_size)
  }

  /// What a path names; no symbolic link is followed.
  static func kind(of path: String) -> FileKind {
    var status = stat()
    guard lstat(path, &status) == 0 else { return .absent }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .directory
    case S_IFREG: return .file
    default: return .other
    }
  }

  enum FileKind {
    case absent
    case file
    case directory
    case other
  }

  /// Names in a directory, sorted by their bytes, without `.` and `..`.
  ///
  /// - Parameter followsLink: Whether the path itself may be a symbolic link.
  static func names(
    in path: String, followsLink: Bool = true
  ) throws(StorageError) -> [String] {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = open(path, flags)
    guard descriptor >= 0, let directory = fdopendir(descriptor) else {
      let error = PlainFile.failure("opendir", path, exitCode: ExitCode.badInput)
      if descriptor >= 0 { close(descriptor) }
      throw error
    }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw PlainFile.failure("readdir", path) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
