/// Writes the function `visit`: all steps of one group of lanes, then the next group.
struct VisitEmitter {
  let layout: ColumnLayout
  private let tail: TailEmitter
  private let tests: TestsEmitter
  private let probe: ProbeEmitter
  private var program: Program { layout.program }

  init(layout: ColumnLayout) {
    self.layout = layout
    tail = TailEmitter(layout: layout)
    tests = TestsEmitter(layout: layout)
    probe = ProbeEmitter(layout: layout)
  }

  /// Declares what each function takes from the visit; the compiler drops what is not used.
  static func declareMemory(in text: inout CText) {
    text.line("uint8_t *const state = visit->state;")
    text.line("const double *const uniforms = visit->uniforms;")
    text.line("const uint64_t *const streams = visit->streams;")
    text.line("const uint32_t lanes = visit->lanes;")
    text.line("const uint64_t i0 = visit->first_neuron + l0;")
  }

  func emit(into text: inout CText) {
    text.line("")
    text.block("static void visit(coppice_visit *const visit)") { text in
      text.line("const uint32_t lanes = visit->lanes, steps = visit->steps;")
      text.line("const int64_t first = visit->first_step;")
      text.line("const double *const uniforms = visit->uniforms;")
      for uniform in layout.hotUniforms.sorted() {
        text.line("const cv_real u\(uniform) = cv_set(uniforms[\(uniform)]);")
      }
      text.line("visit->mark_count = 0;")
      text.block("for (uint32_t l0 = 0; l0 < lanes; l0 += COPPICE_WIDTH)") { text in
        group(in: &text)
      }
    }
  }

  private func group(in text: inout CText) {
    text.line("uint8_t *const state = visit->state;")
    text.line("const uint64_t *const streams = visit->streams;")
    text.line("const uint64_t i0 = visit->first_neuron + l0;")
    text.line("const uint32_t *const offsets = visit->event_offsets + l0 / COPPICE_WIDTH;")
    text.line("const coppice_event *event = visit->events + offsets[0];")
    text.line("const coppice_event *const end = visit->events + offsets[1];")
    text.line("uint32_t next = event != end ? event->step : UINT32_MAX;")
    let additive = program.additiveColumns
    var pointers = layout.hot.subtracting(layout.places.keys).union(additive).union(
      program.pendingFlags)
    if let bits = program.secondReset?.pending { pointers.insert(bits) }
    if let flag = program.notRefractory { pointers.insert(flag) }
    layout.declarePointers(pointers, in: &text)
    loadHotColumns(in: &text)
    pendingAtEntry(in: &text)
    if probe.isNeeded {
      text.line(
        "const uint8_t *const due = "
          + "visit->probe_due && visit->probe_groups[l0 / COPPICE_LANE_MULTIPLE] "
          + "? visit->probe_due : 0;")
      text.line("uint32_t row = 0, next_row = due ? 0 : steps;")
      text.line("while (next_row < steps && !due[next_row]) ++next_row;")
    }
    text.block("for (uint32_t k = 0;;)") { text in step(in: &text) }
    storeHotColumns(in: &text)
  }

  private func loadHotColumns(in text: inout CText) {
    for column in layout.hot.sorted() where layout.places[column] == nil {
      text.line("\(layout.localType(column)) c\(column) = \(layout.memory(column));")
    }
    guard !layout.places.isEmpty else { return }
    let columns = layout.places.keys.sorted().map(String.init).joined(separator: ", ")
    text.line("static const uint32_t hot[] = {\(columns)};")
    text.line("cv_real room[\(layout.places.count)];")
    text.line("cv_real *h = room;")
    // So that no compiler sees that the array could be variables.
    text.line("__asm__ volatile(\"\" : \"+r\"(h) : : \"memory\");")
    text.block("for (uint32_t j = 0; j < \(layout.places.count); ++j)") { text in
      text.line("h[j] = cv_load((double *)state + (uintptr_t)lanes * hot[j] + l0);")
    }
  }

  private func storeHotColumns(in text: inout CText) {
    for column in layout.changing.sorted() where layout.places[column] == nil {
      text.line(layout.store("c\(column)", to: column))
    }
    guard !layout.places.isEmpty else { return }
    text.block("for (uint32_t j = 0; j < \(layout.places.count); ++j)") { text in
      text.line("cv_store((double *)state + (uintptr_t)lanes * hot[j] + l0, h[j]);")
    }
  }

  private func pendingAtEntry(in text: inout CText) {
    let flags = program.pendingFlags
    if !flags.isEmpty {
      let words = flags.map { "flags_word(p\($0))" }
      text.line("uint64_t pending = \(words.joined(separator: " | "));")
    }
    if let bits = program.secondReset?.pending {
      text.line("uint64_t second = cv_bitsOr(\(layout.memory(bits)));")
    }
  }

