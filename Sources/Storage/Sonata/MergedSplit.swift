import Engine

/// Turns merged SONATA files back into a segment, so that a finished run can go on.
///
/// Times become the steps that they were made of, and rows are taken as they stand, in the units
/// of files: merging the segment again gives the same bytes.
struct MergedSplit {
  let directory: OutputDirectory
  let layout: RecordingLayout
  /// The steps that the files cover.
  let merged: Range<Int64>
  /// The steps that are wanted.
  let steps: Range<Int64>

  /// Records read at a time.
  private static let pieceLength = 1 << 16
  /// Numbers of rows read at a time.
  private static let pieceNumbers = 1 << 22

  /// - Returns: The segment of rank 0 of one, on disk.
  /// - Throws: exit code 66 if a file is not what a merge of this layout makes.
  func run() throws(StorageError) -> SegmentReceipt {
    let draft = try SegmentDraft(
      directory: directory, layout: layout, rank: 0, ranks: 1, firstStep: steps.lowerBound)
    do throws(StorageError) {
      for (place, stream) in layout.streams.enumerated() {
        try split(stream, place, into: draft)
      }
      for (place, recording) in layout.states.enumerated() where !recording.neurons.isEmpty {
        if recording.isDouble {
          try split(recording, place, of: Double.self, into: draft)
        } else {
          try split(recording, place, of: Float.self, into: draft)
        }
      }
      return try draft.close(at: steps.upperBound).seal()
    } catch {
      draft.discard()
      throw error
    }
  }

  private func damaged(_ path: String, _ reason: String) -> StorageError {
    StorageError(
      call: "read merged output", path: path,
      reason: "the run cannot be continued from this file: \(reason)",
      exitCode: ExitCode.badInput)
  }

  // MARK: Spikes and events

  private func split(
    _ stream: RecordingLayout.Stream, _ place: Int, into draft: SegmentDraft
  ) throws(StorageError) {
    let path = try directory.file(stream.event == nil ? "spikes.h5" : "events.h5")
    let file = try HDF5File.open(path)
    let spikes = try file.openGroup("spikes")
    let group = try spikes.openGroup(stream.name)
    let times = try group.openDataset("timestamps")
    let neurons = try group.openDataset("node_ids")
    guard times.dimensions.count == 1, times.dimensions == neurons.dimensions else {
      throw damaged(group.path, "its timestamps and node_ids differ in number")
    }
    let total = times.dimensions[0]
    var last: SpikeRecord?
    for start in stride(from: 0, to: total, by: MergedSplit.pieceLength) {
      let count = min(MergedSplit.pieceLength, total - start)
      let piece = zip(
        try times.read(Double.self, at: [start], count: [count]),
        try neurons.read(UInt64.self, at: [start], count: [count]))
      var records: [SpikeRecord] = []
      for (time, neuron) in piece {
        let record = try record(time, neuron, of: stream, after: last, path: group.path)
        guard record.step < steps.upperBound else { break }
        last = record
        if record.step >= steps.lowerBound { records.append(record) }
      }
      let isLast = start + count == total || records.count < count
      try draft.append([StreamBuffer.Piece(records)], stream: place, isLast: isLast && start == 0)
      if isLast { break }
    }
    try times.close()
    try neurons.close()
    try group.close()
    try spikes.close()
    try file.close()
  }

  private func record(
    _ time: Double, _ neuron: UInt64, of stream: RecordingLayout.Stream, after last: SpikeRecord?,
    path: String
  ) throws(StorageError) -> SpikeRecord {
    guard let step = StepTime(dt: layout.dt).step(atMilliseconds: time), merged.contains(step),
      neuron < UInt64(stream.size)
    else { throw damaged(path, "neuron \(neuron) at \(time) ms is no spike of this run") }
    let record = SpikeRecord(step: step, neuron: UInt32(neuron))
    guard last.map({ $0 <= record }) ?? true else {
      throw damaged(path, "its spikes are not in order at \(time) ms")
    }
    return record
  }

  // MARK: States

  private func split<T: HDF5Element>(
    _ recording: RecordingLayout.States, _ place: Int, of type: T.Type, into draft: SegmentDraft
  ) throws(StorageError) {
    let first = recording.rows(in: merged).lowerBound
    let rows = recording.rows(in: steps)
    let columns = recording.neurons.count
    let width = recording.variables.count * columns
    let pieceRows = max(1, MergedSplit.pieceNumbers / width)
    for start in stride(from: 0, to: rows.count, by: pieceRows) {
      let count = min(pieceRows, rows.count - start)
      var values = [T](repeating: .zero, count: count * width)
      for variable in recording.variables.indices {
        let box = try read(
          type, recording, variable: variable,
          at: Int(rows.lowerBound - first) + start, count: count)
        for row in 0..<count {
          let target = row * width + variable * columns
          values.replaceSubrange(
            target..<target + columns, with: box[row * columns..<(row + 1) * columns])
        }
      }
      try draft.append(
        [values], rows: count, columns: Array(0..<columns), recording: place,
        isLast: count == rows.count)
    }
  }

  private func read<T: HDF5Element>(
    _ type: T.Type, _ recording: RecordingLayout.States, variable: Int, at row: Int, count: Int
  ) throws(StorageError) -> [T] {
    let path = try directory.file(recording.fileName(variable: variable))
    let file = try HDF5File.open(path)
    let report = try file.openGroup("report")
    let group = try report.openGroup(recording.population)
    let data = try group.openDataset("data")
    let columns = recording.neurons.count
    let element = try data.elementClass()
    guard data.dimensions.count == 2, data.dimensions[1] == columns,
      data.dimensions[0] >= row + count, element.kind == .float,
      element.bytes == MemoryLayout<T>.size
    else {
      throw damaged(
        data.path, "it has shape \(data.dimensions), due are \(row + count) rows of \(columns)")
    }
    let values = try data.read(type, at: [row, 0], count: [count, columns])
    try data.close()
    try group.close()
    try report.close()
    try file.close()
    return values
  }
}
