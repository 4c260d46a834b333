package import Engine

/// One rank's part of a checkpoint, on disk.
package struct ShardReceipt: Codable, Hashable, Sendable {
  package var rank: Int
  package var ranks: Int
  /// In the generation's directory.
  package var name: String
  package var bytes: Int
  package var hash: ContentHash.Digest
  /// What the rank recorded since the checkpoint before; `nil` if no step has passed since.
  package var segment: SegmentReceipt?

  package init(
    rank: Int, ranks: Int, name: String, bytes: Int, hash: ContentHash.Digest,
    segment: SegmentReceipt? = nil
  ) {
    self.rank = rank
    self.ranks = ranks
    self.name = name
    self.bytes = bytes
    self.hash = hash
    self.segment = segment
  }
}

/// A stretch of a run between two starts of the program.
package struct LineageEntry: Codable, Hashable, Sendable {
  /// The step at which it began.
  package var step: Int64
  /// The generation from which it went on; `nil`: it began with the initial state.
  package var generation: String?
  package var ranks: Int
  /// Per rank.
  package var threads: Int
  /// When it began, ISO 8601.
  package var when: String
  package var host: String
  /// The directory of another run from which it branched off.
  package var from: String?

  package init(
    step: Int64, generation: String?, ranks: Int, threads: Int, when: String, host: String,
    from: String? = nil
  ) {
    self.step = step
    self.generation = generation
    self.ranks = ranks
    self.threads = threads
    self.when = when
    self.host = host
    self.from = from
  }
}

/// What a generation holds: its shards, the output up to its step, and where it came from.
///
/// A generation without one does not exist. It never changes.
package struct CheckpointManifest: Codable, Hashable, Sendable {
  /// The version of manifests and shards that this program writes and reads.
  package static let currentFormat = 1

  package private(set) var formatVersion = CheckpointManifest.currentFormat
  /// Of all numbers in shards.
  package private(set) var byteOrder = "little"
  /// Steps that have been run.
  package var step: Int64
  package var arrivalsFrom: Int64
  package var identity: CheckpointIdentity
  /// Of the recording layout (``RecordingLayout/hash``): the output is continued only with the same.
  package var record: String
  package var jobName: String
  /// Random, and the same in all generations of a run, however often it is continued.
  package var run: String
  package var ranks: Int
  /// In the order of ranks.
  package var shards: [ShardReceipt]
  /// The output up to `step`: for each interval between checkpoints all ranks' segments.
  package var segments: [[SegmentReceipt]]
  /// Spikes per population so far.
  package var spikes: [String: Int64]
  package var lineage: [LineageEntry]
  /// When it was written, ISO 8601.
  package var created: String
  /// The program's version.
  package var coppice: String

  package init(
    step: Int64, arrivalsFrom: Int64, identity: CheckpointIdentity, record: String,
    jobName: String, run: String, shards: [ShardReceipt], segments: [[SegmentReceipt]],
    spikes: [String: Int64],
    lineage: [LineageEntry], created: String, coppice: String
  ) {
    self.step = step
    self.arrivalsFrom = arrivalsFrom
    self.identity = identity
    self.record = record
    self.jobName = jobName
    self.run = run
    self.ranks = shards.count
    self.shards = shards
    self.segments = segments
    self.spikes = spikes
    self.lineage = lineage
    self.created = created
    self.coppice = coppice
  }

  package var instant: CheckpointInstant {
    CheckpointInstant(step: step, arrivalsFrom: arrivalsFrom)
  }
}

extension CheckpointManifest {
  /// Why it cannot be true; `nil` if it can.
  var fault: String? {
    guard step >= 0, arrivalsFrom == step || arrivalsFrom == step &+ 1 else {
      return "step \(step) and arrivals from \(arrivalsFrom) do not go together"
    }
    guard ranks >= 1, shards.count == ranks else {
      return "it lists \(shards.count) shards of \(ranks) ranks"
    }
    for (place, shard) in shards.enumerated() {
      guard shard.rank == place, shard.ranks == ranks, shard.name == ShardName.of(rank: place),
        shard.bytes > 0
      else { return "its shard \(place) is '\(shard.name)' of rank \(shard.rank)" }
    }
    // A branch of another run begins at a later step than 0.
    var covered = segments.first?.first?.steps.lowerBound ?? step
    for (place, interval) in segments.enumerated() {
      guard let steps = interval.first?.steps, steps.lowerBound == covered, !steps.isEmpty else {
        return "its interval \(place) of segments does not begin at step \(covered)"
      }
      for (rank, segment) in interval.enumerated() {
        guard segment.steps == steps,
          segment.name == SegmentFile.name(firstStep: covered, rank: rank), segment.bytes > 0
        else { return "its segment '\(segment.name)' does not belong to interval \(place)" }
      }
      covered = steps.upperBound
    }
    guard covered == step else { return "its segments end at step \(covered), not \(step)" }
    return nil
  }
}

/// Names of shards.
enum ShardName {
  static func of(rank: Int) -> String {
    let digits = String(rank)
    return "shard-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits).h5"
  }
}

/// Names of generations and of what is to become one.
enum GenerationName {
  static let manifest = "manifest.json"

  static func of(step: Int64) -> String { "gen-\(digits(step))" }

  /// The step of a generation's name; `nil` for other names.
  static func step(of name: String) -> Int64? {
    guard name.hasPrefix("gen-"), let step = Int64(name.dropFirst(4)), step >= 0,
      of(step: step) == name
    else { return nil }
    return step
  }

  static func draft(step: Int64, nonce: UInt64) -> String {
    ".gen-\(digits(step)).\(String(nonce, radix: 16))"
  }

  /// What a generation is called while it is being removed.
  static func retired(_ name: String, nonce: UInt64) -> String {
    ".old-\(name).\(String(nonce, radix: 16))"
  }

  static func isUnfinished(_ name: String) -> Bool {
    name.hasPrefix(".gen-") || name.hasPrefix(".old-gen-")
  }

  private static func digits(_ step: Int64) -> String {
    let digits = String(step)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }
}
