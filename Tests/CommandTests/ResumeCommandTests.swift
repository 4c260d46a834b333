import Foundation
import Testing

/// The same command line, however often it is stopped and with whatever it is started again, ends
/// in the bits of a run that was never stopped.
@Suite(.serialized) struct ResumeCommandTests {
  /// Small, and with something of everything that is under way at any time.
  static let job = """
    name: lasting
    simulation: {duration: 60 ms, dt: 0.1 ms, seed: 5}
    models:
      cell:
        equations: |
          dv/dt = (20*mV - v + drive)/(10*ms) + 1.5*mV*xi*ms**-0.5 : volt (unless refractory)
          ddrive/dt = -drive/(4*ms) : volt
        spike: {threshold: v > 15*mV, reset: v = 30*mV, refractory: 2 ms, second_reset: v = 0*mV, spike_width: 1 ms}
    populations:
      net: {model: cell, size: 21}
      x: {poisson: {rate: 200 Hz}, size: 21}
      pool: {poisson: {rate: 50 Hz}, size: 9}
    projections:
      x_net: {source: x, target: net, connect: one_to_one, on_pre: drive += 2*mV}
      pool_net: {source: pool, target: net, connect: {probability: 0.5}, delay: 7 ms, on_pre: drive += 1*mV}
      ring: {source: net, target: net, connect: {probability: 0.3}, delay: {uniform: [1 ms, 12 ms]}, on_pre: v += 0.4*mV}
    record:
      states: {v: {population: net, variables: [v, drive], neurons: all, every: 0.7 ms, precision: double}}
      rates: {every: 1 ms}
    checkpoint: {every_simulated: 5 ms}

    """

  /// Has no end that a signal could miss, on any machine.
  private static let endlessJob = job.replacing("duration: 60 ms", with: "duration: 60000 s")
    .replacing("every_simulated: 5 ms", with: "every_simulated: 90 ms")

  private static let portable = ["--backend", "portable", "--threads", "1"]

  private func finish(
    _ folder: JobFolder, _ words: [String] = [], output: String = "result", seconds: Double = 60
  ) throws -> CommandRun {
    try folder.run(ResumeCommandTests.portable + words, output: output, seconds: seconds)
  }

  /// A folder with the whole run in `whole`.
  private func folder(_ job: String = ResumeCommandTests.job) throws -> JobFolder {
    let folder = try JobFolder(job)
    let run = try finish(folder, output: "whole", seconds: 120)
    try #require(run.exitCode == 0, "\(run.errors)")
    let steps = try folder.record(in: "whole").steps
    #expect(run.output.contains("end: exit=0 reason=complete step=\(steps) generation=\(steps)"))
    return folder
  }

  private func expectWhole(_ folder: JobFolder, output: String = "result") throws {
    let comparison = try CommandRun.coppice(["compare", "whole", output], in: folder.path)
    #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
  }

