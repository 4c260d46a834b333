internal import Units

/// Hints for words that are not known.
enum Suggestion {
  /// `did you mean 'x'?` if a candidate is near the word.
  static func near(_ word: String, among candidates: some Sequence<String>) -> String? {
    Spelling.nearest(to: word, among: candidates).map { "did you mean '\($0)'?" }
  }

  /// `did you mean 'x'?`, or what there is if nothing is near.
  static func hint(for word: String, among candidates: [String], called kind: String) -> String? {
    if let near = near(word, among: candidates) { return near }
    guard !candidates.isEmpty else { return nil }
    let shown = candidates.prefix(24).joined(separator: ", ")
    return "\(kind): \(shown)\(candidates.count > 24 ? ", …" : "")"
  }
}
