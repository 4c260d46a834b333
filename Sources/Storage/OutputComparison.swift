import Networks

/// Finds the first difference between two runs, two sweeps or two HDF5 files.
///
/// Everything in a file counts: names, kinds, types, sizes, attributes and the bytes of values
/// (so -0 differs from 0, and a NaN equals itself). Of a run's directory its `.h5` files count,
/// not `run.json`, which tells how long things took. Of a sweep's directory its table and all its
/// points count.
package struct OutputComparison {
  /// The first difference, for people.
  package struct Difference: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The file, below the directories if these are compared, and the object in it.
    package var place: String
    package var what: String

    package var description: String { "\(place): \(what)" }
  }

  /// Compares two directories or two files.
  ///
  /// - Returns: `nil` if they are the same.
  /// - Throws: exit code 66 if one cannot be read.
  package static func compare(_ a: String, _ b: String) throws(StorageError) -> Difference? {
    let isDirectory = (try self.isDirectory(a), try self.isDirectory(b))
    guard isDirectory.0 == isDirectory.1 else {
      throw StorageError(
        call: "compare", path: isDirectory.0 ? b : a,
        reason: "a directory can only be compared with a directory", exitCode: ExitCode.badInput)
    }
    guard isDirectory.0 else { return try FileComparison(a: a, b: b, place: a).run() }
    let sweeps = (try points(of: a), try points(of: b))
    guard sweeps.0 != nil || sweeps.1 != nil else { return try compareRuns(a, b) }
    return try compareSweeps(a, sweeps.0 ?? [], b, sweeps.1 ?? [])
  }

  /// Names of a sweep's points, of which the directories are there; `nil` of a single run.
  private static func points(of path: String) throws(StorageError) -> [String]? {
    let directory = try OutputDirectory.open(path)
    guard SweepRecord.exists(in: directory) else { return nil }
    let shape = try SweepRecord.read(from: directory).shape
    let there = Set(try Durability.names(in: path))
    return (0..<shape.count).map { shape.name(ofPoint: $0) }.filter { there.contains($0) }
  }

  /// Compares tables, and the runs of all points.
  private static func compareSweeps(
    _ a: String, _ points: [String], _ b: String, _ others: [String]
  ) throws(StorageError) -> Difference? {
    let isKnown = (Set(points), Set(others))
    for point in isKnown.0.union(isKnown.1).sorted()
    where isKnown.0.contains(point) != isKnown.1.contains(point) {
      return Difference(place: point, what: "only in \(isKnown.0.contains(point) ? a : b)")
    }
    if let difference = try compareRuns(a, b, isEmptyRight: true) { return difference }
    for point in points {
      if var difference = try compareRuns("\(a)/\(point)", "\(b)/\(point)", isEmptyRight: true) {
        difference.place = "\(point)/\(difference.place)"
        return difference
      }
    }
    return nil
  }

  /// - Parameter isEmptyRight: whether two directories without output are the same.
  private static func compareRuns(
    _ a: String, _ b: String, isEmptyRight: Bool = false
  ) throws(StorageError) -> Difference? {
    let names = (try outputs(of: a), try outputs(of: b))
    guard isEmptyRight || !names.0.isEmpty || !names.1.isEmpty else {
      throw StorageError(
        call: "compare", path: a, reason: "neither directory holds a merged output (.h5)",
        exitCode: ExitCode.badInput)
    }
    for name in Set(names.0).union(names.1).sorted() {
      guard names.0.contains(name), names.1.contains(name) else {
        return Difference(
          place: name, what: "only in \(names.0.contains(name) ? a : b)")
      }
      let comparison = FileComparison(a: "\(a)/\(name)", b: "\(b)/\(name)", place: name)
      if let difference = try comparison.run() { return difference }
    }
    return nil
  }

  private static func isDirectory(_ path: String) throws(StorageError) -> Bool {
    do throws(StorageError) {
      _ = try OutputDirectory.open(path)
      return true
    } catch {
      guard error.reason == "not a directory" else { throw error }
      return false
    }
  }

  private static func outputs(of directory: String) throws(StorageError) -> [String] {
    try Durability.names(in: directory).filter { $0.hasSuffix(".h5") && !$0.hasPrefix(".") }
  }
}

