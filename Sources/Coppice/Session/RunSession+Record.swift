import Engine
import Foundation
import Glibc
import Jobs
import Messaging
import Networks
import Storage

extension RunSession {
  /// What all ranks have done, as run.json tells it.
  func closingRecord(
    _ figures: RunFigures, seconds total: Double
  ) throws(RunFailure) -> RunRecord {
    let experiment = job.experiment
    let (spikes, synapses, resident): ([Double], Double, Int64)
    do throws(MessagingError) {
      var sums: [Double] = []
      for count in figures.spikes { sums.append(try communicator.sum(Double(count))) }
      spikes = sums
      synapses = try communicator.sum(Double(figures.synapses))
      resident = try communicator.maximum(RunSession.peakResidentBytes)
    } catch {
      throw RunFailure("\(error.call) failed: \(error.reason)", exitCode: 70)
    }
    var counts: [String: Int64] = [:]
    for (population, sum) in zip(experiment.network.populations, spikes) {
      counts[population.name] = Int64(sum)
    }
    var parts = RunRecord.Seconds()
    parts.build = figures.build
    parts.compile = figures.compile
    parts.simulate = figures.simulate
    parts.deliver = figures.deliver
    parts.advance = figures.advance
    parts.exchange = figures.exchange
    parts.record = figures.record
    parts.total = total
    let simulated = Double(experiment.steps) * experiment.dt
    return RunRecord(
      coppice: RunRecord.Program(version: RunSession.version, build: RunSession.build),
      job: RunRecord.Job(name: job.name, hash: jobHash),
      exit: RunRecord.Exit(status: .complete), steps: experiment.steps, dt: experiment.dt,
      neurons: Int64(figures.neurons), compartments: Int64(compartments),
      synapses: Int64(synapses), ranks: communicator.size, threads: options.threads,
      precision: experiment.precision.rawValue, backend: figures.backend, method: method,
      epochSteps: figures.epochSteps, spikes: counts, seconds: parts,
      realtimeFactor: simulated > 0 ? figures.simulate / simulated : 0,
      peakResidentBytes: resident, hosts: [ProcessInfo.processInfo.hostName], lineage: [])
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
      if case .neurons(let neurons) = population.kind { neurons.method } else { nil }
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
