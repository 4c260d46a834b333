package import Engine

/// Writes one rank's records as segments: closed, fsynced, immutable files.
///
/// Records are held in memory up to a budget, then appended to an HDF5 file under a temporary
/// name, which `cut(at:)` completes. Who is killed loses what came after the last cut, nothing
/// else. All calls come from one thread, which also makes the HDF5 calls.
package final class SegmentWriter: RecordSink {
  private let directory: OutputDirectory
  private let layout: RecordingLayout
  private let rank: Int
  private let ranks: Int
  /// Bytes held in memory before they are appended to the file.
  private let budget: Int

  private var streams: [StreamBuffer]
  private var states: [StatesBuffer]
  /// The segment being written.
  private var draft: SegmentDraft
  /// After a failure nothing more is taken: a record may be missing.
  private var failure: StorageError?

  /// Starts at a step.
  ///
  /// - Parameters:
  ///   - directory: The run's; rank 0 has made it.
  ///   - layout: The same on all ranks. Rank 0 keeps it beside the segments.
  ///   - rank: This rank.
  ///   - ranks: How many there are.
  ///   - firstStep: 0, or the step of the checkpoint from which the run goes on.
  ///   - columns: For each states recording the places in its `neurons` that this rank owns,
  ///     ascending, in the order in which `states(_:rows:firstStep:recording:)` brings them.
  ///   - budget: Bytes of records held in memory.
  /// - Throws: exit code 65 if the layout cannot be written.
  package init(
    directory: OutputDirectory, layout: RecordingLayout, rank: Int, ranks: Int, firstStep: Int64,
    columns: [[Int]], budget: Int = 16 << 20
  ) throws(StorageError) {
    try layout.validate()
    guard columns.count == layout.states.count, firstStep >= 0, rank >= 0, rank < ranks else {
      throw StorageError(
        call: "begin segments", path: directory.segments,
        reason: "rank \(rank) of \(ranks), step \(firstStep) and columns of \(columns.count) "
          + "recordings do not fit the plan", exitCode: ExitCode.fault)
    }
    for (recording, own) in zip(layout.states, columns) {
      let isAscending = zip(own, own.dropFirst()).allSatisfy { $0 < $1 }
      guard isAscending, own.allSatisfy({ recording.neurons.indices.contains($0) }) else {
        throw StorageError(
          call: "begin segments", path: recording.name,
          reason: "columns are not places in the recording's neurons in ascending order",
          exitCode: ExitCode.fault)
      }
    }
    self.directory = directory
    self.layout = layout
    self.rank = rank
    self.ranks = ranks
    self.budget = budget
    streams = layout.streams.indices.map { _ in StreamBuffer() }
    states = zip(layout.states, columns).map { recording, own in
      StatesBuffer(
        columns: own, nextRow: recording.rows(in: firstStep..<Int64.max).lowerBound,
        isDouble: recording.isDouble)
    }
    draft = try SegmentDraft(
      directory: directory, layout: layout, rank: rank, ranks: ranks, firstStep: firstStep)
    if rank == 0 { try layout.save(in: directory) }
  }

  private var firstStep: Int64 { draft.firstStep }

  // MARK: Taking records

  package func spikes(_ records: [SpikeRecord], stream: Int) throws(RecordError) {
    guard streams.indices.contains(stream) else {
      throw RecordError(message: "there is no record stream \(stream)", exitCode: ExitCode.fault)
    }
    let window = layout.spikesFrom..<max(layout.spikesFrom, layout.spikesTo)
    if let misfit = streams[stream].take(
      records, from: firstStep, within: window, below: layout.streams[stream].size)
    {
      throw RecordError(
        message: "record (step \(misfit.step), neuron \(misfit.neuron)) of "
          + "\(layout.streams[stream].name) is out of order or range", exitCode: ExitCode.fault)
    }
    try flushIfDue()
  }

  package func states(
    _ values: borrowing Span<Double>, rows: Int, firstStep: Int64, recording: Int
  ) throws(RecordError) {
    guard states.indices.contains(recording), rows >= 0 else {
      throw RecordError(
        message: "there is no states recording \(recording)", exitCode: ExitCode.fault)
    }
    guard rows > 0 else { return }
    let plan = layout.states[recording]
    let columns = states[recording].columns.count
    let row = states[recording].nextRow
    guard plan.step(ofRow: row) == firstStep,
      let last = plan.step(ofRow: row + Int64(rows) - 1), last < plan.to,
      values.count == rows * plan.variables.count * columns
    else {
      throw RecordError(
        message: "\(rows) rows of \(plan.name) from step \(firstStep) with \(values.count) values: "
          + "due is row \(row) with \(plan.variables.count) variables of \(columns) neurons",
        exitCode: ExitCode.fault)
    }
    states[recording].append(values, rows: rows, variables: plan.variables)
    try flushIfDue()
  }

  // MARK: Writing

  private func flushIfDue() throws(RecordError) {
    do throws(StorageError) {
      if let failure { throw failure }
      guard bufferedBytes > budget else { return }
      try keepingFailure { () throws(StorageError) in try self.append(isLast: false) }
    } catch {
      throw RecordError(message: "\(error)", exitCode: error.exitCode)
    }
  }

  private var bufferedBytes: Int {
    streams.reduce(0) { $0 + $1.bufferedBytes } + states.reduce(0) { $0 + $1.bufferedBytes }
  }

  /// Ends the segment before `step` and begins the next one there: ``close(at:)``, then
  /// ``ClosedSegment/seal()``.
  @discardableResult
  package func cut(at step: Int64) throws(StorageError) -> SegmentReceipt? {
    guard let segment = try close(at: step) else { return nil }
    return try keepingFailure { () throws(StorageError) in try segment.seal() }
  }

  /// Completes the segment before `step`, and begins the next one there. The file is with the
  /// operating system then; ``ClosedSegment/seal()`` brings it to disk, on any thread.
  ///
  /// - Parameter step: An epoch boundary, past all records so far and not before them.
  /// - Returns: `nil` if no step has passed since the last cut.
  /// - Throws: exit code 70 if records are missing or late, 74 if the segment cannot be written.
  package func close(at step: Int64) throws(StorageError) -> ClosedSegment? {
    if let failure { throw failure }
    if step == firstStep { return nil }
    return try keepingFailure { () throws(StorageError) in
      try self.checkComplete(before: step)
      try self.append(isLast: true)
      let segment = try self.draft.close(at: step)
      self.draft = try SegmentDraft(
        directory: self.directory, layout: self.layout, rank: self.rank, ranks: self.ranks,
        firstStep: step)
      return segment
    }
  }

  /// Discards the open segment after a failure: what is whole stays, the rest never was.
  private func keepingFailure<T>(
    _ body: () throws(StorageError) -> T
  ) throws(StorageError) -> T {
    do throws(StorageError) {
      return try body()
    } catch {
      failure = error
      draft.discard()
      throw error
    }
  }

  private func checkComplete(before step: Int64) throws(StorageError) {
    let lateStream = streams.firstIndex { $0.last.map { $0.step >= step } ?? false }
    guard step >= firstStep, lateStream == nil else {
      throw fault("a record lies at or after step \(step), where the segment ends")
    }
    for (recording, buffer) in zip(layout.states, states) where !buffer.columns.isEmpty {
      let due = recording.rows(in: firstStep..<step).upperBound
      guard buffer.nextRow == due else {
        throw fault("\(recording.name) has \(buffer.nextRow) rows where \(due) are due")
      }
    }
  }

  private func fault(_ reason: String) -> StorageError {
    StorageError(
      call: "cut a segment", path: draft.path, reason: reason, exitCode: ExitCode.fault)
  }

  /// Appends what is held. What fits into memory whole is written in one piece, so that short
  /// runs with many streams stay small; the rest in chunks.
  private func append(isLast: Bool) throws(StorageError) {
    try Durability.requireSpace(bufferedBytes, at: directory.segments)
    try draft.open()
    for stream in streams.indices {
      try draft.append(streams[stream].pieces, stream: stream, isLast: isLast)
      streams[stream].clear()
    }
    for recording in states.indices {
      let buffer = states[recording]
      if buffer.isDouble {
        try draft.append(
          buffer.doubles, rows: buffer.rows, columns: buffer.columns, recording: recording,
          isLast: isLast)
      } else {
        try draft.append(
          buffer.floats, rows: buffer.rows, columns: buffer.columns, recording: recording,
          isLast: isLast)
      }
      states[recording].clear()
    }
  }
}

