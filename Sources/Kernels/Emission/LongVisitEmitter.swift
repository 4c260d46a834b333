/// Writes the function `visit` for long visits: all steps of one group of lanes, then the next group.
struct LongVisitEmitter {
  let layout: ColumnLayout
  let functions: KernelFunctions
  private var program: Program { layout.program }

  func emit(into text: inout CText) {
    text.line("")
    text.block("static void visit(coppice_visit *const visit)") { text in
      layout.declareVisit(in: &text)
      text.block("for (uint32_t l0 = 0; l0 < live; l0 += \(layout.lanes))") { text in
        group(in: &text)
      }
    }
  }

  private func group(in text: inout CText) {
    layout.declareGroup(in: &text)
    text.line("const uint64_t i0 = visit->first_neuron + l0;")
    if functions.arrivals.hasSums {
      functions.arrivals.declareArriving(in: &text)
    }
    functions.arrivals.declareEvents(in: &text)
    text.line("uint32_t next = event != end ? event->step : UINT32_MAX;")
    var pointers = layout.everyStep.subtracting(layout.places.keys).union(program.summedColumns)
    if let bits = program.secondReset?.pending { pointers.insert(bits) }
    if let flag = program.notRefractory { pointers.insert(flag) }
    layout.declarePointers(pointers, in: &text)
    loadHotColumns(in: &text)
    layout.prefetchNextGroup(in: &text)
    pendingAtEntry(in: &text)
    functions.start.declare(in: &text)
    if functions.probe.isNeeded {
      text.line(
        "const uint8_t *const due = "
          + "visit->probe_due && \(layout.ofEight("visit->probe_groups")) ? visit->probe_due : 0;")
      text.line("uint32_t row = 0, next_row = due ? 0 : steps;")
      text.line("while (next_row < steps && !due[next_row]) ++next_row;")
    }
    text.block("for (uint32_t k = 0;;)") { text in step(in: &text) }
    storeHotColumns(in: &text)
    if !program.pendingFlags.isEmpty {
      text.line("if (visit->pending) visit->pending[l0 / \(layout.lanes)] = pending != 0;")
    }
  }

  private func loadHotColumns(in text: inout CText) {
    for column in layout.hot.sorted() where layout.places[column] == nil {
      text.line("\(layout.localType(column)) c\(column) = \(layout.memory(column));")
    }
    guard !layout.places.isEmpty else { return }
    let offsets = layout.offsetsOfPlaces.map(String.init).joined(separator: ", ")
    text.line("static const uint32_t offsets_of_h[] = {\(offsets)};")
    let main = layout.main
    text.line("\(main.prefix)real room[\(layout.places.count)];")
    text.line("\(main.prefix)real *h = room;")
    // So that no compiler sees that the array could be variables.
    text.line("__asm__ volatile(\"\" : \"+r\"(h) : : \"memory\");")
    text.block("for (uint32_t j = 0; j < \(layout.places.count); ++j)") { text in
      text.line("h[j] = \(main.prefix)load(\(Self.place(in: layout)));")
    }
  }

  /// Where the column of place j lies.
  private static func place(in layout: ColumnLayout) -> String {
    "(\(layout.main.memory) *)(hot + offsets_of_h[j] + l0 % \(layout.groupLanes) "
      + "* \(layout.main.bytes))"
  }

  private func storeHotColumns(in text: inout CText) {
    for column in layout.changing.sorted() where layout.places[column] == nil {
      text.line(layout.store("c\(column)", to: column))
    }
    guard !layout.places.isEmpty else { return }
    text.block("for (uint32_t j = 0; j < \(layout.places.count); ++j)") { text in
      text.line("\(layout.main.prefix)store(\(Self.place(in: layout)), h[j]);")
    }
  }

  private func pendingAtEntry(in text: inout CText) {
    if !program.pendingFlags.isEmpty {
      text.line("uint32_t pending = visit->pending ? visit->pending[l0 / \(layout.lanes)] : 1;")
    }
    if let bits = program.secondReset?.pending {
      text.line("uint64_t second = \(layout.wide)bitsOr(\(layout.memory(bits)));")
    }
  }

  /// One step: a single test decides whether anything is to be done before it.
  private func step(in text: inout CText) {
    text.line("const int64_t n = first + k;")
    var work = ["(k == next)"]
    if !program.pendingFlags.isEmpty { work.append("(pending != 0)") }
    if program.secondReset?.pending != nil { work.append("(second >> ((n - 1) & 63) & 1)") }
    if functions.isBetweenNeeded {
      let rare = Array(work.dropFirst())
      if functions.arrivals.hasSums { work.append("(arriving >> k & 1)") }
      text.block("if (__builtin_expect(\(work.joined(separator: " | ")), 0))") { text in
        betweenSteps(rare: rare, in: &text)
      }
    }
    text.line("if (k >= steps) break;")
    functions.start.act(in: &text) { text in
      layout.spill(functions.start.readColumns, in: &text)
      text.line(StartEmitter.call)
      layout.reload(functions.start.writtenColumns, in: &text)
    }
    if functions.probe.isNeeded {
      text.block("if (__builtin_expect(k == next_row, 0))") { text in
        layout.spill(functions.probe.readColumns, in: &text)
        text.line("probe(visit, l0, n, row);")
        text.line("++row;")
        text.line("do ++next_row; while (next_row < steps && !due[next_row]);")
      }
    }
    let everyStep = SectionEmitter(
      layout: layout,
      surroundings: .init(locals: layout.locals, hoisted: layout.hotUniforms))
    text.block("") { text in everyStep.code(of: program.update, in: &text) }
    if functions.tests.isNeeded {
      text.block("") { text in thresholds(everyStep, in: &text) }
    }
    text.line("if (++k == steps) break;")
  }

  /// Sums of arrivals, on local variables; then, where there is more to do, the tail on memory.
  private func betweenSteps(rare: [String], in text: inout CText) {
    if functions.arrivals.hasSums {
      text.block("if (arriving >> k & 1)") { text in functions.arrivals.takeSums(in: &text) }
    }
    text.line("const coppice_event *const from = event;")
    text.line("uint32_t others = 0;")
    text.block("if (k == next)") { text in
      functions.arrivals.emit(into: &text)
      text.line("next = event != end ? event->step : UINT32_MAX;")
    }
    guard functions.tail.isNeeded else { return }
    let condition = (["(others != 0)"] + rare).joined(separator: " | ")
    text.block("if (\(condition))") { text in
      layout.spill(functions.tail.readColumns, in: &text)
      text.line("tail(visit, l0, n - 1, from, event);")
      layout.reload(functions.tail.writtenColumns, in: &text)
      clearPending(in: &text)
    }
  }

  private func clearPending(in text: inout CText) {
    if !program.pendingFlags.isEmpty { text.line("pending = 0;") }
    if let bits = program.secondReset?.pending {
      text.line("second = \(layout.wide)bitsOr(\(layout.memory(bits)));")
    }
  }

  private func thresholds(_ everyStep: SectionEmitter, in text: inout CText) {
    var condition = "1"
    if let output = program.precondition.outputs.first {
      everyStep.code(of: program.precondition, in: &text)
      condition = "__builtin_expect(\(layout.mask)any(v\(output)), 0)"
    }
    text.block("if (\(condition))") { text in
      layout.spill(functions.tests.readColumns, in: &text)
      let call = "tests(visit, l0, k);"
      text.line(program.pendingFlags.isEmpty ? call : "pending = \(call)")
      layout.reload(functions.tests.writtenColumns, in: &text)
    }
  }
}
