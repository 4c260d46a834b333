/// What a rank wants of a boundary between two epochs, mildest first: what the most demanding rank
/// wants is done by all.
package enum CheckpointRequest: Int32, Comparable, Sendable {
  case none
  /// Save and go on.
  case checkpoint
  /// Save and stop.
  case stop
  /// Stop at once, without waiting for what is being saved.
  case abandon

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What has become of what a keeper was last given to do.
package enum KeeperStatus: Sendable {
  case done
  case underWay
  /// The run cannot go on; the last generation that was made is whole.
  case failed(RecordError)
}

/// Whoever writes the checkpoints of one rank.
///
/// All calls come from the rank's main thread, between two epochs. What takes long is done on
/// another thread while the run goes on: `status` tells when. A generation is made in two turns:
/// every rank writes its part, and once all have, every rank calls `commit` at the same boundary.
package protocol CheckpointKeeper: AnyObject {
  /// What this rank wants of the boundary before a step. All hear of it at this very boundary.
  func request(before step: Int64) -> CheckpointRequest

  var status: KeeperStatus { get }

  /// Begins to write this rank's part of a generation, and all records so far. Returns at once.
  func write(_ snapshot: Snapshot)

  /// All ranks have written their parts: begins to make them a generation. Collective.
  ///
  /// - Throws: on every rank alike.
  func commit() throws(SimulationError)

  /// Gives up what is under way; older generations stay. Nothing follows but the end of the run.
  func abandon()
}

/// How a run has come to its end.
package enum RunEnd: Hashable, Sendable {
  case complete
  /// As asked, before this step, which is the last generation's unless that was abandoned.
  case stopped(before: Int64)
}
