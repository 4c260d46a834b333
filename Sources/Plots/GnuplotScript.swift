/// Panels, one above the other, in gnuplot's language. The data are inside: gnuplot reads nothing
/// but this text.
package struct GnuplotScript: Hashable, Sendable {
  /// What is written, from the ending of the file's name.
  package enum Format: String, CaseIterable, Sendable {
    case png
    case svg
  }

  package private(set) var text = ""
  /// Where axes begin on every panel of the page, so that times stand above each other: a share of
  /// the width.
  private var leftMargin = 0.0
  /// Where axes end, and the legend begins.
  private var rightMargin = 1.0

  /// Dendrify's colours first, then some that are told from them.
  private static let palette = [
    "#005c94", "#338000", "#ff6600", "#aa0044", "#7a5195", "#808080", "#00a0a0", "#b58900",
  ]
  /// Pixels.
  private static let width = 900
  private static let unitHeight = 300.0

  /// Pixels of a legend whose longest text has so many characters.
  private static func keyWidth(of characters: Int) -> Double {
    characters == 0 ? 20 : 60 + 7 * Double(characters)
  }

  /// - Parameters:
  ///   - panels: From top to bottom.
  ///   - path: The file to write.
  package init(_ panels: [Panel], format: Format, to path: String) {
    let heights = panels.map(\.height)
    let total = heights.reduce(0, +)
    let pixels = Int((total * GnuplotScript.unitHeight).rounded())
    add("set encoding utf8")
    add(
      "set terminal \(format == .png ? "pngcairo" : "svg") noenhanced "
        + "size \(GnuplotScript.width),\(pixels) font 'sans,10' background '#ffffff'")
    // A name that begins with a bar would be a command.
    add("set output \(GnuplotScript.quoted(path.hasPrefix("/") ? path : "./" + path))")
    add("set multiplot")
    leftMargin = panels.contains { $0.yTicks != nil } ? 0.2 : 0.09
    let longest = panels.flatMap(\.series).compactMap { $0.title?.count }.max() ?? 0
    rightMargin = max(0.6, 1 - GnuplotScript.keyWidth(of: longest) / Double(GnuplotScript.width))
    var top = 1.0
    for (place, panel) in panels.enumerated() {
      let share = heights[place] / total
      top -= share
      addPanel(panel, place: place, origin: max(top, 0), share: share)
    }
    add("unset multiplot")
    add("unset output")
  }

  private mutating func add(_ line: String) { text += line + "\n" }

  private mutating func addPanel(_ panel: Panel, place: Int, origin: Double, share: Double) {
    for (number, series) in panel.series.enumerated() {
      addData(series, name: "$panel\(place)series\(number)")
    }
    add("reset")
    add("set style textbox opaque noborder")
    add("set tmargin 3")
    add("set origin 0,\(origin)")
    add("set size 1,\(share)")
    add("set label 1 \(GnuplotScript.quoted(panel.title)) at graph 0,1.07 left noenhanced")
    addAxes(panel)
    if panel.series.contains(where: { $0.title != nil }) {
      add("set key outside right top Left reverse samplen 1.5 noenhanced")
    } else {
      add("unset key")
    }
    let parts = panel.series.enumerated().map { number, series in
      "$panel\(place)series\(number) \(GnuplotScript.style(of: series))"
    }
    add("plot \(parts.joined(separator: ", "))")
  }

  private mutating func addAxes(_ panel: Panel) {
    if panel.isDrawing {
      add("unset border")
      add("unset tics")
      add("set size ratio -1")
      add("set lmargin at screen 0.02")
      add("set rmargin at screen 0.98")
    } else {
      add("set lmargin at screen \(leftMargin)")
      add("set rmargin at screen \(rightMargin)")
      add("set offsets 0,0,graph 0.04,graph 0.04")
      add("set border 3")
      add("set tics out nomirror")
      add("set xlabel \(GnuplotScript.quoted(panel.xLabel)) noenhanced")
      add("set ylabel \(GnuplotScript.quoted(panel.yLabel)) noenhanced")
    }
    for (axis, range) in [("x", panel.xRange), ("y", panel.yRange)] {
      if let range { add("set \(axis)range [\(range.lowerBound):\(range.upperBound)]") }
    }
    if let ticks = panel.yTicks {
      let texts = ticks.map { "\(GnuplotScript.quoted($0.text)) \($0.place)" }
      add("set ytics (\(texts.joined(separator: ", "))) noenhanced")
    }
  }

  /// A block of data: numbers, and texts in quotes where there are labels.
  private mutating func addData(_ series: Panel.Series, name: String) {
    add("\(name) << END_OF_DATA")
    var labels: [String]?
    if case .labels(let texts) = series.style { labels = texts }
    for row in 0..<(series.columns.first?.count ?? 0) {
      var words = series.columns.map { $0[row].isFinite ? "\($0[row])" : "NaN" }
      if let labels { words.append(GnuplotScript.dataText(labels[row])) }
      // An empty line breaks a line.
      add(words.contains("NaN") && labels == nil ? "" : words.joined(separator: " "))
    }
    if series.columns.first?.isEmpty ?? true {
      // gnuplot warns of blocks without data; a number that cannot be drawn is none.
      add([String](repeating: "NaN", count: max(series.columns.count, 2)).joined(separator: " "))
    }
    add("END_OF_DATA")
  }

  private static func style(of series: Panel.Series) -> String {
    let color = "lc rgb '\(palette[series.color % palette.count])'"
    let title = series.title.map { "title \(quoted($0))" } ?? "notitle"
    return switch series.style {
    case .points: "using 1:2 with points pt 7 ps 0.25 \(color) \(title)"
    case .line: "using 1:2 with lines lw 1.2 \(color) \(title)"
    case .bars: "using 1:2 with boxes fs solid 0.6 noborder \(color) \(title)"
    case .discs: "using 1:2:3 with circles fs solid 1 noborder \(color) \(title)"
    case .labels: "using 1:2:3 with labels boxed noenhanced \(title)"
    }
  }

  /// A text in single quotes, in which gnuplot knows no escapes but the doubled quote. Line ends
  /// and other control characters become spaces.
  static func quoted(_ text: String) -> String {
    "'\(plain(text).replacing("'", with: "''"))'"
  }

  /// A text in a block of data: in double quotes, which it must not contain.
  private static func dataText(_ text: String) -> String {
    "\"\(plain(text).replacing("\"", with: "'").replacing("\\", with: "/"))\""
  }

  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}
