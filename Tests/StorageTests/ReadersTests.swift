import Engine
import Foundation
import RandomNumbers
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  /// The readers that users have open what is written here. The Python is named by
  /// COPPICE_READERS_PYTHON; `Tests/Oracles/readers-setup.sh` makes one.
  @Suite struct ReadersTests {
    private static let python = ProcessInfo.processInfo.environment["COPPICE_READERS_PYTHON"]

    /// What the readers are to find.
    private struct Expectation: Encodable {
      struct Spikes: Encodable {
        var file: String
        var population: String
        var neurons: [UInt32]
        var times: [Double]
      }
      struct Report: Encodable {
        var file: String
        var population: String
        var neurons: [Int]
        var time: [Double]
        var units: String
        var variable: String
        var element: Int
        var single: Bool
        var rows: [[Double]]
      }
      var spikes: [Spikes]
      var reports: [Report]
    }

    private func expectation(of world: RecordedWorld) -> Expectation {
      let spikes = zip(world.layout.streams, world.records).map { stream, records in
        Expectation.Spikes(
          file: stream.event == nil ? "spikes.h5" : "events.h5", population: stream.name,
          neurons: records.map(\.neuron), times: records.map { Double($0.step) / 10 })
      }
      let soma = world.layout.states[0]
      let single = Expectation.Report(
        file: "soma.h5", population: "pyr", neurons: soma.neurons, time: [0, 23, 0.1],
        units: "mV", variable: "V_soma", element: 0, single: true,
        rows: (0..<230).map { step in
          soma.neurons.map {
            Double(
              Float(world.value(recording: 0, variable: 0, neuron: $0, step: Int64(step)) * 1e3))
          }
        })
      let some = world.layout.states[1]
      let double = Expectation.Report(
        file: "some.I_prox.h5", population: "pyr", neurons: some.neurons, time: [1.3, 20.3, 1],
        units: "nA", variable: "I_prox", element: 2, single: false,
        rows: (0..<19).map { row in
          some.neurons.map {
            world.value(recording: 1, variable: 1, neuron: $0, step: Int64(13 + 10 * row)) * 1e9
          }
        })
      return Expectation(spikes: spikes, reports: [single, double])
    }

    @Test(.enabled(if: python != nil, "COPPICE_READERS_PYTHON names no Python"))
    func libsonataAndH5pyReadWhatWasRecorded() throws {
      let python = try #require(ReadersTests.python)
      let place = try TemporaryDirectory()
      let world = RecordedWorld.sample(seed: 21)
      var random = SplitMix(state: 6)
      _ = try world.output(in: place("out"), .random(world, using: &random))
      let expected = try JSONEncoder().encode(expectation(of: world))
      try expected.write(to: URL(filePath: place("expected.json")))
      let script = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Oracles/sonata_readers.py").path
      let process = Process()
      process.executableURL = URL(filePath: python)
      process.arguments = [script, place("out"), place("expected.json")]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text)")
      #expect(text.contains("4 spike populations and 2 reports are as expected"), "\(text)")
    }
  }
}