  private func generations(_ folder: JobFolder, of output: String = "result") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(output)/checkpoints")
      .sorted()
  }

  @Test func aRunThatIsStoppedGoesOnWithAnything() throws {
    let folder = try folder()
    let layouts: [(stop: Int?, ranks: Int?, words: [String])] = [
      (37, nil, ["--threads", "2", "--backend", "portable"]),
      (38, 2, ["--threads", "1", "--backend", "compiled"]),
      (250, 3, ["--threads", "2", "--block", "3", "--backend", "portable"]),
      (411, nil, ["--threads", "3", "--block", "1", "--backend", "portable"]),
      (nil, 2, ["--threads", "1", "--backend", "portable"]),
    ]
    for layout in layouts {
      let run = try folder.run(
        layout.words, ranks: layout.ranks,
        environment: layout.stop.map { ["COPPICE_STOP_AT": "\($0)"] } ?? [:])
      try #require(run.exitCode == (layout.stop == nil ? 0 : 75), "\(run.errors)\(run.output)")
      if let stop = layout.stop {
        #expect(run.output.contains("end: exit=75 reason=step step=\(stop) generation=\(stop)"))
        #expect(try folder.record().exit.status == "stopped")
      }
    }
    try expectWhole(folder)
    let record = try folder.record()
    #expect(record.exit.status == "complete")
    #expect(record.lineage.map(\.step) == [0, 37, 38, 250, 411])
    #expect(record.lineage.map(\.ranks) == [1, 2, 3, 1, 2])
    #expect(record.lineage.last?.generation == "gen-000000000411")
    let whole = try folder.record(in: "whole")
    #expect(record.spikes == whole.spikes)
    #expect(try generations(folder).count == 2)
  }

  /// Ends an endless run 30 ms after its newest generation, and compares it with one of that
  /// length that was never stopped.
  private func endAndCompare(_ folder: JobFolder) throws {
    let newest = try #require(try generations(folder).last { $0.hasPrefix("gen-") })
    let step = try #require(Int(newest.dropFirst(4)))
    let length = ["--set", "simulation.duration=\(step + 300)*0.1*ms"]
    let last = try finish(folder, length)
    try #require(last.exitCode == 0, "\(last.errors)")
    #expect(last.errors.contains("going on from \(newest)"), "\(last.errors)")
    let whole = try finish(folder, length, output: "whole")
    try #require(whole.exitCode == 0, "\(whole.errors)")
    try expectWhole(folder)
  }

  /// Ranks outlive a killed mpirun for a moment, and may commit what they were at.
  private func waitUntilFree(_ folder: JobFolder) throws {
    let lock = open(folder.path + "/result/.lock", O_RDWR)
    defer { close(lock) }
    let deadline = Date(timeIntervalSinceNow: 30)
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      try #require(Date() < deadline, "the ranks of a killed run live on")
      usleep(10_000)
    }
  }

  @Test(arguments: [nil, 2])
  func aRunThatIsKilledGoesOn(ranks: Int?) throws {
    let folder = try JobFolder(ResumeCommandTests.endlessJob)
    var generations: [String] = []
    for number in [SIGKILL, SIGKILL, SIGKILL, SIGUSR2] {
      let run = try folder.run(
        ResumeCommandTests.portable, ranks: ranks,
        signals: [.afterGeneration(in: folder.path + "/result", other: generations, number)])
      #expect(number == SIGKILL ? run.exitCode != 0 : run.exitCode == 75, "\(run.errors)")
      try waitUntilFree(folder)
      generations = try self.generations(folder)
    }
    try endAndCompare(folder)
    #expect(try folder.record().lineage.count == 5)
  }

  @Test(arguments: [
    (SIGUSR1, nil as Int?), (SIGUSR2, nil), (SIGTERM, nil), (SIGINT, nil), (SIGUSR2, 2),
  ])
  func aSignalStopsTheRun(number: Int32, ranks: Int?) throws {
    let folder = try JobFolder(ResumeCommandTests.endlessJob)
    let run = try folder.run(
      ResumeCommandTests.portable, ranks: ranks,
      signals: [.afterGeneration(in: folder.path + "/result", other: [], number)])
    try #require(run.exitCode == 75, "\(run.errors)\(run.output)")
    #expect(run.output.contains("end: exit=75 reason=signal-\(number) step="), "\(run.output)")
    try endAndCompare(folder)
  }

  /// Stops in time, on the second run too.
  @Test func aTimeLimitStopsTheRun() throws {
    let folder = try JobFolder(
      ResumeCommandTests.job.replacing("duration: 60 ms", with: "duration: 60000 s"))
    for stretch in 1...2 {
      let begin = Date()
      let run = try folder.run(ResumeCommandTests.portable + ["--maxh", "0.0011"], seconds: 30)
      #expect(Date().timeIntervalSince(begin) < 4.5, "stretch \(stretch)")
      #expect(run.exitCode == 75, "\(run.errors)")
      #expect(run.output.contains("reason=time-limit"), "\(run.output)")
    }
    #expect(try folder.record().lineage.count == 2)
  }

  @Test func twoRunsDoNotShareADirectory() throws {
    let folder = try JobFolder(
      ResumeCommandTests.job.replacing("duration: 60 ms", with: "duration: 60000 s"))
    let lock = folder.path + "/result/.lock"
    let output = folder.path + "/result"
    let first = Process()
    first.executableURL = URL(filePath: CommandRun.binary)
    first.arguments = ["run", "job.yaml", "--output", "result"] + ResumeCommandTests.portable
    first.currentDirectoryURL = URL(filePath: folder.path)
    first.standardOutput = FileHandle.nullDevice
    first.standardError = FileHandle.nullDevice
    try first.run()
    defer {
      kill(first.processIdentifier, SIGKILL)
      first.waitUntilExit()
    }
    let deadline = Date(timeIntervalSinceNow: 20)
    while Date() < deadline, (try? Data(contentsOf: URL(filePath: lock)))?.isEmpty ?? true {
      usleep(10_000)
    }
    let second = try finish(folder, ["--log-level", "warn"], seconds: 60)
    #expect(second.exitCode == 73, "\(second.errors)")
    #expect(second.errors.contains("process \(first.processIdentifier) on "), "\(second.errors)")
    #expect(first.isRunning && FileManager.default.fileExists(atPath: output))
  }

  /// A finished run goes on when it is made longer, from its last state.
  @Test func aFinishedRunIsMadeLonger() throws {
    let folder = try folder()
    let short = try finish(folder, ["--set", "simulation.duration=23.3 ms"])
    try #require(short.exitCode == 0, "\(short.errors)")
    let again = try finish(folder, ["--set", "simulation.duration=23.3 ms"])
    #expect(again.output.contains("complete: result holds this job, 233 steps"))
    let long = try finish(folder)
    try #require(long.exitCode == 0, "\(long.errors)")
    #expect(long.errors.contains("going on from gen-000000000233, step 233 of 600"))
    try expectWhole(folder)
    let shorter = try finish(folder, ["--set", "simulation.duration=23.3 ms"])
    #expect(shorter.exitCode == 76, "\(shorter.errors)")
    #expect(shorter.errors.contains("up to step 600, further than the 233 steps"))
    try expectWhole(folder)
  }

  @Test(arguments: [
    ("simulation.seed=6", "simulation.seed: the checkpoint has 5, the job 6"),
    (
      "simulation.precision=single",
      "simulation.precision: the checkpoint has double, the job single"
    ),
    ("populations.pool.size=8", "populations.pool"),
    ("simulation.dt=0.05 ms", "simulation.dt"),
    ("models.cell.spike.refractory=3 ms", "models.cell"),
    ("projections.ring.delay=2 ms", "projections.ring"),
  ])
  func anotherJobIsRefusedByWhatDiffers(change: String, difference: String) throws {
    let folder = try JobFolder(ResumeCommandTests.job)
    let first = try folder.run(
      ResumeCommandTests.portable, environment: ["COPPICE_STOP_AT": "60"])
    try #require(first.exitCode == 75, "\(first.errors)")
    let before = try folder.bytes(of: "result/run.json")
    let other = try finish(folder, ["--set", change])
    #expect(other.exitCode == 76, "\(other.errors)")
    #expect(other.errors.contains(difference), "\(other.errors)")
    #expect(other.errors.contains("--fresh"))
    #expect(try folder.bytes(of: "result/run.json") == before)
    let fresh = try finish(
      folder, ["--set", change, "--fresh", "--set", "simulation.duration=5 ms"])
    #expect(fresh.exitCode == 0, "\(fresh.errors)")
  }

  /// Neither names nor output nor how often it is saved make another job.
  @Test func whatChangesNoResultIsNoOtherJob() throws {
    let folder = try folder()
    let first = try folder.run(
      ResumeCommandTests.portable, environment: ["COPPICE_STOP_AT": "60"])
    try #require(first.exitCode == 75, "\(first.errors)")
    let second = try finish(
      folder,
      [
        "--set", "name=other", "--set", "checkpoint.every_simulated=9 ms", "--checkpoint-every",
        "1h",
      ])
    #expect(second.exitCode == 0, "\(second.errors)")
    try expectWhole(folder)
  }

  @Test func otherRecordingsBranchOff() throws {
    let folder = try folder()
    let first = try folder.run(
      ResumeCommandTests.portable, environment: ["COPPICE_STOP_AT": "300"])
    try #require(first.exitCode == 75, "\(first.errors)")
    let change = ["--set", "record.states.v.every=0.1 ms"]
    let refused = try finish(folder, change)
    #expect(refused.exitCode == 76)
    #expect(refused.errors.contains("record from step 300 on with --from"), "\(refused.errors)")
    let origin = "result/checkpoints/gen-000000000300"
    for stop in [nil, "450"] {
      let output = stop == nil ? "branch" : "branch-in-two"
      if let stop {
        let half = try folder.run(
          ResumeCommandTests.portable + change + ["--from", origin], output: output,
          environment: ["COPPICE_STOP_AT": stop])
        try #require(half.exitCode == 75, "\(half.errors)")
      }
      let branch = try finish(folder, change + ["--from", origin], output: output)
      try #require(branch.exitCode == 0, "\(branch.errors)")
      let lineage = try folder.record(in: output).lineage
      #expect(lineage.map(\.step) == (stop == nil ? [0, 300] : [0, 300, 450]))
      #expect(lineage[1].from == origin)
    }
    let comparison = try CommandRun.coppice(
      ["compare", "branch", "branch-in-two"], in: folder.path)
    #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
    let wrong = try finish(
      folder, ["--from", origin, "--set", "populations.pool.size=8"], output: "wrong")
    #expect(wrong.exitCode == 76)
    #expect(wrong.errors.contains("populations.pool"), "\(wrong.errors)")
  }

  @Test func aDamagedGenerationIsPassedOver() throws {
    let folder = try folder()
    let first = try folder.run(
      ResumeCommandTests.portable, environment: ["COPPICE_STOP_AT": "300"])
    try #require(first.exitCode == 75, "\(first.errors)")
    let names = try generations(folder)
    try #require(names.count == 2 && names[1] == "gen-000000000300")
    func damage(_ generation: String) throws {
      let name = "result/checkpoints/\(generation)/shard-00000.h5"
      var bytes = try folder.bytes(of: name)
      bytes[bytes.count / 2] ^= 1
      try folder.write(Array(bytes), to: name)
    }
    try damage("gen-000000000300")
    let second = try folder.run(
      ResumeCommandTests.portable, environment: ["COPPICE_STOP_AT": "299"])
    try #require(second.exitCode == 75, "\(second.errors)")
    #expect(
      second.errors.contains("gen-000000000300 cannot be used, going back to \(names[0])"))
    for name in try generations(folder) { try damage(name) }
    let third = try finish(folder)
    #expect(third.exitCode == 66, "\(third.errors)")
    #expect(third.errors.contains("none of them can be used"))
    #expect(third.errors.contains("--fresh"))
    let fresh = try finish(folder, ["--fresh"])
    #expect(fresh.exitCode == 0, "\(fresh.errors)")
    try expectWhole(folder)
  }

  @Test func whoNeverCommittedStartsOverAndSaysSo() throws {
    let folder = try folder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/result/segments", withIntermediateDirectories: true)
    try folder.write([], to: "result/segments/.step-000000000000.rank-00000.h5.partial")
    let run = try finish(folder)
    try #require(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.contains("no checkpoint: starting over"), "\(run.errors)")
    try expectWhole(folder)
  }

  /// A run that starts over and is killed leaves nothing of the old one that could be taken for its.
  @Test func anInterruptedFreshRunLeavesNoOldRecordOrOutput() throws {
    let folder = try folder()
    let first = try finish(folder)
    try #require(first.exitCode == 0 && folder.has("result/run.json"), "\(first.errors)")
    func outputs() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/result")
        .filter { $0.hasSuffix(".h5") }
    }
    try #require(try outputs().count > 2)
    let killed = try folder.run(
      ResumeCommandTests.portable + ["--fresh", "--set", "simulation.duration=600 s"],
      signals: [
        Signal(number: SIGKILL) { _ in
          // Of the old run none is further than this.
          try self.generations(folder).contains { $0 > "gen-000000000600" }
        }
      ])
    try #require(killed.exitCode == -SIGKILL, "\(killed.errors)")
    #expect(!folder.has("result/run.json"))
    #expect(try outputs().isEmpty)
    #expect(
      try !FileManager.default.contentsOfDirectory(atPath: folder.path + "/result/segments").isEmpty
    )
    let last = try finish(folder, ["--fresh"])
    #expect(last.exitCode == 0, "\(last.errors)")
    try expectWhole(folder)
  }

  @Test(arguments: ["0", "-1", "x", "nan", ""])
  func wrongTimeLimitsAreRefused(text: String) throws {
    let folder = try JobFolder(ResumeCommandTests.job)
    for option in ["--maxh", "--checkpoint-every"] {
      let run = try finish(folder, [option, text])
      #expect(run.exitCode == 64, "\(run.errors)")
      #expect(run.errors.contains(option))
    }
    #expect(try folder.contents() == ["job.yaml"])
  }
}
