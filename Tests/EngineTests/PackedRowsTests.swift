import KernelABI
import Networks
import RandomNumbers
import Testing

@testable import Engine

/// Rows come out of records as they went in.
@Suite struct PackedRowsTests {
  private static func row(_ source: UInt32, of rows: SynapseRows) -> [UInt32] {
    Array(rows.targets[Int(rows.starts[Int(source)])..<Int(rows.starts[Int(source) + 1])])
  }

  /// Lengths, and how many slots there are: of 72,000 some are too far from each other for two bytes.
  private static let cases: [(mean: ClosedRange<Int>, sources: Int, slots: Int)] = [
    (0...2, 700, 900), (2...5, 3_000, 72_000), (0...7, 500, 60_000), (9...21, 3_000, 100_000),
    (30...60, 400, 300), (200...300, 90, 65_535), (900...1_100, 30, 150_000),
  ]

  @Test(arguments: cases.indices)
  func everyRowIsUnpackedAndCountedAsItWas(number: Int) throws {
    let (mean, sources, slots) = Self.cases[number]
    var random = SplitMix(state: UInt64(number))
    // One in 30 does not fit: they are longer, if not by 8 records.
    let lengths = (0..<sources).map { source in
      source % 30 == 29 ? 2 * mean.upperBound + 1 : Int.random(in: mean, using: &random)
    }
    let rows = SynapseRows.drawn(lengths, slots: slots, using: &random)
    let far = (0..<UInt32(sources)).count { source in
      let row = Self.row(source, of: rows)
      return zip([0] + row, row).contains { $1 - $0 > 65_535 }
    }
    try #require((far > 0) == (slots == 72_000))
    let shape = try #require(RecordShape(rows, slots: slots))
    let apart = (0..<UInt32(sources)).count { source in
      Self.row(source, of: rows).withUnsafeBufferPointer { !shape.fits($0) }
    }
    try #require(apart > far && apart < sources / 5)
    var taken = rows
    let packed = try #require(PackedRows(taking: &taken, slots: slots))
    #expect(taken.targets.isEmpty && taken.starts.isEmpty)
    // One fires three times in a step, and the last source is read.
    let spikes = mean.upperBound < 100 ? 900 : 200
    var fired = (0..<spikes).map { _ in UInt32.random(in: 0..<UInt32(sources), using: &random) }
    fired += [UInt32(sources - 1), fired[0], fired[0]]
    fired.sort()
    let expected = fired.flatMap { Self.row($0, of: rows) }
    fired.withUnsafeBufferPointer { fired in
      packed.ask(for: fired)
      #expect(packed.synapses(of: fired) == expected.count)
      Self.expectUnpacked(packed, rows, fired, expected.count)
      Self.expectCounted(packed, expected, fired, slots)
    }
  }

  private static func expectUnpacked(
    _ packed: PackedRows, _ rows: SynapseRows, _ fired: UnsafeBufferPointer<UInt32>, _ synapses: Int
  ) {
    // Behind what another step has left.
    let before = 5
    var due = [coppice_due_row](repeating: coppice_due_row(), count: fired.count + 1)
    var slots = [UInt32](repeating: 77, count: synapses + before)
    due.withUnsafeMutableBufferPointer { due in
      slots.withUnsafeMutableBufferPointer { slots in
        var all = coppice_unpacked_rows(
          due: due.baseAddress, due_count: 1, slots: slots.baseAddress, slot_count: UInt32(before))
        packed.unpack(fired, k: 9, to: &all)
        var place = 0
        for row in due[1..<all.due_count] {
          // Those without synapses are left out.
          while Self.row(fired[place], of: rows).isEmpty { place += 1 }
          let times = fired[place...].prefix { $0 == fired[place] }.count
          #expect(Array(slots[Int(row.begin)..<Int(row.end)]) == Self.row(fired[place], of: rows))
          #expect(row.k == 9 && Int(row.times) == times)
          place += times
        }
        #expect(fired[place...].allSatisfy { Self.row($0, of: rows).isEmpty })
        #expect(slots[..<before].allSatisfy { $0 == 77 })
      }
    }
  }

