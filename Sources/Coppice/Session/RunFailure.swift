import Engine
package import Jobs
import Storage

/// Why a run did not come to its end: what to print, and the exit code of every rank.
public struct RunFailure: Error, Sendable {
  public var message: String
  /// As of the command line: 65 for what was asked, 70 for what went wrong inside, 73 and 74 for
  /// files.
  public var exitCode: Int32

  package init(_ message: String, exitCode: Int32) {
    self.message = message
    self.exitCode = exitCode
  }

  /// A job with errors, or one that cannot be read.
  package init(_ errors: JobErrors) {
    self.init(errors.description, exitCode: errors.isMissingInput ? 66 : 65)
  }

  /// A file that could not be written or read.
  init(_ error: StorageError) {
    self.init(error.description, exitCode: error.exitCode)
  }

  /// What cannot be simulated, with its place in the job.
  init(_ error: SimulationError) {
    let place = error.path.isEmpty ? "" : error.path.joined(separator: ".") + ": "
    self.init(error.message.isEmpty ? "" : place + error.message, exitCode: error.exitCode)
  }
}

extension RunFailure: CustomStringConvertible {
  public var description: String { message }
}
