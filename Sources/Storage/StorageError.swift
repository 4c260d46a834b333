/// A file that could not be written, read or understood.
package struct StorageError: Error, Hashable, Sendable, Codable, CustomStringConvertible {
  /// What was attempted: a function of HDF5 or of the system, or a short verb phrase.
  package var call: String
  /// The file, with the object in it where there is one (`spikes.h5:/spikes/pyr`).
  package var path: String
  /// Why it failed and, where known, what to do.
  package var reason: String
  /// Of sysexits: 65 bad job, 66 input missing or damaged, 70 a fault of the program, 73 output
  /// cannot be created, 74 input or output failed.
  package var exitCode: Int32

  package init(call: String, path: String, reason: String, exitCode: Int32) {
    self.call = call
    self.path = path
    self.reason = reason
    self.exitCode = exitCode
  }

  package var description: String {
    "\(path): \(reason) (\(call))"
  }
}

/// The exit codes that storage gives.
enum ExitCode {
  static let badJob: Int32 = 65
  static let badInput: Int32 = 66
  static let fault: Int32 = 70
  static let cannotCreate: Int32 = 73
  static let inputOutput: Int32 = 74
}
