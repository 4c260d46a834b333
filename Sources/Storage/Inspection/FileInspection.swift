/// What is in one HDF5 file: a shard, a segment, a SONATA file, or any other.
struct FileInspection {
  let path: String

  /// A damaged file can hold groups within themselves.
  private static let mostDepth = 32
  /// Lines about objects at most.
  private static let mostLines = 10_000

  /// Reads in a process of its own: nobody knows where the file comes from.
  func lines() throws(StorageError) -> [String] {
    try ForeignFile.requireRegular(path)
    let bytes = try Isolation.run(reading: path) { () throws(StorageError) in
      let lines = try HDF5Library.readingForeign { () throws(StorageError) in try self.read() }
      return try JSONText.encode(lines, for: self.path)
    }
    return try JSONText.decode([String].self, from: bytes, path: path)
  }

  private func read() throws(StorageError) -> [String] {
    let file = try HDF5File.open(path)
    let bytes = try Durability.size(of: path)
    var lines = ["\(path): \(try kind(of: file)), \(bytes) bytes"]
    try add(file, name: "", depth: 0, to: &lines)
    try file.close()
    return lines
  }

  private func kind(of file: borrowing HDF5File) throws(StorageError) -> String {
    let attributes = try file.attributeNames()
    if attributes.contains("arrivals_from"), let step = try file.number("step"),
      let rank = try file.number("rank"), let ranks = try file.number("ranks")
    {
      return "shard of a checkpoint, step \(step), rank \(rank) of \(ranks)"
    }
    if attributes.contains("magic") { return "SONATA file" }
    if try file.kind(of: "header") == .dataset {
      let header = try SegmentFile.header(of: path)
      return "segment of rank \(header.rank) of \(header.ranks), steps "
        + "\(header.steps.lowerBound) to \(header.steps.upperBound)"
    }
    return "HDF5 file"
  }

  private func add(
    _ group: borrowing some HDF5Location & ~Copyable, name: String, depth: Int,
    to lines: inout [String]
  ) throws(StorageError) {
    guard depth < FileInspection.mostDepth, lines.count < FileInspection.mostLines else { return }
    let names = try group.linkNames()
    if names.contains("timestamps"), names.contains("node_ids") {
      lines.append("  \(name): \(try spikes(group))")
      return
    }
    for child in names {
      let path = name.isEmpty ? child : "\(name)/\(child)"
      switch try group.kind(of: child) {
      case .group:
        let inner = try group.openGroup(child)
        try add(inner, name: path, depth: depth + 1, to: &lines)
        try inner.close()
      case .dataset:
        let dataset = try group.openDataset(child)
        lines.append("  \(path): \(try describe(dataset))")
        try dataset.close()
      default:
        lines.append("  \(path): a link that is not followed")
      }
    }
  }

  private func spikes(
    _ group: borrowing some HDF5Location & ~Copyable
  ) throws(StorageError) -> String {
    let times = try group.openDataset("timestamps")
    let units = try times.textAttribute("units") ?? "ms"
    guard times.dimensions.count == 1, let count = times.dimensions.first else {
      return "no spikes that can be read"
    }
    guard count > 0 else { return "0 spikes" }
    let first = try times.read(Double.self, at: [0], count: [1])[0]
    let last = try times.read(Double.self, at: [count - 1], count: [1])[0]
    return "\(count) spikes from \(first) to \(last) \(units)"
  }

  private func describe(_ dataset: borrowing HDF5Dataset) throws(StorageError) -> String {
    let element = try dataset.elementClass()
    let type =
      switch element.kind {
      case .integer: (try dataset.isSigned() ? "i" : "u") + "\(element.bytes * 8)"
      case .float: "f\(element.bytes * 8)"
      case .other, .indirect: "other"
      }
    var text = "\(type) \(dataset.dimensions)"
    if let version = try dataset.number("version") { text += ", version \(version)" }
    if let first = try dataset.number("first"), let total = try dataset.number("total") {
      let end = first.addingReportingOverflow(Int64(dataset.dimensions.first ?? 0)).partialValue
      text += ", places \(first) to \(end) of \(total)"
    }
    if let variable = try dataset.textAttribute("variable") { text += ", \(variable)" }
    if let units = try dataset.textAttribute("units") { text += " in \(units)" }
    return text
  }
}
