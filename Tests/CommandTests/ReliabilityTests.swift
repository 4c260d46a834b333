import Foundation
import Testing

/// A sample of what `make reliability` does to the command line: kills, faults, hangs, signals,
/// other runs in the directory, and resumes with other ranks and threads. The harness' own cases that
/// must fail are part of it.
@Suite struct ReliabilityTests {
  @Test func aSampleOfEveryPartHolds() throws {
    let state = try TemporaryFolder()
    let seed = Int(Date().timeIntervalSince1970)
    let run = try CommandRun.run(
      [
        "python3", CommandRun.package.path + "/Tests/Reliability/reliability.py", "sample",
        "--seconds", "25", "--seed", "\(seed)", "--state", state.path,
      ], environment: ["COPPICE_BINARY": CommandRun.binary], seconds: 400)
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    // Every part has made something, and noticed what it must.
    for part in ["R1", "R2", "R4", "R5", "R8", "R9", "R10", "R11", "lock"] {
      #expect(run.output.contains("\n\(part): "), "\(part) is missing: \(run.output)")
    }
    #expect(run.output.count(of: "notices that") > 15, "\(run.output)")
    #expect(!run.output.contains(" in 0 trials"), "\(run.output)")
  }
}
