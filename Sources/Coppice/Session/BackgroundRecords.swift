import Engine
import Storage

/// Hands records to a segment writer on the storage thread: the loop waits for no disk.
final class BackgroundRecords: RecordSink {
  /// Rows of one recording that follow each other.
  private struct Rows {
    var values: [Double] = []
    var count = 0
    var firstStep: Int64 = 0
  }

  /// Bytes of rows for which the thread is worth waking: it takes a core from a worker, and the
  /// others then wait for that one.
  static let fewestBytes = 1 << 19

  private let writer: SharedWriter
  private let thread: StorageThread
  /// By recording: rows held back.
  private var held: [Rows] = []

  init(_ writer: SharedWriter, on thread: StorageThread) {
    self.writer = writer
    self.thread = thread
  }

  func spikes(_ records: [SpikeRecord], stream: Int) throws(RecordError) {
    try requireThread()
    thread.give(bytes: records.count * 16) { [writer] () throws(StorageError) in
      try writer.take { (sink) throws(RecordError) in try sink.spikes(records, stream: stream) }
    }
  }

  func states(
    _ values: borrowing Span<Double>, rows: Int, firstStep: Int64, recording: Int
  ) throws(RecordError) {
    try requireThread()
    while held.count <= recording { held.append(Rows()) }
    if held[recording].count == 0 {
      held[recording].firstStep = firstStep
      // All at once: memory that grows is copied, and its pages are touched anew.
      held[recording].values.reserveCapacity(BackgroundRecords.fewestBytes / 8 + values.count)
    }
    held[recording].count += rows
    values.withUnsafeBufferPointer { held[recording].values.append(contentsOf: $0) }
    if held[recording].values.count * 8 >= BackgroundRecords.fewestBytes { give(recording) }
  }

  func flush() throws(RecordError) {
    try requireThread()
    for recording in held.indices where held[recording].count > 0 { give(recording) }
  }

  private func give(_ recording: Int) {
    let rows = held[recording]
    held[recording] = Rows()
    thread.give(bytes: rows.values.count * 8) { [writer] () throws(StorageError) in
      try writer.take { (sink) throws(RecordError) in
        try sink.states(
          rows.values.span, rows: rows.count, firstStep: rows.firstStep, recording: recording)
      }
    }
  }

  private func requireThread() throws(RecordError) {
    guard let fault = thread.fault else { return }
    throw RecordError(message: fault.description, exitCode: fault.exitCode)
  }
}

/// A segment writer as the storage thread uses it.
final class SharedWriter: @unchecked Sendable {
  // `@unchecked`: only the storage thread calls it, one piece of work after the other.
  private let writer: SegmentWriter
  private let path: String

  init(_ writer: SegmentWriter, path: String) {
    self.writer = writer
    self.path = path
  }

  func cut(at step: Int64) throws(StorageError) -> SegmentReceipt? { try writer.cut(at: step) }

  func take(
    _ body: (any RecordSink) throws(RecordError) -> Void
  ) throws(StorageError) {
    do throws(RecordError) {
      try body(writer)
    } catch {
      throw StorageError(
        call: "record", path: path, reason: error.message, exitCode: error.exitCode)
    }
  }
}
