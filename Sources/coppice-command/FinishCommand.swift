import Storage

/// `coppice finish`: plain SONATA files for a run that ended without making them, and the table of
/// a sweep.
struct FinishCommand {
  private let arguments: Arguments

  init(_ words: [String]) throws(CommandFailure) {
    arguments = try Arguments(words, options: [], operands: 1...1, of: "coppice finish DIR")
  }

  func run() throws(CommandFailure) -> Int32 {
    do throws(StorageError) {
      let directory = try OutputDirectory.open(arguments.operands[0])
      let lock = try RunLock.exclusive(directory) { holder in
        Console.writeError("coppice: \(directory.path): waiting for another run: \(holder)")
      }
      if SweepRecord.exists(in: directory) {
        return try withExtendedLifetime(lock) { () throws(StorageError) in
          try finishSweep(directory)
        }
      }
      let outcome = try withExtendedLifetime(lock) { () throws(StorageError) in
        try OutputFinisher.finish(directory)
      }
      for rejected in outcome.rejected {
        Console.writeError("coppice: \(rejected.generation) cannot be used: \(rejected.reason)")
      }
      let files = outcome.files.joined(separator: ", ")
      let steps = "steps \(outcome.steps.lowerBound) to \(outcome.steps.upperBound)"
      Console.writeLine(
        outcome.wasDone
          ? "\(directory.path): nothing to do, \(steps) are in \(files)"
          : "\(directory.path): \(steps) are in \(files)")
      return ExitCode.success
    } catch {
      throw CommandFailure(error.description, exitCode: error.exitCode)
    }
  }
  /// The table of a sweep, and the files of its points.
  private func finishSweep(_ directory: OutputDirectory) throws(StorageError) -> Int32 {
    let outcome = try SweepFinisher.finish(directory)
    for rejected in outcome.rejected {
      Console.writeError("coppice: point \(rejected.point) is left as it is: \(rejected.why)")
    }
    let counts = SweepTable.State.allCases.compactMap { state in
      outcome.counts[state].flatMap { $0 > 0 ? "\($0) \(state.rawValue)" : nil }
    }
    let merged =
      outcome.merged.isEmpty ? "" : "; made the files of \(Text.values(outcome.merged))"
    Console.writeLine(
      "\(directory.path): \(counts.joined(separator: ", ")); the table is "
        + "\(directory.path)/\(SweepTable.fileName)\(merged)")
    return ExitCode.success
  }
}
