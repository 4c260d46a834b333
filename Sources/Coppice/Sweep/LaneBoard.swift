import Foundation

/// Where the lanes of a rank ask for points and tell what came of them, and the rank's main thread,
/// which alone sends messages, answers.
final class LaneBoard: @unchecked Sendable {
  // `@unchecked`: everything is protected by `condition`.

  /// A lane that has nothing to do.
  struct Want {
    var lane: Int
    /// What came of its last point; `nil` at the beginning.
    var end: PointEnd?
  }

  private let condition = NSCondition()
  private var wants: [Want] = []
  /// By lane: the next point, or that there is none.
  private var answers: [Int: Int?] = [:]
  /// By lane: how far its point has come, from 0 to 1.
  private var shares: [Double]

  init(lanes: Int) { shares = [Double](repeating: 0, count: lanes) }

  // MARK: A lane's

  /// The next point of a lane; `nil`: there is none.
  func next(_ lane: Int, after end: PointEnd?) -> Int? {
    condition.lock()
    defer { condition.unlock() }
    shares[lane] = 0
    wants.append(Want(lane: lane, end: end))
    condition.broadcast()
    while true {
      if let answer = answers.removeValue(forKey: lane) { return answer }
      condition.wait()
    }
  }

  func report(_ lane: Int, share: Double) {
    condition.lock()
    shares[lane] = share
    condition.unlock()
  }

  // MARK: The main thread's

  /// Lanes that have asked since the last call; waits so long for one.
  func takeWants(atMost seconds: Double) -> [Want] {
    condition.lock()
    defer { condition.unlock() }
    let deadline = Date(timeIntervalSinceNow: seconds)
    while wants.isEmpty, condition.wait(until: deadline) {}
    defer { wants = [] }
    return wants
  }

  func answer(_ lane: Int, with point: Int?) {
    condition.lock()
    answers[lane] = .some(point)
    condition.broadcast()
    condition.unlock()
  }

  /// The sum of what is done of the points under way.
  var underWay: Double {
    condition.lock()
    defer { condition.unlock() }
    return shares.reduce(0, +)
  }
}
