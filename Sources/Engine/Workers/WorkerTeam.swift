import CThreads
import Dispatch
import Synchronization

/// The threads of one rank, started once: the calling thread is member 0, the others are
/// Dispatch's, one serial queue and one long-running work item each.
///
/// (On one concurrent queue, four items and a barrier on two cores deadlock; a parallel loop
/// costs a wake-up per call and promises no thread the same work twice.)
///
/// A phase is one piece of work that every member does for its own share; `run` returns when all
/// have done it. Waiting spins, then yields, then sleeps: a machine with fewer cores than members
/// still gets on.
final class WorkerTeam: @unchecked Sendable {
  typealias Work = @Sendable (_ member: Int) -> Void

  // `@unchecked`: `work` is written by member 0 before it raises `phase` and read by the others
  // after they have seen it raised; the words are atomic.
  private let members: Int
  private var work: Work
  /// Raised by member 0 to begin a phase.
  private let phase: UnsafeMutablePointer<cthreads_word>
  /// How many of the other members have finished the phase.
  private let finished: UnsafeMutablePointer<cthreads_word>
  private var isDisbanded = false
  private let end: Work

  /// - Parameters:
  ///   - start: done first by every member, on its own thread: pinning, floating-point modes.
  ///   - end: done last by the calling thread, which goes on to other things.
  init(members: Int, start: @escaping Work, end: @escaping Work = { _ in }) {
    self.end = end
    self.members = max(members, 1)
    work = start
    phase = .allocate(capacity: 1)
    phase.initialize(to: cthreads_word())
    finished = .allocate(capacity: 1)
    finished.initialize(to: cthreads_word())
    for member in 1..<self.members {
      DispatchQueue(label: "coppice.worker.\(member)", qos: .userInitiated).async { [self] in
        follow(member)
      }
    }
    run(start)
  }

  deinit {
    phase.deallocate()
    finished.deallocate()
  }

  /// Does the work on every member and returns when all are done.
  ///
  /// Called by the thread that made the team, which does member 0's share.
  func run(_ work: @escaping Work) {
    guard members > 1 else { return work(0) }
    self.work = work
    cthreads_store(finished, 0)
    _ = cthreads_add(phase, 1)
    cthreads_wake_word(phase)
    work(0)
    cthreads_wait_equal(finished, UInt32(members - 1))
  }

  /// Lets the other members go. Nothing may be run after it.
  ///
  /// The calling thread gets its processors back: it is the caller's, and so are the processes
  /// that it may start.
  func disband() {
    guard !isDisbanded else { return }
    isDisbanded = true
    cthreads_unpin()
    end(0)
    guard members > 1 else { return }
    cthreads_store(finished, 0)
    _ = cthreads_add(phase, 1)
    cthreads_wake_word(phase)
    cthreads_wait_equal(finished, UInt32(members - 1))
  }

  private func follow(_ member: Int) {
    var seen: UInt32 = 0
    while true {
      seen = cthreads_wait_changed(phase, seen)
      let isOver = isDisbanded
      if !isOver { work(member) }
      if cthreads_add(finished, 1) == UInt32(members - 1) { cthreads_wake_word(finished) }
      if isOver { return }
    }
  }
}
