import BadJobs
import Jobs
import RandomNumbers
import Testing

/// The tree of a text, or why there is none.
func tree(_ text: String) throws(YAMLFault) -> YAMLNode {
  try YAMLParser.parse(SourceFile(name: "test.yaml", bytes: Array(text.utf8)), source: 0)
}

/// `line:column: message` of the fault in a text, counted from 1.
func fault(_ bytes: [UInt8]) -> String {
  do throws(YAMLFault) {
    _ = try YAMLParser.parse(SourceFile(name: "test.yaml", bytes: bytes), source: 0)
    return "no fault"
  } catch {
    return "\(error.position.line + 1):\(error.position.column + 1): \(error.message)"
  }
}

@Suite struct YAMLTests {
  @Test func nodesKnowTheirPlaces() throws {
    let root = try tree("a: 1\nb:\n  - x\n  - {c: 'y z'}\nµ: ü  # note\n")
    let entries = try #require(root.entries)
    try #require(entries.map(\.key) == ["a", "b", "µ"])
    #expect(entries[0].value.text == "1")
    #expect(entries[0].value.position == SourcePosition(source: 0, line: 0, column: 3))
    let list = try #require(entries[1].value.elements)
    try #require(list.count == 2)
    #expect(list[0].position == SourcePosition(source: 0, line: 2, column: 4))
    let inner = try #require(list[1].entries)
    #expect(inner[0].keyPosition == SourcePosition(source: 0, line: 3, column: 5))
    #expect(inner[0].value.text == "y z")
    #expect(entries[2].value.text == "ü")
    #expect(entries[2].value.position == SourcePosition(source: 0, line: 4, column: 3))
  }

  @Test func jsonIsRead() throws {
    let root = try tree("{\"a\":[1,2.5e-3,\"x\\u00b5\\/\"],\n\t\"b\":{\"c\":null,\"d\":true}}")
    let entries = try #require(root.entries)
    #expect(entries[0].value.elements?.compactMap(\.text) == ["1", "2.5e-3", "xµ/"])
    #expect(entries[1].value.entries?.map(\.key) == ["c", "d"])
  }

  @Test(arguments: [
    ("a: 1\na: 2\n", "2:1: the key 'a' is written twice"),
    ("a: &x 1\n", "1:4: anchors (&name) are not allowed"),
    ("a: *x\n", "1:4: aliases (*name) are not allowed"),
    ("a: !!str 1\n", "1:4: tags (!name) are not allowed"),
    ("a: 1\n---\nb: 2\n", "2:1: the file holds more than one document"),
    ("", "1:1: the file is empty"),
    ("# nothing\n\n", "1:1: the file is empty"),
    ("[a]: 1\n", "1:1: a key must be a text, not a list or a map"),
    ("a: [1, 2\nb: 3\n", "2:2: this is not YAML: did not find expected ',' or ']'"),
    ("a: b: c\n", "1:5: this is not YAML: mapping values are not allowed in this context"),
    ("a:\n\t- b\n", "2:1: this is not YAML: found character that cannot start any token"),
    ("a: 'x\n", "2:1: this is not YAML: found unexpected end of stream"),
    ("a: \u{1}\n", "1:4: the file is not text: it holds the byte 0x01"),
    ("a: \u{9f}\n", "1:4: a character that YAML does not allow"),
  ])
  func whatIsNoPlainYAMLIsRefused(text: String, message: String) {
    #expect(fault(Array(text.utf8)).hasPrefix(message))
  }

  @Test func whatIsNoUTF8IsRefusedAtItsByte() {
    #expect(fault([0x61, 0x3A, 0x0A, 0x20, 0xFF]).hasPrefix("2:2: the file is not UTF-8"))
    #expect(fault([0x61, 0x3A, 0x20, 0xC3]).hasPrefix("1:4: the file is not UTF-8"))
    #expect(fault([0xED, 0xA0, 0x80]).hasPrefix("1:1: the file is not UTF-8"))
  }

