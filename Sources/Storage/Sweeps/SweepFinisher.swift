import Networks

/// Makes the table of a sweep, and plain SONATA files of those of its points that ended without
/// making them.
package enum SweepFinisher {
  /// What came of it.
  package struct Outcome: Hashable, Sendable {
    /// How many points there are in each state.
    package var counts: [SweepTable.State: Int]
    /// Points whose output was merged now.
    package var merged: [String]
    /// Points that hold something of which nothing could be made, and why.
    package var rejected: [Rejected]
  }

  package struct Rejected: Hashable, Sendable {
    package var point: String
    package var why: String
  }

  /// - Throws: exit code 66 if the record of the sweep cannot be read.
  package static func finish(_ directory: OutputDirectory) throws(StorageError) -> Outcome {
    let record = try SweepRecord.read(from: directory)
    var outcome = Outcome(counts: [:], merged: [], rejected: [])
    for index in 0..<record.shape.count {
      let name = record.shape.name(ofPoint: index)
      let place = try record.directory(ofPoint: index, in: directory)
      guard try needsMerge(place) else { continue }
      do throws(StorageError) {
        let lock = try RunLock.exclusive(place, patience: 0)
        let wasDone = try withExtendedLifetime(lock) { () throws(StorageError) in
          try OutputFinisher.finish(place).wasDone
        }
        if !wasDone { outcome.merged.append(name) }
      } catch {
        outcome.rejected.append(Rejected(point: name, why: error.description))
      }
    }
    let table = try SweepTable(of: record, in: directory)
    try table.write(to: directory)
    for state in SweepTable.State.allCases { outcome.counts[state] = table.count(state) }
    return outcome
  }

  /// Whether a point has recorded something and is not complete.
  private static func needsMerge(_ place: OutputDirectory) throws(StorageError) -> Bool {
    let disk = DiskFiles()
    guard try disk.status(of: place.path)?.kind == .directory else { return false }
    if (try? RunRecord.read(from: place))?.exit.status == .complete { return false }
    guard try disk.names(in: place.segments).isEmpty else { return true }
    return !(try CheckpointStore(directory: place, keep: 1).generations()).isEmpty
  }
}
