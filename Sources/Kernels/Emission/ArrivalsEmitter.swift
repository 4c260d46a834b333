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
  /// Groups ahead whose sums a short visit asks memory for: the time in which a line comes from the
  /// third-level cache.
  private static let distance = 4
  /// Lines of sums at the most.
  private static let mostLines = 8

  /// Asks memory for the sums of a group some places ahead, which lie beside the stream of columns.
  ///
  /// Where there are none a line is asked for that is here: that costs less than a branch which
  /// cannot be foretold.
  func askAhead(in text: inout CText) {
    let count = program.sums.count
    guard count > 0 else { return }
    let width = Self.width
    let ahead = Self.distance * width
    for part in stride(from: ahead, to: ahead + max(layout.lanes, width), by: width) {
      text.block("if (visit->sums_due && l0 + \(part) < lanes)") { text in
        text.line("const uint32_t g = (l0 + \(part)) / \(width);")
        text.line(
          "const double *const sums = visit->sums + (uintptr_t)g * visit->sum_depth "
            + "* \(count * width);")
        text.line("const int any = visit->sums_due[g] & 1;")
        for sum in 0..<min(count, Self.mostLines) {
          text.line(
            "__builtin_prefetch(any ? (const void *)(sums + \(sum * width)) : (const void *)hot);")
        }
      }
    }
  }

  /// Adds the sums of the step that the engine has made, and leaves none behind.
  func addSums(in text: inout CText) {
    let width = Self.width
    let stepSums = program.sums.count * width
    text.line(
      "double *const sums = visit->sums + ((uintptr_t)(l0 / \(width)) * visit->sum_depth + k) * "
        + "\(stepSums) + l0 % \(width);")
    // Of sixteen lanes the upper half's are those of the next group.
    let isPair = layout.lanes > width
    if isPair {
      text.line(
        "double *const upper = sums + (uintptr_t)visit->sum_depth * \(stepSums);")
    }
    let state = SectionEmitter(layout: layout, surroundings: .init(locals: locals))
    for (place, columns) in program.sums.enumerated() {
      text.block("") { text in
        let (wide, mask) = (layout.wide, layout.mask)
        let (at, upperAt) = ("sums + \(place * width)", "upper + \(place * width)")
        text.line(
          isPair
            ? "const \(wide)real a = {cv_load(\(at)), cv_load(\(upperAt))};"
            : "const \(wide)real a = \(wide)load(\(at));")
        text.line("const \(mask)mask m = \(wide)isNotMinusZero(a);")
        for column in columns {
          let sum = state.sum(of: column, and: "a", where: "m")
          text.line(state.assignment(of: sum, to: column))
        }
        if isPair {
          text.line("cv_store(\(at), cv_set(-0.0));")
          text.line("cv_store(\(upperAt), cv_set(-0.0));")
        } else {
          text.line("\(wide)store(\(at), \(wide)set(-0.0));")
        }
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
