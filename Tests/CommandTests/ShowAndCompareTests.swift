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

  @Test func aKernelIsShownForTheInstructionsThatItWouldBeCompiledFor() throws {
    let folder = try JobFolder()
    let show = ["show", "job.yaml", "--kernel"]
    let baseline = try CommandRun.coppice(
      show, environment: ["COPPICE_ISA": "baseline"], in: folder.path)
    #expect(baseline.output.contains("double precision, 2 lanes"))
    let unknown = try CommandRun.coppice(
      show, environment: ["COPPICE_ISA": "pdp11"], in: folder.path)
    #expect(unknown.exitCode == 64)
    #expect(unknown.errors.contains("COPPICE_ISA asks for 'pdp11'"))
  }

  private static let graph = """
    # network graph
    pyr    2 neurons of cell
    point  1 neuron of lif
    odd    1 neuron of free
    in     3 Poisson units
    in -> pyr  drive: probability 0.5; s_AMPA_x_dend += w
    pyr[0:1] -> point  out: all_to_all; V += w

    # model cell
    soma  leakyIF, C 78.5398 pF, gL 3.14159 nS, area 7853.98 um^2
    ├─ 5 nS ─ dend  passive, C 3.14159 pF, gL 0.125664 nS, area 314.159 um^2; AMPA x, dSpike Na, noise
    │  └─ 0.15708 nS ─ tip  equations, C 3.14159 pF, gL 0.125664 nS, area 314.159 um^2
    └─ 3 nS ─ basal  passive, C 3.14159 pF, gL 0.125664 nS, area 314.159 um^2

    # model lif
    neuron  leakyIF, C 100 pF, gL 5 nS

    # model free
    equations alone

    """

  @Test func graphsShowPopulationsProjectionsAndCompartments() throws {
    let folder = try JobFolder(JobFolder.graph)
    let run = try CommandRun.coppice(["show", "job.yaml", "--graph"], in: folder.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output == Self.graph)
    let one = try CommandRun.coppice(
      ["show", "job.yaml", "--graph", "--model", "lif"], in: folder.path)
    #expect(one.output == "# model lif\nneuron  leakyIF, C 100 pF, gL 5 nS\n")
  }

  @Test func graphsAreWrittenForGraphviz() throws {
    let folder = try JobFolder(JobFolder.graph)
    let run = try CommandRun.coppice(["show", "--graph", "dot", "job.yaml"], in: folder.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    for line in [
      "digraph \"graph\" {", "  \"in\" [label=\"in\\n3 Poisson units\", style=dashed];",
      "  \"in\" -> \"pyr\" [label=\"drive\\nprobability 0.5; s_AMPA_x_dend += w\"];",
      "graph \"cell\" {", "  \"soma\" -- \"dend\" [label=\"5 nS\"];", "graph \"lif\" {",
    ] {
      #expect(run.output.contains(line + "\n"), "\(line)\n\(run.output)")
    }
    #expect(run.output.count(of: "{") == 3 && run.output.count(of: "}") == 3)
    let file = try CommandRun.coppice(
      ["show", "job.yaml", "--graph", "all.dot"], in: folder.path)
    #expect(file.exitCode == 0 && file.output.isEmpty)
    #expect(try folder.bytes(of: "all.dot") == Data(run.output.utf8))
    let nowhere = try CommandRun.coppice(
      ["show", "job.yaml", "--graph", "no/all.dot"], in: folder.path)
    #expect(nowhere.exitCode == 73 && nowhere.errors.contains("cannot write no/all.dot"))
    let kind = try CommandRun.coppice(["show", "job.yaml", "--graph=svg"], in: folder.path)
    #expect(kind.exitCode == 64 && kind.errors.contains("--graph takes dot or a FILE.dot"))
  }

  @Test func parametersShowWhatCompartmentsDerive() throws {
    let folder = try JobFolder(JobFolder.graph)
    let run = try CommandRun.coppice(
      ["show", "job.yaml", "--model", "cell", "--parameters"], in: folder.path)
    #expect(run.output.contains("# soma: C 78.5398 pF, gL 3.14159 nS, area 7853.98 um^2\n"))
    #expect(run.output.contains("g_rise_max_Na_dend = 30 nS\n"))
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
    #expect(noFile.exitCode == 66, "\(noFile.errors)")
    #expect(noFile.errors.contains("a/run.json: "), "\(noFile.errors)")
    let noShard = try CommandRun.coppice(["inspect", "a/job.yaml"], in: folder.path)
    #expect(noShard.exitCode == 66, "\(noShard.errors)")
  }
}
