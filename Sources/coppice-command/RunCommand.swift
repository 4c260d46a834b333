import CThreads
import Coppice
import Engine
import Glibc
import Jobs
import Messaging
import Storage

/// `coppice run`: on every rank of a launcher, or alone.
struct RunCommand {
  private static let usage =
    "coppice run JOB [--output DIR] [--threads N] [--set KEY=VALUE]... [--maxh H] "
    + "[--checkpoint-every TIME] [--fresh] [--from GENERATION] [--index K] [--backend compiled|portable] "
    + "[--block N] [--rehearse R[:r]] [--log-level error|warn|info|debug]"

  private enum LogLevel: String, CaseIterable {
    case error, warn, info, debug
    var rank: Int { LogLevel.allCases.firstIndex(of: self) ?? 0 }
  }

  private let arguments: Arguments
  private let level: LogLevel
  private let threads: Int?
  private let blockSize: Int?
  private let backend: RunOptions.Backend?
  private let mostHours: Double?
  /// Real time between checkpoints, in s.
  private let everyWall: Double?
  private let rehearsal: Rehearsal.Part?

  private init(_ words: [String]) throws(CommandFailure) {
    arguments = try Arguments(
      words,
      options: [
        .init(name: "--output", value: "DIR"), .init(name: "--threads", value: "N"),
        JobCommand.set, .init(name: "--fresh"), .init(name: "--from", value: "GENERATION"),
        .init(name: "--maxh", value: "H"), .init(name: "--checkpoint-every", value: "TIME"),
        JobCommand.index, .init(name: "--backend", value: "compiled|portable"),
        .init(name: "--block", value: "N"), .init(name: "--rehearse", value: "R[:r]"),
        .init(name: "--log-level", value: "LEVEL"),
      ], operands: 1...1, of: RunCommand.usage)
    level = try arguments.choice("--log-level", LogLevel.self) ?? .info
    threads = try arguments.number("--threads", in: 1...RunOptions.mostThreads)
    blockSize = try arguments.number("--block", in: 1...65_536)
    backend = try arguments.choice("--backend", RunOptions.Backend.self)
    mostHours = try arguments.value("--maxh").map { (text) throws(CommandFailure) in
      guard let hours = Double(text), hours > 0, hours.isFinite else {
        throw CommandFailure(
          "--maxh takes a number of hours, not '\(text)'", exitCode: ExitCode.usage)
      }
      return hours
    }
    everyWall = try arguments.value("--checkpoint-every").map { (text) throws(CommandFailure) in
      guard let seconds = WallTime.seconds(text), seconds > 0 else {
        throw CommandFailure(
          "--checkpoint-every takes a time such as 15min, 2h or 30s, not '\(text)'",
          exitCode: ExitCode.usage)
      }
      return seconds
    }
    rehearsal = try RunCommand.rehearsal(arguments)
  }

  /// `R` ranks, of which rank `r`, the first by default, is played.
  private static func rehearsal(
    _ arguments: Arguments
  ) throws(CommandFailure) -> Rehearsal.Part? {
    guard let text = arguments.value("--rehearse") else { return nil }
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard let ranks = numbers.first ?? nil, 1...1_000_000 ~= ranks, numbers.count <= 2,
      let rank = numbers.count == 2 ? numbers[1] : 0, 0..<ranks ~= rank
    else {
      throw CommandFailure(
        "--rehearse takes a number of ranks, and the one to play if not the first, as in 64 or "
          + "64:3, not '\(text)'", exitCode: ExitCode.usage)
    }
    let unfit = ["--output", "--fresh", "--from", "--maxh", "--checkpoint-every"]
    if let option = unfit.first(where: { arguments.value($0) != nil || arguments.has($0) }) {
      throw CommandFailure(
        "\(option) means nothing in a rehearsal, which writes no files", exitCode: ExitCode.usage)
    }
    guard Launcher() == .none else {
      throw CommandFailure(
        "--rehearse plays one of many ranks in one process; run it without mpirun or srun",
        exitCode: ExitCode.usage)
    }
    return Rehearsal.Part(rank: rank, ranks: ranks)
  }

  /// Plays one rank of many and prints what it took.
  private func rehearse(
    _ job: Job, as part: Rehearsal.Part, options: RunOptions, _ communicator: any Communicator
  ) -> Int32 {
    var failure: CommandFailure?
    do throws(RunFailure) {
      Console.write(try Rehearsal(job, part: part, options: options).run())
    } catch {
      failure = CommandFailure(error.message, exitCode: error.exitCode)
    }
    return RankVerdict(failure, communicator).tell()
  }

