import Foundation
import RandomNumbers
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  @Suite struct InputTests {
    private func sample(in path: String) throws -> [UInt8] {
      let world = RecordedWorld.sample(seed: 8)
      let files = try world.output(in: path, .single(world))
      return try #require(files["spikes.h5"])
    }

    @Test func populationsAreAskedForByName() throws {
      let place = try TemporaryDirectory()
      _ = try sample(in: place("out"))
      let several = #expect(throws: StorageError.self) {
        try SpikeFile.read(place("out/spikes.h5"))
      }
      #expect(several?.reason.contains("pyr, silent") == true)
      let other = #expect(throws: StorageError.self) {
        try SpikeFile.read(place("out/spikes.h5"), population: "pry")
      }
      #expect(other?.reason.contains("no group 'pry'; there is pyr, silent") == true)
      let missing = #expect(throws: StorageError.self) {
        try SpikeFile.read(place("none.h5"), population: "pyr")
      }
      #expect(missing?.exitCode == 66)
      #expect(missing?.reason.contains("No such file or directory") == true)
    }

    @Test func datasetsThatAreNoListsOfNumbersAreRefused() throws {
      let place = try TemporaryDirectory()
      _ = try sample(in: place("out"))
      #expect(try readDataset(place("out/spikes.h5"), name: "spikes/pyr/node_ids").count > 300)
      for (file, name) in [
        ("soma.h5", "report/pyr/data"), ("soma.h5", "report"), ("soma.h5", ""), ("soma.h5", "a/b"),
        ("soma.h5", "report/pyr/mapping/time/x"), ("soma.h5", "report/\u{0}"),
      ] {
        let error = #expect(throws: StorageError.self) {
          try readDataset(place("out/\(file)"), name: name)
        }
        #expect(error?.exitCode == 66)
      }
    }

    @Test func inputInOtherUnitsOrOfUnequalLengthsIsRefused() throws {
      let place = try TemporaryDirectory()
      for (number, (units, count)) in [("s", 3), ("ms", 2), ("ms", 3)].enumerated() {
        let file = try HDF5File.create(place("\(number).h5"))
        let group = try file.createGroup("spikes").createGroup("p")
        try group.writeList("node_ids", [UInt32](repeating: 1, count: count))
        let times = try group.createDataset("timestamps", of: Float.self, dimensions: [3])
        try times.write([0.5, 1, 1.5] as [Float], at: [0], count: [3])
        try times.writeAttribute("units", text: units)
        try times.close()
        try file.close()
      }
      #expect(throws: StorageError.self) { try SpikeFile.read(place("0.h5")) }
      #expect(throws: StorageError.self) { try SpikeFile.read(place("1.h5")) }
      #expect(try SpikeFile.read(place("2.h5")).timestamps == [0.5, 1, 1.5])
    }

    @Test func edgesAreReadInTheOrderOfTheFile() throws {
      let place = try TemporaryDirectory()
      for (path, targets) in [("right.h5", [2, 0, 1] as [UInt64]), ("wrong.h5", [2, 0])] {
        let file = try HDF5File.create(place(path))
        let group = try file.createGroup("edges").createGroup("p")
        try group.writeList("source_node_id", [1, 1, 0] as [UInt32])
        try group.writeList("target_node_id", targets)
        try file.close()
      }
      let edges = try EdgeFile.read(place("right.h5"), population: "p")
      #expect(edges.sources == [1, 1, 0])
      #expect(edges.targets == [2, 0, 1])
      let unequal = #expect(throws: StorageError.self) {
        try EdgeFile.read(place("wrong.h5"), population: "p")
      }
      #expect(unequal?.reason.contains("3 sources and 2 targets") == true)
      let other = #expect(throws: StorageError.self) {
        try EdgeFile.read(place("right.h5"), population: "q")
      }
      #expect(other?.reason.contains("no group 'q'; there is p") == true)
      #expect(other?.exitCode == 66)
    }

    @Test func everyTruncationOfAFileIsAnError() throws {
      let place = try TemporaryDirectory()
      let bytes = try sample(in: place("out"))
      for length in stride(from: 0, to: bytes.count, by: 211) {
        try Data(bytes.prefix(length)).write(to: URL(filePath: place("cut.h5")))
        let error = #expect(throws: StorageError.self, "\(length) of \(bytes.count) bytes") {
          try SpikeFile.read(place("cut.h5"), population: "pyr")
        }
        #expect(error?.exitCode == 66)
      }
    }

    @Test func damagedBytesAreReadOrRefusedButNeverTrap() throws {
      let place = try TemporaryDirectory()
      let bytes = try sample(in: place("out"))
      var random = SplitMix(state: 42)
      var refused = 0
      for _ in 0..<500 {
        var damaged = bytes
        // Most damage strikes the first bytes, where the structure of the file lies.
        let reach = Bool.random(using: &random) ? 800 : damaged.count
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          damaged[Int.random(in: 0..<reach, using: &random)] = UInt8.random(
            in: 0...255, using: &random)
        }
        try Data(damaged).write(to: URL(filePath: place("damaged.h5")))
        do throws(StorageError) {
          _ = try SpikeFile.read(place("damaged.h5"), population: "pyr")
        } catch {
          #expect(error.exitCode == 66)
          refused += 1
        }
      }
      #expect(refused > 50)
    }

    @Test func filesThatAreNotHDF5AreRefused() throws {
      let place = try TemporaryDirectory()
      var random = SplitMix(state: 1)
      for length in [0, 1, 7, 8, 100, 5000] {
        let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        try Data(noise).write(to: URL(filePath: place("noise.h5")))
        let error = #expect(throws: StorageError.self) { try SpikeFile.read(place("noise.h5")) }
        #expect(error?.exitCode == 66)
      }
    }
  }
}
