import Glibc
import KernelABI
import Networks

/// How many numbers the records of packed rows have: so that they take the least memory.
struct RecordShape {
  /// By which no record lies in more cache lines than it must.
  private static let strides = [4, 8, 16] + Array(Swift.stride(from: 32, through: longest, by: 32))
  private static let longest = 8_192
  /// The share of rows that may be longer than a record.
  private static let mostApart = 0.1
  /// How much more memory than lists and their index records may take.
  private static let mostBytes = 1.35
  /// Rows are no longer than so many records: what counts may hold is planned by the longest.
  private static let longestInRecords = 8
  /// The largest distance of two slots that a record holds.
  private static let farthest = UInt32(UInt16.max)

  let stride: Int
  let bytes: Int
  /// Whether a distance may be too large.
  private let hasFarSlots: Bool

  /// Of rows as they are; `nil`: lists take less.
  ///
  /// - Parameter slots: that there are.
  init?(_ rows: SynapseRows, slots: Int) {
    let sources = rows.starts.count - 1
    guard sources > 0, rows.targets.count < sources * RecordShape.longest else { return nil }
    let hasFarSlots = slots > Int(RecordShape.farthest)
    // By a number of synapses: the rows that have more, or that no record can hold.
    var longer = [Int](repeating: 0, count: RecordShape.longest + 1)
    var longest = 0
    rows.targets.withUnsafeBufferPointer { targets in
      for source in 0..<sources {
        let row = UnsafeBufferPointer(
          rebasing: targets[Int(rows.starts[source])..<Int(rows.starts[source + 1])])
        longest = max(longest, row.count)
        let isNear = !hasFarSlots || RecordShape.isNear(row)
        if !isNear { longer[RecordShape.longest] += 1 }
        if isNear, row.count > 0 { longer[min(row.count, longer.count) - 1] += 1 }
      }
    }
    for most in longer.indices.dropLast().reversed() { longer[most] += longer[most + 1] }
    self.init(
      sources: sources, synapses: rows.targets.count, hasFarSlots: hasFarSlots,
      apart: { Double(longer[$0]) / Double(sources) })
    guard longest <= RecordShape.longestInRecords * stride else { return nil }
  }

  /// Of rows that targets have drawn independently; `nil`: lists take less.
  init?(expecting synapses: Double, sources: Int) {
    guard sources > 0, synapses > 0, synapses < 0x1p40 else { return nil }
    let mean = synapses / Double(sources)
    // Lengths by the law of Poisson, which is nearly the normal one.
    self.init(
      sources: sources, synapses: Int(synapses), hasFarSlots: false,
      apart: { erfc((Double($0) + 0.5 - mean) / (2 * mean).squareRoot()) / 2 })
  }

  /// - Parameter apart: the share of rows with more synapses than so many.
  private init?(
    sources: Int, synapses: Int, hasFarSlots: Bool, apart: (_ most: Int) -> Double
  ) {
    var best: (stride: Int, bytes: Double)?
    for stride in RecordShape.strides {
      guard Double(2 * stride) < best?.bytes ?? .infinity else { break }
      let share = apart(stride - 1)
      guard share <= RecordShape.mostApart else { continue }
      // Rows that are apart are hardly longer than a record.
      let bytes = Double(stride) * (2 + 4 * share)
      if bytes < best?.bytes ?? .infinity { best = (stride, bytes) }
    }
    let listed = 4 * Double(sources + synapses)
    guard let best, best.bytes * Double(sources) <= RecordShape.mostBytes * listed else {
      return nil
    }
    stride = best.stride
    bytes = Int(best.bytes * Double(sources))
    self.hasFarSlots = hasFarSlots
  }

  /// Whether a record holds a row.
  func fits(_ row: UnsafeBufferPointer<UInt32>) -> Bool {
    row.count < stride && (!hasFarSlots || RecordShape.isNear(row))
  }

  private static func isNear(_ row: UnsafeBufferPointer<UInt32>) -> Bool {
    coppice_largest_distance(row.baseAddress, row.count) <= farthest
  }
}
