/// Writes the function `start`: what stimuli and schedule do at the start of a step, on memory.
struct StartEmitter {
  let layout: ColumnLayout
  private var codes: [Section] { layout.program.starts }

  init(layout: ColumnLayout) {
    self.layout = layout
  }

  var isNeeded: Bool { !codes.isEmpty }

  /// Columns that must stand in memory when `start` is called.
  var readColumns: Set<Int> {
    // Where a mask does not hold, columns keep what they are.
    codes.reduce(into: writtenColumns) { $0.formUnion($1.loadedColumns) }
  }

  /// Columns that `start` changes.
  var writtenColumns: Set<Int> {
    codes.reduce(into: []) { $0.formUnion($1.storedColumns) }
  }

  func emit(into text: inout CText) {
    guard isNeeded else { return }
    text.line("")
    text.block(
      "static __attribute__((noinline)) void start(const coppice_visit *const visit, "
        + "const uint32_t l0, const int64_t n, const coppice_start *s, "
        + "const coppice_start *const stop)"
    ) { text in
      layout.declareMemory(in: &text)
      layout.declarePointers(readColumns, in: &text)
      text.block("for (; s != stop; ++s)") { text in
        let (wide, mask) = (layout.wide, layout.mask)
        text.line(
          "const \(mask)mask m = s->where ? \(mask)loadFlags(s->where + l0) : \(mask)true();")
        text.line("if (!\(mask)any(m)) continue;")
        text.line(
          "const \(wide)real w = s->values ? \(wide)loadu(s->values + l0) : "
            + "\(wide)set(s->value);")
        text.block("switch (s->code)") { text in
          for (place, code) in codes.enumerated() {
            text.block("case \(place):", closing: "} break;") { text in
              SectionEmitter(layout: layout, surroundings: .init(payload: "w"))
                .code(of: code, mask: "m", in: &text)
            }
          }
        }
      }
    }
  }

  /// Where something is due at step k, passes over it and has `call` call the function.
  func act(in text: inout CText, _ call: (inout CText) -> Void) {
    guard isNeeded else { return }
    text.block("if (__builtin_expect(k == next_start, 0))") { text in
      text.line("const coppice_start *const first_start = start_now;")
      text.line("do ++start_now; while (start_now != start_end && start_now->step == k);")
      text.line("next_start = start_now != start_end ? start_now->step : UINT32_MAX;")
      call(&text)
    }
  }

  /// The call for the group of lane `l0`.
  static let call = "start(visit, l0, n, first_start, start_now);"

  /// Declares what `act` goes on from, before the first step.
  func declare(in text: inout CText) {
    guard isNeeded else { return }
    text.line("const coppice_start *start_now = visit->starts;")
    text.line("const coppice_start *const start_end = start_now + visit->start_count;")
    text.line("uint32_t next_start = start_now != start_end ? start_now->step : UINT32_MAX;")
  }
}
