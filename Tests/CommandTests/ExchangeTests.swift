import Foundation
import Testing

/// What is counted of the exchange of spikes is what follows from the network, on every number of
/// ranks.
@Suite(.serialized) struct ExchangeTests {
  private static let job = CommandRun.fixture("exchange.yaml")

  private struct RunFile: Decodable {
    struct Exchange: Decodable {
      var kind: String
      var overlapped: Bool
      var rounds: Int
      var messages: Int
      var wire_bytes: Int
      var bytes_sent: Int
      var bytes_received: Int
      var spikes_sent: Int
      var spikes_received: Int
    }
    var exchange: Exchange
    var spikes: [String: Int]
    var steps: Int
    var epoch_steps: Int
  }

  private func run(
    ranks: Int, kind: String? = nil, overlap: Bool? = nil, changes: [String] = [],
    into folder: String
  ) throws -> RunFile {
    var environment: [String: String] = [:]
    environment["COPPICE_EXCHANGE"] = kind
    environment["COPPICE_OVERLAP"] = overlap.map { $0 ? "on" : "off" }
    let run = try CommandRun.coppice(
      [
        "run", ExchangeTests.job, "--output", folder, "--threads", "1", "--log-level", "error",
        "--backend", "portable",
      ] + changes.flatMap { ["--set", $0] }, ranks: ranks == 1 ? nil : ranks,
      environment: environment)
    try #require(run.exitCode == 0, "\(run.errors)")
    return try JSONDecoder().decode(
      RunFile.self, from: Data(contentsOf: URL(filePath: folder + "/run.json")))
  }

  /// Spikes of populations that reach somebody; both do.
  private func sent(_ file: RunFile) -> Int { file.spikes.values.reduce(0, +) }

  @Test func oneRankSendsNothing() throws {
    let folder = try TemporaryFolder()
    let file = try run(ranks: 1, into: folder.path + "/out")
    #expect(file.exchange.kind == "none")
    #expect(file.exchange.bytes_sent == 0 && file.exchange.messages == 0)
  }

  /// Each message is a header of 8 bytes and 4 for each spike; every rank gets that of each.
  @Test(arguments: [2, 3, 5, 8]) func gatheredCountsAreTheFormulas(ranks: Int) throws {
    let folder = try TemporaryFolder()
    let file = try run(ranks: ranks, kind: "gathered", into: folder.path + "/out")
    let exchange = file.exchange
    try #require(exchange.kind == "gathered" && !exchange.overlapped)
    try #require(file.spikes["near"] ?? 0 > 48 && file.spikes["far"] ?? 0 > 48)
    #expect(file.epoch_steps == 16)
    #expect(exchange.rounds == (file.steps + 15) / 16 + 1)
    #expect(exchange.spikes_sent == sent(file))
    #expect(exchange.spikes_received == ranks * sent(file))
    #expect(exchange.bytes_sent == exchange.rounds * ranks * 8 + 4 * sent(file))
    #expect(exchange.bytes_received == ranks * exchange.bytes_sent)
    // All fits into first messages of 256 bytes, of which there is one per rank and round.
    #expect(exchange.messages == exchange.rounds * ranks)
    #expect(exchange.wire_bytes == 256 * exchange.messages)
  }

  /// A spike of `near` goes to its own rank only, one of `far` to all.
  @Test(arguments: [2, 4, 8]) func directedCountsAreTheFormulas(ranks: Int) throws {
    let folder = try TemporaryFolder()
    let file = try run(ranks: ranks, kind: "directed", into: folder.path + "/out")
    let exchange = file.exchange
    try #require(exchange.kind == "directed")
    let received = (file.spikes["near"] ?? 0) + ranks * (file.spikes["far"] ?? 0)
    #expect(exchange.spikes_sent == sent(file))
    #expect(exchange.spikes_received == received)
    #expect(exchange.bytes_sent == exchange.rounds * ranks * ranks * 8 + 4 * received)
    #expect(exchange.bytes_received == exchange.bytes_sent)
    #expect(exchange.wire_bytes == 256 * ranks * exchange.messages)
  }

  /// Epochs are half as long, and so there are twice as many.
  @Test(arguments: ["gathered", "directed"]) func overlappedEpochsAreHalves(kind: String) throws {
    let folder = try TemporaryFolder()
    let file = try run(ranks: 2, kind: kind, overlap: true, into: folder.path + "/out")
    try #require(file.exchange.kind == kind && file.exchange.overlapped)
    #expect(file.epoch_steps == 8)
    #expect(file.exchange.rounds == file.steps / 8 + 1)
    let near = file.spikes["near"] ?? 0
    let received = kind == "gathered" ? 2 * sent(file) : near + 2 * (file.spikes["far"] ?? 0)
    #expect(file.exchange.spikes_received == received)
    let alone = folder.path + "/alone"
    _ = try run(ranks: 1, into: alone)
    let comparison = try CommandRun.coppice(["compare", alone, folder.path + "/out"])
    #expect(comparison.exitCode == 0, "\(comparison.output)")
  }

