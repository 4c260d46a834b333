import CThreads
package import Engine
import Foundation
package import Jobs
package import Messaging
import Storage

/// All runs of a job with a grid, on this rank: which points are left, who runs them, and the table
/// of what came of them.
package final class SweepSession {
  /// What a sweep tells while it goes on, on the first rank but for `notice`.
  package struct Listener {
    /// One line of notice or warning.
    package var notice: @Sendable (String) -> Void
    package var warn: (JobDiagnostic) -> Void
    package var begin: (SweepPlan) -> Void
    package var progress: (SweepProgress) -> Void
    package init(
      notice: @escaping @Sendable (String) -> Void, warn: @escaping (JobDiagnostic) -> Void,
      begin: @escaping (SweepPlan) -> Void, progress: @escaping (SweepProgress) -> Void
    ) {
      self.notice = notice
      self.warn = warn
      self.begin = begin
      self.progress = progress
    }
  }

  /// What came of a sweep; the same on all ranks but for the ends, which the first rank knows.
  package struct Outcome: Sendable {
    package var progress: SweepProgress
    /// Points that failed, in the order of the grid.
    package var failures: [PointEnd]
    /// Why points are left; `nil`: none is.
    package var stop: String?
    /// 75 if points are left, else the largest of the failures', else 0.
    package var exitCode: Int32
  }

  private let file: JobFile
  private let sweep: Sweep
  private let path: String
  private var options: RunOptions
  private let conduct: RunSession.Conduct
  private let communicator: any Communicator
  private let shelf = KernelShelf()
  private var locks: [RunLock] = []

  /// - Parameter path: of the output directory.
  /// - Precondition: the file has a grid.
  package init?(
    _ file: JobFile, directory path: String, options: RunOptions, conduct: RunSession.Conduct,
    communicator: any Communicator
  ) {
    guard let sweep = file.sweep else { return nil }
    self.file = file
    self.sweep = sweep
    self.path = path
    self.options = options
    self.conduct = conduct
    self.communicator = communicator
  }

  private var isFirst: Bool { communicator.rank == 0 }

  /// Runs all points that are left, or until it is asked to stop.
  ///
  /// Every rank calls it; every rank throws, or returns, the same exit code.
  package func run(_ listener: Listener) throws(RunFailure) -> Outcome {
    let survey = try makeSurvey(listener)
    let record = SweepHome.record(of: file, sweep)
    try requireOneJob(record)
    let home = try openHome(record, listener)
    var pending: [Int] = []
    if isFirst, let home {
      pending = (0..<sweep.count).filter { index in
        conduct.isFresh || !home.isComplete(index, jobHash: survey.hashes[index] ?? "")
      }
    }
    pending = try communicator.share(pending)
    if !pending.isEmpty { try provideKernels(survey, listener) }
    let plan = SweepPlan(
      points: pending.count, ranks: communicator.size, threads: options.threads,
      bytes: survey.mostBytes, ranksOnNode: communicator.ranksOnNode)
    if isFirst { listener.begin(plan) }
    var tally = Tally(points: sweep.count, earlier: sweep.count - pending.count)
    let runner = runner(record, threads: plan.threads)
    if plan.ranksPerPoint > 1, !pending.isEmpty {
      try runInGroups(pending, runner, listener, &tally)
    } else if !pending.isEmpty {
      try runInLanes(pending, plan, runner, listener, &tally)
    }
    return try close(tally, home, listener)
  }

  // MARK: Before the first point

  private func makeSurvey(_ listener: Listener) throws(RunFailure) -> SweepSurvey {
    var found: SweepSurvey?
    try communicator.together { () throws(RunFailure) in
      found = try SweepSurvey(
        file, points: Array(0..<sweep.count), needsKernels: options.backend != .portable,
        threads: options.threads, communicator: communicator,
        warn: { [isFirst] in if isFirst { listener.warn($0) } })
    }
    guard var survey = found else { throw RunFailure("no survey", exitCode: 70) }
    try survey.share(communicator)
    return survey
  }

  /// Makes sure that all ranks have read the same job.
  private func requireOneJob(_ record: SweepRecord) throws(RunFailure) {
    let hashes = try communicator.gather(record.hash)
    guard Set(hashes).count == 1 else {
      throw RunFailure(
        "the ranks have read different jobs; give all machines the same job file", exitCode: 65)
    }
  }

  /// Opens the directory on all ranks, keeps other sweeps out of it, and makes it this one's.
  private func openHome(
    _ record: SweepRecord, _ listener: Listener
  ) throws(RunFailure) -> SweepHome? {
    var home: SweepHome?
    try storing { () throws(StorageError) in
      let directory = try OutputDirectory.create(path, holdsRun: false)
      guard isFirst else { return }
      locks.append(
        try RunLock.exclusive(directory) { holder in
          listener.notice("waiting for another run in \(self.path): \(holder)")
        })
    }
    try communicator.together { () throws(RunFailure) in
      guard isFirst else { return }
      home = try SweepHome.claim(
        path: path, for: record, isFresh: conduct.isFresh, notice: listener.notice)
    }
    try storing { () throws(StorageError) in
      if let lock = try RunLock.shared(try OutputDirectory.open(path)) { locks.append(lock) }
    }
    return home
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

  /// Compiles each structure that the points need once for all ranks of a kind.
  private func provideKernels(
    _ survey: SweepSurvey, _ listener: Listener
  ) throws(RunFailure) {
    guard options.backend != .portable, !survey.structures.isEmpty else { return }
    var programs: [KernelShelf.Order] = []
    try communicator.together { () throws(RunFailure) in
      for structure in survey.structures {
        programs.append(try order(structure))
      }
    }
    do throws(SimulationError) {
      try shelf.fill(programs, backend: options.backend, communicator: communicator)
    } catch {
      throw RunFailure(error)
    }
    if let notice = shelf.notice {
      if isFirst { listener.notice(notice) }
      options.backend = .portable
    }
  }

  private func order(
    _ structure: SweepSurvey.Structure
  ) throws(RunFailure) -> KernelShelf.Order {
    let job: Job
    do throws(JobErrors) {
      job = try file.job(ofPoint: structure.point)
    } catch {
      throw RunFailure(error)
    }
    do throws(SimulationError) {
      return try KernelShelf.Order(job.experiment, population: structure.population)
    } catch {
      throw RunFailure(error)
    }
  }

  private func runner(_ record: SweepRecord, threads: Int) -> PointRunner {
    var options = options
    options.threads = threads
    options.shelf = shelf
    return PointRunner(
      file: file, record: record, directory: path, options: options, conduct: conduct,
      deadline: conduct.checkpoints.mostSeconds.map { ProcessStart.instant + .seconds($0) })
  }

  // MARK: The points

  private var isStopping: Bool { cstopping_requests() != 0 }

  /// Each lane a thread, with a team of its own where it has more than one processor.
  private func runInLanes(
    _ points: [Int], _ plan: SweepPlan, _ runner: PointRunner, _ listener: Listener,
    _ tally: inout Tally
  ) throws(RunFailure) {
    let board = LaneBoard(lanes: plan.lanes)
    let place = (communicator.ranksOnNode * plan.lanes, communicator.rankOnNode * plan.lanes)
    let (sweep, notice) = (sweep, listener.notice)
    for lane in 0..<plan.lanes {
      let thread = Thread {
        var end: PointEnd?
        while let index = board.next(lane, after: end) {
          let name = sweep.shape.name(ofPoint: index)
          end = runner.run(
            index,
            on: SingleProcessCommunicator(ranksOnNode: place.0, rankOnNode: place.1 + lane),
            notice: { notice("\(name): \($0)") },
            progress: { progress in
              board.report(lane, share: Double(progress.step) / Double(max(progress.steps, 1)))
            })
        }
      }
      thread.name = "coppice.lane.\(lane)"
      thread.stackSize = 64 << 20
      thread.start()
    }
    var counted = tally
    try PointQueue(lanes: plan.lanes, board: board, communicator: communicator).serve(
      points, isStopping: { [self] in isStopping || runner.isLate },
      ended: { end in
        if let end { counted.count(end) }
        listener.progress(counted.progress(underWay: board.underWay, latest: end))
      })
    tally = counted
    tally.isLate = runner.isLate
  }

  /// Where ranks are more than points: a group of ranks for each.
  private func runInGroups(
    _ points: [Int], _ runner: PointRunner, _ listener: Listener, _ tally: inout Tally
  ) throws(RunFailure) {
    let group = communicator.rank * points.count / communicator.size
    let part: any Communicator
    do {
      part = try communicator.split(color: group)
    } catch {
      throw RunFailure("\(error.call) failed: \(error.reason)", exitCode: 70)
    }
    let name = sweep.shape.name(ofPoint: points[group])
    let counted = tally
    let end = runner.run(
      points[group], on: part,
      notice: { if part.rank == 0 { listener.notice("\(name): \($0)") } },
      progress: { [isFirst] progress in
        guard isFirst else { return }
        // The other groups are about as far.
        let share = Double(progress.step) / Double(max(progress.steps, 1))
        listener.progress(counted.progress(underWay: share * Double(points.count), latest: nil))
      })
    let ends = try communicator.gather(part.rank == 0 ? end : nil)
    for end in ends.compactMap(\.self) {
      tally.count(end)
      if isFirst { listener.progress(tally.progress(underWay: 0, latest: end)) }
    }
    do {
      try part.close()
    } catch {
      throw RunFailure("\(error.call) failed: \(error.reason)", exitCode: 70)
    }
  }

  // MARK: The end

  private func close(
    _ tally: Tally, _ home: SweepHome?, _ listener: Listener
  ) throws(RunFailure) -> Outcome {
    let failures = tally.failures.sorted { $0.index < $1.index }
    try storing { () throws(StorageError) in
      guard let home else { return }
      try SweepTable(
        of: home.record, in: home.directory, failed: Set(failures.map(\.index))
      ).write(to: home.directory)
    }
    let progress = tally.progress(underWay: 0, latest: nil)
    var stop: String?
    if isFirst, progress.complete + progress.failed < progress.points {
      stop = tally.stop ?? (tally.isLate ? "time limit" : "signal \(cstopping_signal())")
    }
    var code: Int32 = failures.map(\.exitCode).max() ?? 0
    if stop != nil { code = 75 }
    code = try communicator.share(code)
    return Outcome(progress: progress, failures: failures, stop: stop, exitCode: code)
  }

  /// What has been counted of the points.
  private struct Tally {
    var points: Int
    var earlier: Int
    var complete = 0
    var failures: [PointEnd] = []
    var stop: String?
    var isLate = false

    init(points: Int, earlier: Int) {
      self.points = points
      self.earlier = earlier
    }

    mutating func count(_ end: PointEnd) {
      switch end.kind {
      case .complete: complete += 1
      case .failed: failures.append(end)
      case .stopped: stop = stop ?? end.why
      }
    }

    func progress(underWay: Double, latest: PointEnd?) -> SweepProgress {
      SweepProgress(
        points: points, complete: earlier + complete, failed: failures.count, earlier: earlier,
        underWay: underWay, latest: latest)
    }
  }
}
