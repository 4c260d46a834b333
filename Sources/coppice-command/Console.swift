import Glibc

/// Writes to the terminal or wherever the output goes, whole lines at once.
enum Console {
  /// To standard output, unbuffered: on clusters logs appear when lines are written.
  static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

  static func writeLine(_ text: String) { write(text + "\n") }

  /// To standard error.
  static func writeError(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // A reader that has gone away must not end the run.
      guard written > 0 || errno == EINTR else { return }
      bytes = bytes.dropFirst(max(written, 0))
    }
  }
}
