import CThreads
import Engine
import Glibc

/// How many threads a rank gets: as asked, or its share of the processors that its mask allows.
struct ThreadChoice {
  let threads: Int
  /// What to tell when there are fewer processors than threads.
  let notice: String?

  /// - Parameter isLaunched: whether a launcher of parallel processes has started this one.
  init(asked: Int?, ranksOnNode: Int, isLaunched: Bool) {
    let allowed = Int(cthreads_allowed_processors())
    let online = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    // A launcher that binds gives each rank a mask of its own; else all ranks see all of them.
    let share = allowed < online ? allowed : max(1, allowed / max(ranksOnNode, 1))
    threads = asked ?? min(share, RunOptions.mostThreads)
    guard threads > allowed else {
      notice = nil
      return
    }
    let found = "--threads \(threads), but only \(Text.count(allowed, "processor"))"
    notice =
      if allowed == online {
        "\(found) in this machine: the threads take turns"
      } else if isLaunched {
        "\(found) allowed by the affinity mask: the launcher has bound this rank; start it with "
          + "'mpirun --map-by slot:PE=\(threads) --bind-to core' or '--bind-to none'"
      } else {
        "\(found) allowed by the affinity mask (taskset, a container or the batch system)"
      }
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
