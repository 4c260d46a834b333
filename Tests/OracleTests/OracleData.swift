import Foundation
import Testing

/// What Brian 2 and Dendrify did, as the scripts in `Tests/Oracles` have stored it.
enum OracleData {
  private static let tests = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The bytes of a file of `Tests/Oracles/data`.
  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: tests.appending(path: "Oracles/data/" + name)))
  }

  /// Path of a job of the project, below `jobs`.
  static func job(_ name: String) -> String {
    tests.deletingLastPathComponent().appending(path: "jobs/" + name).path
  }

  /// The objects that a key is followed by, in the order of the text and as they are written:
  /// unlike decoded ones they keep the order of their own keys, which in a job means something.
  static func objects(after key: String, in text: [UInt8]) -> [[UInt8]] {
    let pattern = Array("\"\(key)\": {".utf8)
    var objects: [[UInt8]] = []
    var place = 0
    while place + pattern.count <= text.count {
      guard text[place] == pattern[0], text[place...].starts(with: pattern) else {
        place += 1
        continue
      }
      let start = place + pattern.count - 1
      place = endOfObject(from: start, in: text)
      objects.append(Array(text[start..<place]))
    }
    return objects
  }

  private static func endOfObject(from start: Int, in text: [UInt8]) -> Int {
    var depth = 0
    var isInText = false
    var place = start
    while place < text.count {
      switch (text[place], isInText) {
      case (UInt8(ascii: "\\"), true): place += 1
      case (UInt8(ascii: "\""), _): isInText.toggle()
      case (UInt8(ascii: "{"), false): depth += 1
      case (UInt8(ascii: "}"), false): depth -= 1
      default: break
      }
      place += 1
      if depth == 0 { break }
    }
    return min(place, text.count)
  }
}

/// Arrays stored as an index in JSON beside a file of little-endian numbers.
struct StoredArrays {
  private struct Index: Decodable {
    var arrays: [Entry]
  }

  private struct Entry: Decodable {
    var name: String
    var element: String
    var shape: [Int]
    var offset: Int
    var count: Int { shape.reduce(1, *) }
  }

  private let entries: [Entry]
  private let bytes: [UInt8]

  init(_ name: String) throws {
    entries = try JSONDecoder().decode(
      Index.self, from: Data(OracleData.bytes(name + ".json"))
    ).arrays
    bytes = try OracleData.bytes(name + ".bin")
  }

  var names: [String] { entries.map(\.name) }

  private func entry(_ name: String, of element: String, size: Int) throws -> Entry {
    let entry = try #require(entries.first { $0.name == name })
    try #require(entry.element == element)
    try #require(entry.offset + size * entry.count <= bytes.count)
    return entry
  }

  /// An array of pairs of whole numbers.
  func pairs(_ name: String) throws -> [(Int, Int)] {
    let entry = try entry(name, of: "u16", size: 2)
    try #require(entry.shape.count == 2 && entry.shape[1] == 2)
    return bytes.withUnsafeBytes { bytes in
      (0..<entry.shape[0]).map { row in
        let pair = [0, 2].map { part in
          bytes.loadUnaligned(fromByteOffset: entry.offset + 4 * row + part, as: UInt16.self)
        }
        return (Int(UInt16(littleEndian: pair[0])), Int(UInt16(littleEndian: pair[1])))
      }
    }
  }

  /// An array of doubles, row-major.
  func doubles(_ name: String) throws -> [Double] {
    let entry = try entry(name, of: "f64", size: 8)
    return bytes.withUnsafeBytes { bytes in
      (0..<entry.count).map { place in
        Double(
          bitPattern: UInt64(
            littleEndian: bytes.loadUnaligned(
              fromByteOffset: entry.offset + 8 * place, as: UInt64.self)))
      }
    }
  }
}
