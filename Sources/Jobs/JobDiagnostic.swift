/// Something that is wrong with a job, or doubtful: where, what, and what to do.
///
/// Printed as compilers print: `file:line:column: error: message`, the line, a caret, the hint.
public struct JobDiagnostic: Error, Hashable, Sendable {
  /// Whether the job can be run in spite of it.
  public enum Severity: String, Hashable, Sendable {
    case error
    case warning
  }

  public var severity: Severity
  /// The path as it was given, or `--set`.
  public var file: String
  /// From 1; 0 if there is no such file.
  public var line: Int
  /// In characters, from 1.
  public var column: Int
  /// Where in the job, such as `populations.pyr.size`; empty for the whole.
  public var path: String
  /// One sentence without a full stop.
  public var message: String
  /// What to do about it.
  public var hint: String?
  /// The line of the file, or of a long one the part around the column.
  public var excerpt: String
  /// The place of the column in `excerpt`, from 0.
  public var caret: Int

  /// Makes a diagnostic.
  public init(
    severity: Severity = .error, file: String, line: Int, column: Int, path: String = "",
    message: String, hint: String? = nil, excerpt: String = "", caret: Int = 0
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.path = path
    self.message = message
    self.hint = hint
    self.excerpt = excerpt
    self.caret = caret
  }
}

extension JobDiagnostic: CustomStringConvertible {
  /// The whole message, several lines without a break at the end.
  public var description: String {
    var lines: [String] = []
    if line > 0 {
      lines.append("\(file):\(line):\(column): \(severity.rawValue): \(message)")
      lines += excerptAndCaret
    } else {
      lines.append("\(file): \(severity.rawValue): \(message)")
    }
    if let hint { lines.append("  help: \(hint)") }
    return lines.joined(separator: "\n")
  }

  /// The line and the caret below it; nothing if the line has no visible character.
  private var excerptAndCaret: [String] {
    guard excerpt.unicodeScalars.contains(where: { $0 != " " }) else { return [] }
    let number = String(line)
    let margin = String(repeating: " ", count: number.count)
    return [
      "  \(number) | \(excerpt)",
      "  \(margin) | \(String(repeating: " ", count: max(0, caret)))^",
    ]
  }
}

/// Everything that is wrong with a job.
public struct JobErrors: Error, Sendable, CustomStringConvertible {
  /// The errors (and the warnings found on the way), in the order of the files.
  public var diagnostics: [JobDiagnostic]
  /// How many more errors there are than `diagnostics` holds.
  public var omitted: Int
  /// Whether the job could not be read at all, as opposed to being wrong.
  public var isMissingInput: Bool

  /// Makes a list of errors.
  public init(_ diagnostics: [JobDiagnostic], omitted: Int = 0, isMissingInput: Bool = false) {
    self.diagnostics = diagnostics
    self.omitted = omitted
    self.isMissingInput = isMissingInput
  }

  /// All messages, one below the other.
  public var description: String {
    var parts = diagnostics.map(\.description)
    if omitted > 0 { parts.append("… and \(omitted) more errors") }
    return parts.joined(separator: "\n")
  }
}
