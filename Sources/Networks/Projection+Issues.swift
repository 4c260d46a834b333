import Equations

extension Network {
  /// What is wrong with one projection of this network.
  ///
  /// With `dt`, the step in s, delays given in s are looked at too.
  public func issues(of projection: Projection, dt: Double? = nil) -> [NetworkIssue] {
    let ends =
      sliceIssues(projection.source, "source") + sliceIssues(projection.target, "target")
    let path = ["projections", projection.name]
    guard ends.isEmpty else { return ends.map { $0.at(path) } }
    let target = populations[projection.target.population]
    guard case .neurons = target.kind else {
      return [
        NetworkIssue(
          path: path + ["target"],
          message: "'\(target.name)' is a generator, and only neurons have synapses")
      ]
    }
    return (projection.ruleIssues() + projection.valueIssues(dt: dt) + projection.storeIssues()).map
    { $0.at(path) }
  }

  private func sliceIssues(_ slice: PopulationSlice, _ key: String) -> [NetworkIssue] {
    func issue(_ message: String) -> [NetworkIssue] {
      [NetworkIssue(path: [key], message: message)]
    }
    guard populations.indices.contains(slice.population) else {
      return issue("there is no population \(slice.population)")
    }
    let population = populations[slice.population]
    let range = slice.range
    if range.isEmpty {
      return issue("the slice [\(range.lowerBound):\(range.upperBound)] is empty")
    }
    guard range.lowerBound >= 0, range.upperBound <= population.size else {
      return issue(
        """
        the slice [\(range.lowerBound):\(range.upperBound)] is not within '\(population.name)', \
        which has \(population.size)
        """)
    }
    return population.size <= Population.largestSize
      ? [] : issue("'\(population.name)' has more than \(Population.largestSize) neurons")
  }
}

extension Projection {
  private func issue(
    _ key: String, _ message: String, hint: String? = nil,
    severity: NetworkIssue.Severity = .error
  ) -> NetworkIssue {
    NetworkIssue(severity, path: [key], message: message, hint: hint)
  }

  fileprivate func ruleIssues() -> [NetworkIssue] {
    var issues: [NetworkIssue] = []
    if !allowsAutapses, source.population != target.population {
      issues.append(
        issue(
          "autapses",
          "source and target are different populations: there are no autapses to leave out",
          severity: .warning))
    }
    let grid = ConnectionGrid(self, range: target.range)
    switch rule {
    case .oneToOne:
      if grid.sources != grid.targets {
        issues.append(
          issue(
            "connect", "one_to_one joins \(grid.sources) sources with \(grid.targets) targets",
            hint: "both must be as many; slices can make them so"))
      }
    case .allToAll: break
    case .probability(let probability):
      issues += probabilityIssues(probability)
    case .condition(let expression, let constants, let probability):
      issues += probabilityIssues(probability ?? 1)
      do throws(NetworkError) {
        _ = try PairCondition(
          expression, constants: constants, sources: grid.sources, targets: grid.targets)
      } catch {
        issues.append(error.issue)
      }
    case .indegree(let count):
      let excluded = grid.hasExcludedPair ? 1 : 0
      issues += degreeIssues(count, "indegree", Double(grid.sources - excluded), "sources")
    case .outdegree(let count):
      let excluded = grid.hasExcludedPair ? 1 : 0
      issues += degreeIssues(count, "outdegree", Double(grid.targets - excluded), "targets")
    case .total(let count):
      let pairs = grid.eligiblePairs(0..<grid.sources, 0..<grid.targets)
      issues += degreeIssues(count, "total", pairs, "pairs")
    case .pairs(let pairs):
      issues += pairIssues(pairs, grid)
    }
    return issues
  }

  fileprivate func storeIssues() -> [NetworkIssue] {
    guard store == .procedural, let reason = reasonToKeep else { return [] }
    return [issue("store", reason, hint: Projection.procedureHint)]
  }

  private func probabilityIssues(_ probability: Double) -> [NetworkIssue] {
    guard probability >= 0, probability <= 1 else {
      return [
        issue(
          "connect", "the probability \(probability) is not in 0 ... 1",
          hint: "write 'min(1, …)' where a formula may go beyond")
      ]
    }
    return []
  }

