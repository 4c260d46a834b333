package import Networks

/// What a sweep's directory tells of its grid: `sweep.json`, written before the first point begins.
package struct SweepRecord: Hashable, Sendable, Codable {
  /// The file's name in the sweep's directory.
  package static let fileName = "sweep.json"
  private static let currentFormat = 1

  /// What varies, and its values.
  package struct Parameter: Hashable, Sendable, Codable {
    package var path: String
    /// As they are put into the job.
    package var texts: [String]
    /// The values in `unit`; `nil` if one is no number or quantity.
    package var values: [Double]?
    /// SI; empty for numbers without a dimension.
    package var unit: String?
    package init(path: String, texts: [String], values: [Double]?, unit: String?) {
      self.path = path
      self.texts = texts
      self.values = values
      self.unit = unit
    }
  }

  private var formatVersion = SweepRecord.currentFormat
  package var coppice: String
  package var jobName: String
  /// Of the job and its grid as they are written: points with this hash are this sweep's.
  package var hash: String
  /// What makes the results of all points.
  package var identity: CheckpointIdentity
  package var parameters: [Parameter]

  package init(
    coppice: String, jobName: String, hash: String, identity: CheckpointIdentity,
    parameters: [Parameter]
  ) {
    self.coppice = coppice
    self.jobName = jobName
    self.hash = hash
    self.identity = identity
    self.parameters = parameters
  }

  package var shape: GridShape { GridShape(parameters.map(\.texts.count)) }

  /// Whether a directory holds a sweep.
  package static func exists(in directory: OutputDirectory) -> Bool { directory.has(fileName) }

  package func write(to directory: OutputDirectory) throws(StorageError) {
    try directory.write(
      try SealedText.encode(self, for: SweepRecord.fileName), to: SweepRecord.fileName)
  }

  package static func read(from directory: OutputDirectory) throws(StorageError) -> SweepRecord {
    let path = directory.path + "/" + fileName
    let record = try SealedText.decode(
      SweepRecord.self, from: try directory.read(fileName), path: path)
    guard record.formatVersion == currentFormat else {
      throw SealedText.damaged(
        path, "its format version is \(record.formatVersion), this program reads \(currentFormat)")
    }
    return record
  }

  /// The directory of a point.
  package func directory(
    ofPoint index: Int, in directory: OutputDirectory
  ) throws(StorageError) -> OutputDirectory {
    try OutputDirectory(naming: directory.path + "/" + shape.name(ofPoint: index))
  }
}
