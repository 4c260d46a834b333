import Engine
import RandomNumbers
import Storage
import Testing

/// Two commits in a row, a prune and a merge, on a disk that loses power at any moment.
struct PowerLossLife {
  let disk: SimulatedDisk
  let directory: OutputDirectory
  /// What was committed, by step.
  private(set) var manifests: [Int64: CheckpointManifest] = [:]
  /// Bytes of each generation's shards, by path.
  private(set) var shards: [Int64: [String: [UInt8]]] = [:]
  private let ranks = 2
  /// What the merge makes.
  private static let merged: KeyValuePairs = [
    "spikes.h5": Array("merged spikes".utf8), "soma.h5": Array("merged soma".utf8),
  ]

  /// - Parameter files: What commits; the disk, or the disk with a fault.
  init(
    through files: (SimulatedDisk) -> any FileOperations = { $0 }
  ) throws {
    disk = SimulatedDisk(directory: "/out/segments")
    directory = try OutputDirectory(naming: "/out")
    let sound = CheckpointStore(directory: directory, keep: 2, files: disk)
    var segments: [[SegmentReceipt]] = []
    for step in [10, 20] as [Int64] {
      segments.append(try seal(step - 10..<step, with: disk))
      try commit(step, segments, to: sound)
    }
    disk.settle()
    disk.mark(20)
    let store = CheckpointStore(directory: directory, keep: 2, files: files(disk))
    for step in [30, 40] as [Int64] {
      segments.append(try seal(step - 10..<step, with: files(disk)))
      try commit(step, segments, to: store)
      disk.mark(step)
    }
    for (name, bytes) in Self.merged {
      try disk.leave(bytes, at: "/out/.\(name).partial")
      try files(disk).synchronizeFile("/out/.\(name).partial")
    }
    try MergedOutput.replaceSegments(
      by: Self.merged.map(\.key), of: "4d3c", steps: 0..<40, in: directory, with: files(disk))
    disk.mark(40)
  }

  private func seal(
    _ steps: Range<Int64>, with files: any FileOperations
  ) throws -> [SegmentReceipt] {
    try (0..<ranks).map { rank in
      let segment = ClosedSegment(in: directory, rank: rank, steps: steps)
      try disk.leave(
        Array("what rank \(rank) recorded in \(steps)".utf8), at: segment.partialPath)
      return try segment.seal(with: files)
    }
  }

  private mutating func commit(
    _ step: Int64, _ segments: [[SegmentReceipt]], to store: CheckpointStore
  ) throws {
    let world = CheckpointWorld(step: step, size: 5)
    manifests[step] = try world.commit(to: store, ranks: ranks, segments: segments)
    shards[step] = disk.allFiles.filter { $0.key.contains("/gen-") && $0.key.hasSuffix(".h5") }
      .filter { $0.key.contains("\(step)/") }
  }

