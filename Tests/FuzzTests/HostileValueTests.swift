import BadJobs
import Foundation
import Testing

/// A good job in which one word is what somebody means harm with: it is read, or refused with a place.
@Suite struct HostileValueTests {
  /// In quotes, so that it is one value wherever it stands; and bare, as it may mean something.
  private static let values: [String] =
    [
      "", " ", "-", "~", "null", "true", "nan", ".nan", ".inf", "-.inf", "inf", "0", "-0", "-1",
      "1e308", "-1e308", "1e309", "1e-320", "1e308 mV", "1e308*volt**2", "9223372036854775807",
      "9223372036854775808", "18446744073709551616", "-9223372036854775809", "4294967296",
      "2**62", "2**63", "1e18", "99999999999999999999999", "0x7fffffffffffffff", "1/0", "0/0",
      "(1 - 1)**-1", "exp(1e9)", "1000000000 s", "1e-30 s", "../../etc/passwd", "/etc/passwd",
      "/dev/zero", "file:///etc/passwd", "$(touch pwned)", "`id`", "; rm -rf /", "%n%s%x", "\\0",
      "\\u0000", "\\e[2J", "\\u202E", "\\uFEFF", "µ", "名前", "𝕏", "e\\u0301", "a/b", "..", ".",
      "{0}", "{}", "[]", "[[]]", "[0, 0]", "0:9223372036854775807", "net[0:1e9]", "__import__",
      "system('id')", "x; y = 1", "#", "'", "\\\"", "\\\\", "dV/dt = 1 : volt", "rand()", "xi",
    ] + [
      String(repeating: "9", count: 5_000), String(repeating: "(", count: 3_000),
      String(repeating: "a", count: 70_000), String(repeating: "-", count: 3_000) + "1",
      String(repeating: "1+", count: 3_000) + "1", String(repeating: "[", count: 1_000),
    ]

  /// Where words of the good job stand.
  private static let places: [Range<String.Index>] = {
    let text = BadJob.goodJob
    var places: [Range<String.Index>] = []
    var start: String.Index?
    for index in text.indices {
      let isPart = !" \n,:{}[]'|#".contains(text[index])
      if isPart, start == nil { start = index }
      if !isPart, let first = start {
        places.append(first..<index)
        start = nil
      }
    }
    return places
  }()

  @Test func everyHostileValueIsReadOrRefusedAtAPlace() throws {
    try #require(HostileValueTests.places.count > 250)
    let isWhole = ProcessInfo.processInfo.environment["COPPICE_RELIABILITY"] == "all"
    let all = HostileValueTests.places.flatMap { place in
      HostileValueTests.values.flatMap { value in [(place, "\"\(value)\""), (place, value)] }
    }
    // Another part of them each time.
    let cases = isWhole ? all : Array(all.shuffled().prefix(400))
    var refused = 0
    for (place, value) in cases {
      var text = BadJob.goodJob
      text.replaceSubrange(place, with: value)
      let what = "'\(BadJob.goodJob[place])' became '\(value.prefix(60))'"
      #expect(throws: Never.self, "\(what)") {
        let verdict = try FuzzTarget.load(Array(text.utf8), overrides: [])
        if verdict == .refused { refused += 1 }
      }
    }
    #expect(refused > cases.count / 2)
    print("reliability: R13: \(refused) of \(cases.count) hostile jobs refused, the others read")
  }

  /// Depth and size are bounded before anything is built.
  @Test(arguments: ["[", "{a: ", "- ", "a:\n ", "(", "? "])
  func endlessNestingIsRefused(piece: String) throws {
    for count in [100, 10_000, 1_000_000] {
      let text = "name: " + String(repeating: piece, count: count)
      #expect(try FuzzTarget.load(Array(text.utf8), overrides: []) == .refused)
    }
  }
}
