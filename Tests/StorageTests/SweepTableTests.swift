import Foundation
import Networks
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  @Suite struct SweepTableTests {
    private static let record = SweepRecord(
      coppice: "1.0", jobName: "grid", hash: "00ff",
      identity: CheckpointIdentity(parts: ["models.cell": "x"], numericsVersion: 1),
      parameters: [
        .init(path: "constants.rate", texts: ["41 Hz", "82 Hz"], values: [41, 82], unit: "Hz"),
        .init(
          path: "models.m.replace.dv/dt", texts: ["euler", "rk4", "μ"], values: nil, unit: nil),
      ])

    private func leave(
      _ index: Int, _ status: RunRecord.Exit.Status, in directory: OutputDirectory,
      sweep: String = "00ff", spikes: [String: Int64] = [:]
    ) throws {
      let place = try OutputDirectory.create(
        try SweepTableTests.record.directory(ofPoint: index, in: directory).path)
      var run = RunRecord(
        coppice: .init(version: "1.0", build: "debug"), job: .init(name: "grid", hash: "\(index)"),
        exit: .init(status: status), steps: 5000, dt: 1e-4, neurons: 10, compartments: 10,
        synapses: 0, ranks: 1, threads: 1, precision: "double", backend: "portable",
        method: "euler", epochSteps: 1, spikes: spikes, seconds: .init(), realtimeFactor: 1,
        peakResidentBytes: 1, hosts: [], lineage: [])
      run.point = .init(
        index: index, sweep: sweep, settings: [], sizes: ["pyr": 10, "x": 4])
      try run.write(to: place)
    }

    @Test func everyPointIsARow() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"), holdsRun: false)
      try leave(0, .complete, in: directory, spikes: ["pyr": 25, "x": 0])
      try leave(1, .stopped, in: directory, spikes: ["pyr": 3])
      try leave(2, .failed, in: directory)
      try leave(3, .complete, in: directory, sweep: "another", spikes: ["pyr": 7])
      let table = try SweepTable(of: SweepTableTests.record, in: directory, failed: [4])
      try table.write(to: directory)
      let states: [SweepTable.State] = [.complete, .stopped, .failed, .notRun, .failed, .notRun]
      #expect((0..<6).map { table.state(ofPoint: $0) } == states)
      #expect(SweepTable.State.allCases.map { table.count($0) } == [1, 1, 2, 2])

      let path = place("out/sweep.h5")
      #expect(try readDataset(path, name: "parameters/constants.rate") == [41, 41, 41, 82, 82, 82])
      #expect(try NumberTable.read(path, name: "parameters/constants.rate").units == "Hz")
      #expect(try readDataset(path, name: "spikes/pyr") == [25, -1, -1, -1, -1, -1])
      #expect(try readDataset(path, name: "spikes/x")[0] == 0)
      let rates = try NumberTable.read(path, name: "rates/pyr")
      #expect(rates.units == "Hz")
      // 25 spikes of 10 neurons in half a second.
      #expect(rates.values[0] == 5)
      for rate in rates.values.dropFirst() { #expect(rate.isNaN) }
      #expect(try readDataset(path, name: "shape") == [2, 3])
      let bytes = try directory.read("sweep.h5")
      let text = String(decoding: bytes, as: UTF8.self)
      for word in ["models.m.replace.dv|dt", "not run", "0005", "rk4", "μ"] {
        #expect(text.contains(word), "\(word)")
      }
      // The same points make the same bytes, and no draft stays.
      try SweepTable(of: SweepTableTests.record, in: directory, failed: [4]).write(to: directory)
      #expect(try directory.read("sweep.h5") == bytes)
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      #expect(!names.contains { $0.hasSuffix(".partial") })
    }

    @Test func aRecordIsReadAsItWasWritten() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"), holdsRun: false)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
      #expect(!SweepRecord.exists(in: directory))
      try SweepTableTests.record.write(to: directory)
      #expect(try SweepRecord.read(from: directory) == SweepTableTests.record)
      var bytes = try directory.read("sweep.json")
      let place41 = try #require(bytes.firstRange(of: Array("41 Hz".utf8)))
      bytes[place41.lowerBound] = UInt8(ascii: "5")
      try directory.write(bytes, to: "sweep.json")
      let error = #expect(throws: StorageError.self) { try SweepRecord.read(from: directory) }
      #expect(error?.exitCode == 66)
    }
  }
}
