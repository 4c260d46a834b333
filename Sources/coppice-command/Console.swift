import Glibc

/// Writes to the terminal or wherever the output goes, whole lines at once.
enum Console {
  /// To standard output, unbuffered: on clusters logs appear when lines are written.
  static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

  static func writeLine(_ text: String) { write(harmless(text) + "\n") }

  /// To standard error.
  static func writeError(_ text: String) { write(harmless(text) + "\n", to: STDERR_FILENO) }

  /// A text that may quote what someone else has written: what would steer a terminal, or turn its
  /// lines around, is shown by its number.
  private static func harmless(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control where scalar != "\n" && scalar != "\t", .format:
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

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