/// Two files, compared object by object.
private struct FileComparison {
  let a: String
  let b: String
  /// Their name in messages.
  let place: String

  typealias Difference = OutputComparison.Difference

  /// Bytes compared at a time.
  private static let pieceBytes = 1 << 22
  /// A damaged file can hold groups within themselves.
  private static let mostDepth = 32

  /// Compares in a process of its own: nobody knows where the files come from.
  func run() throws(StorageError) -> Difference? {
    for path in [a, b] { try ForeignFile.requireRegular(path) }
    let bytes = try Isolation.run(reading: "\(a) and \(b)") { () throws(StorageError) in
      let found = try HDF5Library.readingForeign { () throws(StorageError) in
        try compareGroups(try HDF5File.open(a), try HDF5File.open(b), name: "/", depth: 0)
      }
      return try JSONText.encode([found].compactMap { $0 }, for: a)
    }
    return try JSONText.decode([Difference].self, from: bytes, path: a).first
  }

  private func difference(_ name: String, _ what: String) -> Difference {
    Difference(place: "\(place):\(name)", what: what)
  }

  private func compareGroups(
    _ first: borrowing some HDF5Location & ~Copyable,
    _ second: borrowing some HDF5Location & ~Copyable, name: String, depth: Int
  ) throws(StorageError) -> Difference? {
    guard depth < FileComparison.mostDepth else {
      throw StorageError(
        call: "compare", path: first.path, reason: "groups lie more than 32 deep",
        exitCode: ExitCode.badInput)
    }
    if let found = try compareAttributes(first, second, name: name) { return found }
    let names = (try first.linkNames(), try second.linkNames())
    let isKnown = (Set(names.0), Set(names.1))
    for child in isKnown.0.union(isKnown.1).sorted() {
      let path = name == "/" ? "/\(child)" : "\(name)/\(child)"
      guard isKnown.0.contains(child), isKnown.1.contains(child) else {
        return difference(path, "only in \(isKnown.0.contains(child) ? a : b)")
      }
    }
    if names.0.contains("timestamps"), names.0.contains("node_ids"),
      let found = try compareSpikes(first, second, name: name)
    {
      return found
    }
    for child in names.0 {
      let path = name == "/" ? "/\(child)" : "\(name)/\(child)"
      if let found = try compareChildren(child, of: first, second, name: path, depth: depth) {
        return found
      }
    }
    return nil
  }

  private func compareChildren(
    _ child: String, of first: borrowing some HDF5Location & ~Copyable,
    _ second: borrowing some HDF5Location & ~Copyable, name: String, depth: Int
  ) throws(StorageError) -> Difference? {
    let kinds = (try first.kind(of: child), try second.kind(of: child))
    guard kinds.0 == kinds.1 else { return difference(name, "different kinds of objects") }
    switch kinds.0 {
    case .group:
      let groups = try first.openGroup(child)
      return try compareGroups(
        groups, try second.openGroup(child), name: name, depth: depth + 1)
    case .dataset:
      let dataset = try first.openDataset(child)
      let other = try second.openDataset(child)
      let labels = child == "data" ? try ReportLabels(of: first, data: dataset) : nil
      return try compareDatasets(dataset, other, name: name, labels: labels)
    default:
      return nil
    }
  }

  // MARK: Attributes

