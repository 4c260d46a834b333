/// JSON with a hash of itself: one line with a hash, then the value, then a closing brace.
///
///     {"xxh3_128": "0123…", "content":
///     {
///       …
///     }
///     }
///
/// It is plain JSON, and every byte of it counts: a reader takes nothing that was not written.
enum SealedText {
  private static let opening = "{\"xxh3_128\": \""
  private static let middle = "\", \"content\":\n"
  private static let closing = "}\n"
  /// Digits of the hash.
  private static let digits = 32
  /// Largest file that is read; the segments of a long run on many ranks take some 100 MiB.
  static let mostBytes = 1 << 30

  static func encode(_ value: some Encodable, for path: String) throws(StorageError) -> [UInt8] {
    let content = try JSONText.encode(value, for: path)
    let head = "\(opening)\(ContentHash.of(content))\(middle)"
    return Array(head.utf8) + content + Array(closing.utf8)
  }

  /// The value, once its hash is right.
  static func decode<T: Decodable>(
    _ type: T.Type, from bytes: [UInt8], path: String
  ) throws(StorageError) -> T {
    try JSONText.decode(type, from: try content(of: bytes, path: path), path: path)
  }

  /// The bytes between, once their hash is right.
  static func content(of bytes: [UInt8], path: String) throws(StorageError) -> [UInt8] {
    let head = opening.utf8.count + digits + middle.utf8.count
    guard bytes.count >= head + closing.utf8.count,
      bytes.starts(with: opening.utf8),
      bytes[(head - middle.utf8.count)..<head].elementsEqual(middle.utf8),
      bytes.suffix(closing.utf8.count).elementsEqual(closing.utf8)
    else { throw damaged(path, "it is cut short or not a file of this kind") }
    let stated = String(
      decoding: bytes[opening.utf8.count..<(head - middle.utf8.count)], as: UTF8.self)
    let content = Array(bytes[head..<(bytes.count - closing.utf8.count)])
    guard "\(ContentHash.of(content))" == stated else {
      throw damaged(path, "its hash does not fit: it was damaged or changed")
    }
    return content
  }

  static func damaged(_ path: String, _ reason: String) -> StorageError {
    StorageError(call: "verify", path: path, reason: reason, exitCode: ExitCode.badInput)
  }
}
