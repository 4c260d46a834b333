/// A value of a job on its way to a type: the node, and where in the job it stands.
struct JobField {
  var node: YAMLNode
  /// Such as `populations.pyr.size`.
  var path: String
  /// Where the key of the value stands; of an element, the element itself.
  var keyPosition: SourcePosition

  init(_ node: YAMLNode, path: String, keyPosition: SourcePosition? = nil) {
    self.node = node
    self.path = path
    self.keyPosition = keyPosition ?? node.position
  }

  var position: SourcePosition { node.position }

  /// The last key of the path: what the user calls this.
  var name: String {
    let key = path.lastIndex(of: ".").map { path[path.index(after: $0)...] } ?? path[...]
    return String(key.prefix { $0 != "[" })
  }

  /// The elements of a list, each with its own path; `nil` if it is no list.
  var elements: [JobField]? {
    node.elements?.enumerated().map { JobField($1, path: "\(path)[\($0)]") }
  }

  /// The entries of a map by the user's names; `nil` if it is no map.
  var entries: [(key: String, field: JobField)]? {
    node.entries?.map { entry in
      (
        entry.key,
        JobField(entry.value, path: "\(path).\(entry.key)", keyPosition: entry.keyPosition)
      )
    }
  }
}

/// The values of a map whose keys the schema knows.
struct JobMap {
  let field: JobField
  private let entries: [String: YAMLNode.Entry]
  private let diagnostics: Diagnostics

  /// Reads a map; unknown keys are errors with a suggestion. `nil` if it is no map, which is an
  /// error too.
  init?(_ field: JobField, keys: [String], what: String, diagnostics: Diagnostics) {
    self.field = field
    self.diagnostics = diagnostics
    guard let given = field.node.entries else {
      diagnostics.error(
        "\(what) is a map, not \(field.node.kindInWords)", at: field.position, path: field.path,
        hint: "its keys: \(keys.joined(separator: ", "))")
      return nil
    }
    var entries: [String: YAMLNode.Entry] = [:]
    for entry in given {
      if keys.contains(entry.key) {
        entries[entry.key] = entry
      } else if diagnostics.isFull {
        diagnostics.error(what, at: entry.keyPosition, path: "")
      } else {
        diagnostics.error(
          "\(what) has no key '\(entry.key.forMessage)'", at: entry.keyPosition,
          path: JobMap.path(field.path, entry.key),
          hint: JobMap.hint(for: entry.key, among: keys))
      }
    }
    self.entries = entries
  }

  /// The value of a key, if it is written.
  subscript(key: String) -> JobField? {
    guard let entry = entries[key] else { return nil }
    return JobField(
      entry.value, path: JobMap.path(field.path, key), keyPosition: entry.keyPosition)
  }

  /// Which of some keys are written, in the order asked.
  func present(_ keys: [String]) -> [String] {
    keys.filter { entries[$0] != nil }
  }

  /// The value of a key that must be written.
  func required(_ key: String, of what: String, hint: String? = nil) -> JobField? {
    if let value = self[key] { return value }
    diagnostics.error(
      "\(what) needs '\(key)'", at: field.keyPosition, path: JobMap.path(field.path, key),
      hint: hint)
    return nil
  }

  /// A key that looks like a piece of a formula is one: YAML ends a text at a comma inside braces.
  private static func hint(for key: String, among keys: [String]) -> String? {
    if key.unicodeScalars.contains(where: { "()*/+<>=".unicodeScalars.contains($0) }) {
      return "inside { } a comma ends a text: put a text that holds one in quotes"
    }
    return Suggestion.hint(for: key, among: keys, called: "its keys")
  }

  private static func path(_ outer: String, _ key: String) -> String {
    outer.isEmpty ? key : "\(outer).\(key)"
  }
}
