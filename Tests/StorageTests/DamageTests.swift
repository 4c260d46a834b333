import Engine
import Foundation
import RandomNumbers
import Storage
import Testing

/// A disk with two generations, the newer of which is to be damaged.
private struct DamagedWorld {
  let disk: SimulatedDisk
  let directory: OutputDirectory
  let old: CheckpointManifest
  let new: CheckpointManifest
  static let newest = "/out/checkpoints/gen-000000000020"

  init(ranks: Int) throws {
    disk = SimulatedDisk(directory: "/out/segments")
    directory = try OutputDirectory(naming: "/out")
    let store = CheckpointStore(directory: directory, keep: 3, files: disk)
    var segments: [[SegmentReceipt]] = []
    var manifests: [CheckpointManifest] = []
    for step in [10, 20] as [Int64] {
      var interval: [SegmentReceipt] = []
      for rank in 0..<ranks {
        let segment = ClosedSegment(in: directory, rank: rank, steps: step - 10..<step)
        try disk.leave(Array("rank \(rank) up to \(step)".utf8), at: segment.partialPath)
        interval.append(try segment.seal(with: disk))
      }
      segments.append(interval)
      manifests.append(
        try CheckpointWorld(step: step, size: 5).commit(
          to: store, ranks: ranks, segments: segments))
    }
    old = manifests[0]
    new = manifests[1]
  }

  /// The files of the newest generation, and the segments that only it needs.
  var victims: [String] {
    disk.allFiles.keys.filter {
      $0.hasPrefix(DamagedWorld.newest + "/") || $0.contains("/segments/step-000000000010.")
    }.sorted()
  }

  /// What is wrong with what is found on a disk; `nil` if it is the old generation, and the new
  /// one was refused with a reason.
  func violation(on disk: SimulatedDisk) -> String? {
    let store = CheckpointStore(directory: directory, keep: 3, files: disk)
    guard let newest = try? store.newest(accepting: CheckpointWorld.identity) else {
      return "the search failed"
    }
    guard newest.found?.manifest == old else {
      return "found is step \(newest.found?.manifest.step ?? -1)"
    }
    guard newest.rejected.count == 1, newest.rejected[0].reason.contains("/out/") else {
      return "rejected are \(newest.rejected)"
    }
    return nil
  }

  /// One mutant of a file.
  func violation(of path: String, _ change: (inout [UInt8]) -> Void) -> String? {
    let mutant = disk.copy
    mutant.damage(path, change)
    return violation(on: mutant).map { "\(path): \($0)" }
  }
}

@Suite struct DamageTests {
  @Test(arguments: [1, 2, 3])
  func everyTruncationAndEveryFlippedByteIsDetected(ranks: Int) throws {
    let world = try DamagedWorld(ranks: ranks)
    let control = CheckpointStore(directory: world.directory, keep: 3, files: world.disk)
    try #require(try control.newest(accepting: nil).found?.manifest == world.new)
    var random = SplitMix(state: UInt64(ranks) &* 971)
    var mutants = 0
    var violations: [String?] = []
    let files = world.disk.allFiles
    let stride = ReliabilityScale.count(sample: 29, whole: 1)
    for path in world.victims {
      let bytes = try #require(files[path])
      for place in Swift.stride(from: mutants % stride, to: bytes.count, by: stride) {
        let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
        violations.append(world.violation(of: path) { $0[place] ^= bit })
        violations.append(world.violation(of: path) { $0.removeSubrange(place...) })
        mutants += 2
      }
    }
    #expect(mutants > 200)
    #expect(violations.compactMap { $0 }.isEmpty, "\(violations.compactMap { $0 }.prefix(5))")
    ReliabilityScale.report("R6, \(ranks) ranks: \(mutants) truncations and flipped bits")
  }

