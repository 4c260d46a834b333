import CThreads
import KernelABI
import Kernels
import Messaging
import Networks

/// One rank's part of a run: its workers, and the loop that carries them through the epochs.
package final class Simulation {
  let experiment: Experiment
  private let exchange: SpikeExchange
  let workers: [Worker]
  let team: WorkerTeam
  let recorder: Recorder
  private let smallestDelay: Int?
  private let epochCuts: [Int64]
  /// Where the run begins: step 0, or a checkpoint's.
  private let origin: CheckpointInstant
  let snapshot: Snapshot
  var cycle = CheckpointCycle()
  /// Where the run is, for those who watch it.
  package let pulse: RunPulse
  var figures: RunFigures

  /// Puts together what `SimulationBuilder` has made.
  init(
    experiment: Experiment, exchange: SpikeExchange, workers: [Worker], team: WorkerTeam,
    recorder: Recorder, smallestDelay: Int?, epochCuts: [Int64], origin: CheckpointInstant,
    snapshot: Snapshot, figures: RunFigures, pulse: RunPulse
  ) {
    self.experiment = experiment
    self.exchange = exchange
    self.workers = workers
    self.team = team
    self.recorder = recorder
    self.smallestDelay = smallestDelay
    self.epochCuts = epochCuts
    self.origin = origin
    self.snapshot = snapshot
    self.figures = figures
    self.pulse = pulse
  }

  deinit { team.disband() }

  /// Runs the experiment from where it stands to its last step, one epoch at a time.
  ///
  /// Ordering law, for epoch k, with D = deliver, A = advance, X = exchange, R = record and
  /// C = checkpoint: D(k) precedes A(k), A(k) precedes X(k) and R(k), X(k) precedes D(k + 1), R(k)
  /// precedes A(k + 1), and C(k), where there is one, follows X(k) and R(k) and precedes A(k + 1).
  /// It holds because an epoch is no longer than the smallest delay between neurons plus one step:
  /// nothing that is emitted in an epoch is read by an update of the same epoch.
  ///
  /// Where the exchange is overlapped, epochs are half as long, and X(k) precedes D(k + 2) instead:
  /// it begins behind A(k) and ends behind A(k + 1). C(k) then follows the end of X(k - 1) and
  /// precedes the beginning of X(k), so that nothing is under way while a checkpoint is cut.
  ///
  /// - Parameters:
  ///   - keeper: writes checkpoints and says when; `nil`: there are none.
  ///   - timesEpochs: keeps what each epoch took.
  /// - Throws: `SimulationError` on every rank if any rank cannot go on.
  package func run(
    into sink: any RecordSink, keeping keeper: (any CheckpointKeeper)? = nil,
    timesEpochs: Bool = false, progress: (RunProgress) -> Void = { _ in }
  ) throws(SimulationError) -> RunFigures {
    let begin = ContinuousClock.now
    figures.epochs = timesEpochs ? EpochTimes() : nil
    var epochs = EpochSequence(
      from: origin.step, to: experiment.steps, smallestDelay: smallestDelay,
      isOverlapped: exchange.isOverlapped, cuts: epochCuts)
    // What is sent behind an epoch arrives before the epoch after the next where that is overlapped.
    let reach = exchange.isOverlapped ? 2 : 1
    var upcoming: [Epoch] = []
    while upcoming.count < reach, let epoch = epochs.next() { upcoming.append(epoch) }
    if let first = upcoming.first, let last = upcoming.last {
      for worker in workers { worker.begin(first, drawingUntil: last.end) }
    }
    try send(from: origin.step, report(before: origin.step, nil))
    _ = try receive(nil)
    while let epoch = upcoming.first {
      if let epoch = epochs.next() { upcoming.append(epoch) }
      let farthest = upcoming.count > reach ? upcoming[reach] : nil
      upcoming.removeFirst()
      pulse.beat(.advance, step: epoch.start)
      advance(epoch, drawingFor: farthest)
      record(epoch, into: sink)
      let known: SpikeExchange.Report
      if exchange.isOverlapped {
        known = try receive(keeper)
      } else {
        try send(from: epoch.start, report(before: epoch.end, keeper))
        known = try receive(keeper)
      }
      progress(
        RunProgress(
          step: epoch.end, steps: experiment.steps, origin: origin.step, spikes: spikesSoFar))
      if !upcoming.isEmpty, let keeper, try tend(keeper, known, before: epoch.end, into: sink) {
        return closing(.stopped(before: epoch.end), since: begin)
      }
      // All will hear of this report behind the next epoch.
      if exchange.isOverlapped {
        try send(from: epoch.start, report(before: upcoming.first?.end ?? epoch.end, keeper))
      }
    }
    let end = try finish(keeper, into: sink)
    return closing(end, since: begin)
  }

  private func advance(_ epoch: Epoch, drawingFor farthest: Epoch?) {
    let begin = ContinuousClock.now
    let spikes = exchange.withArrived(own: workers.map(\.outgoing)) { arrived in
      team.run { [workers] member in
        workers[member].advance(epoch, arrived: arrived, next: farthest)
      }
      return arrived.count
    }
    figures.epochs?.add(seconds: (ContinuousClock.now - begin).inSeconds, spikes: spikes)
    figures.epochSteps = max(figures.epochSteps, epoch.steps)
  }

  /// What a checkpoint of this rank holds, about.
  package var stateBytes: Int {
    workers.flatMap(\.cohorts).reduce(0) { sum, cohort in
      sum + cohort.neurons.count * cohort.program.columns.reduce(0) { $0 + $1.element.bytes }
    }
  }

  /// Of neurons; the units of generators do not count.
  private var spikesSoFar: Int {
    var spikes = 0
    for (index, population) in experiment.network.populations.enumerated() {
      guard case .neurons = population.kind else { continue }
      for worker in workers { spikes += worker.spikeCounts[index] }
    }
    return spikes
  }

  /// Runs the tail of the last step, so that the final state is the one after its resets, and saves
  /// it.
  private func finish(
    _ keeper: (any CheckpointKeeper)?, into sink: any RecordSink
  ) throws(SimulationError) -> RunEnd {
    let end = experiment.steps
    // A checkpoint of this very state: there is nothing left to do.
    guard origin.arrivalsFrom <= end else { return .complete }
    pulse.beat(.end, step: end)
    exchange.withArrived(own: workers.map(\.outgoing)) { arrived in
      team.run { [workers] member in
        workers[member].finish(at: end, arrived: arrived)
      }
    }
    // What is still under way reaches nobody before the end, but may tell of a rank that has failed.
    if exchange.isOverlapped { _ = try receive(keeper) }
    guard let keeper else { return .complete }
    let instant = CheckpointInstant(step: end, arrivalsFrom: end + 1)
    return try save(finally: instant, keeper, into: sink) ? .complete : .stopped(before: end)
  }

  /// What this rank tells the others at the boundary at which they will all know it.
  private func report(
    before step: Int64, _ keeper: (any CheckpointKeeper)?
  ) -> SpikeExchange.Report {
    var report = SpikeExchange.Report()
    // Asked once: what is under way may be done a moment later.
    let status = keeper?.status
    report.fault = fault(status)?.exitCode ?? 0
    if case .underWay? = status { report.isDone = false }
    report.request = keeper?.request(before: step) ?? .none
    return report
  }

  /// Why this rank cannot go on.
  private func fault(_ status: KeeperStatus?) -> SimulationError? {
    if let fault = recorder.fault { return fault }
    guard case .failed(let error)? = status else { return nil }
    return SimulationError(error.message, exitCode: error.exitCode)
  }

  /// Sends the spikes of the epoch that began at a step.
  private func send(
    from start: Int64, _ report: SpikeExchange.Report
  ) throws(SimulationError) {
    pulse.beat(.exchange)
    try exchanging { () throws(MessagingError) in
      try exchange.begin(workers.map(\.outgoing), from: start, report)
    }
  }

  /// Takes what was sent last.
  ///
  /// - Returns: what all ranks know now.
  private func receive(
    _ keeper: (any CheckpointKeeper)?
  ) throws(SimulationError) -> SpikeExchange.Report {
    pulse.beat(.exchange)
    var known = SpikeExchange.Report()
    try exchanging { () throws(MessagingError) in known = try exchange.finish() }
    return try going(on: known, keeper)
  }

  /// Shares the state of ranks, without spikes, while none are under way.
  ///
  /// - Returns: what all ranks know now.
  func agree(
    before step: Int64, _ keeper: any CheckpointKeeper
  ) throws(SimulationError) -> SpikeExchange.Report {
    let own = report(before: step, keeper)
    var known = SpikeExchange.Report()
    try exchanging { () throws(MessagingError) in known = try exchange.agree(on: own) }
    return try going(on: known, keeper)
  }

  /// Throws on every rank what one rank has reported.
  private func going(
    on known: SpikeExchange.Report, _ keeper: (any CheckpointKeeper)?
  ) throws(SimulationError) -> SpikeExchange.Report {
    // The rank that could not go on has the message.
    guard known.fault == 0 else {
      throw fault(keeper?.status) ?? SimulationError("", exitCode: known.fault)
    }
    return known
  }

  private func exchanging(
    _ body: () throws(MessagingError) -> Void
  ) throws(SimulationError) {
    do {
      try body()
    } catch {
      throw SimulationError("the exchange of spikes failed: \(error.call): \(error.reason)")
    }
  }

  /// Hands what the epoch has left to the sink. What goes wrong is shared with all ranks.
  private func record(_ epoch: Epoch, into sink: any RecordSink) {
    pulse.beat(.record)
    let begin = ContinuousClock.now
    recorder.take(epoch, from: workers, isLast: epoch.end == experiment.steps, into: sink)
    figures.record += (ContinuousClock.now - begin).inSeconds
  }

  private func closing(_ end: RunEnd, since begin: ContinuousClock.Instant) -> RunFigures {
    figures.end = end
    figures.simulate = (ContinuousClock.now - begin).inSeconds
    figures.exchange = exchange.figures.seconds
    figures.exchanged = exchange.figures
    figures.deliver = workers.map(\.seconds.deliver).max() ?? 0
    figures.advance = workers.map(\.seconds.advance).max() ?? 0
    figures.spikes = experiment.network.populations.indices.map { population in
      workers.reduce(0) { $0 + $1.spikeCounts[population] }
    }
    return figures
  }
}
