import Engine
import Storage

/// Hands records to a segment writer on the storage thread: the loop waits for no disk.
final class BackgroundRecords: RecordSink {
  private let writer: SharedWriter
  private let thread: StorageThread

  init(_ writer: SharedWriter, on thread: StorageThread) {
    self.writer = writer
    self.thread = thread
  }

  func spikes(_ records: borrowing Span<SpikeRecord>, stream: Int) throws(RecordError) {
    try requireThread()
    let copy = records.withUnsafeBufferPointer { Array($0) }
    thread.give(bytes: copy.count * 16) { [writer] () throws(StorageError) in
      try writer.take { (sink) throws(RecordError) in try sink.spikes(copy.span, stream: stream) }
    }
  }

  func states(
    _ values: borrowing Span<Double>, rows: Int, firstStep: Int64, recording: Int
  ) throws(RecordError) {
    try requireThread()
    let copy = values.withUnsafeBufferPointer { Array($0) }
    thread.give(bytes: copy.count * 8) { [writer] () throws(StorageError) in
      try writer.take { (sink) throws(RecordError) in
        try sink.states(copy.span, rows: rows, firstStep: firstStep, recording: recording)
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
