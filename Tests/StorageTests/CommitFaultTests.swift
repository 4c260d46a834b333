import Engine
import Foundation
import Storage
import TemporaryDirectories
import Testing

/// Disks that refuse, in the midst of a commit.
@Suite struct CommitFaultTests {
  /// Counts calls and makes one of them go wrong. `@unchecked`: a test has one thread.
  final class Fault: @unchecked Sendable {
    let place: Int
    let reason: String
    var calls: [FaultyFiles.Call] = []
    var victim: FaultyFiles.Call?

    init(_ place: Int, _ reason: String) {
      self.place = place
      self.reason = reason
    }

    /// The calls of a commit that change something.
    static let kinds: Set<FaultyFiles.Call.Kind> = [
      .create, .write, .synchronize, .close, .makeDirectory, .synchronizeDirectory, .rename,
      .remove, .removeDirectory,
    ]

    func outcome(_ call: FaultyFiles.Call) -> FaultyFiles.Outcome {
      guard Fault.kinds.contains(call.kind) else { return .done }
      calls.append(call)
      guard calls.count - 1 == place else { return .done }
      victim = call
      return .failed(
        StorageError(
          call: call.kind.rawValue, path: call.path, reason: reason, exitCode: 74))
    }
  }

  private func store(_ files: any FileOperations, keep: Int = 2) throws -> CheckpointStore {
    CheckpointStore(directory: try OutputDirectory(naming: "/out"), keep: keep, files: files)
  }

  /// The k-th call fails, for every k until a commit comes through untouched.
  @Test(arguments: [
    "No space left on device (ENOSPC)", "Input/output error (EIO)", "Disk quota exceeded (EDQUOT)",
  ])
  func whicheverCallFailsTheGenerationBeforeStaysAndTheReasonIsNamed(reason: String) throws {
    let old = SimulatedDisk(directory: "/out/segments")
    try CheckpointWorld(step: 10, size: 5).commit(to: try store(old), ranks: 2)
    var injected = 0
    while true {
      let disk = old.copy
      let fault = Fault(injected, reason)
      let world = CheckpointWorld(step: 20, size: 5)
      let faulty = try store(FaultyFiles(disk) { fault.outcome($0) }, keep: 1)
      do {
        try world.commit(to: faulty, ranks: 2)
        guard let victim = fault.victim else { break }
        // After the rename and its fsync only pruning is left, whose failure costs nothing.
        #expect(victim.path.contains("gen-000000000010"), "\(victim) failed, the commit did not")
      } catch let error as StorageError {
        let victim = try #require(fault.victim, "\(error)")
        #expect(error.path == victim.path && error.reason == reason && error.exitCode == 74)
        let again = fault.calls.filter { $0 == victim && $0.kind == .synchronize }
        #expect(again.count <= 1, "an fsync was repeated")
        faulty.draft(step: 20, nonce: 625).discard()
      }
      let sound = try store(disk)
      let newest = try sound.newest(accepting: CheckpointWorld.identity)
      let found = try #require(newest.found)
      #expect(found.manifest.step == 10 || found.manifest.step == 20)
      #expect(newest.rejected.isEmpty)
      try sound.discardUnfinished()
      try CheckpointWorld(step: 30, size: 5).commit(to: sound, ranks: 1)
      #expect(try sound.newest(accepting: nil).found?.manifest.step == 30)
      injected += 1
    }
    #expect(injected > 27)
    ReliabilityScale.report("R5, in process: \(injected) faults '\(reason)' in a commit")
  }