  /// Messages that do not fit into the first of a round, and first messages that grow with them.
  @Test(arguments: ["gathered", "directed"], [false, true])
  func largeMessagesArriveWhole(kind: String, overlap: Bool) throws {
    let folder = try TemporaryFolder()
    let changes = [
      "populations.near.size=1500", "populations.far.size=1500", "simulation.duration=10 ms",
      "projections.far_to_all.connect={probability: 0.02}",
    ]
    let alone = folder.path + "/alone"
    _ = try run(ranks: 1, changes: changes, into: alone)
    let out = folder.path + "/out"
    let file = try run(ranks: 3, kind: kind, overlap: overlap, changes: changes, into: out)
    try #require(file.exchange.kind == kind && file.exchange.overlapped == overlap)
    let first = 256 * file.exchange.rounds * 3 * (kind == "directed" ? 3 : 1)
    #expect(file.exchange.messages > file.exchange.rounds * 3, "there were rests")
    #expect(file.exchange.wire_bytes > first)
    #expect(file.exchange.wire_bytes >= file.exchange.bytes_sent)
    let comparison = try CommandRun.coppice(["compare", alone, out])
    #expect(comparison.exitCode == 0, "\(comparison.output)")
  }

  /// A rehearsed rank counts what the real one counts, as far as that follows from sizes; the
  /// spikes of this job's ranks differ a little.
  @Test func aRehearsalHasTheMessagesOfTheRun() throws {
    let run = try CommandRun.coppice([
      "run", ExchangeTests.job, "--rehearse", "4:2", "--threads", "1", "--log-level", "error",
    ])
    try #require(run.exitCode == 0, "\(run.errors)")
    struct Played: Decodable {
      var rank: Int
      var ranks: Int
      var neurons: Int
      var synapses: Int
      var spikes: Int
      var exchange: RunFile.Exchange
    }
    let played = try JSONDecoder().decode(Played.self, from: Data(run.output.utf8))
    #expect(played.rank == 2 && played.ranks == 4)
    #expect(played.neurons == 24)
    // 12 from the ring and 48 from everybody for each of 12.
    #expect(played.synapses == 12 + 48 * 12)
    try #require(played.spikes > 24)
    #expect(played.exchange.kind == "gathered")
    #expect(played.exchange.rounds == 14)
    #expect(played.exchange.spikes_sent == played.spikes)
    #expect(played.exchange.spikes_received == 4 * played.spikes)
    #expect(played.exchange.bytes_sent == 14 * 8 + 4 * played.spikes)
    #expect(played.exchange.bytes_received == 4 * played.exchange.bytes_sent)
  }

  /// Epochs are halved where there are many ranks of few neurons: there messages take as long as they.
  @Test(arguments: [(16, 100, false), (32, 100, true), (32, 5_000, false)])
  func whatTakesLongerThanAnEpochIsOverlapped(ranks: Int, neurons: Int, overlaps: Bool) throws {
    let run = try CommandRun.coppice([
      "run", "jobs/scalability/dense.yaml", "--rehearse", "\(ranks)", "--threads", "1",
      "--log-level", "error", "--backend", "portable", "--set", "simulation.duration=3 ms",
      "--set", "constants.neurons=\(ranks * neurons)",
      "--set", "projections.recurrent.connect={indegree: 10}",
    ])
    try #require(run.exitCode == 0, "\(run.errors)")
    struct Played: Decodable {
      struct Exchange: Decodable { var overlapped: Bool }
      var exchange: Exchange
    }
    let played = try JSONDecoder().decode(Played.self, from: Data(run.output.utf8))
    #expect(played.exchange.overlapped == overlaps)
  }

  @Test(arguments: [
    ["--rehearse", "0"], ["--rehearse", "4:4"], ["--rehearse", "4:"], ["--rehearse", "x"],
    ["--rehearse", "4", "--output", "out"], ["--rehearse", "4", "--fresh"],
  ]) func senselessRehearsalsAreRefused(words: [String]) throws {
    let run = try CommandRun.coppice(["run", ExchangeTests.job] + words)
    #expect(run.exitCode == 64)
    #expect(run.errors.contains(words.count > 2 ? words[2] : "--rehearse"), "\(run.errors)")
  }
}
