import Engine
import Foundation
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  @Suite struct OutputDirectoryTests {
    @Test func directoriesAreMadeWhereTheyAreMissing() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("a/b/c/"))
      #expect(directory.path == place("a/b/c"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["segments"])
      #expect(try OutputDirectory.create(place("a/b/c")) == directory)
    }

    @Test func aDirectoryThatCannotBeMadeIsRefusedWithWhatIsInTheWay() throws {
      let place = try TemporaryDirectory()
      try Data().write(to: URL(filePath: place("file")))
      for (path, reason) in [
        (place("file/out"), "a file of this name is in the way"),
        ("/proc/coppice/out", "cannot make the output directory"), ("", "empty"),
        (place("a\nb"), "control character"), (place("a\u{0}b"), "control character"),
      ] {
        let error = #expect(throws: StorageError.self) { try OutputDirectory.create(path) }
        #expect(error?.exitCode == 73)
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
      }
    }

    @Test func aLinkInPlaceOfTheSegmentsIsRefused() throws {
      let place = try TemporaryDirectory()
      try FileManager.default.createDirectory(
        atPath: place("out"), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: place("out/segments"), withDestinationPath: place.path)
      let error = #expect(throws: StorageError.self) { try OutputDirectory.create(place("out")) }
      #expect(error?.exitCode == 73)
    }

    @Test func namesThatLeadElsewhereAreRefused() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"))
      for name in ["..", "../x", "/etc/x", "a/b", "", "a\u{0}", "a\u{7f}", "a\u{85}"] {
        #expect(throws: StorageError.self) { try directory.write("x", to: name) }
        #expect(throws: StorageError.self) { try directory.file(name) }
        #expect(!directory.has(name))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["out"])
    }

    @Test func filesAreReplacedWhole() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"))
      try Data("left by a killed run".utf8).write(to: URL(filePath: place("out/.job.yaml.partial")))
      try directory.write("one: two\n", to: "job.yaml")
      try directory.write("three\n", to: "job.yaml")
      #expect(try directory.read("job.yaml") == Array("three\n".utf8))
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: directory.path))
          == ["job.yaml", "segments"])
    }
  }

  @Suite struct RunRecordTests {
    private var sample: RunRecord {
      RunRecord(
        coppice: RunRecord.Program(version: "1.0", build: "debug"),
        job: RunRecord.Job(name: "a \"job\"/μ", hash: "00ff"),
        exit: RunRecord.Exit(status: .stopped, why: "signal USR2"), steps: 1000, dt: 0.0001,
        neurons: 10, compartments: 40, synapses: 5, ranks: 2, threads: 1, precision: "double",
        backend: "portable", method: "euler", epochSteps: 10, spikes: ["pyr": 3],
        seconds: RunRecord.Seconds(), realtimeFactor: .infinity, peakResidentBytes: 1 << 30,
        hosts: ["node1"],
        lineage: [
          LineageEntry(
            step: 500, generation: "gen-000000000500", ranks: 2, threads: 4,
            when: "2026-11-23T12:00:00Z", host: "node7")
        ])
    }

    @Test func recordIsReadAsItWasWritten() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"))
      try sample.write(to: directory)
      #expect(try RunRecord.read(from: directory) == sample)
      let first = try directory.read("run.json")
      try sample.write(to: directory)
      #expect(try directory.read("run.json") == first)
    }

    @Test func recordHasTheKeysOfTheManual() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"))
      try sample.write(to: directory)
      let object = try JSONSerialization.jsonObject(with: Data(try directory.read("run.json")))
      let map = try #require(object as? [String: Any])
      #expect(
        Set(map.keys) == [
          "coppice", "job", "exit", "steps", "dt_s", "neurons", "compartments", "synapses",
          "ranks", "threads", "precision", "backend", "method", "epoch_steps", "spikes", "seconds",
          "realtime_factor", "peak_rss_bytes", "hosts", "lineage",
        ])
      let seconds = try #require(map["seconds"] as? [String: Any])
      #expect(
        Set(seconds.keys) == [
          "build", "compile", "simulate", "deliver", "advance", "exchange", "record",
          "checkpoint", "total",
        ])
    }

    @Test func damagedRecordsAreRefused() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"))
      for text in ["", "{", "[]", "{\"steps\": 1e99}"] {
        try directory.write(text, to: "run.json")
        let error = #expect(throws: StorageError.self) { try RunRecord.read(from: directory) }
        #expect(error?.exitCode == 66)
      }
    }
  }

  @Suite struct ComparisonTests {
    /// Two runs that are the same until something is changed in the second world.
    private func difference(
      _ change: (inout RecordedWorld) -> Void
    ) throws -> OutputComparison.Difference? {
      let place = try TemporaryDirectory()
      let world = RecordedWorld.sample(seed: 12)
      var other = world
      change(&other)
      _ = try world.output(in: place("a"), .single(world))
      _ = try other.output(in: place("b"), .single(other))
      return try OutputComparison.compare(place("a"), place("b"))
    }

    @Test func aRunEqualsItself() throws {
      #expect(try difference { _ in } == nil)
    }

    @Test func aMissingSpikeIsNamedByPopulationNeuronAndTime() throws {
      let gone = RecordedWorld.sample(seed: 12).records[0][17]
      let found = try #require(try difference { $0.records[0].remove(at: 17) })
      #expect(found.place == "rates.h5:/rates/pyr/rate" || found.place == "spikes.h5:/spikes/pyr")
      let event = RecordedWorld.sample(seed: 12).records[2][5]
      let other = try #require(try difference { $0.records[2].remove(at: 5) })
      #expect(other.place == "events.h5:/spikes/pyr.spike_Na_prox")
      #expect(
        other.what.hasPrefix(
          "population pyr.spike_Na_prox: spike 5 is neuron \(event.neuron) at "
            + "\(Double(event.step) / 10) ms, and "), "\(other)")
      #expect(gone.step >= 0)
    }

    @Test func aLastSpikeMoreIsNamed() throws {
      let last = try #require(RecordedWorld.sample(seed: 12).records[3].last)
      let found = try #require(try difference { $0.records[3].removeLast() })
      #expect(
        found.what.contains("the first one more is neuron \(last.neuron) at "), "\(found)")
    }

    @Test func aDifferentUnitIsNamed() throws {
      let found = try #require(
        try difference { $0.layout.states[0].variables[0].unit.name = "V" })
      #expect(found.what == "attribute 'mV' and 'V'")
      #expect(found.place == "soma.h5:/report/pyr/data@units")
    }

    @Test func aFileThatOnlyOneHasIsNamed() throws {
      let found = try #require(try difference { $0.layout.states[1].name = "zone" })
      #expect(found.what.hasPrefix("only in "))
      #expect(found.place == "some.I_prox.h5")
    }

    @Test func aStateIsNamedByNeuronVariableAndTime() throws {
      let place = try TemporaryDirectory()
      for (name, value) in [("a", -0.0), ("b", 0.0)] {
        let file = try HDF5File.create(place("\(name).h5"))
        let group = try file.createGroup("report").createGroup("pyr")
        let data = try group.createDataset("data", of: Double.self, dimensions: [3, 2])
        try data.write([1, 2, 3, value, 5, 6], at: [0, 0], count: [3, 2])
        try data.writeAttribute("variable", text: "V_prox")
        try data.close()
        let mapping = try group.createGroup("mapping")
        try mapping.writeList("node_ids", [UInt64(4), 9])
        try mapping.writeList("time", [10.0, 11.5, 0.5])
        try file.close()
      }
      let found = try #require(try OutputComparison.compare(place("a.h5"), place("b.h5")))
      #expect(found.place == place("a.h5") + ":/report/pyr/data")
      #expect(found.what == "population pyr, neuron 9, V_prox, row 1 at 10.5 ms: -0.0 and 0.0")
    }

    @Test func whatCannotBeComparedIsAnError() throws {
      let place = try TemporaryDirectory()
      try FileManager.default.createDirectory(
        atPath: place("empty"), withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: place("file")))
      for (a, b) in [("empty", "empty"), ("empty", "file"), ("file", "file"), ("none", "file")] {
        let error = #expect(throws: StorageError.self) {
          try OutputComparison.compare(place(a), place(b))
        }
        #expect(error?.exitCode == 66 || error?.exitCode == 74)
      }
    }
  }
}

