import Engine

/// The records of one stream in one rank's segment, read piece by piece.
///
/// The file is opened for each piece anew: with thousands of ranks not all can be open.
private struct StreamSource {
  let path: String
  let stream: Int
  let steps: Range<Int64>
  let size: Int
  /// Records in the file.
  let count: Int
  let pieceLength: Int
  private var read = 0
  private var piece: [SpikeRecord] = []
  private var place = 0
  private var last: SpikeRecord?

  init(
    path: String, stream: Int, steps: Range<Int64>, size: Int, pieceLength: Int
  ) throws(StorageError) {
    self.path = path
    self.stream = stream
    self.steps = steps
    self.size = size
    self.pieceLength = pieceLength
    let file = try HDF5File.open(path)
    count = try StreamSource.withStream(stream, of: file) { (group) throws(StorageError) in
      let steps = try group.openDataset("step")
      let neurons = try group.openDataset("neuron")
      guard steps.dimensions.count == 1, steps.dimensions == neurons.dimensions else {
        throw SegmentFile.damaged(path, "its steps and neurons differ in number")
      }
      try steps.checkSize(fileBytes: try Durability.size(of: path))
      return steps.dimensions[0]
    }
    try file.close()
  }

  /// Calls `body` with the stream's group; 0 if the segment has none.
  private static func withStream(
    _ stream: Int, of file: borrowing HDF5File,
    _ body: (borrowing HDF5Group) throws(StorageError) -> Int
  ) throws(StorageError) -> Int {
    guard try file.kind(of: "streams") == .group else { return 0 }
    let streams = try file.openGroup("streams")
    guard try streams.kind(of: String(stream)) == .group else { return 0 }
    let group = try streams.openGroup(String(stream))
    return try body(group)
  }

  /// The next record; `nil` at the end.
  mutating func next() throws(StorageError) -> SpikeRecord? {
    if place == piece.count {
      guard read < count else { return nil }
      try refill()
    }
    defer { place += 1 }
    return piece[place]
  }

  /// The next records, as many as are read at a time; `nil` at the end.
  mutating func nextPiece() throws(StorageError) -> ArraySlice<SpikeRecord>? {
    if place == piece.count {
      guard read < count else { return nil }
      try refill()
    }
    defer { place = piece.count }
    return piece[place...]
  }

  private mutating func refill() throws(StorageError) {
    let (first, length) = (read, min(pieceLength, count - read))
    var records: [SpikeRecord] = []
    let file = try HDF5File.open(path)
    _ = try StreamSource.withStream(stream, of: file) { (group) throws(StorageError) in
      let steps = try group.openDataset("step").read(Int64.self, at: [first], count: [length])
      let neurons = try group.openDataset("neuron").read(UInt32.self, at: [first], count: [length])
      records = zip(steps, neurons).map { SpikeRecord(step: $0, neuron: $1) }
      return length
    }
    try file.close()
    guard records.count == length else { throw SegmentFile.damaged(path, "it changed meanwhile") }
    try check(records, from: first)
    piece = records
    place = 0
    read += length
  }

  /// - Parameter first: the place in the stream of the first record.
  private mutating func check(_ records: [SpikeRecord], from first: Int) throws(StorageError) {
    var last = self.last ?? SpikeRecord(step: .min, neuron: 0)
    for (place, record) in records.enumerated() {
      guard last <= record, steps.contains(record.step), Int(record.neuron) < size else {
        throw SegmentFile.damaged(
          path, "record \(first + place) of stream \(stream) is out of order or range")
      }
      last = record
    }
    self.last = last
  }
}

/// Merges the sources of one interval by (step, neuron); a binary heap of their foremost records.
private struct SourceHeap {
  private var sources: [StreamSource]
  private var heads: [(record: SpikeRecord, source: Int)] = []

  init(_ sources: [StreamSource]) throws(StorageError) {
    self.sources = sources
    for place in sources.indices {
      if let record = try self.sources[place].next() { heads.append((record, place)) }
    }
    for place in stride(from: heads.count / 2 - 1, through: 0, by: -1) { sift(place) }
  }

  mutating func next() throws(StorageError) -> SpikeRecord? {
    guard let first = heads.first else { return nil }
    if let record = try sources[first.source].next() {
      heads[0].record = record
    } else {
      heads[0] = heads[heads.count - 1]
      heads.removeLast()
    }
    sift(0)
    return first.record
  }

  private mutating func sift(_ start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heads.count {
        // Equal records are alike: whichever comes first.
        if heads[child].record < heads[least].record { least = child }
      }
      guard least != place else { return }
      heads.swapAt(place, least)
      place = least
    }
  }
}

