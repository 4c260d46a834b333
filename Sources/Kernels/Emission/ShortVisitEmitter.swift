/// Writes the function `visit` for short visits: up to 64 groups of lanes go through each step
/// together, in memory.
///
/// What is rare happens in some groups of nearly every block, and no processor foretells in which. A
/// branch at each group would throw away what has been begun of the next ones; so the update of a step
/// is straight code, which adds the sums of arrivals and notes which groups have something to test.
/// Those are gone through behind it, as those with events or resets are before it.
struct ShortVisitEmitter {
  let layout: ColumnLayout
  let functions: KernelFunctions
  private var program: Program { layout.program }

  func emit(into text: inout CText) {
    if functions.arrivals.hasSums { functions.arrivals.defineNoSums(in: &text) }
    if functions.isBetweenNeeded { between(in: &text) }
    text.line("")
    text.block("static void visit(coppice_visit *const visit)") { text in
      layout.declareVisit(in: &text)
      let most = 64 * layout.lanes
      text.block("for (uint32_t from = 0; from < live; from += \(most))") { text in
        text.line("const uint32_t to = live - from < \(most) ? live : from + \(most);")
        functions.start.declare(in: &text)
        if functions.probe.isNeeded { text.line("uint32_t row = 0;") }
        text.block("for (uint32_t k = 0;;)") { text in step(in: &text) }
      }
    }
  }

  /// All that groups do in one step, one kind of work after the other.
  private func step(in text: inout CText) {
    text.line("const int64_t n = first + k;")
    if functions.arrivals.hasSums { text.line("uint64_t summed = 0;") }
    if functions.isBetweenNeeded {
      text.line("uint64_t busy = 0;")
      forEachGroup(in: &text) { text in noteBusy(in: &text) }
      if functions.arrivals.hasSums { text.line("if (\(needsSumsApart)) busy |= summed;") }
      forEachNoted(in: "busy", &text) { text in text.line("between(visit, l0, k);") }
    }
    text.line("if (k >= steps) break;")
    functions.start.act(in: &text) { text in
      forEachGroup(in: &text) { text in text.line(StartEmitter.call) }
    }
    if functions.probe.isNeeded { takeProbes(in: &text) }
    if functions.tests.isNeeded { text.line("uint64_t risen = 0;") }
    forEachGroup(in: &text) { text in update(in: &text) }
    if functions.tests.isNeeded {
      forEachNoted(in: "risen", &text) { text in
        guard !program.pendingFlags.isEmpty else { return text.line("tests(visit, l0, k);") }
        text.line("const uint32_t pending = tests(visit, l0, k);")
        text.line("if (visit->pending) visit->pending[l0 / \(layout.lanes)] = pending != 0;")
      }
    }
    if functions.arrivals.hasSums {
      forEachNoted(in: "summed", &text) { text in
        functions.arrivals.declareSums(in: &text)
        functions.arrivals.clearSums(in: &text)
      }
    }
    text.line("if (++k == steps) break;")
  }

  // MARK: Groups

  private func forEachGroup(in text: inout CText, _ body: (inout CText) -> Void) {
    text.block("for (uint32_t l0 = from; l0 < to; l0 += \(layout.lanes))", body)
  }

  /// Sets the bit of the group of lane `l0` where a condition holds, without a branch.
  private func note(_ condition: String, in bits: String, _ text: inout CText) {
    text.line("\(bits) |= (uint64_t)((\(condition)) != 0) << ((l0 - from) / \(layout.lanes));")
  }

  private func forEachNoted(
    in bits: String, _ text: inout CText, _ body: (inout CText) -> Void
  ) {
    text.block("for (; \(bits); \(bits) &= \(bits) - 1)") { text in
      text.line(
        "const uint32_t l0 = from + (uint32_t)__builtin_ctzll(\(bits)) * \(layout.lanes);")
      body(&text)
    }
  }

  // MARK: Between two steps

  /// Whether in this step something comes between arrivals and the update, or no update follows, so that
  /// sums cannot be left to it.
  private var needsSumsApart: String {
    var reasons = ["(k >= steps)"]
    if functions.start.isNeeded { reasons.append("(k == next_start)") }
    if functions.probe.isNeeded { reasons.append("(visit->probe_due && visit->probe_due[k])") }
    return reasons.joined(separator: " || ")
  }

