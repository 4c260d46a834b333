import Kernels
import Networks

/// What this rank's part of the network is between two steps: a copy, so that the run goes on while
/// someone writes it.
package final class Snapshot: @unchecked Sendable {
  // `@unchecked`: workers write their parts in one phase, each its own; after it the snapshot is
  // read by whoever writes it, until that is done and the next one is taken.

  package fileprivate(set) var instant = CheckpointInstant(step: 0, arrivalsFrom: 0)
  let parts: [WorkerSnapshot]
  private let names: [String]
  private let sizes: [Int]
  private let programs: [Int: Program]
  private let gids: GlobalIDs
  /// The boundary of the last snapshot, where all was finite.
  private var finiteAt: Int64 = 0

  init(
    of workers: [Worker], network: Network, programs: [Int: PopulationProgram], gids: GlobalIDs,
    at step: Int64
  ) {
    parts = workers.map(WorkerSnapshot.init)
    names = network.populations.map(\.name)
    sizes = network.populations.map(\.size)
    self.programs = programs.mapValues(\.program)
    self.gids = gids
    finiteAt = step
  }

  /// Spikes of each population on this rank, since this run began or went on.
  package var spikes: [Int] {
    sizes.indices.map { population in
      parts.reduce(0) { $0 + ($1.spikeCounts.isEmpty ? 0 : $1.spikeCounts[population]) }
    }
  }

  /// The rank's sections, in global order.
  ///
  /// - Throws: exit code 70 if a number of the state is not finite: such a state is kept nowhere.
  package func sections() throws(SimulationError) -> [CheckpointSection] {
    var sections: [CheckpointSection] = []
    for population in sizes.indices {
      if let program = programs[population] {
        try appendColumns(of: population, program, to: &sections)
      }
      appendNextSpikes(of: population, to: &sections)
    }
    appendInFlight(to: &sections)
    finiteAt = instant.step
    return sections
  }

  private func appendColumns(
    of population: Int, _ program: Program, to sections: inout [CheckpointSection]
  ) throws(SimulationError) {
    let cohorts = parts.flatMap(\.cohorts).filter { $0.population == population }
    guard let first = cohorts.first?.neurons.lowerBound else { return }
    for column in program.savedColumns {
      var values = program.columns[column].element.noValues
      for cohort in cohorts { cohort.state.append(column, to: &values) }
      try requireFinite(values, first, of: program.columns[column], in: population)
      sections.append(
        CheckpointSection(
          name: SectionNames.column(program.columns[column].name, of: names[population]),
          version: SectionNames.columnVersion,
          extent: .placed(first: first, total: sizes[population]), values: values))
    }
  }

  private func requireFinite(
    _ values: CheckpointSection.Values, _ first: Int, of column: Column, in population: Int
  ) throws(SimulationError) {
    guard case .reals(let reals) = values, let place = reals.firstIndex(where: { !$0.isFinite })
    else { return }
    throw SimulationError(
      "\(column.name) of neuron \(first + place) of \(names[population]) is \(reals[place]) before "
        + "step \(instant.step); all was finite before step \(finiteAt). Record it between these "
        + "steps, and look for a division by 0, a power of a negative number, or a dt that is too "
        + "long for the equations", exitCode: 70)
  }

  private func appendNextSpikes(of population: Int, to sections: inout [CheckpointSection]) {
    var steps: [Int64] = []
    var first: Int?
    for part in parts {
      for (generator, next) in zip(part.generators, part.nextSpikes)
      where generator.population == population {
        guard let next else { continue }
        first = first ?? generator.units.lowerBound
        steps += next
      }
    }
    guard let first else { return }
    sections.append(
      CheckpointSection(
        name: SectionNames.nextSpikes(of: names[population]),
        version: SectionNames.nextSpikesVersion,
        extent: .placed(first: first, total: sizes[population]), values: .steps(steps)))
  }

  private func appendInFlight(to sections: inout [CheckpointSection]) {
    var spikes = parts.flatMap(\.inFlight)
    spikes.sort { ($0.gid, $0.step) < ($1.gid, $1.step) }
    var place = 0
    for population in sizes.indices {
      let begin = place
      while place < spikes.count, spikes[place].gid < gids.first[population + 1] { place += 1 }
      guard place > begin else { continue }
      let own = spikes[begin..<place]
      let sources = own.map { UInt64($0.gid - gids.first[population]) }
      sections.append(
        CheckpointSection(
          name: SectionNames.inFlightSources(of: names[population]),
          version: SectionNames.inFlightVersion, extent: .collected, values: .words(sources)))
      sections.append(
        CheckpointSection(
          name: SectionNames.inFlightSteps(of: names[population]),
          version: SectionNames.inFlightVersion, extent: .collected,
          values: .steps(own.map(\.step))))
    }
  }
}

extension Snapshot {
  /// Says what the copies that workers are about to make are of.
  func begin(_ instant: CheckpointInstant) { self.instant = instant }
}
