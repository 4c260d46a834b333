import Dispatch
import Engine
import Foundation
import Jobs
import Kernels
import Messaging
import Storage
import Synchronization

/// What is known of all points before the first one begins: that their jobs are right, which
/// kernels they need, and what memory. The ranks share the reading.
struct SweepSurvey: Sendable {
  /// One structure of kernels.
  struct Structure: Hashable, Codable, Sendable {
    /// Hash of the kernel's text.
    var digest: String
    /// A point that needs it, and the population.
    var point: Int
    var population: Int
  }

  private struct Share: Codable, Sendable {
    var hashes: [Int: String] = [:]
    var structures: [Structure] = []
    var mostBytes = 0
  }

  /// Hashes of the points' jobs.
  private(set) var hashes: [Int: String] = [:]
  /// Each once, in an order that is the same on all ranks.
  private(set) var structures: [Structure] = []
  /// Of the point that needs most memory.
  private(set) var mostBytes = 0

  /// Reads this rank's share of the points.
  ///
  /// - Parameters:
  ///   - threads: that read at the same time.
  ///   - warn: gets the jobs' warnings.
  /// - Throws: what is wrong with jobs of the share.
  init(
    _ file: JobFile, points: [Int], needsKernels: Bool, threads: Int,
    communicator: any Communicator, warn: (JobDiagnostic) -> Void
  ) throws(RunFailure) {
    let share = stride(from: communicator.rank, to: points.count, by: communicator.size)
      .map { points[$0] }
    let readers = Mutex<[Reader]>([])
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, share.count))) { reader in
      guard var own = Reader(file, needsKernels: needsKernels) else { return }
      for place in stride(from: reader, to: share.count, by: max(1, min(threads, share.count))) {
        own.read(share[place])
      }
      readers.withLock { [own] in $0.append(own) }
    }
    guard var whole = Reader(file, needsKernels: needsKernels) else { return }
    for reader in readers.withLock(\.self) { whole.merge(reader) }
    for warning in whole.check.warnings { warn(warning) }
    if let errors = whole.check.errors { throw RunFailure(errors) }
    if let failure = whole.failure { throw failure }
    own = whole.share
  }

  /// Reads some points, on one thread.
  private struct Reader: Sendable {
    var check: SweepCheck
    var share = Share()
    var failure: RunFailure?
    private let needsKernels: Bool
    private var known: Set<String> = []

    init?(_ file: JobFile, needsKernels: Bool) {
      guard let check = SweepCheck(file) else { return nil }
      self.check = check
      self.needsKernels = needsKernels
    }

    mutating func read(_ point: Int) {
      guard let job = check.job(ofPoint: point) else { return }
      do throws(RunFailure) {
        let plan = try RunPlan(job.experiment, ranks: 1, threads: 1)
        share.mostBytes = max(share.mostBytes, plan.memory.parts.total)
        share.hashes[point] = RunSession.hash(of: job)
        guard needsKernels else { return }
        for (population, program) in plan.programs.sorted(by: { $0.key < $1.key }) {
          guard
            let text = KernelShelf.text(
              of: program.program, visits: job.experiment.expectedVisits)
          else { continue }
          let digest = "\(ContentHash.of(Array(text.utf8)))"
          add(Structure(digest: digest, point: point, population: population))
        }
      } catch {
        failure = failure ?? RunFailure("point \(point): \(error)", exitCode: error.exitCode)
      }
    }

    private mutating func add(_ structure: Structure) {
      guard known.insert(structure.digest).inserted else { return }
      share.structures.append(structure)
    }

    mutating func merge(_ other: Reader) {
      check.merge(other.check)
      failure = failure ?? other.failure
      share.mostBytes = max(share.mostBytes, other.share.mostBytes)
      share.hashes.merge(other.share.hashes) { first, _ in first }
      for structure in other.share.structures { add(structure) }
    }
  }

  private var own = Share()

  /// Learns what the other ranks have found. Every rank calls it.
  mutating func share(_ communicator: any Communicator) throws(RunFailure) {
    let shares = try communicator.gather(own)
    known(shares)
  }

  private mutating func known(_ shares: [Share]) {
    var digests: Set<String> = []
    for share in shares {
      hashes.merge(share.hashes) { first, _ in first }
      mostBytes = max(mostBytes, share.mostBytes)
      structures += share.structures.filter { digests.insert($0.digest).inserted }
    }
  }
}

extension Communicator {
  /// What every rank has to say, in the order of ranks.
  func gather<Value: Codable>(_ value: Value) throws(RunFailure) -> [Value] {
    var received: [UInt8] = []
    var offsets: [Int] = []
    do {
      let own = try JSONEncoder().encode(value)
      try own.withUnsafeBytes { try allGather($0, into: &received, offsets: &offsets) }
      return try (0..<size).map { rank in
        try JSONDecoder().decode(
          Value.self, from: Data(received[offsets[rank]..<offsets[rank + 1]]))
      }
    } catch {
      throw RunFailure("the ranks could not tell each other of the sweep: \(error)", exitCode: 70)
    }
  }

  /// What the first rank has to say, on all ranks.
  func share<Value: Codable>(_ value: Value) throws(RunFailure) -> Value {
    do {
      var bytes = rank == 0 ? Array(try JSONEncoder().encode(value)) : []
      try broadcast(&bytes, from: 0)
      return try JSONDecoder().decode(Value.self, from: Data(bytes))
    } catch {
      throw RunFailure("the ranks could not tell each other of the sweep: \(error)", exitCode: 70)
    }
  }
}
