package import Engine
import Foundation
import Glibc
package import Jobs
package import Messaging
import Networks
package import Storage

/// One run of a job, on this rank: from a job as understood to the files of its output directory.
///
/// It keeps the directory for itself for as long as it lives.
package final class RunSession {
  /// What came of it.
  package enum Outcome: Sendable {
    case finished(RunRecord)
    /// The directory holds this very job, complete.
    case alreadyComplete(RunRecord)
    /// Before its end, as asked: the same command line goes on.
    case stopped(RunRecord, Stop)
  }

  /// How a run stopped early.
  package struct Stop: Hashable, Sendable {
    package var step: Int64
    /// What asked for it: `signal 12`, `time limit`.
    package var reason: String
    /// The step of the newest generation; `nil`: there is none, and the run will start over.
    package var generation: Int64?
    /// Whether a checkpoint was being written and was given up.
    package var isAbandoned: Bool
  }

  /// What a run tells while it goes on, on rank 0.
  package struct Listener {
    /// One line of notice or warning.
    package var notice: (String) -> Void
    package var progress: (RunProgress) -> Void
    /// One line of what goes on inside, for those who want to follow it.
    package var detail: (String) -> Void
    package init(
      notice: @escaping (String) -> Void, progress: @escaping (RunProgress) -> Void,
      detail: @escaping (String) -> Void = { _ in }
    ) {
      self.notice = notice
      self.progress = progress
      self.detail = detail
    }
  }

  /// How the output directory is treated, and when the run is saved.
  package struct Conduct: Sendable {
    /// Start over, whatever the directory holds.
    package var isFresh = false
    /// A generation of another run to branch off from.
    package var origin: String?
    package var checkpoints: CheckpointPolicy
    /// Seconds without progress after which the run is ended; 0: never.
    package var watchdog = 600.0
    package init(checkpoints: CheckpointPolicy) { self.checkpoints = checkpoints }
  }

  /// The version in run.json and of `coppice version`.
  package static let version = "0.1.0"

  let job: Job
  let options: RunOptions
  let communicator: any Communicator
  /// Which point of a sweep the run is.
  let point: RunRecord.Point?
  private let directory: String
  private let conduct: Conduct
  private let begin = ContinuousClock.now
  private let thread = StorageThread()
  private var locks: [RunLock] = []
  /// The directory, once it is this run's to write.
  private var output: OutputDirectory?
  private var start = RunStart(.fresh)
  /// Known to the first rank, which writes manifests.
  private var identity = CheckpointIdentity(parts: [:], numericsVersion: 0)
  private var recorded = ""
  private var keeper: CheckpointWriter?
  /// Where this rank is, for its watchdog.
  private let pulse = RunPulse()
  private var watchdog: Watchdog?
  /// Stretches of this run so far, this one included.
  private(set) var lineage: [LineageEntry] = []

  package init(
    job: Job, directory: String, options: RunOptions, conduct: Conduct,
    communicator: any Communicator, point: RunRecord.Point? = nil
  ) {
    self.point = point
    self.job = job
    self.directory = directory
    var options = options
    options.epochCuts += conduct.checkpoints.epochCuts
    self.options = options
    self.conduct = conduct
    self.communicator = communicator
  }

  deinit {
    thread.end()
    watchdog?.end()
  }

  private var isFirst: Bool { communicator.rank == 0 }

  /// The text of the job as understood, whatever its spelling was: who runs it again finds it
  /// complete.
  private(set) lazy var jobHash = RunSession.hash(of: job)

  static func hash(of job: Job) -> String { "\(ContentHash.of(Array(job.resolved.utf8)))" }

  /// The step that the run has come to; `nil`: it has not begun.
  package var step: Int64? { keeper == nil ? nil : pulse.step }
  /// The step of the newest generation, if there is one.
  package var generation: Int64? { keeper?.committed }

  /// Runs to the end, or until it is asked to stop.
  ///
  /// Every rank calls it; every rank throws the same exit code. A rank that hangs ends the run, now
  /// and for as long as the session lives.
  package func run(_ listener: Listener) throws(RunFailure) -> Outcome {
    let isNew = access(directory, F_OK) != 0
    if conduct.watchdog > 0 {
      watchdog = Watchdog(pulse, seconds: conduct.watchdog, communicator: communicator)
    }
    // The plan is made before the directory is touched: a job that cannot run leaves no trace.
    var lowered: [Int: PopulationProgram]?
    try communicator.together { () throws(RunFailure) in
      let plan = try RunPlan(job.experiment, ranks: communicator.size, threads: options.threads)
      if let shortage = plan.shortage(ranksOnNode: communicator.ranksOnNode) { throw shortage }
      lowered = plan.programs
    }
    try requireOneJob()
    let output = try openOutput(listener)
    let store = CheckpointStore(directory: output, keep: conduct.checkpoints.keep)
    start = try agreeOnStart(output, store, listener)
    if start.kind == .complete, let record = start.record {
      return .alreadyComplete(try asPoint(record, in: output))
    }
    lineage =
      start.lineage + [
        LineageEntry(
          step: start.step, generation: start.generation, ranks: communicator.size,
          threads: options.threads, when: Date.now.formatted(.iso8601),
          host: ProcessInfo.processInfo.hostName,
          from: start.kind == .branched ? conduct.origin : nil)
      ]
    let source = try checkpointSource()
    let builder: SimulationBuilder
    let simulation: Simulation
    do throws(SimulationError) {
      builder = try SimulationBuilder(
        job.experiment, lowered: lowered, options: options, communicator: communicator,
        pulse: pulse)
      if isFirst, let notice = builder.notice { listener.notice(notice) }
      simulation = try builder.build(from: source, isBranch: start.kind == .branched)
    } catch {
      if isFirst, isNew { removeIfEmpty(output) }
      throw RunFailure(error)
    }
    let layout = RecordingLayout(of: job.experiment)
    let writer = try prepare(output, store, layout, builder.decomposition)
    return try simulate(simulation, into: output, store, layout, writer, listener)
  }

  // MARK: Before the first step

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

  /// Opens the output directory on all ranks and keeps other runs out of it.
  private func openOutput(_ listener: Listener) throws(RunFailure) -> OutputDirectory {
    var opened: OutputDirectory?
    try storing { () throws(StorageError) in
      opened = try OutputDirectory.create(directory)
    }
    guard let opened else { throw RunFailure("no output directory", exitCode: 70) }
    try onFirstRank(.prepare) { [self] () throws(StorageError) in
      locks.append(
        try RunLock.exclusive(opened) { holder in
          listener.notice("waiting for another run in \(directory): \(holder)")
        })
    }
    try storing { () throws(StorageError) in
      if let lock = try RunLock.shared(opened) { locks.append(lock) }
    }
    return opened
  }

  /// The record of a complete run, which from now on tells which point of a sweep it is.
  private func asPoint(
    _ record: RunRecord, in output: OutputDirectory
  ) throws(RunFailure) -> RunRecord {
    guard record.point != point, point != nil else { return record }
    var record = record
    record.point = point
    try storing { () throws(StorageError) in if isFirst { try record.write(to: output) } }
    return record
  }

  /// What the first rank finds in the directory, on all ranks.
  private func agreeOnStart(
    _ output: OutputDirectory, _ store: CheckpointStore, _ listener: Listener
  ) throws(RunFailure) -> RunStart {
    var found = RunStart(.fresh)
    try onFirstRank(.prepare) { [self] () throws(RunFailure) in
      identity = try readIdentity()
      recorded = try layoutHash()
      found = try RunStartSearch(
        job: job, identity: identity, recorded: recorded, jobHash: jobHash,
        output: output, store: store,
        isFresh: conduct.isFresh, origin: conduct.origin, notice: listener.notice
      ).run()
    }
    do {
      var bytes = isFirst ? Array(try JSONEncoder().encode(found)) : []
      try communicator.broadcast(&bytes, from: 0)
      return try JSONDecoder().decode(RunStart.self, from: Data(bytes))
    } catch {
      throw RunFailure("the ranks could not agree on where to begin: \(error)", exitCode: 70)
    }
  }

  /// What a checkpoint must share with this job.
  private func readIdentity() throws(RunFailure) -> CheckpointIdentity {
    var parts = job.identity
    for path in job.inputFiles {
      let name = path.split(separator: "/").last.map { String($0) } ?? path
      do throws(StorageError) {
        parts["contents of \(name)", default: ""] += "\(try ContentHash.ofFile(path)) "
      } catch {
        throw RunFailure(error)
      }
    }
    return CheckpointIdentity(parts: parts, numericsVersion: Numerics.version)
  }

  private func layoutHash() throws(RunFailure) -> String {
    do throws(StorageError) {
      return try RecordingLayout(of: job.experiment).hash
    } catch {
      throw RunFailure(error)
    }
  }

  /// The state from which the run goes on; `nil`: from the beginning.
  private func checkpointSource() throws(RunFailure) -> (any CheckpointSource)? {
    guard let path = start.checkpoint else { return nil }
    var source: (any CheckpointSource)?
    try storing { () throws(StorageError) in
      // The first rank has read every byte.
      source = try CommittedCheckpoint.open(path, isVerified: true).source()
    }
    return source
  }

  /// Takes away a directory that this run has made and not used.
  private func removeIfEmpty(_ output: OutputDirectory) {
    for name in [".lock", ".lock.ranks"] { unlink(output.path + "/" + name) }
    rmdir(output.path + "/segments")
    rmdir(output.path)
  }

  /// Makes the directory this run's: what another one has left goes, its record first, so that
  /// nothing ever claims to be complete that is not.
  private func prepare(
    _ output: OutputDirectory, _ store: CheckpointStore, _ layout: RecordingLayout,
    _ decomposition: Decomposition
  ) throws(RunFailure) -> SharedWriter {
    try onFirstRank(.prepare) { [self] () throws(StorageError) in
      try output.remove(RunRecord.fileName)
      if start.kind == .resumed, let path = start.checkpoint {
        var checkpoint = try CommittedCheckpoint.open(path, isVerified: true)
        checkpoint.output = start.output
        start.segments = try store.resume(from: checkpoint, layout: layout)
      } else {
        if conduct.isFresh { try store.removeAllAndOutput() } else { try store.removeAll() }
        try SegmentCatalog.discard(from: 0, in: output)
      }
      guard !job.given.isEmpty else {
        return try output.write(job.resolved, to: "experiment.txt", awaiting: .nothing)
      }
      // A run that goes on writes them again.
      try output.write(job.given, to: "job.yaml", awaiting: .nothing)
      try output.write(job.resolved, to: "job.resolved.yaml", awaiting: .nothing)
    }
    self.output = output
    let columns = columns(decomposition)
    let (rank, ranks, step) = (communicator.rank, communicator.size, start.step)
    var writer: SharedWriter?
    try storing { () throws(StorageError) in
      writer = try thread.perform { () throws(StorageError) in
        SharedWriter(
          try SegmentWriter(
            directory: output, layout: layout, rank: rank, ranks: ranks, firstStep: step,
            columns: columns), path: output.path + "/segments")
      }
    }
    guard let writer else { throw RunFailure("no writer", exitCode: 70) }
    return writer
  }

  /// For each states recording the places of this rank's neurons among those recorded.
  private func columns(_ decomposition: Decomposition) -> [[Int]] {
    job.experiment.recording.states.map { recording in
      let own = decomposition.neurons(
        ofPopulation: recording.population, rank: communicator.rank)
      return recording.neurons.indices.filter { own.contains(recording.neurons[$0]) }
    }
  }

  // MARK: The run

  private func simulate(
    _ simulation: Simulation, into output: OutputDirectory, _ store: CheckpointStore,
    _ layout: RecordingLayout, _ writer: SharedWriter, _ listener: Listener
  ) throws(RunFailure) -> Outcome {
    let keeper = makeKeeper(store, writer, simulation, listener)
    self.keeper = keeper
    watchdog?.uponEnd(failureNote(in: output))
    var figures: RunFigures
    do throws(SimulationError) {
      figures = try simulation.run(
        into: BackgroundRecords(writer, on: thread), keeping: keeper,
        progress: isFirst ? listener.progress : { _ in })
    } catch {
      throw RunFailure(error)
    }
    if case .stopped(let step) = figures.end {
      return try stop(at: step, figures, keeper, output)
    }
    let merging = ContinuousClock.now
    let (steps, run) = (job.experiment.steps, start.run)
    try onFirstRank(.merge) { () throws(StorageError) in
      _ = try OutputMerger.finish(output, layout: layout, steps: steps, run: run)
    }
    figures.record += (ContinuousClock.now - merging).inSeconds
    let record = try record(.init(status: .complete), figures)
    try storing { () throws(StorageError) in if isFirst { try record.write(to: output) } }
    return .finished(record)
  }

  private func makeKeeper(
    _ store: CheckpointStore, _ writer: SharedWriter, _ simulation: Simulation,
    _ listener: Listener
  ) -> CheckpointWriter {
    let heading = CheckpointWriter.Heading(
      identity: identity, record: recorded, jobName: job.name, run: start.run,
      lineage: lineage,
      populations: job.experiment.network.populations.map(\.name), spikes: start.spikes,
      nonce: start.nonce)
    // Until one has been measured: as on a slow disk.
    let expectedCost = 0.5 + Double(simulation.stateBytes) / 5e7
    return CheckpointWriter(
      store: store, writer: writer, thread: thread, communicator: communicator, heading: heading,
      segments: start.segments, committed: start.kind == .resumed ? start.step : nil,
      clock: CheckpointClock(
        conduct.checkpoints, rank: communicator.rank, start: ProcessStart.instant,
        origin: start.step,
        expectedCost: expectedCost),
      tell: isFirst ? listener.detail : { _ in })
  }

  private func stop(
    at step: Int64, _ figures: RunFigures, _ keeper: CheckpointWriter, _ output: OutputDirectory
  ) throws(RunFailure) -> Outcome {
    let stop = Stop(
      step: step, reason: keeper.clock.reason(at: step), generation: keeper.committed,
      isAbandoned: keeper.committed != step)
    let record = try record(.init(status: .stopped, why: stop.reason), figures)
    try storing { () throws(StorageError) in if isFirst { try record.write(to: output) } }
    return .stopped(record, stop)
  }

  /// Writes down why the run failed, if it had got as far as to own its directory. The first rank
  /// calls it, when all ranks have ended their work.
  package func noteFailure(_ why: String) {
    guard isFirst, let output else { return }
    // First, for it may be what a full disk lacks. The run has failed already; there is nobody left
    // to tell.
    try? CheckpointStore(directory: output, keep: conduct.checkpoints.keep).discardUnfinished()
    failureNote(in: output)(why)
  }

  /// Leaves a record of a failure, on the first rank, whatever else hangs.
  private func failureNote(in output: OutputDirectory) -> @Sendable (String) -> Void {
    guard isFirst else { return { _ in } }
    let record = ownRecord(.init(status: .failed), RunFigures())
    return { why in
      var record = record
      record.exit.why = why
      try? record.write(to: output)
    }
  }

  // MARK: All ranks

  /// Lets the first rank do what may take long while all others wait for it: on its storage thread,
  /// so that the ranks can meet again and again meanwhile. Who waits long does not hang then, and a
  /// rank that does is noticed by the others' watchdogs.
  private func onFirstRank(
    _ phase: RunPulse.Phase, _ body: @escaping () throws(RunFailure) -> Void
  ) throws(RunFailure) {
    let work = FirstRankWork(body)
    if isFirst { thread.give { work.run() } }
    pulse.beat(again: phase)
    var nap: useconds_t = 50
    while try maximum(isFirst && !work.isDone && !thread.isIdle ? 1 : 0) > 0 {
      pulse.beat(again: phase)
      usleep(nap)
      nap = min(nap + nap / 4, 20_000)
    }
    try communicator.together { () throws(RunFailure) in
      guard isFirst else { return }
      if let fault = thread.fault { throw RunFailure(fault) }
      try work.finish()
    }
  }

  private func onFirstRank(
    _ phase: RunPulse.Phase, _ body: @escaping () throws(StorageError) -> Void
  ) throws(RunFailure) {
    try onFirstRank(phase) { () throws(RunFailure) in
      do throws(StorageError) {
        try body()
      } catch {
        throw RunFailure(error)
      }
    }
  }

  private func storing(_ body: () throws(StorageError) -> Void) throws(RunFailure) {
    try communicator.together { () throws(RunFailure) in
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

  /// Seconds since the session began.
  var elapsed: Double { (ContinuousClock.now - begin).inSeconds }
  /// Spikes per population before this stretch of the run.
  var earlierSpikes: [String: Int64] { start.spikes }
}
