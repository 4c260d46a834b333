/// How the ranks and threads of a launch share the points that are left.
///
/// Points side by side, one thread each, need no barriers and wait for no disk together; a team
/// is for what has too few points, or too little memory for several at once.
package struct SweepPlan: Hashable, Sendable {
  /// Points that are left.
  package let points: Int
  package let ranks: Int
  /// Points that a rank runs at the same time.
  package let lanes: Int
  /// Of each lane.
  package let threads: Int
  /// Of a group; more than 1 only where ranks are more than points.
  package let ranksPerPoint: Int

  /// - Parameters:
  ///   - points: that are left.
  ///   - threads: of each rank.
  ///   - bytes: that the largest point needs.
  ///   - memory: that this machine has for so many runs at once, each.
  package init(
    points: Int, ranks: Int, threads: Int, bytes: Int, memory: (_ runs: Int) -> Double
  ) {
    self.points = points
    self.ranks = ranks
    guard points == 0 || ranks <= points else {
      (lanes, self.threads, ranksPerPoint) = (1, threads, (ranks + points - 1) / points)
      return
    }
    var lanes = max(1, min(threads, (points + ranks - 1) / ranks))
    while lanes > 1, Double(bytes) > memory(lanes) { lanes -= 1 }
    self.lanes = lanes
    self.threads = threads / lanes
    ranksPerPoint = 1
  }

  init(points: Int, ranks: Int, threads: Int, bytes: Int, ranksOnNode: Int) {
    let machine = MachineMemory()
    self.init(points: points, ranks: ranks, threads: threads, bytes: bytes) { runs in
      machine.share(ofRanks: ranksOnNode * runs)
    }
  }
}
