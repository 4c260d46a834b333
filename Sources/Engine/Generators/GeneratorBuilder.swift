import Equations
import Kernels
import Networks

/// Decides how one worker drives a generator population.
struct GeneratorBuilder {
  let experiment: Experiment
  let decomposition: Decomposition
  /// Place in `Network.populations`.
  let population: Int
  /// Of all workers of all ranks.
  let worker: Int

  /// The worker's share; `nil` for a population of neurons, or where there is nothing to do.
  func share() -> GeneratorShare? {
    let generator = experiment.network.populations[population]
    let own = decomposition.neurons(ofPopulation: population, worker: worker)
    switch generator.kind {
    case .neurons:
      return nil
    case .spikeList(let list):
      return GeneratorShare(
        population: population, units: SpikeListUnits(spikes: list.spikes), route: .local,
        recorded: own)
    case .poisson(let poisson):
      guard !own.isEmpty else { return nil }
      return GeneratorShare(
        population: population, units: units(of: poisson, name: generator.name, range: own),
        route: reachesOnlyOwnWorker ? .local : .exchanged, recorded: own)
    }
  }

  /// Whether unit i ends at neuron i of populations of the same size, and nowhere else: then unit
  /// and neuron belong to the same worker.
  private var reachesOnlyOwnWorker: Bool {
    let network = experiment.network
    let size = network.populations[population].size
    return network.projections.allSatisfy { projection in
      guard projection.source.population == population else { return true }
      guard case .oneToOne = projection.rule else { return false }
      return projection.source.range == 0..<size && projection.target.range == 0..<size
        && network.populations[projection.target.population].size == size
    }
  }

  private func units(
    of poisson: PoissonGenerator, name: String, range: Range<Int>
  ) -> any SpikeUnits {
    func key(_ purpose: String) -> StreamKey {
      StreamKey(seed: experiment.seed, name: name, purpose: purpose)
    }
    let rates: [Double]
    switch poisson.rate {
    case .expression(let rate, let constants):
      return RateUnits(
        units: range, rate: rate, constants: constants, poisson: poisson, dt: experiment.dt,
        size: experiment.network.populations[population].size, key: key("poisson.trials"))
    case .constant(let rate): rates = [rate]
    case .list(let list): rates = list
    }
    return PoissonUnits(
      units: range,
      laws: rates.map { PoissonLaw(rate: $0, dt: experiment.dt, sources: poisson.sources) },
      window: poisson.window, gaps: key("poisson.gaps"), counts: key("poisson.counts"))
  }
}
