import Foundation
import Testing

@Suite struct ShowAndCompareTests {
  @Test(arguments: [
    ("--equations", ["# model cell", "dv/dt = (drive - v)/(10*ms) : volt"]),
    ("--parameters", ["# model cell", "drive = 20 mV"]),
    ("--program", ["# population net", "columns", "v: real"]),
    ("--kernel", ["// population net", "coppice_visit"]),
  ])
  func aViewShowsWhatTheModelBecomes(view: String, parts: [String]) throws {
    let folder = try JobFolder()
    let run = try CommandRun.coppice(["show", "job.yaml", view], in: folder.path)
    #expect(run.exitCode == 0)
    #expect(run.errors.isEmpty)
    for part in parts { #expect(run.output.contains(part), "\(run.output)") }
  }

  @Test func overridesShow() throws {
    let folder = try JobFolder()
    let run = try CommandRun.coppice(
      ["show", "job.yaml", "--parameters", "--set", "constants.drive=21 mV"], in: folder.path)
    #expect(run.output.contains("drive = 21 mV"), "\(run.output)")
  }

  @Test func anUnknownModelIsRefused() throws {
    let folder = try JobFolder()
    for view in ["--equations", "--program"] {
      let run = try CommandRun.coppice(
        ["show", "job.yaml", "--model", "sell", view], in: folder.path)
      #expect(run.exitCode == 64)
      #expect(run.errors.contains("no population uses a model 'sell'"))
    }
  }

  @Test func runsAreCompared() throws {
    let folder = try JobFolder()
    for (output, seed) in [("a", "1"), ("b", "1"), ("c", "2")] {
      let run = try folder.run(
        ["--backend", "portable", "--set", "simulation.seed=\(seed)"], output: output)
      try #require(run.exitCode == 0, "\(run.errors)")
    }
    func compare(_ a: String, _ b: String) throws -> CommandRun {
      try CommandRun.coppice(["compare", a, b], in: folder.path)
    }
    #expect(try compare("a", "b").exitCode == 0)
    #expect(try compare("a/spikes.h5", "b/spikes.h5").exitCode == 0)
    let different = try compare("a", "c")
    #expect(different.exitCode == 1)
    #expect(different.output.hasPrefix("different: "), "\(different.output)")
    let missing = try compare("a", "nothing")
    #expect(missing.exitCode == 66)
    #expect(missing.errors.contains("nothing: No such file or directory"), "\(missing.errors)")
    let mixed = try compare("a", "b/spikes.h5")
    #expect(mixed.exitCode == 66)
    let noFile = try compare("a/spikes.h5", "a/run.json")
    #expect(noFile.exitCode != 0 && !noFile.isBroken)
  }
}
