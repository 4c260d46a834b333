/// Writes the function `watch`, which evaluates gates, and what the step loop does with them.
///
/// What is known of gates stands in the group's memory, so that it lasts from visit to visit.
struct GatesEmitter {
  let layout: ColumnLayout
  private var gates: Gates { layout.gates }
  private var wide: String { layout.wide }
  private var mask: String { layout.mask }
  private var parts: Int { StateLayout.mostParts }

  init(layout: ColumnLayout) {
    self.layout = layout
  }

  var isNeeded: Bool { !gates.gates.isEmpty }

  func emit(into text: inout CText) {
    guard isNeeded else { return }
    if let clock = gates.clock { self.stepAfter(clock, in: &text) }
    text.line("")
    text.block(
      "static __attribute__((noinline)) void watch(const coppice_visit *const visit, "
        + "const uint32_t l0, const uint32_t k)"
    ) { text in
      VisitEmitter.declareMemory(of: layout, in: &text)
      text.line("const int64_t n = visit->first_step + k;")
      layout.declarePointers(gates.columns, in: &text)
      declarePointers(in: &text)
      text.line("const \(wide)real never = \(wide)set(__builtin_inf());")
      text.line("\(wide)real opens = never, rings = never;")
      text.line("int any_opens = 0, any_rings = 0, holds = 0;")
      for place in gates.gates.indices { gate(place, in: &text) }
      if gates.clock != nil {
        text.line("*deadline = any_opens ? step_after(uniforms, n, opens) : INT64_MAX;")
        text.line("*alarm = holds ? n : any_rings ? step_after(uniforms, n, rings) : INT64_MAX;")
      } else {
        text.line("*deadline = INT64_MAX;")
        text.line("*alarm = holds ? n : INT64_MAX;")
      }
    }
  }

  /// A function that gives the first step that is later than the earliest of some moments, and than n.
  private func stepAfter(_ clock: Int, in text: inout CText) {
    text.line("")
    text.block(
      "static int64_t step_after(const double *const uniforms, const int64_t n, "
        + "const \(wide)real moments)"
    ) { text in
      text.line("const double clock = uniforms[\(clock)];")
      text.line("if (!(clock > 0)) return n + 1;")
      text.line("_Alignas(64) double lanes[\(layout.lanes)];")
      text.line("\(wide)store(lanes, moments);")
      text.line("double moment = lanes[0];")
      text.line(
        "for (int l = 1; l < \(layout.lanes); ++l) moment = lanes[l] < moment ? lanes[l] : moment;")
      // A quotient is off by a part in 2^53, which is less than a step.
      text.line("double step = __builtin_floor(moment / clock) - 1;")
      text.line("if (step >= 0x1p52) return INT64_MAX;")
      text.line("if (!(step > (double)n)) step = (double)(n + 1);")
      text.line("while (step * clock \(hasWeakDeadlines ? "<" : "<=") moment) step += 1;")
      text.line("return (int64_t)step;")
    }
  }

  /// Whether some deadline has come when the time equals its moment.
  private var hasWeakDeadlines: Bool {
    gates.gates.contains { gate in
      gate.deadlines.instructions.contains { instruction in
        switch instruction.operation {
        case .compare(.greaterOrEqual, _, _), .compare(.lessOrEqual, _, _): true
        default: false
        }
      }
    }
  }

  private func declarePointers(in text: inout CText) {
    let part = layout.lanes == StateLayout.groupLanes ? "0" : "l0 % 8 / \(layout.lanes)"
    text.line("int64_t *const deadline = (int64_t *)(hot + \(layout.gatesOffset)) + \(part);")
    text.line("int64_t *const alarm = deadline + \(parts);")
    text.line("uint8_t *const gates = hot + \(layout.gatesOffset + 16 * parts);")
  }

