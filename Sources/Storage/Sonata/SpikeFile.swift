/// Spikes from a SONATA file: input of a run.
package struct SpikeFile: Hashable, Sendable {
  package var nodeIDs: [UInt64]
  /// In ms, in the order of the file.
  package var timestamps: [Double]

  /// Reads a population's spikes.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - population: `nil` if the file holds only one.
  /// - Returns: All its spikes.
  /// - Throws: exit code 66 if the file is missing, damaged, or not in ms.
  package static func read(
    _ path: String, population: String? = nil
  ) throws(StorageError) -> SpikeFile {
    let name = if let population { population } else { try onlyPopulation(of: path) }
    let nodeIDs = try ForeignFile.list(
      UInt64.self, at: ["spikes", name, "node_ids"], in: path)
    let timestamps = try ForeignFile.list(
      Double.self, at: ["spikes", name, "timestamps"], in: path)
    let place = "\(path):/spikes/\(name)"
    guard timestamps.units.isEmpty || timestamps.units == "ms" else {
      throw ForeignFile.unusable(
        place, "its timestamps are in '\(timestamps.units)'; SONATA spikes are in ms")
    }
    guard nodeIDs.values.count == timestamps.values.count else {
      throw ForeignFile.unusable(
        place,
        "\(nodeIDs.values.count) node_ids and \(timestamps.values.count) timestamps; they "
          + "must be as many")
    }
    if let first = timestamps.values.firstIndex(where: { !$0.isFinite }) {
      throw ForeignFile.unusable(place, "timestamp \(first) is \(timestamps.values[first])")
    }
    return SpikeFile(nodeIDs: nodeIDs.values, timestamps: timestamps.values)
  }

  private static func onlyPopulation(of path: String) throws(StorageError) -> String {
    let names = try ForeignFile.names(at: ["spikes"], in: path)
    guard names.count == 1 else {
      let list = names.prefix(20).joined(separator: ", ")
      throw ForeignFile.unusable(
        path + ":/spikes",
        names.isEmpty ? "it holds no population" : "it holds several populations, name one: \(list)"
      )
    }
    return names[0]
  }
}

/// Numbers from any HDF5 file: integers and floats up to 64 bits, as f64.
package struct NumberTable: Hashable, Sendable {
  /// The last dimension varies fastest.
  package var values: [Double]
  /// Numbers of a row; `nil` for a list.
  package var columns: Int?
  /// The attribute `units`; empty if there is none.
  package var units: String

  /// Reads a dataset of one or two dimensions; `group/dataset` names one in a group.
  ///
  /// - Throws: exit code 66 if the file or the dataset is missing, damaged, or no such table.
  package static func read(_ path: String, name: String) throws(StorageError) -> NumberTable {
    let names = name.split(separator: "/").map { String($0) }
    let (values, units, columns) = try ForeignFile.table(at: names, in: path)
    return NumberTable(values: values, columns: columns == 0 ? nil : columns, units: units)
  }
}

/// Reads a list of numbers from any HDF5 file: integers and floats up to 64 bits, as f64.
///
/// - Parameters:
///   - path: The file.
///   - name: The dataset; `group/dataset` names one in a group.
/// - Returns: Its values.
/// - Throws: exit code 66 if the file or the dataset is missing, damaged, or no list of numbers.
package func readDataset(_ path: String, name: String) throws(StorageError) -> [Double] {
  try ForeignFile.list(
    Double.self, at: name.split(separator: "/").map { String($0) }, in: path
  ).values
}
