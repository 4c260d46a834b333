import Networks

/// Hands to a sink what the workers of this rank have recorded.
final class Recorder {
  /// Records that are worth a call of the sink: one-step epochs bring a few at a time, and the
  /// thread that writes them takes a core from a worker each time it wakes.
  private static let batch = 1 << 15

  private let streams: Int
  private let states: [StateRows]
  private var order = RecordOrder()
  /// What went wrong; recording stops with it.
  private(set) var fault: SimulationError?

  init(streams: Int, states: [StateRows]) {
    self.streams = streams
    self.states = states
  }

  /// Takes rows of every epoch, and records when there are enough or no epoch follows.
  func take(_ epoch: Epoch, from workers: [Worker], isLast: Bool, into sink: any RecordSink) {
    guard fault == nil else { return }
    do {
      for rows in states { try hand(rows, of: epoch, to: sink) }
      let waiting = workers.reduce(0) { $0 + $1.records.count }
      if waiting > 0, isLast || waiting >= Recorder.batch {
        try handRecords(of: workers, to: sink)
      }
      if isLast { try sink.flush() }
    } catch {
      fault = SimulationError(error.message, exitCode: error.exitCode)
    }
  }

  /// Takes what still waits to be more: with it the sink has all there is up to this boundary.
  func flush(from workers: [Worker], into sink: any RecordSink) {
    guard fault == nil else { return }
    do {
      try handRecords(of: workers, to: sink)
      try sink.flush()
    } catch {
      fault = SimulationError(error.message, exitCode: error.exitCode)
    }
  }

  private func handRecords(of workers: [Worker], to sink: any RecordSink) throws(RecordError) {
    for stream in 0..<streams { try hand(stream: stream, of: workers, to: sink) }
    for worker in workers { worker.clearRecords() }
  }

  private func hand(_ rows: StateRows, of epoch: Epoch, to sink: any RecordSink) throws(RecordError)
  {
    let due = rows.due(in: epoch)
    guard due.count > 0, rows.neurons > 0 else { return }
    let values = Span<Double>(_unsafeStart: rows.rows, count: due.count * rows.width)
    try sink.states(values, rows: due.count, firstStep: due.first, recording: rows.recording)
  }

  private func hand(
    stream: Int, of workers: [Worker], to sink: any RecordSink
  ) throws(RecordError) {
    // Workers' lists are in the order of blocks: within a visit of several steps that is not the
    // order of steps.
    let records = order.sorted(workers.map { $0.records.records(of: stream) })
    if !records.isEmpty { try sink.spikes(records, stream: stream) }
  }
}
