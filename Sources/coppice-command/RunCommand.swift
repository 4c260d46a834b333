import Coppice
import Engine
import Jobs
import Messaging
import Storage

/// `coppice run`: on every rank of a launcher, or alone.
struct RunCommand {
  private static let usage =
    "coppice run JOB [--output DIR] [--threads N] [--set KEY=VALUE]... [--fresh] "
    + "[--backend compiled|portable] [--block N] [--log-level error|warn|info|debug]"

  private enum LogLevel: String, CaseIterable {
    case error, warn, info, debug
    var rank: Int { LogLevel.allCases.firstIndex(of: self) ?? 0 }
  }

  private let arguments: Arguments
  private let level: LogLevel
  private let threads: Int?
  private let blockSize: Int?
  private let backend: RunOptions.Backend?

  private init(_ words: [String]) throws(CommandFailure) {
    arguments = try Arguments(
      words,
      options: [
        .init(name: "--output", value: "DIR"), .init(name: "--threads", value: "N"),
        JobCommand.set, .init(name: "--fresh"),
        .init(name: "--backend", value: "compiled|portable"),
        .init(name: "--block", value: "N"), .init(name: "--log-level", value: "LEVEL"),
      ], operands: 1...1, of: RunCommand.usage)
    level = try arguments.choice("--log-level", LogLevel.self) ?? .info
    threads = try arguments.number("--threads", in: 1...RunOptions.mostThreads)
    blockSize = try arguments.number("--block", in: 1...65_536)
    backend = try arguments.choice("--backend", RunOptions.Backend.self)
  }

  /// Runs on every rank; every rank returns the same code, and what went wrong is told once.
  static func run(_ words: [String]) throws(CommandFailure) -> Int32 {
    let communicator: any Communicator
    do {
      communicator = try Messaging.communicator()
    } catch {
      throw CommandFailure("\(error.call) failed: \(error.reason)", exitCode: ExitCode.internal)
    }
    let code = runOnRank(words, communicator)
    do {
      try communicator.close()
    } catch {
      return max(code, ExitCode.internal)
    }
    return code
  }

  private static func runOnRank(_ words: [String], _ communicator: any Communicator) -> Int32 {
    var prepared: (command: RunCommand, job: Job)?
    var failure: CommandFailure?
    do throws(CommandFailure) {
      let command = try RunCommand(words)
      prepared = (command, try JobCommand.load(command.arguments))
    } catch {
      failure = error
    }
    // All ranks read the same file; where one cannot, none runs.
    let verdict = RankVerdict(failure, communicator)
    guard verdict.exitCode == 0, let prepared else { return verdict.tell() }
    do throws(RunFailure) {
      return try prepared.command.run(prepared.job, communicator)
    } catch {
      return RankVerdict(
        CommandFailure(error.message, exitCode: error.exitCode), communicator
      ).tell()
    }
  }

  private func run(_ job: Job, _ communicator: any Communicator) throws(RunFailure) -> Int32 {
    let isFirst = communicator.rank == 0
    let tells = isFirst && level.rank >= LogLevel.info.rank
    let warns = isFirst && level.rank >= LogLevel.warn.rank
    if warns {
      for warning in job.warnings { Console.writeError(warning.description) }
    }
    let team = ThreadChoice(
      asked: threads, ranksOnNode: communicator.ranksOnNode, isLaunched: Launcher() != .none)
    if warns, let notice = team.notice { Console.writeError("coppice: \(notice)") }
    let directory = arguments.value("--output") ?? defaultOutput
    let neurons = job.experiment.network.neuronCount
    if tells {
      Console.writeLine(
        "\(job.name): \(Text.count(neurons, "neuron")), "
          + "\(Text.count(Int(job.experiment.steps), "step")) on "
          + "\(Text.count(communicator.size, "rank")) of \(Text.count(team.threads, "thread"))")
    }
    var report = ProgressReport(dt: job.experiment.dt, neurons: neurons)
    let session = RunSession(
      job: job, directory: directory,
      options: RunOptions(
        threads: team.threads, blockSize: blockSize, backend: backend,
        epochCuts: epochCuts),
      isFresh: arguments.has("--fresh"), communicator: communicator)
    let outcome = try session.run(
      RunSession.Listener(
        notice: { if warns { Console.writeError("coppice: \($0)") } },
        progress: { if tells { report.report($0, ranks: communicator.size) } }))
    if tells { RunReport(outcome, directory: directory).print() }
    return ExitCode.success
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
