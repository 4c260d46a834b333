import Foundation
import Testing

@Suite(.serialized) struct RunCommandTests {
  /// By the command line under test: a release build compiles the portable functions in another way
  /// than the tests' own.
  @Test func everyFunctionHasTheBitsOfCompiledKernels() throws {
    let functions = [
      "exp(x)", "log(3+x)", "log10(3+x)", "expm1(x)", "log1p(0.3*x)", "exprel(x)", "sqrt(3+x)",
      "abs(x)",
      "sign(x)", "floor(x)", "ceil(x)", "clip(x, -1, 1)", "sin(x)", "cos(x)", "tan(x)",
      "arcsin(x/3)",
      "arccos(x/3)", "arctan(x)", "sinh(x)", "cosh(x)", "tanh(x)", "(3+x)**0.3", "x % 0.7",
      "x // 0.7",
      "int(x)",
    ]
    let lines = functions.enumerated().map { "      f\($0) = \($1) : 1" }
    let names = functions.indices.map { "f\($0)" }.joined(separator: ", ")
    let folder = try JobFolder(
      """
      simulation: {duration: 0.2 ms, dt: 0.1 ms}
      models:
        m:
          equations: |
            dx/dt = 0/second : 1
      \(lines.joined(separator: "\n"))
          initial: {x: -2.5 + 0.13*i}
      populations: {p: {model: m, size: 40}}
      record: {states: {r: {population: p, variables: [\(names)], neurons: all, every: 0.1 ms, precision: double}}}

      """)
    for backend in ["portable", "compiled"] {
      let run = try folder.run(["--backend", backend], output: backend)
      try #require(run.exitCode == 0, "\(run.errors)")
    }
    let comparison = try CommandRun.coppice(["compare", "portable", "compiled"], in: folder.path)
    #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
  }

