import Coppice
import Engine
import Glibc
import Jobs
import Messaging

/// What a sweep tells: how far it has come, and what came of it.
struct SweepReport {
  private let isTerminal = isatty(STDOUT_FILENO) == 1 && Launcher() == .none
  private let begin = ContinuousClock.now
  private var lastTime: ContinuousClock.Instant
  private var lastShare = 0.0

  private let sweep: Sweep

  init(_ sweep: Sweep) {
    self.sweep = sweep
    lastTime = begin
  }

  /// Tells of failures at once, and of the rest when it is time to: a bar on a terminal; elsewhere
  /// a flushed line every 10 s or 5 %.
  mutating func report(_ progress: SweepProgress) {
    if let end = progress.latest, end.kind == .failed {
      Console.writeError(
        "\(isTerminal ? "\r\u{1B}[K" : "")coppice: point \(sweep[end.index]) failed: \(end.why)")
    }
    let now = ContinuousClock.now
    let ended = Double(progress.complete + progress.failed)
    let share = (ended + progress.underWay) / Double(max(progress.points, 1))
    let waited = (now - lastTime).inSeconds
    let isDone = progress.complete + progress.failed == progress.points && progress.latest != nil
    guard
      isDone || (isTerminal ? waited > 0.1 : waited > 10 || share >= lastShare + 0.05)
    else { return }
    lastTime = now
    lastShare = share
    let elapsed = (now - begin).inSeconds
    // Of this run, which may have found points complete.
    let done = ended + progress.underWay - Double(progress.earlier)
    let left = (Double(progress.points) - ended - progress.underWay) / max(done, 1e-9) * elapsed
    let failed = progress.failed > 0 ? "  \(progress.failed) failed" : ""
    let line =
      "\(progress.complete)/\(progress.points) points\(failed)  ETA \(Text.duration(left))"
    guard isTerminal else {
      Console.writeLine("\(Text.number(share * 100, digits: 0)) %  \(line)")
      return
    }
    let width = 24
    let full = min(width, max(0, Int(share * Double(width))))
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
    Console.write("\r[\(bar)] \(line)\u{1B}[K\(isDone ? "\n" : "")")
  }

  /// How the points are shared, before the first one begins.
  func printPlan(_ plan: SweepPlan, in name: String) {
    let total = sweep.count
    let left = plan.points == total ? "" : ", \(total - plan.points) of them complete"
    let how =
      plan.ranksPerPoint > 1
      ? "groups of \(plan.ranksPerPoint - 1) or \(plan.ranksPerPoint) ranks of "
        + Text.count(plan.threads, "thread")
      : "\(Text.count(plan.lanes * plan.ranks, "point")) at a time on "
        + "\(Text.count(plan.ranks, "rank")), \(Text.count(plan.threads, "thread")) each"
    Console.writeLine("\(name): a sweep of \(Text.count(total, "point"))\(left); \(how)")
  }

  func print(_ outcome: SweepSession.Outcome, directory: String) {
    let progress = outcome.progress
    if !outcome.failures.isEmpty {
      let names = outcome.failures.prefix(20).map { sweep.shape.name(ofPoint: $0.index) }
        .joined(separator: ", ")
      Console.writeLine(
        "  failed: \(names)\(outcome.failures.count > 20 ? ", …" : ""); their run.json say why")
    }
    let time = Text.duration((ContinuousClock.now - begin).inSeconds)
    if let stop = outcome.stop {
      Console.writeLine(
        "stopped (\(stop)): \(progress.complete) of \(progress.points) points complete after \(time); "
          + "run the same command again to go on")
    } else {
      Console.writeLine(
        "\(outcome.failures.isEmpty ? "complete" : "ended"): \(progress.complete) of "
          + "\(progress.points) points complete after \(time); the table is \(directory)/sweep.h5")
    }
  }

  /// The last line, for programs.
  static func printLastLine(_ outcome: SweepSession.Outcome) {
    let reason =
      outcome.stop?.split(separator: " ").joined(separator: "-")
      ?? (outcome.failures.isEmpty ? "complete" : "failed")
    Console.writeLine(
      "end: exit=\(outcome.exitCode) reason=\(reason) points=\(outcome.progress.complete)"
        + "/\(outcome.progress.points) failed=\(outcome.progress.failed)")
  }
}
