import Foundation
import Testing

/// What the machine lacks is told, and does not end in a dead process.
@Suite(.serialized) struct MachineTests {
  @Test(arguments: ["/nonexistent", "no-such-compiler", "/bin/false", "/bin/true"])
  func withoutACompilerTheRunIsPortable(compiler: String) throws {
    let folder = try JobFolder()
    let run = try folder.run(environment: ["COPPICE_CC": compiler])
    #expect(run.exitCode == 0)
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == 1, "\(run.errors)")
    #expect(lines.first?.hasPrefix("coppice: running the portable kernels") == true)
    #expect(lines.first?.contains(compiler) == true)
    #expect(try folder.record().backend == "portable")
  }

  @Test func aTalkativeCompilerGetsOneLine() throws {
    let folder = try JobFolder()
    try folder.write(
      Array("#!/bin/sh\necho one; echo two >&2; echo three\nexit 3\n".utf8), to: "cc")
    try #require(chmod(folder.path + "/cc", 0o755) == 0)
    let run = try folder.run(environment: ["COPPICE_CC": folder.path + "/cc"])
    #expect(run.exitCode == 0)
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
  }

  @Test(arguments: [nil, 3])
  func compiledKernelsThatAreDemandedAreNeeded(ranks: Int?) throws {
    let folder = try JobFolder()
    let run = try folder.run(
      ["--backend", "compiled"], ranks: ranks, environment: ["COPPICE_CC": "/nonexistent"])
    #expect(run.exitCode == 70)
    #expect(run.errors.count(of: "no C compiler found (tried /nonexistent)") == 1, "\(run.errors)")
    #expect(try folder.contents() == ["job.yaml"])
  }

  /// The first processor that this process may use.
  private static let processor: String? =
    (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?
    .split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }?
    .split { !$0.isNumber }.first.map(String.init)

  @Test func threadsBeyondTheMaskAreNoticed() throws {
    let folder = try JobFolder()
    let processor = try #require(MachineTests.processor)
    let run = try CommandRun.run(
      [
        "taskset", "-c", processor, CommandRun.binary, "run", "job.yaml", "--output", "result",
        "--threads", "2", "--backend", "portable",
      ], in: folder.path)
    #expect(run.exitCode == 0)
    #expect(run.errors.count(of: "--threads 2, but only 1 processor") == 1, "\(run.errors)")
    #expect(!run.errors.contains("mpirun"), "no launcher is to blame")
  }

  @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount >= 2))
  func threadsBeyondTheLaunchersBindingAreNoticed() throws {
    let folder = try JobFolder()
    let run = try CommandRun.run(
      [
        "mpirun", "--allow-run-as-root", "--bind-to", "core", "-np", "2", CommandRun.binary, "run",
        "job.yaml", "--output", "result", "--threads", "2", "--backend", "portable",
      ], in: folder.path)
    #expect(run.exitCode == 0)
    #expect(
      run.errors.count(of: "'mpirun --map-by slot:PE=2 --bind-to core' or '--bind-to none'") == 1,
      "\(run.errors)")
  }

  /// 10^9 neurons where a process may have 8 GB, and what no machine holds.
  @Test(arguments: [
    ("ulimit -v 8000000;", ["constants.cells=1000000000", "projections.ring.connect={total: 0}"]),
    ("", ["constants.cells=10000000", "projections.ring.connect=all_to_all"]),
  ])
  func moreThanTheMemoryIsRefused(limit: String, overrides: [String]) throws {
    let folder = try JobFolder()
    let words = overrides.flatMap { ["--set", "'\($0)'"] }.joined(separator: " ")
    for command in ["check job.yaml", "run job.yaml --output result"] {
      let run = try CommandRun.run(
        ["bash", "-c", "\(limit) exec '\(CommandRun.binary)' \(command) \(words)"], in: folder.path,
        seconds: 20)
      #expect(run.exitCode == 65, "\(run.errors)")
      #expect(run.errors.contains("coppice: the run needs about "), "\(run.errors)")
      #expect(run.errors.contains(", and this machine has "))
      #expect(try folder.contents() == ["job.yaml"])
    }
  }

  @Test func moreThanTheMemoryIsRefusedOnceOnManyRanks() throws {
    let folder = try JobFolder()
    let run = try folder.run(
      ["--set", "constants.cells=10000000", "--set", "projections.ring.connect=all_to_all"],
      ranks: 3)
    #expect(run.exitCode == 65)
    #expect(run.errors.count(of: "the run needs about ") == 1, "\(run.errors)")
    #expect(run.errors.contains("on each of 3 ranks"))
    #expect(try folder.contents() == ["job.yaml"])
  }

  /// Figures that no integer holds are figures all the same.
  @Test func planningTheEndlessDoesNotTrap() throws {
    let folder = try JobFolder(
      JobFolder.small.replacing("neurons: [0], every: 1 ms", with: "neurons: all, every: 0.1 ms"))
    let run = try CommandRun.coppice(
      [
        "check", "job.yaml", "--set", "simulation.duration=1e10 s", "--set",
        "constants.cells=10000000",
      ], in: folder.path)
    #expect(!run.isBroken, "\(run.errors)")
    #expect(run.output.contains("states on disk"))
  }

  @Test(arguments: ["0", "-3", "x", "9223372036854775807"])
  func aSillyEpochCutDoesNoHarm(cut: String) throws {
    let run = try JobFolder().run(
      ["--backend", "portable"], environment: ["COPPICE_EPOCH_CUT": cut])
    #expect(run.exitCode == 0, "\(run.errors)")
  }
}
