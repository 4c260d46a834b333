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
    threads = try arguments.number("--threads", in: 1...4096) ?? 1
  }

  func run() throws(CommandFailure) -> Int32 {
    let job = try JobCommand.load(arguments)
    for warning in job.warnings { Console.writeError(warning.description) }
    let plan: RunPlan
    do {
      plan = try RunPlan(job, ranks: ranks, threads: threads)
    } catch {
      throw CommandFailure(error.message, exitCode: error.exitCode)
    }
    let memory = plan.memory
    Console.writeLine("\(job.name): no errors")
    Console.writeLine("  neurons          \(job.experiment.network.neuronCount)")
    Console.writeLine("  synapses         \(Text.number(memory.synapses, digits: 0)) expected")
    Console.writeLine(
      "  steps            \(job.experiment.steps) of "
        + "\(Text.number(job.experiment.dt * 1000, digits: 4)) ms, epochs of \(memory.epochSteps)")
    Console.writeLine(
      "  memory per rank  \(Text.bytes(memory.parts.total)) on \(ranks) x \(threads) threads:")
    let parts = [
      ("state", memory.parts.state), ("synapses", memory.parts.synapses),
      ("generators", memory.parts.generators), ("events", memory.parts.events),
      ("recording", memory.parts.recording), ("process", memory.parts.process),
    ]
    for (name, bytes) in parts {
      Console.writeLine("    \(name.padded(to: 14)) \(Text.bytes(bytes))")
    }
    Console.writeLine("  states on disk   \(Text.bytes(Int(memory.stateBytes)))")
    return ExitCode.success
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