  private func compareAttributes(
    _ first: borrowing some HDF5Object & ~Copyable,
    _ second: borrowing some HDF5Object & ~Copyable, name: String
  ) throws(StorageError) -> Difference? {
    let names = (try first.attributeNames(), try second.attributeNames())
    for attribute in Set(names.0).union(names.1).sorted() {
      let path = "\(name)@\(attribute)"
      guard names.0.contains(attribute), names.1.contains(attribute) else {
        return difference(path, "attribute only in \(names.0.contains(attribute) ? a : b)")
      }
      guard try first.hasSameAttributeType(attribute, as: second) else {
        return difference(path, "attributes of different types")
      }
      let values = (try first.attribute(attribute), try second.attribute(attribute))
      guard values.0.bytes != values.1.bytes else { continue }
      guard values.0.isText else { return difference(path, "attributes of different values") }
      let texts = (
        String(decoding: values.0.bytes, as: UTF8.self),
        String(decoding: values.1.bytes, as: UTF8.self)
      )
      return difference(path, "attribute '\(texts.0)' and '\(texts.1)'")
    }
    return nil
  }

  // MARK: Values

  private func compareDatasets(
    _ first: borrowing HDF5Dataset, _ second: borrowing HDF5Dataset, name: String,
    labels: ReportLabels?
  ) throws(StorageError) -> Difference? {
    if let found = try compareAttributes(first, second, name: name) { return found }
    guard try first.hasSameType(as: second) else {
      return difference(name, "elements of different types")
    }
    let dimensions = (first.dimensions, second.dimensions)
    guard dimensions.0.dropFirst() == dimensions.1.dropFirst(),
      dimensions.0.isEmpty == dimensions.1.isEmpty
    else { return difference(name, "dimensions \(dimensions.0) and \(dimensions.1)") }
    if let found = try firstDifference(first, second) {
      let what = try describe(found, first, second, labels: labels)
      return difference(name, what)
    }
    guard dimensions.0 == dimensions.1 else {
      return difference(
        name, "dimensions \(dimensions.0) and \(dimensions.1); equal as far as the shorter goes")
    }
    return nil
  }

  /// The place of the first element that differs, as far as both datasets go.
  private func firstDifference(
    _ first: borrowing HDF5Dataset, _ second: borrowing HDF5Dataset
  ) throws(StorageError) -> [Int]? {
    try first.checkSize(fileBytes: try Durability.size(of: a))
    try second.checkSize(fileBytes: try Durability.size(of: b))
    guard let length = first.dimensions.first, let other = second.dimensions.first else {
      return nil
    }
    let bytes = try first.elementClass().bytes
    let shape = Array(first.dimensions.dropFirst())
    let rowBytes = shape.reduce(bytes, *)
    guard rowBytes > 0 else { return nil }
    let rows = max(1, FileComparison.pieceBytes / rowBytes)
    let common = min(length, other)
    let origin = shape.map { _ in 0 }
    for start in stride(from: 0, to: common, by: rows) {
      let count = [min(rows, common - start)] + shape
      let one = try first.readRaw(at: [start] + origin, count: count, elementBytes: bytes)
      let two = try second.readRaw(at: [start] + origin, count: count, elementBytes: bytes)
      guard one != two, let byte = zip(one, two).enumerated().first(where: { $1.0 != $1.1 })
      else { continue }
      return place(ofElement: byte.offset / bytes, shape: shape, from: start)
    }
    return nil
  }

  private func place(ofElement element: Int, shape: [Int], from start: Int) -> [Int] {
    var (rest, place) = (element, [Int]())
    for size in shape.reversed() {
      place.insert(rest % size, at: 0)
      rest /= size
    }
    return [start + rest] + place
  }

  private func describe(
    _ place: [Int], _ first: borrowing HDF5Dataset, _ second: borrowing HDF5Dataset,
    labels: ReportLabels?
  ) throws(StorageError) -> String {
    let texts = (
      try first.text(at: place), try second.text(at: place)
    )
    let values = "\(texts.0) and \(texts.1)"
    guard let labels, place.count == 2 else { return "element \(place) is \(values)" }
    return try labels.describe(row: place[0], column: place[1]) + ": \(values)"
  }

  // MARK: Spikes

