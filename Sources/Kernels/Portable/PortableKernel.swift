package import KernelABI

/// Interprets a program over whole blocks, one array operation after the other.
///
/// Needs no compiler, and is the oracle for compiled kernels: both give the same bits.
package struct PortableKernel: Kernel {
  private let program: Program
  private let mathematics: PortableMathematics
  private let layout: PortableLayout

  private let derived: PortableSection
  private let initial: PortableSection
  private let probe: PortableSection
  private let update: PortableSection
  private let precondition: PortableSection
  private let tests: PortableSection
  private let secondReset: PortableSection
  private let reset: PortableSection
  private let actions: [PortableSection]
  private let ports: PortablePorts
  private let starts: [PortableSection]

  package init(program: Program, mathematics: PortableMathematics) {
    self.program = program
    self.mathematics = mathematics
    let pool = Self.pool(program)
    let places = Dictionary(uniqueKeysWithValues: pool.enumerated().map { ($1, $0) })
    derived = PortableSection(program.derived, of: program)
    initial = PortableSection(program.initial, of: program)
    probe = PortableSection(program.probe, of: program)
    update = PortableSection(program.update, of: program, pool: places)
    precondition = PortableSection(program.precondition, of: program, pool: places)
    tests = PortableSection(program.tests, of: program)
    secondReset = PortableSection(program.secondReset?.code ?? Section(), of: program)
    reset = PortableSection(program.reset, of: program)
    actions = program.events.map { PortableSection($0.action, of: program) }
    ports = PortablePorts(program)
    starts = program.starts.map { PortableSection($0, of: program) }
    layout = PortableLayout(
      program, pool: pool, summed: ports.summed.count,
      sections: [
        derived, initial, probe, update, precondition, tests, secondReset, reset,
      ]
        + actions + ports.sections + starts)
  }

  /// What the sections that run in every step read and what stays the same throughout a visit.
  private static func pool(_ program: Program) -> [PortableInstruction.Fill] {
    var pool: [PortableInstruction.Fill] = []
    for instruction in program.update.instructions + program.precondition.instructions
    where instruction.type != .boolean {
      if let fill = PortableInstruction.Fill(instruction), fill.lastsForVisit,
        !pool.contains(fill)
      {
        pool.append(fill)
      }
    }
    return pool
  }

  // MARK: Kernel

  package func groupWidth(lanes: Int) -> Int { max(lanes, Int(COPPICE_LANE_MULTIPLE)) }

  package func scratchBytes(lanes: Int) -> Int {
    // Amounts of additive ports are evaluated on so many lanes, whatever the block has.
    max(layout.bytesPerLane * max(lanes, Int(COPPICE_LANE_MULTIPLE)), 64)
  }

  package func visit(
    _ visit: UnsafeMutablePointer<coppice_visit>, scratch: UnsafeMutableRawPointer
  ) {
    visit.pointee.mark_count = 0
    guard visit.pointee.lanes > 0 else { return }
    var lanes = self.lanes(visit, scratch)
    lanes.gatherColumns()
    defer { lanes.scatterColumns() }
    for (buffer, fill) in layout.pool.enumerated() { lanes.fill(fill, into: .pooled(buffer)) }
    ports.clearSums(lanes)
    let probing = isProbing(visit.pointee)
    let end = Int(visit.pointee.event_offsets[1])
    var event = Int(visit.pointee.event_offsets[0])
    var (row, start) = (0, 0)
    for k in 0...visit.pointee.steps {
      let first = event
      while event < end, visit.pointee.events[event].step == k { event += 1 }
      // After the last step only a visit without steps has a tail.
      guard k < visit.pointee.steps || visit.pointee.steps == 0 else { break }
      lanes.step = visit.pointee.first_step + Int64(k) - 1
      ports.addSums(ofStep: k, lanes: lanes)
      tail(events: first..<event, lanes: &lanes)
      guard k < visit.pointee.steps else { break }
      lanes.step += 1
      run(startsOf: k, from: &start, lanes: lanes)
      if probing, visit.pointee.probe_due[Int(k)] != 0 {
        takeProbes(row: row, lanes: lanes)
        row += 1
      }
      lanes.run(update)
      test(k: k, visit: visit, lanes: lanes)
    }
  }

  /// Evaluates initial values on the visit's block, at its first step.
  package func initialise(
    _ visit: UnsafeMutablePointer<coppice_visit>, scratch: UnsafeMutableRawPointer
  ) {
    guard visit.pointee.lanes > 0 else { return }
    run(initial, lanes(visit, scratch))
  }

  /// Fills the derived columns of the visit's block.
  package func derive(
    _ visit: UnsafeMutablePointer<coppice_visit>, scratch: UnsafeMutableRawPointer
  ) {
    guard visit.pointee.lanes > 0 else { return }
    run(derived, lanes(visit, scratch))
  }

  private func run(_ section: PortableSection, _ lanes: PortableLanes) {
    lanes.gatherColumns()
    lanes.run(section)
    lanes.scatterColumns()
  }

  private func lanes(
    _ visit: UnsafeMutablePointer<coppice_visit>, _ scratch: UnsafeMutableRawPointer
  ) -> PortableLanes {
    var lanes = PortableLanes(
      visit: visit.pointee, scratch: scratch, layout: layout, mathematics: mathematics)
    lanes.step = visit.pointee.first_step
    return lanes
  }

  // MARK: Parts of a step

  /// What stimuli and schedule do at the start of step k; `next` is the first start not yet done.
  private func run(startsOf k: UInt32, from next: inout Int, lanes: PortableLanes) {
    guard let list = lanes.visit.starts else { return }
    var lanes = lanes
    while next < Int(lanes.visit.start_count), list[next].step == k {
      let start = list[next]
      next += 1
      (lanes.payload, lanes.payloads) = (start.value, start.values)
      if let mask = start.where {
        lanes.flags(layout.due).update(from: mask, count: lanes.count)
        lanes.run(starts[Int(start.code)], where: layout.due)
      } else {
        lanes.run(starts[Int(start.code)])
      }
    }
  }

  /// What step n leaves to be done once all spikes of n are known.
  private func tail(events: Range<Int>, lanes: inout PortableLanes) {
    ports.arrive(events: events, lanes: &lanes)
    if let pending = program.secondReset?.pending {
      let due = layout.due
      if takeDue(pending, into: due, lanes: lanes) { lanes.run(secondReset, where: due) }
    }
    if let flag = program.pendingSpike, lanes.any(.column(flag)) {
      if let second = program.secondReset {
        if let pending = second.pending {
          raiseBits(pending, where: flag, step: lanes.step + Int64(second.width), lanes: lanes)
        } else {
          lanes.run(secondReset, where: .column(flag))
        }
      }
      lanes.run(reset, where: .column(flag))
      lanes.clearFlags(.column(flag))
    }
    for (event, action) in zip(program.events, actions) where lanes.any(.column(event.pending)) {
      lanes.run(action, where: .column(event.pending))
      lanes.clearFlags(.column(event.pending))
    }
  }

  /// Lowers the bits of this step and raises flags where they were up; whether any was.
  private func takeDue(_ column: Int, into due: PortablePlace, lanes: PortableLanes) -> Bool {
    let bit = UInt64(1) << UInt64(lanes.step & 63)
    let bits = UnsafeMutableRawPointer(lanes.numbers(.column(column)))
      .assumingMemoryBound(to: UInt64.self)
    guard (0..<lanes.count).contains(where: { bits[$0] & bit != 0 }) else { return false }
    let flags = lanes.flags(due)
    for lane in 0..<lanes.count {
      flags[lane] = bits[lane] & bit != 0 ? 1 : 0
      bits[lane] &= ~bit
    }
    return true
  }

  private func raiseBits(_ column: Int, where flag: Int, step: Int64, lanes: PortableLanes) {
    let bit = UInt64(1) << UInt64(step & 63)
    let bits = UnsafeMutableRawPointer(lanes.numbers(.column(column)))
      .assumingMemoryBound(to: UInt64.self)
    let flags = lanes.flags(.column(flag))
    for lane in 0..<lanes.count where flags[lane] != 0 { bits[lane] |= bit }
  }

  private func isProbing(_ visit: coppice_visit) -> Bool {
    guard !probe.outputs.isEmpty, visit.probe_due != nil, let groups = visit.probe_groups,
      visit.probe_rows != nil
    else { return false }
    return (0..<Int(visit.lanes) / Int(COPPICE_GROUP_LANES)).contains { groups[$0] != 0 }
  }

  private func takeProbes(row: Int, lanes: PortableLanes) {
    guard let rows = lanes.visit.probe_rows else { return }
    lanes.compute(probe)
    var out = rows + row * probe.outputs.count * lanes.count
    for (place, type) in zip(probe.outputs, probe.outputTypes) {
      switch type {
      case .boolean:
        let flags = lanes.flags(place)
        for lane in 0..<lanes.count { out[lane] = Double(flags[lane]) }
      case .single:
        let singles = lanes.singles(place)
        for lane in 0..<lanes.count { out[lane] = Double(singles[lane]) }
      case .real, .integer: out.update(from: lanes.numbers(place), count: lanes.count)
      }
      out += lanes.count
    }
  }

  /// Thresholds and conditions on the new state.
  private func test(k: UInt32, visit: UnsafeMutablePointer<coppice_visit>, lanes: PortableLanes) {
    guard !tests.isEmpty else { return }
    if let possible = precondition.outputs.first {
      lanes.compute(precondition)
      guard lanes.any(possible) else { return }
    }
    lanes.run(tests)
    var outputs = tests.outputs[...]
    if program.spikes, let spikes = outputs.popFirst() {
      note(spikes, k: k, kind: 0, pending: program.pendingSpike, visit: visit, lanes: lanes)
    }
    for (index, (event, output)) in zip(program.events, outputs).enumerated() {
      note(
        output, k: k, kind: event.isRecordable ? index + 1 : nil, pending: event.pending,
        visit: visit, lanes: lanes)
    }
  }

  /// Appends marks and raises pending flags where a test holds, in lanes that are neurons.
  private func note(
    _ test: PortablePlace, k: UInt32, kind: Int?, pending: Int?,
    visit: UnsafeMutablePointer<coppice_visit>, lanes: PortableLanes
  ) {
    guard lanes.any(test) else { return }
    let flags = lanes.flags(test)
    let raised = pending.map { lanes.flags(.column($0)) }
    var count = Int(visit.pointee.mark_count)
    for lane in 0..<Int(visit.pointee.live_lanes) where flags[lane] != 0 {
      raised?[lane] = 1
      if let kind {
        visit.pointee.marks[count] = coppice_mark(
          step: UInt16(truncatingIfNeeded: k), kind: UInt16(truncatingIfNeeded: kind),
          lane: UInt32(truncatingIfNeeded: lane))
        count += 1
      }
    }
    visit.pointee.mark_count = UInt32(truncatingIfNeeded: count)
  }
}

extension PortableKernel {
  /// With the best functions of this processor (`COPPICE_PORTABLE` may name others).
  package init(program: Program) {
    guard let mathematics = PortableMathematics() else {
      preconditionFailure("every processor can run the baseline functions")
    }
    self.init(program: program, mathematics: mathematics)
  }
}
