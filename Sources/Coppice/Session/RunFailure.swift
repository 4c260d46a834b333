package import Jobs

/// Why a run did not come to its end: what to print, and the exit code of every rank.
package struct RunFailure: Error, Sendable {
  package var message: String
  package var exitCode: Int32

  package init(_ message: String, exitCode: Int32) {
    self.message = message
    self.exitCode = exitCode
  }

  /// A job with errors, or one that cannot be read.
  package init(_ errors: JobErrors) {
    self.init(errors.description, exitCode: errors.isMissingInput ? 66 : 65)
  }
}
