import Foundation
import Testing

/// One way to run the same job.
struct Layout: CustomTestStringConvertible, Sendable {
  var ranks: Int
  var threads: Int
  var block: Int?
  var backend: String
  var instructionSet: String?
  var epochCut: Int?
  /// `gathered` or `directed`.
  var exchange: String?
  /// Halves epochs, where delays allow it.
  var overlap: Bool?

  var testDescription: String {
    let parts = [
      "\(ranks) ranks", "\(threads) threads", "block \(block.map(String.init) ?? "auto")", backend,
      instructionSet, epochCut.map { "epochs cut at \($0)" }, exchange,
      overlap.map { $0 ? "overlapped" : "not overlapped" },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  /// What `make determinism` runs: every value with every other.
  static let matrix: [Layout] = {
    var all: [Layout] = []
    for ranks in [1, 2, 3, 4, 7] {
      for threads in [1, 2, 4] {
        for block in [1, 64, nil] {
          all.append(Layout(ranks: ranks, threads: threads, block: block, backend: "portable"))
          all.append(Layout(ranks: ranks, threads: threads, block: block, backend: "compiled"))
        }
      }
    }
    for backend in ["compiled", "portable"] {
      for set in ["baseline", "avx2", "avx512"] {
        for cut in [nil, 1, 3, 7] {
          all.append(
            Layout(
              ranks: 1, threads: 2, block: nil, backend: backend, instructionSet: set,
              epochCut: cut))
        }
      }
    }
    for exchange in ["gathered", "directed"] {
      for ranks in [2, 3, 7] {
        for threads in [1, 2] {
          all.append(
            Layout(
              ranks: ranks, threads: threads, block: nil, backend: "compiled", exchange: exchange))
        }
      }
    }
    return all
  }()

  /// What halves epochs: for jobs whose smallest delay allows it.
  static let overlapped: [Layout] = [
    Layout(
      ranks: 2, threads: 1, block: nil, backend: "compiled", exchange: "gathered", overlap: true),
    Layout(
      ranks: 3, threads: 2, block: 64, backend: "portable", exchange: "directed", overlap: true),
    Layout(
      ranks: 4, threads: 1, block: 1, backend: "compiled", epochCut: 3, exchange: "directed",
      overlap: true),
  ]

  /// A handful that between them has every value of the matrix.
  static let sample: [Layout] = [
    Layout(ranks: 1, threads: 1, block: 1, backend: "compiled"),
    Layout(ranks: 1, threads: 2, block: 64, backend: "compiled"),
    Layout(ranks: 1, threads: 4, block: 1, backend: "compiled"),
    Layout(ranks: 1, threads: 1, block: 64, backend: "portable"),
    Layout(ranks: 1, threads: 4, block: nil, backend: "portable"),
    Layout(ranks: 2, threads: 1, block: nil, backend: "compiled"),
    Layout(ranks: 2, threads: 2, block: 1, backend: "portable"),
    Layout(ranks: 2, threads: 4, block: 64, backend: "compiled"),
    Layout(ranks: 3, threads: 1, block: 64, backend: "compiled"),
    Layout(ranks: 3, threads: 2, block: nil, backend: "portable"),
    Layout(ranks: 4, threads: 1, block: 1, backend: "portable"),
    Layout(ranks: 4, threads: 2, block: 64, backend: "compiled"),
    Layout(ranks: 7, threads: 1, block: nil, backend: "compiled"),
    Layout(ranks: 7, threads: 4, block: 1, backend: "portable"),
    Layout(ranks: 1, threads: 2, block: nil, backend: "compiled", instructionSet: "baseline"),
    Layout(ranks: 1, threads: 1, block: nil, backend: "compiled", instructionSet: "avx2"),
    Layout(ranks: 1, threads: 2, block: nil, backend: "compiled", epochCut: 1),
    Layout(ranks: 1, threads: 1, block: nil, backend: "portable", epochCut: 3),
    Layout(ranks: 3, threads: 2, block: nil, backend: "compiled", exchange: "directed"),
    Layout(ranks: 7, threads: 1, block: 64, backend: "portable", exchange: "directed"),
  ]

  /// Of runs in single precision: every kind of kernel, and each other thing once.
  static let single: [Layout] = [
    Layout(ranks: 1, threads: 1, block: nil, backend: "portable"),
    Layout(ranks: 1, threads: 2, block: 1, backend: "compiled"),
    Layout(ranks: 1, threads: 1, block: nil, backend: "compiled", instructionSet: "avx2"),
    Layout(ranks: 1, threads: 2, block: nil, backend: "compiled", instructionSet: "baseline"),
    Layout(ranks: 1, threads: 1, block: 64, backend: "portable", instructionSet: "baseline"),
    Layout(ranks: 2, threads: 2, block: nil, backend: "compiled", epochCut: 1),
    Layout(ranks: 3, threads: 1, block: 64, backend: "portable"),
  ]

  static var tested: [Layout] {
    ProcessInfo.processInfo.environment["COPPICE_MATRIX"] == "all" ? matrix : sample
  }
}

/// Spikes, events and recordings do not depend on ranks, threads, block size, back end, vector
/// width or where epochs are cut: every byte of every dataset.
@Suite(.serialized) struct DeterminismTests {
  private static let job = CommandRun.fixture("determinism.yaml")

  /// One rank, one thread, automatic blocks, portable kernels.
  private static let reference: Result<TemporaryFolder, any Error> = Result {
    let folder = try TemporaryFolder()
    let run = try CommandRun.coppice([
      "run", job, "--output", folder.path + "/out", "--threads", "1", "--backend", "portable",
    ])
    guard run.exitCode == 0 else { throw ReferenceFailed(errors: run.errors) }
    return folder
  }

  private struct ReferenceFailed: Error {
    var errors: String
  }

  private func run(
    _ layout: Layout, of job: String = DeterminismTests.job, into folder: String,
    stop: Int? = nil, changes: [String] = []
  ) throws -> CommandRun {
    var words = [
      "run", job, "--output", folder, "--threads", "\(layout.threads)",
      "--backend", layout.backend, "--log-level", "error",
    ]
    for change in changes { words += ["--set", change] }
    if let block = layout.block { words += ["--block", "\(block)"] }
    var environment: [String: String] = [:]
    if let set = layout.instructionSet {
      environment["COPPICE_ISA"] = set
      environment["COPPICE_PORTABLE"] = set
    }
    if let cut = layout.epochCut { environment["COPPICE_EPOCH_CUT"] = "\(cut)" }
    environment["COPPICE_EXCHANGE"] = layout.exchange
    environment["COPPICE_OVERLAP"] = layout.overlap.map { $0 ? "on" : "off" }
    if let stop { environment["COPPICE_STOP_AT"] = "\(stop)" }
    return try CommandRun.coppice(
      words, ranks: layout.ranks == 1 ? nil : layout.ranks, environment: environment)
  }

  /// The subject: there are spikes of every population, events, and rows.
  @Test func theReferenceFires() throws {
    let folder = try DeterminismTests.reference.get()
    let record = try Data(contentsOf: URL(filePath: folder.path + "/out/run.json"))
    let spikes = try JSONDecoder().decode(RunFile.self, from: record).spikes
    for (population, count) in spikes { #expect(count > 0, "\(population) is silent") }
    #expect(spikes.count == 7)
    #expect(spikes["pyr"] ?? 0 > 50)
    for file in ["spikes.h5", "events.h5", "rates.h5", "soma.V_soma.h5", "inh.count.h5"] {
      #expect(FileManager.default.fileExists(atPath: folder.path + "/out/" + file))
    }
  }

  private struct RunFile: Decodable {
    var spikes: [String: Int]
  }

  @Test(arguments: Layout.tested)
  func everyLayoutGivesTheSameBytes(layout: Layout) throws {
    if let set = layout.instructionSet, !Processor.offers(set) { return }
    let reference = try DeterminismTests.reference.get()
    let folder = try TemporaryFolder()
    let run = try run(layout, into: folder.path + "/out")
    try #require(run.exitCode == 0, "\(run.errors)")
    let comparison = try CommandRun.coppice([
      "compare", reference.path + "/out", folder.path + "/out",
    ])
    #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
  }

  /// One run, handed from layout to layout every few steps, is the run that never stopped.
  @Test func everyLayoutGoesOnFromAnother() throws {
    let reference = try DeterminismTests.reference.get()
    let folder = try TemporaryFolder()
    let layouts = Layout.sample.filter { $0.instructionSet.map(Processor.offers) ?? true }
    for (place, layout) in layouts.enumerated() {
      let stop = place + 1 == layouts.count ? nil : 17 + 400 * place / layouts.count
      let run = try run(layout, into: folder.path + "/out", stop: stop)
      try #require(run.exitCode == (stop == nil ? 0 : 75), "\(layout): \(run.errors)")
    }
    let comparison = try CommandRun.coppice([
      "compare", reference.path + "/out", folder.path + "/out",
    ])
    #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
  }

  /// Delays between neurons of 0.4 ms at the least: epochs of 5 steps, or of 2.
  private static let delayed = [
    "projections.feedforward.delay=0.9 ms", "projections.mutual.delay=0.5 ms",
  ]

  /// Spikes that are under way while an epoch goes on give the same bytes, and so do runs that are
  /// stopped and go on by turns with them.
  @Test func overlappedExchangesGiveTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let alone = Layout(ranks: 1, threads: 1, block: nil, backend: "portable")
    let first = try run(
      alone, into: folder.path + "/alone", changes: DeterminismTests.delayed)
    try #require(first.exitCode == 0, "\(first.errors)")
    for (place, layout) in Layout.overlapped.enumerated() {
      let out = folder.path + "/\(place)"
      let run = try run(layout, into: out, changes: DeterminismTests.delayed)
      try #require(run.exitCode == 0, "\(layout): \(run.errors)")
      try #require(try isOverlapped(out), "\(layout)")
      let comparison = try CommandRun.coppice(["compare", folder.path + "/alone", out])
      #expect(comparison.exitCode == 0, "\(layout): \(comparison.output)\(comparison.errors)")
    }
    let layouts = Layout.overlapped + [alone] + Layout.overlapped
    for (place, layout) in layouts.enumerated() {
      let stop = place + 1 == layouts.count ? nil : 17 + 400 * place / layouts.count
      let run = try run(
        layout, into: folder.path + "/handed", stop: stop, changes: DeterminismTests.delayed)
      try #require(run.exitCode == (stop == nil ? 0 : 75), "\(layout): \(run.errors)")
    }
    let comparison = try CommandRun.coppice([
      "compare", folder.path + "/alone", folder.path + "/handed",
    ])
    #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
  }

  /// Rows that are drawn anew for each spike, of every rule of the job that allows it; on ranks and
  /// threads, and in a run that goes on.
  @Test func proceduralRowsGiveTheSameBytes() throws {
    let reference = try DeterminismTests.reference.get()
    let folder = try TemporaryFolder()
    let procedural = [
      "x_dist", "pool_dist", "shared_dist", "volley_pyr", "recurrent", "feedforward", "mutual",
    ].map { "projections.\($0).store=procedural" }
    let layouts = [
      Layout(ranks: 1, threads: 1, block: nil, backend: "portable"),
      Layout(ranks: 1, threads: 2, block: 1, backend: "compiled"),
      Layout(ranks: 3, threads: 1, block: 64, backend: "compiled", exchange: "directed"),
    ]
    for (place, layout) in layouts.enumerated() {
      let out = folder.path + "/\(place)"
      let run = try run(layout, into: out, changes: procedural)
      try #require(run.exitCode == 0, "\(layout): \(run.errors)")
      let comparison = try CommandRun.coppice(["compare", reference.path + "/out", out])
      #expect(comparison.exitCode == 0, "\(layout): \(comparison.output)\(comparison.errors)")
      // By turns with rows that are kept: where synapses are is no part of a checkpoint.
      let isLast = place + 1 == layouts.count
      let handed = try self.run(
        layout, into: folder.path + "/handed", stop: isLast ? nil : 83 + 140 * place,
        changes: place == 1 ? [] : procedural)
      try #require(handed.exitCode == (isLast ? 0 : 75), "\(layout): \(handed.errors)")
    }
    let comparison = try CommandRun.coppice([
      "compare", reference.path + "/out", folder.path + "/handed",
    ])
    #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
  }

  /// The network of the scalability study in epochs of 16 steps: Poisson units that are drawn where
  /// they arrive, and short rows whose few arrivals are sorted by tile, and many counted. The same bytes
  /// as of events, to which a schedule turns them all; on ranks and threads, and in a run that goes on.
  @Test(arguments: [(6, 90), (60, 120)])
  func drivenUnitsAndShortRowsGiveTheSameBytes(synapses: Int, rate: Int) throws {
    let job = CommandRun.package.path + "/jobs/scalability/dense.yaml"
    let small = [
      "constants.neurons=6000", "constants.synapses=\(synapses)", "constants.input_rate=\(rate) Hz",
      "projections.recurrent.weight=0.2", "simulation.duration=40 ms",
    ]
    let entries = ["x_dist", "y_prox", "recurrent"].map {
      "{at: 0 ms, projection: \($0), active: true}"
    }
    let folder = try TemporaryFolder()
    let events = folder.path + "/events"
    let alone = Layout(ranks: 1, threads: 1, block: nil, backend: "compiled")
    let first = try run(
      alone, of: job, into: events,
      changes: small + ["schedule=[\(entries.joined(separator: ", "))]"])
    try #require(first.exitCode == 0, "\(first.errors)")
    let record = try Data(contentsOf: URL(filePath: events + "/run.json"))
    let spikes = try JSONDecoder().decode(RunFile.self, from: record).spikes
    try #require(spikes["pyr"] ?? 0 > 500 && spikes["x"] ?? 0 > 5_000)
    let layouts = [
      alone, Layout(ranks: 1, threads: 2, block: 64, backend: "compiled"),
      Layout(ranks: 2, threads: 1, block: nil, backend: "compiled", exchange: "directed"),
      Layout(ranks: 3, threads: 2, block: nil, backend: "compiled", overlap: true),
      Layout(ranks: 4, threads: 1, block: 40, backend: "compiled", epochCut: 11),
    ]
    for (place, layout) in layouts.enumerated() {
      let out = folder.path + "/\(place)"
      let whole = try run(layout, of: job, into: out, changes: small)
      try #require(whole.exitCode == 0, "\(layout): \(whole.errors)")
      let isLast = place + 1 == layouts.count
      let handed = try run(
        layout, of: job, into: folder.path + "/handed", stop: isLast ? nil : 70 * (place + 1),
        changes: small)
      try #require(handed.exitCode == (isLast ? 0 : 75), "\(layout): \(handed.errors)")
      for other in isLast ? [out, folder.path + "/handed"] : [out] {
        let comparison = try CommandRun.coppice(["compare", events, other])
        #expect(comparison.exitCode == 0, "\(layout): \(comparison.output)\(comparison.errors)")
      }
    }
  }

  /// In single precision too layouts show in no byte, nor does handing a run from one to the next;
  /// and it is another precision: rows differ from those of double precision.
  @Test func singlePrecisionGivesTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let single = ["simulation.precision=single"]
    let layouts = Layout.single.filter { $0.instructionSet.map(Processor.offers) ?? true }
    for (place, layout) in layouts.enumerated() {
      let isLast = place + 1 == layouts.count
      let run = try run(layout, into: folder.path + "/\(place)", changes: single)
      try #require(run.exitCode == 0, "\(layout): \(run.errors)")
      let comparison = try CommandRun.coppice([
        "compare", folder.path + "/0", folder.path + "/\(place)",
      ])
      #expect(comparison.exitCode == 0, "\(layout): \(comparison.output)\(comparison.errors)")
      let handed = try self.run(
        layout, into: folder.path + "/handed",
        stop: isLast ? nil : 23 + 380 * place / layouts.count, changes: single)
      try #require(handed.exitCode == (isLast ? 0 : 75), "\(layout): \(handed.errors)")
    }
    let comparison = try CommandRun.coppice([
      "compare", folder.path + "/0", folder.path + "/handed",
    ])
    #expect(comparison.exitCode == 0, "\(comparison.output)\(comparison.errors)")
    let double = try CommandRun.coppice([
      "compare", DeterminismTests.reference.get().path + "/out", folder.path + "/0",
    ])
    #expect(double.exitCode == 1, "\(double.output)\(double.errors)")
  }

  private func isOverlapped(_ folder: String) throws -> Bool {
    struct File: Decodable {
      struct Exchange: Decodable { var overlapped: Bool }
      var exchange: Exchange
    }
    let data = try Data(contentsOf: URL(filePath: folder + "/run.json"))
    return try JSONDecoder().decode(File.self, from: data).exchange.overlapped
  }

  /// The harness bites: another seed is another run.
  @Test func anotherSeedIsNoticed() throws {
    let reference = try DeterminismTests.reference.get()
    let folder = try TemporaryFolder()
    let run = try CommandRun.coppice([
      "run", DeterminismTests.job, "--output", folder.path + "/out", "--set", "simulation.seed=2",
      "--backend", "portable",
    ])
    try #require(run.exitCode == 0, "\(run.errors)")
    let comparison = try CommandRun.coppice([
      "compare", reference.path + "/out", folder.path + "/out",
    ])
    #expect(comparison.exitCode == 1)
    #expect(comparison.output.hasPrefix("different: "))
  }
}

/// What this machine can run.
enum Processor {
  private static let flags: String =
    (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""

  static func offers(_ instructionSet: String) -> Bool {
    switch instructionSet {
    case "avx512": flags.contains("avx512dq") && flags.contains("avx512vl")
    case "avx2": flags.contains("avx2") && flags.contains(" fma ")
    default: true
    }
  }
}
