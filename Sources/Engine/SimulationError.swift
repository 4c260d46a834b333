import Networks

/// Why a run cannot begin or cannot go on.
package struct SimulationError: Error, Sendable {
  /// Empty on a rank that ends because another one cannot go on.
  package var message: String
  /// As the design's command line says: 65 for what the job asks, 70 for what went wrong inside,
  /// 74 for input and output.
  package var exitCode: Int32
  /// Where in the job, from its top: `["projections", "recurrent", "on_pre"]`.
  package var path: [String]

  package init(_ message: String, exitCode: Int32 = 70, path: [String] = []) {
    self.message = message
    self.exitCode = exitCode
    self.path = path
  }

  /// What a network cannot be built for, at a place in the job.
  init(_ error: NetworkError, below path: [String]) {
    let hint = error.issue.hint.map { "; \($0)" } ?? ""
    self.init(error.issue.message + hint, exitCode: 65, path: path + error.issue.path)
  }
}
