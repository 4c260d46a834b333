import CThreads
import Glibc

/// How many threads a rank gets: as asked, or its share of the processors that its mask allows.
struct ThreadChoice {
  let threads: Int
  /// What to tell when there are fewer processors than threads.
  let notice: String?

  init(asked: Int?, ranksOnNode: Int) {
    let allowed = Int(cthreads_allowed_processors())
    let online = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    // A launcher that binds gives each rank a mask of its own; else all ranks see all of them.
    let share = allowed < online ? allowed : max(1, allowed / max(ranksOnNode, 1))
    threads = asked ?? share
    guard threads > allowed else {
      notice = nil
      return
    }
    notice =
      "\(threads) threads on \(allowed) allowed processor\(allowed == 1 ? "" : "s")"
      + (allowed < online
        ? ": the launcher has bound this rank; start it with "
          + "'mpirun --map-by slot:PE=\(threads) --bind-to core' or '--bind-to none'" : "")
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
