/// Writes one variable of a states recording as a SONATA frame report.
struct ReportMerge {
  let merger: OutputMerger
  /// Place of the recording in the layout.
  let place: Int
  let recording: RecordingLayout.States
  let variable: Int

  /// libsonata finds the times of frames by repeated addition, which misses the end after some
  /// 10^6 frames and asks for one frame more; beyond this many, the last one is written twice.
  static let mostFramesWithoutPadding: Int64 = 1_000_000

  func run() throws(StorageError) {
    let name = recording.fileName(variable: variable)
    let file = try SonataFile.create(name, in: merger.directory)
    let report = try file.createGroup("report")
    let population = try report.createGroup(recording.population)
    let rows = recording.rows(in: merger.catalog.steps)
    try writeMapping(rows, into: population)
    if recording.isDouble {
      try writeData(Double.self, rows: rows, into: population)
    } else {
      try writeData(Float.self, rows: rows, into: population)
    }
    try population.close()
    try report.close()
    try SonataFile.finish(file, path: try merger.directory.temporary(name))
  }

  private func writeMapping(
    _ rows: Range<Int64>, into population: borrowing HDF5Group
  ) throws(StorageError) {
    let count = recording.neurons.count
    let mapping = try population.createGroup("mapping")
    let nodeIDs = try mapping.createDataset("node_ids", of: UInt64.self, dimensions: [count])
    try nodeIDs.write(recording.neurons.map { UInt64($0) }, at: [0], count: [count])
    try nodeIDs.writeAttribute("sorted", number: UInt8(1))
    try nodeIDs.close()
    // libsonata reads `index_pointers`, BMTK `index_pointer`.
    try mapping.writeList("index_pointers", (0...count).map { UInt64($0) })
    try mapping.link("index_pointers", as: "index_pointer")
    let element = recording.variables[variable].compartment
    try mapping.writeList("element_ids", [UInt32](repeating: element, count: count))
    try mapping.writeList("element_pos", [Float](repeating: 0.5, count: count))
    let times = [
      milliseconds(ofRow: rows.lowerBound), milliseconds(ofRow: rows.upperBound),
      merger.time.milliseconds(recording.every),
    ]
    let time = try mapping.createDataset("time", of: Double.self, dimensions: [3])
    try time.write(times, at: [0], count: [3])
    try time.writeAttribute("units", text: "ms")
    try time.close()
    try mapping.close()
  }

  /// The time of a row; a row past the largest step never comes to be asked for.
  private func milliseconds(ofRow row: Int64) -> Double {
    merger.time.milliseconds(recording.step(ofRow: row) ?? Int64.max)
  }

  private func writeData<T: HDF5Element & BinaryFloatingPoint>(
    _ type: T.Type, rows: Range<Int64>, into population: borrowing HDF5Group
  ) throws(StorageError) {
    let columns = recording.neurons.count
    let isPadded = Int64(rows.count) > ReportMerge.mostFramesWithoutPadding
    let frames = rows.count + (isPadded ? 1 : 0)
    let chunk = ReportMerge.chunk(frames: frames, columns: columns)
    let data = try population.createDataset(
      "data", of: T.self, dimensions: [frames, columns], chunk: chunk)
    try data.writeAttribute("units", text: recording.variables[variable].unit.name)
    try data.writeAttribute("variable", text: recording.variables[variable].name)
    var last: [T] = []
    var sources = try SourceTable(self)
    for first in stride(from: 0, to: rows.count, by: chunk?[0] ?? max(rows.count, 1)) {
      let end = min(first + (chunk?[0] ?? rows.count), rows.count)
      let part = rows.lowerBound + Int64(first)..<rows.lowerBound + Int64(end)
      let values: [T] = try sources.read(part)
      try data.write(values, at: [first, 0], count: [part.count, columns])
      last = Array(values.suffix(columns))
    }
    if isPadded { try data.write(last, at: [rows.count, 0], count: [1, columns]) }
    try data.close()
  }

  /// Chunks along time, at most 1,024 neurons wide, so that neither reading one frame nor reading
  /// one neuron touches everything. A row of chunks takes some 32 MiB at most, as that much is
  /// held in memory. `nil` for a report without data.
  static func chunk(frames: Int, columns: Int) -> [Int]? {
    guard frames > 0, columns > 0 else { return nil }
    let width = min(columns, 1024)
    let most = max(1, (1 << 22) / columns)
    let length = min(frames, most, max(1, (1 << 18) / width))
    return [length, width]
  }
}

