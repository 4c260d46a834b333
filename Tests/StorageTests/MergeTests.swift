import Engine
import Foundation
import Networks
import RandomNumbers
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  @Suite struct MergeTests {
    static let expectedFiles: Set<String> = [
      "spikes.h5", "events.h5", "rates.h5", "soma.h5", "some.V_soma.h5", "some.I_prox.h5",
    ]

    @Test(arguments: [UInt64(1), 2, 3])
    func ranksAndCutsAndBuffersDoNotShowInTheBytes(seed: UInt64) throws {
      let world = RecordedWorld.sample(seed: seed)
      try #require(world.records[0].count > 300)
      let place = try TemporaryDirectory()
      let reference = try world.output(in: place("one"), .single(world))
      #expect(Set(reference.keys) == MergeTests.expectedFiles)
      var random = SplitMix(state: seed &* 77)
      for run in 0..<8 {
        let spread = RecordedWorld.Spread.random(world, using: &random)
        let output = try world.output(in: place("several-\(run)"), spread)
        #expect(Set(output.keys) == Set(reference.keys))
        for (name, bytes) in reference {
          #expect(output[name] == bytes, "\(name) with \(spread)")
        }
      }
    }

    @Test func mergedFilesHoldWhatWasRecorded() throws {
      let place = try TemporaryDirectory()
      let world = RecordedWorld.sample(seed: 9)
      var random = SplitMix(state: 5)
      _ = try world.output(in: place("out"), .random(world, using: &random))
      for (stream, file, name) in [
        (0, "spikes.h5", "pyr"), (1, "spikes.h5", "silent"), (2, "events.h5", "pyr.spike_Na_prox"),
      ] {
        let spikes = try SpikeFile.read(place("out/\(file)"), population: name)
        #expect(spikes.nodeIDs == world.records[stream].map { UInt64($0.neuron) })
        #expect(spikes.timestamps == world.records[stream].map { Double($0.step) / 10 })
      }
      try checkReports(place("out"), world)
    }

    private func checkReports(_ path: String, _ world: RecordedWorld) throws {
      let somaFile = try HDF5File.open(path + "/soma.h5")
      let soma = try somaFile.openGroup("report/pyr")
      let data = try soma.openDataset("data")
      #expect(data.dimensions == [230, 40])
      let rows = try data.read(Float.self, at: [0, 0], count: [230, 40])
      #expect(
        rows
          == (0..<230).flatMap { step in
            (0..<40).map {
              Float(world.value(recording: 0, variable: 0, neuron: $0, step: Int64(step)) * 1e3)
            }
          })
      let file = try HDF5File.open(path + "/some.I_prox.h5")
      let report = try file.openGroup("report/pyr")
      let current = try report.openDataset("data")
      #expect(current.dimensions == [19, 5])
      let neurons = world.layout.states[1].neurons
      #expect(
        try current.read(Double.self, at: [0, 0], count: [19, 5])
          == (0..<19).flatMap { row in
            neurons.map {
              world.value(recording: 1, variable: 1, neuron: $0, step: Int64(13 + 10 * row)) * 1e9
            }
          })
      let mapping = try report.openGroup("mapping")
      #expect(
        try mapping.openDataset("time").read(Double.self, at: [0], count: [3]) == [1.3, 20.3, 1])
      #expect(
        try mapping.openDataset("node_ids").read(Int64.self, at: [0], count: [5])
          == [1, 5, 6, 20, 39])
      #expect(
        try mapping.openDataset("index_pointer").read(Int64.self, at: [0], count: [6])
          == [0, 1, 2, 3, 4, 5])
      #expect(
        try mapping.openDataset("element_ids").read(Int64.self, at: [0], count: [5])
          == [2, 2, 2, 2, 2])
    }

    @Test func ratesAreSpikesPerNeuronAndSecondOfEachBin() throws {
      let place = try TemporaryDirectory()
      let world = RecordedWorld.sample(seed: 4)
      _ = try world.output(in: place("out"), .single(world))
      let rates = try readDataset(place("out/rates.h5"), name: "rates/pyr/rate")
      let starts = try readDataset(place("out/rates.h5"), name: "/rates/pyr/time")
      #expect(starts == [0, 5, 10, 15, 20])
      let counts = (0..<5).map { bin in world.records[0].count { $0.step / 50 == bin } }
      try #require(counts.allSatisfy { $0 > 0 })
      // The last bin has 30 steps of 50.
      for (bin, seconds) in [0.005, 0.005, 0.005, 0.005, 0.003].enumerated() {
        #expect(abs(rates[bin] - Double(counts[bin]) / 40 / seconds) < 1e-9)
      }
    }

    @Test func aRunStoppedEarlyHasShorterReports() throws {
      let place = try TemporaryDirectory()
      let world = RecordedWorld.sample(seed: 4, steps: 25)
      _ = try world.output(in: place("out"), .single(world))
      let file = try HDF5File.open(place("out/some.V_soma.h5"))
      #expect(try file.openDataset("report/pyr/data").dimensions == [2, 5])
      #expect(
        try readDataset(place("out/some.V_soma.h5"), name: "report/pyr/mapping/time")[1] == 3.3)
    }

    @Test func aRunOfNoStepsHasEmptyFiles() throws {
      let place = try TemporaryDirectory()
      let world = RecordedWorld.sample(seed: 4, steps: 0)
      let files = try world.output(in: place("out"), .single(world))
      #expect(Set(files.keys) == MergeTests.expectedFiles)
      #expect(try SpikeFile.read(place("out/spikes.h5"), population: "pyr").timestamps.isEmpty)
      #expect(try readDataset(place("out/rates.h5"), name: "rates/pyr/rate").isEmpty)
    }

    @Test func spikesOutsideOfTheWindowAreNotWritten() throws {
      let place = try TemporaryDirectory()
      var world = RecordedWorld.sample(seed: 4)
      let all = world.records
      world.layout.spikesFrom = 60
      world.layout.spikesTo = 130
      let directory = try OutputDirectory.create(place("out"))
      try world.write(to: directory, .single(world))
      let summary = try OutputMerger.finish(directory, layout: world.layout)
      #expect(summary.steps == 0..<230)
      let kept = all[0].filter { (60..<130).contains($0.step) }
      try #require(!kept.isEmpty)
      #expect(
        try SpikeFile.read(place("out/spikes.h5"), population: "pyr").timestamps
          == kept.map { Double($0.step) / 10 })
      #expect(try readDataset(place("out/rates.h5"), name: "rates/pyr/time") == [6, 11])
    }

    @Test func reportsOfMoreThanAMillionFramesEndWithOneFrameMore() throws {
      let place = try TemporaryDirectory()
      let variable = RecordingLayout.Variable(name: "V", unit: .millivolt)
      let recording = RecordingLayout.States(
        name: "long", population: "p", variables: [variable], neurons: [3],
        window: RecordingPlan.Window())
      let layout = RecordingLayout(dt: 1e-4, streams: [], states: [recording])
      let directory = try OutputDirectory.create(place("out"))
      let writer = try SegmentWriter(
        directory: directory, layout: layout, rank: 0, ranks: 1, firstStep: 0, columns: [[0]])
      let values = (0..<1_000_001).map { Double($0) }
      try writer.states(values.span, rows: values.count, firstStep: 0, recording: 0)
      try writer.cut(at: 1_000_001)
      _ = try OutputMerger.finish(directory, layout: layout, steps: 1_000_001)
      let file = try HDF5File.open(place("out/long.h5"))
      let data = try file.openDataset("report/p/data")
      #expect(data.dimensions == [1_000_002, 1])
      #expect(
        try data.read(Float.self, at: [999_999, 0], count: [3, 1]) == [999_999e3, 1e9, 1e9])
      #expect(
        try readDataset(place("out/long.h5"), name: "report/p/mapping/time") == [0, 100_000.1, 0.1])
    }

    @Test func segmentsAreGoneAfterTheMergeAndNothingElseIsLeft() throws {
      let place = try TemporaryDirectory()
      let world = RecordedWorld.sample(seed: 4)
      let files = try world.output(in: place("out"), .single(world))
      let left = try FileManager.default.contentsOfDirectory(atPath: place("out"))
      #expect(Set(left) == Set(files.keys))
    }

    @Test func aMissingOrDamagedSegmentIsReportedAndNothingIsWritten() throws {
      let world = RecordedWorld.sample(seed: 4)
      var random = SplitMix(state: 3)
      var spread = RecordedWorld.Spread.random(world, using: &random)
      spread.ranks = 3
      spread.owners = (0..<40).map { $0 % 3 }
      spread.cuts = [spread.epochs[spread.epochs.count / 2]]
      for damage in 0..<3 {
        let place = try TemporaryDirectory()
        let directory = try OutputDirectory.create(place("out"))
        try world.write(to: directory, spread)
        let segments = try FileManager.default.contentsOfDirectory(atPath: place("out/segments"))
          .filter { $0.hasSuffix(".h5") }.sorted()
        try #require(segments.count == 6)
        let victim = place("out/segments/\(segments[1])")
        switch damage {
        case 0: try FileManager.default.removeItem(atPath: victim)
        case 1:
          try Data(Data(contentsOf: URL(filePath: victim)).dropLast(50))
            .write(to: URL(filePath: victim))
        default:
          for name in segments.prefix(3) {
            try FileManager.default.removeItem(atPath: place("out/segments/\(name)"))
          }
        }
        let error = #expect(throws: StorageError.self) {
          _ = try OutputMerger.finish(directory, layout: world.layout, steps: world.steps)
          // Without its first steps a chain of segments is still a chain: a branched run's.
          if damage == 2 { throw StorageError(call: "", path: "", reason: "", exitCode: 74) }
        }
        #expect(error?.exitCode == 74)
        #expect(directory.has("spikes.h5") == (damage == 2))
        let left = try FileManager.default.contentsOfDirectory(atPath: place("out"))
        #expect(!left.contains { $0.hasSuffix(".partial") })
      }
    }

    @Test func layoutIsKeptBesideTheSegments() throws {
      let place = try TemporaryDirectory()
      let world = RecordedWorld.sample(seed: 4)
      let directory = try OutputDirectory.create(place("out"))
      try world.write(to: directory, .single(world))
      #expect(try RecordingLayout.load(from: directory) == world.layout)
    }

    @Test func segmentsFromAStepOnCanBeDiscardedAndWrittenAgain() throws {
      let place = try TemporaryDirectory()
      let world = RecordedWorld.sample(seed: 4)
      let reference = try world.output(in: place("reference"), .single(world))
      let directory = try OutputDirectory.create(place("out"))
      var spread = RecordedWorld.Spread.single(world)
      spread.epochs = [100, 230]
      spread.cuts = [100]
      try world.write(to: directory, spread)
      try SegmentCatalog.discard(from: 100, in: directory)
      #expect(try SegmentCatalog(of: directory).steps == 0..<100)
      try world.write(to: directory, spread)
      _ = try OutputMerger.finish(directory, layout: world.layout, steps: 230)
      #expect(try directory.read("spikes.h5") == reference["spikes.h5"])
    }
  }
}