  /// Evaluates a gate, and gathers the moments at which it may open in lanes that only wait for them.
  private func gate(_ place: Int, in text: inout CText) {
    let gate = gates.gates[place]
    let code = SectionEmitter(layout: layout)
    let (moments, any) = gate.isAlone ? ("rings", "any_rings") : ("opens", "any_opens")
    text.block("") { text in
      text.line("\(mask)mask open = \(mask)true();")
      text.block("") { text in
        code.instructions(of: gate.waiting, in: &text)
        if let output = gate.waiting.outputs.first { text.line("open = v\(output);") }
      }
      let outputs = gate.deadlines.outputs
      if !outputs.isEmpty {
        text.block("if (\(mask)any(open))") { text in
          code.instructions(of: gate.deadlines, in: &text)
          text.line("const \(mask)mask waiting = open;")
          for pair in stride(from: 0, to: outputs.count, by: 2) {
            let (comparison, moment) = ("v\(outputs[pair])", "v\(outputs[pair + 1])")
            text.block("") { text in
              text.line("const \(mask)mask due = \(mask)andNot(waiting, \(comparison));")
              text.block("if (\(mask)any(due))") { text in
                text.line("\(any) = 1;")
                text.line(
                  "\(moments) = \(wide)select(\(mask)and(due, \(wide)less(\(moment), \(moments))), "
                    + "\(moment), \(moments));")
              }
              text.line("open = \(mask)and(open, \(comparison));")
            }
          }
        }
      }
      if gate.isAlone {
        text.line("holds |= \(mask)any(open);")
      } else {
        keep(place, in: &text)
      }
    }
  }

  /// Keeps in which lanes a gate is open.
  private func keep(_ place: Int, in text: inout CText) {
    if layout.lanes == StateLayout.groupLanes {
      text.line("gates[\(place)] = (uint8_t)\(mask)maskBits(open);")
    } else {
      text.line("const uint32_t mine = (((uint32_t)1 << \(layout.lanes)) - 1) << l0 % 8;")
      text.line(
        "gates[\(place)] = (uint8_t)((gates[\(place)] & ~mine) | \(mask)maskBits(open) << l0 % 8);")
    }
  }

  /// Declares what the step loop looks at, at the beginning of a group of lanes.
  func declare(in text: inout CText) {
    guard isNeeded else { return }
    declarePointers(in: &text)
    text.line("if (pending & COPPICE_UNKNOWN) *deadline = INT64_MIN;")
  }

  /// Has gates evaluated anew when they are looked at next, if what was written is anything to them.
  func forget(after written: Set<Int>, in text: inout CText) {
    guard isNeeded, !gates.columns.isDisjoint(with: written) else { return }
    text.line("*deadline = INT64_MIN;")
  }

  /// Evaluates gates where that is due.
  func look(in text: inout CText) {
    guard isNeeded else { return }
    text.line("if (__builtin_expect(n >= *deadline, 0)) watch(visit, l0, k);")
  }

  /// Whether `tests` must run, behind the code of `everyStep`. Gates are kept as bits, and meet the bits
  /// of comparisons: narrow vectors take several operations to make masks of bits.
  var anyTest: String {
    var terms: [String] = []
    var free: [String] = []
    for (output, gate) in zip(gates.everyStep.outputs, gates.guards) {
      if let gate {
        terms.append("(\(mask)maskBits(v\(output)) & gates[\(gate)]\(shift))")
      } else {
        free.append("v\(output)")
      }
    }
    if let first = free.first {
      let any = free.dropFirst().reduce(first) { "\(mask)or(\($0), \($1))" }
      terms.append("\(mask)maskBits(\(any))")
    }
    if gates.gates.contains(where: \.isAlone) { terms.append("(uint32_t)(n >= *alarm)") }
    return terms.isEmpty ? "1" : "(\(terms.joined(separator: " | "))) != 0"
  }

  /// Brings the bits of the lanes that advance together down.
  private var shift: String { layout.lanes == StateLayout.groupLanes ? "" : " >> (l0 % 8)" }
}
