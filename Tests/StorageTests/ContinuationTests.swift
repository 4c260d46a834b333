import Engine
import Foundation
import Networks
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  /// Output of runs that are stopped and go on.
  @Suite struct ContinuationTests {
    /// Runs from a step to another as some ranks would, committing at the end.
    private func run(
      _ world: RecordedWorld, _ steps: Range<Int64>, cuts: [Int64], owners: [Int], ranks: Int,
      into directory: OutputDirectory, after before: [[SegmentReceipt]]
    ) throws -> [[SegmentReceipt]] {
      var spread = RecordedWorld.Spread.single(world)
      spread.owners = owners
      spread.ranks = ranks
      spread.epochs = cuts + [steps.upperBound]
      spread.cuts = Set(cuts)
      spread.budget = 3_000
      return before + (try world.write(to: directory, spread, from: steps.lowerBound))
    }

    private func files(_ summary: OutputMerger.Summary, in directory: OutputDirectory) throws
      -> [String: [UInt8]]
    {
      var files: [String: [UInt8]] = [:]
      for name in summary.files { files[name] = try directory.read(name) }
      return files
    }

    @Test func aRunThatGoesOnWithOtherRanksLeavesTheSameFiles() throws {
      let world = RecordedWorld.sample(seed: 5)
      let place = try TemporaryDirectory()
      let reference = try world.output(in: place("reference"), .single(world))
      try #require(reference.count == 6)
      let directory = try OutputDirectory.create(place("out"))
      let store = CheckpointStore(directory: directory, keep: 2)
      let thirds = (0..<40).map { $0 % 3 }
      var segments = try run(
        world, 0..<90, cuts: [30, 60], owners: thirds, ranks: 3, into: directory, after: [])
      #expect(segments.count == 3 && segments.allSatisfy { $0.count == 3 })
      try CheckpointWorld(step: 90).commit(to: store, ranks: 2, segments: segments)
      // What comes after the checkpoint is lost, whatever it was.
      _ = try run(
        world, 90..<150, cuts: [120], owners: thirds, ranks: 3, into: directory, after: [])
      let found = try #require(try store.newest(accepting: nil).found)
      segments = try store.resume(from: found, layout: world.layout)
      #expect(segments == found.manifest.segments)
      #expect(try SegmentCatalog(of: directory).steps == 0..<90)
      segments = try run(
        world, 90..<230, cuts: [100], owners: Array(repeating: 0, count: 40), ranks: 1,
        into: directory, after: segments)
      try CheckpointWorld(step: 230).commit(to: store, ranks: 1, segments: segments)
      let summary = try OutputMerger.finish(
        directory, layout: world.layout, steps: 230, run: "4d3c")
      #expect(try files(summary, in: directory) == reference)
      #expect(try store.newest(accepting: nil).found?.name == "gen-000000000230")
      #expect(try store.newest(accepting: nil).rejected.isEmpty)
    }

    /// The world up to a step: what a shorter run of the same job would record.
    private func prefix(_ world: RecordedWorld, _ steps: Int64) -> RecordedWorld {
      var shorter = world
      shorter.steps = steps
      shorter.records = world.records.map { $0.filter { $0.step < steps } }
      return shorter
    }

    @Test(arguments: [0.1e-3, 0.025e-3, 1e-3 / 3, 0.1e-3.nextUp, 1e-3])
    func aFinishedRunIsExtendedToTheFilesOfOneOfFullLength(dt: Double) throws {
      var world = RecordedWorld.sample(seed: 6)
      world.layout.dt = dt
      let place = try TemporaryDirectory()
      let reference = try world.output(in: place("reference"), .single(world))
      let directory = try OutputDirectory.create(place("out"))
      let store = CheckpointStore(directory: directory, keep: 3)
      let halves = (0..<40).map { $0 / 20 }
      var segments: [[SegmentReceipt]] = []
      var start: Int64 = 0
      for end in [77, 130, 230] as [Int64] {
        if let found = try store.newest(accepting: nil).found {
          segments = try store.resume(from: found, layout: world.layout)
          #expect(segments.count == 1)
        }
        segments = try run(
          prefix(world, end), start..<end, cuts: [start + 9], owners: halves, ranks: 2,
          into: directory, after: segments)
        try CheckpointWorld(step: end).commit(to: store, ranks: 1, segments: segments)
        let summary = try OutputMerger.finish(
          directory, layout: world.layout, steps: end, run: "4d3c")
        let shorter = try prefix(world, end).output(
          in: place("to\(end)"), .single(prefix(world, end)))
        #expect(try files(summary, in: directory) == shorter)
        start = end
      }
      #expect(try directory.read("spikes.h5") == reference["spikes.h5"])
    }

    @Test func anOlderGenerationGoesOnFromMergedFiles() throws {
      let world = RecordedWorld.sample(seed: 8)
      let place = try TemporaryDirectory()
      let reference = try world.output(in: place("reference"), .single(world))
      let directory = try OutputDirectory.create(place("out"))
      let store = CheckpointStore(directory: directory, keep: 3)
      let owners = Array(repeating: 0, count: 40)
      let first = try run(
        world, 0..<100, cuts: [], owners: owners, ranks: 1, into: directory, after: [])
      try CheckpointWorld(step: 100).commit(to: store, ranks: 1, segments: first)
      let all = try run(
        world, 100..<230, cuts: [], owners: owners, ranks: 1, into: directory, after: first)
      try CheckpointWorld(step: 230).commit(to: store, ranks: 1, segments: all)
      _ = try OutputMerger.finish(directory, layout: world.layout, steps: 230, run: "4d3c")
      try FileManager.default.removeItem(
        atPath: place("out/checkpoints/gen-000000000230/shard-00000.h5"))
      let newest = try store.newest(accepting: nil)
      #expect(newest.rejected.map(\.generation) == ["gen-000000000230"])
      let found = try #require(newest.found)
      #expect(found.manifest.step == 100)
      let restored = try store.resume(from: found, layout: world.layout)
      #expect(restored.joined().map(\.steps) == [0..<100])
      #expect(try store.generations() == ["gen-000000000100"])
      let again = try run(
        world, 100..<230, cuts: [], owners: owners, ranks: 1, into: directory, after: restored)
      try CheckpointWorld(step: 230).commit(to: store, ranks: 1, segments: again)
      let summary = try OutputMerger.finish(
        directory, layout: world.layout, steps: 230, run: "4d3c")
      #expect(try files(summary, in: directory) == reference)
    }

    /// A run that is complete but for its merge, in a directory of its own.
    private func unmerged(
      _ world: RecordedWorld, in path: String
    ) throws -> (OutputDirectory, CheckpointStore) {
      let directory = try OutputDirectory.create(path)
      let store = CheckpointStore(directory: directory, keep: 3)
      let segments = try run(
        world, 0..<230, cuts: [100], owners: (0..<40).map { $0 / 20 }, ranks: 2, into: directory,
        after: [])
      try CheckpointWorld(step: 230).commit(to: store, ranks: 1, segments: segments)
      return (directory, store)
    }

    /// The k-th call of a merge fails, for every k until one comes through untouched.
    @Test func whicheverCallOfAMergeFailsTheRunGoesOnAndMerges() throws {
      let world = RecordedWorld.sample(seed: 11)
      let place = try TemporaryDirectory()
      let reference = try world.output(in: place("reference"), .single(world))
      var injected = 0
      while true {
        let (directory, store) = try unmerged(world, in: place("out-\(injected)"))
        let fault = CommitFaultTests.Fault(injected, "No space left on device (ENOSPC)")
        let files = FaultyFiles(DiskFiles()) { fault.outcome($0) }
        var error: StorageError?
        do {
          _ = try OutputMerger.finish(
            directory, layout: world.layout, steps: 230, run: "4d3c", with: files)
        } catch let failure {
          error = failure
        }
        guard let victim = fault.victim else { break }
        // A call that makes no difference may fail in silence.
        if let error { #expect(error.path == victim.path && error.exitCode == 74) }
        try store.discardUnfinished()
        let newest = try store.newest(accepting: nil)
        #expect(newest.rejected.isEmpty, "\(victim): \(newest.rejected)")
        let found = try #require(newest.found)
        _ = try store.resume(from: found, layout: world.layout)
        let summary = try OutputMerger.finish(
          directory, layout: world.layout, steps: 230, run: "4d3c")
        #expect(try self.files(summary, in: directory) == reference, "\(victim)")
        injected += 1
      }
      #expect(injected > 15)
      ReliabilityScale.report("R5, in process: \(injected) faults in a merge")
    }

    /// While a merge is under way its output is there twice. What of it is whole is taken.
    @Test func segmentsAreTakenWhereMergedFilesAreNotWhole() throws {
      let world = RecordedWorld.sample(seed: 12)
      let place = try TemporaryDirectory()
      let reference = try world.output(in: place("reference"), .single(world))
      let (directory, store) = try unmerged(world, in: place("out"))
      let files = FaultyFiles(DiskFiles()) { call in
        guard call.kind == .rename, call.path.hasSuffix("/soma.h5") else { return .done }
        return .failed(StorageError(call: "rename", path: call.path, reason: "", exitCode: 74))
      }
      #expect(throws: StorageError.self) {
        _ = try OutputMerger.finish(
          directory, layout: world.layout, steps: 230, run: "4d3c", with: files)
      }
      // Renamed already, and of the right size.
      var spikes = try directory.read("spikes.h5")
      spikes[spikes.count / 2] ^= 1
      try directory.write(spikes, to: "spikes.h5")
      let found = try #require(try store.newest(accepting: nil).found)
      #expect(found.output == .segments)
      #expect(
        try store.resume(from: found, layout: world.layout) == found.manifest.segments)
      let summary = try OutputMerger.finish(
        directory, layout: world.layout, steps: 230, run: "4d3c")
      #expect(try self.files(summary, in: directory) == reference)
    }

    @Test func aMergedFileThatWasChangedRefusesTheRunToGoOn() throws {
      let world = RecordedWorld.sample(seed: 9)
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"))
      let store = CheckpointStore(directory: directory, keep: 3)
      let segments = try run(
        world, 0..<230, cuts: [], owners: Array(repeating: 0, count: 40), ranks: 1,
        into: directory, after: [])
      try CheckpointWorld(step: 230).commit(to: store, ranks: 1, segments: segments)
      _ = try OutputMerger.finish(directory, layout: world.layout, steps: 230, run: "4d3c")
      try directory.write("mine", to: "spikes.h5")
      let newest = try store.newest(accepting: nil)
      #expect(newest.found == nil)
      #expect(newest.rejected.first?.reason.contains("spikes.h5") == true)
    }
  }
}
