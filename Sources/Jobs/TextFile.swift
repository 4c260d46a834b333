internal import Glibc

/// Why a file could not be read.
struct TextFileError: Error {
  var message: String
  /// Whether it is not there or may not be read, as opposed to being unfit.
  var isMissing: Bool
}

/// Reads whole files of bounded size.
enum TextFile {
  /// The bytes of a regular file, without a byte order mark.
  ///
  /// Pipes and devices are refused: reading one could wait for ever.
  static func read(_ path: String) throws(TextFileError) -> [UInt8] {
    guard !path.utf8.contains(0) else {
      throw TextFileError(message: "the path holds a zero byte", isMissing: true)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("cannot open '\(path)'") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("cannot read '\(path)'") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TextFileError(message: "'\(path)' is not a regular file", isMissing: true)
    }
    guard status.st_size <= YAMLLimits.bytes else {
      throw TextFileError(
        message: "'\(path)' is longer than \(YAMLLimits.bytes >> 20) MiB", isMissing: false)
    }
    var bytes = try contents(of: descriptor, path: path, expected: Int(status.st_size))
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    return bytes
  }

  /// The one name of a file, by which cycles are found; `nil` if it is not there.
  static func canonicalPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// A path relative to the folder of a file.
  static func path(_ relative: String, besideFile file: String) -> String {
    guard !relative.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return relative }
    return String(file[...slash]) + relative
  }

  private static func contents(
    of descriptor: Int32, path: String, expected: Int
  ) throws(TextFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(expected)
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw failure("cannot read '\(path)'")
      }
      bytes += piece[..<count]
      // The file may grow while it is read.
      guard bytes.count <= YAMLLimits.bytes else {
        throw TextFileError(
          message: "'\(path)' is longer than \(YAMLLimits.bytes >> 20) MiB", isMissing: false)
      }
    }
  }

  private static func failure(_ what: String) -> TextFileError {
    TextFileError(message: "\(what): \(String(cString: strerror(errno)))", isMissing: true)
  }
}
