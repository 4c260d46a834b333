internal import Equations
internal import Units

/// What is known while a job is read, and the readers of single values.
///
/// A reader either gives a value that is right in every respect, or notes an error and gives
/// `nil`. Used by one thread.
final class JobReading {
  /// Which numbers are allowed.
  enum Bounds {
    case any
    case positive
    case nonNegative

    func contains(_ value: Double) -> Bool {
      switch self {
      case .any: true
      case .positive: value > 0
      case .nonNegative: value >= 0
      }
    }

    var inWords: String {
      switch self {
      case .any: ""
      case .positive: "must be greater than 0"
      case .nonNegative: "must not be negative"
      }
    }
  }

  let diagnostics: Diagnostics
  let readers: JobReaders
  /// The constants of the job.
  var constants: [String: Quantity] = [:]
  /// Constants that are wrong: what uses them is not reported again.
  var brokenConstants: Set<String> = []
  /// Names that cannot be: what refers to them is not reported again.
  var brokenNames: Set<String> = []
  /// The step, in s.
  var dt = JobReading.defaultStep
  /// What the job means where that differs from what is written.
  var resolved = ResolvedValues()
  /// HDF5 files that the job reads.
  var inputFiles: [String] = []

  /// 0.1 ms, as its text would be read.
  static let defaultStep = 0.1 * 0.001

  init(diagnostics: Diagnostics, readers: JobReaders) {
    self.diagnostics = diagnostics
    self.readers = readers
  }

  /// Notes an error at a value.
  func refuse(_ field: JobField, _ message: String, hint: String? = nil) {
    diagnostics.error(message, at: field.position, path: field.path, hint: hint)
  }

  /// Notes an error at a value's key.
  func refuseKey(_ field: JobField, _ message: String, hint: String? = nil) {
    diagnostics.error(message, at: field.keyPosition, path: field.path, hint: hint)
  }

  /// Notes an error of the equation language at its character in the file.
  func refuse(_ field: JobField, _ error: EquationError, offset: Int = 0) {
    let (start, _) = error.span.offset.addingReportingOverflow(offset)
    let position = ScalarPositions.position(
      ofOffset: start, in: field.node, sources: diagnostics.sources)
    diagnostics.error(error.message, at: position, path: field.path, hint: error.hint)
  }

  /// Reads a map whose keys the schema knows.
  func map(_ field: JobField, keys: [String], what: String) -> JobMap? {
    JobMap(field, keys: keys, what: what, diagnostics: diagnostics)
  }

  /// Reads a text that is not empty.
  func text(_ field: JobField, _ what: String) -> String? {
    guard let text = field.node.text else {
      refuse(field, "\(what) is due here, not \(field.node.kindInWords)")
      return nil
    }
    guard text.unicodeScalars.contains(where: { !ScalarPositions.isBlank($0) }) else {
      refuse(field, "\(what) is due here, but nothing is written")
      return nil
    }
    return text
  }

  /// Reads a text that stands on one line and holds no control characters.
  func line(_ field: JobField, _ what: String) -> String? {
    guard let text = text(field, what) else { return nil }
    guard !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
      refuse(field, "\(what) must not hold line breaks or control characters")
      return nil
    }
    return text
  }

  /// Reads one of some words.
  func choice<Value>(_ field: JobField, _ what: String, _ choices: [(String, Value)]) -> Value? {
    guard let text = line(field, what) else { return nil }
    if let choice = choices.first(where: { $0.0 == text }) { return choice.1 }
    let words = choices.map(\.0)
    refuse(
      field, "\(what) is \(words.joined(separator: " or ")), not '\(text.forMessage)'",
      hint: Suggestion.near(text, among: words))
    return nil
  }

  /// Reads `true` or `false`.
  func flag(_ field: JobField) -> Bool? {
    if field.node.text == "True" { return true }
    if field.node.text == "False" { return false }
    return choice(field, "'\(field.name)'", [("true", true), ("false", false)])
  }

  /// Reads the elements of a list.
  func list(_ field: JobField, _ what: String, hint: String? = nil) -> [JobField]? {
    guard let elements = field.elements else {
      refuse(field, "\(what) is a list, not \(field.node.kindInWords)", hint: hint)
      return nil
    }
    return elements
  }

  /// The text of a name that the user gives: what may stand in equations, file names and paths.
  func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
    func isLetter(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "_") || (byte | 32) &- UInt8(ascii: "a") < 26
    }
    return isLetter(first) && text.utf8.allSatisfy { isLetter($0) || $0 &- UInt8(ascii: "0") < 10 }
  }

  /// Reads the entries of a map whose keys are names of the user's.
  func named(_ field: JobField, _ what: String) -> [(key: String, field: JobField)]? {
    guard let entries = field.entries else {
      refuse(field, "'\(field.name)' is a map of \(what), not \(field.node.kindInWords)")
      return nil
    }
    return entries.filter { entry in
      if isName(entry.key) { return true }
      brokenNames.insert(entry.key)
      diagnostics.error(
        "'\(entry.key.forMessage)' cannot be a name", at: entry.field.keyPosition,
        path: entry.field.path,
        hint: "a name has letters, digits and _, starts with no digit, and has at most 64 "
          + "characters")
      return false
    }
  }
}
