import Glibc

/// The files of this machine.
package struct DiskFiles: FileOperations {
  /// Bytes read at a time.
  private static let pieceBytes = 1 << 20

  package init() {}

  package var user: UInt32 { geteuid() }

  package func create(_ path: String) throws(StorageError) -> Int32 {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = open(path, flags, 0o600)
    guard file >= 0 else { throw PlainFile.failure("open", path) }
    return file
  }

  package func write(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, at path: String
  ) throws(StorageError) {
    var rest = bytes
    while !rest.isEmpty {
      // The system takes at most 2 GiB at a time.
      let count = Glibc.write(file, rest.baseAddress, min(rest.count, 1 << 30))
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if count == 0 || errno != EINTR {
        throw PlainFile.failure("write", path)
      }
    }
  }

  package func synchronize(_ file: Int32, at path: String) throws(StorageError) {
    guard fsync(file) == 0 else { throw PlainFile.failure("fsync", path) }
  }

  package func synchronizeFile(_ path: String) throws(StorageError) {
    try Durability.synchronize(path)
  }

  package func close(_ file: Int32, at path: String) throws(StorageError) {
    guard Glibc.close(file) == 0 else { throw PlainFile.failure("close", path) }
  }

  package func makeDirectory(_ path: String) throws(StorageError) {
    guard mkdir(path, 0o700) != 0 else { return }
    let number = errno
    guard number == EEXIST, Durability.kind(of: path) == .directory else {
      errno = number
      throw PlainFile.failure("mkdir", path, exitCode: ExitCode.cannotCreate)
    }
  }

  package func synchronizeDirectory(_ path: String) throws(StorageError) {
    try Durability.synchronizeDirectory(path)
  }

  package func rename(_ old: String, to new: String) throws(StorageError) {
    try Durability.rename(old, to: new)
  }

  package func remove(_ path: String) throws(StorageError) {
    guard unlink(path) == 0 else { throw PlainFile.failure("unlink", path) }
  }

  package func removeDirectory(_ path: String) throws(StorageError) {
    guard rmdir(path) == 0 else { throw PlainFile.failure("rmdir", path) }
  }

  package func names(in path: String) throws(StorageError) -> [String] {
    guard Durability.kind(of: path) != .absent else { return [] }
    return try Durability.names(in: path, followsLink: false)
  }

  package func status(of path: String) throws(StorageError) -> FileStatus? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw PlainFile.failure("lstat", path, exitCode: ExitCode.badInput)
      }
      return nil
    }
    let kind: FileStatus.Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      default: .other
      }
    return FileStatus(
      kind: kind, bytes: Int(status.st_size), user: status.st_uid,
      permissions: status.st_mode & 0o777)
  }

  package func read(
    _ path: String, _ piece: (UnsafeRawBufferPointer) -> Void
  ) throws(StorageError) {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw PlainFile.failure("open", path, exitCode: ExitCode.badInput) }
    defer { _ = Glibc.close(file) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: DiskFiles.pieceBytes, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(file, buffer.baseAddress, buffer.count)
      if count > 0 {
        piece(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      } else if count == 0 {
        return
      } else if errno != EINTR {
        throw PlainFile.failure("read", path)
      }
    }
  }
}
