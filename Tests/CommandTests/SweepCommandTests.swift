import Foundation
import Testing

/// Grids of jobs through the command line: whoever runs which point, however often they are
/// stopped, tables and points have the bits of runs of their own.
@Suite(.serialized) struct SweepCommandTests {
  /// Six points of the small job.
  private static let grid =
    JobFolder.small + "sweep: {constants.drive: [18 mV, 20 mV, 22 mV], simulation.seed: [3, 4]}\n"

  private static let portable = ["--backend", "portable", "--threads", "1"]

  private func same(_ a: String, _ b: String, in folder: JobFolder) throws {
    let comparison = try CommandRun.coppice(["compare", a, b], in: folder.path)
    #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
  }

  /// A folder with the whole sweep in `whole`.
  private func folder(_ job: String = SweepCommandTests.grid) throws -> JobFolder {
    let folder = try JobFolder(job)
    let run = try folder.run(SweepCommandTests.portable, output: "whole", seconds: 120)
    try #require(run.exitCode == 0, "\(run.errors)")
    return folder
  }

  private func points(_ folder: JobFolder, of output: String = "result") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(output)")
      .filter { $0.allSatisfy(\.isNumber) }.sorted()
  }

  @Test func everyPointIsTheRunOfItsJob() throws {
    let folder = try folder()
    let run = try folder.run(SweepCommandTests.portable, output: "whole")
    #expect(run.exitCode == 0)
    #expect(run.output.contains("6 points, 6 of them complete"), "\(run.output)")
    #expect(run.output.contains("end: exit=0 reason=complete points=6/6 failed=0"))
    #expect(try points(folder, of: "whole") == (0..<6).map { "000\($0)" })
    try folder.write(Array(JobFolder.small.utf8), to: "single.yaml")
    let settings = [(0, "18 mV", 3), (3, "20 mV", 4), (4, "22 mV", 3)]
    for (index, drive, seed) in settings {
      let single = try CommandRun.coppice(
        ["run", "single.yaml", "--output", "single\(index)", "--set", "constants.drive=\(drive)"]
          + ["--set", "simulation.seed=\(seed)"] + SweepCommandTests.portable, in: folder.path)
      #expect(single.exitCode == 0, "\(single.errors)")
      try same("single\(index)", "whole/000\(index)", in: folder)
      let (own, point) = (
        try folder.record(in: "single\(index)"), try folder.record(in: "whole/000\(index)")
      )
      #expect(own.spikes == point.spikes)
      #expect(point.point?.index == index)
      #expect(point.point?.settings.map(\.text) == [drive, "\(seed)"])
      #expect(point.point?.settings.map(\.unit) == ["V", ""])
    }
    // The points differ, or nothing was shown.
    let other = try CommandRun.coppice(["compare", "whole/0000", "whole/0003"], in: folder.path)
    #expect(other.exitCode == 1)
  }

  @Test(arguments: [(1, 1), (1, 4), (2, 1), (2, 2), (3, 1), (4, 1), (7, 1), (8, 2)])
  func ranksAndThreadsChangeNothing(ranks: Int, threads: Int) throws {
    let folder = try folder()
    let run = try folder.run(
      ["--backend", "portable", "--threads", "\(threads)"], ranks: ranks, seconds: 120)
    try #require(run.exitCode == 0, "\(run.errors)\(run.output)")
    #expect(run.output.contains("points=6/6"))
    try same("whole", "result", in: folder)
    let layouts = try points(folder).map { try folder.record(in: "result/\($0)").ranks }
    #expect(layouts.contains(2) == (ranks > 6), "groups of ranks where ranks are more than points")
    #expect(layouts.allSatisfy { $0 <= 2 })
    let again = try folder.run(SweepCommandTests.portable, ranks: ranks)
    #expect(again.exitCode == 0, "\(again.errors)")
    #expect(again.output.contains("6 points, 6 of them complete"), "\(again.output)")
  }

  @Test func oneStructureIsCompiledOnce() throws {
    let folder = try JobFolder(SweepCommandTests.grid)
    let compiler = "#!/bin/sh\necho x >> \(folder.path)/count\nexec cc \"$@\"\n"
    try folder.write(Array(compiler.utf8), to: "cc")
    chmod(folder.path + "/cc", 0o755)
    for (ranks, output) in [(nil, "alone"), (2, "two")] {
      let run = try folder.run(
        ["--backend", "compiled", "--threads", "2"], output: output, ranks: ranks,
        environment: ["COPPICE_CC": folder.path + "/cc"], seconds: 120)
      try #require(run.exitCode == 0, "\(run.errors)")
      let count = String(decoding: try folder.bytes(of: "count"), as: UTF8.self).count(of: "x")
      #expect(count == 1)
      try FileManager.default.removeItem(atPath: folder.path + "/count")
    }
    try same("alone", "two", in: folder)
    #expect(try folder.record(in: "two/0005").backend.hasPrefix("compiled"))
  }

  /// Other equations are another kernel; other values, sizes and seeds are not.
  @Test func eachStructureIsCompiledOnce() throws {
    let text = SweepCommandTests.grid.replacing(
      "sweep: {", with: "sweep: {simulation.method: [euler, rk4], constants.cells: [12, 13], ")
    let folder = try JobFolder(text)
    let compiler = "#!/bin/sh\necho x >> \(folder.path)/count\nexec cc \"$@\"\n"
    try folder.write(Array(compiler.utf8), to: "cc")
    chmod(folder.path + "/cc", 0o755)
    let run = try folder.run(
      ["--backend", "compiled", "--threads", "1"], ranks: 3,
      environment: ["COPPICE_CC": folder.path + "/cc"], seconds: 120)
    try #require(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("points=24/24"))
    #expect(String(decoding: try folder.bytes(of: "count"), as: UTF8.self).count(of: "x") == 2)
  }

  @Test(arguments: [nil, 2, 5])
  func aPointThatFailsLeavesTheOthersAlone(ranks: Int?) throws {
    let text = SweepCommandTests.grid.replacing("drive: 20 mV}", with: "drive: 20 mV, gain: 1}")
      .replacing("v > 15*mV, reset: v = 0*mV", with: "v > 15*mV, reset: v = 0*mV*gain")
      .replacing("simulation.seed: [3, 4]", with: "constants.gain: [1, 1e300*1e200]")
    let broken = try JobFolder(text).run()
    #expect(broken.exitCode == 65, "a value that is no number is told before anything runs")
    let failing = text.replacing("1e300*1e200", with: "1e308")
      .replacing("v = 0*mV*gain", with: "v = 0*mV + (gain - 1)*10*volt")
    let folder = try JobFolder(failing)
    let run = try folder.run(SweepCommandTests.portable, ranks: ranks)
    #expect(run.exitCode == 70, "\(run.errors)\(run.output)")
    #expect(run.output.contains("points=3/6 failed=3"), "\(run.output)")
    #expect(run.output.contains("failed: 0001, 0003, 0005"), "\(run.output)")
    #expect(
      run.errors.contains(
        "point 0003 (constants.drive = 20 mV, constants.gain = 1e308) failed: v of neuron"),
      "\(run.errors)")
    for (index, status) in ["complete", "failed", "complete", "failed"].enumerated() {
      #expect(try folder.record(in: "result/000\(index)").exit.status == status)
    }
    let inspection = try CommandRun.coppice(["inspect", "result"], in: folder.path)
    #expect(inspection.output.contains("3 complete, 0 stopped, 3 failed, 0 not run"))
    #expect(inspection.output.contains("0001  failed  constants.drive = 18 mV"))
    // Tried again, with the same end; the others are not run again.
    let again = try folder.run(SweepCommandTests.portable)
    #expect(again.exitCode == 70)
    #expect(again.output.contains("6 points, 3 of them complete"), "\(again.output)")
  }

  // MARK: Stopping and going on

  /// Long enough to be met at any time.
  private static let long =
    ResumeCommandTests.job.replacing("duration: 60 ms", with: "duration: 300 ms")
    .replacing("every_simulated: 5 ms", with: "every_simulated: 40 ms")
    + "sweep: {simulation.seed: {linspace: [1, 7], count: 7}}\n"

  @Test(arguments: [(nil, 1), (nil, 2), (2, 1), (9, 1)])
  func killedAtAnyTimeItEndsInTheSameTable(ranks: Int?, threads: Int) throws {
    let folder = try folder(SweepCommandTests.long)
    let words = ["--backend", "portable", "--threads", "\(threads)"]
    // Once for certain in its midst, then whenever.
    let midst = { (_: String) in
      FileManager.default.fileExists(atPath: folder.path + "/result/0002/segments")
    }
    let moments =
      [Signal(number: SIGKILL, moment: midst)]
      + (0..<5).map { _ in Signal.at(seconds: .random(in: 0.05...0.8), SIGKILL) }
    var kills = 0
    for moment in moments {
      let run = try folder.run(words, ranks: ranks, seconds: 120, signals: [moment])
      if run.exitCode == 0 { break }
      kills += 1
    }
    let last = try folder.run(words, ranks: ranks, seconds: 120)
    try #require(last.exitCode == 0, "\(last.errors)")
    #expect(kills > 0)
    try same("whole", "result", in: folder)
  }

  /// Under `mpirun` by the signal that it passes on: of TERM it leaves a second.
  @Test(arguments: [(nil, 2, SIGTERM), (2, 1, SIGUSR2)])
  func aSignalStopsAllPoints(ranks: Int?, threads: Int, number: Int32) throws {
    let folder = try folder(
      SweepCommandTests.long.replacing("duration: 300 ms", with: "duration: 5000 ms"))
    let words = ["--backend", "portable", "--threads", "\(threads)"]
    let started = { (_: String) in
      (try? self.points(folder).isEmpty) == false
        && FileManager.default.fileExists(atPath: folder.path + "/result/0001/segments")
    }
    let run = try folder.run(
      words, ranks: ranks, seconds: 120, signals: [Signal(number: number, moment: started)])
    try #require(run.exitCode == 75, "\(run.errors)\(run.output)")
    #expect(run.output.contains("end: exit=75 reason=signal-\(number)"), "\(run.output)")
    #expect(folder.has("result/sweep.h5"))
    let last = try folder.run(words, seconds: 120)
    try #require(last.exitCode == 0, "\(last.errors)")
    #expect(last.errors.contains("going on from gen-"), "\(last.errors)")
    try same("whole", "result", in: folder)
  }

  @Test func theTimeLimitStopsASweep() throws {
    let folder = try folder(SweepCommandTests.long)
    // Too short for anything but the first epochs of the first points.
    let run = try folder.run(SweepCommandTests.portable + ["--maxh", "0.0001"])
    #expect(run.exitCode == 75, "\(run.errors)\(run.output)")
    #expect(run.output.contains("end: exit=75 reason=time-limit points=0/7"), "\(run.output)")
    #expect(folder.has("result/sweep.h5"))
    let last = try folder.run(SweepCommandTests.portable, seconds: 120)
    try #require(last.exitCode == 0, "\(last.errors)")
    try same("whole", "result", in: folder)
  }

  // MARK: Single points

  @Test func pointsOfAnArrayMakeTheSameTable() throws {
    let folder = try folder()
    for index in [4, 0, 2, 5, 1] {
      let run = try folder.run(SweepCommandTests.portable + ["--index", "\(index)"])
      try #require(run.exitCode == 0, "\(run.errors)")
      #expect(run.output.contains("point 000\(index) (constants.drive = "), "\(run.output)")
    }
    #expect(!folder.has("result/sweep.h5"))
    let partial = try CommandRun.coppice(["finish", "result"], in: folder.path)
    #expect(partial.exitCode == 0)
    #expect(partial.output.contains("5 complete, 1 not run"), "\(partial.output)")
    #expect(try CommandRun.coppice(["compare", "whole", "result"], in: folder.path).exitCode == 1)
    _ = try folder.run(SweepCommandTests.portable + ["--index", "3"], ranks: 2)
    let finish = try CommandRun.coppice(["finish", "result"], in: folder.path)
    #expect(finish.output.contains("6 complete;"), "\(finish.output)")
    try same("whole", "result", in: folder)
    for words in [["--index", "6"], ["--index", "-1"], ["--index", "x"]] {
      let run = try folder.run(words)
      #expect(run.exitCode == 64)
      #expect(run.errors.contains("--index takes a whole number from 0 to 5"), "\(run.errors)")
    }
    #expect(try JobFolder().run(["--index", "0"]).exitCode == 64)
  }

  // MARK: What a directory holds

  @Test func pointsOfAnotherGridStayAsTheyAre() throws {
    let folder = try folder()
    let before = try folder.bytes(of: "whole/0002/spikes.h5")
    let others = [
      SweepCommandTests.grid.replacing("22 mV", with: "23 mV"),
      SweepCommandTests.grid.replacing("cells: 12", with: "cells: 13"),
      SweepCommandTests.grid.replacing("[3, 4]", with: "[3]"),
    ]
    for text in others {
      try folder.write(Array(text.utf8), to: "job.yaml")
      for words in [[], ["--index", "0"]] {
        let run = try folder.run(words, output: "whole")
        #expect(run.exitCode == 76, "\(run.output)")
        #expect(run.errors.contains("0000, 0001, 0002"), "\(run.errors)")
        #expect(run.errors.contains("points of another sweep"), "\(run.errors)")
      }
    }
    #expect(try folder.bytes(of: "whole/0002/spikes.h5") == before)
    try folder.write(Array(JobFolder.small.utf8), to: "job.yaml")
    let single = try folder.run(output: "whole")
    #expect(single.exitCode == 76)
    #expect(single.errors.contains("holds the points of a sweep"), "\(single.errors)")
    try folder.write(Array(others[2].utf8), to: "job.yaml")
    let fresh = try folder.run(SweepCommandTests.portable + ["--fresh"], output: "whole")
    #expect(fresh.exitCode == 0)
    #expect(fresh.errors.contains("0003, 0004, 0005 are points of an earlier grid"))
    #expect(try folder.bytes(of: "whole/0003/spikes.h5").isEmpty == false)
  }

  @Test func aLongerSweepGoesOnFromItsPoints() throws {
    let folder = try folder()
    let longer = SweepCommandTests.grid.replacing("duration: 20 ms", with: "duration: 30 ms")
    try folder.write(Array(longer.utf8), to: "job.yaml")
    let run = try folder.run(SweepCommandTests.portable, output: "whole")
    try #require(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.count(of: "going on from gen-000000000200") == 6, "\(run.errors)")
    let fresh = try folder.run(SweepCommandTests.portable)
    #expect(fresh.exitCode == 0)
    try same("result", "whole", in: folder)
  }

  @Test func checkAndShowKnowSweeps() throws {
    let folder = try JobFolder(SweepCommandTests.grid)
    let check = try CommandRun.coppice(["check", "job.yaml"], in: folder.path)
    #expect(check.exitCode == 0)
    #expect(check.output.contains("no errors, a sweep of 6 points"))
    #expect(check.output.contains("constants.drive: 18 mV, 20 mV, 22 mV"))
    let show = try CommandRun.coppice(["show", "job.yaml", "--sweep"], in: folder.path)
    #expect(show.output.contains("0005  constants.drive = 22 mV, simulation.seed = 4"))
    #expect(show.output.count(of: "\n") == 6)
    for (index, drive) in [("0", "18"), ("5", "22")] {
      let view = try CommandRun.coppice(
        ["show", "job.yaml", "--parameters", "--index", index], in: folder.path)
      #expect(view.exitCode == 0)
      #expect(view.output.contains("drive = \(drive) mV"), "\(view.output)")
    }
    let inspect = try CommandRun.coppice(["show", "job.yaml", "--equations"], in: folder.path)
    #expect(inspect.exitCode == 0)
  }
}
