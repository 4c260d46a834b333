import Engine
import Foundation
import Jobs
import Messaging
public import Networks
import Storage

/// How a run is done: nothing here changes a result.
public struct RunSettings: Sendable {
  /// What evaluates the equations.
  public enum Kernels: Sendable {
    /// Compiled where a C compiler is found, else portable.
    case automatic
    case compiled
    case portable
  }

  /// At most 256.
  public var threads: Int
  public var kernels: Kernels

  public init(threads: Int = 1, kernels: Kernels = .automatic) {
    self.threads = threads
    self.kernels = kernels
  }

  fileprivate func options() throws(RunFailure) -> RunOptions {
    guard (1...RunOptions.mostThreads).contains(threads) else {
      throw RunFailure("threads are from 1 to \(RunOptions.mostThreads)", exitCode: 64)
    }
    let backend: RunOptions.Backend? =
      switch kernels {
      case .automatic: nil
      case .compiled: .compiled
      case .portable: .portable
      }
    return RunOptions(threads: threads, backend: backend)
  }
}

extension Experiment {
  /// Runs in this process and keeps in memory what is recorded.
  ///
  /// The numbers have the bits that a job file of the same content gives, on any number of threads.
  ///
  /// - Throws: `RunFailure` with what is wrong with the experiment, or what went wrong.
  public func run(_ settings: RunSettings = RunSettings()) throws(RunFailure) -> RecordedRun {
    try check(settings)
    let record = RecordedRun(recording, dt: dt)
    do throws(SimulationError) {
      let simulation = try SimulationBuilder(
        self, options: try optionsOf(settings), communicator: SingleProcessCommunicator()
      ).build()
      record.backend = try simulation.run(into: record).backend
    } catch {
      throw RunFailure(error)
    }
    return record
  }

  /// Runs in this process and writes what a job of the same content writes: SONATA files and
  /// `run.json`; the experiment in words in `experiment.txt`.
  ///
  /// A directory that holds this very run, complete, is left as it is; one that holds a part of it
  /// is gone on from.
  ///
  /// - Parameters:
  ///   - name: Of the run, for `run.json`.
  ///   - directory: Made if need be.
  ///   - isFresh: Start over, whatever the directory holds.
  ///   - settings: How to run.
  /// - Throws: `RunFailure` with what is wrong with the experiment, or what went wrong.
  public func run(
    named name: String, into directory: String, isFresh: Bool = false,
    _ settings: RunSettings = RunSettings()
  ) throws(RunFailure) {
    try check(settings)
    // How long it runs and what it writes changes no result.
    var essence = self
    essence.steps = 0
    essence.recording = RecordingPlan()
    let job = Job(
      named: name, experiment: self, text: ExperimentText(self).description,
      identity: ["experiment": ExperimentText(essence).description])
    var conduct = RunSession.Conduct(checkpoints: CheckpointPolicy(job.checkpoint))
    conduct.isFresh = isFresh
    let session = RunSession(
      job: job, directory: directory, options: try settings.options(), conduct: conduct,
      communicator: SingleProcessCommunicator())
    _ = try session.run(RunSession.Listener(notice: { _ in }, progress: { _ in }))
  }

  private func optionsOf(_ settings: RunSettings) throws(SimulationError) -> RunOptions {
    do throws(RunFailure) {
      return try settings.options()
    } catch {
      throw SimulationError(error.message, exitCode: error.exitCode)
    }
  }

  /// Finds what the engine takes for granted: a job's reader has looked at it already.
  private func check(_ settings: RunSettings) throws(RunFailure) {
    guard dt.isNormal, dt > 0, steps > 0 else {
      throw RunFailure("an experiment has at least one step, longer than nothing", exitCode: 65)
    }
    guard !network.populations.isEmpty else {
      throw RunFailure("the experiment has no population", exitCode: 65)
    }
    let errors = network.issues(dt: dt).filter { $0.severity == .error } + recordingIssues
    guard errors.isEmpty else {
      throw RunFailure(errors.map(\.description).joined(separator: "\n"), exitCode: 65)
    }
    let plan = try RunPlan(self, ranks: 1, threads: try settings.options().threads)
    if let shortage = plan.shortage(ranksOnNode: 1) { throw shortage }
  }

  private var recordingIssues: [NetworkIssue] {
    var issues: [NetworkIssue] = []
    func add(_ key: String, _ message: String) {
      issues.append(NetworkIssue(path: ["record", key], message: message))
    }
    let places = network.populations.indices
    if Set(recording.spikes).count != recording.spikes.count
      || !recording.spikes.allSatisfy(places.contains)
    {
      add("spikes", "a population is named twice or is not there")
    }
    for states in recording.states {
      guard places.contains(states.population),
        case .neurons(let neurons) = network.populations[states.population].kind
      else {
        add("states", "'\(states.name)' is of no neurons")
        continue
      }
      let size = network.populations[states.population].size
      let isAscending = zip(states.neurons, states.neurons.dropFirst()).allSatisfy { $0 < $1 }
      if !isAscending || !states.neurons.allSatisfy((0..<size).contains) {
        add("states", "the neurons of '\(states.name)' do not ascend or are not there")
      }
      let known = neurons.system.variables.map(\.name)
      if !states.variables.allSatisfy({ known.contains($0) || $0.isRecordableWithoutVariable }) {
        add("states", "'\(states.name)' names a variable that is not there")
      }
      if states.window.every < 1 || states.window.from < 0 {
        add("states", "the window of '\(states.name)' cannot be")
      }
    }
    return issues
  }
}
