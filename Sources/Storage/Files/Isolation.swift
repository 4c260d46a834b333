import Glibc

/// Runs Swift that may crash on a damaged file in a process of its own.
///
/// libhdf5 is no safe parser: damaged files make it read beyond its buffers, and its authors say
/// so. A forked child therefore does what reads files from anywhere, and sends back plain bytes;
/// if it dies, the files are to blame. Only for commands that have no other thread: a child cannot
/// rely on the locks of Swift's runtime otherwise. Input of runs is read by `ForeignFile`.
package enum Isolation {
  /// Longest time of computing that a child may take, in s: damage can also mean a loop.
  private static let mostSeconds: rlim_t = 900

  /// Runs `body` in a child and returns its bytes.
  ///
  /// - Parameters:
  ///   - path: The file that is read, for messages.
  ///   - body: Reads it.
  /// - Returns: What `body` returns.
  /// - Throws: what `body` throws, or exit code 66 if the child died.
  package static func run(
    reading path: String, _ body: () throws(StorageError) -> [UInt8]
  ) throws(StorageError) -> [UInt8] {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw PlainFile.failure("pipe", path) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child = fork()
    guard child >= 0 else {
      let error = PlainFile.failure("fork", path)
      close(ends[0])
      close(ends[1])
      throw error
    }
    if child == 0 {
      close(ends[0])
      answer(on: ends[1], body)
    }
    close(ends[1])
    let (bytes, failure) = collect(from: ends[0])
    close(ends[0])
    let status = wait(for: child)
    guard failure == 0 else {
      throw StorageError(
        call: "read", path: path, reason: String(cString: strerror(failure)),
        exitCode: ExitCode.inputOutput)
    }
    guard status == 0, let first = bytes.first else {
      throw StorageError(
        call: "read in a process of its own", path: path,
        reason: "the file is damaged: libhdf5 died of signal \(status & 0x7f) while it was read",
        exitCode: ExitCode.badInput)
    }
    let payload = Array(bytes.dropFirst())
    guard first == 0 else {
      throw try JSONText.decode(StorageError.self, from: payload, path: path)
    }
    return payload
  }

  /// In the child: one byte that tells success from failure, then the bytes or the error.
  private static func answer(
    on descriptor: Int32, _ body: () throws(StorageError) -> [UInt8]
  ) -> Never {
    for number in [SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP] { signal(number, SIG_DFL) }
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    var seconds = rlimit(rlim_cur: mostSeconds, rlim_max: mostSeconds)
    setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &seconds)
    do throws(StorageError) {
      let bytes = try body()
      send([0], on: descriptor)
      send(bytes, on: descriptor)
    } catch {
      send([1], on: descriptor)
      send((try? JSONText.encode(error, for: error.path)) ?? [], on: descriptor)
    }
    _exit(0)
  }

  private static func send(_ bytes: [UInt8], on descriptor: Int32) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        sent += count
      } else if errno != EINTR {
        _exit(1)
      }
    }
  }

  /// All bytes until the other end closes, and the error number of a failure.
  private static func collect(from descriptor: Int32) -> (bytes: [UInt8], failure: Int32) {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count > 0 {
        bytes += piece[..<count]
      } else if count == 0 {
        return (bytes, 0)
      } else if errno != EINTR {
        return (bytes, errno)
      }
    }
  }

  private static func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { return -1 }
    }
    return status
  }
}
