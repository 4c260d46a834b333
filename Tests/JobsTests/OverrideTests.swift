import BadJobs
import Equations
import Foundation
import Jobs
import Networks
import Testing
import Units

@Suite struct OverrideTests {
  @Test func anOverrideReplacesAValue() throws {
    let job = try load(
      BadJob.goodJob,
      overrides: ["constants.neurons=40", "simulation.duration=1 s", "simulation.method=euler"])
    #expect(job.experiment.network.populations[0].size == 40)
    #expect(job.experiment.steps == 10_000)
    #expect(job.overrides.count == 3)
  }

  @Test func elementsOfListsAreReached() throws {
    let path = "models.cell.compartments.dend"
    let job = try load(
      BadJob.goodJob,
      overrides: ["\(path).dspikes[0].threshold=-35 mV", "\(path).synapses.0.g=2 nS"])
    let system = try job.neurons("pyr").system
    #expect(system.constants["Vth_Na_dend"]?.value == -35 * 0.001)
    let plain = try load(BadJob.goodJob, overrides: []).neurons("pyr").system
    let (one, other) = (system.constants["g_AMPA_X_dend"], plain.constants["g_AMPA_X_dend"])
    #expect(try #require(one).value > (try #require(other)).value * 1.9)
  }

  @Test func aKeyWithADefaultMayBeSet() throws {
    let job = try load(
      BadJob.goodJob.replacing(", seed: 7", with: ""), overrides: ["simulation.seed=3"])
    #expect(job.experiment.seed == 3)
  }

  @Test(arguments: [
    ("constants.neurns=3", "1:1: 'constants' has no 'neurns' to set"),
    ("populations.pry.size=3", "1:1: 'populations' has no 'pry' to set"),
    ("populations.pyr.siz=3", "1:1: a population has no key 'siz'"),
    ("simulation.duration", "1:1: --set takes KEY=VALUE"),
    ("=3", "1:1: --set takes KEY=VALUE"),
    ("simulation.duration=", "1:1: --set takes KEY=VALUE, and neither may be empty"),
    ("simulation..duration=1 s", "1:1: --set takes KEY=VALUE, and neither may be empty"),
    ("simulation.duration.x=1 s", "1:1: 'simulation.duration' is one value"),
    ("record.spikes[7]=pyr", "1:1: 'record.spikes' is a list of 2, '7' is no place in it"),
    ("simulation.duration=5 mV", "1:21: 'duration' is a voltage (V)"),
    ("populations.pyr.size=[1", "1:24: this is not YAML"),
    ("populations.pyr.size=nrn*2", "1:22: `nrn` is neither a constant nor a unit"),
    ("include=[x.yaml]", "1:1: 'include' cannot be set"),
  ])
  func whatCannotBeSetIsRefused(text: String, message: String) {
    let found = errors(BadJob.goodJob, overrides: [text])
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(message) == true, "\(found)")
  }
}

@Suite struct IncludeTests {
  /// Runs a body with files in a folder of their own.
  private func withFiles(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("coppice-include-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      let url = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    try body(folder.path)
  }

  private func errors(of path: String) -> [String] {
    do throws(JobErrors) {
      _ = try Job.load(path: path)
      return []
    } catch {
      return error.diagnostics.map {
        "\($0.file.split(separator: "/").last ?? ""):\($0.line): \($0.message)"
      }
    }
  }

  @Test func includedFilesLieBelow() throws {
    let top = """
      include: [parts/base.yaml]
      simulation: {duration: 20 ms}
      constants: {neurons: 12}
      projections:
        recurrent: {connect: {indegree: 2}}

      """
    try withFiles(["job.yaml": top, "parts/base.yaml": BadJob.goodJob]) { folder in
      let job = try Job.load(path: folder + "/job.yaml")
      #expect(job.experiment.steps == 200)
      #expect(job.experiment.seed == 7, "keys that are not given come from below")
      #expect(job.experiment.network.populations[0].size == 12)
      #expect(job.experiment.network.projections.map(\.name) == ["input", "recurrent", "few"])
      #expect(
        "\(try job.projection("recurrent").rule)" == "indegree(2)", "a rule is replaced whole")
      #expect(job.sources == [folder + "/job.yaml", folder + "/parts/base.yaml"])
      #expect(!job.resolved.contains("include"))
    }
  }

