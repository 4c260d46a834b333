/// What a run has cost, for run.json and the report at its end.
package struct RunFigures: Sendable {
  package var build = 0.0
  package var compile = 0.0
  /// The whole epoch loop; the four below are parts of it.
  package var simulate = 0.0
  /// Largest over the workers of this rank.
  package var deliver = 0.0
  package var advance = 0.0
  package var exchange = 0.0
  package var record = 0.0
  /// Waiting for checkpoints: what is written while the run goes on does not count.
  package var checkpoint = 0.0
  /// Of the largest epoch.
  package var epochSteps = 0
  package var neurons = 0
  package var compartments = 0
  /// On this rank.
  package var synapses = 0
  /// By population, on this rank.
  package var spikes: [Int] = []
  package var backend = ""
  /// The last copy of the state: all that a checkpoint holds up.
  package var snapshot = 0.0
  package var end = RunEnd.complete
  package var exchanged = ExchangeFigures()
  /// Delivering and advancing, epoch by epoch, as the slowest worker of this rank took it; `nil`: not
  /// asked for.
  package var epochs: EpochTimes?

  package init() {}
}

/// How far a run has come.
package struct RunProgress: Sendable {
  package var step: Int64
  package var steps: Int64
  /// The step at which it began or went on.
  package var origin: Int64
  /// Spikes of this rank's neurons since then.
  package var spikes: Int
  package init(step: Int64, steps: Int64, origin: Int64, spikes: Int) {
    self.step = step
    self.steps = steps
    self.origin = origin
    self.spikes = spikes
  }
}
