import Foundation
import Glibc

/// How much memory this machine has for a run.
struct MachineMemory {
  /// For all processes of the run on this machine together: what is built in, or what the batch
  /// system or container allows.
  let shared: Double
  /// For each process, if there is a limit on its addresses (`ulimit -v`).
  let perProcess: Double?

  init() {
    let physical = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    shared = MachineMemory.groupLimits.reduce(physical, min)
    var limit = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0
    perProcess = isKnown && limit.rlim_cur < rlim_t(Int64.max) ? Double(limit.rlim_cur) : nil
  }

  /// For one of so many processes on this machine.
  func share(ofRanks ranks: Int) -> Double {
    min(shared / Double(max(ranks, 1)), perProcess ?? .infinity)
  }

  /// Limits of the control groups that this process is in, version 2 and 1, outermost included.
  private static var groupLimits: [Double] {
    let lines = text("/proc/self/cgroup").split(separator: "\n")
    return lines.flatMap { line -> [Double] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      if parts[1].isEmpty { return limits(below: "/sys/fs/cgroup", parts[2], "memory.max") }
      guard parts[1].split(separator: ",").contains("memory") else { return [] }
      return limits(below: "/sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes")
    }
  }

  private static func limits(
    below root: String, _ group: Substring, _ file: String
  ) -> [Double] {
    var components = group.split(separator: "/")
    var found: [Double] = []
    while true {
      let path = ([root[...]] + components + [file[...]]).joined(separator: "/")
      let value = text(path).prefix { $0.isNumber }
      if let limit = Double(value), limit > 0 { found.append(limit) }
      guard components.popLast() != nil else { return found }
    }
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
