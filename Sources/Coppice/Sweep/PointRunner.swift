import Engine
import Jobs
import Messaging
import Storage

/// Runs single points of a sweep, each as a run of its own.
struct PointRunner: Sendable {
  let file: JobFile
  let record: SweepRecord
  let directory: String
  let options: RunOptions
  let conduct: RunSession.Conduct
  /// Real time at which all runs are to have stopped.
  let deadline: ContinuousClock.Instant?

  /// How much earlier than the deadline no more points begin, in s: they would only be saved.
  private static let leastSeconds = 0.5

  /// Whether a point that would begin now would be stopped at once.
  var isLate: Bool {
    guard let deadline else { return false }
    return deadline - ContinuousClock.now < .seconds(PointRunner.leastSeconds)
  }

  /// Runs a point, with all ranks of a communicator.
  ///
  /// - Parameters:
  ///   - index: of the point.
  ///   - communicator: whose ranks all call it.
  ///   - notice: gets lines for people.
  ///   - progress: gets the share of the point that is done.
  /// - Returns: What came of it, as far as this rank can tell.
  func run(
    _ index: Int, on communicator: any Communicator, notice: @escaping (String) -> Void,
    progress: @escaping (RunProgress) -> Void
  ) -> PointEnd {
    let job: Job
    do throws(JobErrors) {
      job = try file.job(ofPoint: index)
    } catch {
      let failure = RunFailure(error)
      return PointEnd(index: index, kind: .failed, why: failure.message, exitCode: failure.exitCode)
    }
    var conduct = conduct
    conduct.checkpoints.follow(job.checkpoint)
    let session = RunSession(
      job: job, directory: "\(directory)/\(record.shape.name(ofPoint: index))", options: options,
      conduct: conduct, communicator: communicator,
      point: job.point.map { RunRecord.Point($0, of: record.hash, job) })
    do throws(RunFailure) {
      switch try session.run(RunSession.Listener(notice: notice, progress: progress)) {
      case .finished, .alreadyComplete:
        return PointEnd(index: index, kind: .complete, exitCode: 0)
      case .stopped(_, let stop):
        return PointEnd(index: index, kind: .stopped, why: stop.reason, exitCode: 75)
      }
    } catch {
      let why = agreed(error, communicator)
      session.noteFailure(why.message)
      return PointEnd(index: index, kind: .failed, why: why.message, exitCode: why.exitCode)
    }
  }

  /// What the ranks of a point that has failed say together: some only know that others failed.
  private func agreed(_ own: RunFailure, _ communicator: any Communicator) -> RunFailure {
    guard communicator.size > 1 else { return own }
    let texts = (try? communicator.gather(own.message)) ?? [own.message]
    let message = texts.first { !$0.isEmpty } ?? "a rank of its group failed"
    return RunFailure(message, exitCode: own.exitCode)
  }
}
