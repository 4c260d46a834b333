import Coppice
import Storage

/// What a run tells at its end.
struct RunReport {
  private let outcome: RunSession.Outcome
  private let directory: String

  init(_ outcome: RunSession.Outcome, directory: String) {
    self.outcome = outcome
    self.directory = directory
  }

  func print() {
    switch outcome {
    case .alreadyComplete(let record):
      Console.writeLine(
        "complete: \(directory) holds this job, \(record.steps) steps; --fresh runs it anew")
    case .stopped(let record, let stop):
      let kept =
        stop.isAbandoned
        ? stop.generation.map { "the checkpoint of step \($0) is the last one" }
          ?? "there is no checkpoint"
        : "a checkpoint is written"
      Console.writeLine(
        "stopped (\(stop.reason)) at step \(stop.step) of \(record.steps); \(kept); run the same "
          + "command again to go on")
    case .finished(let record):
      let simulated = Double(record.steps) * record.dt
      for (population, spikes) in record.spikes.sorted(by: { $0.key < $1.key }) {
        Console.writeLine("  \(population): \(spikes) spikes")
      }
      let parts = [
        ("compile", record.seconds.compile), ("build", record.seconds.build),
        ("simulate", record.seconds.simulate), ("deliver", record.seconds.deliver),
        ("advance", record.seconds.advance), ("exchange", record.seconds.exchange),
        ("record", record.seconds.record), ("total", record.seconds.total),
      ]
      Console.writeLine(
        "  seconds: "
          + parts.map { "\($0.0) \(Text.number($0.1, digits: 3))" }.joined(separator: ", "))
      Console.writeLine(
        "  \(record.synapses) synapses, \(record.backend), epochs of \(record.epochSteps) steps, "
          + "\(Text.number(record.realtimeFactor, digits: 2)) x real time, "
          + "\(ByteCount(Double(record.peakResidentBytes))) of memory")
      Console.writeLine(
        "complete: \(Text.number(simulated * 1000, digits: 1)) ms simulated; results in \(directory)"
      )
    }
  }

  /// What the process ends with.
  var exitCode: Int32 {
    switch outcome {
    case .alreadyComplete, .finished: ExitCode.success
    case .stopped: ExitCode.stoppedEarly
    }
  }

  /// The last line of a run, for programs.
  func printLastLine() {
    switch outcome {
    case .alreadyComplete(let record):
      RunReport.printLastLine(
        exitCode: exitCode, reason: "complete", step: record.steps, generation: record.steps)
    case .finished(let record):
      RunReport.printLastLine(
        exitCode: exitCode, reason: "complete", step: record.steps, generation: record.steps)
    case .stopped(_, let stop):
      RunReport.printLastLine(
        exitCode: exitCode, reason: stop.reason, step: stop.step, generation: stop.generation)
    }
  }

  static func printLastLine(exitCode: Int32, reason: String, step: Int64, generation: Int64?) {
    Console.writeLine(
      "end: exit=\(exitCode) reason=\(reason.split(separator: " ").joined(separator: "-")) "
        + "step=\(step) generation=\(generation.map(String.init) ?? "none")")
  }
}