/// Where the rows of a states recording lie.
private struct SourceTable {
  private struct Source {
    var path: String
    /// Places in the recording's neurons of this file's columns.
    var columns: [Int]
  }

  private struct Interval {
    var rows: Range<Int64>
    var sources: [Source]
  }

  private let place: Int
  private let variable: Int
  private let columnCount: Int
  private var intervals: [Interval] = []

  init(_ merge: ReportMerge) throws(StorageError) {
    place = merge.place
    variable = merge.variable
    columnCount = merge.recording.neurons.count
    for interval in merge.merger.catalog.intervals {
      let rows = merge.recording.rows(in: interval.steps)
      guard !rows.isEmpty, columnCount > 0 else { continue }
      var sources: [Source] = []
      for path in interval.paths {
        let columns = try SourceTable.columns(
          of: path, place: merge.place, variables: merge.recording.variables.count,
          rows: rows.count)
        if !columns.isEmpty { sources.append(Source(path: path, columns: columns)) }
      }
      try SourceTable.requireEveryColumnOnce(
        sources.flatMap(\.columns), of: columnCount, path: interval.paths.first ?? "")
      intervals.append(Interval(rows: rows, sources: sources))
    }
  }

  /// The columns of a segment, after a check of its shape; none if it has no such recording.
  private static func columns(
    of path: String, place: Int, variables: Int, rows: Int
  ) throws(StorageError) -> [Int] {
    let file = try HDF5File.open(path)
    guard try file.kind(of: "states") == .group else { return [] }
    let states = try file.openGroup("states")
    guard try states.kind(of: String(place)) == .group else { return [] }
    let group = try states.openGroup(String(place))
    let columns = try group.openDataset("columns")
    let data = try group.openDataset("data")
    guard columns.dimensions.count == 1,
      data.dimensions == [rows, variables, columns.dimensions[0]]
    else {
      throw SegmentFile.damaged(
        path, "recording \(place) has shape \(data.dimensions), due are \(rows) rows")
    }
    let fileBytes = try Durability.size(of: path)
    try columns.checkSize(fileBytes: fileBytes)
    try data.checkSize(fileBytes: fileBytes)
    let places = try columns.read(Int64.self, at: [0], count: columns.dimensions)
    return places.map { Int($0) }
  }

  private static func requireEveryColumnOnce(
    _ columns: [Int], of count: Int, path: String
  ) throws(StorageError) {
    var isThere = [Bool](repeating: false, count: count)
    for column in columns {
      guard isThere.indices.contains(column), !isThere[column] else {
        throw SegmentFile.damaged(path, "two ranks hold the same neuron of a recording")
      }
      isThere[column] = true
    }
    guard columns.count == count else {
      throw SegmentFile.damaged(
        path, "\(columns.count) of \(count) neurons of a recording are in the ranks' segments")
    }
  }

  /// The variable's values of some rows: [row][neuron].
  mutating func read<T: HDF5Element>(_ part: Range<Int64>) throws(StorageError) -> [T] {
    var values = [T](repeating: .zero, count: part.count * columnCount)
    for interval in intervals {
      let rows = interval.rows.clamped(to: part)
      guard !rows.isEmpty else { continue }
      let first = Int(rows.lowerBound - interval.rows.lowerBound)
      let target = Int(rows.lowerBound - part.lowerBound)
      for source in interval.sources {
        let width = source.columns.count
        let box = try SourceTable.box(
          T.self, of: source.path, place: place, at: [first, variable, 0],
          count: [rows.count, 1, width])
        for row in 0..<rows.count {
          for column in 0..<width {
            values[(target + row) * columnCount + source.columns[column]] =
              box[row * width + column]
          }
        }
      }
    }
    return values
  }

  private static func box<T: HDF5Element>(
    _ type: T.Type, of path: String, place: Int, at offset: [Int], count: [Int]
  ) throws(StorageError) -> [T] {
    let file = try HDF5File.open(path)
    let states = try file.openGroup("states")
    let group = try states.openGroup(String(place))
    let data = try group.openDataset("data")
    let values = try data.read(T.self, at: offset, count: count)
    try data.close()
    try group.close()
    try states.close()
    try file.close()
    return values
  }
}
