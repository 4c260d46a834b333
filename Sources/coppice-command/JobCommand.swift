import Coppice
import Jobs

/// What commands that read a job share.
enum JobCommand {
  static let set = Arguments.Option(name: "--set", value: "KEY=VALUE", isRepeatable: true)

  static let index = Arguments.Option(name: "--index", value: "K")

  /// Reads the job file that the first operand names.
  static func read(_ arguments: Arguments) throws(CommandFailure) -> JobFile {
    do throws(JobErrors) {
      return try JobFile.read(
        path: arguments.operands[0], overrides: arguments.all("--set"), readers: .hdf5)
    } catch {
      throw failure(error)
    }
  }

  /// The point of the grid that is asked for; `nil`: none is.
  static func point(
    _ arguments: Arguments, of file: JobFile
  ) throws(CommandFailure) -> Int? {
    guard arguments.has(index.name) else { return nil }
    guard let sweep = file.sweep else {
      throw CommandFailure(
        "--index chooses a point of a sweep, and the job has none", exitCode: ExitCode.usage)
    }
    return try arguments.number(index.name, in: 0...(sweep.count - 1))
  }

  /// One job of a file.
  static func job(_ file: JobFile, point: Int? = nil) throws(CommandFailure) -> Job {
    do throws(JobErrors) {
      return try file.job(ofPoint: point)
    } catch {
      throw failure(error)
    }
  }

  static func failure(_ errors: JobErrors) -> CommandFailure {
    let failure = RunFailure(errors)
    return CommandFailure(failure.message, exitCode: failure.exitCode, isPrefixed: false)
  }
}
