import Foundation
import Testing

/// A rank that cannot go on ends all ranks, with its code and one message.
@Suite(.serialized) struct FailingRankTests {
  /// Records more than a rank holds in memory, so that writing begins during the run.
  private static let wordy = """
    simulation: {duration: 300 ms, dt: 0.1 ms}
    models:
      cell: {equations: 'dx/dt = (y - x)/(5*ms) : 1

        y : 1 (constant)'}
    populations:
      net: {model: cell, size: 3000, parameters: {y: {uniform: [0, 1]}}}
    record: {states: {x: {population: net, variables: [x], neurons: all, every: 0.1 ms, precision: double}}}

    """

  private func underLauncher(_ script: String, in folder: JobFolder) throws -> CommandRun {
    try CommandRun.run(
      [
        "mpirun", "--oversubscribe", "--bind-to", "none", "--allow-run-as-root", "-np", "3", "bash",
        "-c",
        "\(script) exec '\(CommandRun.binary)' run job.yaml --output result --backend portable "
          + "--log-level warn --threads 1",
      ],
      // No shared memory of the library's own, which a limit on files would meet first.
      environment: ["OMPI_MCA_btl": "self,tcp", "PMIX_MCA_gds": "hash"], in: folder.path)
  }

  @Test(arguments: [0, 1])
  func aLimitOnOneRanksFilesEndsAllRanks(rank: Int) throws {
    let folder = try JobFolder(FailingRankTests.wordy)
    let run = try underLauncher(
      "if [ $OMPI_COMM_WORLD_RANK = \(rank) ]; then ulimit -f 200; fi;", in: folder)
    #expect(run.exitCode == 74, "\(run.errors)")
    #expect(!run.isBroken)
    #expect(run.errors.count(of: "coppice: ") == 1, "\(run.errors)")
    #expect(run.errors.contains("rank-0000\(rank).h5"), "\(run.errors)")
    #expect(run.errors.contains("File too large"), "\(run.errors)")
    #expect(run.errors.contains("on rank \(rank) of 3"), "\(run.errors)")
    #expect(!folder.has("result/x.h5"))
    #expect(try folder.record().exit.status == "failed")
    // What is left does not stand in the way of the next try.
    let again = try underLauncher("", in: folder)
    #expect(again.exitCode == 0, "\(again.errors)")
    #expect(folder.has("result/x.h5"))
  }

  @Test func aLimitOnFilesEndsARunOfOneProcess() throws {
    let folder = try JobFolder(FailingRankTests.wordy)
    let run = try CommandRun.run(
      [
        "bash", "-c",
        "ulimit -f 200; exec '\(CommandRun.binary)' run job.yaml --output result --backend portable",
      ], in: folder.path)
    #expect(run.exitCode == 74, "\(run.errors)")
    #expect(run.errors.contains("File too large"), "\(run.errors)")
  }

  /// Whether this user may mount a small file system in a namespace of its own.
  private static let canMount =
    (try? CommandRun.run(["unshare", "-Urm", "mount", "-t", "tmpfs", "none", "/mnt"]))?.exitCode
    == 0

  @Test(.enabled(if: canMount))
  func aFullDiskEndsAllRanks() throws {
    let folder = try JobFolder(FailingRankTests.wordy)
    try FileManager.default.createDirectory(
      atPath: folder.path + "/disk", withIntermediateDirectories: false)
    let launch = "mpirun --oversubscribe --bind-to none --allow-run-as-root -np"
    let command = "'\(CommandRun.binary)' run job.yaml --output disk/result --backend portable"
    for size in ["3m", "40m"] {
      let run = try CommandRun.run(
        [
          "unshare", "-Urm", "bash", "-c",
          "mount -t tmpfs -o size=\(size) none disk && exec \(launch) 3 \(command)",
        ], in: folder.path)
      #expect(run.exitCode == 74, "\(run.errors)")
      #expect(run.errors.count(of: "coppice: ") == 1, "\(run.errors)")
      #expect(run.errors.contains("disk/result"), "\(run.errors)")
      #expect(run.errors.lowercased().contains("no space left on"), "\(run.errors)")
    }
  }
}
