/// What came of one point of a sweep.
package struct PointEnd: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable {
    case complete
    case stopped
    case failed
  }

  package var index: Int
  package var kind: Kind
  /// Why it stopped or failed.
  package var why = ""
  /// Of a run alone: 0, 75, or what went wrong.
  package var exitCode: Int32
}

/// How far a sweep has come.
package struct SweepProgress: Hashable, Sendable {
  /// Points of the grid.
  package var points: Int
  /// Of them complete, those of earlier runs included.
  package var complete: Int
  package var failed: Int
  /// Complete before this run began.
  package var earlier: Int
  /// Of the points under way on this rank, in points.
  package var underWay: Double
  /// The point that has just ended.
  package var latest: PointEnd?
}