/// Rows of a states recording that are not in the file yet, in the units of files.
///
/// They are kept in the pieces in which they came: memory that grows is copied and its pages are touched
/// anew, on a core that a worker of the loop waits for.
private struct StatesBuffer {
  /// Places in the recording's neurons.
  let columns: [Int]
  let isDouble: Bool
  private(set) var floats: [[Float]] = []
  private(set) var doubles: [[Double]] = []
  private(set) var bufferedBytes = 0
  private(set) var rows = 0
  /// Place of the next row due, counted from the window's start.
  private(set) var nextRow: Int64

  init(columns: [Int], nextRow: Int64, isDouble: Bool) {
    self.columns = columns
    self.nextRow = nextRow
    self.isDouble = isDouble
  }

  /// Takes rows of SI values. One multiplication brings each to its unit, and one rounding to f32.
  mutating func append(
    _ values: borrowing Span<Double>, rows count: Int, variables: [RecordingLayout.Variable]
  ) {
    if isDouble {
      doubles.append(inUnits(values, of: variables) { $0 })
    } else {
      floats.append(inUnits(values, of: variables) { Float($0) })
    }
    bufferedBytes += values.count * (isDouble ? 8 : 4)
    rows += count
    nextRow += Int64(count)
  }

  /// [row][variable][column], each in its variable's unit.
  @inline(__always)
  private func inUnits<T>(
    _ values: borrowing Span<Double>, of variables: [RecordingLayout.Variable],
    _ rounded: (Double) -> T
  ) -> [T] {
    Array(unsafeUninitializedCapacity: values.count) { target, initialized in
      for place in stride(from: 0, to: values.count, by: max(columns.count, 1)) {
        let scale = variables[place / columns.count % variables.count].unit.scale
        for column in place..<place + columns.count {
          target.initializeElement(at: column, to: rounded(values[column] * scale))
        }
      }
      initialized = values.count
    }
  }

  mutating func clear() {
    floats = []
    doubles = []
    bufferedBytes = 0
    rows = 0
  }
}
