/// Writes the function `tests`: thresholds and event conditions on the new state, on memory.
///
/// It runs where the precondition holds in some lane, appends marks in order of kind and lane, and
/// returns whether the next tail has work.
struct TestsEmitter {
  let layout: ColumnLayout
  private var program: Program { layout.program }

  init(layout: ColumnLayout) {
    self.layout = layout
  }

  var isNeeded: Bool { !program.tests.isEmpty }

  /// Columns that must stand in memory when `tests` is called.
  var readColumns: Set<Int> {
    program.tests.loadedColumns.union(program.tests.storedColumns).union(program.pendingFlags)
  }

  /// Columns that the caller has to read anew.
  var writtenColumns: Set<Int> { program.tests.storedColumns.union(program.pendingFlags) }

  func emit(into text: inout CText) {
    guard isNeeded else { return }
    text.line("")
    text.block(
      "static __attribute__((noinline)) uint32_t tests(coppice_visit *const visit, "
        + "const uint32_t l0, const uint32_t k)"
    ) { text in
      layout.declareMemory(in: &text)
      text.line("const int64_t n = visit->first_step + k;")
      layout.declarePointers(readColumns, in: &text)
      text.line("const uint32_t ahead = visit->live_lanes > l0 ? visit->live_lanes - l0 : 0;")
      text.line(
        "const uint32_t live = ahead < \(layout.lanes) ? ((uint32_t)1 << ahead) - 1 "
          + ": ((uint32_t)1 << \(layout.lanes)) - 1;")
      text.line("coppice_mark *mark = visit->marks + visit->mark_count;")
      text.line("uint32_t pending = 0;")
      SectionEmitter(layout: layout).code(of: program.tests, in: &text)
      outcomes(in: &text)
      text.line("visit->mark_count = (uint32_t)(mark - visit->marks);")
      text.line("return pending;")
    }
  }

  private func outcomes(in text: inout CText) {
    var outputs = program.tests.outputs[...]
    if program.spikes, let spike = outputs.popFirst() {
      outcome(spike, kind: 0, isMarked: true, pending: program.pendingSpike, in: &text)
    }
    for (index, (event, output)) in zip(program.events, outputs).enumerated() {
      outcome(
        output, kind: index + 1, isMarked: event.isRecordable, pending: event.pending, in: &text)
    }
  }

  private func outcome(
    _ output: Int, kind: Int, isMarked: Bool, pending: Int?, in text: inout CText
  ) {
    text.block("") { text in
      text.line("uint32_t b = \(layout.mask)maskBits(v\(output)) & live;")
      text.block("if (b)") { text in
        if let pending {
          text.line("pending |= b;")
          text.line(layout.store("\(layout.mask)maskOf(b)", to: pending))
        }
        guard isMarked else { return }
        text.block("for (; b; b &= b - 1)") { text in
          text.line(
            "*mark++ = (coppice_mark){(uint16_t)k, \(kind), l0 + (uint32_t)__builtin_ctz(b)};")
        }
      }
    }
  }
}
