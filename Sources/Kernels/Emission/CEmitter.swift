/// Turns programs into C.
///
/// The text depends on the structure of a program only: values are read from the table of
/// uniforms when the kernel runs, and every name is made up here (`c3` a column held in
/// registers, `p3` its memory, `u5` a uniform, `v17` a value). No text of a user gets in.
///
/// Columns that every step needs live in local variables through all steps of a visit. The rare
/// paths (arrivals of general code, resets, actions, tests, probes) are functions of their own
/// that work on memory: what they need is written back before the call and read anew after it, so
/// that they cost the step loop neither registers nor instructions.
package enum CEmitter {
  /// The C text of a program, to follow the texts of the headers.
  ///
  /// - Parameters:
  ///   - program: What the kernel computes.
  ///   - width: Doubles of a vector: `COPPICE_WIDTH`, 8, 4 or 2.
  ///   - visits: What the kernel is laid out for; visits of any length run, with the same results.
  /// - Returns: Definitions that end with `coppice_kernel_entry`.
  package static func source(
    of program: Program, width: Int, visits: VisitLength = .long
  ) -> String {
    let layout = ColumnLayout(program, width: width, visits: visits)
    var text = CText()
    let lanes = (0..<layout.lanes).map { "\($0)" }.joined(separator: ", ")
    text.line("static const _Alignas(64) double lane_numbers[] = {\(lanes)};")
    text.line("")
    let functions = KernelFunctions(layout: layout)
    functions.emit(into: &text)
    switch visits {
    case .long: LongVisitEmitter(layout: layout, functions: functions).emit(into: &text)
    case .short: ShortVisitEmitter(layout: layout, functions: functions).emit(into: &text)
    }
    text.line("")
    text.block(
      "__attribute__((visibility(\"default\"))) const coppice_kernel coppice_kernel_entry =",
      closing: "};"
    ) { text in
      text.line("COPPICE_KERNEL_ABI_VERSION, \(layout.lanes), visit")
    }
    return text.text
  }
}

/// C text that grows line by line.
struct CText {
  private(set) var text = ""
  private var depth = 0

  /// Adds a line at the present depth.
  mutating func line(_ line: String) {
    if !line.isEmpty {
      text += String(repeating: " ", count: 2 * depth)
      text += line
    }
    text += "\n"
  }

  /// Adds `head {`, the body one deeper, and the closing line.
  mutating func block(
    _ head: String, closing: String = "}", _ body: (inout CText) -> Void
  ) {
    line(head.isEmpty ? "{" : head + " {")
    depth += 1
    body(&self)
    depth -= 1
    line(closing)
  }
}
