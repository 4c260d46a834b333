import Engine
import Foundation
import Glibc
import Jobs
import Messaging
import Networks
import Storage

extension RunSession {
  /// What all ranks have done, as run.json tells it. Every rank calls it.
  func record(_ exit: RunRecord.Exit, _ figures: RunFigures) throws(RunFailure) -> RunRecord {
    var figures = figures
    var record = ownRecord(exit, figures)
    do throws(MessagingError) {
      for place in figures.spikes.indices {
        figures.spikes[place] = Int(try communicator.sum(Double(figures.spikes[place])))
      }
      record.synapses = Int64(try communicator.sum(Double(figures.synapses)))
      record.exchange = try sum(ExchangeRecord(figures.exchanged))
      record.peakResidentBytes = try communicator.maximum(RunSession.peakResidentBytes)
    } catch {
      throw RunFailure("\(error.call) failed: \(error.reason)", exitCode: 70)
    }
    record.spikes = spikes(figures)
    return record
  }

  /// Over all ranks; rounds are common to them.
  private func sum(_ own: ExchangeRecord) throws(MessagingError) -> ExchangeRecord {
    func sum(_ value: Int64) throws(MessagingError) -> Int64 {
      Int64(try communicator.sum(Double(value)))
    }
    var all = own
    all.messages = try sum(own.messages)
    all.wireBytes = try sum(own.wireBytes)
    all.bytesSent = try sum(own.bytesSent)
    all.bytesReceived = try sum(own.bytesReceived)
    all.spikesSent = try sum(own.spikesSent)
    all.spikesReceived = try sum(own.spikesReceived)
    return all
  }

  /// Of the whole run, stretches before this one included.
  private func spikes(_ figures: RunFigures) -> [String: Int64] {
    var counts = earlierSpikes
    for (population, count) in zip(job.experiment.network.populations, figures.spikes) {
      counts[population.name, default: 0] += Int64(count)
    }
    return counts
  }

  /// As far as this rank knows.
  func ownRecord(_ exit: RunRecord.Exit, _ figures: RunFigures) -> RunRecord {
    let experiment = job.experiment
    var parts = RunRecord.Seconds()
    parts.build = figures.build
    parts.compile = figures.compile
    parts.simulate = figures.simulate
    parts.deliver = figures.deliver
    parts.advance = figures.advance
    parts.exchange = figures.exchange
    parts.record = figures.record
    parts.checkpoint = figures.checkpoint
    parts.snapshot = figures.snapshot
    parts.total = elapsed
    let simulated = Double(experiment.steps) * experiment.dt
    var record = RunRecord(
      coppice: RunRecord.Program(version: RunSession.version, build: RunSession.build),
      job: RunRecord.Job(name: job.name, hash: jobHash),
      exit: exit, steps: experiment.steps, dt: experiment.dt,
      neurons: Int64(experiment.network.neuronCount), compartments: Int64(compartments),
      synapses: Int64(figures.synapses), ranks: communicator.size, threads: options.threads,
      precision: experiment.precision.rawValue, backend: figures.backend, method: method,
      epochSteps: figures.epochSteps, spikes: spikes(figures), seconds: parts,
      realtimeFactor: simulated > 0 ? figures.simulate / simulated : 0,
      peakResidentBytes: RunSession.peakResidentBytes,
      hosts: [ProcessInfo.processInfo.hostName], lineage: lineage)
    record.point = point
    return record
  }

  private static var build: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  /// The largest memory that this process has held so far.
  static var peakResidentBytes: Int64 {
    var usage = rusage()
    getrusage(0, &usage)
    return Int64(usage.ru_maxrss) * 1024
  }

  private var method: String {
    let methods = job.experiment.network.populations.compactMap { population in
      if case .neurons(let neurons) = population.kind { neurons.method.rawValue } else { nil }
    }
    return Set(methods).sorted().joined(separator: ", ")
  }

  private var compartments: Int {
    job.experiment.network.populations.reduce(0) { sum, population in
      guard case .neurons(let neurons) = population.kind else { return sum }
      return sum + population.size * CompartmentOrder(neurons.system).count
    }
  }
}
