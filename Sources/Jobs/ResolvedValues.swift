/// What a job means where that is not what is written: values of expressions, and defaults.
struct ResolvedValues {
  /// By path.
  var values: [String: String] = [:]
  /// Paths at which a file is named: where it lies is no part of what the job is.
  var files: Set<String> = []
  private var defaults: [String: [(key: String, text: String)]] = [:]

  /// Notes the default of a key that a map does not hold.
  mutating func add(_ key: String, _ text: String, to map: String) {
    if defaults[map]?.contains(where: { $0.key == key }) ?? false { return }
    defaults[map, default: []].append((key, text))
  }

  /// The tree of the job as YAML, with these values in their places.
  func text(of root: YAMLNode) -> String {
    var writer = YAMLWriter()
    writer.write(resolved(withSections(root), path: "", namesOnly: false))
    return writer.text
  }

  /// The tree with these values in their places, and files by their names alone.
  func filled(_ root: YAMLNode) -> YAMLNode {
    resolved(withSections(root), path: "", namesOnly: true)
  }

  /// The tree with all sections that have defaults.
  private func withSections(_ root: YAMLNode) -> YAMLNode {
    var root = root
    if case .mapping(var entries) = root.content {
      for section in ["simulation", "record", "checkpoint"]
      where defaults[section] != nil && !entries.contains(where: { $0.key == section }) {
        entries.append(
          YAMLNode.Entry(
            key: section, keyPosition: root.position,
            value: YAMLNode(.mapping([]), at: root.position)))
      }
      root.content = .mapping(entries)
    }
    return root
  }

  private func resolved(_ node: YAMLNode, path: String, namesOnly: Bool) -> YAMLNode {
    var node = node
    switch node.content {
    case .scalar(_, let style):
      guard let text = values[path] else { break }
      let name = text.split(separator: "/").last.map(String.init) ?? text
      node.content = .scalar(namesOnly && files.contains(path) ? name : text, style)
    case .sequence(let elements):
      guard !values.isEmpty else { break }
      node.content = .sequence(
        elements.enumerated().map { resolved($1, path: "\(path)[\($0)]", namesOnly: namesOnly) })
    case .mapping(let entries):
      var all = entries.map { entry in
        var entry = entry
        let inner = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        entry.value = resolved(entry.value, path: inner, namesOnly: namesOnly)
        return entry
      }
      for (key, text) in defaults[path] ?? [] {
        all.append(
          YAMLNode.Entry(
            key: key, keyPosition: node.position,
            value: YAMLNode(.scalar(text, .plain), at: node.position)))
      }
      node.content = .mapping(all)
    }
    return node
  }
}

/// Writes a tree as YAML that reads back as the same tree.
struct YAMLWriter {
  private(set) var text = ""

  /// Writes a whole document.
  mutating func write(_ root: YAMLNode) {
    if case .mapping(let entries) = root.content, !entries.isEmpty {
      write(entries, indent: 0)
    } else {
      text += flow(root) + "\n"
    }
  }

  /// A tree on one line.
  static func line(of node: YAMLNode) -> String { YAMLWriter().flow(node) }

  private mutating func write(_ entries: [YAMLNode.Entry], indent: Int) {
    let margin = String(repeating: " ", count: indent)
    for entry in entries {
      text += margin + flowText(entry.key) + ":"
      switch entry.value.content {
      case .mapping(let inner) where !inner.isEmpty:
        text += "\n"
        write(inner, indent: indent + 2)
      case .scalar(let value, _) where isBlock(value):
        text += value.hasSuffix("\n") ? " |\n" : " |-\n"
        let body = value.hasSuffix("\n") ? value.dropLast() : value[...]
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
          text += line.isEmpty ? "\n" : "\(margin)  \(line)\n"
        }
      default:
        text += " " + flow(entry.value) + "\n"
      }
    }
  }

  /// Whether a text can be written as a literal block.
  private func isBlock(_ value: String) -> Bool {
    guard value.contains("\n"), let first = value.first, first != " ", first != "\n" else {
      return false
    }
    return !value.hasSuffix("\n\n")
      && value.unicodeScalars.allSatisfy { $0 == "\n" || YAMLWriter.isPrintable($0) }
  }

  private func flow(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let value, _): flowText(value)
    case .sequence(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { "\(flowText($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
    }
  }

  private func flowText(_ value: String) -> String {
    YAMLWriter.isPlain(value) ? value : YAMLWriter.quoted(value)
  }

  /// Whether a text means itself without quotes, inside of brackets too.
  private static func isPlain(_ value: String) -> Bool {
    let scalars = Array(value.unicodeScalars)
    guard let first = scalars.first, let last = scalars.last, last != " " else { return false }
    func isWord(_ scalar: Unicode.Scalar) -> Bool {
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "."
    }
    let startsSigned = scalars.count > 1 && (first == "-" || first == "+") && isWord(scalars[1])
    guard isWord(first) || startsSigned, value != "..." else { return false }
    return scalars.allSatisfy {
      isWord($0) || " +-*/^()<>=;".unicodeScalars.contains($0)
    }
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
    default: false
    }
  }

  private static func quoted(_ value: String) -> String {
    var result = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return result + "\""
  }
}
