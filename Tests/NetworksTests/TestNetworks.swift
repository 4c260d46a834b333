import Equations

@testable import Networks

extension Network {
  /// Two populations of neurons, `a` and `b`, and one projection.
  static func test(
    sizes: (Int, Int) = (300, 2_700), _ projection: Projection, spare: [Population] = []
  ) -> Network {
    Network(
      populations: [.neurons("a", sizes.0), .neurons("b", sizes.1)] + spare,
      projections: [projection])
  }
}

extension Population {
  static func neurons(_ name: String, _ size: Int) -> Population {
    Population(
      name: name, size: size,
      kind: .neurons(
        NeuronPopulation(
          model: "m",
          system: EquationSystem(variables: [
            EquationSystem.Variable(name: "v", kind: .parameter)
          ]))))
  }
}

extension Projection {
  static func test(
    _ rule: ConnectionRule, from source: PopulationSlice, to target: PopulationSlice,
    autapses: Bool = true, multapses: Bool = true, weight: NeuronValues = .constant(1),
    precision: WeightPrecision = .single, delay: Delay = .steps(3)
  ) -> Projection {
    Projection(
      name: "p", source: source, target: target, rule: rule, allowsAutapses: autapses,
      allowsMultapses: multapses, weight: weight, weightPrecision: precision, delay: delay,
      onPre: [])
  }
}

/// One synapse, in numbers that do not depend on the worker.
struct TestSynapse: Hashable {
  var target: Int
  var weight: Double
  var delay: Int
}

extension SynapseRows {
  /// The synapses of each source; targets are indices in the population.
  func synapses(first: Int) -> [[TestSynapse]] {
    (0..<starts.count - 1).map { source in
      (Int(starts[source])..<Int(starts[source + 1])).map { place in
        let weight: Double =
          switch weights {
          case .homogeneous(let value): value
          case .single(let values): Double(values[place])
          case .double(let values): values[place]
          }
        return TestSynapse(
          target: Int(target(place)) + first, weight: weight, delay: delay(place))
      }
    }
  }
}

extension Network {
  /// All synapses of the first projection, put together from ranges of targets.
  func synapses(cut: [Int] = [], seed: UInt64 = 42) throws -> [[TestSynapse]] {
    let size = populations[projections[0].target.population].size
    let bounds = [0] + cut + [size]
    var all = [[TestSynapse]](repeating: [], count: projections[0].source.range.count)
    for (low, high) in zip(bounds, bounds.dropFirst()) {
      let rows = try synapseRows(
        of: projections[0], targets: low..<high, seed: seed, dt: 1e-4)
      for (source, row) in rows.synapses(first: low).enumerated() { all[source] += row }
    }
    return all
  }
}
