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
  private let gids: GlobalIDs
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
    experiment: Experiment, communicator: any Communicator, workers: [Worker], team: WorkerTeam,
    recorder: Recorder, gids: GlobalIDs, smallestDelay: Int?, epochCuts: [Int64],
    origin: CheckpointInstant, snapshot: Snapshot, figures: RunFigures, pulse: RunPulse
  ) {
    self.experiment = experiment
    exchange = SpikeExchange(communicator: communicator)
    self.workers = workers
    self.team = team
    self.recorder = recorder
    self.gids = gids
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
  /// - Parameter keeper: writes checkpoints and says when; `nil`: there are none.
  /// - Throws: `SimulationError` on every rank if any rank cannot go on.
  package func run(
    into sink: any RecordSink, keeping keeper: (any CheckpointKeeper)? = nil,
    progress: (RunProgress) -> Void = { _ in }
  ) throws(SimulationError) -> RunFigures {
    let begin = ContinuousClock.now
    var epochs = EpochSequence(
      from: origin.step, to: experiment.steps, smallestDelay: smallestDelay, cuts: epochCuts)
    var upcoming = epochs.next()
    var arrivedFrom = origin.step
    if let first = upcoming { for worker in workers { worker.begin(first) } }
    _ = try share(before: origin.step, nil)
    while let epoch = upcoming {
      upcoming = epochs.next()
      let next = upcoming
      pulse.beat(.advance, step: epoch.start)
      withArrived(from: arrivedFrom) { arrived in
        team.run { [workers] member in
          workers[member].advance(epoch, arrived: arrived, next: next)
        }
      }
      figures.epochSteps = max(figures.epochSteps, epoch.steps)
      record(epoch, into: sink)
      let known = try share(before: epoch.end, keeper)
      arrivedFrom = epoch.start
      progress(
        RunProgress(
          step: epoch.end, steps: experiment.steps, origin: origin.step, spikes: spikesSoFar))
      if next != nil, let keeper, try tend(keeper, known, before: epoch.end, into: sink) {
        return closing(.stopped(before: epoch.end), since: begin)
      }
    }
    let end = try finish(arrivedFrom: arrivedFrom, keeper, into: sink)
    return closing(end, since: begin)
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
    arrivedFrom: Int64, _ keeper: (any CheckpointKeeper)?, into sink: any RecordSink
  ) throws(SimulationError) -> RunEnd {
    let end = experiment.steps
    // A checkpoint of this very state: there is nothing left to do.
    guard origin.arrivalsFrom <= end else { return .complete }
    pulse.beat(.end, step: end)
    withArrived(from: arrivedFrom) { arrived in
      team.run { [workers] member in
        workers[member].finish(at: end, arrived: arrived)
      }
    }
    guard let keeper else { return .complete }
    let instant = CheckpointInstant(step: end, arrivalsFrom: end + 1)
    return try save(finally: instant, keeper, into: sink) ? .complete : .stopped(before: end)
  }

  private func withArrived(from start: Int64, _ body: (ArrivedSpikes) -> Void) {
    exchange.withArrived(own: workers.map(\.outgoing), from: start, gids: gids, body)
  }

  /// Exchanges spikes and the state of ranks; throws on every rank what one rank reports.
  ///
  /// - Parameter isSilent: only the state of ranks; what the last exchange has brought is gone.
  /// - Returns: what all ranks know now.
  func share(
    before step: Int64, _ keeper: (any CheckpointKeeper)?, isSilent: Bool = false
  ) throws(SimulationError) -> SpikeExchange.Report {
    var fault = recorder.fault
    var report = SpikeExchange.Report()
    switch keeper?.status {
    case .failed(let error):
      fault = fault ?? SimulationError(error.message, exitCode: error.exitCode)
    case .underWay: report.isDone = false
    case .done, nil: break
    }
    report.fault = fault?.exitCode ?? 0
    report.request = keeper?.request(before: step) ?? .none
    if !isSilent { pulse.beat(.exchange) }
    let known: SpikeExchange.Report
    do {
      known = try exchange.exchange(isSilent ? [] : workers.map(\.outgoing), report)
    } catch {
      throw SimulationError("the exchange of spikes failed: \(error.call): \(error.reason)")
    }
    // The rank that could not go on has the message.
    guard known.fault == 0 else { throw fault ?? SimulationError("", exitCode: known.fault) }
    return known
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
    figures.exchange = exchange.seconds
    figures.deliver = workers.map(\.seconds.deliver).max() ?? 0
    figures.advance = workers.map(\.seconds.advance).max() ?? 0
    figures.spikes = experiment.network.populations.indices.map { population in
      workers.reduce(0) { $0 + $1.spikeCounts[population] }
    }
    return figures
  }
}
