/// A range of characters in the text of equations, statements or an expression.
///
/// `offset` and `length` count Unicode scalars from the start of the text.
public struct SourceSpan: Hashable, Sendable {
  /// The first character.
  public var offset: Int
  /// How many characters.
  public var length: Int

  /// Makes a span.
  public init(offset: Int, length: Int) {
    self.offset = offset
    self.length = length
  }
}

/// What is wrong with a text of equations, where, and what to do.
public struct EquationError: Error, Hashable, Sendable {
  /// The reason, one sentence without a full stop.
  public var message: String
  /// The text that was read.
  public var text: String
  /// The offending part of `text`.
  public var span: SourceSpan
  /// What to do about it, if that can be said.
  public var hint: String?

  /// Makes an error.
  public init(_ message: String, in text: String, at span: SourceSpan, hint: String? = nil) {
    self.message = message
    self.text = text
    self.span = span
    self.hint = hint
  }
}