  /// One step: a single test decides whether anything is to be done before it.
  private func step(in text: inout CText) {
    text.line("const int64_t n = first + k;")
    var work = ["(k == next)"]
    if !program.pendingFlags.isEmpty { work.append("(pending != 0)") }
    if program.secondReset?.pending != nil { work.append("(second >> ((n - 1) & 63) & 1)") }
    if tail.isNeeded || !program.additiveColumns.isEmpty {
      text.block("if (__builtin_expect(\(work.joined(separator: " | ")), 0))") { text in
        betweenSteps(rare: Array(work.dropFirst()), in: &text)
      }
    }
    text.line("if (k >= steps) break;")
    if probe.isNeeded {
      text.block("if (__builtin_expect(k == next_row, 0))") { text in
        layout.spill(probe.readColumns, in: &text)
        text.line("probe(visit, l0, n, row);")
        text.line("++row;")
        text.line("do ++next_row; while (next_row < steps && !due[next_row]);")
      }
    }
    let everyStep = SectionEmitter(
      layout: layout,
      surroundings: .init(locals: layout.hot, hoisted: layout.hotUniforms))
    text.block("") { text in everyStep.code(of: program.update, in: &text) }
    if tests.isNeeded {
      text.block("") { text in thresholds(everyStep, in: &text) }
    }
    text.line("if (++k == steps) break;")
  }

  /// Sums of arrivals, on local variables; then, where there is more to do, the tail on memory.
  private func betweenSteps(rare: [String], in text: inout CText) {
    text.line("const coppice_event *const from = event;")
    text.line("uint32_t others = 0;")
    text.block("if (k == next)") { text in
      arrivals(in: &text)
      text.line("next = event != end ? event->step : UINT32_MAX;")
    }
    guard tail.isNeeded else { return }
    let condition = (["(others != 0)"] + rare).joined(separator: " | ")
    text.block("if (\(condition))") { text in
      layout.spill(tail.readColumns, in: &text)
      text.line("tail(visit, l0, n - 1, from, event, k < steps);")
      layout.reload(tail.writtenColumns, in: &text)
      if !program.pendingFlags.isEmpty { text.line("pending = 0;") }
      if let bits = program.secondReset?.pending {
        text.line("second = cv_bitsOr(\(layout.memory(bits)));")
      }
    }
  }

  /// Passes over the events of the step, summing the amounts of additive ports.
  private func arrivals(in text: inout CText) {
    let columns = program.additiveColumns.sorted()
    for column in columns {
      text.line("_Alignas(64) double a\(column)[COPPICE_WIDTH] = {0};")
      text.line("uint32_t t\(column) = 0;")
    }
    let state = SectionEmitter(layout: layout, surroundings: .init(locals: layout.hot))
    if program.hasMaskedContributions, let flag = program.notRefractory {
      text.line("const uint32_t free = cv_maskBits(\(state.column(flag)));")
    }
    text.block("do", closing: "} while (++event != end && event->step == k);") { text in
      text.line("const uint32_t l = event->lane - l0;")
      text.line("const double w = event->payload;")
      text.block("switch (event->port)") { text in
        for (index, port) in program.ports.enumerated() {
          guard case .additive(let contributions) = port else { continue }
          text.block("case \(index):", closing: "} break;") { text in
            for contribution in contributions { self.addition(of: contribution, in: &text) }
          }
        }
        text.line("default: others = 1;")
      }
    }
    for column in columns {
      text.block("if (t\(column))") { text in
        text.line("const cv_mask m = cv_maskOf(t\(column));")
        let old = state.column(column)
        let sum = "cv_select(m, \(old) + cv_load(a\(column)), \(old))"
        text.line(state.assignment(of: sum, to: column))
      }
    }
  }

  /// Adds a contribution to the sum of the event's lane.
  private func addition(of contribution: Program.Contribution, in text: inout CText) {
    let column = contribution.column
    let amount = contribution.amount
    let isMasked = contribution.isMasked && program.notRefractory != nil
    text.block(isMasked ? "if (free >> l & 1)" : "") { text in
      var value = "amounts[0]"
      if amount.isPlainArithmetic {
        value = SectionEmitter.scalar(amount, in: &text)
      } else {
        SectionEmitter(layout: layout).instructions(of: amount, in: &text)
        text.line("_Alignas(64) double amounts[COPPICE_WIDTH];")
        text.line("cv_store(amounts, v\(amount.outputs[0]));")
      }
      text.line("a\(column)[l] += \(value);")
      text.line("t\(column) |= (uint32_t)1 << l;")
    }
  }

  private func thresholds(_ everyStep: SectionEmitter, in text: inout CText) {
    var condition = "1"
    if let output = program.precondition.outputs.first {
      everyStep.code(of: program.precondition, in: &text)
      condition = "__builtin_expect(cv_any(v\(output)), 0)"
    }
    text.block("if (\(condition))") { text in
      layout.spill(tests.readColumns, in: &text)
      let call = "tests(visit, l0, k);"
      text.line(program.pendingFlags.isEmpty ? call : "pending = \(call)")
      layout.reload(tests.writtenColumns, in: &text)
    }
  }
}

extension Program {
  /// Columns that additive ports add to.
  var additiveColumns: Set<Int> { Set(contributions.map(\.column)) }

  /// Whether something is added only where the neuron is not refractory.
  var hasMaskedContributions: Bool { contributions.contains(where: \.isMasked) }

  private var contributions: [Contribution] {
    ports.flatMap { port -> [Contribution] in
      guard case .additive(let contributions) = port else { return [] }
      return contributions
    }
  }
}
