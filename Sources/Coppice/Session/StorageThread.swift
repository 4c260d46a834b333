import CThreads
import Foundation
import Storage

/// The one thread of a rank that touches files while a run goes on: HDF5 is nobody else's then.
///
/// Work is done in the order in which it was given. What waits is bounded: who gives more than the
/// disk takes has to wait. After a failure nothing more is done.
final class StorageThread: @unchecked Sendable {
  // `@unchecked`: everything that changes is protected by `condition`.

  typealias Work = @Sendable () throws(StorageError) -> Void

  /// Bytes of records that may wait.
  private static let mostBytes = 256 << 20

  private let condition = NSCondition()
  private var waiting: [(bytes: Int, work: Work)] = []
  private var waitingBytes = 0
  private var isWorking = false
  private var isOver = false
  private var failure: StorageError?

  /// - Precondition: made before anything is pinned: the thread may run where the process may.
  init() {
    let thread = Thread { [self] in
      // The name of a `Thread` is not the system's.
      cthreads_name("coppice.storage")
      follow()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// What went wrong first.
  var fault: StorageError? { condition.withLock { failure } }

  /// Whether all that was given is done.
  var isIdle: Bool { condition.withLock { waiting.isEmpty && !isWorking } }

  /// Gives work to the thread, and returns unless too much waits already.
  ///
  /// - Parameter bytes: what the work holds in memory.
  func give(bytes: Int = 0, _ work: @escaping Work) {
    condition.lock()
    defer { condition.unlock() }
    while waitingBytes > StorageThread.mostBytes, failure == nil { condition.wait() }
    guard failure == nil, !isOver else { return }
    waiting.append((bytes, work))
    waitingBytes += bytes
    condition.broadcast()
  }

  /// Does something on the thread after all that was given before, and waits for it.
  ///
  /// - Throws: what it throws, or what has gone wrong before.
  func perform<Result: Sendable>(
    _ body: @escaping @Sendable () throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    let place = ResultPlace<Result>()
    give { () throws(StorageError) in place.value = try body() }
    condition.lock()
    while !waiting.isEmpty || isWorking, failure == nil { condition.wait() }
    let failure = failure
    condition.unlock()
    if let failure { throw failure }
    guard let value = place.value else {
      throw StorageError(
        call: "storage thread", path: "", reason: "it has ended before its work", exitCode: 70)
    }
    return value
  }

  /// Forgets what waits, and lets the thread end when it has done what it does. Work that hangs is
  /// left behind: the process ends without it.
  func end() {
    condition.lock()
    waiting = []
    isOver = true
    condition.broadcast()
    condition.unlock()
  }

  private final class ResultPlace<Result: Sendable>: @unchecked Sendable {
    // `@unchecked`: written by the thread before, and read by who waits after it is idle.
    var value: Result?
  }

  private func follow() {
    while let work = next() {
      var problem: StorageError?
      do {
        try work()
      } catch {
        problem = error
      }
      condition.lock()
      isWorking = false
      if let problem, failure == nil {
        failure = problem
        waiting = []
        waitingBytes = 0
      }
      condition.broadcast()
      condition.unlock()
    }
  }

  private func next() -> Work? {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty, !isOver { condition.wait() }
    guard !waiting.isEmpty else { return nil }
    let (bytes, work) = waiting.removeFirst()
    waitingBytes -= bytes
    isWorking = true
    condition.broadcast()
    return work
  }
}

extension NSCondition {
  fileprivate func withLock<Result>(_ body: () -> Result) -> Result {
    lock()
    defer { unlock() }
    return body()
  }
}