/// Writes `spikes.h5` or `events.h5`.
struct SpikeFileMerge {
  let merger: OutputMerger
  let fileName: String
  let streams: [(offset: Int, element: RecordingLayout.Stream)]

  /// Records read and written at a time.
  static let pieceLength = 1 << 16

  /// Number of records of each stream, and their rates where these are wanted.
  func run() throws(StorageError) -> [(count: Int64, rate: RateCounter?)] {
    let file = try SonataFile.create(fileName, in: merger.directory)
    let spikes = try file.createGroup("spikes")
    var outcomes: [(count: Int64, rate: RateCounter?)] = []
    for (place, stream) in streams {
      outcomes.append(try merge(place, stream, into: spikes))
    }
    try spikes.close()
    try SonataFile.finish(file, path: try merger.directory.temporary(fileName))
    return outcomes
  }

  private func merge(
    _ place: Int, _ stream: RecordingLayout.Stream, into spikes: borrowing HDF5Group
  ) throws(StorageError) -> (count: Int64, rate: RateCounter?) {
    var intervals: [[StreamSource]] = []
    var total = 0
    for interval in merger.catalog.intervals {
      var sources: [StreamSource] = []
      // Together the pieces of all ranks take some 64 MiB at most.
      let pieceLength = max(256, min(SpikeFileMerge.pieceLength, (1 << 22) / interval.paths.count))
      for path in interval.paths {
        let source = try StreamSource(
          path: path, stream: place, steps: interval.steps, size: stream.size,
          pieceLength: pieceLength)
        total += source.count
        if source.count > 0 { sources.append(source) }
      }
      intervals.append(sources)
    }
    let group = try spikes.createGroup(stream.name)
    try group.writeAttribute("sorting", choice: 2, of: ["none", "by_id", "by_time"])
    let isRated = stream.event == nil && merger.layout.rateBin != nil
    var rate = isRated ? RateCounter(stream, merger: merger) : nil
    try write(intervals, total: total, into: group, rate: &rate)
    try group.close()
    return (Int64(total), rate)
  }

  private func write(
    _ intervals: [[StreamSource]], total: Int, into group: borrowing HDF5Group,
    rate: inout RateCounter?
  ) throws(StorageError) {
    var columns = try SpikeColumns(total: total, time: merger.time, in: group)
    for sources in intervals {
      if sources.count == 1 {
        var source = sources[0]
        while let piece = try source.nextPiece() {
          for record in piece { columns.append(record) }
          piece.forEach { rate?.count($0.step) }
          try columns.flushIfDue()
        }
        continue
      }
      var heap = try SourceHeap(sources)
      while let record = try heap.next() {
        columns.append(record)
        rate?.count(record.step)
        try columns.flushIfDue()
      }
    }
    try columns.close()
  }
}

/// The two datasets of a population's spikes, written piece by piece.
private struct SpikeColumns: ~Copyable {
  private let timestamps: HDF5Dataset
  private let nodeIDs: HDF5Dataset
  private let time: StepTime
  private var times: [Double] = []
  private var neurons: [UInt64] = []
  private var written = 0
  /// The step of the newest record, and its time: many records have one step.
  private var latest: (step: Int64, milliseconds: Double)

  init(total: Int, time: StepTime, in group: borrowing HDF5Group) throws(StorageError) {
    let timestamps = try group.createDataset("timestamps", of: Double.self, dimensions: [total])
    try timestamps.writeAttribute("units", text: "ms")
    let nodeIDs = try group.createDataset("node_ids", of: UInt64.self, dimensions: [total])
    self.timestamps = timestamps
    self.nodeIDs = nodeIDs
    self.time = time
    latest = (0, time.milliseconds(0))
  }

  mutating func append(_ record: SpikeRecord) {
    if record.step != latest.step { latest = (record.step, time.milliseconds(record.step)) }
    times.append(latest.milliseconds)
    neurons.append(UInt64(record.neuron))
  }

  mutating func flushIfDue() throws(StorageError) {
    if times.count >= SpikeFileMerge.pieceLength { try flush() }
  }

  private mutating func flush() throws(StorageError) {
    try timestamps.write(times, at: [written], count: [times.count])
    try nodeIDs.write(neurons, at: [written], count: [neurons.count])
    written += times.count
    times.removeAll(keepingCapacity: true)
    neurons.removeAll(keepingCapacity: true)
  }

  consuming func close() throws(StorageError) {
    if !times.isEmpty { try flush() }
    try timestamps.close()
    try nodeIDs.close()
  }
}
