package import Engine
import Glibc
package import Jobs
package import Messaging
import Networks
package import Storage

/// One run of a job, on this rank: from a job as understood to the files of its output directory.
package struct RunSession {
  /// What came of it.
  package enum Outcome: Sendable {
    case finished(RunRecord)
    /// The directory holds this very job, complete.
    case alreadyComplete(RunRecord)
  }

  /// What a run tells while it goes on, on rank 0.
  package struct Listener {
    /// One line of notice or warning.
    package var notice: (String) -> Void
    package var progress: (RunProgress) -> Void
    package init(
      notice: @escaping (String) -> Void, progress: @escaping (RunProgress) -> Void
    ) {
      self.notice = notice
      self.progress = progress
    }
  }

  /// The version in run.json and of `coppice version`.
  package static let version = "0.1.0"

  let job: Job
  private let directory: String
  let options: RunOptions
  private let isFresh: Bool
  let communicator: any Communicator

  /// - Parameter isFresh: start over, whatever the directory holds.
  package init(
    job: Job, directory: String, options: RunOptions, isFresh: Bool,
    communicator: any Communicator
  ) {
    self.job = job
    self.directory = directory
    self.options = options
    self.isFresh = isFresh
    self.communicator = communicator
  }

  private var isFirst: Bool { communicator.rank == 0 }

  /// Identity of the job: the text as understood, whatever its spelling was.
  var jobHash: String { "\(ContentHash.of(Array(job.resolved.utf8)))" }

  /// Runs to the end.
  ///
  /// Every rank calls it; every rank throws the same exit code.
  package func run(_ listener: Listener) throws(RunFailure) -> Outcome {
    let begin = ContinuousClock.now
    let isNew = access(directory, F_OK) != 0
    // The plan is made before the directory is touched: a job that cannot run leaves no trace.
    try together { () throws(RunFailure) in
      let plan = try RunPlan(job.experiment, ranks: communicator.size, threads: options.threads)
      if let shortage = plan.shortage(ranksOnNode: communicator.ranksOnNode) { throw shortage }
    }
    try requireOneJob()
    var output: OutputDirectory?
    var found: RunRecord?
    try together { () throws(RunFailure) in (output, found) = try openOutput(listener) }
    guard let output else { throw RunFailure("no output directory", exitCode: 70) }
    if let found { return .alreadyComplete(found) }
    let builder: SimulationBuilder
    let simulation: Simulation
    do throws(SimulationError) {
      builder = try SimulationBuilder(
        job.experiment, options: options, communicator: communicator)
      if isFirst, let notice = builder.notice { listener.notice(notice) }
      simulation = try builder.build()
    } catch {
      if isFirst, isNew { removeIfEmpty(output) }
      throw RunFailure(error)
    }
    return try simulate(
      simulation, builder.decomposition, into: output, since: begin, listener)
  }

  /// Makes sure that all ranks have read the same job: on a cluster without a common file system
  /// each could have a file of its own.
  private func requireOneJob() throws(RunFailure) {
    let own = Int64(jobHash.prefix(15), radix: 16) ?? 0
    let isLargest = try maximum(own) == own
    let others = try maximum(isLargest ? 0 : 1)
    guard others == 0 else {
      throw RunFailure(
        "the ranks have read different jobs; give all machines the same job file", exitCode: 65)
    }
  }

  /// Takes away a directory that this run has made and not used.
  private func removeIfEmpty(_ output: OutputDirectory) {
    rmdir(output.path + "/segments")
    rmdir(output.path)
  }

  private func simulate(
    _ simulation: Simulation, _ decomposition: Decomposition, into output: OutputDirectory,
    since begin: ContinuousClock.Instant, _ listener: Listener
  ) throws(RunFailure) -> Outcome {
    let layout = RecordingLayout(of: job.experiment)
    var writer: SegmentWriter?
    try storing { () throws(StorageError) in
      if isFirst, job.given.isEmpty {
        try output.write(job.resolved, to: "experiment.txt")
      } else if isFirst {
        try output.write(job.given, to: "job.yaml")
        try output.write(job.resolved, to: "job.resolved.yaml")
      }
      writer = try SegmentWriter(
        directory: output, layout: layout, rank: communicator.rank, ranks: communicator.size,
        firstStep: 0, columns: columns(decomposition))
    }
    guard let writer else { throw RunFailure("no writer", exitCode: 70) }
    var figures: RunFigures
    do throws(SimulationError) {
      figures = try simulation.run(
        into: writer, progress: isFirst ? listener.progress : { _ in })
    } catch {
      throw RunFailure(error)
    }
    try storing { () throws(StorageError) in _ = try writer.cut(at: job.experiment.steps) }
    let merging = ContinuousClock.now
    try storing { () throws(StorageError) in
      if isFirst {
        _ = try OutputMerger.finish(output, layout: layout, steps: job.experiment.steps)
      }
    }
    figures.record += (ContinuousClock.now - merging).inSeconds
    let record = try closingRecord(figures, seconds: (ContinuousClock.now - begin).inSeconds)
    try storing { () throws(StorageError) in if isFirst { try record.write(to: output) } }
    return .finished(record)
  }

  /// Opens the output directory; the record of a finished run of this very job if it holds one.
  private func openOutput(
    _ listener: Listener
  ) throws(RunFailure) -> (OutputDirectory, RunRecord?) {
    let (output, found) = try findRun()
    if let found {
      guard found.job.hash == jobHash else {
        throw RunFailure(
          "\(directory) holds a run of another job (\(found.job.name), \(found.job.hash)); name "
            + "another directory with --output, or start over with --fresh", exitCode: 76)
      }
      if found.exit.status == .complete { return (output, found) }
    }
    guard isFirst else { return (output, nil) }
    if found != nil {
      listener.notice(
        "\(directory) holds a run that did not finish and no checkpoint: starting over")
    }
    do throws(StorageError) {
      try SegmentCatalog.discard(from: 0, in: output)
    } catch {
      throw RunFailure(error)
    }
    return (output, nil)
  }

  /// The output directory, made if need be, and what it tells of a run unless that is to go.
  private func findRun() throws(RunFailure) -> (OutputDirectory, RunRecord?) {
    do throws(StorageError) {
      let output = try OutputDirectory.create(directory)
      guard output.has(RunRecord.fileName), !isFresh else { return (output, nil) }
      return (output, try RunRecord.read(from: output))
    } catch {
      throw RunFailure(error)
    }
  }

  /// For each states recording the places of this rank's neurons among those recorded.
  private func columns(_ decomposition: Decomposition) -> [[Int]] {
    job.experiment.recording.states.map { recording in
      let own = decomposition.neurons(
        ofPopulation: recording.population, rank: communicator.rank)
      return recording.neurons.indices.filter { own.contains(recording.neurons[$0]) }
    }
  }

  /// Does something on every rank and ends on every rank with the same code if one fails.
  ///
  /// The ranks that failed give their messages; the others throw an empty one.
  private func together(_ body: () throws(RunFailure) -> Void) throws(RunFailure) {
    var failure: RunFailure?
    do {
      try body()
    } catch {
      failure = error
    }
    let worst = try maximum(Int64(failure?.exitCode ?? 0))
    guard worst == 0 else {
      throw RunFailure(failure?.message ?? "", exitCode: Int32(worst))
    }
  }

  private func storing(_ body: () throws(StorageError) -> Void) throws(RunFailure) {
    try together { () throws(RunFailure) in
      do throws(StorageError) {
        try body()
      } catch {
        throw RunFailure(error)
      }
    }
  }

  private func maximum(_ value: Int64) throws(RunFailure) -> Int64 {
    do {
      return try communicator.maximum(value)
    } catch {
      throw RunFailure("\(error.call) failed: \(error.reason)", exitCode: 70)
    }
  }
}