  /// Runs on every rank; every rank returns the same code, and what went wrong is told once.
  static func run(_ words: [String]) throws(CommandFailure) -> Int32 {
    let communicator: any Communicator
    do {
      communicator = try Messaging.communicator()
    } catch {
      throw CommandFailure("\(error.call) failed: \(error.reason)", exitCode: ExitCode.internal)
    }
    let (code, session) = runOnRank(words, communicator)
    do {
      // Its watchdog sees to it that nobody waits here for ever.
      try withExtendedLifetime(session) { try communicator.close() }
    } catch {
      end(max(code, ExitCode.internal))
    }
    if code != ExitCode.success { end(code) }
    return code
  }

  /// Ends the process at once. What libraries do when a process ends is not for one in which
  /// another thread may be in the midst of writing, or has failed to.
  private static func end(_ code: Int32) -> Never {
    fflush(nil)
    _exit(code)
  }

  private static func runOnRank(
    _ words: [String], _ communicator: any Communicator
  ) -> (code: Int32, session: RunSession?) {
    var prepared: (command: RunCommand, task: Task)?
    var failure: CommandFailure?
    do throws(CommandFailure) {
      let command = try RunCommand(words)
      prepared = (command, try command.readTask())
    } catch {
      failure = error
    }
    // All ranks read the same file; where one cannot, none runs.
    let verdict = RankVerdict(failure, communicator)
    guard verdict.exitCode == 0, let prepared else { return (verdict.tell(), nil) }
    switch prepared.task {
    case .job(let job, let record): return prepared.command.run(job, record, communicator)
    case .sweep(let file): return (prepared.command.run(file, communicator), nil)
    }
  }

  /// What the job file and the options ask for.
  private enum Task {
    /// One run; of a sweep's point, with what is to be known of the sweep.
    case job(Job, SweepRecord?)
    case sweep(JobFile)
  }

  private func readTask() throws(CommandFailure) -> Task {
    let file = try JobCommand.read(arguments)
    guard let sweep = file.sweep else {
      _ = try JobCommand.point(arguments, of: file)
      return .job(try JobCommand.job(file), nil)
    }
    guard let point = try JobCommand.point(arguments, of: file) else { return .sweep(file) }
    return .job(try JobCommand.job(file, point: point), SweepHome.record(of: file, sweep))
  }

  private func tells(_ communicator: any Communicator) -> Bool {
    communicator.rank == 0 && level.rank >= LogLevel.info.rank
  }

  private func warns(_ communicator: any Communicator) -> Bool {
    communicator.rank == 0 && level.rank >= LogLevel.warn.rank
  }

  private func chooseThreads(_ communicator: any Communicator) -> ThreadChoice {
    let choice = ThreadChoice(
      asked: threads, ranksOnNode: communicator.ranksOnNode, isLaunched: Launcher() != .none)
    if warns(communicator), let notice = choice.notice { Console.writeError("coppice: \(notice)") }
    return choice
  }

  private func options(threads: Int) -> RunOptions {
    var options = RunOptions(
      threads: threads, blockSize: blockSize, backend: backend, epochCuts: epochCuts)
    // What tests and measurements of the exchange choose; results do not depend on it.
    options.exchange = ThreadChoice.environment("COPPICE_EXCHANGE").flatMap {
      ExchangeFigures.Kind(rawValue: $0)
    }
    options.overlaps = ThreadChoice.environment("COPPICE_OVERLAP").map { $0 == "on" }
    return options
  }

  // MARK: One run

  /// - Parameter sweep: of which the job is a point.
  private func run(
    _ job: Job, _ sweep: SweepRecord?, _ communicator: any Communicator
  ) -> (code: Int32, session: RunSession?) {
    let (tells, warns) = (tells(communicator), warns(communicator))
    let follows = communicator.rank == 0 && level.rank >= LogLevel.debug.rank
    if warns {
      for warning in job.warnings { Console.writeError(warning.description) }
    }
    let team = chooseThreads(communicator)
    let options = options(threads: team.threads)
    if let rehearsal {
      return (rehearse(job, as: rehearsal, options: options, communicator), nil)
    }
    var directory = arguments.value("--output") ?? defaultOutput
    let claim = RankVerdict(claim(directory, for: sweep, communicator), communicator)
    guard claim.exitCode == 0 else { return (claim.tell(), nil) }
    if let point = job.point { directory += "/\(point.name)" }
    let neurons = job.experiment.network.neuronCount
    // Before this a signal ends the process, and nothing is lost. Who reads the line has been heard.
    _ = cstopping_listen()
    if tells {
      Console.writeLine(
        "\(job.name)\(job.point.map { ", point \($0)" } ?? ""): \(Text.count(neurons, "neuron")), "
          + "\(Text.count(Int(job.experiment.steps), "step")) on "
          + "\(Text.count(communicator.size, "rank")) of \(Text.count(team.threads, "thread"))")
    }
    var report = ProgressReport(dt: job.experiment.dt, neurons: neurons)
    let point = job.point.flatMap { point in
      sweep.map { RunRecord.Point(point, of: $0.hash, job) }
    }
    let session = RunSession(
      job: job, directory: directory, options: options,
      conduct: conduct(job.checkpoint), communicator: communicator, point: point)
    do throws(RunFailure) {
      let outcome = try session.run(
        RunSession.Listener(
          notice: { if warns { Console.writeError("coppice: \($0)") } },
          progress: { if tells { report.report($0, ranks: communicator.size) } },
          detail: { if follows { Console.writeError("coppice: \($0)") } }))
      let end = RunReport(outcome, directory: directory)
      if tells { end.print() }
      if warns { end.printLastLine() }
      return (end.exitCode, session)
    } catch {
      let verdict = RankVerdict(
        CommandFailure(error.message, exitCode: error.exitCode), communicator)
      session.noteFailure(verdict.message)
      _ = verdict.tell()
      if warns, let step = session.step {
        RunReport.printLastLine(
          exitCode: verdict.exitCode, reason: "failed", step: step, generation: session.generation)
      }
      return (verdict.exitCode, session)
    }
  }

