import Foundation
import Testing

@Suite struct UsageTests {
  @Test(
    arguments: [
      ([], "coppice run JOB"),
      (["rnu"], "unknown command 'rnu'"),
      (["run"], "usage: coppice run JOB"),
      (["run", "a", "b"], "usage: coppice run JOB"),
      (["run", "a", "--thread", "2"], "unknown option --thread; did you mean --threads?"),
      (["run", "a", "--threads"], "--threads needs a value"),
      (["run", "a", "--threads", "0"], "--threads takes a whole number from 1 to 256"),
      (["run", "a", "--threads", "257"], "not '257'"),
      (["run", "a", "--threads", "two"], "not 'two'"),
      (["run", "a", "--threads", "99999999999999999999"], "--threads takes a whole number"),
      (["run", "a", "--block", "0"], "--block takes a whole number"),
      (["run", "a", "--backend", "gpu"], "--backend takes one of compiled, portable, not 'gpu'"),
      (["run", "a", "--log-level", "loud"], "--log-level takes one of error, warn, info, debug"),
      (["run", "a", "--fresh=yes"], "--fresh takes no value"),
      (["run", "a", "--output", "x", "--output", "y"], "--output is given twice"),
      (["check"], "usage: coppice check JOB"),
      (["check", "a", "--ranks", "0"], "--ranks takes a whole number"),
      (["show", "a"], "usage: coppice show JOB"),
      (["show", "a", "--kernels"], "unknown option --kernels; did you mean --kernel?"),
      (["compare", "a"], "usage: coppice compare A B"),
    ] as [([String], String)])
  func wrongWordsAreExplained(words: [String], message: String) throws {
    let run = try CommandRun.coppice(words)
    #expect(run.exitCode == 64)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func wrongWordsAreToldOnceOnManyRanks() throws {
    let run = try CommandRun.coppice(["run", "a", "--threads", "0"], ranks: 3)
    #expect(run.exitCode == 64)
    #expect(run.errors.count(of: "--threads takes a whole number") == 1, "\(run.errors)")
  }

  @Test(arguments: [["help"], ["--help"], ["version"], ["--version"]])
  func askingIsNoError(words: [String]) throws {
    let run = try CommandRun.coppice(words)
    #expect(run.exitCode == 0)
    #expect(run.output.hasPrefix("coppice"))
    #expect(run.errors.isEmpty)
  }

  @Test(arguments: [nil, 3])
  func aMissingJobIsMissingInput(ranks: Int?) throws {
    let run = try CommandRun.coppice(["run", "nothing.yaml"], ranks: ranks)
    #expect(run.exitCode == 66)
    #expect(run.errors.count(of: "cannot open 'nothing.yaml': No such file") == 1, "\(run.errors)")
  }

  @Test func whatIsNoFileIsNoJob() throws {
    let folder = try JobFolder()
    try #require(mkfifo(folder.path + "/pipe", 0o600) == 0)
    for name in [".", "pipe", "/dev/zero"] {
      for command in ["run", "check"] {
        let run = try CommandRun.coppice([command, name], in: folder.path, seconds: 20)
        #expect(run.exitCode == 66)
        #expect(run.errors.contains("is not a regular file"), "\(run.errors)")
      }
    }
  }
}
