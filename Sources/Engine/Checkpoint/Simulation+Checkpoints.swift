import Glibc

/// Checkpoints, as the loop makes them: every rank knows the same at a boundary and does the same.
extension Simulation {
  /// Does what is due at the boundary before a step.
  ///
  /// - Parameter known: what the exchange at this boundary has told all ranks.
  /// - Returns: whether the run stops here.
  func tend(
    _ keeper: any CheckpointKeeper, _ known: SpikeExchange.Report, before step: Int64,
    into sink: any RecordSink
  ) throws(SimulationError) -> Bool {
    let act = cycle.turn(request: known.request, areDone: known.isDone)
    if act == .commit { try keeper.commit() }
    switch known.request {
    case .none, .checkpoint:
      if act == .snapshot { save(at: CheckpointInstant(before: step), keeper, into: sink) }
      return false
    case .stop:
      _ = try save(finally: CheckpointInstant(before: step), keeper, into: sink)
      return true
    case .abandon:
      keeper.abandon()
      return true
    }
  }

  /// Waits for the generation that is being made, makes the last one of this run and waits for it
  /// too.
  ///
  /// - Returns: whether it was made; somebody may have lost patience.
  func save(
    finally instant: CheckpointInstant, _ keeper: any CheckpointKeeper, into sink: any RecordSink
  ) throws(SimulationError) -> Bool {
    pulse.beat(.checkpoint, step: instant.step)
    let begin = ContinuousClock.now
    defer { figures.checkpoint += (ContinuousClock.now - begin).inSeconds }
    guard try settle(keeper, before: instant.step) else { return false }
    save(at: instant, keeper, into: sink)
    return try settle(keeper, before: instant.step)
  }

  /// Copies the state and gives it to the keeper: for as long as the copy takes, the run stands.
  private func save(
    at instant: CheckpointInstant, _ keeper: any CheckpointKeeper, into sink: any RecordSink
  ) {
    recorder.flush(from: workers, into: sink)
    cycle.begin(at: instant.step)
    // All ranks will hear of it at the next boundary.
    guard recorder.fault == nil else { return }
    let begin = ContinuousClock.now
    snapshot.begin(instant)
    team.run { [workers, snapshot] member in
      workers[member].copy(to: snapshot.parts[member], before: instant.step)
    }
    figures.snapshot = (ContinuousClock.now - begin).inSeconds
    keeper.write(snapshot)
  }

  /// Waits until nothing is being written.
  ///
  /// - Returns: false if a rank was told not to wait.
  private func settle(
    _ keeper: any CheckpointKeeper, before step: Int64
  ) throws(SimulationError) -> Bool {
    while cycle.phase != .resting {
      let known = try agree(before: step, keeper)
      guard known.request != .abandon else {
        keeper.abandon()
        return false
      }
      switch cycle.turn(request: .none, areDone: known.isDone) {
      case .commit: try keeper.commit()
      case .nothing, .snapshot: usleep(500)
      }
    }
    return true
  }
}

extension CheckpointInstant {
  /// Between two epochs: the tail of the step before has not been run.
  init(before step: Int64) { self.init(step: step, arrivalsFrom: step) }
}
