import Engine
import Foundation
import Storage
import Testing

/// Checkpoints that are whole and not this run's: each is refused, and the reason named.
@Suite struct ForeignCheckpointTests {
  private static let path = "/out/checkpoints/gen-000000000020"

  static let identity = CheckpointIdentity(
    parts: [
      "simulation.dt": "0.1 ms", "simulation.seed": "7", "simulation.method": "euler",
      "simulation.precision": "double", "models.pyr": "V_soma' = -V_soma/tau",
      "populations.pyr.size": "41", "populations.pyr.initial": "V_soma: -70 mV",
      "projections.rec.connect": "probability: 0.1", "projections.rec.delay": "2 ms",
      "projections.rec.weight": "1", "stimuli.noise": "poisson 100 Hz",
      "constants.tau": "20 ms",
    ], numericsVersion: 3)

  /// What the identity of another job may differ in, and what the refusal says.
  static let jobs: [(name: String, change: @Sendable (inout CheckpointIdentity) -> Void)] = [
    ("simulation.dt", { $0.parts["simulation.dt"] = "0.2 ms" }),
    ("simulation.seed", { $0.parts["simulation.seed"] = "8" }),
    ("simulation.method", { $0.parts["simulation.method"] = "rk4" }),
    ("simulation.precision", { $0.parts["simulation.precision"] = "single" }),
    ("models.pyr", { $0.parts["models.pyr"] = "V_soma' = -2*V_soma/tau" }),
    ("populations.pyr.size", { $0.parts["populations.pyr.size"] = "42" }),
    ("populations.pyr.initial", { $0.parts["populations.pyr.initial"] = "V_soma: -71 mV" }),
    ("projections.rec.connect", { $0.parts["projections.rec.connect"] = "probability: 0.2" }),
    ("projections.rec.delay", { $0.parts["projections.rec.delay"] = "1 ms" }),
    ("projections.rec.weight", { $0.parts["projections.rec.weight"] = "2" }),
    ("stimuli.noise", { $0.parts["stimuli.noise"] = "poisson 50 Hz" }),
    ("constants.tau", { $0.parts["constants.tau"] = "10 ms" }),
    ("projections.rec.weight", { $0.parts["projections.rec.weight"] = nil }),
    ("projections.ff.weight", { $0.parts["projections.ff.weight"] = "1" }),
    ("numerics version", { $0.numericsVersion = 4 }),
  ]

  private func world() throws -> (SimulatedDisk, CheckpointStore) {
    let disk = SimulatedDisk(directory: "/out/segments")
    let store = CheckpointStore(
      directory: try OutputDirectory(naming: "/out"), keep: 2, files: disk)
    try CheckpointWorld(step: 20, size: 5).commit(
      to: store, ranks: 2, identity: ForeignCheckpointTests.identity)
    try #require(try store.newest(accepting: ForeignCheckpointTests.identity).found != nil)
    return (disk, store)
  }

  @Test(arguments: jobs.indices)
  func anotherJobIsRefusedByWhatDiffers(place: Int) throws {
    let (_, store) = try world()
    let (name, change) = ForeignCheckpointTests.jobs[place]
    var job = ForeignCheckpointTests.identity
    change(&job)
    let newest = try store.newest(accepting: job)
    #expect(newest.found == nil)
    let rejected = try #require(newest.rejected.first)
    #expect(rejected.isOtherJob)
    let lines = rejected.reason.split(separator: "\n")
    #expect(lines.count == 2, "one difference, one line: \(rejected.reason)")
    #expect(lines.last?.contains("  \(name): ") == true, "\(rejected.reason)")
  }

  /// Manifests with a good hash and content that cannot be; what the refusal says.
  static let manifests: [(reason: String, change: @Sendable (inout [String: Any]) -> Void)] = [
    ("format version is 2", { $0["formatVersion"] = 2 }),
    ("format version is 0", { $0["formatVersion"] = 0 }),
    ("byte order is 'big'", { $0["byteOrder"] = "big" }),
    (
      "another generation's",
      {
        $0["step"] = 21; $0["arrivalsFrom"] = 22
      }
    ),
    ("do not go together", { $0["arrivalsFrom"] = 19 }),
    ("do not go together", { $0["step"] = -1 }),
    ("2 shards of 3 ranks", { $0["ranks"] = 3 }),
    ("0 shards of 2 ranks", { $0["shards"] = [Any]() }),
    ("its shard 0 is '../../x'", { shard(0, "name", "../../x", in: &$0) }),
    ("its shard 1", { shard(1, "rank", 0, in: &$0) }),
    ("its shard 1", { shard(1, "bytes", -5, in: &$0) }),
    ("not what was expected", { shard(1, "hash", "nonsense", in: &$0) }),
    ("its hash does not fit", { shard(1, "hash", String(repeating: "0", count: 32), in: &$0) }),
    ("the manifest says 1", { shard(1, "bytes", 1, in: &$0) }),
    ("not what was expected", { $0["identity"] = nil }),
    (
      "its segments end at",
      { $0["segments"] = [[segment(0, 10, "step-000000000000.rank-00000.h5")]] }
    ),
    ("its segment '../x'", { $0["segments"] = [[segment(0, 20, "../x")]] }),
    (
      "begin at step",
      {
        $0["segments"] = [
          [segment(0, 10, "step-000000000000.rank-00000.h5")],
          [segment(12, 20, "step-000000000012.rank-00000.h5")],
        ]
      }
    ),
    (
      "rank-00000.h5: it is missing",
      {
        $0["segments"] = [[segment(0, 20, "step-000000000000.rank-00000.h5")]]
      }
    ),
  ]