  @Test func whateverHappensToBytesIsDetected() throws {
    let world = try DamagedWorld(ranks: 2)
    let files = world.disk.allFiles
    var random = SplitMix(state: 66)
    let wanted = ReliabilityScale.count(sample: 400, whole: 25_000)
    var violations: [String?] = []
    var mutants = 0
    while mutants < wanted {
      let path = try #require(world.victims.randomElement(using: &random))
      let bytes = try #require(files[path])
      var other = bytes
      let start = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, start + Int.random(in: 1...600, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: for place in start..<end { other[place] = 0 }
      case 1: for place in start..<end { other[place] = UInt8.random(in: 0...255, using: &random) }
      case 2: other.removeSubrange(start..<end)
      case 3: other.insert(contentsOf: bytes[start..<end], at: start)
      default: other.append(contentsOf: bytes[start..<end])
      }
      guard other != bytes else { continue }
      violations.append(world.violation(of: path) { $0 = other })
      mutants += 1
    }
    #expect(violations.compactMap { $0 }.isEmpty, "\(violations.compactMap { $0 }.prefix(5))")
    ReliabilityScale.report("R6: \(mutants) random mutants, seed 66")
  }

  /// Files that are whole, and in the wrong place.
  @Test func filesOfOtherGenerationsRanksAndRunsAreDetected() throws {
    let world = try DamagedWorld(ranks: 3)
    let other = try DamagedWorld(ranks: 2)
    let files = world.disk.allFiles
    let (new, old) = (DamagedWorld.newest, "/out/checkpoints/gen-000000000010")
    func bytes(_ path: String) throws -> [UInt8] { try #require(files[path]) }
    let foreign = try #require(other.disk.allFiles[new + "/shard-00001.h5"])
    let foreignManifest = try #require(other.disk.allFiles[new + "/manifest.json"])
    let mutants: [(String, (SimulatedDisk) throws -> Void)] = [
      (
        "swapped shards",
        { disk in
          let (one, two) = (try bytes(new + "/shard-00001.h5"), try bytes(new + "/shard-00002.h5"))
          disk.damage(new + "/shard-00001.h5") { $0 = two }
          disk.damage(new + "/shard-00002.h5") { $0 = one }
        }
      ),
      (
        "a shard twice",
        { disk in
          let one = try bytes(new + "/shard-00001.h5")
          disk.damage(new + "/shard-00002.h5") { $0 = one }
        }
      ),
      (
        "a shard of the generation before",
        { disk in
          let one = try bytes(old + "/shard-00001.h5")
          disk.damage(new + "/shard-00001.h5") { $0 = one }
        }
      ),
      ("a shard of another run", { $0.damage(new + "/shard-00001.h5") { $0 = foreign } }),
      ("a missing shard", { try $0.remove(new + "/shard-00000.h5") }),
      ("a missing manifest", { try $0.remove(new + "/manifest.json") }),
      ("a shard more", { try $0.leave(foreign, at: new + "/shard-00003.h5") }),
      (
        "the manifest of the generation before",
        { disk in
          let manifest = try bytes(old + "/manifest.json")
          disk.damage(new + "/manifest.json") { $0 = manifest }
        }
      ),
      (
        "the manifest of other ranks",
        {
          $0.damage(new + "/manifest.json") { $0 = foreignManifest }
        }
      ),
      ("a missing segment", { try $0.remove("/out/segments/step-000000000010.rank-00002.h5") }),
      (
        "swapped segments",
        { disk in
          let one = try bytes("/out/segments/step-000000000010.rank-00001.h5")
          disk.damage("/out/segments/step-000000000010.rank-00002.h5") { $0 = one }
        }
      ),
      (
        "a generation under another step's name",
        {
          try $0.rename(new, to: "/out/checkpoints/gen-000000000021")
        }
      ),
      (
        "an empty generation",
        { disk in
          for name in try disk.names(in: new) { try disk.remove("\(new)/\(name)") }
        }
      ),
    ]
    for (name, change) in mutants {
      let mutant = world.disk.copy
      try change(mutant)
      #expect(world.violation(on: mutant) == nil, "\(name)")
    }
  }

  /// The harness must be able to fail: a reader that checks sizes only does not see a flipped bit.
  @Test func seededFaultReadingNoHashesIsCaught() throws {
    let world = try DamagedWorld(ranks: 2)
    let disk = world.disk.copy
    let path = DamagedWorld.newest + "/shard-00001.h5"
    let good = try #require(disk.allFiles[path])
    disk.damage(path) { $0[700] ^= 4 }
    // Files that read as they once were: the hash is that of other bytes than libhdf5 will see.
    let blind = disk.copy
    blind.damage(path) { $0 = good }
    #expect(world.violation(on: disk) == nil)
    #expect(world.violation(on: blind) != nil)
  }
}
