/// What must be the same for a run to go on from a checkpoint.
package struct CheckpointIdentity: Codable, Hashable, Sendable {
  /// Path of a section of the job (`populations.pyr.size`), and its text as understood.
  package var parts: [String: String]
  /// Raised when the same job gives other bits than before.
  package var numericsVersion: Int

  package init(parts: [String: String], numericsVersion: Int) {
    self.parts = parts
    self.numericsVersion = numericsVersion
  }

  /// What differs, a line for each part: `dt: the checkpoint has 0.1 ms, the job 0.2 ms`.
  ///
  /// - Parameters:
  ///   - other: The checkpoint's; `self` is the job's.
  ///   - holder: What has it.
  package func differences(
    from other: CheckpointIdentity, of holder: String = "the checkpoint"
  ) -> [String] {
    var lines: [String] = []
    if numericsVersion != other.numericsVersion {
      lines.append(
        "numerics version: \(holder) has \(other.numericsVersion), this program "
          + "\(numericsVersion)")
    }
    for path in Set(parts.keys).union(other.parts.keys).sorted() {
      let (own, theirs) = (parts[path], other.parts[path])
      guard own != theirs else { continue }
      let (ours, others) = CheckpointIdentity.excerpts(own ?? "", theirs ?? "")
      lines.append(
        "\(path): \(holder) has \(theirs == nil ? "none" : others), the job "
          + "\(own == nil ? "none" : ours)")
    }
    return lines
  }

  /// Longest text in a line, in characters.
  private static let mostCharacters = 60

  /// Two texts, or of long ones the parts around their first difference, on one line each.
  private static func excerpts(_ own: String, _ other: String) -> (String, String) {
    let (a, b) = (Array(own), Array(other))
    let same = zip(a, b).prefix { $0 == $1 }.count
    func excerpt(_ text: [Character]) -> String {
      let start = text.count <= mostCharacters ? 0 : max(0, same - mostCharacters / 3)
      let end = min(text.count, start + mostCharacters)
      let part = String(text[start..<end].map { $0.isNewline ? "⏎" : $0 })
      return (start > 0 ? "…" : "") + part + (end < text.count ? "…" : "")
    }
    return (excerpt(a), excerpt(b))
  }
}
