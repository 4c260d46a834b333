/// What the command line says when it ends, in the manner of sysexits.
enum ExitCode {
  static let success: Int32 = 0
  /// `compare` has found a difference.
  static let different: Int32 = 1
  static let usage: Int32 = 64
  static let badJob: Int32 = 65
  static let missingInput: Int32 = 66
  static let `internal`: Int32 = 70
  static let cannotCreate: Int32 = 73
  static let inputOutput: Int32 = 74
  /// Stopped early with a good checkpoint: run again.
  static let stoppedEarly: Int32 = 75
  static let otherJob: Int32 = 76
}

/// A command that ends before its work is done, with what to print.
struct CommandFailure: Error {
  var message: String
  var exitCode: Int32
  /// Whether the message is ours alone; diagnostics begin with a file's name instead.
  var isPrefixed: Bool

  init(_ message: String, exitCode: Int32, isPrefixed: Bool = true) {
    self.message = message
    self.exitCode = exitCode
    self.isPrefixed = isPrefixed
  }
}