  /// Sources that fire 300 times let counts run over.
  private static func expectCounted(
    _ packed: PackedRows, _ synapses: [UInt32], _ fired: UnsafeBufferPointer<UInt32>, _ slots: Int
  ) {
    let often = 300
    var counts = [UInt8](repeating: 0, count: 2 * slots)
    var full = [UInt64](repeating: 0, count: synapses.count * often / 256 + 1)
    var fullCount = 0
    counts.withUnsafeMutableBufferPointer { counts in
      full.withUnsafeMutableBufferPointer { full in
        var counted = coppice_counted_arrivals(
          counts: counts.baseAddress, step_slots: slots, full: full.baseAddress, full_count: 0)
        for time in 0..<often {
          let none = UnsafeBufferPointer<UInt32>(start: nil, count: 0)
          packed.count(fired, k: 1, upcoming: time % 2 == 0 ? fired : none, in: &counted)
        }
        fullCount = Int(counted.full_count)
      }
    }
    var expected = [Int](repeating: 0, count: slots)
    for slot in synapses { expected[Int(slot)] += often }
    for word in full[..<fullCount] {
      #expect(word >> 32 == 1)
      expected[Int(word & 0xFFFF_FFFF)] -= 256
    }
    #expect(fullCount >= synapses.count)
    #expect(expected == counts[slots...].map { Int($0) })
    #expect(counts[..<slots].allSatisfy { $0 == 0 })
  }

  /// Few synapses of many sources, rows of very different lengths, or no rows at all stay in lists.
  @Test func rowsThatListsHoldInLessStayThere() {
    var random = SplitMix(state: 5)
    var lengths = [Int](repeating: 0, count: 1_000)
    for rows in [
      SynapseRows.drawn([], slots: 10, using: &random),
      SynapseRows.drawn(lengths, slots: 10, using: &random),
      SynapseRows.drawn([1] + lengths, slots: 10, using: &random),
      SynapseRows.drawn((0..<200).map { $0 % 10 == 0 ? 40 : 1 }, slots: 900, using: &random),
      // One source that reaches all: counts would have to expect it in each spike.
      SynapseRows.drawn([3_000] + (0..<1_000).map { _ in 3 }, slots: 3_000, using: &random),
      SynapseRows.drawn((0..<50).map { _ in 3 }, slots: 10_000_000, using: &random),
    ] {
      var taken = rows
      #expect(PackedRows(taking: &taken, slots: 10_000_000) == nil)
      #expect(taken.targets == rows.targets && taken.starts == rows.starts)
    }
    lengths = lengths.map { _ in 3 }
    var taken = SynapseRows.drawn(lengths, slots: 3_000, using: &random)
    #expect(PackedRows(taking: &taken, slots: 3_000) != nil)
  }

  /// What is planned for rows that targets draw independently is what they take.
  @Test(arguments: [0.9, 3, 15.6, 62, 250, 1_000])
  func expectedRecordsTakeWhatTheyTake(mean: Double) throws {
    var random = SplitMix(state: UInt64(mean))
    let sources = 3_000
    let lengths = (0..<sources).map { _ in
      // Of many small chances one after the other.
      let exact = mean + mean.squareRoot() * random.normal()
      return mean > 50 ? max(0, Int(exact.rounded())) : Self.poisson(mean, &random)
    }
    let rows = SynapseRows.drawn(lengths, slots: 4_000, using: &random)
    let expected = try #require(
      RecordShape(expecting: Double(rows.targets.count), sources: sources))
    let found = try #require(RecordShape(rows, slots: 4_000))
    #expect(abs(found.stride - expected.stride) <= 32)
    #expect((0.85...1.15).contains(Double(found.bytes) / Double(expected.bytes)))
    if mean > 100 { #expect(Double(found.bytes) < 0.65 * 4 * Double(rows.targets.count)) }
  }

  private static func poisson(_ mean: Double, _ random: inout SplitMix) -> Int {
    let n = 200
    return (0..<n).count { _ in Double.random(in: 0..<1, using: &random) < mean / Double(n) }
  }
}
