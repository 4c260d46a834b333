import Engine
import Glibc
import Messaging

/// Tells how far a run has come: a bar on a terminal; elsewhere a flushed line every 10 s or 5 %.
struct ProgressReport {
  // A launcher gives its processes terminals of their own, wherever its own output goes.
  private let isTerminal = isatty(STDOUT_FILENO) == 1 && Launcher() == .none
  private let begin = ContinuousClock.now
  private let dt: Double
  private let neurons: Int
  private var lastTime: ContinuousClock.Instant
  private var lastShare = 0.0

  /// - Parameter neurons: of the whole network, for the mean rate.
  init(dt: Double, neurons: Int) {
    self.dt = dt
    self.neurons = neurons
    lastTime = begin
  }

  /// Prints if it is time to.
  ///
  /// - Parameter ranks: how many ranks share the neurons: this one's spikes stand for all.
  mutating func report(_ progress: RunProgress, ranks: Int) {
    let now = ContinuousClock.now
    let share = Double(progress.step) / Double(max(progress.steps, 1))
    let waited = (now - lastTime).inSeconds
    let isDone = progress.step == progress.steps
    let isDue = isDone || (isTerminal ? waited > 0.1 : waited > 10 || share >= lastShare + 0.05)
    guard isDue, waited > 0.02 || isDone else { return }
    lastTime = now
    lastShare = share
    let elapsed = (now - begin).inSeconds
    // Of this run, which may have gone on from a checkpoint.
    let done = progress.step - progress.origin
    let left = Double(progress.steps - progress.step) / Double(max(done, 1)) * elapsed
    let modelSeconds = Double(done) * dt
    let line = [
      "step \(progress.step)/\(progress.steps)",
      "\(Text.number(Double(progress.step) * dt * 1000, digits: 1)) ms",
      "ETA \(Text.duration(left))",
      "\(Text.number(elapsed / max(modelSeconds, 1e-12), digits: 2)) x real time",
      "\(Text.number(rate(progress, modelSeconds, ranks), digits: 2)) Hz",
    ].joined(separator: "  ")
    guard isTerminal else {
      Console.writeLine("\(Text.number(share * 100, digits: 0)) %  \(line)")
      return
    }
    let width = 24
    let full = Int(share * Double(width))
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
    Console.write("\r[\(bar)] \(line)\u{1B}[K\(isDone ? "\n" : "")")
  }

  private func rate(_ progress: RunProgress, _ seconds: Double, _ ranks: Int) -> Double {
    Double(progress.spikes) * Double(ranks) / (Double(max(neurons, 1)) * max(seconds, 1e-12))
  }
}

/// Numbers for people.
enum Text {
  static func number(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "?" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    guard abs(rounded) < 1e15 else { return "\(rounded)" }
    guard digits > 0 else { return String(Int64(rounded)) }
    let whole = Int64(rounded.magnitude)
    let fraction = Int64(((rounded.magnitude - Double(whole)) * scale).rounded())
    let padded = String(fraction)
    let zeros = String(repeating: "0", count: max(0, digits - padded.count))
    return "\(rounded < 0 ? "-" : "")\(whole).\(zeros)\(padded)"
  }

  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e15 else { return "?" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(number(seconds, digits: 1)) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// Values in a line, a few of them where there are many.
  static func values(_ texts: [String]) -> String {
    guard texts.count > 12 else { return texts.joined(separator: ", ") }
    let (first, last) = (texts.prefix(5), texts.suffix(2))
    return (first + ["…"] + last).joined(separator: ", ") + " (\(texts.count))"
  }

  /// `1 neuron`, `2 neurons`.
  static func count(_ count: Int, _ what: String) -> String {
    "\(count) \(what)\(count == 1 ? "" : "s")"
  }
}
