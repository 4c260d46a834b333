import Testing

@testable import Engine

/// Records of workers' lists in the order of (step, neuron).
@Suite struct RecordOrderTests {
  private func sorted(_ records: [SpikeRecord]) -> [SpikeRecord] {
    let middle = records.count / 3
    return records.withUnsafeBufferPointer { all in
      var order = RecordOrder()
      // Twice, as what is left of the first must not matter; once in two lists.
      _ = order.sorted([all])
      return order.sorted([
        UnsafeBufferPointer(rebasing: all[..<middle]),
        UnsafeBufferPointer(rebasing: all[middle...]),
      ])
    }
  }

  private func expectSorted(_ records: [SpikeRecord]) {
    let want = records.sorted { ($0.step, $0.neuron) < ($1.step, $1.neuron) }
    #expect(sorted(records) == want)
  }

  @Test func `a record is before another by its step, else by its neuron`() {
    let steps: [Int64] = [.min, -1, 0, 1, .max]
    let ascending = steps.flatMap { step in
      [0, 1, UInt32.max].map { SpikeRecord(step: step, neuron: $0) }
    }
    for (place, record) in ascending.enumerated() {
      for (other, later) in ascending.enumerated() {
        #expect((record < later) == (place < other))
        #expect((record == later) == (place == other))
      }
    }
  }

  @Test func `what visits of many steps leave is sorted by step`() {
    var random = SystemRandomNumberGenerator()
    var records: [SpikeRecord] = []
    // [worker and block][group of lanes][step][lane]
    for block in 0..<6 {
      for group in 0..<4 {
        for step in 0..<32 {
          for lane in 0..<8 where Bool.random(using: &random) {
            let neuron = UInt32(block * 32 + group * 8 + lane)
            records.append(SpikeRecord(step: 1_000_000_007 + Int64(step), neuron: neuron))
          }
        }
      }
    }
    #expect(records != records.sorted { ($0.step, $0.neuron) < ($1.step, $1.neuron) })
    expectSorted(records)
  }

  @Test func `lists in any other order are sorted too`() {
    var random = SystemRandomNumberGenerator()
    let records = (0..<500).map { _ in
      SpikeRecord(
        step: .random(in: 0..<40, using: &random), neuron: .random(in: 0..<50, using: &random))
    }
    expectSorted(records)
    expectSorted(records.sorted { ($0.step, $0.neuron) < ($1.step, $1.neuron) })
    expectSorted(records.sorted { ($0.step, $0.neuron) > ($1.step, $1.neuron) })
  }

  @Test func `few records over many steps take no memory by the step`() {
    expectSorted([
      SpikeRecord(step: 1 << 60, neuron: 1), SpikeRecord(step: 0, neuron: 9),
      SpikeRecord(step: 1 << 40, neuron: 0), SpikeRecord(step: 0, neuron: 3),
    ])
    expectSorted([])
    expectSorted([SpikeRecord(step: 5, neuron: 5)])
  }
}