@Suite struct ContentHashTests {
  @Test func hashesAreThoseOfXXH3() {
    #expect(ContentHash.of([]).description == "99aa06d3014798d86001c324468d497f")
    #expect(ContentHash.of([], width: .bits64).description == "2d06800538d394c2")
  }

  @Test func piecesDoNotShow() {
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for width in [ContentHash.Width.bits64, .bits128] {
      var hash = ContentHash(width: width)
      for start in stride(from: 0, to: bytes.count, by: 77) {
        hash.update(Array(bytes[start..<min(start + 77, bytes.count)]))
      }
      #expect(hash.digest() == ContentHash.of(bytes, width: width))
      #expect(hash.digest() != ContentHash.of(bytes.dropLast(), width: width))
    }
  }
}

@Suite struct StepTimeTests {
  @Test(arguments: ["0.1", "0.025", "0.3", "1", "0.05", "0.01", "2.5", "0.0625", "12"])
  func timesAreTheNearestToTheDecimal(dt: String) throws {
    let milliseconds = try #require(Decimal(string: dt))
    let time = StepTime(dt: try #require(Double(dt)) * 0.001)
    for step in Array(0..<3000) + [123_456_789, 98_765_432_101] {
      let exact = try #require(Double("\(milliseconds * Decimal(step))"))
      #expect(time.milliseconds(Int64(step)) == exact)
    }
  }

  @Test func timesOfStepsWithoutADecimalAreProducts() {
    let dt = 1.0 / 3000
    #expect(StepTime(dt: dt).milliseconds(7) == 7 * (dt * 1000))
    #expect(StepTime(dt: 1e-4).milliseconds(.max) > 9e17)
    #expect(StepTime(dt: 1e300).milliseconds(2) == 2e303)
  }
}