  /// The first spike that differs, time and neuron taken together.
  private func compareSpikes(
    _ first: borrowing some HDF5Location & ~Copyable,
    _ second: borrowing some HDF5Location & ~Copyable, name: String
  ) throws(StorageError) -> Difference? {
    guard try first.isList("timestamps"), try first.isList("node_ids"),
      try second.isList("timestamps"), try second.isList("node_ids")
    else { return nil }
    let population = name.split(separator: "/").last.map { String($0) } ?? name
    let times = try first.openDataset("timestamps")
    let otherTimes = try second.openDataset("timestamps")
    let neurons = try first.openDataset("node_ids")
    let otherNeurons = try second.openDataset("node_ids")
    let places = [
      try firstDifference(times, otherTimes)?.first,
      try firstDifference(neurons, otherNeurons)?.first,
    ].compactMap { $0 }
    let counts = (times.dimensions[0], otherTimes.dimensions[0])
    guard let place = places.min() else {
      guard counts.0 != counts.1 else { return nil }
      let (place, isFirst) = (min(counts.0, counts.1), counts.0 > counts.1)
      let extra =
        isFirst
        ? try spike(place, times, neurons) : try spike(place, otherTimes, otherNeurons)
      return difference(
        name,
        "population \(population): \(counts.0) and \(counts.1) spikes; the first one more is "
          + "\(extra), in \(isFirst ? a : b)")
    }
    let spikes = (try spike(place, times, neurons), try spike(place, otherTimes, otherNeurons))
    return difference(
      name, "population \(population): spike \(place) is \(spikes.0), and \(spikes.1)")
  }

  private func spike(
    _ place: Int, _ times: borrowing HDF5Dataset, _ neurons: borrowing HDF5Dataset
  ) throws(StorageError) -> String {
    "neuron \(try neurons.text(at: [place])) at \(try times.text(at: [place])) ms"
  }
}

/// What the rows and columns of a SONATA report stand for.
private struct ReportLabels {
  private let neurons: [UInt64]
  private let time: [Double]
  private let variable: String?
  private let population: String

  /// `nil` if the group beside `data` is no report's.
  init?(
    of group: borrowing some HDF5Location & ~Copyable, data: borrowing HDF5Dataset
  ) throws(StorageError) {
    guard data.dimensions.count == 2, try group.kind(of: "mapping") == .group else { return nil }
    let mapping = try group.openGroup("mapping")
    guard try mapping.isList("node_ids"), try mapping.isList("time") else { return nil }
    let nodeIDs = try mapping.openDataset("node_ids")
    let times = try mapping.openDataset("time")
    guard nodeIDs.dimensions == [data.dimensions[1]], times.dimensions == [3] else { return nil }
    neurons = try nodeIDs.read(UInt64.self, at: [0], count: nodeIDs.dimensions)
    time = try times.read(Double.self, at: [0], count: [3])
    variable = try data.textAttribute("variable")
    population = group.path.split(separator: "/").last.map { String($0) } ?? ""
  }

  func describe(row: Int, column: Int) throws(StorageError) -> String {
    let start = time[0] + Double(row) * time[2]
    return "population \(population), neuron \(neurons[column]), \(variable ?? "data"), row \(row) "
      + "at \(start) ms"
  }
}

extension HDF5Location where Self: ~Copyable {
  /// Whether a name is a dataset of one dimension that holds plain numbers.
  fileprivate func isList(_ name: String) throws(StorageError) -> Bool {
    guard try kind(of: name) == .dataset else { return false }
    let dataset = try openDataset(name)
    let kind = try dataset.elementClass().kind
    return dataset.dimensions.count == 1 && (kind == .integer || kind == .float)
  }
}

extension HDF5Dataset {
  /// One element, for people.
  fileprivate func text(at place: [Int]) throws(StorageError) -> String {
    let element = try elementClass()
    let one = place.map { _ in 1 }
    switch element.kind {
    case .float where element.bytes == 4:
      return try read(Float.self, at: place, count: one)[0].description
    case .float:
      return try read(Double.self, at: place, count: one)[0].description
    case .integer:
      return try read(Int64.self, at: place, count: one)[0].description
    case .other, .indirect:
      return try readRaw(at: place, count: one, elementBytes: element.bytes)
        .map { String($0, radix: 16) }.joined(separator: " ")
    }
  }
}
