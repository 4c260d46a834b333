import Coppice
import Jobs

/// What commands that read a job share.
enum JobCommand {
  static let set = Arguments.Option(name: "--set", value: "KEY=VALUE", isRepeatable: true)

  /// Reads the job that the first operand names.
  static func load(_ arguments: Arguments) throws(CommandFailure) -> Job {
    do throws(JobErrors) {
      return try Job.load(
        path: arguments.operands[0], overrides: arguments.all("--set"), readers: .hdf5)
    } catch {
      let failure = RunFailure(error)
      throw CommandFailure(failure.message, exitCode: failure.exitCode, isPrefixed: false)
    }
  }
}
