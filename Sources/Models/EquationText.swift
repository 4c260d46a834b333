/// Equations as text, cut into statements without being understood.
///
/// A statement runs up to a colon and from there to the end of the line, as in Brian 2: the
/// expression before the colon may be spread over lines.
struct EquationText {
  /// One equation.
  struct Statement: Hashable {
    /// As written, without comments and surrounding space.
    var text: String

    /// What stands before `=`, or before `:` where there is none, without spaces: `dV_soma/dt`.
    var leftSide: String {
      var left = String.UnicodeScalarView()
      for scalar in text.unicodeScalars {
        if scalar == "=" || scalar == ":" { break }
        // Asked of every statement many times over: nearly all of it is ASCII.
        let isSpace =
          scalar.isASCII
          ? scalar == " " || (9...13).contains(scalar.value) : scalar.properties.isWhitespace
        if !isSpace { left.append(scalar) }
      }
      return String(left)
    }

    /// Whether it only declares a name.
    var isParameter: Bool {
      text.unicodeScalars.first { $0 == "=" || $0 == ":" } != "="
    }

    /// The name that it defines.
    var name: String {
      let left = leftSide
      guard left.hasPrefix("d"), left.hasSuffix("/dt") else { return left }
      return String(left.dropFirst().dropLast(3))
    }
  }

  private(set) var statements: [Statement] = []

  /// Cuts a text into statements.
  init(_ text: String) {
    var pending: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let code = line.prefix { $0 != "#" }
      let trimmed = EquationText.trimmed(code)
      guard !trimmed.isEmpty else { continue }
      pending.append(trimmed)
      if trimmed.contains(":") {
        statements.append(Statement(text: pending.joined(separator: " ")))
        pending = []
      }
    }
    if !pending.isEmpty { statements.append(Statement(text: pending.joined(separator: " "))) }
  }

  /// One statement per line.
  var text: String { statements.map(\.text).joined(separator: "\n") }

  /// Whether a statement defines a name.
  func defines(_ name: String) -> Bool { statements.contains { $0.name == name } }

  /// Adds terms to the subexpression of a name.
  ///
  /// - Returns: Whether there is such a subexpression.
  mutating func add(_ terms: [String], to name: String) -> Bool {
    let place = statements.firstIndex { $0.leftSide == name && !$0.isParameter }
    guard let place, let colon = statements[place].text.firstIndex(of: ":") else { return false }
    let text = statements[place].text
    let sum = ([EquationText.trimmed(text[..<colon])] + terms).joined(separator: " + ")
    statements[place].text = "\(sum)  \(text[colon...])"
    return true
  }

  /// Puts a text in place of the statement with that left side.
  ///
  /// - Returns: Whether there is such a statement.
  mutating func replace(_ leftSide: String, with text: String) -> Bool {
    let wanted = leftSide.filter { !$0.isWhitespace }
    guard let place = statements.firstIndex(where: { $0.leftSide == wanted }) else { return false }
    statements.replaceSubrange(place...place, with: EquationText(text).statements)
    return true
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