  /// Makes the directory of a sweep the one of this point's, or makes sure that a single run does
  /// not write among the points of one. The first rank's work.
  private func claim(
    _ directory: String, for sweep: SweepRecord?, _ communicator: any Communicator
  ) -> CommandFailure? {
    guard communicator.rank == 0 else { return nil }
    do throws(RunFailure) {
      try SweepHome.claim(path: directory, for: sweep) { Console.writeError("coppice: \($0)") }
      return nil
    } catch {
      return CommandFailure(error.message, exitCode: error.exitCode)
    }
  }

  // MARK: A sweep

  private func run(_ file: JobFile, _ communicator: any Communicator) -> Int32 {
    guard rehearsal == nil else {
      return RankVerdict(
        CommandFailure(
          "a rehearsal plays one run; choose a point of the sweep with --index K",
          exitCode: ExitCode.usage), communicator
      ).tell()
    }
    let (tells, warns) = (tells(communicator), warns(communicator))
    let team = chooseThreads(communicator)
    let directory = arguments.value("--output") ?? defaultOutput
    guard let sweep = file.sweep,
      let session = SweepSession(
        file, directory: directory, options: options(threads: team.threads),
        conduct: conduct(nil), communicator: communicator)
    else { return ExitCode.internal }
    var report = SweepReport(sweep)
    _ = cstopping_listen()
    let talks = level.rank >= LogLevel.warn.rank
    do throws(RunFailure) {
      let outcome = try session.run(
        SweepSession.Listener(
          notice: { if talks { Console.writeError("coppice: \($0)") } },
          warn: { if warns { Console.writeError($0.description) } },
          begin: { if tells { report.printPlan($0, in: file.name) } },
          progress: { if tells { report.report($0) } }))
      if tells { report.print(outcome, directory: directory) }
      if warns { SweepReport.printLastLine(outcome) }
      return outcome.exitCode
    } catch {
      let isDiagnosis = error.exitCode == ExitCode.badJob && error.message.contains(": error: ")
      return RankVerdict(
        CommandFailure(error.message, exitCode: error.exitCode, isPrefixed: !isDiagnosis),
        communicator
      ).tell()
    }
  }

  /// - Parameter settings: of the job; `nil`: each point of a sweep has its own.
  private func conduct(_ settings: CheckpointSettings?) -> RunSession.Conduct {
    var policy = CheckpointPolicy(settings ?? CheckpointSettings())
    if let everyWall {
      policy.everyWall = everyWall
      policy.isWallGiven = true
    }
    policy.mostSeconds = mostHours.map { $0 * 3600 }
    policy.stopAt = ThreadChoice.environment("COPPICE_STOP_AT").flatMap { Int64($0) }.flatMap {
      $0 > 0 ? $0 : nil
    }
    var conduct = RunSession.Conduct(checkpoints: policy)
    conduct.isFresh = arguments.has("--fresh")
    conduct.origin = arguments.value("--from")
    if let seconds = ThreadChoice.environment("COPPICE_WATCHDOG").flatMap({ Double($0) }) {
      conduct.watchdog = seconds
    }
    return conduct
  }

  /// Where tests want epochs to end; what is no positive number means nothing.
  private var epochCuts: [Int64] {
    ThreadChoice.environment("COPPICE_EPOCH_CUT").flatMap { Int64($0) }.map { [$0] } ?? []
  }

  /// `out/` and the job file's name.
  private var defaultOutput: String {
    let file = arguments.operands[0].split(separator: "/").last.map(String.init) ?? "job"
    let stem = file.split(separator: ".", omittingEmptySubsequences: false).dropLast()
      .joined(separator: ".")
    return "out/" + (stem.isEmpty ? file : stem)
  }
}
