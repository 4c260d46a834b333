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

  var testDescription: String {
    let parts = [
      "\(ranks) ranks", "\(threads) threads", "block \(block.map(String.init) ?? "auto")", backend,
      instructionSet, epochCut.map { "epochs cut at \($0)" },
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
    return all
  }()

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
    _ layout: Layout, into folder: String, stop: Int? = nil
  ) throws -> CommandRun {
    var words = [
      "run", DeterminismTests.job, "--output", folder, "--threads", "\(layout.threads)",
      "--backend", layout.backend, "--log-level", "error",
    ]
    if let block = layout.block { words += ["--block", "\(block)"] }
    var environment: [String: String] = [:]
    if let set = layout.instructionSet {
      environment["COPPICE_ISA"] = set
      environment["COPPICE_PORTABLE"] = set
    }
    if let cut = layout.epochCut { environment["COPPICE_EPOCH_CUT"] = "\(cut)" }
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
