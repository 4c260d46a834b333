/// Writes the function `probe`: what recordings read of the state before the update, from memory.
struct ProbeEmitter {
  let layout: ColumnLayout
  private var section: Section { layout.program.probe }

  init(layout: ColumnLayout) {
    self.layout = layout
  }

  var isNeeded: Bool { !section.outputs.isEmpty }

  /// Columns that must stand in memory when `probe` is called.
  var readColumns: Set<Int> { section.loadedColumns }

  func emit(into text: inout CText) {
    guard isNeeded else { return }
    text.line("")
    text.block(
      "static __attribute__((noinline)) void probe(const coppice_visit *const visit, "
        + "const uint32_t l0, const int64_t n, const uint32_t row)"
    ) { text in
      layout.declareMemory(in: &text)
      layout.declarePointers(readColumns, in: &text)
      let count = section.outputs.count
      text.line("double *const r = visit->probe_rows + (uintptr_t)row * \(count) * lanes + l0;")
      SectionEmitter(layout: layout).instructions(of: section, in: &text)
      for (place, output) in section.outputs.enumerated() {
        let wide = layout.wide
        let value =
          switch section.instructions[output].type {
          case .boolean: "\(wide)select(v\(output), \(wide)set(1.0), \(wide)set(0.0))"
          case .single: "cw_widen(v\(output))"
          case .real, .integer: "v\(output)"
          }
        // Rows are aligned to numbers only.
        text.line("const \(wide)real o\(place) = \(value);")
        text.line(
          "__builtin_memcpy(r + (uintptr_t)lanes * \(place), &o\(place), sizeof o\(place));")
      }
    }
  }
}
