internal import Glibc

/// A new directory that only this user can enter, removed with all that is in it.
struct PrivateDirectory: ~Copyable {
  let path: String

  /// - Parameter parent: An absolute path; anything else means `/tmp`.
  /// - Throws: `CompilationError` where no directory can be made there, or where others could put
  ///   one of theirs in its place.
  init(in parent: String?) throws(CompilationError) {
    let parent = parent.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    try Self.requireSafe(parent)
    var template = Array((parent + "/coppice-XXXXXX").utf8CString)
    let failure: Int32? = template.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return EINVAL }
      return mkdtemp(start) == nil ? errno : nil
    }
    if let failure { throw .system("mkdtemp in \(parent)", error: failure) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// Whoever may rename entries of a directory could exchange machine code between its making and
  /// its loading: that may be this user or root, or anybody where the sticky bit keeps entries with
  /// their owners.
  private static func requireSafe(_ parent: String) throws(CompilationError) {
    var status = stat()
    guard stat(parent, &status) == 0 else { throw .system("stat of \(parent)", error: errno) }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .unsafeDirectory(parent, reason: "it belongs to user \(status.st_uid)")
    }
    guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 || status.st_mode & S_ISVTX != 0 else {
      let mode = String(status.st_mode & 0o7777, radix: 8)
      throw .unsafeDirectory(parent, reason: "others may rename what is in it (mode \(mode))")
    }
  }

  /// Removes a file, or a directory with all that is in it, following no link.
  private static func remove(_ path: String) {
    guard unlink(path) != 0, errno == EISDIR || errno == EPERM else { return }
    for entry in entries(of: path) { remove(path + "/" + entry) }
    rmdir(path)
  }

  private static func entries(of directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

/// Whole files, read and written.
enum WholeFile {
  /// Writes a new file that only this user can read; fails if the name is taken.
  static func write(_ bytes: [UInt8], to path: String) throws(CompilationError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system("open of \(path)", error: errno) }
    defer { close(file) }
    try write(bytes, to: file, named: path)
  }

  /// Writes all bytes to a descriptor.
  static func write(_ bytes: [UInt8], to file: Int32, named name: String)
    throws(CompilationError)
  {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(file, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw .system("write to \(name)", error: errno)
      }
      written += count
    }
  }

  /// The first bytes of a file.
  ///
  /// - Throws: where the path is a link, or the file is not this user's alone: what is read may be
  ///   run.
  static func read(_ path: String, atMost limit: Int) throws(CompilationError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .system("open of \(path)", error: errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid(), status.st_mode & S_IWOTH == 0
    else { throw .unsafeDirectory(path, reason: "it is no file of this user's alone") }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
      let count = chunk.withUnsafeMutableBytes { buffer in
        Glibc.read(file, buffer.baseAddress, buffer.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw .system("read of \(path)", error: errno)
      }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<min(count, limit - bytes.count)])
    }
    return bytes
  }
}
