internal import CYAML

/// What stops the reading of one YAML text: where and why.
package struct YAMLFault: Error, Sendable {
  package var position: SourcePosition
  package var message: String
  package var hint: String?
}

/// Bounds of what is read, checked before anything is allocated for it.
package enum YAMLLimits {
  /// Bytes of one text, and of all texts of a job together.
  package static let bytes = 64 << 20
  /// Lists and maps inside one another.
  package static let depth = 64
  /// Of one scalar: as long as equations may be, for nothing in a job is longer.
  package static let scalarBytes = 2_000_000
  /// Scalars, lists and maps.
  package static let nodes = 4_000_000
}

/// Reads one YAML text as a tree of nodes.
///
/// JSON is read by the same: it is YAML. What would make one text mean two things, or grow
/// beyond its size, is refused: duplicate keys, anchors, aliases, tags, several documents.
package struct YAMLParser: ~Copyable {
  private let parser: OpaquePointer
  private let source: Int
  private let nodeLimit: Int
  private var nodes = 0
  private var event = cyaml_event()

  private init(_ parser: OpaquePointer, source: Int, nodeLimit: Int) {
    self.nodeLimit = nodeLimit
    self.parser = parser
    self.source = source
  }

  deinit { cyaml_parser_close(parser) }

  /// Reads the one document of a text.
  ///
  /// - Parameters:
  ///   - file: The text.
  ///   - source: Its place among the sources of the job, for positions.
  ///   - nodeLimit: How many values it may hold.
  /// - Returns: The root.
  /// - Throws: The first thing that is wrong.
  package static func parse(
    _ file: SourceFile, source: Int, nodeLimit: Int = YAMLLimits.nodes
  ) throws(YAMLFault) -> YAMLNode {
    try TextCheck.check(file, source: source)
    var result: Result<YAMLNode, YAMLFault> = .failure(
      YAMLFault(
        position: SourcePosition(source: source, line: 0, column: 0),
        message: "out of memory while reading the file"))
    file.bytes.withUnsafeBufferPointer { bytes in
      var handle: OpaquePointer?
      // An empty array may have no address; libyaml wants one.
      let status = withUnsafePointer(to: UInt8(0)) { nothing in
        cyaml_parser_open(bytes.baseAddress ?? nothing, bytes.count, &handle)
      }
      guard status == CYAML_OK, let handle else { return }
      var parser = YAMLParser(handle, source: source, nodeLimit: nodeLimit)
      do throws(YAMLFault) {
        result = .success(try parser.document(in: file))
      } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }

  private mutating func document(in file: SourceFile) throws(YAMLFault) -> YAMLNode {
    try advance(in: file)  // stream start
    try advance(in: file)
    guard Int(event.kind) == CYAML_DOCUMENT_START else {
      throw YAMLFault(
        position: SourcePosition(source: source, line: 0, column: 0),
        message: "the file is empty",
        hint: "a job holds at least 'simulation', 'models' and 'populations'")
    }
    try advance(in: file)
    let root = try node(depth: 0, in: file)
    try advance(in: file)  // document end
    try advance(in: file)
    guard Int(event.kind) == CYAML_STREAM_END else {
      throw YAMLFault(
        position: position(event.start), message: "the file holds more than one document",
        hint: "write one job per file; 'include' joins files")
    }
    return root
  }

  /// Reads the node whose first event is the current one.
  private mutating func node(depth: Int, in file: SourceFile) throws(YAMLFault) -> YAMLNode {
    nodes += 1
    let start = position(event.start)
    guard nodes <= nodeLimit else {
      throw YAMLFault(
        position: start, message: "the file holds more than \(nodeLimit) values",
        hint: "put long lists into an HDF5 file and write {file: values.h5, dataset: name}")
    }
    try refuseReferences(at: start)
    switch Int(event.kind) {
    case CYAML_SCALAR:
      try limitText(at: start)
      return YAMLNode(.scalar(scalarText(), style()), at: start)
    case CYAML_SEQUENCE_START:
      try limit(depth, at: start)
      return YAMLNode(.sequence(try elements(depth: depth, in: file)), at: start)
    default:
      try limit(depth, at: start)
      return YAMLNode(.mapping(try entries(depth: depth, in: file)), at: start)
    }
  }

  private mutating func elements(depth: Int, in file: SourceFile) throws(YAMLFault) -> [YAMLNode] {
    var elements: [YAMLNode] = []
    try advance(in: file)
    while Int(event.kind) != CYAML_SEQUENCE_END {
      elements.append(try node(depth: depth + 1, in: file))
      try advance(in: file)
    }
    return elements
  }

  private mutating func entries(
    depth: Int, in file: SourceFile
  ) throws(YAMLFault) -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    var seen: [String: SourcePosition] = [:]
    try advance(in: file)
    while Int(event.kind) != CYAML_MAPPING_END {
      let position = position(event.start)
      try refuseReferences(at: position)
      guard Int(event.kind) == CYAML_SCALAR else {
        throw YAMLFault(position: position, message: "a key must be a text, not a list or a map")
      }
      try limitText(at: position)
      let key = scalarText()
      if let first = seen.updateValue(position, forKey: key) {
        throw YAMLFault(
          position: position, message: "the key '\(key.forMessage)' is written twice",
          hint: "the first one is in line \(first.line + 1)")
      }
      try advance(in: file)
      let value = try node(depth: depth + 1, in: file)
      entries.append(YAMLNode.Entry(key: key, keyPosition: position, value: value))
      try advance(in: file)
    }
    return entries
  }

  private func limit(_ depth: Int, at position: SourcePosition) throws(YAMLFault) {
    guard depth < YAMLLimits.depth else {
      throw YAMLFault(
        position: position,
        message: "lists and maps are nested more than \(YAMLLimits.depth) deep")
    }
  }

  private func limitText(at position: SourcePosition) throws(YAMLFault) {
    guard event.length <= YAMLLimits.scalarBytes else {
      throw YAMLFault(
        position: position, message: "a text is longer than \(YAMLLimits.scalarBytes) bytes",
        hint: "put long lists into an HDF5 file and write {file: values.h5, dataset: name}")
    }
  }

  private func refuseReferences(at position: SourcePosition) throws(YAMLFault) {
    if Int(event.kind) == CYAML_ALIAS {
      throw YAMLFault(
        position: position, message: "aliases (*name) are not allowed",
        hint: "write the value out, or make it a constant; a text that starts with * needs quotes")
    }
    if event.has_anchor != 0 {
      throw YAMLFault(
        position: position, message: "anchors (&name) are not allowed",
        hint: "write the value out, or make it a constant; a text that starts with & needs quotes")
    }
    if event.has_tag != 0 {
      throw YAMLFault(
        position: position, message: "tags (!name) are not allowed",
        hint: "the schema gives every value its type; a text that starts with ! needs quotes")
    }
  }

  /// Takes the next event; a failure of libyaml becomes a fault with its position.
  private mutating func advance(in file: SourceFile) throws(YAMLFault) {
    let status = Int(cyaml_parser_next(parser, &event))
    guard status != CYAML_OK else { return }
    var fault = cyaml_fault()
    cyaml_parser_fault(parser, &fault)
    switch status {
    case CYAML_CHARACTERS:
      let place = file.place(ofByte: Int(clamping: fault.byte_offset))
      throw YAMLFault(
        position: SourcePosition(source: source, line: place.line, column: place.column),
        message: "a character that YAML does not allow: \(String(cString: fault.reason))")
    case CYAML_OUT_OF_MEMORY:
      throw YAMLFault(
        position: position(fault.mark), message: "out of memory while reading the file")
    default:
      throw syntaxFault(fault, in: file)
    }
  }

  private func syntaxFault(_ fault: cyaml_fault, in file: SourceFile) -> YAMLFault {
    let context = fault.context.map { String(cString: $0) } ?? ""
    let reason = String(cString: fault.reason)
    var message = "this is not YAML: \(reason)"
    if !context.isEmpty {
      message += ", \(context)"
      if fault.context_mark.line != fault.mark.line {
        message += " that starts in line \(fault.context_mark.line + 1)"
      }
    }
    var hint: String?
    if context.contains("flow") {
      hint = "inside { } and [ ] a text with , [ ] { } or a colon needs quotes"
    } else if reason.contains("mapping values are not allowed") {
      hint = "a text with ': ' needs quotes; keys of one map stand in the same column"
    } else if reason.contains("cannot start any token") {
      hint = "indent with spaces, not tabs; a text that starts with @, ` or % needs quotes"
    }
    return YAMLFault(position: position(fault.mark, in: file), message: message, hint: hint)
  }

  /// The place of a fault. libyaml puts the end of a text without a last line break one line
  /// lower than there are lines.
  private func position(_ mark: cyaml_mark, in file: SourceFile) -> SourcePosition {
    guard mark.line >= UInt64(file.lineCount) else { return position(mark) }
    let place = file.place(ofByte: file.bytes.count)
    return SourcePosition(source: source, line: place.line, column: place.column)
  }

  private func position(_ mark: cyaml_mark) -> SourcePosition {
    SourcePosition(
      source: source, line: Int(clamping: mark.line), column: Int(clamping: mark.column))
  }

  private func scalarText() -> String {
    guard let text = event.text else { return "" }
    let bytes = UnsafeRawBufferPointer(start: text, count: event.length)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func style() -> YAMLNode.Style {
    switch Int(event.style) {
    case CYAML_SINGLE_QUOTED: .singleQuoted
    case CYAML_DOUBLE_QUOTED: .doubleQuoted
    case CYAML_LITERAL: .literal
    case CYAML_FOLDED: .folded
    default: .plain
    }
  }
}

/// Whether bytes are text at all.
private enum TextCheck {
  /// Refuses what is too long, binary, or not UTF-8.
  static func check(_ file: SourceFile, source: Int) throws(YAMLFault) {
    func fault(at offset: Int, _ message: String, hint: String? = nil) -> YAMLFault {
      let place = file.place(ofByte: offset)
      return YAMLFault(
        position: SourcePosition(source: source, line: place.line, column: place.column),
        message: message, hint: hint)
    }
    guard file.bytes.count <= YAMLLimits.bytes else {
      throw fault(
        at: 0, "the file is longer than \(YAMLLimits.bytes >> 20) MiB",
        hint: "put long lists into an HDF5 file and write {file: values.h5, dataset: name}")
    }
    if let control = file.bytes.firstIndex(where: isControl) {
      throw fault(
        at: control,
        "the file is not text: it holds the byte 0x\(hexadecimal(file.bytes[control]))",
        hint: "a job is a YAML or JSON file in UTF-8")
    }
    if let invalid = firstInvalidUTF8(in: file.bytes) {
      throw fault(
        at: invalid,
        "the file is not UTF-8: the byte 0x\(hexadecimal(file.bytes[invalid])) cannot stand here",
        hint: "save the file in UTF-8")
    }
  }

  private static func isControl(_ byte: UInt8) -> Bool {
    (byte < 32 && byte != 9 && byte != 10 && byte != 13) || byte == 127
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  /// Where the text stops being UTF-8.
  private static func firstInvalidUTF8(in bytes: [UInt8]) -> Int? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput, .error: return min(offset, max(bytes.count - 1, 0))
      }
    }
  }
}

extension String {
  /// The text as it may stand in a message: on one line, and not longer than a line.
  package var forMessage: String {
    var result = ""
    for scalar in unicodeScalars.prefix(80) {
      switch scalar {
      case "\n", "\r", "\t", "\u{85}", "\u{2028}", "\u{2029}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return unicodeScalars.count > 80 ? result + "…" : result
  }
}
