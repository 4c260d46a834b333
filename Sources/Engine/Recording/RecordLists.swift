/// The records of one worker, by stream.
final class RecordLists {
  private final class Stream {
    // Why accesses go unchecked stands at `Worker`.
    @exclusivity(unchecked) var list = GrowingList<SpikeRecord>(capacity: 64)
  }

  private let streams: [Stream]
  @exclusivity(unchecked) private(set) var count = 0

  init(streams: Int) {
    self.streams = (0..<streams).map { _ in Stream() }
  }

  func append(_ record: SpikeRecord, to stream: Int) {
    streams[stream].list.append(record)
    count += 1
  }

  func records(of stream: Int) -> UnsafeBufferPointer<SpikeRecord> {
    streams[stream].list.elements
  }

  func removeAll() {
    for stream in streams { stream.list.removeAll() }
    count = 0
  }
}
