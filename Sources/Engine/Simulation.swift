import CThreads
import KernelABI
import Messaging
import Networks

/// One rank's part of a run: its workers, and the loop that carries them through the epochs.
package final class Simulation {
  private let experiment: Experiment
  private let communicator: any Communicator
  private let exchange: SpikeExchange
  private let workers: [Worker]
  private let team: WorkerTeam
  private let recorder: Recorder
  private let gids: GlobalIDs
  private let smallestDelay: Int?
  private let epochCut: Int64?
  private var figures: RunFigures

  /// Puts together what `SimulationBuilder` has made.
  init(
    experiment: Experiment, communicator: any Communicator, workers: [Worker], team: WorkerTeam,
    recorder: Recorder, gids: GlobalIDs, smallestDelay: Int?, epochCut: Int64?, figures: RunFigures
  ) {
    self.experiment = experiment
    self.communicator = communicator
    exchange = SpikeExchange(communicator: communicator)
    self.workers = workers
    self.team = team
    self.recorder = recorder
    self.gids = gids
    self.smallestDelay = smallestDelay
    self.epochCut = epochCut
    self.figures = figures
  }

  deinit { team.disband() }

  /// Runs the experiment from its first step to its last, one epoch at a time.
  ///
  /// Ordering law, for epoch k, with D = deliver, A = advance, X = exchange, R = record:
  /// D(k) precedes A(k), A(k) precedes X(k) and R(k), X(k) precedes D(k + 1), and R(k) precedes
  /// A(k + 1). It holds because an epoch is no longer than the smallest delay between neurons
  /// plus one step: nothing that is emitted in an epoch is read by an update of the same epoch.
  ///
  /// - Throws: `SimulationError` on every rank if any rank cannot go on.
  package func run(
    into sink: any RecordSink, progress: (RunProgress) -> Void = { _ in }
  ) throws(SimulationError) -> RunFigures {
    let begin = ContinuousClock.now
    var epochs = EpochSequence(
      from: 0, to: experiment.steps, smallestDelay: smallestDelay, cut: epochCut)
    var upcoming = epochs.next()
    var arrivedFrom: Int64 = 0
    if let first = upcoming {
      for worker in workers { worker.begin(first) }
      try share(fault: 0)
    }
    while let epoch = upcoming {
      upcoming = epochs.next()
      let next = upcoming
      withArrived(from: arrivedFrom) { arrived in
        team.run { [workers] member in
          workers[member].advance(epoch, arrived: arrived, next: next)
        }
      }
      figures.epochSteps = max(figures.epochSteps, epoch.steps)
      let fault = record(epoch, into: sink)
      try share(fault: fault)
      arrivedFrom = epoch.start
      progress(RunProgress(step: epoch.end, steps: experiment.steps, spikes: spikesSoFar))
    }
    finish(arrivedFrom: arrivedFrom)
    return closing(since: begin)
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

  /// Runs the tail of the last step, so that the final state is the one after its resets.
  private func finish(arrivedFrom: Int64) {
    let end = experiment.steps
    withArrived(from: arrivedFrom) { arrived in
      team.run { [workers] member in
        workers[member].finish(at: end, arrived: arrived)
      }
    }
  }

  private func withArrived(from start: Int64, _ body: (ArrivedSpikes) -> Void) {
    exchange.withArrived(own: workers.map(\.outgoing), from: start, gids: gids, body)
  }

  /// Exchanges spikes and the state of ranks; throws on every rank what one rank reports.
  private func share(fault: Int32) throws(SimulationError) {
    let outcome: SpikeExchange.Outcome
    do {
      outcome = try exchange.exchange(workers.map(\.outgoing), fault: fault, stop: false)
    } catch {
      throw SimulationError("the exchange of spikes failed: \(error.call): \(error.reason)")
    }
    guard outcome.fault == 0 else {
      // The rank that could not go on has the message.
      throw recorder.fault ?? SimulationError("", exitCode: outcome.fault)
    }
  }

  /// Hands what the epoch has left to the sink; the exit code of what went wrong, or 0.
  private func record(_ epoch: Epoch, into sink: any RecordSink) -> Int32 {
    let begin = ContinuousClock.now
    defer { figures.record += (ContinuousClock.now - begin).inSeconds }
    recorder.take(epoch, from: workers, isLast: epoch.end == experiment.steps, into: sink)
    return recorder.fault?.exitCode ?? 0
  }

  private func closing(since begin: ContinuousClock.Instant) -> RunFigures {
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
