import Engine
import Foundation
import Jobs
import Messaging
import Networks
import Storage
import TemporaryDirectories
import Testing

@testable import Coppice

/// Rows wait until they are worth waking the storage thread, or until a checkpoint wants them: every
/// row is written once and in its place, whichever comes first.
@Suite struct BackgroundRecordsTests {
  /// Where segments end. More rows than may wait lie before the first two; before the last, fewer.
  private static let cuts: [Int64] = [4_000, 8_001, 8_011]

  /// One recording goes beyond the bound again and again, the other one never.
  private static let layout = RecordingLayout(
    dt: 1e-4, streams: [],
    states: [
      RecordingLayout.States(
        name: "many", population: "p",
        variables: ["a", "b"].map { RecordingLayout.Variable(name: $0, unit: .one) },
        neurons: Array(0..<24), window: RecordingPlan.Window(), isDouble: true),
      RecordingLayout.States(
        name: "few", population: "p",
        variables: [RecordingLayout.Variable(name: "a", unit: .one)],
        neurons: [5], window: RecordingPlan.Window(from: 1, every: 3), isDouble: true),
    ])

  /// No two numbers of a recording are alike.
  private static func value(step: Int64, variable: Int, column: Int) -> Double {
    Double(step) + Double(variable) / 4 + Double(column) / 128
  }

  /// Brings the rows of one epoch, and tells how many bytes they have.
  private func bring(_ epoch: Range<Int64>, to records: BackgroundRecords) throws -> [Int] {
    var bytes: [Int] = []
    for (place, recording) in Self.layout.states.enumerated() {
      let due = epoch.filter {
        $0 >= recording.from && ($0 - recording.from) % recording.every == 0
      }
      var values: [Double] = []
      for step in due {
        for variable in recording.variables.indices {
          for column in recording.neurons.indices {
            values.append(Self.value(step: step, variable: variable, column: column))
          }
        }
      }
      if let first = due.first {
        try records.states(values.span, rows: due.count, firstStep: first, recording: place)
      }
      bytes.append(values.count * 8)
    }
    return bytes
  }

  @Test("rows beyond the bound are written once and in order", arguments: [1, 32, 5_000])
  func rowsBeyondTheBound(epochLength: Int64) throws {
    let folder = try TemporaryDirectory()
    let directory = try OutputDirectory.create(folder("out"))
    let thread = StorageThread()
    defer { thread.end() }
    // Without a budget the file is begun with the first rows that the thread takes.
    let writer = try thread.perform { () throws(StorageError) in
      SharedWriter(
        try SegmentWriter(
          directory: directory, layout: Self.layout, rank: 0, ranks: 1, firstStep: 0,
          columns: Self.layout.states.map { Array($0.neurons.indices) }, budget: 0),
        path: folder("out/segments"))
    }
    let records = BackgroundRecords(writer, on: thread)
    var start: Int64 = 0
    var isBeyond: [Bool] = []
    for cut in Self.cuts {
      var sent = [0, 0]
      while start < cut {
        let end = min(start + epochLength, cut)
        sent = zip(sent, try bring(start..<end, to: records)).map { $0 + $1 }
        start = end
      }
      isBeyond.append(sent[0] > 2 * BackgroundRecords.fewestBytes)
      try #require(sent[1] < BackgroundRecords.fewestBytes)
      try thread.perform { () throws(StorageError) in }
      #expect(try folder.holdsUnfinishedSegment == (sent[0] >= BackgroundRecords.fewestBytes))
      try records.flush()
      let receipt = try thread.perform { () throws(StorageError) in try writer.cut(at: cut) }
      #expect(receipt?.steps.upperBound == cut)
    }
    #expect(isBeyond == [true, true, false])
    _ = try OutputMerger.finish(directory, layout: Self.layout, steps: start)
    try expectEveryRow(in: folder, of: start)
  }

  private func expectEveryRow(in folder: TemporaryDirectory, of steps: Int64) throws {
    for recording in Self.layout.states {
      let taken = (recording.from..<steps).filter {
        ($0 - recording.from) % recording.every == 0
      }
      for variable in recording.variables.indices {
        let found = try folder.report(
          recording.fileName(variable: variable), shape: [taken.count, recording.neurons.count])
        let expected = taken.flatMap { step in
          recording.neurons.indices.map {
            Self.value(step: step, variable: variable, column: $0)
          }
        }
        #expect(
          firstDifference(found, expected) == nil, "\(recording.name), variable \(variable)")
      }
    }
  }

  /// The place of the first number that is not the expected one. `#expect` would work out the
  /// difference of both lists, which takes minutes for some 100,000 numbers.
  private func firstDifference(_ found: [Double], _ expected: [Double]) -> Int? {
    zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset
      ?? (found.count == expected.count ? nil : min(found.count, expected.count))
  }

  private static let job = """
    name: rows
    simulation: {duration: 150 ms, dt: 0.1 ms, seed: 5}
    models:
      cell:
        equations: |
          dx/dt = (1 - x)/(20*ms) + 0.1*xi*ms**-0.5 : 1
        initial: {x: rand()}
    populations:
      p: {model: cell, size: 200}
    record:
      spikes: none
      states: {x: {population: p, variables: [x], neurons: all, precision: double}}
    checkpoint: {every_simulated: 50 ms}
    """

  @Test("a run writes the rows between its checkpoints that it records in memory")
  func rowsBetweenCheckpoints() throws {
    let job = try Job.load(text: Array(Self.job.utf8), name: "rows.yaml")
    let folder = try TemporaryDirectory()
    var begun: [Int] = []
    let session = RunSession(
      job: job, directory: folder("out"), options: RunOptions(backend: .portable),
      conduct: RunSession.Conduct(checkpoints: CheckpointPolicy(job.checkpoint)),
      communicator: SingleProcessCommunicator())
    _ = try session.run(
      RunSession.Listener(
        notice: { _ in }, progress: { _ in },
        detail: { line in
          let step = line.wholeMatch(of: /checkpoint of step (\d+): begun/)?.output.1
          if let step = step.flatMap({ Int($0) }) { begun.append(step) }
        }))
    let bytes = zip(begun, begun.dropFirst()).map { ($1 - $0) * 200 * 8 }
    try #require(bytes.contains { $0 > BackgroundRecords.fewestBytes }, "\(begun)")

    let memory = try job.experiment.run(RunSettings(kernels: .portable))
    let columns = try (0..<200).map { try #require(memory.states("x", neuron: $0, of: "x")) }
    let found = try folder.report("x.h5", shape: [1_500, 200])
    let expected = (0..<1_500).flatMap { row in columns.map { $0[row] } }
    #expect(firstDifference(found, expected) == nil)
    #expect(Set(found).count > 290_000)
  }
}

extension TemporaryDirectory {
  /// Whether rows have come to the file of a segment that has not ended.
  fileprivate var holdsUnfinishedSegment: Bool {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: self("out/segments"))
        .contains { $0.hasSuffix(".partial") }
    }
  }

  /// The rows of a report of population `p`.
  fileprivate func report(_ name: String, shape: [Int]) throws -> [Double] {
    let file = try HDF5File.open(self("out/" + name))
    let data = try file.openDataset("report/p/data")
    try #require(data.dimensions == shape)
    return try data.read(Double.self, at: [0, 0], count: shape)
  }
}
