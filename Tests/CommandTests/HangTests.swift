import Foundation
import Testing

/// A run in which something goes wrong inside says what and where, and leaves good checkpoints.
@Suite(.serialized) struct HangTests {
  @Test func aRankThatHangsEndsTheRun() throws {
    let folder = try JobFolder(
      ResumeCommandTests.job.replacing("duration: 60 ms", with: "duration: 600 s"))
    // Rank 1 is stopped, which it cannot notice; the others can.
    let script =
      "if [ $OMPI_COMM_WORLD_RANK = 1 ]; then (sleep 4; kill -STOP $$) & fi; "
      + "exec '\(CommandRun.binary)' run job.yaml --output result --backend portable --threads 1"
    let run = try CommandRun.run(
      [
        "mpirun", "--oversubscribe", "--bind-to", "none", "--allow-run-as-root", "-np", "2", "bash",
        "-c", script,
      ], environment: ["COPPICE_WATCHDOG": "2"], in: folder.path, seconds: 40)
    #expect(run.exitCode == 70, "\(run.exitCode) \(run.errors)")
    #expect(run.errors.contains("coppice: rank 0 of 2 on "), "\(run.errors)")
    #expect(run.errors.contains("no progress for 2.0 s at step "), "\(run.errors)")
    #expect(run.errors.contains("waiting for the other ranks"), "\(run.errors)")
    let exit = try folder.record().exit
    #expect(exit.status == "failed")
    #expect(exit.why?.contains("no progress for 2.0 s") == true, "\(exit)")
  }

  /// A request reaches one rank alone, and all stop at the same step.
  @Test func aSignalToOneRankStopsAll() throws {
    let folder = try JobFolder(
      ResumeCommandTests.job.replacing("duration: 60 ms", with: "duration: 600 s"))
    let script =
      "if [ $OMPI_COMM_WORLD_RANK = 1 ]; then (sleep 3; kill -USR2 $$) & fi; "
      + "exec '\(CommandRun.binary)' run job.yaml --output result --backend portable --threads 1"
    let run = try CommandRun.run(
      [
        "mpirun", "--oversubscribe", "--bind-to", "none", "--allow-run-as-root", "-np", "2", "bash",
        "-c", script,
      ], environment: ["COPPICE_WATCHDOG": "5"], in: folder.path, seconds: 40)
    #expect(run.exitCode == 75, "\(run.exitCode) \(run.errors)")
    #expect(run.output.contains("end: exit=75 reason=another-rank step="), "\(run.output)")
    #expect(try folder.record().exit.status == "stopped")
  }

  @Test(arguments: [nil, 2])
  func aStateThatIsNotFiniteIsNamedAndNotKept(ranks: Int?) throws {
    let folder = try JobFolder(
      """
      simulation: {duration: 100 ms, dt: 0.1 ms}
      models:
        cell: {equations: 'dx/dt = (x*x + i/20)/(2*ms) : 1', initial: {x: 0}}
      populations:
        net: {model: cell, size: 20}

      """)
    let first = try folder.run(["--backend", "portable"], environment: ["COPPICE_STOP_AT": "20"])
    try #require(first.exitCode == 75, "\(first.errors)")
    let run = try folder.run(["--backend", "portable"], ranks: ranks)
    #expect(run.exitCode == 70, "\(run.errors)")
    #expect(run.errors.contains("x of neuron 1"), "\(run.errors)")
    #expect(run.errors.contains("of net is "), "\(run.errors)")
    #expect(run.errors.contains("all was finite before step 20."), "\(run.errors)")
    #expect(run.output.contains("end: exit=70 reason=failed"), "\(run.output)")
    let exit = try folder.record().exit
    #expect(exit.status == "failed")
    #expect(exit.why?.contains("x of neuron 1") == true, "\(exit)")
    let generations = try FileManager.default.contentsOfDirectory(
      atPath: folder.path + "/result/checkpoints")
    // A draft of another rank may be left, which the next run removes.
    #expect(generations.filter { !$0.hasPrefix(".") } == ["gen-000000000020"])
  }
}
