/// Connections from a SONATA file: input of a run.
///
/// Weights and delays lie in data sets beside them, under names of their writer; jobs read them as
/// they read any other values.
package struct EdgeFile: Hashable, Sendable {
  /// In the order of the file.
  package var sources: [UInt64]
  package var targets: [UInt64]

  /// Reads a population of edges.
  ///
  /// - Throws: exit code 66 if the file or the population is missing or damaged.
  package static func read(
    _ path: String, population name: String
  ) throws(StorageError) -> EdgeFile {
    let sources = try ForeignFile.list(
      UInt64.self, at: ["edges", name, "source_node_id"], in: path
    ).values
    let targets = try ForeignFile.list(
      UInt64.self, at: ["edges", name, "target_node_id"], in: path
    ).values
    guard sources.count == targets.count else {
      throw ForeignFile.unusable(
        "\(path):/edges/\(name)",
        "\(sources.count) sources and \(targets.count) targets; they must be as many")
    }
    return EdgeFile(sources: sources, targets: targets)
  }
}
