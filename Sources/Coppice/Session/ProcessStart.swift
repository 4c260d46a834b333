import Foundation
import Glibc

/// When this process began: before its libraries were loaded, its ranks had met and its job was
/// read, all of which counts for a time limit.
enum ProcessStart {
  /// By the system's word, which counts in hundredths of a second; now, if it tells nothing.
  static var instant: ContinuousClock.Instant {
    let now = ContinuousClock.now
    guard let begin = secondsSinceBoot else { return now }
    var time = timespec()
    guard clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return now }
    let age = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9 - begin
    return age > 0 ? now - .seconds(age) : now
  }

  /// Field 22 of `/proc/self/stat`, the 20th behind the program's name, which may hold anything.
  private static var secondsSinceBoot: Double? {
    guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let name = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: name)...].split(separator: " ")
    let ticks = sysconf(Int32(_SC_CLK_TCK))
    guard fields.count > 19, let start = Double(fields[19]), ticks > 0 else { return nil }
    return start / Double(ticks)
  }
}
