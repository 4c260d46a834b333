import Engine
import Foundation
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  @Suite struct CheckpointTests {
    @Test(arguments: [1, 2, 5])
    func whatAnyRanksWroteAnyRangeReads(ranks: Int) throws {
      let place = try TemporaryDirectory()
      let store = CheckpointStore(directory: try OutputDirectory.create(place("out")), keep: 2)
      let world = CheckpointWorld(step: 400)
      let manifest = try world.commit(to: store, ranks: ranks)
      let newest = try store.newest(accepting: CheckpointWorld.identity)
      #expect(newest.rejected.isEmpty)
      let found = try #require(newest.found)
      #expect(found.name == "gen-000000000400")
      #expect(found.manifest == manifest)
      let source = try found.source()
      #expect(source.instant == world.instant)
      #expect(source.sections == Set(world.sections(rank: 0, ranks: 1).map(\.name)))
      for readers in [1, 3, 7] {
        for reader in 0..<readers {
          let own = world.neurons(rank: reader, ranks: readers)
          for section in world.sections(rank: reader, ranks: readers) {
            guard case .placed(_, let total) = section.extent else { continue }
            let places = total == 0 ? 0..<0 : own
            let values = try source.values(
              of: section.name, version: section.version, places: places)
            #expect(values == section.values)
          }
        }
      }
      let collected = (0..<ranks).flatMap { world.collected($0) }
      #expect(
        try source.values(of: "in_flight/pyr/step", version: 1, places: nil) == .steps(collected))
    }

    @Test func aSectionOfAnotherVersionOrExtentIsRefused() throws {
      let place = try TemporaryDirectory()
      let store = CheckpointStore(directory: try OutputDirectory.create(place("out")), keep: 2)
      try CheckpointWorld(step: 3).commit(to: store, ranks: 2)
      let source = try #require(try store.newest(accepting: nil).found).source()
      let wrong: [(String, UInt32, Range<Int>?, String)] = [
        ("populations/pyr/V_soma", 2, 0..<1, "version 1"),
        ("populations/pyr/V_dist", 1, 0..<1, "no such section"),
        ("populations/pyr/V_soma", 1, nil, "has places"),
        ("in_flight/pyr/step", 1, 0..<1, "has no places"),
        ("populations/pyr/V_soma", 1, 40..<42, "41 places"),
      ]
      for (name, version, places, reason) in wrong {
        let error = #expect(throws: RecordError.self) {
          try source.values(of: name, version: version, places: places)
        }
        #expect(error?.exitCode == 66)
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
      }
    }

    @Test func onlySoManyGenerationsStay() throws {
      let place = try TemporaryDirectory()
      let store = CheckpointStore(directory: try OutputDirectory.create(place("out")), keep: 2)
      for step in [10, 20, 30, 40] as [Int64] {
        try CheckpointWorld(step: step).commit(to: store, ranks: 2)
      }
      #expect(try store.generations() == ["gen-000000000040", "gen-000000000030"])
      let left = try FileManager.default.contentsOfDirectory(atPath: place("out/checkpoints"))
      #expect(left.count == 2)
    }

    @Test func aDamagedGenerationIsNamedAndTheOneBeforeIsTaken() throws {
      let place = try TemporaryDirectory()
      let store = CheckpointStore(directory: try OutputDirectory.create(place("out")), keep: 2)
      try CheckpointWorld(step: 10).commit(to: store, ranks: 2)
      try CheckpointWorld(step: 20).commit(to: store, ranks: 2)
      let shard = place("out/checkpoints/gen-000000000020/shard-00001.h5")
      let handle = try FileHandle(forUpdating: URL(filePath: shard))
      try handle.seek(toOffset: 900)
      try handle.write(contentsOf: [0x55])
      try handle.close()
      let newest = try store.newest(accepting: nil)
      #expect(newest.found?.name == "gen-000000000010")
      let rejected = try #require(newest.rejected.first)
      #expect(rejected.generation == "gen-000000000020")
      #expect(rejected.reason.contains("shard-00001.h5: its hash does not fit"))
      #expect(!rejected.isOtherJob)
    }

    @Test func anotherJobsCheckpointIsRefusedWithWhatDiffers() throws {
      let place = try TemporaryDirectory()
      let store = CheckpointStore(directory: try OutputDirectory.create(place("out")), keep: 2)
      try CheckpointWorld(step: 10).commit(to: store, ranks: 1)
      var other = CheckpointWorld.identity
      other.parts["dt"] = "0.2 ms"
      let newest = try store.newest(accepting: other)
      #expect(newest.found == nil)
      let rejected = try #require(newest.rejected.first)
      #expect(rejected.isOtherJob)
      #expect(
        rejected.reason.contains("dt: the checkpoint has 0.1 ms, the job 0.2 ms"),
        "\(rejected.reason)")
    }

    @Test func aDraftWithoutAManifestIsNoGenerationAndIsRemoved() throws {
      let place = try TemporaryDirectory()
      let store = CheckpointStore(directory: try OutputDirectory.create(place("out")), keep: 2)
      let world = CheckpointWorld(step: 10)
      _ = try store.draft(step: 10, nonce: 1).writeShard(
        world.sections(rank: 0, ranks: 1), instant: world.instant, rank: 0, ranks: 1)
      #expect(try store.newest(accepting: nil).found == nil)
      try store.discardUnfinished()
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: place("out/checkpoints")).isEmpty)
    }

    @Test func theSameStateMakesTheSameBytes() throws {
      let place = try TemporaryDirectory()
      let world = CheckpointWorld(step: 10)
      var hashes: Set<String> = []
      for name in ["a", "b", "c"] {
        let directory = try OutputDirectory.create(place(name))
        let manifest = try world.commit(
          to: CheckpointStore(directory: directory, keep: 1), ranks: 1)
        hashes.insert("\(manifest.shards[0].hash)")
      }
      #expect(hashes.count == 1)
    }
  }
}