  private static func shard(
    _ place: Int, _ key: String, _ value: Any, in manifest: inout [String: Any]
  ) {
    var shards = manifest["shards"] as? [[String: Any]] ?? []
    shards[place][key] = value
    manifest["shards"] = shards
  }

  private static func segment(_ from: Int, _ to: Int, _ name: String) -> [String: Any] {
    ["name": name, "bytes": 5, "hash": String(repeating: "0", count: 32), "steps": [from, to]]
  }

  @Test(arguments: manifests.indices)
  func aManifestThatCannotBeIsRefused(place: Int) throws {
    let (disk, store) = try world()
    let (reason, change) = ForeignCheckpointTests.manifests[place]
    let path = ForeignCheckpointTests.path + "/manifest.json"
    let text = try #require(disk.allFiles[path])
    let outer = try #require(
      try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any])
    var manifest = try #require(outer["content"] as? [String: Any])
    change(&manifest)
    let content = Array(try JSONSerialization.data(withJSONObject: manifest))
    let head = "{\"xxh3_128\": \"\(ContentHash.of(content))\", \"content\":\n"
    disk.damage(path) { $0 = Array(head.utf8) + content + Array("}\n".utf8) }
    let newest = try store.newest(accepting: ForeignCheckpointTests.identity)
    #expect(newest.found == nil)
    let rejected = try #require(newest.rejected.first)
    #expect(!rejected.isOtherJob)
    #expect(rejected.reason.contains(reason), "\(rejected.reason)")
  }

  /// Whose files, and what others may do with them.
  static let owners: [(reason: String, path: String, status: FileStatus)] = [
    ("belongs to user 0", "", status(.directory, user: 0, 0o700)),
    ("belongs to user 1001", "/manifest.json", status(.file, user: 1001, 0o600)),
    ("belongs to user 1001", "/shard-00001.h5", status(.file, user: 1001, 0o600)),
    ("others may write to it (mode 770)", "", status(.directory, user: 1000, 0o770)),
    ("others may write to it (mode 660)", "/manifest.json", status(.file, user: 1000, 0o660)),
    ("others may write to it (mode 602)", "/shard-00000.h5", status(.file, user: 1000, 0o602)),
    ("others may write to it (mode 777)", "/..", status(.directory, user: 1000, 0o777)),
    ("is not a plain file", "/shard-00000.h5", status(.other, user: 1000, 0o777)),
    ("is not a plain file", "/manifest.json", status(.other, user: 1000, 0o600)),
    ("is not a directory", "", status(.other, user: 1000, 0o777)),
  ]

  private static func status(
    _ kind: FileStatus.Kind, user: UInt32, _ permissions: UInt32
  ) -> FileStatus {
    FileStatus(kind: kind, bytes: 100, user: user, permissions: permissions)
  }

  @Test(arguments: owners.indices)
  func filesOfOthersAreRefused(place: Int) throws {
    let (disk, store) = try world()
    let (reason, name, status) = ForeignCheckpointTests.owners[place]
    let path = name == "/.." ? "/out/checkpoints" : ForeignCheckpointTests.path + name
    disk.statuses[path] = status
    let newest = try store.newest(accepting: ForeignCheckpointTests.identity)
    #expect(newest.found == nil)
    let rejected = try #require(newest.rejected.first)
    #expect(
      rejected.reason.contains("\(path): it \(reason)")
        || rejected.reason.contains("\(path): \(reason)"), "\(rejected.reason)")
  }

  @Test func thereAreThirtyKindsAtLeast() {
    #expect(
      ForeignCheckpointTests.jobs.count + ForeignCheckpointTests.manifests.count
        + ForeignCheckpointTests.owners.count >= 30)
  }
}
