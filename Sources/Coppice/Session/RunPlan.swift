package import Engine
package import Jobs
import Networks

/// What a run of a job will need, and whether this machine has it.
package struct RunPlan: Sendable {
  package let memory: MemoryPlan

  /// - Throws: `RunFailure` (65) for what only the lowered programs show, and for a network that
  ///   is larger than the memory of this machine.
  package init(_ job: Job, ranks: Int, threads: Int) throws(RunFailure) {
    var programs: [Int: PopulationProgram] = [:]
    do throws(SimulationError) {
      for (index, population) in job.experiment.network.populations.enumerated() {
        guard case .neurons = population.kind else { continue }
        programs[index] = try PopulationProgram(population: index, of: job.experiment)
      }
    } catch {
      throw RunFailure(
        (error.path.isEmpty ? "" : error.path.joined(separator: ".") + ": ") + error.message,
        exitCode: error.exitCode)
    }
    memory = MemoryPlan(job.experiment, programs: programs, ranks: ranks, threads: threads)
  }
}
