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

  /// The text of a line (counted from 0) without its break; empty beyond the last one.
  package func line(_ line: Int) -> String {
    guard line >= 0, line < lineStarts.count else { return "" }
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] : bytes.count
    while end > lineStarts[line], bytes[end - 1] == 10 || bytes[end - 1] == 13 { end -= 1 }
    return String(decoding: bytes[lineStarts[line]..<end], as: UTF8.self)
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
