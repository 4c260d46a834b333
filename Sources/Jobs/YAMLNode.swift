/// A place in one of the texts that a job is read from; line and column count from 0.
package struct SourcePosition: Hashable, Sendable {
  /// Place of the text in the list of all sources of the job.
  package var source: Int32
  package var line: Int32
  /// In characters of Unicode.
  package var column: Int32

  package init(source: Int, line: Int, column: Int) {
    self.source = Int32(clamping: source)
    self.line = Int32(clamping: line)
    self.column = Int32(clamping: column)
  }
}

extension SourcePosition: Comparable {
  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.source, left.line, left.column) < (right.source, right.line, right.column)
  }
}

/// One node of a YAML text, with its position.
///
/// Every scalar is text: what a text means is the schema's business.
package struct YAMLNode: Sendable {
  /// How a scalar was written.
  package enum Style: Hashable, Sendable {
    case plain
    case singleQuoted
    case doubleQuoted
    case literal
    case folded
  }

  /// A key and its value.
  package struct Entry: Sendable {
    package var key: String
    package var keyPosition: SourcePosition
    package var value: YAMLNode

    package init(key: String, keyPosition: SourcePosition, value: YAMLNode) {
      self.key = key
      self.keyPosition = keyPosition
      self.value = value
    }
  }

  /// What the node is.
  package enum Content: Sendable {
    case scalar(String, Style)
    case sequence([YAMLNode])
    /// In the order of the text; keys are unique.
    case mapping([Entry])
  }

  package var content: Content
  package var position: SourcePosition

  package init(_ content: Content, at position: SourcePosition) {
    self.content = content
    self.position = position
  }

  /// The text of a scalar.
  package var text: String? {
    guard case .scalar(let text, _) = content else { return nil }
    return text
  }

  /// The entries of a mapping.
  package var entries: [Entry]? {
    guard case .mapping(let entries) = content else { return nil }
    return entries
  }

  /// The elements of a sequence.
  package var elements: [YAMLNode]? {
    guard case .sequence(let elements) = content else { return nil }
    return elements
  }

  /// Whether nothing is written where a value could stand (`key:`).
  package var isEmpty: Bool {
    guard case .scalar(let text, .plain) = content else { return false }
    return text.isEmpty
  }

  /// What the node is, in words, for messages.
  package var kindInWords: String {
    switch content {
    case .scalar(let text, let style): text.isEmpty && style == .plain ? "nothing" : "a text"
    case .sequence: "a list"
    case .mapping: "a map"
    }
  }
}
