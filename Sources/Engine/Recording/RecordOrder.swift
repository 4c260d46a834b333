/// Brings records of one stream into the order of (step, neuron).
///
/// Workers own their neurons in ascending order, and a visit marks what happens in one step in the
/// order of lanes. So in their lists, one behind the other, the records of each step are in order,
/// and it is enough to count steps. Lists of which that does not hold are sorted by comparison.
struct RecordOrder {
  /// Steps between the first and the last record, over records, up to which steps are counted.
  private static let mostStepsPerRecord = 4

  /// By step from the first on: where its next record goes.
  private var places: [Int] = []

  /// The records of all lists, in new memory for whoever keeps them.
  ///
  /// - Complexity: O(records), or O(records log records) where they are compared.
  mutating func sorted(_ lists: [UnsafeBufferPointer<SpikeRecord>]) -> [SpikeRecord] {
    let count = lists.reduce(0) { $0 + $1.count }
    let (first, last) = lists.reduce((Int64.max, Int64.min)) {
      $1.reduce($0) { (min($0.0, $1.step), max($0.1, $1.step)) }
    }
    guard count > 0 else { return [] }
    var records: [SpikeRecord]
    if last - first <= Int64(RecordOrder.mostStepsPerRecord * count) {
      records = byStep(lists, count: count, steps: first...last)
    } else {
      records = lists.flatMap { $0 }
    }
    // The law of the type is not taken on trust: who reads the files relies on the order.
    if !RecordOrder.isSorted(records) { records.sort() }
    return records
  }

  /// The records by step, those of a step as they come.
  private mutating func byStep(
    _ lists: [UnsafeBufferPointer<SpikeRecord>], count: Int, steps: ClosedRange<Int64>
  ) -> [SpikeRecord] {
    let first = steps.lowerBound
    places.removeAll(keepingCapacity: true)
    places.append(contentsOf: repeatElement(0, count: Int(steps.upperBound - first) + 2))
    for list in lists {
      for record in list { places[Int(record.step - first) + 1] += 1 }
    }
    for step in places.indices.dropFirst() { places[step] += places[step - 1] }
    return Array(unsafeUninitializedCapacity: count) { target, initialized in
      for list in lists {
        for record in list {
          let step = Int(record.step - first)
          target.initializeElement(at: places[step], to: record)
          places[step] += 1
        }
      }
      initialized = count
    }
  }

  private static func isSorted(_ records: [SpikeRecord]) -> Bool {
    zip(records, records.dropFirst()).allSatisfy { $0 <= $1 }
  }
}
