/// One rank's records of some steps, in a file that never changes once it has its name.
///
///     header            i64 [5]: version, rank, ranks, first step, step after the last
///     streams/K/step    i64 [n], stream K's records in the order of (step, neuron)
///     streams/K/neuron  u32 [n]
///     states/K/columns  i64 [C], places in recording K's neurons that this rank owns, ascending
///     states/K/data     f32 or f64 [rows, variables, C], in the units of files
///
/// Streams without records and recordings without rows or columns have no group.
enum SegmentFile {
  static let version: Int64 = 1

  struct Header: Hashable, Sendable {
    var rank: Int
    var ranks: Int
    var steps: Range<Int64>

    var values: [Int64] {
      [version, Int64(rank), Int64(ranks), steps.lowerBound, steps.upperBound]
    }
  }

  static func name(firstStep: Int64, rank: Int) -> String {
    "step-\(padded(firstStep, to: 12)).rank-\(padded(Int64(rank), to: 5)).h5"
  }

  /// Where a segment stands until it is whole.
  static func partialPath(_ name: String, in directory: OutputDirectory) -> String {
    "\(directory.segments)/.\(name).partial"
  }

  /// First step and rank of a segment's name; `nil` for other names.
  static func parse(_ name: String) -> (firstStep: Int64, rank: Int)? {
    guard name.hasPrefix("step-"), name.hasSuffix(".h5") else { return nil }
    let parts = name.dropFirst(5).dropLast(3).split(
      separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].hasPrefix("rank-"), let step = Int64(parts[0]),
      let rank = Int(parts[1].dropFirst(5)), step >= 0, rank >= 0,
      self.name(firstStep: step, rank: rank) == name
    else { return nil }
    return (step, rank)
  }

  private static func padded(_ value: Int64, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Reads and checks the header of a segment.
  static func header(of path: String) throws(StorageError) -> Header {
    let file = try HDF5File.open(path)
    let dataset = try file.openDataset("header")
    guard dataset.dimensions == [5] else { throw damaged(path, "its header has another shape") }
    let values = try dataset.read(Int64.self, at: [0], count: [5])
    guard values[0] == version else {
      throw damaged(path, "it has version \(values[0]); this program reads \(version)")
    }
    guard let rank = Int(exactly: values[1]), let ranks = Int(exactly: values[2]), rank >= 0,
      rank < ranks, values[3] >= 0, values[3] <= values[4]
    else { throw damaged(path, "its header makes no sense: \(values)") }
    return Header(rank: rank, ranks: ranks, steps: values[3]..<values[4])
  }

  static func damaged(_ path: String, _ reason: String) -> StorageError {
    StorageError(
      call: "read segment", path: path, reason: "the segment cannot be used: \(reason)",
      exitCode: ExitCode.inputOutput)
  }
}

/// A segment that is on disk for good: what a checkpoint's manifest says of it.
package struct SegmentReceipt: Hashable, Sendable, Codable {
  /// In `segments/`.
  package var name: String
  package var bytes: Int
  package var hash: ContentHash.Digest
  /// The steps it covers.
  package var steps: Range<Int64>
}
