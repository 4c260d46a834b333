package import Engine
import Jobs
import Messaging
import Networks
import Storage

/// One rank of a run on many, played by one process: its neurons, synapses and messages are what
/// they would be, and the other ranks are taken to do as it does. Nothing is written.
package struct Rehearsal {
  /// Which rank of how many.
  package struct Part: Hashable, Sendable {
    package var rank: Int
    package var ranks: Int
    package init(rank: Int, ranks: Int) {
      self.rank = rank
      self.ranks = ranks
    }
  }

  private let experiment: Experiment
  private let name: String
  private let options: RunOptions
  private let part: Part

  package init(_ job: Job, part: Part, options: RunOptions) {
    experiment = job.experiment
    name = job.name
    self.options = options
    self.part = part
  }

  /// Takes what is recorded, and forgets it.
  private final class NoRecords: RecordSink {
    func spikes(_ records: [SpikeRecord], stream: Int) throws(RecordError) {}
    func states(
      _ values: borrowing Span<Double>, rows: Int, firstStep: Int64, recording: Int
    ) throws(RecordError) {}
  }

  /// - Returns: what it took, as JSON.
  package func run() throws(RunFailure) -> String {
    let plan = try RunPlan(experiment, ranks: part.ranks, threads: options.threads)
    if let shortage = plan.shortage(ranksOnNode: 1) { throw shortage }
    let communicator = RehearsalCommunicator(rank: part.rank, size: part.ranks)
    let figures: RunFigures
    let decomposition: Decomposition
    do throws(SimulationError) {
      let builder = try SimulationBuilder(
        experiment, options: options, communicator: communicator)
      decomposition = builder.decomposition
      figures = try builder.build().run(into: NoRecords(), timesEpochs: true)
    } catch {
      throw RunFailure(error)
    }
    let record = record(figures, decomposition, others: communicator.secondsOfOthers)
    do throws(StorageError) {
      return try record.text
    } catch {
      throw RunFailure(error)
    }
  }

  private func record(
    _ figures: RunFigures, _ decomposition: Decomposition, others: Double
  ) -> RehearsalRecord {
    var (neurons, spikes) = (0, 0)
    for (index, population) in experiment.network.populations.enumerated() {
      guard case .neurons = population.kind else { continue }
      neurons += decomposition.neurons(ofPopulation: index, rank: part.rank).count
      spikes += figures.spikes[index]
    }
    let epochs = figures.epochs ?? EpochTimes()
    return RehearsalRecord(
      job: name, rank: part.rank, ranks: part.ranks, threads: options.threads,
      steps: experiment.steps, dt: experiment.dt, neurons: neurons, synapses: figures.synapses,
      spikes: spikes, exchange: ExchangeRecord(figures.exchanged),
      seconds: RehearsalRecord.Seconds(
        build: figures.build, simulate: figures.simulate - others, deliver: figures.deliver,
        advance: figures.advance, exchange: figures.exchange, record: figures.record,
        others: others),
      epochs: RehearsalRecord.Epochs(
        count: epochs.count, steps: figures.epochSteps, mean: epochs.mean,
        deviation: epochs.deviation, jitter: epochs.jitter,
        jitterWithNoise: epochs.jitterWithNoise),
      peakResidentBytes: RunSession.peakResidentBytes)
  }
}

extension ExchangeRecord {
  /// Of one rank.
  init(_ figures: ExchangeFigures) {
    self.init(
      kind: figures.kind.rawValue, overlapped: figures.isOverlapped,
      rounds: Int64(figures.rounds), messages: figures.messages, wireBytes: figures.wireBytes,
      bytesSent: Int64(figures.bytesSent), bytesReceived: Int64(figures.bytesReceived),
      spikesSent: Int64(figures.spikes), spikesReceived: Int64(figures.spikesReceived))
  }
}
