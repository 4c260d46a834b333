/// The segments of a run, as they lie in its directory.
package struct SegmentCatalog: Hashable, Sendable {
  /// What all ranks wrote of the same steps.
  struct Interval: Hashable, Sendable {
    var steps: Range<Int64>
    /// Paths in the order of ranks.
    var paths: [String]
  }

  /// Without gaps, in the order of steps.
  let intervals: [Interval]

  private init(intervals: [Interval]) {
    self.intervals = intervals
  }

  /// Of a run of no steps.
  static let none = SegmentCatalog(intervals: [])

  /// The steps that are covered.
  package var steps: Range<Int64> {
    guard let first = intervals.first, let last = intervals.last else { return 0..<0 }
    return first.steps.lowerBound..<last.steps.upperBound
  }

  /// Reads which segments there are, and makes sure that none is missing.
  package init(of directory: OutputDirectory) throws(StorageError) {
    var byStep: [Int64: [(rank: Int, path: String)]] = [:]
    for name in try Durability.names(in: directory.segments, followsLink: false) {
      guard let (firstStep, rank) = SegmentFile.parse(name) else { continue }
      byStep[firstStep, default: []].append((rank, "\(directory.segments)/\(name)"))
    }
    var intervals: [Interval] = []
    for firstStep in byStep.keys.sorted() {
      let files = (byStep[firstStep] ?? []).sorted { $0.rank < $1.rank }
      let steps = try SegmentCatalog.check(files, firstStep: firstStep)
      if let before = intervals.last, before.steps.upperBound != firstStep {
        throw SegmentFile.damaged(
          directory.segments,
          "steps \(before.steps.upperBound) to \(firstStep) are in no segment")
      }
      intervals.append(Interval(steps: steps, paths: files.map(\.path)))
    }
    guard !intervals.isEmpty else {
      throw StorageError(
        call: "read segments", path: directory.segments, reason: "there are no segments",
        exitCode: ExitCode.badInput)
    }
    self.intervals = intervals
  }

  /// Makes sure that one interval's files are of all its ranks and of the same steps.
  private static func check(
    _ files: [(rank: Int, path: String)], firstStep: Int64
  ) throws(StorageError) -> Range<Int64> {
    var expected: SegmentFile.Header?
    for (place, file) in files.enumerated() {
      let header = try SegmentFile.header(of: file.path)
      guard header.rank == file.rank, header.steps.lowerBound == firstStep else {
        throw SegmentFile.damaged(file.path, "its header is another file's")
      }
      guard header.rank == place else {
        throw SegmentFile.damaged(
          file.path, "rank \(place)'s segment from the same step is missing")
      }
      guard header.ranks == expected?.ranks ?? header.ranks,
        header.steps == expected?.steps ?? header.steps
      else { throw SegmentFile.damaged(file.path, "it does not match the other ranks' segments") }
      expected = header
    }
    guard let expected, expected.ranks == files.count else {
      throw SegmentFile.damaged(
        files.last?.path ?? "",
        "\(files.count) of \(expected?.ranks ?? 0) ranks' segments are there")
    }
    return expected.steps
  }

  /// Removes the segments that begin at or after a step, and all that never got a name: the run
  /// goes on from there. Called by one rank while no other writes.
  package static func discard(
    from step: Int64, in directory: OutputDirectory
  ) throws(StorageError) {
    var hasRemoved = false
    for name in try Durability.names(in: directory.segments, followsLink: false) {
      let isLate = SegmentFile.parse(name).map { $0.firstStep >= step } ?? false
      if isLate || (name.hasPrefix(".step-") && name.hasSuffix(".partial")) {
        try Durability.removeIfPresent("\(directory.segments)/\(name)")
        hasRemoved = true
      }
    }
    if hasRemoved { try Durability.synchronizeDirectory(directory.segments) }
  }

  /// Removes all segments. They vanish at once, by one renaming, and are deleted then: whoever is
  /// interrupted leaves either all of them or a directory that nobody reads.
  static func remove(
    from directory: OutputDirectory, with files: any FileOperations
  ) throws(StorageError) {
    let grave = "\(directory.path)/.segments.merged"
    try files.removeTree(grave)
    if try files.status(of: directory.segments) == nil { return }
    try files.rename(directory.segments, to: grave)
    try files.removeTree(grave)
  }
}
