import Engine
import Foundation
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  /// `coppice inspect` and `coppice finish`.
  @Suite struct InspectionTests {
    /// A run of 230 steps that was killed after a checkpoint at 90, with segments up to 150.
    private func killedRun(
      in path: String, seed: UInt64 = 12
    ) throws -> (OutputDirectory, RecordedWorld) {
      let world = RecordedWorld.sample(seed: seed)
      let directory = try OutputDirectory.create(path)
      let store = CheckpointStore(directory: directory, keep: 2)
      var spread = RecordedWorld.Spread.single(world)
      spread.owners = (0..<40).map { $0 % 2 }
      spread.ranks = 2
      spread.epochs = [40, 90]
      spread.cuts = [40, 90]
      var segments = try world.write(to: directory, spread)
      let record = try world.layout.hash
      try CheckpointWorld(step: 40).commit(
        to: store, ranks: 2, segments: [segments[0]], record: record)
      try CheckpointWorld(step: 90).commit(
        to: store, ranks: 2, segments: segments, record: record)
      spread.epochs = [150]
      segments += try world.write(to: directory, spread, from: 90)
      try #require(segments.count == 3)
      return (directory, world)
    }

    /// What a run of so many steps would have left.
    private func output(
      of world: RecordedWorld, steps: Int64, in path: String
    ) throws -> [String: [UInt8]] {
      var shorter = world
      shorter.steps = steps
      shorter.records = world.records.map { $0.filter { $0.step < steps } }
      return try shorter.output(in: path, .single(shorter))
    }

    @Test func finishMergesUpToTheNewestCheckpointAndSaysSo() throws {
      let place = try TemporaryDirectory()
      let (directory, world) = try killedRun(in: place("out"))
      let outcome = try OutputFinisher.finish(directory)
      #expect(!outcome.wasDone)
      #expect(outcome.steps == 0..<90)
      let reference = try output(of: world, steps: 90, in: place("reference"))
      #expect(Set(outcome.files) == Set(reference.keys))
      for (name, bytes) in reference { #expect(try directory.read(name) == bytes, "\(name)") }
      let record = String(decoding: try directory.read("run.json"), as: UTF8.self)
      #expect(record.contains("merged by coppice finish up to step 90"))
      #expect(record.contains("\"status\" : \"stopped\""))
      let again = try OutputFinisher.finish(directory)
      #expect(again.wasDone)
      #expect(again.steps == 0..<90)
    }

    @Test func aFinishedKilledRunStillGoesOn() throws {
      let place = try TemporaryDirectory()
      let (directory, world) = try killedRun(in: place("out"))
      _ = try OutputFinisher.finish(directory)
      let store = CheckpointStore(directory: directory, keep: 2)
      let found = try #require(try store.newest(accepting: nil).found)
      #expect(found.manifest.step == 90)
      var segments = try store.resume(from: found, layout: world.layout)
      segments += try world.write(to: directory, .single(world), from: 90)
      try CheckpointWorld(step: 230).commit(to: store, ranks: 1, segments: segments)
      _ = try OutputMerger.finish(directory, layout: world.layout, steps: 230, run: "4d3c")
      let reference = try output(of: world, steps: 230, in: place("reference"))
      for (name, bytes) in reference { #expect(try directory.read(name) == bytes, "\(name)") }
    }

    @Test func finishFallsBackAndNamesWhatItCouldNotUse() throws {
      let place = try TemporaryDirectory()
      let (directory, world) = try killedRun(in: place("out"))
      try FileManager.default.removeItem(
        atPath: place("out/checkpoints/gen-000000000090/shard-00001.h5"))
      let outcome = try OutputFinisher.finish(directory)
      #expect(outcome.rejected.map(\.generation) == ["gen-000000000090"])
      #expect(outcome.steps == 0..<40)
      let reference = try output(of: world, steps: 40, in: place("reference"))
      #expect(try directory.read("spikes.h5") == reference["spikes.h5"])
    }

    @Test func finishWithoutAUsableCheckpointNamesAll() throws {
      let place = try TemporaryDirectory()
      let (directory, _) = try killedRun(in: place("out"))
      for name in ["gen-000000000040", "gen-000000000090"] {
        try FileManager.default.removeItem(atPath: place("out/checkpoints/\(name)/manifest.json"))
      }
      let error = #expect(throws: StorageError.self) { try OutputFinisher.finish(directory) }
      #expect(error?.exitCode == 66)
      #expect(error?.reason.contains("gen-000000000040") == true)
      #expect(error?.reason.contains("gen-000000000090") == true)
      #expect(
        FileManager.default.fileExists(
          atPath: place("out/segments/step-000000000090.rank-00000.h5")),
        "nothing is dropped where nothing can be used")
    }

    @Test func aRunShowsItsGenerationsItsOutputAndItsLineage() throws {
      let place = try TemporaryDirectory()
      let (directory, _) = try killedRun(in: place("out"))
      try FileManager.default.removeItem(
        atPath: place("out/checkpoints/gen-000000000090/shard-00001.h5"))
      var inspection = try Inspection(of: place("out"))
      #expect(inspection.isSound)
      var text = inspection.lines.joined(separator: "\n")
      #expect(text.contains("it has no run.json"))
      #expect(text.contains("6 segments that are not merged"))
      #expect(text.contains("gen-000000000090  not usable: "))
      #expect(text.contains("shard-00001.h5: it is missing"))
      #expect(text.contains("gen-000000000040  good  step 40, 2 ranks"))
      #expect(text.contains("step 0 from the initial state, 2 x 1 threads on here"))
      _ = try OutputFinisher.finish(directory)
      inspection = try Inspection(of: place("out"))
      text = inspection.lines.joined(separator: "\n")
      #expect(text.contains("output of steps 0 to 40"))
      #expect(text.contains("as it was written: spikes.h5, events.h5"))
      try directory.write("mine", to: "soma.h5")
      inspection = try Inspection(of: place("out"))
      #expect(!inspection.isSound)
      #expect(inspection.lines.joined().contains("output is not as it was written"))
      #expect(inspection.lines.joined().contains("a run, stopped: merged by coppice finish"))
    }

    @Test func aGenerationAndItsShardsShowWhatTheyHold() throws {
      let place = try TemporaryDirectory()
      _ = try killedRun(in: place("out"))
      let generation = place("out/checkpoints/gen-000000000090")
      let inspection = try Inspection(of: generation)
      #expect(inspection.isSound)
      let text = inspection.lines.joined(separator: "\n")
      #expect(text.contains("checkpoint of world, good"))
      #expect(text.contains("step 90, 2 shards"))
      #expect(text.contains("spikes so far: pyr 12"))
      #expect(text.contains("shard-00001.h5"))
      let shard = try Inspection(of: generation + "/shard-00000.h5").lines.joined(separator: "\n")
      #expect(shard.contains("shard of a checkpoint, step 90, rank 0 of 2"))
      #expect(shard.contains("populations/pyr/V_soma: f64 [41], version 1, places 0 to 41 of 41"))
      #expect(shard.contains("populations/pyr/pending: u64 [41], version 2"))
      #expect(shard.contains("populations/pyr/refractory: u8 [41]"))
      #expect(shard.contains("generators/noise/next: i64 [41]"))
      let handle = try FileHandle(forUpdating: URL(filePath: generation + "/manifest.json"))
      try handle.seek(toOffset: 100)
      try handle.write(contentsOf: [0x21])
      try handle.close()
      let damaged = try Inspection(of: generation)
      #expect(!damaged.isSound)
      #expect(damaged.lines.joined().contains("its hash does not fit"))
    }

    @Test func segmentsAndSonataFilesShowWhatTheyHold() throws {
      let place = try TemporaryDirectory()
      let (directory, world) = try killedRun(in: place("out"))
      let segment = try Inspection(of: place("out/segments/step-000000000040.rank-00001.h5"))
      #expect(segment.lines.joined().contains("segment of rank 1 of 2, steps 40 to 90"))
      _ = try OutputFinisher.finish(directory)
      let spikes = try Inspection(of: place("out/spikes.h5")).lines.joined(separator: "\n")
      let count = world.records[0].filter { $0.step < 90 }.count
      #expect(spikes.contains("SONATA file"))
      #expect(spikes.contains("spikes/pyr: \(count) spikes from "), "\(spikes)")
      #expect(spikes.contains("spikes/silent: 0 spikes"))
      let report = try Inspection(of: place("out/soma.h5")).lines.joined(separator: "\n")
      #expect(report.contains("report/pyr/data: f32 [90, 40], V_soma in mV"), "\(report)")
      try directory.write("no HDF5", to: "notes.h5")
      let error = #expect(throws: StorageError.self) { try Inspection(of: place("out/notes.h5")) }
      #expect(error?.path.hasSuffix("notes.h5") == true)
      #expect(throws: StorageError.self) { try Inspection(of: place("nowhere")) }
    }
  }
}
