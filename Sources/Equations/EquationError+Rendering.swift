extension EquationError: CustomStringConvertible {
  /// The line of the fault in `text`, from 1.
  public var line: Int { position.line }

  /// The column of the fault in its line, from 1, in Unicode scalars.
  public var column: Int { position.column }

  private var position: (line: Int, column: Int, text: String) {
    let scalars = Array(text.unicodeScalars)
    let offset = min(max(span.offset, 0), scalars.count)
    var line = 1
    var lineStart = 0
    for index in 0..<offset where scalars[index] == "\n" {
      line += 1
      lineStart = index + 1
    }
    let lineEnd = scalars[lineStart...].firstIndex(of: "\n") ?? scalars.count
    var view = String.UnicodeScalarView()
    view.append(
      contentsOf: scalars[lineStart..<lineEnd].map { $0 == "\t" || $0 == "\r" ? " " : $0 })
    return (line, offset - lineStart + 1, String(view))
  }

  /// The message with line and column inside the text, the line, a caret below it, and the hint.
  ///
  ///     2:12: cannot add `w`, a conductance (S), to `I`, a current (A)
  ///         x = I + w : amp
  ///                 ^
  ///       hint: …
  public var rendered: String {
    let (line, column, lineText) = position
    let shown = Array(lineText.unicodeScalars)
    // A window of the line, so that a whole model on one line still shows its fault.
    let first = max(0, min(column - 1, shown.count) - 60)
    let last = min(shown.count, first + 110)
    var window = String.UnicodeScalarView()
    window.append(contentsOf: shown[first..<last])
    let lead = first > 0 ? "…" : ""
    let tail = last < shown.count ? "…" : ""
    let indent = String(repeating: " ", count: column - 1 - first + lead.count)
    let marked = max(1, min(span.length, last - (column - 1)))
    let caret = "^" + String(repeating: "~", count: marked - 1)
    var text =
      "\(line):\(column): \(message)\n    \(lead)\(String(window))\(tail)\n    \(indent)\(caret)"
    if let hint { text += "\n  hint: \(hint)" }
    return text
  }

  public var description: String { rendered }
}

extension DefinitionError: CustomStringConvertible {
  /// The name of the text and the rendered error in it.
  public var description: String { "in the \(part): \(error.rendered)" }
}

extension DefinitionError.Part: CustomStringConvertible {
  /// As a sentence names it: `equations`, `condition of event spike_Na`.
  public var description: String {
    switch self {
    case .equations: "equations"
    case .threshold: "threshold"
    case .reset: "reset"
    case .refractory: "refractory"
    case .secondReset: "second reset"
    case .eventCondition(let name): "condition of event \(name)"
    case .eventAction(let name): "action of event \(name)"
    }
  }
}
