import Storage

/// `coppice inspect`: what a run, a generation of checkpoints, or a file of a run holds.
struct InspectCommand {
  private let arguments: Arguments

  init(_ words: [String]) throws(CommandFailure) {
    arguments = try Arguments(words, options: [], operands: 1...1, of: "coppice inspect DIR|FILE")
  }

  func run() throws(CommandFailure) -> Int32 {
    do throws(StorageError) {
      let inspection = try Inspection(of: arguments.operands[0])
      for line in inspection.lines { Console.writeLine(line) }
      return inspection.isSound ? ExitCode.success : ExitCode.missingInput
    } catch {
      throw CommandFailure(error.description, exitCode: error.exitCode)
    }
  }
}
