import Glibc

/// An open file of the system.
struct PlainFile: ~Copyable {
  private var descriptor: Int32
  let path: String

  /// What says nothing of the file, but of the disk or the machine.
  private static let troubles: Set<Int32> = [
    EIO, ENOSPC, EDQUOT, EINTR, EMFILE, ENFILE, ENOMEM, ESTALE, ETIMEDOUT,
  ]

  /// Why the last call of the system failed, in words.
  ///
  /// - Parameter exitCode: for what is wrong with the file. That it is no input (66) does not follow
  ///   from a disk that cannot be read (74).
  static func failure(
    _ call: String, _ path: String, exitCode: Int32 = ExitCode.inputOutput
  ) -> StorageError {
    let number = errno
    let name = names[number].map { " (\($0))" } ?? " (error \(number))"
    let isInput = exitCode == ExitCode.badInput
    return StorageError(
      call: call, path: path, reason: String(cString: strerror(number)) + name,
      exitCode: isInput && troubles.contains(number) ? ExitCode.inputOutput : exitCode)
  }

  /// What manuals and system administrators call the errors that files meet.
  private static let names: [Int32: String] = [
    EACCES: "EACCES", EDQUOT: "EDQUOT", EEXIST: "EEXIST", EFBIG: "EFBIG", EINTR: "EINTR",
    EIO: "EIO", EISDIR: "EISDIR", ELOOP: "ELOOP", EMFILE: "EMFILE", ENAMETOOLONG: "ENAMETOOLONG",
    ENFILE: "ENFILE", ENOENT: "ENOENT", ENOSPC: "ENOSPC", ENOTDIR: "ENOTDIR",
    ENOTEMPTY: "ENOTEMPTY", EPERM: "EPERM", EROFS: "EROFS", ESTALE: "ESTALE",
    ETIMEDOUT: "ETIMEDOUT",
  ]

  private init(
    _ path: String, flags: Int32, exitCode: Int32
  ) throws(StorageError) {
    guard !path.utf8.contains(0) else {
      throw StorageError(
        call: "open", path: path, reason: "the path holds a NUL", exitCode: ExitCode.badInput)
    }
    // For others to read as the umask has it, and never to write.
    let opened = Glibc.open(path, flags | O_CLOEXEC, 0o664)
    guard opened >= 0 else { throw PlainFile.failure("open", path, exitCode: exitCode) }
    descriptor = opened
    self.path = path
  }

  static func openForReading(_ path: String) throws(StorageError) -> PlainFile {
    try PlainFile(path, flags: O_RDONLY, exitCode: ExitCode.badInput)
  }

  static func openDirectory(_ path: String) throws(StorageError) -> PlainFile {
    try PlainFile(path, flags: O_RDONLY | O_DIRECTORY, exitCode: ExitCode.inputOutput)
  }

  /// Creates a file, which must not exist yet; follows no symbolic link.
  static func create(_ path: String, exitCode: Int32) throws(StorageError) -> PlainFile {
    try PlainFile(
      path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, exitCode: exitCode)
  }

  deinit {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
  }

  consuming func close() throws(StorageError) {
    let status = Glibc.close(descriptor)
    descriptor = -1
    guard status == 0 else { throw PlainFile.failure("close", path) }
  }

  /// The next bytes; none at the end of the file.
  func read(atMost count: Int) throws(StorageError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    while true {
      let got = Glibc.read(descriptor, &bytes, count)
      if got >= 0 {
        bytes.removeSubrange(got...)
        return bytes
      }
      guard errno == EINTR else { throw PlainFile.failure("read", path) }
    }
  }

  func write(_ bytes: [UInt8]) throws(StorageError) {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 {
        guard errno == EINTR else { throw PlainFile.failure("write", path) }
      } else {
        written += count
      }
    }
  }

  /// Waits until the disk holds what was written. Never repeated after a failure: the system
  /// may have dropped the data and would report success.
  func synchronize() throws(StorageError) {
    guard fsync(descriptor) == 0 else { throw PlainFile.failure("fsync", path) }
  }
}
