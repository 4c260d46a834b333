import KernelABI

/// Writes what additive ports add to the state: sums that the engine has made, and the passage over
/// the events of a step that makes the others.
struct ArrivalsEmitter {
  let layout: ColumnLayout
  private var program: Program { layout.program }

  init(layout: ColumnLayout) {
    self.layout = layout
  }

  /// Local variables that hold columns there; in short visits all stand in memory.
  private var locals: Set<Int> { layout.visits == .long ? layout.hot : [] }

  /// Lanes whose sums lie together.
  private static let width = Int(COPPICE_GROUP_LANES)

  /// Of sixteen lanes the upper half's sums are those of the next group.
  private var isPair: Bool { layout.lanes > Self.width }

  var hasSums: Bool { !program.sums.isEmpty }

  /// Declares `arriving`: bit k where the group of lane `l0` has sums in step k.
  func declareArriving(in text: inout CText) {
    let due = layout.ofEight("visit->sums_due")
    text.line("const uint32_t arriving = visit->sums_due ? \(due) : 0;")
  }

  /// Declares the group's events: from `event` to `end`.
  func declareEvents(in text: inout CText) {
    text.line("const uint32_t *const offsets = visit->event_offsets + l0 / \(layout.lanes);")
    text.line("const coppice_event *event = visit->events + offsets[0];")
    text.line("const coppice_event *const end = visit->events + offsets[1];")
  }

  /// Adds the sums of the step that the engine has made, and leaves none behind.
  func takeSums(in text: inout CText) {
    declareSums(in: &text)
    addSums(to: locals, from: ("sums", "upper"), in: &text)
    clearSums(in: &text)
  }

  /// Declares where the sums of the group of lane `l0` lie: `sums`, and `upper` for its upper half.
  func declareSums(in text: inout CText) {
    let stepSums = program.sums.count * Self.width
    text.line(
      "double *const sums = visit->sums + "
        + "((uintptr_t)(l0 / \(Self.width)) * visit->sum_depth + k) * \(stepSums) "
        + "+ l0 % \(Self.width);")
    guard isPair else { return }
    text.line("double *const upper = sums + (uintptr_t)visit->sum_depth * \(stepSums);")
  }

  /// Declares `due` and `upper_due`: where the sums lie if a condition holds, else sums of nothing, so
  /// that they can be added without a branch.
  func declareDueSums(where condition: String, in text: inout CText) {
    declareSums(in: &text)
    text.line("const double *const due = \(condition) ? sums : no_sums;")
    guard isPair else { return }
    text.line("const double *const upper_due = \(condition) ? upper : no_sums;")
  }

  /// Defines `no_sums`.
  func defineNoSums(in text: inout CText) {
    let count = program.sums.count * Self.width
    let nothing = [String](repeating: "-0.0", count: count).joined(separator: ", ")
    text.line("static const _Alignas(64) double no_sums[] = {\(nothing)};")
  }

  /// Adds sums to columns, of which some stand in local variables.
  func addSums(
    to locals: Set<Int>, from source: (lower: String, upper: String), in text: inout CText
  ) {
    let state = SectionEmitter(layout: layout, surroundings: .init(locals: locals))
    let (wide, mask) = (layout.wide, layout.mask)
    for (place, columns) in program.sums.enumerated() {
      let (lower, upper) = (
        "\(source.lower) + \(place * Self.width)", "\(source.upper) + \(place * Self.width)"
      )
      text.block("") { text in
        text.line(
          isPair
            ? "const \(wide)real a = {cv_load(\(lower)), cv_load(\(upper))};"
            : "const \(wide)real a = \(wide)load(\(lower));")
        text.line("const \(mask)mask m = \(wide)isNotMinusZero(a);")
        for column in columns {
          let sum = state.sum(of: column, and: "a", where: "m")
          text.line(state.assignment(of: sum, to: column))
        }
      }
    }
  }

  /// Leaves no sums behind.
  func clearSums(in text: inout CText) {
    for place in program.sums.indices {
      for source in isPair ? ["sums", "upper"] : ["sums"] {
        let prefix = isPair ? "cv_" : layout.wide
        text.line("\(prefix)store(\(source) + \(place * Self.width), \(prefix)set(-0.0));")
      }
    }
  }

  /// Passes over the events of the step, summing the amounts of additive ports.
  func emit(into text: inout CText) {
    let sums = program.sums
    for sum in sums.indices {
      text.line("_Alignas(64) double a\(sum)[\(layout.lanes)] = {0};")
      text.line("uint32_t t\(sum) = 0;")
    }
    let state = SectionEmitter(layout: layout, surroundings: .init(locals: locals))
    if program.hasMaskedContributions, let flag = program.notRefractory {
      text.line("const uint32_t free = \(layout.mask)maskBits(\(state.column(flag)));")
    }
    text.block("do", closing: "} while (++event != end && event->step == k);") { text in
      text.line("const uint32_t l = event->lane - l0;")
      text.line("const double w = event->payload;")
      text.block("switch (event->port)") { text in
        for (index, port) in program.ports.enumerated() {
          guard case .additive(let contributions) = port else { continue }
          text.block("case \(index):", closing: "} break;") { text in
            for contribution in contributions {
              guard let sum = sums.firstIndex(where: { $0.first == contribution.column }) else {
                continue
              }
              self.addition(of: contribution, to: sum, in: &text)
            }
          }
        }
        text.line("default: others = 1;")
      }
    }
    for (sum, columns) in sums.enumerated() {
      text.block("if (t\(sum))") { text in
        text.line("const \(layout.mask)mask m = \(layout.mask)maskOf(t\(sum));")
        text.line("const \(layout.wide)real a = \(layout.wide)load(a\(sum));")
        for column in columns {
          let total = state.sum(of: column, and: "a", where: "m")
          text.line(state.assignment(of: total, to: column))
        }
      }
    }
  }

  /// Adds a contribution to the sum of the event's lane.
  private func addition(
    of contribution: Program.Contribution, to sum: Int, in text: inout CText
  ) {
    let amount = contribution.amount
    let isMasked = contribution.isMasked && program.notRefractory != nil
    text.block(isMasked ? "if (free >> l & 1)" : "") { text in
      var value = "amounts[0]"
      if amount.isPlainArithmetic {
        value = SectionEmitter.scalar(amount, in: &text)
      } else {
        SectionEmitter(layout: layout).instructions(of: amount, in: &text)
        text.line("_Alignas(64) double amounts[\(layout.lanes)];")
        text.line("\(layout.wide)store(amounts, v\(amount.outputs[0]));")
      }
      text.line("a\(sum)[l] += \(value);")
      text.line("t\(sum) |= (uint32_t)1 << l;")
    }
  }
}
