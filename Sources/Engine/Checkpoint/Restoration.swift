import Kernels
import Networks

/// Brings a checkpoint into the workers of one rank, whoever owned what when it was written.
struct Restoration {
  let source: any CheckpointSource
  let network: Network
  let programs: [Int: PopulationProgram]
  let gids: GlobalIDs
  /// Whether the checkpoint is another job's: what it does not hold then keeps the value that
  /// building has given.
  let isBranch: Bool

  /// Reads on the calling thread; the workers then put themselves in their places side by side.
  func restore(_ workers: [Worker], by team: WorkerTeam) throws(SimulationError) {
    let parts = workers.map { worker in Part(worker) }
    do throws(RecordError) {
      for (population, plan) in programs.sorted(by: { $0.key < $1.key }) {
        try restoreColumns(of: population, plan.program, in: workers)
      }
      for part in parts { part.nextSpikes = try nextSpikes(of: part.worker) }
      let spikes = try inFlight()
      for part in parts { part.inFlight = spikes }
    } catch {
      throw SimulationError(error.message, exitCode: error.exitCode)
    }
    let (instant, programs) = (source.instant, self.programs)
    team.run { [parts] member in
      let part = parts[member]
      for cohort in part.worker.cohorts {
        guard let program = programs[cohort.population]?.program else { continue }
        cohort.completeRestoring(at: instant, portable: PortableKernel(program: program))
      }
      part.worker.resume(at: instant, inFlight: part.inFlight, nextSpikes: part.nextSpikes)
    }
  }

  /// What one worker is to take over.
  private final class Part: @unchecked Sendable {
    // `@unchecked`: filled by the main thread before the phase in which its worker reads it.
    let worker: Worker
    var inFlight: [PastSpike] = []
    var nextSpikes: [[Int64]?] = []
    init(_ worker: Worker) { self.worker = worker }
  }

  private func restoreColumns(
    of population: Int, _ program: Program, in workers: [Worker]
  ) throws(RecordError) {
    let cohorts = workers.flatMap(\.cohorts).filter { $0.population == population }
    guard let first = cohorts.first?.neurons.lowerBound,
      let end = cohorts.last?.neurons.upperBound
    else { return }
    let name = network.populations[population].name
    for column in program.savedColumns {
      let variable = program.columns[column].name
      let section = SectionNames.column(variable, of: name)
      guard source.sections.contains(section) else {
        if isBranch { continue }
        throw RecordError(
          message:
            "the checkpoint does not hold \(variable) of \(name), which the run that wrote it "
            + "had no need of; record what that run did, or start over with --fresh", exitCode: 76)
      }
      let values = try source.values(
        of: section, version: SectionNames.columnVersion, places: first..<end)
      try require(
        values, end - first, program.columns[column].element.noValues, in: section)
      for cohort in cohorts {
        cohort.restore(column, to: values, from: cohort.neurons.lowerBound - first)
      }
    }
  }

  private func nextSpikes(of worker: Worker) throws(RecordError) -> [[Int64]?] {
    var all: [[Int64]?] = []
    for share in worker.generators {
      let section = SectionNames.nextSpikes(of: network.populations[share.population].name)
      guard source.sections.contains(section), share.units.nextSpikes != nil else {
        all.append(nil)
        continue
      }
      let values = try source.values(
        of: section, version: SectionNames.nextSpikesVersion, places: share.recorded)
      try require(values, share.recorded.count, .steps([]), in: section)
      guard case .steps(let steps) = values, steps.allSatisfy({ $0 >= source.instant.step }) else {
        throw RecordError(
          message: "\(section) of the checkpoint holds a spike of the past", exitCode: 66)
      }
      all.append(steps)
    }
    return all
  }

  private func inFlight() throws(RecordError) -> [PastSpike] {
    var spikes: [PastSpike] = []
    for (index, population) in network.populations.enumerated() {
      let (name, version) = (population.name, SectionNames.inFlightVersion)
      guard source.sections.contains(SectionNames.inFlightSteps(of: name)) else { continue }
      let sources = try source.values(
        of: SectionNames.inFlightSources(of: name), version: version, places: nil)
      let steps = try source.values(
        of: SectionNames.inFlightSteps(of: name), version: version, places: nil)
      guard case .words(let sources) = sources, case .steps(let steps) = steps,
        sources.count == steps.count, sources.allSatisfy({ $0 < UInt64(population.size) }),
        steps.allSatisfy({ $0 >= 0 && $0 < source.instant.step })
      else {
        throw RecordError(
          message: "the spikes of \(name) that are on their way in the checkpoint make no sense",
          exitCode: 66)
      }
      for (source, step) in zip(sources, steps) {
        spikes.append(PastSpike(step: step, gid: gids.first[index] + UInt32(source)))
      }
    }
    return spikes
  }

  /// Makes sure that values are as many and of the kind that are due.
  private func require(
    _ values: CheckpointSection.Values, _ count: Int, _ kind: CheckpointSection.Values,
    in section: String
  ) throws(RecordError) {
    guard values.count == count, values.isOfKind(of: kind) else {
      throw RecordError(
        message:
          "\(section) of the checkpoint has \(values.count) values where \(count) of another "
          + "kind or number are due", exitCode: 66)
    }
  }
}

extension CheckpointSection.Values {
  package var count: Int {
    switch self {
    case .reals(let all): all.count
    case .words(let all): all.count
    case .flags(let all): all.count
    case .steps(let all): all.count
    }
  }

  fileprivate func isOfKind(of other: Self) -> Bool {
    switch (self, other) {
    case (.reals, .reals), (.words, .words), (.flags, .flags), (.steps, .steps): true
    default: false
    }
  }
}