  /// A disk that writes other bytes than it was given: found out before anything is removed.
  @Test(arguments: ["shard-00001.h5", "manifest.json"])
  func whatDoesNotReadBackAsWrittenIsNoGeneration(name: String) throws {
    let disk = SimulatedDisk(directory: "/out/segments")
    try CheckpointWorld(step: 10, size: 5).commit(to: try store(disk), ranks: 2)
    try CheckpointWorld(step: 15, size: 5).commit(to: try store(disk), ranks: 2)
    let lying = FaultyFiles(disk) {
      $0.kind == .write && $0.path.hasSuffix(name) ? .corrupted : .done
    }
    let error = #expect(throws: StorageError.self) {
      try CheckpointWorld(step: 20, size: 5).commit(to: try store(lying), ranks: 2)
    }
    #expect(error?.path.hasSuffix(name) == true)
    #expect(error?.reason.contains("cannot be used") == true)
    #expect(
      try store(disk).generations() == ["gen-000000000015", "gen-000000000010"])
  }

  /// The seeded fault: older generations are removed before the new one is read again.
  @Test func seededFaultPruningBeforeVerifyingIsCaught() throws {
    let disk = SimulatedDisk(directory: "/out/segments")
    try CheckpointWorld(step: 10, size: 5).commit(to: try store(disk), ranks: 2)
    let eager = FaultyFiles(disk) { call in
      if call.kind == .synchronizeDirectory, call.path.hasSuffix("/checkpoints") {
        try? disk.removeTree("/out/checkpoints/gen-000000000010")
      }
      return call.kind == .write && call.path.hasSuffix("shard-00001.h5") ? .corrupted : .done
    }
    #expect(throws: StorageError.self) {
      try CheckpointWorld(step: 20, size: 5).commit(to: try store(eager), ranks: 2)
    }
    #expect(try store(disk).newest(accepting: nil).found == nil, "nothing good is left")
  }

  /// The seeded fault: an error of close is ignored, as NFS tells of a full disk there.
  @Test func seededFaultIgnoringCloseIsCaught() throws {
    let disk = SimulatedDisk(directory: "/out/segments")
    let full = StorageError(call: "close", path: "shard", reason: "(ENOSPC)", exitCode: 74)
    let late = FaultyFiles(disk) { call in
      guard call.kind == .close, call.path.hasSuffix("shard-00000.h5") else { return .done }
      disk.damage(call.path) { $0.removeLast(100) }
      return .failed(full)
    }
    let ignoring = FaultyFiles(disk) { call in
      if call.kind == .close, call.path.hasSuffix("shard-00000.h5") {
        disk.damage(call.path) { $0.removeLast(100) }
      }
      return .done
    }
    for files in [late, ignoring] {
      #expect(throws: StorageError.self) {
        try CheckpointWorld(step: 20, size: 5).commit(to: try store(files), ranks: 1)
      }
      try store(disk).discardUnfinished()
      #expect(try store(disk).newest(accepting: nil).found == nil)
    }
  }
}

extension HDF5Suite {
  /// The same on this machine's own file system.
  @Suite struct FullCheckpointDiskTests {
    @Test func aShardThatDoesNotFitNamesTheFileAndTheErrorAndLeavesTheOldOne() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"))
      let store = CheckpointStore(directory: directory, keep: 2)
      try CheckpointWorld(step: 10).commit(to: store, ranks: 1)
      let error = #expect(throws: StorageError.self) {
        _ = try Isolation.run(reading: "test") { () throws(StorageError) in
          signal(SIGXFSZ, SIG_IGN)
          var limit = rlimit(rlim_cur: 1_000, rlim_max: 1_000)
          setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
          let world = CheckpointWorld(step: 20)
          _ = try store.draft(step: 20, nonce: 1).writeShard(
            world.sections(rank: 0, ranks: 1), instant: world.instant, rank: 0, ranks: 1)
          return []
        }
      }
      #expect(error?.exitCode == 74)
      #expect(error?.reason == "File too large (EFBIG)")
      #expect(error?.path.hasSuffix("shard-00000.h5") == true)
      #expect(try store.newest(accepting: nil).found?.manifest.step == 10)
    }

    /// Whoever cannot be read for the machine's sake is neither missing nor damaged.
    @Test func whatTheMachineCannotReadIsNoMissingInput() throws {
      let place = try TemporaryDirectory()
      let directory = try OutputDirectory.create(place("out"))
      try directory.write("text", to: "file")
      let error = #expect(throws: StorageError.self) {
        _ = try Isolation.run(reading: "test") { () throws(StorageError) in
          var limit = rlimit(rlim_cur: 0, rlim_max: 0)
          setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
          try DiskFiles().read(directory.path + "/file") { _ in }
          return []
        }
      }
      #expect(error?.exitCode == 74)
      #expect(error?.reason.contains("(EMFILE)") == true)
      let missing = #expect(throws: StorageError.self) {
        try DiskFiles().read(directory.path + "/other") { _ in }
      }
      #expect(missing?.exitCode == 66)
    }
  }
}
