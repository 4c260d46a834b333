import Glibc

/// What started this process, as far as its environment tells.
package enum Launcher: Hashable, Sendable {
  /// No launcher of parallel processes: there is this one only.
  case none
  /// So many processes, where the launcher says how many.
  case parallel(name: String, processes: Int?)

  /// Reads the environment: mpirun of Open MPI, Hydra and others with PMI, PMIx, `srun`.
  ///
  /// `SLURM_NTASKS` alone tells of a job's allocation, not of how this process was started: a
  /// batch script has it too. Only variables of the step count.
  package init(environment value: (String) -> String?) {
    func processes(_ name: String) -> Int? { value(name).flatMap { Int($0) } }
    if value("OMPI_COMM_WORLD_SIZE") != nil {
      self = .parallel(name: "Open MPI", processes: processes("OMPI_COMM_WORLD_SIZE"))
      return
    }
    let step =
      processes("SLURM_STEP_NUM_TASKS")
      ?? (value("SLURM_STEP_ID") == nil ? nil : processes("SLURM_NTASKS"))
    if value("PMI_SIZE") != nil {
      self = .parallel(name: "PMI", processes: processes("PMI_SIZE"))
    } else if value("PMIX_RANK") != nil {
      self = .parallel(name: "PMIx", processes: step)
    } else if let step, step > 1 {
      self = .parallel(name: "srun", processes: step)
    } else {
      self = .none
    }
  }

  /// Reads this process' environment.
  package init() {
    self.init(environment: { name in getenv(name).map { String(cString: $0) } })
  }
}

/// The communicator that fits how this process was started.
///
/// MPI is initialised only under a launcher: a run in one process does not pay for it.
///
/// - Throws: `MessagingError` if MPI does not start, or if it sees another number of processes
///   than the launcher started: each of them would otherwise take itself for the whole run.
package func communicator(
  launcher: Launcher = Launcher()
) throws(MessagingError) -> any Communicator {
  guard case .parallel(let name, let processes) = launcher else {
    return SingleProcessCommunicator()
  }
  let communicator = try MPICommunicator()
  if let processes, processes != communicator.size {
    throw MessagingError(
      call: "MPI_Init_thread",
      reason: """
        \(name) started \(processes) processes, but MPI sees \(communicator.size): launcher and \
        MPI library do not belong together; use the mpirun of \(communicator.description), or \
        'srun --mpi=pmix'
        """)
  }
  return communicator
}
