import Engine

/// Records of a stream that are not in the file yet.
///
/// Their steps are kept as runs: where many neurons fire in a step, in less than a third of the memory of
/// records. It is touched for the first time, and so costs more than what is written to it, on a core that
/// a worker of the loop waits for. (Records of a step each take 20 bytes in place of 16.)
struct StreamBuffer {
  /// Records that came together, in the order of (step, neuron).
  struct Piece {
    fileprivate(set) var neurons: [UInt32] = []
    fileprivate var runs: [(step: Int64, count: Int)] = []

    /// Of each record.
    var steps: [Int64] {
      var steps: [Int64] = []
      steps.reserveCapacity(neurons.count)
      for run in runs { steps.append(contentsOf: repeatElement(run.step, count: run.count)) }
      return steps
    }

    init(_ records: [SpikeRecord]) {
      neurons.reserveCapacity(records.count)
      for record in records {
        neurons.append(record.neuron)
        if runs.last?.step == record.step {
          runs[runs.count - 1].count += 1
        } else {
          runs.append((record.step, 1))
        }
      }
    }

    fileprivate var bytes: Int { neurons.count * 4 + runs.count * 16 }
  }

  private(set) var pieces: [Piece] = []
  private(set) var bufferedBytes = 0
  /// The newest record ever taken, for the check of the order.
  private(set) var last: SpikeRecord?

  /// Takes records in the order of (step, neuron), and keeps those within a window of steps.
  ///
  /// - Parameters:
  ///   - firstStep: none may be earlier.
  ///   - size: neurons of the population.
  /// - Returns: the first that is out of order or range; none was taken then.
  mutating func take(
    _ records: [SpikeRecord], from firstStep: Int64, within window: Range<Int64>, below size: Int
  ) -> SpikeRecord? {
    var newest = last ?? SpikeRecord(step: .min, neuron: 0)
    for record in records {
      guard newest <= record, record.step >= firstStep, Int(record.neuron) < size else {
        return record
      }
      newest = record
    }
    guard let first = records.first else { return nil }
    last = newest
    if window.contains(first.step), window.contains(newest.step) {
      keep(Piece(records))
    } else {
      keep(Piece(records.filter { window.contains($0.step) }))
    }
    return nil
  }

  private mutating func keep(_ piece: Piece) {
    guard !piece.neurons.isEmpty else { return }
    pieces.append(piece)
    bufferedBytes += piece.bytes
  }

  mutating func clear() {
    pieces = []
    bufferedBytes = 0
  }
}
