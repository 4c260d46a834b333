/// Brings records of one stream into the order of (step, neuron).
///
/// Workers own their neurons in ascending order, and a visit marks what happens in one step in the
/// order of lanes. So in their lists, one behind the other, the records of each step are in order,
/// and it is enough to count steps. Lists of which that does not hold are sorted by comparison.
struct RecordOrder: ~Copyable {
  /// Steps between the first and the last record, over records, up to which steps are counted.
  private static let mostStepsPerRecord = 4

  /// By step from the first on: where its next record goes.
  private var places: [Int] = []
  private var sorted = GrowingList<SpikeRecord>(capacity: 1024)

  /// - Complexity: O(records), or O(records log records) where they are compared.
  mutating func sort(_ records: inout GrowingList<SpikeRecord>) {
    guard !RecordOrder.isSorted(records.elements) else { return }
    if countSteps(of: records.elements) {
      swap(&records, &sorted)
      guard !RecordOrder.isSorted(records.elements) else { return }
    }
    var elements = records.mutableElements
    elements.sort()
  }

  /// Puts the records into `sorted` by step, those of a step as they come.
  ///
  /// - Returns: `false` if they are few over many steps.
  private mutating func countSteps(of records: UnsafeBufferPointer<SpikeRecord>) -> Bool {
    let (first, last) = records.reduce((Int64.max, Int64.min)) {
      (min($0.0, $1.step), max($0.1, $1.step))
    }
    guard !records.isEmpty, last - first <= Int64(RecordOrder.mostStepsPerRecord * records.count)
    else { return false }
    places.removeAll(keepingCapacity: true)
    places.append(contentsOf: repeatElement(0, count: Int(last - first) + 2))
    for record in records { places[Int(record.step - first) + 1] += 1 }
    for step in places.indices.dropFirst() { places[step] += places[step - 1] }
    sorted.removeAll()
    sorted.append(contentsOf: records)
    let target = sorted.mutableElements
    for record in records {
      let step = Int(record.step - first)
      target[places[step]] = record
      places[step] += 1
    }
    return true
  }

  private static func isSorted(_ records: UnsafeBufferPointer<SpikeRecord>) -> Bool {
    zip(records, records.dropFirst()).allSatisfy { $0 <= $1 }
  }
}
