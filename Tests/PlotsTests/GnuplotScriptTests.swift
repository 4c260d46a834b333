import Testing

@testable import Plots

/// What gnuplot is given, taken apart again.
struct ParsedScript {
  /// Blocks of data by name, line by line.
  private(set) var blocks: [String: [[Substring]]] = [:]
  /// All other lines.
  private(set) var commands: [Substring] = []

  init(_ script: GnuplotScript) {
    var open: String?
    for line in script.text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let name = open {
        if line == "END_OF_DATA" {
          open = nil
        } else {
          blocks[name, default: []].append(line.split(separator: " "))
        }
      } else if line.hasSuffix(" << END_OF_DATA") {
        open = String(line.dropLast(" << END_OF_DATA".count))
        blocks[open ?? ""] = []
      } else {
        commands.append(line)
      }
    }
  }

  func lines(beginning with: String) -> [Substring] { commands.filter { $0.hasPrefix(with) } }
}

@Suite struct GnuplotScriptTests {
  private static func panel(_ title: String, _ series: [Panel.Series]) -> Panel {
    var panel = Panel(title: title)
    panel.series = series
    return panel
  }

  @Test func dataAndStylesArriveInOrder() throws {
    let script = GnuplotScript(
      [
        Self.panel(
          "first",
          [
            .init(title: "a", style: .points, color: 0, columns: [[1, 2], [0.1, 0.3]]),
            .init(style: .line, color: 1, columns: [[1, 2, 3], [4, .nan, 6]]),
          ]),
        Self.panel("second", [.init(style: .bars, color: 2, columns: [[5], [7]])]),
      ], format: .png, to: "out/x.png")
    let parsed = ParsedScript(script)
    #expect(parsed.blocks["$panel0series0"] == [["1.0", "0.1"], ["2.0", "0.3"]])
    // A number that is none breaks the line.
    #expect(parsed.blocks["$panel0series1"] == [["1.0", "4.0"], [], ["3.0", "6.0"]])
    #expect(parsed.blocks["$panel1series0"] == [["5.0", "7.0"]])
    let plots = parsed.lines(beginning: "plot ")
    try #require(plots.count == 2)
    #expect(plots[0].contains("$panel0series0 using 1:2 with points"))
    #expect(plots[0].contains("title 'a'"))
    #expect(plots[0].contains("$panel0series1 using 1:2 with lines"))
    #expect(plots[1].contains("$panel1series0 using 1:2 with boxes"))
    #expect(parsed.lines(beginning: "set terminal pngcairo").count == 1)
    #expect(parsed.lines(beginning: "set output") == ["set output './out/x.png'"])
    #expect(parsed.lines(beginning: "set label 1 ").count == 2)
  }

  @Test func heightsShareThePage() {
    var tall = Self.panel("tall", [])
    tall.height = 3
    let parsed = ParsedScript(
      GnuplotScript([tall, Self.panel("low", [])], format: .svg, to: "/a.svg"))
    #expect(parsed.lines(beginning: "set origin") == ["set origin 0,0.25", "set origin 0,0.0"])
    #expect(
      parsed.lines(beginning: "set size 1") == ["set size 1,0.75", "set size 1,0.25"])
    #expect(parsed.lines(beginning: "set terminal svg").count == 1)
    #expect(parsed.lines(beginning: "set output") == ["set output '/a.svg'"])
  }

  /// Names may come from any file: none may become a command of gnuplot's.
  @Test(arguments: [
    "it's", "a\nset output '|touch x'", "`touch x`", "'; system('touch x'); '", "\u{1b}]0;x\u{7}",
    "END_OF_DATA\n!touch x", "@macro", "%s\\n",
  ])
  func namesStayTexts(name: String) throws {
    let quoted = GnuplotScript.quoted(name)
    try #require(quoted.hasPrefix("'") && quoted.hasSuffix("'") && quoted.count >= 2)
    let inside = quoted.dropFirst().dropLast()
    #expect(!inside.replacing("''", with: "").contains("'"))
    #expect(!inside.unicodeScalars.contains { $0.properties.generalCategory == .control })
    var panel = Panel(title: name)
    panel.xLabel = name
    panel.yTicks = [.init(place: 1, text: name)]
    panel.series = [
      .init(title: name, style: .labels([name]), columns: [[1], [2]]),
      .init(title: "plain", style: .points, columns: [[3], [4]]),
    ]
    let script = GnuplotScript([panel], format: .png, to: "/x.png")
    let parsed = ParsedScript(script)
    // What a name holds never begins a line, ends a block or opens another.
    #expect(parsed.blocks.keys.sorted() == ["$panel0series0", "$panel0series1"])
    #expect(parsed.blocks["$panel0series0"]?.count == 1)
    #expect(parsed.blocks["$panel0series1"] == [["3.0", "4.0"]])
    let known = ["set ", "unset ", "reset", "plot "]
    for line in parsed.commands where !line.isEmpty {
      #expect(known.contains { line.hasPrefix($0) }, "\(line)")
    }
  }

  @Test func aFileCannotBeACommand() {
    let parsed = ParsedScript(GnuplotScript([], format: .png, to: "| touch x.png"))
    #expect(parsed.lines(beginning: "set output") == ["set output './| touch x.png'"])
  }

  @Test func emptySeriesAreStillDrawn() {
    let script = GnuplotScript(
      [Self.panel("none", [.init(title: "pyr", style: .points, columns: [[], []])])],
      format: .png, to: "/x.png")
    #expect(ParsedScript(script).blocks["$panel0series0"] == [["NaN", "NaN"]])
  }
}
