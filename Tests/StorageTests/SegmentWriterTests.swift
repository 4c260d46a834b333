import Engine
import Foundation
import Networks
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  @Suite struct SegmentWriterTests {
    private func writer(in path: String) throws -> SegmentWriter {
      let world = RecordedWorld.sample(seed: 1)
      return try SegmentWriter(
        directory: try OutputDirectory.create(path), layout: world.layout, rank: 0, ranks: 1,
        firstStep: 0, columns: world.layout.states.map { Array($0.neurons.indices) })
    }

    @Test func recordsOutOfOrderOrRangeAreRefused() throws {
      let place = try TemporaryDirectory()
      let cases: [[SpikeRecord]] = [
        [SpikeRecord(step: 2, neuron: 1), SpikeRecord(step: 1, neuron: 1)],
        [SpikeRecord(step: 2, neuron: 3), SpikeRecord(step: 2, neuron: 1)],
        [SpikeRecord(step: 2, neuron: 40)],
        [SpikeRecord(step: -1, neuron: 0)],
      ]
      for (number, records) in cases.enumerated() {
        let writer = try writer(in: place("\(number)"))
        let error = #expect(throws: RecordError.self) {
          try writer.spikes(records, stream: 0)
        }
        #expect(error?.exitCode == 70)
      }
      let error = #expect(throws: RecordError.self) {
        let none: [SpikeRecord] = []
        try writer(in: place("stream")).spikes(none, stream: 4)
      }
      #expect(error?.exitCode == 70)
    }

    @Test func missingAndMisplacedRowsAreRefused() throws {
      let place = try TemporaryDirectory()
      let late = try writer(in: place("late"))
      let row = [Double](repeating: 0, count: 40)
      #expect(throws: RecordError.self) {
        try late.states(row.span, rows: 1, firstStep: 1, recording: 0)
      }
      #expect(throws: RecordError.self) {
        try late.states(row.span, rows: 2, firstStep: 0, recording: 0)
      }
      try late.states(row.span, rows: 1, firstStep: 0, recording: 0)
      let error = #expect(throws: StorageError.self) { try late.cut(at: 2) }
      #expect(error?.exitCode == 70)
      #expect(error?.reason.contains("soma") == true)
    }

    @Test func aCutSegmentIsOnDiskUnderItsNameWithItsHash() throws {
      let place = try TemporaryDirectory()
      let writer = try writer(in: place("out"))
      let spike = [SpikeRecord(step: 0, neuron: 1)]
      try writer.spikes(spike, stream: 0)
      let row = [Double](repeating: -0.07, count: 40)
      try writer.states(row.span, rows: 1, firstStep: 0, recording: 0)
      let receipt = try #require(try writer.cut(at: 1))
      #expect(receipt.name == "step-000000000000.rank-00000.h5")
      #expect(receipt.steps == 0..<1)
      let path = place("out/segments/\(receipt.name)")
      #expect(try ContentHash.ofFile(path) == receipt.hash)
      #expect(try Data(contentsOf: URL(filePath: path)).count == receipt.bytes)
      #expect(try writer.cut(at: 1) == nil)
    }

    /// Of lists that begin before the window, end behind it, or both, what is in it is kept.
    @Test func listsAreCutToTheWindow() throws {
      let place = try TemporaryDirectory()
      for (number, lists) in [[[1, 4, 6], [7, 12], [13]], [[1, 4, 6, 12]]].enumerated() {
        var world = RecordedWorld.sample(seed: 1)
        world.layout.states = []
        (world.layout.spikesFrom, world.layout.spikesTo) = (4, 12)
        let writer = try SegmentWriter(
          directory: try OutputDirectory.create(place("\(number)")), layout: world.layout, rank: 0,
          ranks: 1, firstStep: 0, columns: [])
        for steps in lists {
          try writer.spikes(steps.map { SpikeRecord(step: Int64($0), neuron: 2) }, stream: 0)
        }
        let receipt = try #require(try writer.cut(at: 20))
        let kept = try readDataset(
          place("\(number)/segments/\(receipt.name)"), name: "streams/0/step")
        #expect(kept == lists.joined().filter { (4..<12).contains($0) }.map(Double.init))
      }
    }

    @Test func aWriterThatIsDroppedLeavesNoSegment() throws {
      let place = try TemporaryDirectory()
      do {
        let world = RecordedWorld.sample(seed: 1)
        let writer = try SegmentWriter(
          directory: try OutputDirectory.create(place("out")), layout: world.layout, rank: 0,
          ranks: 1, firstStep: 0, columns: world.layout.states.map { Array($0.neurons.indices) },
          budget: 0)
        let spike = [SpikeRecord(step: 0, neuron: 1)]
        try writer.spikes(spike, stream: 0)
        let during = try FileManager.default.contentsOfDirectory(atPath: place("out/segments"))
        #expect(during.contains { $0.hasSuffix(".partial") })
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: place("out/segments"))
      #expect(names == ["layout.json"])
    }

    @Test func aWriterWhoseDirectoryVanishedReportsItAndTakesNothingMore() throws {
      let place = try TemporaryDirectory()
      let writer = try writer(in: place("out"))
      let row = [Double](repeating: -0.07, count: 40)
      try writer.states(row.span, rows: 1, firstStep: 0, recording: 0)
      try FileManager.default.removeItem(atPath: place("out"))
      let first = #expect(throws: StorageError.self) { try writer.cut(at: 1) }
      #expect(first?.exitCode == 74)
      #expect(first?.reason.contains("No such file or directory") == true)
      let second = #expect(throws: RecordError.self) {
        let spike = [SpikeRecord(step: 0, neuron: 1)]
        try writer.spikes(spike, stream: 0)
      }
      #expect(second?.exitCode == 74)
    }

    @Test func plansWithImpossibleNamesAreRefused() throws {
      let good = RecordedWorld.sample(seed: 1).layout
      try good.validate()
      var layouts: [RecordingLayout] = []
      for name in ["", "..", "a/b", "a\u{0}b", "a\nb", String(repeating: "x", count: 300)] {
        var layout = good
        layout.streams[0].population = name
        layouts.append(layout)
        layout = good
        layout.states[0].name = name.isEmpty ? "spikes" : name + "/"
        layouts.append(layout)
      }
      var twice = good
      twice.states[1].name = "soma"
      twice.states[1].variables = good.states[0].variables
      layouts.append(twice)
      for layout in layouts {
        let error = #expect(throws: StorageError.self) { try layout.validate() }
        #expect(error?.exitCode == 65)
      }
    }
  }
}
