import CXXHash

/// A hash of bytes that come piece by piece: XXH3 of 128 bits, or of 64.
///
/// It finds damage and tells contents apart; it proves nothing about who wrote them.
package struct ContentHash: ~Copyable {
  package enum Width: Int32, Sendable {
    case bits64 = 64
    case bits128 = 128
  }

  /// A finished hash.
  package struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// The upper half; 0 for a hash of 64 bits.
    package var high: UInt64
    package var low: UInt64
    package var width: Width

    /// Hexadecimal digits, 32 or 16 of them.
    package var description: String {
      switch width {
      case .bits64: Digest.hexadecimal(low)
      case .bits128: Digest.hexadecimal(high) + Digest.hexadecimal(low)
      }
    }

    /// The digest that a description shows; `nil` for any other text.
    package init?(_ description: String) {
      let digits = Array(description.utf8)
      guard digits.count == 16 || digits.count == 32,
        digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
        let low = UInt64(description.suffix(16), radix: 16)
      else { return nil }
      self.low = low
      width = digits.count == 32 ? .bits128 : .bits64
      high = UInt64(description.dropLast(16), radix: 16) ?? 0
    }

    init(high: UInt64, low: UInt64, width: Width) {
      self.high = high
      self.low = low
      self.width = width
    }

    private static func hexadecimal(_ value: UInt64) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
  }

  private let state: OpaquePointer
  private let width: Width

  /// - Precondition: there is memory for a state (some 600 bytes).
  package init(width: Width = .bits128) {
    guard let state = cxxhash_create(width.rawValue) else {
      preconditionFailure("no memory for a hash")
    }
    self.state = state
    self.width = width
  }

  deinit {
    cxxhash_free(state)
  }

  /// Takes in more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    let status = cxxhash_update(state, start, bytes.count)
    precondition(status == 0, "a hash refused bytes")
  }

  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  package mutating func update(_ text: String) {
    update(Array(text.utf8))
  }

  /// The hash of all bytes so far; more may follow.
  package func digest() -> Digest {
    var (high, low): (UInt64, UInt64) = (0, 0)
    cxxhash_digest(state, &high, &low)
    return Digest(high: high, low: low, width: width)
  }

  /// The hash of some bytes.
  package static func of(_ bytes: [UInt8], width: Width = .bits128) -> Digest {
    var hash = ContentHash(width: width)
    hash.update(bytes)
    return hash.digest()
  }

  /// The hash of a file, read piece by piece.
  package static func ofFile(_ path: String) throws(StorageError) -> Digest {
    var hash = ContentHash()
    let file = try PlainFile.openForReading(path)
    while true {
      let piece = try file.read(atMost: 1 << 20)
      guard !piece.isEmpty else { break }
      hash.update(piece)
    }
    try file.close()
    return hash.digest()
  }
}

extension ContentHash.Digest: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no hash")
    }
    self = digest
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
