package import Engine
package import Networks

/// What a run of an experiment will need, and whether this machine has it.
package struct RunPlan: Sendable {
  package let memory: MemoryPlan
  /// By population.
  package let programs: [Int: PopulationProgram]

  private let ranks: Int

  /// - Throws: `RunFailure` (65) for what only the lowered programs show.
  package init(_ experiment: Experiment, ranks: Int, threads: Int) throws(RunFailure) {
    do throws(SimulationError) {
      programs = try PopulationProgram.all(of: experiment)
    } catch {
      throw RunFailure(error)
    }
    memory = MemoryPlan(experiment, programs: programs, ranks: ranks, threads: threads)
    self.ranks = ranks
  }

  /// What a run needs its memory for, by name, on the rank with the most neurons.
  package static func named(_ parts: MemoryPlan.Parts) -> [(name: String, bytes: Int)] {
    [
      ("state", parts.state), ("synapses", parts.synapses), ("generators", parts.generators),
      ("events", parts.events), ("recording", parts.recording), ("checkpoint", parts.checkpoint),
      ("process", parts.process),
    ]
  }

  /// Why this machine has too little memory for a rank of the run (65); `nil` if it has enough.
  ///
  /// Asked before anything is built: a process that takes more than there is would be killed
  /// without a word, and with it perhaps others on the machine.
  package func shortage(ranksOnNode: Int) -> RunFailure? {
    let available = MachineMemory().share(ofRanks: ranksOnNode)
    guard Double(memory.parts.total) > available else { return nil }
    let parts = RunPlan.named(memory.parts).filter { $0.bytes > memory.parts.total / 100 }
      .map { "\($0.name) \(ByteCount(Double($0.bytes)))" }
    let needed =
      "the run needs about \(ByteCount(Double(memory.parts.total)))"
      + (ranks > 1 ? " on each of \(ranks) ranks" : "")
    let owner = ranksOnNode > 1 ? "each of the \(ranksOnNode) ranks here" : "it"
    return RunFailure(
      "\(needed) (\(parts.joined(separator: ", "))), and this machine has "
        + "\(ByteCount(available)) of memory for \(owner); take fewer neurons or synapses, or ranks "
        + "on more machines", exitCode: 65)
  }
}