  /// What is wrong with what a run finds after power was lost; `nil` if nothing is.
  func violation(at count: Int, fates: [Int: SimulatedDisk.Fate]) -> String? {
    let after = disk.crashed(at: count, fates: fates)
    var durable: Int64 = 20
    for case .mark(let step) in disk.log.prefix(count) { durable = step }
    let store = CheckpointStore(directory: directory, keep: 2, files: after)
    do {
      try store.discardUnfinished()
      let newest = try store.newest(accepting: CheckpointWorld.identity)
      guard let found = newest.found else {
        return "nothing found: \(newest.rejected.map(\.reason))"
      }
      let step = found.manifest.step
      guard step == durable || step == durable + 10 else {
        return "step \(step) was found, durable was \(durable): \(newest.rejected.map(\.reason))"
      }
      guard found.manifest == manifests[step] else { return "another manifest of step \(step)" }
      let files = after.allFiles
      for (path, bytes) in shards[step] ?? [:] where files[path] != bytes {
        return "\(path) is not what was written"
      }
      guard found.output == .merged else { return nil }
      for (name, bytes) in Self.merged where files["/out/\(name)"] != bytes {
        return "\(name) is not there as it was merged"
      }
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Losses of power: behind every operation, with every subset of few pending operations and
  /// random fates of many.
  ///
  /// - Parameter mostViolations: Ends early after so many.
  /// - Returns: How many different states there were, and what was wrong in some.
  func losePower(
    states: Int, seed: UInt64, mostViolations: Int = .max
  ) -> (states: Int, violations: [String]) {
    var random = SplitMix(state: seed)
    var violations: [String] = []
    var total = 0
    let moments = (0...disk.log.count).map { disk.pending(at: $0) }
    let share = share(of: moments, states: states)
    for (count, pending) in moments.enumerated() {
      var seen: Set<[Int: SimulatedDisk.Fate]> = []
      for variant in 0..<share * 3 where seen.count < share {
        let fates = fates(of: pending, variant: variant, using: &random)
        guard seen.insert(fates).inserted else { continue }
        if let violation = violation(at: count, fates: fates) {
          violations.append("after operation \(count): \(violation)")
          if violations.count == mostViolations { return (total + seen.count, violations) }
        }
      }
      total += seen.count
    }
    return (total, violations)
  }

  /// States for each moment, so that all together make about as many as wanted: where only names
  /// are pending there are but so many, torn writes make any number.
  private func share(of moments: [[Int]], states: Int) -> Int {
    let few = moments.map { pending in
      let hasWrites = pending.contains { if case .write = disk.log[$0] { true } else { false } }
      return hasWrites || pending.count > 20 ? Int.max : 1 << pending.count
    }
    var share = 1
    while few.reduce(0, { $0 + min($1, share) }) < states { share += max(1, share / 8) }
    return share
  }

  private func fates(
    of pending: [Int], variant: Int, using random: inout SplitMix
  ) -> [Int: SimulatedDisk.Fate] {
    // First all subsets in the order of binary numbers, which begins with all and nothing lost.
    if variant < 4 || (pending.count <= 5 && variant < 1 << pending.count) {
      let bits = variant < 2 ? (variant == 0 ? 0 : -1) : variant - 1
      return Dictionary(
        uniqueKeysWithValues: pending.enumerated().map {
          ($1, bits >> min($0, 62) & 1 == 1 ? .dropped : .kept)
        })
    }
    let loss = [0.1, 0.5, 0.9].randomElement(using: &random) ?? 0.5
    var fates: [Int: SimulatedDisk.Fate] = [:]
    for place in pending {
      guard Double.random(in: 0..<1, using: &random) < loss else {
        fates[place] = .kept
        continue
      }
      guard case .write = disk.log[place] else {
        fates[place] = .dropped
        continue
      }
      fates[place] =
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .dropped
        case 1: .zeros
        default: .torn(UInt8.random(in: 0...255, using: &random))
        }
    }
    return fates
  }
}

@Suite struct PowerLossTests {
  @Test func afterEveryLossOfPowerTheNewestDurableGenerationIsFound() throws {
    let life = try PowerLossLife()
    try #require(life.disk.log.count > 80)
    let wanted = ReliabilityScale.count(sample: 3_000, whole: 115_000)
    let seed: UInt64 = 20_261_123
    let outcome = life.losePower(states: wanted, seed: seed)
    #expect(outcome.violations.isEmpty, "\(outcome.violations.prefix(5))")
    #expect(outcome.states >= ReliabilityScale.count(sample: 1_500, whole: 100_000))
    ReliabilityScale.report(
      "R3: \(outcome.states) states of \(life.disk.log.count) operations, seed \(seed), "
        + "\(outcome.violations.count) wrong")
  }

  @Test func aCommitAfterALossOfPowerSucceeds() throws {
    let life = try PowerLossLife()
    for count in stride(from: 0, through: life.disk.log.count, by: 7) {
      let after = life.disk.crashed(at: count, fates: [:])
      let store = CheckpointStore(directory: life.directory, keep: 2, files: after)
      try store.discardUnfinished()
      let found = try #require(try store.newest(accepting: nil).found)
      let world = CheckpointWorld(step: found.manifest.step, size: 5)
      var next = world
      next.step += 5
      let nothing = ClosedSegment(
        in: life.directory, rank: 0, steps: world.step..<next.step)
      if try after.status(of: "/out/segments") == nil { try after.makeDirectory("/out/segments") }
      try after.leave([1, 2, 3], at: nothing.partialPath)
      let segments = found.manifest.segments + [[try nothing.seal(with: after)]]
      try next.commit(to: store, ranks: 3, segments: segments, run: "other")
      #expect(try store.generations().first == "gen-0000000000\(next.step)")
    }
  }

  /// The life with some operations left out, or others done first.
  private func violations(
    _ intercept: @escaping @Sendable (FaultyFiles.Call) -> FaultyFiles.Outcome
  ) throws -> [String] {
    let life = try PowerLossLife { FaultyFiles($0, intercept) }
    return life.losePower(states: 3_000, seed: 7, mostViolations: 1).violations
  }

  @Test func seededFaultNoFsyncOfTheDirectoryAboveIsCaught() throws {
    let found = try violations {
      $0.kind == .synchronizeDirectory && $0.path.hasSuffix("/checkpoints") ? .skipped : .done
    }
    #expect(!found.isEmpty)
  }

