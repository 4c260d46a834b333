/// Where the characters of a scalar's value stand in the file.
///
/// YAML strips indentation, folds lines and resolves escapes, but never reorders: what is not
/// white space stands in the value in the order of the file. So the n-th visible character of
/// the value is the n-th visible one of the source, and that finds the place of each.
package enum ScalarPositions {
  /// The place of the character at `offset` (in Unicode scalars) of a scalar's value; the place
  /// behind the last visible one if `offset` is the end.
  package static func position(
    ofOffset offset: Int, in node: YAMLNode, sources: [SourceFile]
  ) -> SourcePosition {
    guard case .scalar(let text, let style) = node.content, offset > 0 || style != .plain,
      sources.indices.contains(Int(node.position.source))
    else { return node.position }
    let file = sources[Int(node.position.source)]
    let value = Array(text.unicodeScalars)
    let offset = min(max(offset, 0), value.count)
    var visible = 0
    var blanksBehind = 0
    for scalar in value[..<offset] {
      if isBlank(scalar) {
        blanksBehind += 1
      } else {
        visible += 1
        blanksBehind = 0
      }
    }
    let pointsAtVisible = offset < value.count && !isBlank(value[offset])
    var walk = SourceWalk(file: file, node: node, style: style)
    var byte = walk.next() ?? walk.position
    var passed = 0
    while passed < visible {
      let end = walk.position
      passed += 1
      guard let following = walk.next(), passed < visible || pointsAtVisible else {
        // The end of the text, or white space: behind the last visible character.
        return place(end, plus: blanksBehind, in: file, node: node)
      }
      byte = following
    }
    return place(byte, plus: 0, in: file, node: node)
  }

  private static func place(
    _ byte: Int, plus columns: Int, in file: SourceFile, node: YAMLNode
  ) -> SourcePosition {
    let place = file.place(ofByte: byte)
    return SourcePosition(
      source: Int(node.position.source), line: place.line, column: place.column + columns)
  }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", "\t", "\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{a0}", "\u{2028}", "\u{2029}": true
    default: false
    }
  }
}

/// Goes from one visible character of a scalar's source to the next.
private struct SourceWalk {
  private let bytes: [UInt8]
  private let style: YAMLNode.Style
  /// Behind the character that `next` gave last.
  private(set) var position: Int

  init(file: SourceFile, node: YAMLNode, style: YAMLNode.Style) {
    bytes = file.bytes
    self.style = style
    var start = file.byte(atLine: Int(node.position.line), column: Int(node.position.column))
    switch style {
    case .plain: break
    case .singleQuoted, .doubleQuoted: start += 1
    case .literal, .folded:
      while start < bytes.count, bytes[start] != 10, bytes[start] != 13 { start += 1 }
    }
    position = min(start, bytes.count)
  }

  /// The byte at which the next visible character starts; `nil` at the end of the text.
  mutating func next() -> Int? {
    while position < bytes.count {
      let start = position
      guard let scalar = take() else { return nil }
      if style == .singleQuoted, scalar == "'" {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "'") else { return nil }
        position += 1
        return start
      }
      if style == .doubleQuoted {
        if scalar == "\"" { return nil }
        if scalar == "\\" {
          guard let escaped = takeEscape() else { return nil }
          if escaped { return start }
          continue
        }
      }
      if !ScalarPositions.isBlank(scalar) { return start }
    }
    return nil
  }

  /// Passes what follows a backslash; whether it is visible.
  private mutating func takeEscape() -> Bool? {
    guard let scalar = take() else { return nil }
    switch scalar {
    case "x": return takeHexadecimal(2)
    case "u": return takeHexadecimal(4)
    case "U": return takeHexadecimal(8)
    case "t", "n", "r", "v", "f", " ", "\t", "\n", "\r", "N", "_", "L", "P": return false
    default: return true
    }
  }

  private mutating func takeHexadecimal(_ digits: Int) -> Bool? {
    var text = ""
    for _ in 0..<digits {
      guard let digit = take() else { return nil }
      text.unicodeScalars.append(digit)
    }
    guard let code = UInt32(text, radix: 16), let scalar = Unicode.Scalar(code) else { return nil }
    return !ScalarPositions.isBlank(scalar)
  }

  /// Takes one character of UTF-8.
  private mutating func take() -> Unicode.Scalar? {
    guard position < bytes.count else { return nil }
    var end = position + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    let scalar = String(decoding: bytes[position..<end], as: UTF8.self).unicodeScalars.first
    position = end
    return scalar
  }
}
