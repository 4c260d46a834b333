import Storage

/// `coppice compare`: the first difference between two runs, two sweeps or two HDF5 files.
struct CompareCommand {
  private let arguments: Arguments

  init(_ words: [String]) throws(CommandFailure) {
    arguments = try Arguments(words, options: [], operands: 2...2, of: "coppice compare A B")
  }

  func run() throws(CommandFailure) -> Int32 {
    do throws(StorageError) {
      let (a, b) = (arguments.operands[0], arguments.operands[1])
      guard let difference = try OutputComparison.compare(a, b) else {
        Console.writeLine("the same: every dataset of \(a) and \(b), byte for byte")
        return ExitCode.success
      }
      Console.writeLine("different: \(difference)")
      return ExitCode.different
    } catch {
      throw CommandFailure(error.description, exitCode: error.exitCode)
    }
  }
}
