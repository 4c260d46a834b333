/// Collects everything that is wrong with one job.
///
/// Used by one thread while one job is read.
final class Diagnostics {
  /// How many errors are kept; the others are counted.
  static let limit = 100

  /// All texts that the job is read from; positions refer to them by place.
  var sources: [SourceFile] = []
  private var found: [(position: SourcePosition, order: Int, diagnostic: JobDiagnostic)] = []
  private var omitted = 0
  private var seen: Set<JobDiagnostic> = []
  private(set) var errorCount = 0

  /// Notes an error.
  func error(_ message: String, at position: SourcePosition, path: String, hint: String? = nil) {
    note(.error, message, at: position, path: path, hint: hint)
  }

  /// Notes something doubtful.
  func warn(_ message: String, at position: SourcePosition, path: String, hint: String? = nil) {
    note(.warning, message, at: position, path: path, hint: hint)
  }

  /// Notes what stopped the reading of a text.
  func error(_ fault: YAMLFault) {
    error(fault.message, at: fault.position, path: "", hint: fault.hint)
  }

  /// Whether further errors are only counted, so that hints for them are of no use.
  var isFull: Bool { found.count >= Diagnostics.limit }

  /// Everything found, sorted by place.
  var sorted: [JobDiagnostic] {
    found.sorted { ($0.position, $0.order) < ($1.position, $1.order) }.map(\.diagnostic)
  }

  /// The errors as they are thrown.
  var errors: JobErrors { JobErrors(sorted, omitted: omitted) }

  private func note(
    _ severity: JobDiagnostic.Severity, _ message: String, at position: SourcePosition,
    path: String, hint: String?
  ) {
    guard !isFull else {
      if severity == .error {
        errorCount += 1
        omitted += 1
      }
      return
    }
    var diagnostic = JobDiagnostic(
      severity: severity, file: "", line: Int(position.line) + 1,
      column: Int(position.column) + 1, path: path, message: message, hint: hint)
    if sources.indices.contains(Int(position.source)) {
      let source = sources[Int(position.source)]
      diagnostic.file = source.name
      (diagnostic.excerpt, diagnostic.caret) = source.excerpt(
        line: Int(position.line), column: Int(position.column))
    }
    // A text used in several places is wrong once.
    var identity = diagnostic
    identity.path = ""
    guard seen.insert(identity).inserted else { return }
    if severity == .error { errorCount += 1 }
    found.append((position, found.count, diagnostic))
  }
}