  @Test func depthIsBounded() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(fault(Array(deep.utf8)) == "1:65: lists and maps are nested more than 64 deep")
    let block = (0..<200).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(fault(Array(block.utf8)).contains("nested more than 64 deep"))
    let allowed = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(fault(Array(allowed.utf8)) == "no fault")
  }

  @Test func numberOfNodesIsBounded() throws {
    let file = SourceFile(name: "test.yaml", bytes: Array("[1, 2, 3]".utf8))
    _ = try YAMLParser.parse(file, source: 0, nodeLimit: 4)
    do throws(YAMLFault) {
      _ = try YAMLParser.parse(file, source: 0, nodeLimit: 3)
      Issue.record("the fourth value must be refused")
    } catch {
      #expect(error.message == "the file holds more than 3 values")
      #expect(error.position.column == 7)
    }
  }

  @Test func longLinesAreShownInPart() {
    let text = String(repeating: "ä", count: 1000) + "X" + String(repeating: "ö", count: 1000)
    let (excerpt, caret) = SourceFile(name: "", bytes: Array(text.utf8))
      .excerpt(line: 0, column: 1000)
    let scalars = Array(excerpt.unicodeScalars)
    #expect(scalars.count == 160)
    #expect(scalars[caret] == "X")
  }

  @Test(arguments: [
    ("x: V > -50*mV\n", 4, 0, 7),
    ("x: 'V > ''a'' b'\n", 10, 0, 15),
    ("x: \"V \\t> b\"\n", 5, 0, 10),
    ("x: |\n  dx/dt = 1\n\n  dy/dt = 2\n", 11, 3, 2),
    ("x: |2\n    dx\n  dy\n", 5, 2, 2),
    ("x: >-\n  a b\n  c\n", 4, 2, 2),
    ("x: a\n  b\n   c\n", 4, 2, 3),
    ("x: ab\n", 2, 0, 5),
    ("x: 'ab'\n", 2, 0, 6),
    ("x: |\n  ab\n  cd", 5, 2, 4),
    ("x: µ + b\n", 4, 0, 7),
  ])
  func charactersOfScalarsAreFound(text: String, offset: Int, line: Int, column: Int) throws {
    let file = SourceFile(name: "test.yaml", bytes: Array(text.utf8))
    let node = try #require(try tree(text).entries?.first?.value)
    let place = ScalarPositions.position(ofOffset: offset, in: node, sources: [file])
    #expect(place == SourcePosition(source: 0, line: line, column: column))
  }

  @Test func textsThatAreTooLongAreRefused() {
    let long = String(repeating: "a", count: YAMLLimits.scalarBytes)
    #expect(fault(Array("x: \(long)".utf8)) == "no fault")
    #expect(fault(Array("x: \(long)a".utf8)) == "1:4: a text is longer than 2000000 bytes")
  }

  @Test func mutatedTextsNeverTrap() throws {
    var generator = SplitMix(state: 1)
    let good = Array(BadJob.goodJob.utf8)
    var faults = 0
    for _ in 0..<2000 {
      let text = generator.mutation(of: good)
      if fault(text) != "no fault" { faults += 1 }
    }
    #expect(faults > 200)
  }
}

extension SplitMix {
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// A text that stays YAML: one to three of its words replaced by other words, its own or odd.
  mutating func replacement(in text: [UInt8]) -> [UInt8] {
    func isWord(_ byte: UInt8) -> Bool {
      (byte | 32) &- 97 < 26 || byte &- 48 < 10 || byte == 95 || byte == 46
    }
    let odd = [
      "-1", "0", "1e308", "1e-308", "-0.0", "9223372036854775807", "9223372036854775808", "1e18",
      "2147483647", "0.5", "1e999", "t", "i", "xi", "rand()", "all", "none", "true", "{}", "[]",
      "[[]]", "{a: 1}", "5*mV", "1/0", "neurons**neurons", "'-neurons'", "1e-300 s", "4 h",
    ]
    var result = text
    for _ in 0..<(1 + below(3)) {
      var words: [Range<Int>] = []
      var start: Int?
      for (place, byte) in result.enumerated() {
        if isWord(byte) {
          start = start ?? place
        } else if let first = start {
          words.append(first..<place)
          start = nil
        }
      }
      guard !words.isEmpty else { return result }
      let chosen = words[below(words.count)]
      let other = words[below(words.count)]
      let new = below(2) == 0 ? Array(result[other]) : Array(odd[below(odd.count)].utf8)
      result.replaceSubrange(chosen, with: new)
    }
    return result
  }

  /// A text with one to four changes: bytes replaced, pieces removed, doubled or moved.
  mutating func mutation(of text: [UInt8]) -> [UInt8] {
    let words = [
      "-", "1e999", "[", "]", "{", "}", ":", "\n", "'", "\"", "0", "-1", "9999999999999999999",
      "nan", " mV", " ms", "*", "/0", "neurons", "µ", "|", "#", "  ", "(", ")", "**", "1e308",
    ]
    var result = text
    for _ in 0..<(1 + below(4)) where !result.isEmpty {
      let place = below(result.count)
      let end = min(result.count, place + 1 + below(12))
      switch below(5) {
      case 0: result[place] = UInt8(truncatingIfNeeded: next())
      case 1: result.removeSubrange(place..<end)
      case 2: result.insert(contentsOf: Array(words[below(words.count)].utf8), at: place)
      case 3: result.replaceSubrange(place..<end, with: Array(words[below(words.count)].utf8))
      default: result.insert(contentsOf: Array(result[place..<end]), at: below(result.count))
      }
    }
    return result
  }
}
