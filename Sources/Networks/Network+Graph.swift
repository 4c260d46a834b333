import Equations
import Models

/// The network graph, as text for the terminal and for Graphviz. Both follow from the network alone.
extension Network {
  /// Populations, then projections, one line each, in the order of the job.
  ///
  ///     pyr    1000 neurons of pyramidal
  ///     input  1000 Poisson units
  ///     input -> pyr  drive: one_to_one; s_AMPA_X_dist += 1
  public var graph: String {
    let width = populations.map(\.name.count).max() ?? 0
    let nodes = populations.map { population in
      population.name + String(repeating: " ", count: width - population.name.count + 2)
        + population.kindText
    }
    let edges = projections.map { projection in
      "\(text(of: projection.source)) -> \(text(of: projection.target))  "
        + "\(projection.name): \(projection.courseText)"
    }
    return (nodes + edges).joined(separator: "\n")
  }

  /// The populations and projections as a graph in Graphviz' language.
  public func dot(named name: String) -> String {
    var lines = ["digraph \(DotText.quoted(name)) {", "  node [shape=box, style=rounded];"]
    for population in populations {
      let label = DotText.quoted("\(population.name)\n\(population.kindText)")
      let style = population.isGenerator ? ", style=dashed" : ""
      lines.append("  \(DotText.quoted(population.name)) [label=\(label)\(style)];")
    }
    for projection in projections {
      let ends = [projection.source, projection.target].map { slice in
        DotText.quoted(populations[slice.population].name)
      }
      let label = DotText.quoted("\(projection.name)\n\(projection.courseText)")
      lines.append("  \(ends.joined(separator: " -> ")) [label=\(label)];")
    }
    return (lines + ["}"]).joined(separator: "\n")
  }

  /// The name of a population, with its limits where only some of it is meant.
  private func text(of slice: PopulationSlice) -> String {
    let population = populations[slice.population]
    guard slice.range != 0..<population.size else { return population.name }
    return "\(population.name)[\(slice.range.lowerBound):\(slice.range.upperBound)]"
  }
}

extension Population {
  fileprivate var isGenerator: Bool {
    if case .neurons = kind { false } else { true }
  }

  fileprivate var kindText: String {
    switch kind {
    case .neurons(let neurons): "\(size) \(size == 1 ? "neuron" : "neurons") of \(neurons.model)"
    case .poisson: "\(size) Poisson \(size == 1 ? "unit" : "units")"
    case .spikeList: "\(size) \(size == 1 ? "unit" : "units") with given spikes"
    }
  }
}

extension Projection {
  fileprivate var courseText: String {
    let statements = onPre.map(\.description).joined(separator: "; ")
    return "\(rule.text); \(statements)"
  }
}

extension ConnectionRule {
  /// The rule in the words of the job file.
  fileprivate var text: String {
    switch self {
    case .oneToOne: "one_to_one"
    case .allToAll: "all_to_all"
    case .probability(let p): "probability \(p)"
    case .indegree(let count): "indegree \(count)"
    case .outdegree(let count): "outdegree \(count)"
    case .total(let count): "total \(count)"
    case .condition(let condition, _, let p):
      "\(condition)" + (p.map { ", probability \($0)" } ?? "")
    case .pairs(let pairs): "\(pairs.count) \(pairs.count == 1 ? "pair" : "pairs")"
    }
  }
}
