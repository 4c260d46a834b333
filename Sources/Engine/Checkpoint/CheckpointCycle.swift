/// Where the making of a generation stands: the same on every rank, for it follows from what ranks
/// have told each other alone.
struct CheckpointCycle {
  enum Phase: Hashable {
    case resting
    /// Every rank writes its part.
    case writing
    /// All parts are written; the first rank makes them a generation.
    case committing
  }

  private(set) var phase = Phase.resting
  /// A checkpoint was asked for while another one was being made.
  private(set) var isDue = false
  /// The boundary of the snapshot that was taken last.
  private(set) var latest: Int64?

  /// What there is to do at a boundary.
  enum Act: Hashable {
    case nothing
    case snapshot
    case commit
  }

  /// Learns what all ranks know at the boundary before a step.
  ///
  /// - Parameter areDone: whether every rank has done what it was last given to do.
  mutating func turn(request: CheckpointRequest, areDone: Bool) -> Act {
    if request >= .checkpoint { isDue = true }
    switch phase {
    case .writing where areDone:
      phase = .committing
      return .commit
    case .committing where areDone:
      phase = .resting
      return isDue ? .snapshot : .nothing
    case .resting:
      return isDue ? .snapshot : .nothing
    case .writing, .committing:
      return .nothing
    }
  }

  mutating func begin(at step: Int64) {
    phase = .writing
    isDue = false
    latest = step
  }
}
