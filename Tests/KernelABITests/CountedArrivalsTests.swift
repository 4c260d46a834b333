import KernelABI
import Testing

/// Counted arrivals leave the sums that adding one amount after the other leaves.
@Suite struct CountedArrivalsTests {
  private static let (groups, steps, slots) = (21, 7, 400)
  /// The tile begins behind other groups.
  private static let firstGroup = 5
  private static let sumsOfStep = 16

  private struct Place: Hashable {
    var slot: Int
    var k: Int
  }

  /// Memory as the engine lays it out, aligned to vectors.
  private final class Memory {
    let counts: UnsafeMutablePointer<UInt8>
    let sums: UnsafeMutablePointer<Double>
    let due: UnsafeMutablePointer<UInt32>
    let full: UnsafeMutablePointer<UInt64>
    static let sumCount = groups * steps * sumsOfStep

    init() {
      counts = .allocate(capacity: steps * slots)
      counts.initialize(repeating: 0, count: steps * slots)
      sums = UnsafeMutableRawPointer.allocate(byteCount: Self.sumCount * 8, alignment: 64)
        .assumingMemoryBound(to: Double.self)
      due = .allocate(capacity: groups)
      full = .allocate(capacity: 1_000)
      clear()
    }

    deinit {
      counts.deallocate()
      sums.deallocate()
      due.deallocate()
      full.deallocate()
    }

    func clear() {
      sums.initialize(repeating: -0.0, count: Self.sumCount)
      due.initialize(repeating: 0, count: groups)
    }

    var tile: coppice_tile {
      coppice_tile(
        sums: sums, due: due, first_group: UInt32(firstGroup),
        group_sums: UInt32(steps * sumsOfStep), end: UInt32((firstGroup + groups) * 8))
    }

    func sum(_ number: Int, at place: Place) -> Double {
      sums[
        (place.slot / 8 - firstGroup) * steps * sumsOfStep + place.k * sumsOfStep + number * 8
          + place.slot % 8]
    }
  }

  /// Rows of random slots of the tile and beside it; the eighth has one slot and fires `often`.
  private static func rows(
    _ count: Int, often: UInt32, _ random: inout SystemRandomNumberGenerator
  ) -> (targets: [UInt32], due: [coppice_due_row]) {
    var (targets, due): ([UInt32], [coppice_due_row]) = ([], [])
    for row in 0..<count {
      let begin = UInt32(targets.count)
      let length = row == 7 ? 1 : Int.random(in: 0...40, using: &random)
      for _ in 0..<length {
        targets.append(UInt32.random(in: 0..<UInt32(slots), using: &random))
      }
      if row == 7 { targets[Int(begin)] = UInt32(firstGroup * 8 + 3) }
      due.append(
        coppice_due_row(
          begin: begin, end: UInt32(targets.count),
          k: UInt32.random(in: 0..<UInt32(steps), using: &random),
          times: row == 7 ? often : UInt32.random(in: 1...2, using: &random)))
    }
    return (targets, due)
  }

  /// The operations of each kind of processor, which know nothing of counts that have run over, and the
  /// function that the engine calls, which does.
  @Test(
    arguments: [("baseline", 60), ("avx2", 60), ("avx512", 60), (nil, 600)] as [(String?, UInt32)])
  func countsBecomeTheSumsOfOneArrivalAfterTheOther(isa: String?, often: UInt32) throws {
    let operations = isa.map { coppice_portable_named($0) }
    if case .some(nil) = operations { return }
    let add = operations??.pointee.add_counted ?? coppice_add_counted
    var random = SystemRandomNumberGenerator()
    let memory = Memory()
    for (rows, isByStep) in [(900, true), (300, false), (0, true), (12, false)] {
      let (targets, drawn) = Self.rows(rows, often: often, &random)
      // As the engine brings them: many rows of a step, one after the other.
      let due = isByStep ? drawn.sorted { $0.k < $1.k } : drawn
      var arrivals: [Place: Int] = [:]
      for row in due {
        for synapse in Int(row.begin)..<Int(row.end) {
          arrivals[Place(slot: Int(targets[synapse]), k: Int(row.k)), default: 0] += Int(row.times)
        }
      }
      var counted = coppice_counted_arrivals(
        counts: memory.counts, step_slots: Self.slots, full: memory.full, full_count: 0)
      coppice_count_rows(&counted, due, due.count, targets)
      #expect(Int(counted.full_count) == arrivals.values.reduce(0) { $0 + $1 / 256 })
      #expect((counted.full_count > 0) == (often > 256 && rows > 7))
      memory.clear()
      // What other projections have left already.
      memory.sums[3] = 0.7
      var tile = memory.tile
      let amounts = [0.1, -0.3]
      for (number, amount) in amounts.enumerated() {
        add(
          &tile, UInt32(number * 8), UInt32(Self.sumsOfStep), UInt32(Self.steps), &counted, amount,
          number == 1 ? 1 : 0)
      }
      expectSums(of: amounts, arrivals, in: memory)
      expectCleared(arrivals, in: memory)
    }
  }

  private func expectSums(of amounts: [Double], _ arrivals: [Place: Int], in memory: Memory) {
    for slot in Self.firstGroup * 8..<(Self.firstGroup + Self.groups) * 8 {
      for k in 0..<Self.steps {
        let place = Place(slot: slot, k: k)
        for (number, amount) in amounts.enumerated() {
          let isSet = slot == Self.firstGroup * 8 + 3 && k == 0 && number == 0
          var expected = isSet ? 0.7 : -0.0
          for _ in 0..<(arrivals[place] ?? 0) { expected += amount }
          #expect(memory.sum(number, at: place).bitPattern == expected.bitPattern, "\(place)")
        }
        let isDue = memory.due[slot / 8 - Self.firstGroup] >> UInt32(k) & 1 == 1
        let group = slot / 8 * 8..<slot / 8 * 8 + 8
        #expect(isDue == group.contains { arrivals[Place(slot: $0, k: k)] != nil })
      }
    }
  }

  /// Counts of the tile are 0 again, those beside it are no business of its.
  private func expectCleared(_ arrivals: [Place: Int], in memory: Memory) {
    let tile = Self.firstGroup * 8..<(Self.firstGroup + Self.groups) * 8
    for k in 0..<Self.steps {
      for slot in 0..<Self.slots {
        let all = tile.contains(slot) ? 0 : arrivals[Place(slot: slot, k: k)] ?? 0
        #expect(memory.counts[k * Self.slots + slot] == UInt8(all % 256))
        memory.counts[k * Self.slots + slot] = 0
      }
    }
  }
}
