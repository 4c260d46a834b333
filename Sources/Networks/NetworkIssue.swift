/// What is wrong with a network, where, and what to do.
public struct NetworkIssue: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: Hashable, Sendable {
    /// The network cannot be run.
    case error
    /// It can, but does something else than was probably meant.
    case warning
  }

  public var severity: Severity
  /// Keys as in a job file, from the top: `["projections", "recurrent", "connect"]`.
  public var path: [String]
  /// The reason, one sentence without a full stop.
  public var message: String
  /// What to do about it, if that can be said.
  public var hint: String?

  public init(
    _ severity: Severity = .error, path: [String], message: String, hint: String? = nil
  ) {
    self.severity = severity
    self.path = path
    self.message = message
    self.hint = hint
  }

  public var description: String {
    let place = path.isEmpty ? "" : path.joined(separator: ".") + ": "
    return place + message + (hint.map { " (\($0))" } ?? "")
  }
}

/// A network that cannot be built.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  public var issue: NetworkIssue

  public init(_ issue: NetworkIssue) {
    self.issue = issue
  }

  package init(_ message: String, hint: String? = nil, path: [String] = []) {
    issue = NetworkIssue(path: path, message: message, hint: hint)
  }

  public var description: String { issue.description }

  /// The same error, at a place further down.
  func at(_ path: String...) -> NetworkError {
    var error = self
    error.issue.path = path + error.issue.path
    return error
  }
}