  /// Notes whether the group of lane `l0` has sums of arrivals in this step, and whether it has any event
  /// in the visit or work that the step before has left.
  private func noteBusy(in text: inout CText) {
    if let bits = program.secondReset?.pending {
      layout.declareGroup(in: &text)
      layout.declarePointers([bits], in: &text)
    }
    text.line("const uint32_t *const offsets = visit->event_offsets + l0 / \(layout.lanes);")
    let work = ["(offsets[0] ^ offsets[1])"] + rareWork(in: &text)
    note(work.joined(separator: " | "), in: "busy", &text)
    guard functions.arrivals.hasSums else { return }
    functions.arrivals.declareArriving(in: &text)
    note("arriving >> k & 1", in: "summed", &text)
  }

  /// Conditions of the tail other than arrivals.
  private func rareWork(in text: inout CText) -> [String] {
    var rare: [String] = []
    if !program.pendingFlags.isEmpty {
      text.line(
        "const uint32_t pending = visit->pending ? visit->pending[l0 / \(layout.lanes)] : 1;")
      rare.append("pending")
    }
    if let bits = program.secondReset?.pending {
      rare.append("(\(layout.wide)bitsOr(\(layout.memory(bits))) >> ((n - 1) & 63) & 1)")
    }
    return rare
  }

  /// Writes the function `between`: arrivals of a step and the tail of the one before, on memory.
  private func between(in text: inout CText) {
    text.line("")
    text.block(
      "static __attribute__((noinline)) void between("
        + "const coppice_visit *const visit, const uint32_t l0, const uint32_t k)"
    ) { text in
      layout.declareMemory(in: &text)
      text.line("const int64_t n = visit->first_step + k;")
      var columns = Set(program.summedColumns)
      if let flag = program.notRefractory { columns.insert(flag) }
      if let bits = program.secondReset?.pending { columns.insert(bits) }
      layout.declarePointers(columns, in: &text)
      if functions.arrivals.hasSums {
        functions.arrivals.declareArriving(in: &text)
        text.block("if (arriving >> k & 1)") { text in
          functions.arrivals.takeSums(in: &text)
        }
      }
      functions.arrivals.declareEvents(in: &text)
      text.line("while (event != end && event->step < k) ++event;")
      text.line("const coppice_event *const from = event;")
      text.line("uint32_t others = 0;")
      text.block("if (event != end && event->step == k)") { text in
        functions.arrivals.emit(into: &text)
      }
      guard functions.tail.isNeeded else { return }
      let condition = (["others"] + rareWork(in: &text)).joined(separator: " | ")
      text.block("if (\(condition))") { text in
        text.line("tail(visit, l0, n - 1, from, event);")
        if !program.pendingFlags.isEmpty {
          text.line("if (visit->pending) visit->pending[l0 / \(layout.lanes)] = 0;")
        }
      }
    }
  }

  // MARK: A step

  private func takeProbes(in text: inout CText) {
    text.block("if (visit->probe_due && visit->probe_due[k])") { text in
      forEachGroup(in: &text) { text in
        text.line("if (\(layout.ofEight("visit->probe_groups"))) probe(visit, l0, n, row);")
      }
      text.line("++row;")
    }
  }

  /// The update of a group, and whether it has something to test.
  private func update(in text: inout CText) {
    layout.declareGroup(in: &text)
    text.line("const uint64_t i0 = visit->first_neuron + l0;")
    layout.declarePointers(layout.everyStep.union(program.summedColumns), in: &text)
    for column in layout.locals.sorted() {
      text.line("\(layout.localType(column)) c\(column) = \(layout.memory(column));")
    }
    if functions.arrivals.hasSums {
      let isDue = "(summed >> ((l0 - from) / \(layout.lanes)) & 1)"
      functions.arrivals.declareDueSums(where: isDue, in: &text)
      functions.arrivals.addSums(to: layout.locals, from: ("due", "upper_due"), in: &text)
    }
    let everyStep = SectionEmitter(
      layout: layout,
      surroundings: .init(locals: layout.locals, hoisted: layout.hotUniforms))
    text.block("") { text in everyStep.code(of: program.update, in: &text) }
    for column in layout.changing.intersection(layout.locals).sorted() {
      text.line(layout.store("c\(column)", to: column))
    }
    guard functions.tests.isNeeded else { return }
    text.block("") { text in
      guard let output = program.precondition.outputs.first else {
        return note("1", in: "risen", &text)
      }
      everyStep.code(of: program.precondition, in: &text)
      note("\(layout.mask)any(v\(output))", in: "risen", &text)
    }
  }
}
