/// What results depend on beside the job.
package enum Numerics {
  /// Raised whenever a run may give other bits than it gave before: a checkpoint of another
  /// version is not gone on from.
  package static let version = 3
}