  @Test func laterIncludesWin() throws {
    let files = [
      "job.yaml": "include: [a.yaml, b.yaml]\n", "a.yaml": BadJob.goodJob,
      "b.yaml": "simulation: {seed: 11}\n",
    ]
    try withFiles(files) { folder in
      let job = try Job.load(path: folder + "/job.yaml")
      #expect(job.experiment.seed == 11)
    }
  }

  @Test func circlesAreRefused() throws {
    let files = [
      "a.yaml": "include: [sub/b.yaml]\n", "sub/b.yaml": "include: [../a.yaml]\n",
    ]
    try withFiles(files) { folder in
      let found = errors(of: folder + "/a.yaml")
      #expect(found.contains("b.yaml:1: '../a.yaml' includes itself"), "\(found)")
    }
  }

  @Test func includesThatGrowAsPowersAreRefused() throws {
    var files: [String: String] = [:]
    for level in 0..<30 {
      files["f\(level).yaml"] = "include: [f\(level + 1).yaml, ./f\(level + 1).yaml]\n"
    }
    files["f30.yaml"] = "name: x\n"
    try withFiles(files) { folder in
      #expect(errors(of: folder + "/f0.yaml").contains { $0.contains("includes at most 64 files") })
    }
  }

  @Test func missingFilesAreErrorsOfTheInclude() throws {
    try withFiles(["job.yaml": "name: x\ninclude: [no.yaml]\n"]) { folder in
      let found = errors(of: folder + "/job.yaml")
      #expect(found.contains { $0.hasPrefix("job.yaml:2: cannot open") }, "\(found)")
    }
  }

  @Test func errorsNameTheIncludedFile() throws {
    let files = [
      "job.yaml": "include: [base.yaml]\n",
      "base.yaml": BadJob.goodJob.replacing("seed: 7", with: "sed: 7"),
    ]
    try withFiles(files) { folder in
      #expect(errors(of: folder + "/job.yaml") == ["base.yaml:6: 'simulation' has no key 'sed'"])
    }
  }

  @Test func aMissingJobIsNoBadJob() throws {
    do throws(JobErrors) {
      _ = try Job.load(path: "/no/such/job.yaml")
      Issue.record("there is no such job")
    } catch {
      #expect(error.isMissingInput)
      #expect(error.description.contains("/no/such/job.yaml: error: cannot open"))
    }
    try withFiles(["x/y": ""]) { folder in
      #expect(errors(of: folder + "/x").first?.contains("is not a regular file") == true)
    }
  }
}

@Suite struct ShippedJobTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("jobs")

  @Test(arguments: [
    ("quickstart", 1000, 20_000), ("first-model", 1, 5000),
    ("hodgkin-huxley", 41, 100_000), ("cuba", 4000, 10_000), ("coba", 4000, 10_000),
    ("scalability/passive", 100_000, 10_000),
    ("scalability/active", 100_000, 10_000), ("scalability/recurrent", 100_000, 10_000),
    ("scalability/dense", 100_000, 10_000), ("../benchmarks/jobs/one-step", 100_000, 10_000),
    ("paper/fig5", 10_000, 5000),
  ])
  func shippedJobsAreRightAndWithoutWarnings(name: String, neurons: Int, steps: Int64) throws {
    let job = try Job.load(path: Self.folder.appendingPathComponent(name + ".yaml").path)
    #expect(job.warnings.isEmpty)
    #expect(job.experiment.network.populations.first?.size == neurons)
    #expect(job.experiment.steps == steps)
    let again = try load(job.resolved)
    #expect(again.resolved == job.resolved)
  }
}
