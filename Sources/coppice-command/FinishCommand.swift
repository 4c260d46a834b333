import Storage

/// `coppice finish`: plain SONATA files for a run that ended without making them.
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
}
