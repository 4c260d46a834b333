import CThreads
import Engine
package import Jobs

/// When a run is saved and when it is to stop.
package struct CheckpointPolicy: Sendable {
  /// Real time between checkpoints, in s; `nil`: none for time's sake.
  package var everyWall: Double?
  /// Simulated time between checkpoints, in steps.
  package var everySimulated: Int64?
  /// Generations that stay.
  package var keep: Int
  /// Real time from the start of the program to its end, in s.
  package var mostSeconds: Double?
  /// The step at which the run stops as if it had been asked to; for tests.
  package var stopAt: Int64?

  /// Whether `everyWall` stands over what jobs say.
  package var isWallGiven = false

  package init(_ settings: CheckpointSettings) {
    everyWall = settings.everyWall
    everySimulated = settings.everySimulated
    keep = settings.keep
  }

  /// Takes what a job says where the command line has said nothing.
  mutating func follow(_ settings: CheckpointSettings) {
    if !isWallGiven { everyWall = settings.everyWall }
    everySimulated = settings.everySimulated
    keep = settings.keep
  }

  /// Where epochs must end besides.
  var epochCuts: [Int64] { [everySimulated, stopAt].compactMap { $0 } }
}

/// What one rank wants of each boundary: the policy as the clock and signals call it up.
struct CheckpointClock {
  private let policy: CheckpointPolicy
  /// Time is the first rank's alone: clocks differ.
  private let readsClock: Bool
  private let start: ContinuousClock.Instant
  private let origin: Int64
  private var latest: ContinuousClock.Instant
  /// What a checkpoint takes from the copy of the state to the generation, in s: the longest so
  /// far, for a disk that others use is slow at times.
  private var cost: Double
  private var isCostMeasured = false
  /// When the boundary before was asked about.
  private var boundary: ContinuousClock.Instant?
  /// What lies between two boundaries, in s: the longest of late. A long one is forgotten by and by,
  /// for it may have been a machine that was suspended.
  private var epoch = 0.0

  /// What a run takes between its last checkpoint and its end, besides: a record and two fsyncs.
  private static let ending = 0.25

  /// - Parameters:
  ///   - start: of the process, for `mostSeconds`.
  ///   - origin: the step at which this run began or went on.
  ///   - expectedCost: of the first checkpoint, in s.
  init(
    _ policy: CheckpointPolicy, rank: Int, start: ContinuousClock.Instant, origin: Int64,
    expectedCost: Double
  ) {
    self.policy = policy
    readsClock = rank == 0
    self.start = start
    self.origin = origin
    latest = ContinuousClock.now
    cost = expectedCost
  }

  mutating func request(
    before step: Int64, at now: ContinuousClock.Instant = .now
  ) -> CheckpointRequest {
    if let boundary { epoch = max((now - boundary).inSeconds, 0.9 * epoch) }
    boundary = now
    switch cstopping_requests() {
    case 0: break
    case 1: return .stop
    default: return .abandon
    }
    if let stop = policy.stopAt, step >= stop, origin < stop { return .stop }
    if readsClock {
      if let most = policy.mostSeconds, (now - start).inSeconds + reserve >= most { return .stop }
      if let every = policy.everyWall, (now - latest).inSeconds >= every { return .checkpoint }
    }
    if let every = policy.everySimulated, step % every == 0 { return .checkpoint }
    return .none
  }

  mutating func begin() { latest = ContinuousClock.now }

  mutating func end() {
    let taken = (ContinuousClock.now - latest).inSeconds
    cost = isCostMeasured ? max(cost, taken) : taken
    isCostMeasured = true
  }

  /// Time to stop in, in s: for the checkpoint that may be being written, the last one, and a disk
  /// that takes twice as long for one of them; and for two epochs, as what is not asked for now is
  /// asked for after the next one, and all may have heard of it an epoch later.
  private var reserve: Double { 3 * cost + 2 * epoch + CheckpointClock.ending }

  /// Why the run stops, for its last line.
  func reason(at step: Int64) -> String {
    switch cstopping_signal() {
    case 0: break
    case let number: return "signal \(number)"
    }
    if let stop = policy.stopAt, step >= stop, origin < stop { return "step" }
    if policy.mostSeconds != nil { return "time limit" }
    return "another rank"
  }
}
