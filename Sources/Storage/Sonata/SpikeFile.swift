/// Spikes from a SONATA file: input of a run.
package struct SpikeFile: Hashable, Sendable {
  package var nodeIDs: [UInt64]
  /// In ms, in the order of the file.
  package var timestamps: [Double]

  /// Reads a population's spikes.
  ///
  /// - Parameter population: `nil` if the file holds only one.
  /// - Throws: exit code 66 if the file is missing, damaged, or not in ms.
  package static func read(
    _ path: String, population: String? = nil
  ) throws(StorageError) -> SpikeFile {
    try readingInput { () throws(StorageError) in
      let file = try HDF5File.open(path)
      try requireKind(.group, "spikes", in: file)
      let spikes = try file.openGroup("spikes")
      let name = if let population { population } else { try onlyPopulation(of: spikes) }
      try requireKind(.group, name, in: spikes)
      let group = try spikes.openGroup(name)
      let fileBytes = try Durability.size(of: path)
      let nodeIDs = try numbers(UInt64.self, "node_ids", of: group, fileBytes: fileBytes)
      let timestamps = try numbers(Double.self, "timestamps", of: group, fileBytes: fileBytes)
      guard nodeIDs.count == timestamps.count else {
        throw unusable(
          group.path, "\(nodeIDs.count) node_ids and \(timestamps.count) timestamps; they must be "
            + "as many")
      }
      if let place = timestamps.firstIndex(where: { !$0.isFinite }) {
        throw unusable(group.path, "timestamp \(place) is \(timestamps[place])")
      }
      return SpikeFile(nodeIDs: nodeIDs, timestamps: timestamps)
    }
  }

  private static func onlyPopulation(
    of spikes: borrowing HDF5Group
  ) throws(StorageError) -> String {
    let names = try spikes.linkNames()
    guard names.count == 1 else {
      let list = names.prefix(20).joined(separator: ", ")
      throw unusable(
        spikes.path,
        names.isEmpty ? "it holds no population" : "it holds several populations, name one: \(list)")
    }
    return names[0]
  }

  private static func numbers<T: HDF5Element>(
    _ type: T.Type, _ name: String, of group: borrowing HDF5Group, fileBytes: Int
  ) throws(StorageError) -> [T] {
    try requireKind(.dataset, name, in: group)
    let dataset = try group.openDataset(name)
    if T.self == Double.self, let units = try dataset.textAttribute("units"), units != "ms" {
      throw unusable(dataset.path, "its units are '\(units)'; SONATA spikes are in ms")
    }
    return try readList(type, dataset, fileBytes: fileBytes)
  }
}

/// Reads a list of numbers from any HDF5 file: integers and floats up to 64 bits, as f64.
///
/// - Parameters:
///   - path: The file.
///   - name: The dataset; `group/dataset` names one in a group.
/// - Throws: exit code 66 if the file or the dataset is missing, damaged, or no list of numbers.
package func readDataset(_ path: String, name: String) throws(StorageError) -> [Double] {
  try readingInput { () throws(StorageError) in
    var parts = name.split(separator: "/").map { String($0) }
    guard let last = parts.popLast() else {
      throw unusable(path, "a dataset's name is missing")
    }
    let file = try HDF5File.open(path)
    let fileBytes = try Durability.size(of: path)
    if parts.isEmpty { return try list(last, in: file, fileBytes: fileBytes) }
    var group = try openGroup(parts.removeFirst(), in: file)
    for part in parts { group = try openGroup(part, in: group) }
    return try list(last, in: group, fileBytes: fileBytes)
  }
}

private func openGroup(
  _ name: String, in location: borrowing some HDF5Location & ~Copyable
) throws(StorageError) -> HDF5Group {
  try requireKind(.group, name, in: location)
  return try location.openGroup(name)
}

private func list(
  _ name: String, in location: borrowing some HDF5Location & ~Copyable, fileBytes: Int
) throws(StorageError) -> [Double] {
  try requireKind(.dataset, name, in: location)
  return try readList(Double.self, try location.openDataset(name), fileBytes: fileBytes)
}

private func readList<T: HDF5Element>(
  _ type: T.Type, _ dataset: borrowing HDF5Dataset, fileBytes: Int
) throws(StorageError) -> [T] {
  guard dataset.dimensions.count == 1 else {
    throw unusable(
      dataset.path, "it has \(dataset.dimensions.count) dimensions; a list has one")
  }
  let element = try dataset.elementClass()
  let isUsable = element.kind == .integer || (element.kind == .float && T.self == Double.self)
  guard isUsable, element.bytes <= 8 else {
    throw unusable(dataset.path, "its elements are not numbers of the kind that is due")
  }
  try dataset.checkSize(fileBytes: fileBytes)
  return try dataset.read(type, at: [0], count: dataset.dimensions)
}

/// Refuses a name that is missing, or leads to something else or through a soft or external link.
private func requireKind(
  _ kind: HDF5LinkKind, _ name: String, in location: borrowing some HDF5Location & ~Copyable
) throws(StorageError) {
  let found = try location.kind(of: name)
  guard found != kind else { return }
  let what = kind == .group ? "group" : "dataset"
  guard found != nil else {
    let names = try location.linkNames().prefix(20).joined(separator: ", ")
    throw unusable(
      location.path, "it has no \(what) '\(name)'; there is \(names.isEmpty ? "nothing" : names)")
  }
  throw unusable(
    location.inner(name),
    found == .indirect
      ? "it is a link to elsewhere, which is not followed" : "it is not a \(what)")
}

private func unusable(_ path: String, _ reason: String) -> StorageError {
  StorageError(call: "read input", path: path, reason: reason, exitCode: ExitCode.badInput)
}

/// What fails while input is read is the input's fault.
private func readingInput<T>(
  _ body: () throws(StorageError) -> T
) throws(StorageError) -> T {
  do throws(StorageError) {
    return try body()
  } catch {
    var error = error
    error.exitCode = ExitCode.badInput
    throw error
  }
}
