/// A value of the command line that replaces one of the job: `--set KEY=VALUE`.
///
/// The key is a path such as `constants.neurons` or `projections.recurrent.connect.probability`;
/// elements of lists are counted from 0 (`dspikes[0].threshold`). The value is YAML.
struct Override: Sendable {
  private let components: [String]
  private let value: YAMLNode
  private let keyPosition: SourcePosition
  private let key: String

  /// What a sweep puts in the place of a path.
  init(key: String, components: [String], value: YAMLNode, keyPosition: SourcePosition) {
    self.key = key
    self.components = components
    self.value = value
    self.keyPosition = keyPosition
  }

  /// Reads `KEY=VALUE`; `nil` after an error was noted.
  init?(_ text: String, diagnostics: Diagnostics) {
    let source = diagnostics.sources.count
    let bytes = Array(text.utf8)
    diagnostics.sources.append(SourceFile(name: "--set", bytes: bytes))
    keyPosition = SourcePosition(source: source, line: 0, column: 0)
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      diagnostics.error(
        "--set takes KEY=VALUE", at: keyPosition, path: "", hint: "such as constants.neurons=1000")
      return nil
    }
    key = String(text[..<equals])
    components = Override.components(of: key)
    let valueText = text[text.index(after: equals)...]
    guard !components.contains(""), !valueText.allSatisfy(\.isWhitespace) else {
      diagnostics.error(
        "--set takes KEY=VALUE, and neither may be empty", at: keyPosition, path: key,
        hint: "such as constants.neurons=1000")
      return nil
    }
    // The key is blanked rather than cut off, so that columns are those of the whole text.
    let blank = String(repeating: " ", count: text[...equals].unicodeScalars.count)
    let blanked = SourceFile(name: "--set", bytes: Array((blank + valueText).utf8))
    do throws(YAMLFault) {
      value = try YAMLParser.parse(blanked, source: source)
    } catch {
      diagnostics.error(error)
      return nil
    }
  }

  /// Puts the value into the tree; a path that leads nowhere is an error.
  func apply(to root: inout YAMLNode, diagnostics: Diagnostics) {
    set(components[...], in: &root, path: [], diagnostics: diagnostics)
  }

  private func set(
    _ rest: ArraySlice<String>, in node: inout YAMLNode, path: [String], diagnostics: Diagnostics
  ) {
    guard let component = rest.first else {
      node = value
      return
    }
    let here = path.isEmpty ? "the job" : "'\(path.joined(separator: "."))'"
    func refuse(_ message: String, among keys: [String]) {
      diagnostics.error(
        message, at: keyPosition, path: key,
        hint: Suggestion.hint(for: component, among: keys, called: "there are"))
    }
    switch node.content {
    case .mapping(var entries):
      let keys = entries.map(\.key)
      if let place = keys.firstIndex(of: component) {
        set(
          rest.dropFirst(), in: &entries[place].value, path: path + [component],
          diagnostics: diagnostics)
      } else if rest.count == 1, !Override.holdsNames(path) {
        // The schema says whether there is such a key.
        entries.append(YAMLNode.Entry(key: component, keyPosition: keyPosition, value: value))
      } else if path.isEmpty, rest.count == 2, Override.optionalSections.contains(component) {
        let last = rest[rest.startIndex + 1]
        let entry = YAMLNode.Entry(key: last, keyPosition: keyPosition, value: value)
        entries.append(
          YAMLNode.Entry(
            key: component, keyPosition: keyPosition,
            value: YAMLNode(.mapping([entry]), at: keyPosition)))
      } else {
        return refuse("\(here) has no '\(component.forMessage)' to set", among: keys)
      }
      node.content = .mapping(entries)
    case .sequence(var elements):
      guard let index = Int(component), elements.indices.contains(index) else {
        return refuse(
          "\(here) is a list of \(elements.count), '\(component.forMessage)' is no place in it",
          among: [])
      }
      set(
        rest.dropFirst(), in: &elements[index], path: path + [component],
        diagnostics: diagnostics)
      node.content = .sequence(elements)
    case .scalar:
      refuse("\(here) is one value and has no '\(component.forMessage)' to set", among: [])
    }
  }

  /// Sections whose keys have defaults, so that one may be set where the job has none.
  private static let optionalSections = ["simulation", "record", "checkpoint"]

  /// Whether the keys of a map are the user's names: a new one would not be an override but,
  /// most likely, a slip.
  private static func holdsNames(_ path: [String]) -> Bool {
    guard let last = path.last else { return false }
    let sections = ["constants", "models", "populations", "projections", "stimuli"]
    if path.count == 1 { return sections.contains(last) }
    return ["parameters", "initial", "compartments", "events", "replace", "states"].contains(last)
  }

  /// `a.b[2].c` is a, b, 2, c. An empty component means that the key is malformed.
  static func components(of key: String) -> [String] {
    var components: [String] = []
    for part in key.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      components.append(String(pieces[0]))
      for piece in pieces.dropFirst() {
        components.append(piece.hasSuffix("]") ? String(piece.dropLast()) : "")
      }
    }
    return components
  }
}