  private func degreeIssues(
    _ count: Int, _ rule: String, _ available: Double, _ what: String
  ) -> [NetworkIssue] {
    if count < 0 {
      return [issue("connect", "\(rule) is \(count), which is negative")]
    }
    let number = available < 1e15 ? String(Int(available)) : String(available)
    if count > 0, available < 1 {
      return [issue("connect", "\(rule) is \(count), but there are no \(what) to choose from")]
    }
    if !allowsMultapses, Double(count) > available {
      return [
        issue(
          "connect", "\(rule) is \(count), but there are \(number) \(what) without multapses",
          hint: "allow multapses, or lower \(rule)")
      ]
    }
    // A row of one source is drawn as a whole; the halves of a total beyond its limit would take
    // seconds to draw.
    let limit = rule == "total" ? 1_000_000_000_000_000 : SynapseColumns.limit
    return count > limit
      ? [issue("connect", "\(rule) is \(count), which is more than \(limit)")] : []
  }

  private func pairIssues(
    _ pairs: [(source: Int, target: Int)], _ grid: ConnectionGrid
  ) -> [NetworkIssue] {
    for (place, pair) in pairs.enumerated() {
      guard pair.source >= 0, pair.source < grid.sources, pair.target >= 0,
        pair.target < grid.targets
      else {
        return [
          issue(
            "connect",
            """
            pair \(place), [\(pair.source), \(pair.target)], is beyond \(grid.sources) sources \
            and \(grid.targets) targets
            """)
        ]
      }
      if grid.excludedTarget(of: pair.source) == pair.target {
        return [
          issue(
            "connect",
            """
            pair \(place), [\(pair.source), \(pair.target)], joins a neuron with itself although \
            autapses are off
            """)
        ]
      }
    }
    guard !allowsMultapses else { return [] }
    let sorted = pairs.sorted { ($0.source, $0.target) < ($1.source, $1.target) }
    for (pair, next) in zip(sorted, sorted.dropFirst()) where pair == next {
      return [
        issue(
          "connect",
          "the pair [\(pair.source), \(pair.target)] is given twice although multapses are off")
      ]
    }
    return []
  }

  fileprivate func valueIssues(dt: Double?) -> [NetworkIssue] {
    var issues = listIssues(weight, "weight")
    switch delay {
    case .steps(let steps):
      if steps < 0 || steps > SynapseColumns.longestDelay {
        issues.append(
          issue(
            "delay", "\(steps) steps are not in 0 ... \(SynapseColumns.longestDelay)"))
      }
    case .values(let values):
      issues += listIssues(values, "delay")
      if let dt {
        for value in [values.smallest, values.largest].compactMap({ $0 }) {
          do throws(NetworkError) {
            _ = try SynapseColumns.steps(value, dt: dt)
          } catch {
            issues.append(error.issue)
          }
        }
      }
    }
    return issues
  }

  /// Values on their own, and whether the rule gives each a synapse.
  private func listIssues(_ values: NeuronValues, _ key: String) -> [NetworkIssue] {
    switch values {
    case .list, .linspace:
      guard let ordinals else {
        return [
          issue(
            key, values.listMessage(count: nil),
            hint: "lists go with one_to_one, all_to_all and pairs")
        ]
      }
      return (values.issue(count: ordinals)?.at([key])).map { [$0] } ?? []
    case .constant, .normal, .uniform, .lognormal:
      return (values.issue(count: nil)?.at([key])).map { [$0] } ?? []
    }
  }
}

extension NeuronValues {
  /// The smallest value of those that are given, not drawn.
  fileprivate var smallest: Double? {
    switch self {
    case .constant(let value): value
    case .list(let list): list.min()
    case .linspace(let first, let last): min(first, last)
    case .normal, .uniform, .lognormal: nil
    }
  }

  fileprivate var largest: Double? {
    switch self {
    case .constant(let value): value
    case .list(let list): list.max()
    case .linspace(let first, let last): max(first, last)
    case .normal, .uniform, .lognormal: nil
    }
  }
}

extension ConnectionGrid {
  /// Whether some target is not to be reached by some source: itself.
  fileprivate var hasExcludedPair: Bool {
    guard let shift else { return false }
    return max(0, shift) < min(targets, sources + shift)
  }
}
