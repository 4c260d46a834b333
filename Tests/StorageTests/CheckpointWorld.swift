import Engine
import Storage

/// The state of a run that never was, of any spread over ranks.
struct CheckpointWorld {
  var step: Int64
  /// Neurons of `pyr`, each with a value of every kind.
  var size = 41

  static let identity = CheckpointIdentity(
    parts: ["dt": "0.1 ms", "populations.pyr.size": "41", "seed": "7"], numericsVersion: 1)

  var instant: CheckpointInstant { CheckpointInstant(step: step, arrivalsFrom: step + 1) }

  func real(_ neuron: Int) -> Double { Double(neuron) * 1.5 + Double(step) * 0.001 }
  func word(_ neuron: Int) -> UInt64 { UInt64(neuron) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(step) }
  func flag(_ neuron: Int) -> UInt8 { UInt8(truncatingIfNeeded: neuron &* 7) }
  func step(_ neuron: Int) -> Int64 { step - Int64(neuron) * 3 }
  /// What a rank collects: as many numbers as its rank.
  func collected(_ rank: Int) -> [Int64] { (0..<rank).map { step + Int64($0) } }

  /// The neurons of a rank, in pieces that differ in size; the last rank of many has none.
  func neurons(rank: Int, ranks: Int) -> Range<Int> {
    guard ranks > 1 else { return 0..<size }
    let bound = { (rank: Int) in rank >= ranks - 1 ? size : size * rank * rank / (ranks * ranks) }
    return bound(rank)..<bound(rank + 1)
  }

  func sections(rank: Int, ranks: Int) -> [CheckpointSection] {
    let own = neurons(rank: rank, ranks: ranks)
    let extent = CheckpointSection.Extent.placed(first: own.lowerBound, total: size)
    return [
      CheckpointSection(
        name: "populations/pyr/V_soma", version: 1, extent: extent,
        values: .reals(own.map(real))),
      CheckpointSection(
        name: "populations/pyr/pending", version: 2, extent: extent,
        values: .words(own.map(word))),
      CheckpointSection(
        name: "populations/pyr/refractory", version: 1, extent: extent,
        values: .flags(own.map(flag))),
      CheckpointSection(
        name: "generators/noise/next", version: 1, extent: extent, values: .steps(own.map(step))),
      CheckpointSection(
        name: "in_flight/pyr/step", version: 1, extent: .collected,
        values: .steps(collected(rank))),
      CheckpointSection(
        name: "empty", version: 1, extent: .placed(first: 0, total: 0), values: .reals([])),
    ]
  }

  /// What the manifest says, of shards as given.
  func manifest(
    shards: [ShardReceipt], segments: [[SegmentReceipt]]? = nil,
    identity: CheckpointIdentity = CheckpointWorld.identity, run: String = "4d3c",
    record: String = "none"
  ) -> CheckpointManifest {
    CheckpointManifest(
      step: step, arrivalsFrom: step + 1, identity: identity, record: record, jobName: "world",
      run: run,
      shards: shards, segments: segments ?? [], spikes: ["pyr": 12],
      lineage: [
        LineageEntry(
          step: 0, generation: nil, ranks: shards.count, threads: 1,
          when: "2026-01-01T00:00:00Z", host: "here")
      ], created: "2026-01-01T00:00:00Z", coppice: "0.1.0")
  }

  /// Commits the state as so many ranks would.
  @discardableResult
  func commit(
    to store: CheckpointStore, ranks: Int, segments: [[SegmentReceipt]]? = nil,
    identity: CheckpointIdentity = CheckpointWorld.identity, run: String = "4d3c",
    record: String = "none"
  ) throws -> CheckpointManifest {
    let draft = store.draft(step: step, nonce: UInt64(step) &* 31 &+ 5)
    var shards: [ShardReceipt] = []
    for rank in 0..<ranks {
      shards.append(
        try draft.writeShard(
          sections(rank: rank, ranks: ranks), instant: instant, rank: rank, ranks: ranks))
    }
    let manifest = manifest(
      shards: shards, segments: segments, identity: identity, run: run, record: record)
    try draft.commit(manifest)
    return manifest
  }
}
