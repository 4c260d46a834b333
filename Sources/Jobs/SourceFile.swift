/// A text that a job is read from, with its lines: a file, or an override of the command line.
///
/// The bytes are checked to be UTF-8 text without a byte order mark before anything else looks
/// at them.
package struct SourceFile: Sendable {
  /// How the text is called in messages: the path as the user gave it, or `--set`.
  package let name: String
  /// The whole text, UTF-8.
  package let bytes: [UInt8]
  /// Offset in `bytes` of each line's first byte. Lines break where libyaml breaks them.
  private let lineStarts: [Int]

  /// Takes a text and finds its lines.
  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    lineStarts = SourceFile.lineStarts(of: bytes)
  }

  /// How many lines there are, at least 1.
  package var lineCount: Int { lineStarts.count }

  /// The part of a line around a column (both from 0), and the place of the column in it. Tabs
  /// become spaces, for a caret is to stand below.
  package func excerpt(line: Int, column: Int) -> (text: String, caret: Int) {
    guard line >= 0, line < lineStarts.count else { return ("", 0) }
    let shown = 160
    let before = 60
    let end = line + 1 < lineStarts.count ? lineStarts[line + 1] : bytes.count
    let first = max(0, column - before)
    // A line that fits is shown whole.
    let isShort = end - lineStarts[line] <= shown
    let start = isShort ? lineStarts[line] : byte(atLine: line, column: first)
    var scalars = Array(
      String(decoding: bytes[start..<max(start, min(end, start + 4 * shown))], as: UTF8.self)
        .unicodeScalars.prefix(shown))
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    var text = ""
    for scalar in scalars { text.unicodeScalars.append(scalar.value < 32 ? " " : scalar) }
    return (text, isShort ? column : column - first)
  }

  /// Line and column (both from 0, columns in characters of Unicode) of a byte.
  package func place(ofByte offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = lineStarts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    let column = bytes[lineStarts[low]..<offset].count { $0 & 0xC0 != 0x80 }
    return (low, column)
  }

  /// The byte at a line and column; the end of the text beyond it.
  package func byte(atLine line: Int, column: Int) -> Int {
    guard line >= 0, line < lineStarts.count else { return bytes.count }
    var offset = lineStarts[line]
    var left = column
    while left > 0, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      left -= 1
    }
    return offset
  }

  private static func lineStarts(of bytes: [UInt8]) -> [Int] {
    var starts = [0]
    var index = 0
    while index < bytes.count {
      let width = lineBreak(in: bytes, at: index)
      index += max(width, 1)
      if width > 0 { starts.append(index) }
    }
    return starts
  }

  /// How many bytes the line break at `index` has; 0 if there is none. libyaml breaks lines at
  /// NEL, LS and PS too, and positions are only right if this does.
  private static func lineBreak(in bytes: [UInt8], at index: Int) -> Int {
    func next(_ distance: Int) -> UInt8 {
      index + distance < bytes.count ? bytes[index + distance] : 0
    }
    switch bytes[index] {
    case 10: return 1
    case 13: return next(1) == 10 ? 2 : 1
    case 0xC2: return next(1) == 0x85 ? 2 : 0
    case 0xE2: return next(1) == 0x80 && (next(2) == 0xA8 || next(2) == 0xA9) ? 3 : 0
    default: return 0
    }
  }
}
