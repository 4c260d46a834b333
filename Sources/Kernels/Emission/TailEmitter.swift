/// Writes the function `tail`: what is rare between two steps, on memory.
///
/// In the tail of step n: general arrivals, second resets that are due, resets of the spikes of n,
/// actions of the events of n.
struct TailEmitter {
  let layout: ColumnLayout
  private var program: Program { layout.program }

  init(layout: ColumnLayout) {
    self.layout = layout
  }

  /// Whether any program code runs there at all.
  var isNeeded: Bool { program.hasPendingWork || !generalPorts.isEmpty }

  /// Ports whose events run one by one.
  private var generalPorts: [(place: Int, code: Section)] {
    program.ports.enumerated().compactMap { place, port in
      if case .general(let code) = port { (place, code) } else { nil }
    }
  }

  /// Columns that must stand in memory when `tail` is called.
  var readColumns: Set<Int> {
    var columns = writtenColumns  // where a mask does not hold they keep what they are
    for section in sections { columns.formUnion(section.loadedColumns) }
    return columns
  }

  /// Columns that `tail` changes.
  var writtenColumns: Set<Int> {
    var columns = Set(program.pendingFlags)
    for section in sections { columns.formUnion(section.storedColumns) }
    if let pending = program.secondReset?.pending { columns.insert(pending) }
    return columns
  }

  private var sections: [Section] {
    var sections = [program.reset] + program.events.map(\.action)
    if let second = program.secondReset { sections.append(second.code) }
    return sections + generalPorts.map(\.code)
  }

  func emit(into text: inout CText) {
    guard isNeeded else { return }
    text.block(
      "static __attribute__((noinline)) void tail(const coppice_visit *const visit, "
        + "const uint32_t l0, const int64_t n, const coppice_event *const from, "
        + "const coppice_event *const stop)"
    ) { text in
      layout.declareMemory(in: &text)
      layout.declarePointers(readColumns, in: &text)
      generalArrivals(in: &text)
      secondResets(in: &text)
      resets(in: &text)
      actions(in: &text)
    }
  }

  private func generalArrivals(in text: inout CText) {
    let ports = generalPorts
    guard !ports.isEmpty else { return }
    text.line("uint32_t ordinal = 0;")
    text.block("for (const coppice_event *e = from; e != stop; ++e)") { text in
      text.line(
        "ordinal = e != from && e[-1].lane == e->lane && e[-1].port == e->port ? ordinal + 1 : 0;")
      text.line("const double w = e->payload;")
      text.line("const \(layout.mask)mask m = \(layout.mask)maskOf((uint32_t)1 << (e->lane - l0));")
      text.block("switch (e->port)") { text in
        for (place, code) in ports {
          text.block("case \(place):", closing: "} break;") { text in
            SectionEmitter(layout: layout, surroundings: .init(ordinal: "ordinal"))
              .code(of: code, mask: "m", in: &text)
          }
        }
      }
    }
  }

  private func secondResets(in text: inout CText) {
    guard let second = program.secondReset, let pending = second.pending else { return }
    text.block("") { text in
      text.line("const uint32_t bit = (uint32_t)(n & 63);")
      text.line("const \(layout.wide)bits b = \(layout.memory(pending));")
      text.line("const \(layout.mask)mask m = \(layout.wide)bitsTest(b, bit);")
      text.block("if (\(layout.mask)any(m))") { text in
        text.line(layout.store("\(layout.wide)bitsClear(b, m, bit)", to: pending))
        SectionEmitter(layout: layout).code(of: second.code, mask: "m", in: &text)
      }
    }
  }

  private func resets(in text: inout CText) {
    guard let flag = program.pendingSpike else { return }
    text.block("") { text in
      text.line("const \(layout.mask)mask m = \(layout.memory(flag));")
      text.block("if (\(layout.mask)any(m))") { text in
        text.line(layout.store("\(layout.mask)false()", to: flag))
        if let second = program.secondReset {
          if let pending = second.pending {
            let bit = "(uint32_t)((n + \(second.width)) & 63)"
            let raised = "\(layout.wide)bitsSet(\(layout.memory(pending)), m, \(bit))"
            text.line(layout.store(raised, to: pending))
          } else {
            text.block("") { text in
              SectionEmitter(layout: layout).code(of: second.code, mask: "m", in: &text)
            }
          }
        }
        text.block("") { text in
          SectionEmitter(layout: layout).code(of: program.reset, mask: "m", in: &text)
        }
      }
    }
  }

  private func actions(in text: inout CText) {
    for event in program.events {
      text.block("") { text in
        text.line("const \(layout.mask)mask m = \(layout.memory(event.pending));")
        text.block("if (\(layout.mask)any(m))") { text in
          text.line(layout.store("\(layout.mask)false()", to: event.pending))
          SectionEmitter(layout: layout).code(of: event.action, mask: "m", in: &text)
        }
      }
    }
  }
}