  @Test func seededFaultNoFsyncOfTheDraftIsCaught() throws {
    let found = try violations {
      $0.kind == .synchronizeDirectory && $0.path.contains("/.gen-") ? .skipped : .done
    }
    #expect(!found.isEmpty)
  }

  @Test func seededFaultNoFsyncOfAShardIsCaught() throws {
    let found = try violations {
      $0.kind == .synchronize && $0.path.contains("shard-00001") ? .skipped : .done
    }
    #expect(!found.isEmpty)
  }

  @Test func seededFaultNoFsyncOfTheManifestIsCaught() throws {
    let found = try violations {
      $0.kind == .synchronize && $0.path.hasSuffix("manifest.json") ? .skipped : .done
    }
    #expect(!found.isEmpty)
  }

  @Test func seededFaultNoFsyncOfASegmentIsCaught() throws {
    let found = try violations {
      $0.kind == .synchronize && $0.path.contains("/segments/.step-") ? .skipped : .done
    }
    #expect(!found.isEmpty)
  }

  @Test func seededFaultNoFsyncOfTheSegmentsDirectoryIsCaught() throws {
    let found = try violations {
      $0.kind == .synchronizeDirectory && $0.path.hasSuffix("/segments") ? .skipped : .done
    }
    #expect(!found.isEmpty)
  }

  @Test func seededFaultNoFsyncOfMergedFilesIsCaught() throws {
    let found = try violations {
      $0.kind == .synchronize && $0.path.hasSuffix(".spikes.h5.partial") ? .skipped : .done
    }
    #expect(!found.isEmpty)
  }

  @Test func seededFaultMergedFilesWithoutARecordOnDiskAreCaught() throws {
    let found = try violations {
      $0.kind == .synchronizeDirectory && $0.path == "/out" ? .skipped : .done
    }
    #expect(!found.isEmpty)
  }

  /// A rank that writes its shard only after the generation has got its name.
  private final class LateRank: FileOperations, @unchecked Sendable {
    // `@unchecked`: a test has one thread.
    private let disk: SimulatedDisk
    private var held: [(path: String, bytes: [UInt8])] = []

    init(_ disk: SimulatedDisk) { self.disk = disk }

    var user: UInt32 { disk.user }

    private func isHeld(_ path: String) -> Bool { path.hasSuffix("/shard-00001.h5") }

    func create(_ path: String) throws(StorageError) -> Int32 {
      guard isHeld(path) else { return try disk.create(path) }
      held = held.filter { $0.path != path } + [(path, [])]
      return -1
    }

    func write(
      _ bytes: UnsafeRawBufferPointer, to file: Int32, at path: String
    ) throws(StorageError) {
      guard file < 0 else { return try disk.write(bytes, to: file, at: path) }
      if let place = held.firstIndex(where: { $0.path == path }) { held[place].bytes += bytes }
    }

    func synchronize(_ file: Int32, at path: String) throws(StorageError) {
      if file >= 0 { try disk.synchronize(file, at: path) }
    }

    func close(_ file: Int32, at path: String) throws(StorageError) {
      if file >= 0 { try disk.close(file, at: path) }
    }

    func rename(_ old: String, to new: String) throws(StorageError) {
      try disk.rename(old, to: new)
      for (path, bytes) in held where path.hasPrefix(old + "/") {
        let file = try disk.create(new + path.dropFirst(old.count))
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in
          try disk.write(bytes, to: file, at: path)
        }
        try disk.synchronize(file, at: path)
        try disk.close(file, at: path)
      }
      held = held.filter { !$0.path.hasPrefix(old + "/") }
    }

    func synchronizeFile(_ path: String) throws(StorageError) { try disk.synchronizeFile(path) }
    func makeDirectory(_ path: String) throws(StorageError) { try disk.makeDirectory(path) }
    func synchronizeDirectory(_ path: String) throws(StorageError) {
      try disk.synchronizeDirectory(path)
    }
    func remove(_ path: String) throws(StorageError) { try disk.remove(path) }
    func removeDirectory(_ path: String) throws(StorageError) { try disk.removeDirectory(path) }
    func names(in path: String) throws(StorageError) -> [String] { try disk.names(in: path) }
    func status(of path: String) throws(StorageError) -> FileStatus? { try disk.status(of: path) }
    func read(
      _ path: String, _ piece: (UnsafeRawBufferPointer) -> Void
    ) throws(StorageError) {
      try disk.read(path, piece)
    }
  }

  @Test func seededFaultRenamingBeforeAllShardsAreThereIsCaught() throws {
    let life = try PowerLossLife { LateRank($0) }
    #expect(!life.losePower(states: 3_000, seed: 7, mostViolations: 1).violations.isEmpty)
  }
}
