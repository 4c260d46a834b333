/// Writes what a short visit asks memory for in advance: lines beside the stream of hot columns that
/// a group some places ahead will need.
///
/// A neuron that is near its threshold is so for many steps, and its timers, which lie apart, are then
/// looked at in each of them. So a group leaves a bit that says so to the next visit.
struct PrefetchEmitter {
  /// The bit of `pending` of a group whose tests had to be confirmed.
  static let near = 2
  /// Groups ahead: the time in which a line comes from the third-level cache.
  private static let distance = 4
  /// Lines of a group at the most; a program of many timers is not bound by their latency.
  private static let mostLines = 8
  private static let lineBytes = 64

  let layout: ColumnLayout
  private var program: Program { layout.program }

  init(layout: ColumnLayout) {
    self.layout = layout
  }

  /// Byte offsets of the lines of confirmations in a group of other columns.
  private var linesOfConfirmation: [Int] {
    let state = StateLayout(program)
    let lines = program.confirmation.loadedColumns.subtracting(state.hot).map {
      state.offsetInGroup(ofColumn: $0) / Self.lineBytes * Self.lineBytes
    }
    return Array(Set(lines).sorted().prefix(Self.mostLines))
  }

  func emit(into text: inout CText) {
    let lines = linesOfConfirmation
    let sums = program.summedColumns.count
    text.line("")
    text.block(
      "static inline void ask_ahead(const coppice_visit *const visit, const uint32_t l0, "
        + "const uint8_t *const hot)"
    ) { text in
      text.line("const uint32_t lanes = visit->lanes;")
      text.line("const uint32_t ahead = l0 + \(Self.distance) * COPPICE_WIDTH;")
      text.line("if (ahead >= lanes) return;")
      // Where nothing is needed a line is asked for that is here: that costs less than a branch
      // which cannot be foretold.
      if !lines.isEmpty {
        let state = StateLayout(program)
        text.line(
          "const uint8_t *const rest = visit->state + (uintptr_t)(lanes / 8) "
            + "* \(state.hotGroupBytes) + (uintptr_t)(ahead / 8) * \(state.restGroupBytes);")
        text.line(
          "const int near = visit->pending && visit->pending[ahead / COPPICE_WIDTH] & \(Self.near);"
        )
        for line in lines {
          text.line("__builtin_prefetch(near ? rest + \(line) : hot);")
        }
      }
      guard sums > 0 else { return }
      text.line("if (!visit->sums_due) return;")
      text.line(
        "const double *const sums = visit->sums "
          + "+ (uintptr_t)(ahead / 8) * visit->sum_depth * \(sums * StateLayout.groupLanes);")
      text.line("const int due = visit->sums_due[ahead / 8] & 1;")
      for column in 0..<min(sums, Self.mostLines) {
        text.line(
          "__builtin_prefetch(due ? (const uint8_t *)(sums + \(column * StateLayout.groupLanes)) "
            + ": hot);")
      }
    }
  }

  func call(in text: inout CText) {
    text.line("ask_ahead(visit, l0, hot);")
  }
}
