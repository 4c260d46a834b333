import Engine

/// A segment being written, under a temporary name.
final class SegmentDraft {
  private let directory: OutputDirectory
  private let layout: RecordingLayout
  private let rank: Int
  private let ranks: Int
  let firstStep: Int64
  /// From the first append on.
  private var file: HDF5File?
  /// Records of each stream and rows of each recording in the file.
  private var records: [Int]
  private var rows: [Int]

  init(
    directory: OutputDirectory, layout: RecordingLayout, rank: Int, ranks: Int, firstStep: Int64
  ) throws(StorageError) {
    self.directory = directory
    self.layout = layout
    self.rank = rank
    self.ranks = ranks
    self.firstStep = firstStep
    records = layout.streams.map { _ in 0 }
    rows = layout.states.map { _ in 0 }
    try Durability.removeIfPresent(partialPath)
  }

  deinit {
    if file != nil { discard() }
  }

  private var name: String { SegmentFile.name(firstStep: firstStep, rank: rank) }
  private var partialPath: String { SegmentFile.partialPath(name, in: directory) }
  /// Where the segment will stand.
  var path: String { "\(directory.segments)/\(name)" }

  func open() throws(StorageError) {
    guard file == nil else { return }
    file = try HDF5File.create(partialPath)
  }

  /// Removes what there is.
  func discard() {
    file = nil
    try? Durability.removeIfPresent(partialPath)
  }

  /// Appends records of a stream, piece by piece.
  ///
  /// - Parameter isLast: Nothing more of this stream will come; the file holds it as one block then if
  ///   nothing came before.
  func append(
    _ pieces: [StreamBuffer.Piece], stream: Int, isLast: Bool
  ) throws(StorageError) {
    let count = pieces.reduce(0) { $0 + $1.neurons.count }
    guard count > 0 else { return }
    let written = records[stream]
    try withGroup("streams", stream) { (group) throws(StorageError) in
      try SegmentDraft.append(
        pieces, \.steps, rows: count, shape: [], chunk: [8192], to: "step", in: group,
        written: written, isLast: isLast)
      try SegmentDraft.append(
        pieces, \.neurons, rows: count, shape: [], chunk: [8192], to: "neuron", in: group,
        written: written, isLast: isLast)
    }
    records[stream] += count
  }

  /// Appends rows of a states recording, [row][variable][column], in the units of files.
  func append<T: HDF5Element>(
    _ pieces: [[T]], rows count: Int, columns: [Int], recording: Int, isLast: Bool
  ) throws(StorageError) {
    guard count > 0, !columns.isEmpty else { return }
    let written = rows[recording]
    let shape = [layout.states[recording].variables.count, columns.count]
    let rowsInChunk = max(1, min(1 << 14, (1 << 18) / shape[1]))
    let chunk = [rowsInChunk, 1, min(shape[1], 1 << 18)]
    try withGroup("states", recording) { (group) throws(StorageError) in
      if written == 0 { try group.writeList("columns", columns.map { Int64($0) }) }
      try SegmentDraft.append(
        [pieces.concatenated], \.self, rows: count, shape: shape, chunk: chunk, to: "data",
        in: group, written: written, isLast: isLast)
    }
    rows[recording] += count
  }

  /// Appends rows of `shape` to a dataset, or creates it.
  ///
  /// - Parameter values: of a piece, rows one behind the other.
  private static func append<Piece, T: HDF5Element>(
    _ pieces: [Piece], _ values: (Piece) -> [T], rows: Int, shape: [Int], chunk: [Int],
    to name: String, in group: borrowing HDF5Group, written: Int, isLast: Bool
  ) throws(StorageError) {
    var dataset: HDF5Dataset
    if written > 0 {
      dataset = try group.openDataset(name)
      try dataset.extend(to: written + rows)
    } else {
      dataset = try group.createDataset(
        name, of: T.self, dimensions: [rows] + shape, chunk: isLast ? nil : chunk,
        isExtensible: !isLast)
    }
    var row = written
    for piece in pieces {
      let values = values(piece)
      let count = values.count / shape.reduce(1, *)
      try dataset.write(values, at: [row] + shape.map { _ in 0 }, count: [count] + shape)
      row += count
    }
    try dataset.close()
  }

  /// Calls `body` with the group `folder/place`, made where it is missing.
  private func withGroup(
    _ folder: String, _ place: Int,
    _ body: (borrowing HDF5Group) throws(StorageError) -> Void
  ) throws(StorageError) {
    try open()
    guard let outer = try file?.openOrCreateGroup(folder) else { return }
    let inner = try outer.openOrCreateGroup(String(place))
    try body(inner)
    try inner.close()
    try outer.close()
  }

  /// Completes the file. It is with the operating system then, under its temporary name.
  func close(at end: Int64) throws(StorageError) -> ClosedSegment {
    try open()
    let header = SegmentFile.Header(rank: rank, ranks: ranks, steps: firstStep..<end)
    try file?.writeList("header", header.values)
    try file.take()?.close()
    return ClosedSegment(in: directory, rank: rank, steps: header.steps)
  }
}

extension Array where Element: RangeReplaceableCollection {
  /// All lists one behind the other in memory that never grows.
  fileprivate var concatenated: Element {
    if count == 1 { return self[0] }
    var values = Element()
    values.reserveCapacity(reduce(0) { $0 + $1.count })
    for list in self { values += list }
    return values
  }
}

/// A segment that is complete, and not on disk for sure.
package struct ClosedSegment: Sendable {
  let name: String
  let directory: String
  /// Where it stands until it is sealed.
  package let partialPath: String
  let steps: Range<Int64>

  /// - Parameters:
  ///   - directory: Where segments lie; the file is there under its temporary name.
  ///   - rank: Who wrote it.
  ///   - steps: What it covers.
  package init(in directory: OutputDirectory, rank: Int, steps: Range<Int64>) {
    name = SegmentFile.name(firstStep: steps.lowerBound, rank: rank)
    self.directory = directory.segments
    partialPath = SegmentFile.partialPath(name, in: directory)
    self.steps = steps
  }

  /// Brings the segment to disk under its name. Calls no libhdf5, so any thread may.
  ///
  /// - Throws: exit code 74; the segment is removed then.
  package func seal() throws(StorageError) -> SegmentReceipt {
    try seal(with: DiskFiles())
  }

  package func seal(with files: some FileOperations) throws(StorageError) -> SegmentReceipt {
    do throws(StorageError) {
      try files.synchronizeFile(partialPath)
      let written = try files.digest(of: partialPath)
      try files.rename(partialPath, to: "\(directory)/\(name)")
      try files.synchronizeDirectory(directory)
      return SegmentReceipt(name: name, bytes: written.bytes, hash: written.hash, steps: steps)
    } catch {
      try? files.remove(partialPath)
      throw error
    }
  }
}
