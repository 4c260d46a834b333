import Networks

/// A copy of what one worker was between two epochs.
final class WorkerSnapshot {
  let cohorts: [CohortSnapshot]
  fileprivate(set) var generators: [(population: Int, units: Range<Int>)]
  var inFlight: [PastSpike] = []
  /// By generator: the next spike of each unit; `nil`: nothing to save.
  var nextSpikes: [[Int64]?] = []
  var spikeCounts: [Int] = []

  /// Makes room for what a worker will copy.
  init(_ worker: Worker) {
    cohorts = worker.cohorts.map(CohortSnapshot.init)
    generators = worker.generators.map { ($0.population, $0.recorded) }
  }
}

/// A copy of a cohort's state, in the layout of the kernels: one piece of memory, copied at once.
final class CohortSnapshot {
  let population: Int
  let neurons: Range<Int>
  let state: StateBlocks

  init(_ cohort: Cohort) {
    population = cohort.population
    neurons = cohort.neurons
    state = StateBlocks(of: cohort.program, layout: cohort.layout)
  }

  func take(_ cohort: Cohort) { state.copy(cohort.state) }
}
