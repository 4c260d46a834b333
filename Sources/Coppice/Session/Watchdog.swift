import CThreads
import Engine
import Foundation
import Glibc
import Messaging
import Synchronization

/// Ends a run in which nothing moves any more: better an end than a batch job's hours of waiting.
final class Watchdog: Sendable {
  private let isOver = Atomic<Bool>(false)
  private let note = WatchdogNote()

  /// Begins to watch a rank.
  ///
  /// - Parameters:
  ///   - seconds: without progress, after which the run is ended with exit code 70.
  ///   - communicator: Ends the other ranks. Called from a thread of its own, which the message
  ///     library does not promise to allow; but there is nothing to lose then.
  init(_ pulse: RunPulse, seconds: Double, communicator: any Communicator) {
    let ranks = WatchedRank(communicator)
    let thread = Thread { [self] in
      cthreads_name("coppice.watch")
      let nap = min(max(seconds / 20, 0.01), 1)
      var count = pulse.count
      var waited = 0.0
      var latest = ContinuousClock.now
      while !isOver.load(ordering: .relaxed) {
        usleep(useconds_t(nap * 1e6))
        let now = ContinuousClock.now
        // A process that is suspended (a batch system does that to whole jobs) does not even watch:
        // only time in which it did counts.
        waited += min((now - latest).inSeconds, 4 * nap)
        latest = now
        if pulse.count != count {
          count = pulse.count
          waited = 0
        } else if waited > seconds {
          guard !isOver.load(ordering: .relaxed) else { return }
          ranks.end(pulse, seconds: seconds, note: note.take)
        }
      }
    }
    thread.start()
  }

  /// Has it written down why it ends the run, should it do so: from when on the run has a place for
  /// that.
  func uponEnd(_ note: @escaping @Sendable (String) -> Void) { self.note.take = note }

  func end() { isOver.store(true, ordering: .relaxed) }
}

/// Who is told why a watchdog ends a run. (A function kept in a `Mutex` is called at a wrong address
/// in release builds of Swift 6.3.)
private final class WatchdogNote: @unchecked Sendable {
  // `@unchecked`: what changes is protected by `lock`.
  private let lock = NSLock()
  private var current: @Sendable (String) -> Void = { _ in }

  var take: @Sendable (String) -> Void {
    get { lock.withLock { current } }
    set { lock.withLock { current = newValue } }
  }
}

/// A rank as its watchdog sees it.
private final class WatchedRank: @unchecked Sendable {
  // `@unchecked`: the communicator is used for one thing alone, which does not come back.
  private let communicator: any Communicator

  init(_ communicator: any Communicator) { self.communicator = communicator }

  func end(_ pulse: RunPulse, seconds: Double, note: (String) -> Void) -> Never {
    let text =
      "coppice: rank \(communicator.rank) of \(communicator.size) on "
      + "\(ProcessInfo.processInfo.hostName): no progress for \(seconds) s at step \(pulse.step), "
      + "\(pulse.phase.inWords); ending the run, the last checkpoint is good\n"
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
    // Should the disk or the message library hang as well.
    Thread {
      sleep(5)
      _exit(70)
    }.start()
    note(String(text.dropLast()))
    communicator.abort(code: 70)
  }
}
