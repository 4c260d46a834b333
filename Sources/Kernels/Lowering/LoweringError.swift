/// Why no program can be made of a definition.
package struct LoweringError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason, one sentence without a full stop.
  package var message: String
  /// The text in which it stands: `the reset`, `on_pre of 'recurrent'`, `the equation of 'V'`.
  package var place: String
  /// What to do about it, if that can be said.
  package var hint: String?

  package init(_ message: String, in place: String, hint: String? = nil) {
    self.message = message
    self.place = place
    self.hint = hint
  }

  package var description: String {
    "\(place): \(message)" + (hint.map { "; \($0)" } ?? "")
  }
}
