import BadJobs
import Foundation
import Testing

/// Every job of the table is refused by the command line as it is by the reader: one message, with
/// its place; the code of a bad job; nothing left behind.
@Suite(.serialized) struct BadJobTests {
  /// Under a launcher each takes a second or more: mostly every twelfth.
  private static let underLauncher: [BadJob] =
    ProcessInfo.processInfo.environment["COPPICE_MATRIX"] == "all"
    ? BadJob.all
    : BadJob.all.enumerated().filter { $0.offset % 12 == 0 }.map(\.element)

  private func expectRefusal(of bad: BadJob, ranks: Int?) throws {
    let folder = try JobFolder(bytes: bad.bytes)
    let run = try folder.run(ranks: ranks, seconds: 20)
    #expect(run.exitCode == 65, "\(run.errors)")
    #expect(!run.isBroken, "\(run.errors)")
    let message = "job.yaml:\(bad.line):\(bad.column): error: \(bad.message)"
    #expect(run.errors.count(of: message) == 1, "not once: \(message)\n\(run.errors)")
    #expect(run.errors.count(of: ": error: ") == 1, "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(try folder.contents() == ["job.yaml"])
  }

  @Test(arguments: BadJob.all)
  func isRefused(bad: BadJob) throws { try expectRefusal(of: bad, ranks: nil) }

  @Test(arguments: underLauncher)
  func isRefusedOnThreeRanksWithOneMessage(bad: BadJob) throws {
    try expectRefusal(of: bad, ranks: 3)
  }

  /// The subject: the job of which the table's are variants runs.
  @Test(arguments: [nil, 3])
  func theGoodJobRuns(ranks: Int?) throws {
    let folder = try JobFolder(BadJob.goodJob)
    let run = try folder.run(ranks: ranks)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try folder.record().exit.status == "complete")
  }

  @Test func everyErrorOfAJobIsTold() throws {
    let text = BadJob.goodJob.replacing("length: 100 um", with: "lenght: 100 um")
      .replacing("rate: 50 Hz", with: "rate: 50 mV").replacing("size: 5,", with: "size: 0,")
    let folder = try JobFolder(text)
    for command in ["check", "run"] {
      let run = try CommandRun.coppice([command, "job.yaml"], in: folder.path)
      #expect(run.exitCode == 65)
      #expect(run.errors.count(of: ": error: ") >= 3, "\(run.errors)")
    }
    #expect(try folder.contents() == ["job.yaml"])
  }

  @Test func aCommaInBracesIsExplained() throws {
    let text = BadJob.goodJob.replacing("on_pre: V += w", with: "on_pre: V = clip(V, -80*mV, 0*mV)")
    try #require(text != BadJob.goodJob)
    let run = try JobFolder(text).run()
    #expect(run.exitCode == 65)
    #expect(run.errors.contains("in quotes"), "\(run.errors)")
  }

  /// What no table of texts can hold.
  enum Garbage: String, CaseIterable {
    case noise, brackets, dashes, zeros, line

    var bytes: [UInt8] {
      switch self {
      case .noise:
        var state: UInt32 = 1
        return (0..<200_000).map { _ in
          state = state &* 1_664_525 &+ 1_013_904_223
          return UInt8(truncatingIfNeeded: state >> 24)
        }
      case .brackets: return [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
      case .dashes: return Array(String(repeating: "- ", count: 1 << 19).utf8)
      case .zeros: return [UInt8](repeating: 0, count: 4096)
      case .line: return [UInt8](repeating: UInt8(ascii: "a"), count: 4 << 20)
      }
    }
  }

  @Test(arguments: Garbage.allCases)
  func garbageIsRefused(garbage: Garbage) throws {
    let folder = try JobFolder(bytes: garbage.bytes)
    let run = try folder.run(seconds: 20)
    #expect(run.exitCode == 65)
    #expect(!run.isBroken)
    #expect(run.errors.utf8.count < 4096, "a message is for people")
    #expect(try folder.contents() == ["job.yaml"])
  }
}
