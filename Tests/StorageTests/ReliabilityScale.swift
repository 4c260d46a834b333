import Foundation

/// How much of the reliability harness a test runs: a sample, or all of it.
enum ReliabilityScale {
  /// `COPPICE_RELIABILITY=all`.
  static let isWhole = ProcessInfo.processInfo.environment["COPPICE_RELIABILITY"] == "all"

  static func count(sample: Int, whole: Int) -> Int { isWhole ? whole : sample }

  /// Tells what a whole run has counted, for docs/reliability.md.
  static func report(_ text: String) {
    if isWhole { print("reliability: \(text)") }
  }
}