  @Test func aRunLeavesItsRecord() throws {
    let folder = try JobFolder()
    let run = try folder.run(["--threads", "2"])
    try #require(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.isEmpty)
    #expect(run.output.contains("12 neurons, 200 steps on 1 rank of 2 threads"), "\(run.output)")
    #expect(run.output.contains("complete: 20.0 ms simulated"))
    let json = try #require(
      try JSONSerialization.jsonObject(with: try folder.bytes(of: "result/run.json"))
        as? [String: Any])
    #expect(
      Set(json.keys)
        == [
          "coppice", "job", "exit", "steps", "dt_s", "neurons", "compartments", "synapses",
          "ranks", "threads", "precision", "backend", "method", "epoch_steps", "spikes",
          "seconds", "realtime_factor", "peak_rss_bytes", "hosts", "lineage", "exchange",
        ])
    let seconds = try #require(json["seconds"] as? [String: Double])
    #expect(
      Set(seconds.keys)
        == [
          "build", "compile", "simulate", "deliver", "advance", "exchange", "record",
          "checkpoint", "snapshot", "total",
        ])
    #expect(seconds.values.allSatisfy { $0 >= 0 && $0.isFinite })
    let record = try folder.record()
    #expect(record.exit.status == "complete")
    #expect(record.neurons == 12)
    #expect(record.steps == 200)
    #expect(record.threads == 2)
    #expect(record.spikes["net"] ?? 0 >= 12)
    for file in ["job.yaml", "job.resolved.yaml", "spikes.h5", "v.h5"] {
      #expect(folder.has("result/" + file), "\(file)")
    }
    #expect(try folder.bytes(of: "result/job.yaml") == folder.bytes(of: "job.yaml"))
    #expect(!folder.has("result/segments"))
  }

  @Test func theSecondRunIsComplete() throws {
    let folder = try JobFolder()
    try #require(try folder.run().exitCode == 0)
    let before = try folder.bytes(of: "result/run.json")
    for ranks in [nil, 3] {
      let second = try folder.run(ranks: ranks)
      #expect(second.exitCode == 0, "\(second.errors)")
      #expect(second.output.contains("complete: result holds this job, 200 steps"))
      #expect(try folder.bytes(of: "result/run.json") == before)
    }
    let fresh = try folder.run(["--fresh"])
    #expect(fresh.exitCode == 0)
    #expect(fresh.output.contains("20.0 ms simulated"))
  }

  @Test(arguments: [nil, 3])
  func anotherJobsDirectoryIsRefused(ranks: Int?) throws {
    let folder = try JobFolder()
    try #require(try folder.run().exitCode == 0)
    let before = try folder.bytes(of: "result/spikes.h5")
    let other = try folder.run(["--set", "simulation.seed=4"], ranks: ranks)
    #expect(other.exitCode == 76)
    #expect(other.errors.count(of: "result holds a run of another job (small, ") == 1)
    #expect(other.errors.contains("--fresh"))
    #expect(try folder.bytes(of: "result/spikes.h5") == before)
    let fresh = try folder.run(["--set", "simulation.seed=4", "--fresh"], ranks: ranks)
    #expect(fresh.exitCode == 0, "\(fresh.errors)")
  }

  @Test(arguments: [nil, 3])
  func aFileInTheWayIsNamed(ranks: Int?) throws {
    let folder = try JobFolder()
    try folder.write([], to: "file")
    let run = try folder.run(output: "file/deeper", ranks: ranks)
    #expect(run.exitCode == 73)
    #expect(run.errors.count(of: "a file of this name is in the way") == 1, "\(run.errors)")
    #expect(try folder.contents() == ["file", "job.yaml"])
  }

  @Test(arguments: ["", "/proc/coppice", "/dev/null", "a\u{07}b"])
  func noOutputCanBeThere(output: String) throws {
    let folder = try JobFolder()
    let run = try folder.run(output: output)
    #expect(run.exitCode == 73, "\(run.errors)")
    #expect(!run.errors.isEmpty)
    #expect(try folder.contents() == ["job.yaml"])
  }

  @Test func theOutputIsNamedAfterTheJob() throws {
    let folder = try JobFolder()
    let run = try CommandRun.coppice(["run", "job.yaml", "--backend", "portable"], in: folder.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(folder.has("out/job/run.json"))
  }

  @Test func overridesReachConstantsAndNestedKeys() throws {
    let folder = try JobFolder()
    let run = try folder.run([
      "--set", "constants.cells=5", "--set", "models.cell.spike.threshold=v > 100*volt", "--set",
      "simulation.duration=3 ms", "--backend", "portable",
    ])
    try #require(run.exitCode == 0, "\(run.errors)")
    let record = try folder.record()
    #expect(record.neurons == 5)
    #expect(record.steps == 30)
    #expect(record.spikes == ["net": 0])
  }

  @Test(arguments: [
    ("cells", "--set takes KEY=VALUE"),
    ("constants.cells=many", "`many` is neither a constant nor a unit"),
    ("simulation.durtion=1 ms", "'simulation' has no key 'durtion'"),
    ("populations.net.size=-1", "'size' must be from 1"),
    ("simulation.duration=0 ms", "'duration' must be greater than 0"),
    ("=", "--set"), ("..=1", "--set"), ("a[=1", "--set"),
  ])
  func wrongOverridesAreRefusedAtTheirPlace(text: String, message: String) throws {
    let folder = try JobFolder()
    let run = try folder.run(["--set", text])
    #expect(run.exitCode == 65, "\(run.errors)")
    #expect(run.errors.hasPrefix("--set:1:"), "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(try folder.contents() == ["job.yaml"])
  }

  @Test func aQuietRunSaysNothing() throws {
    let folder = try JobFolder()
    let run = try folder.run(
      ["--log-level", "error", "--threads", "3"], environment: ["COPPICE_CC": "/nonexistent"])
    #expect(run.exitCode == 0)
    #expect(run.output.isEmpty, "\(run.output)")
    #expect(run.errors.isEmpty, "\(run.errors)")
    #expect(try folder.record().exit.status == "complete")
  }

  /// Progress is for people on a terminal or in a log; a launcher's terminal is neither.
  @Test(arguments: [nil, 2])
  func progressInALogIsLines(ranks: Int?) throws {
    let run = try JobFolder().run(ranks: ranks)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("100 %  step 200/200  20.0 ms"), "\(run.output)")
    #expect(!run.output.contains("\u{1B}["))
  }

  /// As many as there may be, on processors that are far fewer.
  @Test func manyThreadsMeet() throws {
    let folder = try JobFolder()
    let run = try folder.run(["--threads", "256", "--backend", "portable"], seconds: 120)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try folder.record().threads == 256)
  }

  @Test func aStepIsARun() throws {
    let folder = try JobFolder()
    let run = try folder.run(["--set", "simulation.duration=0.1 ms", "--backend", "portable"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try folder.record().steps == 1)
  }

  /// One neuron, and projections of every rule that draw no synapse.
  private static let lonely = """
    simulation: {duration: 10 ms}
    models:
      cell: {equations: 'dx/dt = (2 - x)/(5*ms) : 1', spike: {threshold: x > 1, reset: x = 0}}
    populations:
      one: {model: cell, size: 1}
      source: {poisson: {rate: 500 Hz}, size: 1}
      silent: {spikes: {indices: [], times: []}, size: 2}
    projections:
      never: {source: one, target: one, connect: {probability: 0}, on_pre: x += 1}
      itself: {source: one, target: one, connect: {probability: 1}, autapses: false, on_pre: x += 1}
      all: {source: one, target: one, connect: all_to_all, autapses: false, on_pre: x += 1}
      none: {source: one, target: one, connect: {total: 0}, on_pre: x += 1}
      inward: {source: one, target: one, connect: {indegree: 0}, on_pre: x += 1}
      outward: {source: one, target: one, connect: {outdegree: 0}, on_pre: x += 1}
      listed: {source: one, target: one, connect: {pairs: []}, on_pre: x += 1}
      unmet: {source: one, target: one, connect: {condition: 'i != j'}, on_pre: x += 1}
      some: {source: source, target: one, connect: one_to_one, on_pre: x += 0.1}
      quiet: {source: silent, target: one, connect: all_to_all, on_pre: x += 1}
    record: {spikes: [one, source, silent], states: {x: {population: one, variables: [x], neurons: all, every: 0.1 ms}}}

    """

  @Test func moreRanksThanNeuronsGiveTheSameRun() throws {
    let folder = try JobFolder(RunCommandTests.lonely)
    let alone = try folder.run(["--threads", "1"], output: "alone")
    try #require(alone.exitCode == 0, "\(alone.errors)")
    let record = try folder.record(in: "alone")
    #expect(record.neurons == 1)
    #expect(record.spikes["one"] ?? 0 > 0)
    #expect(record.spikes["silent"] == 0)
    for ranks in [2, 5] {
      let output = "on\(ranks)"
      let run = try folder.run(["--threads", "2"], output: output, ranks: ranks)
      try #require(run.exitCode == 0, "\(run.errors)")
      #expect(try folder.record(in: output).ranks == ranks)
      let comparison = try CommandRun.coppice(["compare", "alone", output], in: folder.path)
      #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
    }
  }

  @Test func generatorsAloneAreARun() throws {
    let folder = try JobFolder(
      """
      simulation: {duration: 100 ms}
      populations: {p: {poisson: {rate: 200 Hz}, size: 3}}
      record: {spikes: [p]}
      """)
    for ranks in [nil, 4] {
      let run = try folder.run(["--fresh"], ranks: ranks)
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(try folder.record().spikes["p"] ?? 0 > 0)
    }
  }
}
