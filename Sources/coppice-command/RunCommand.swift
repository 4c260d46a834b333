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

  init(_ words: [String]) throws(CommandFailure) {
    arguments = try Arguments(
      words,
      options: [
        .init(name: "--output", value: "DIR"), .init(name: "--threads", value: "N"),
        JobCommand.set, .init(name: "--fresh"),
        .init(name: "--backend", value: "compiled|portable"),
        .init(name: "--block", value: "N"), .init(name: "--log-level", value: "LEVEL"),
      ], operands: 1...1, of: RunCommand.usage)
    level = try arguments.choice("--log-level", LogLevel.self) ?? .info
    threads = try arguments.number("--threads", in: 1...4096)
    blockSize = try arguments.number("--block", in: 1...65_536)
    backend = try arguments.choice("--backend", RunOptions.Backend.self)
  }

  func run() throws(CommandFailure) -> Int32 {
    let communicator: any Communicator
    do {
      communicator = try Messaging.communicator()
    } catch {
      throw CommandFailure("\(error.call) failed: \(error.reason)", exitCode: ExitCode.internal)
    }
    let code = runOnRank(communicator)
    do {
      try communicator.close()
    } catch {
      return max(code, ExitCode.internal)
    }
    return code
  }

  /// The work of one rank; every rank returns the same code.
  private func runOnRank(_ communicator: any Communicator) -> Int32 {
    let isFirst = communicator.rank == 0
    var job: Job?
    var failure: CommandFailure?
    do {
      job = try JobCommand.load(arguments)
    } catch {
      failure = error
    }
    // All ranks have read the same file; only where they have not, every message counts.
    let worst = (try? communicator.maximum(Int64(failure?.exitCode ?? 0))) ?? 70
    guard worst == 0, let job else {
      if isFirst || failure?.exitCode != ExitCode.badJob, let failure {
        Console.writeError(failure.message)
      }
      return Int32(worst)
    }
    if isFirst, level.rank >= LogLevel.warn.rank {
      for warning in job.warnings { Console.writeError(warning.description) }
    }
    do {
      return try run(job, communicator)
    } catch {
      if !error.message.isEmpty {
        let rank = communicator.size > 1 ? "rank \(communicator.rank): " : ""
        Console.writeError("coppice: \(rank)\(error.message)")
      }
      return error.exitCode
    }
  }

  private func run(_ job: Job, _ communicator: any Communicator) throws(RunFailure) -> Int32 {
    let isFirst = communicator.rank == 0
    let tells = isFirst && level.rank >= LogLevel.info.rank
    let team = ThreadChoice(
      asked: threads, ranksOnNode: communicator.ranksOnNode)
    if isFirst, let notice = team.notice, level.rank >= LogLevel.warn.rank {
      Console.writeError("coppice: \(notice)")
    }
    let directory = arguments.value("--output") ?? defaultOutput
    let neurons = job.experiment.network.neuronCount
    if tells {
      Console.writeLine(
        "\(job.name): \(neurons) neurons, \(job.experiment.steps) steps on "
          + "\(communicator.size) rank\(communicator.size == 1 ? "" : "s") of "
          + "\(team.threads) thread\(team.threads == 1 ? "" : "s")")
    }
    var report = ProgressReport(dt: job.experiment.dt, neurons: neurons)
    let session = RunSession(
      job: job, directory: directory,
      options: RunOptions(
        threads: team.threads, blockSize: blockSize, backend: backend,
        epochCut: ThreadChoice.environment("COPPICE_EPOCH_CUT").flatMap { Int64($0) }),
      isFresh: arguments.has("--fresh"), communicator: communicator)
    let outcome = try session.run(
      RunSession.Listener(
        notice: { Console.writeError("coppice: \($0)") },
        progress: { if tells { report.report($0, ranks: communicator.size) } }))
    if tells { RunReport(outcome, directory: directory).print() }
    return ExitCode.success
  }

  /// `out/` and the job file's name.
  private var defaultOutput: String {
    let file = arguments.operands[0].split(separator: "/").last.map(String.init) ?? "job"
    let stem = file.split(separator: ".", omittingEmptySubsequences: false).dropLast()
    return "out/" + (stem.isEmpty ? file : stem.joined(separator: "."))
  }
}
