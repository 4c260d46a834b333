import Coppice
import Engine
import Glibc
import Jobs

/// `coppice check`: all errors of a job, and what a run of it will need.
struct CheckCommand {
  private static let usage =
    "coppice check JOB [--set KEY=VALUE]... [--ranks R] [--threads N]"

  private let arguments: Arguments
  private let ranks: Int
  private let threads: Int

  init(_ words: [String]) throws(CommandFailure) {
    arguments = try Arguments(
      words,
      options: [
        JobCommand.set, .init(name: "--ranks", value: "R"), .init(name: "--threads", value: "N"),
      ], operands: 1...1, of: CheckCommand.usage)
    ranks = try arguments.number("--ranks", in: 1...1_000_000) ?? 1
    threads = try arguments.number("--threads", in: 1...RunOptions.mostThreads) ?? 1
  }

  func run() throws(CommandFailure) -> Int32 {
    let file = try JobCommand.read(arguments)
    if let sweep = file.sweep { return try checkPoints(of: file, sweep) }
    let job = try JobCommand.job(file)
    for warning in job.warnings { Console.writeError(warning.description) }
    let plan: RunPlan
    do {
      plan = try RunPlan(job.experiment, ranks: ranks, threads: threads)
    } catch {
      throw CommandFailure(error.message, exitCode: error.exitCode)
    }
    let shortage = plan.shortage(ranksOnNode: 1)
    Console.writeLine(
      "\(job.name): \(shortage == nil ? "no errors" : "more than this machine holds")")
    show(plan.memory, of: job)
    if let shortage { throw CommandFailure(shortage.message, exitCode: shortage.exitCode) }
    return ExitCode.success
  }

  /// Checks the job of every point; what a run needs is what the largest one needs.
  private func checkPoints(of file: JobFile, _ sweep: Sweep) throws(CommandFailure) -> Int32 {
    guard var check = SweepCheck(file) else { return ExitCode.internal }
    var largest: (plan: RunPlan, job: Job)?
    var failure: CommandFailure?
    for index in 0..<sweep.count {
      guard let job = check.job(ofPoint: index) else { continue }
      do throws(RunFailure) {
        let plan = try RunPlan(job.experiment, ranks: 1, threads: threads)
        if plan.memory.parts.total > largest?.plan.memory.parts.total ?? -1 {
          largest = (plan, job)
        }
      } catch {
        failure =
          failure
          ?? CommandFailure(
            "point \(sweep[index]): \(error.message)", exitCode: error.exitCode)
      }
    }
    if let errors = check.errors { throw JobCommand.failure(errors) }
    for warning in check.warnings { Console.writeError(warning.description) }
    if let failure { throw failure }
    guard let largest else { return ExitCode.internal }
    let shortage = largest.plan.shortage(ranksOnNode: 1)
    Console.writeLine(
      "\(file.name): \(shortage == nil ? "no errors" : "more than this machine holds"), a sweep of "
        + "\(Text.count(sweep.count, "point"))")
    for parameter in sweep.parameters {
      Console.writeLine("  \(parameter.path): \(Text.values(parameter.values.map(\.text)))")
    }
    if let point = largest.job.point { Console.writeLine("  largest point    \(point)") }
    show(largest.plan.memory, of: largest.job)
    if let shortage { throw CommandFailure(shortage.message, exitCode: shortage.exitCode) }
    return ExitCode.success
  }

  private func show(_ memory: MemoryPlan, of job: Job) {
    Console.writeLine("  neurons          \(job.experiment.network.neuronCount)")
    Console.writeLine("  synapses         \(Text.number(memory.synapses, digits: 0)) expected")
    Console.writeLine(
      "  steps            \(job.experiment.steps) of "
        + "\(Text.number(job.experiment.dt * 1000, digits: 4)) ms, epochs of \(memory.epochSteps)")
    Console.writeLine(
      "  memory per rank  \(ByteCount(Double(memory.parts.total))) on "
        + "\(Text.count(ranks, "rank")) of \(Text.count(threads, "thread")):")
    for (name, bytes) in RunPlan.named(memory.parts) {
      Console.writeLine("    \(name.padded(to: 14)) \(ByteCount(Double(bytes)))")
    }
    Console.writeLine("  states on disk   \(ByteCount(memory.stateBytes))")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
