import Engine
import Foundation
import Messaging
import Networks
import Storage

/// Makes the generations of a run, on this rank: its shard and segment on the storage thread, the
/// manifest on the first rank's.
final class CheckpointWriter: CheckpointKeeper {
  /// What all manifests of a run have in common.
  struct Heading {
    var identity: CheckpointIdentity
    /// Hash of the recording layout.
    var record: String
    var jobName: String
    var run: String
    var lineage: [LineageEntry]
    var populations: [String]
    /// Spikes per population before this run began or went on.
    var spikes: [String: Int64]
    /// Random, and the same on all ranks.
    var nonce: UInt64
  }

  private let store: CheckpointStore
  private let writer: SharedWriter
  private let thread: StorageThread
  private let communicator: any Communicator
  private let heading: Heading
  private var segments: [[SegmentReceipt]]
  private(set) var clock: CheckpointClock
  private let task = Task()
  private var draft: CheckpointDraft?
  private var instant: CheckpointInstant?
  private var count: UInt64 = 0
  /// The step of the newest generation, of an earlier run or of this one.
  private(set) var committed: Int64?
  /// The newest generation that was told of.
  private var told: Int64?
  private let tell: (String) -> Void

  /// - Parameters:
  ///   - segments: the output up to where this run goes on.
  ///   - committed: the generation from which it goes on.
  ///   - tell: takes a line for each checkpoint that is begun and each that is committed.
  init(
    store: CheckpointStore, writer: SharedWriter, thread: StorageThread,
    communicator: any Communicator, heading: Heading, segments: [[SegmentReceipt]],
    committed: Int64?, clock: CheckpointClock, tell: @escaping (String) -> Void
  ) {
    self.store = store
    self.writer = writer
    self.thread = thread
    self.communicator = communicator
    self.heading = heading
    self.segments = segments
    self.committed = committed
    told = committed
    self.clock = clock
    self.tell = tell
  }

  // MARK: CheckpointKeeper

  func request(before step: Int64) -> CheckpointRequest {
    if let committed, committed != told {
      told = committed
      tell("checkpoint of step \(committed): committed, the run has come to step \(step)")
    }
    return clock.request(before: step)
  }

  var status: KeeperStatus {
    if let fault = thread.fault {
      return .failed(RecordError(message: fault.description, exitCode: fault.exitCode))
    }
    switch task.state {
    case .failed(let error):
      return .failed(RecordError(message: error.message, exitCode: error.exitCode))
    case .underWay: return .underWay
    case .done: return .done
    case .committed(let step):
      if committed != step {
        committed = step
        clock.end()
      }
      return .done
    }
  }

  func write(_ snapshot: Snapshot) {
    clock.begin()
    count += 1
    let instant = snapshot.instant
    let draft = store.draft(step: instant.step, nonce: heading.nonce &+ count)
    (self.draft, self.instant) = (draft, instant)
    task.begin()
    tell("checkpoint of step \(instant.step): begun")
    let (rank, ranks) = (communicator.rank, communicator.size)
    thread.give { [writer, task] () throws(StorageError) in
      let sections: [CheckpointSection]
      do throws(SimulationError) {
        sections = try snapshot.sections()
      } catch {
        return task.fail(error)
      }
      let segment = try writer.cut(at: instant.step)
      var receipt = try draft.writeShard(sections, instant: instant, rank: rank, ranks: ranks)
      receipt.segment = segment
      task.finish(Part(shard: receipt, spikes: snapshot.spikes.map(Int64.init)))
    }
  }

  func commit() throws(SimulationError) {
    let parts = try gather()
    guard communicator.rank == 0, let draft, let instant else { return }
    let interval = parts.compactMap(\.shard.segment)
    if !interval.isEmpty { segments.append(interval) }
    var spikes = heading.spikes
    for (place, population) in heading.populations.enumerated() {
      spikes[population, default: 0] += parts.reduce(0) { $0 + $1.spikes[place] }
    }
    let manifest = CheckpointManifest(
      step: instant.step, arrivalsFrom: instant.arrivalsFrom, identity: heading.identity,
      record: heading.record, jobName: heading.jobName, run: heading.run,
      shards: parts.map(\.shard), segments: segments, spikes: spikes, lineage: heading.lineage,
      created: Date.now.formatted(.iso8601), coppice: RunSession.version)
    task.begin()
    thread.give { [task] () throws(StorageError) in
      // What could not be pruned takes room, and does no harm.
      try draft.commit(manifest)
      task.committed(instant.step)
    }
  }

  func abandon() { thread.end() }

  // MARK: Messages

  /// What a rank has written.
  private struct Part: Codable {
    var shard: ShardReceipt
    /// By population, since this run began or went on.
    var spikes: [Int64]
  }

  /// What all ranks have written, in their order.
  private func gather() throws(SimulationError) -> [Part] {
    var received: [UInt8] = []
    var offsets: [Int] = []
    do {
      let own = try task.part.map { try JSONEncoder().encode($0) } ?? Data()
      try own.withUnsafeBytes { try communicator.allGather($0, into: &received, offsets: &offsets) }
      guard communicator.rank == 0 else { return [] }
      return try (0..<communicator.size).map { rank in
        let part = Data(received[offsets[rank]..<offsets[rank + 1]])
        return try JSONDecoder().decode(Part.self, from: part)
      }
    } catch {
      throw SimulationError("the ranks could not tell what they have written: \(error)")
    }
  }

  /// What the storage thread was last given to do.
  private final class Task: @unchecked Sendable {
    // `@unchecked`: everything is protected by `lock`.
    enum State {
      case done
      case underWay
      case committed(Int64)
      case failed(SimulationError)
    }

    private let lock = NSLock()
    private var now = State.done
    private var written: Part?

    var state: State { lock.withLock { now } }
    var part: Part? { lock.withLock { written } }

    func begin() { lock.withLock { now = .underWay } }
    func finish(_ part: Part) {
      lock.withLock {
        written = part
        now = .done
      }
    }
    func committed(_ step: Int64) { lock.withLock { now = .committed(step) } }
    func fail(_ error: SimulationError) { lock.withLock { now = .failed(error) } }
  }
}
