/// The bytes of a plain HDF5 file: superblock version 2, object headers version 2, groups whose
/// links stand in their header, lists of numbers in one piece.
///
/// The names are those of the HDF5 File Format Specification, version 3.0. What is written here is
/// read by libhdf5 1.8 and later; a test reads it with libhdf5, so it cannot drift.
enum HDF5Format {
  /// Numbers in a list.
  enum Number {
    case float64
    case unsigned64
    case signed64
    case unsigned8

    var bytes: Int { self == .unsigned8 ? 1 : 8 }

    /// The datatype message.
    var datatype: [UInt8] {
      switch self {
      case .float64:
        // Version 1, class 1; little endian, implied leading bit, sign at bit 63; then bit
        // offset, precision, exponent's place and size, mantissa's place and size, bias.
        [0x11, 0x20, 0x3F, 0x00] + little(UInt32(8)) + little(UInt16(0)) + little(UInt16(64))
          + [52, 11, 0, 52] + little(UInt32(1023))
      case .unsigned64, .signed64, .unsigned8:
        // Version 1, class 0; little endian, bit 3 for a sign; then bit offset and precision.
        [0x10, self == .signed64 ? 0x08 : 0x00, 0x00, 0x00] + little(UInt32(bytes))
          + little(UInt16(0)) + little(UInt16(bytes * 8))
      }
    }
  }

  static let superblockBytes = 48
  /// Everything begins at a multiple of it.
  private static let alignment = 8
  private static let undefinedAddress = [UInt8](repeating: 0xFF, count: 8)

  private enum Message: UInt8 {
    case dataspace = 0x01
    case linkInfo = 0x02
    case datatype = 0x03
    case fillValue = 0x05
    case link = 0x06
    case dataLayout = 0x08
    case groupInfo = 0x0A
    case attribute = 0x0C
    case attributeInfo = 0x15
  }

  static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }

  static func padding(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  static func superblock(root: Int, end: Int) -> [UInt8] {
    // Signature; version, sizes of offsets and lengths, no flags; base, no extension.
    var bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 2, 8, 8, 0]
    bytes += little(UInt64(0)) + undefinedAddress + little(UInt64(end)) + little(UInt64(root))
    return bytes + little(checksum(bytes))
  }

  /// The header of a group with links to objects in the file.
  static func group(
    _ links: [(name: String, address: Int)], attributes: [[UInt8]]
  ) -> [UInt8] {
    // No order of creation, no heap and no tree of links elsewhere.
    var messages = message(.linkInfo, [0, 0] + undefinedAddress + undefinedAddress)
    messages += message(.groupInfo, [0, 0])
    for link in links {
      let name = Array(link.name.utf8)
      // Version 1; length of the name in two bytes, character set given: UTF-8; a hard link.
      messages += message(
        .link, [1, 0x11, 1] + little(UInt16(name.count)) + name + little(UInt64(link.address)))
    }
    return header(messages, attributes)
  }

  /// The header of a list whose numbers stand at an address.
  static func list(
    _ number: Number, count: Int, address: Int, attributes: [[UInt8]]
  ) -> [UInt8] {
    // Version 2, one dimension, no largest size.
    var messages = message(.dataspace, [2, 1, 0, 1] + little(UInt64(count)))
    messages += message(.datatype, number.datatype)
    // Version 3; room is made late, and filled only if a value is given, which none is.
    messages += message(.fillValue, [3, 0x0A])
    // Version 3, contiguous.
    let place = count == 0 ? undefinedAddress : little(UInt64(address))
    messages += message(.dataLayout, [3, 1] + place + little(UInt64(count * number.bytes)))
    return header(messages, attributes)
  }

  /// The message of an attribute with one whole number.
  static func attribute(_ name: String, _ value: Int64) -> [UInt8] {
    let name = Array(name.utf8) + [0]
    let datatype = Number.signed64.datatype
    // Version 2, no dimensions: a scalar.
    let dataspace: [UInt8] = [2, 0, 0, 0]
    // Version 3, nothing shared; UTF-8.
    let head =
      [3, 0] + little(UInt16(name.count)) + little(UInt16(datatype.count))
      + little(UInt16(dataspace.count)) + [1]
    return message(
      .attribute, head + name + datatype + dataspace + little(UInt64(bitPattern: value)))
  }

  private static func message(_ kind: Message, _ body: [UInt8]) -> [UInt8] {
    [kind.rawValue] + little(UInt16(body.count)) + [0] + body
  }

  /// Version 2; the size of the messages in four bytes.
  private static func header(_ messages: [UInt8], _ attributes: [[UInt8]]) -> [UInt8] {
    // Without an attribute info message libhdf5 counts none.
    let info =
      attributes.isEmpty
      ? [] : message(.attributeInfo, [0, 0] + undefinedAddress + undefinedAddress)
    let content = attributes.reduce(messages + info, +)
    let bytes = Array("OHDR".utf8) + [2, 0x02] + little(UInt32(content.count)) + content
    return bytes + little(checksum(bytes))
  }

  private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// Bob Jenkins' lookup3 (`hashlittle`, 2006, public domain), with which HDF5 guards metadata.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var a = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count)
    var (b, c) = (a, a)
    var start = 0
    while bytes.count - start > 12 {
      a &+= word(bytes, start)
      b &+= word(bytes, start + 4)
      c &+= word(bytes, start + 8)
      mix(&a, &b, &c)
      start += 12
    }
    guard start < bytes.count else { return c }
    a &+= word(bytes, start)
    b &+= word(bytes, start + 4)
    c &+= word(bytes, start + 8)
    finish(&a, &b, &c)
    return c
  }

  /// Four bytes from a place on; zeros beyond the end.
  private static func word(_ bytes: [UInt8], _ start: Int) -> UInt32 {
    var value: UInt32 = 0
    for place in 0..<4 where start + place < bytes.count {
      value |= UInt32(bytes[start + place]) << UInt32(8 * place)
    }
    return value
  }

  private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    for bits in [4, 6, 8, 16, 19, 4] as [UInt32] {
      a = (a &- c) ^ rotated(c, bits)
      c = c &+ b
      (a, b, c) = (b, c, a)
    }
  }

  private static func finish(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    c = (c ^ b) &- rotated(b, 14)
    a = (a ^ c) &- rotated(c, 11)
    b = (b ^ a) &- rotated(a, 25)
    c = (c ^ b) &- rotated(b, 16)
    a = (a ^ c) &- rotated(c, 4)
    b = (b ^ a) &- rotated(a, 14)
    c = (c ^ b) &- rotated(b, 24)
  }

  private static func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 {
    value << bits | value >> (32 - bits)
  }
}
