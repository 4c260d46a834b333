import Equations

extension Network {
  /// What is wrong with the network as a whole: numbers that do not fit each other, and what no
  /// part can see by itself. Empty for a network that can be built, but for what only drawing
  /// shows, such as a delay that comes out negative.
  ///
  /// With `dt`, the step in s, delays given in s are looked at too.
  public func issues(dt: Double? = nil) -> [NetworkIssue] {
    var issues = nameIssues(populations.map(\.name), "populations")
    issues += nameIssues(projections.map(\.name), "projections")
    issues += nameIssues(stimuli.map(\.name), "stimuli")
    for population in populations { issues += population.issues() }
    for projection in projections { issues += self.issues(of: projection, dt: dt) }
    for stimulus in stimuli { issues += self.issues(of: stimulus) }
    for place in schedule.indices { issues += self.issues(ofScheduleEntry: place) }
    return issues
  }

  private func nameIssues(_ names: [String], _ section: String) -> [NetworkIssue] {
    var seen: Set<String> = []
    var issues: [NetworkIssue] = []
    for name in names {
      if name.isEmpty {
        issues.append(NetworkIssue(path: [section], message: "a name is empty"))
      } else if !seen.insert(name).inserted {
        issues.append(
          NetworkIssue(
            path: [section, name], message: "the name is used twice",
            hint: "names tell random streams and results apart"))
      }
    }
    return issues
  }
}

extension Population {
  /// Indices are kept in 32 bits.
  static let largestSize = Int(UInt32.max)

  func issues() -> [NetworkIssue] {
    let path = ["populations", name]
    guard size >= 1, size <= Population.largestSize else {
      return [
        NetworkIssue(
          path: path + ["size"],
          message: "the size is \(size), which is not in 1 ... \(Population.largestSize)")
      ]
    }
    switch kind {
    case .neurons(let neurons): return neurons.issues(size: size, path: path)
    case .poisson(let generator): return generator.issues(size: size, path: path + ["poisson"])
    case .spikeList(let list): return list.issues(size: size, path: path + ["spikes"])
    }
  }
}

extension NeuronPopulation {
  fileprivate func issues(size: Int, path: [String]) -> [NetworkIssue] {
    var issues: [NetworkIssue] = []
    if let problem = system.problem(with: method) {
      issues.append(
        NetworkIssue(
          path: ["models", model, "method"], message: problem.message, hint: problem.hint))
    }
    for (name, values) in parameters.sorted(by: { $0.key < $1.key }) {
      let place = path + ["parameters", name]
      if let issue = values.issue(count: size) { issues.append(issue.at(place)) }
      switch system[name]?.kind {
      case .parameter?: break
      case nil:
        issues.append(
          NetworkIssue(path: place, message: "the equations of '\(model)' have no '\(name)'"))
      default:
        issues.append(
          NetworkIssue(
            path: place, message: "'\(name)' is no parameter of the equations of '\(model)'",
            hint: "start values of variables stand under 'initial'"))
      }
    }
    for entry in initial {
      let place = path + ["initial", entry.variable]
      if case .distribution(let values) = entry.value, let issue = values.issue(count: size) {
        issues.append(issue.at(place))
      }
      switch system[entry.variable]?.kind {
      case nil:
        issues.append(
          NetworkIssue(
            path: place, message: "the equations of '\(model)' have no '\(entry.variable)'"))
      case .subexpression?:
        issues.append(
          NetworkIssue(
            path: place,
            message: "'\(entry.variable)' follows from other variables and has no start value"))
      default: break
      }
    }
    return issues
  }
}

extension PoissonGenerator {
  fileprivate func issues(size: Int, path: [String]) -> [NetworkIssue] {
    var issues: [NetworkIssue] = []
    func add(_ key: String, _ message: String, hint: String? = nil) {
      issues.append(NetworkIssue(path: path + [key], message: message, hint: hint))
    }
    func isRate(_ rate: Double) -> Bool { rate.isFinite && rate >= 0 }
    switch rate {
    case .constant(let value) where !isRate(value):
      add("rate", "the rate \(value) Hz is negative or not finite")
    case .list(let list) where list.count != size:
      add("rate", "the list has \(list.count) rates where \(size) are needed")
    case .list(let list):
      if let place = list.firstIndex(where: { !isRate($0) }) {
        add("rate", "rate \(place) of the list, \(list[place]) Hz, is negative or not finite")
      }
    case .constant, .expression: break
    }
    if sources < 1 || sources > Int(Int32.max) {
      add(
        "sources", "\(sources) sources are not in 1 ... \(Int32.max)",
        hint: "1 is a plain generator")
    }
    if window.isEmpty {
      issues.append(
        NetworkIssue(.warning, path: path + ["stop"], message: "it stops before it starts"))
    }
    return issues
  }
}

extension SpikeListGenerator {
  fileprivate func issues(size: Int, path: [String]) -> [NetworkIssue] {
    var last: (step: Int64, unit: Int) = (-1, size)
    for (place, spike) in spikes.enumerated() {
      guard spike.unit >= 0, spike.unit < size else {
        return [
          NetworkIssue(
            path: path + ["indices"],
            message: "spike \(place) is of unit \(spike.unit), which is not in 0 ..< \(size)")
        ]
      }
      guard spike.step >= 0 else {
        return [
          NetworkIssue(path: path + ["times"], message: "spike \(place) is before time 0")
        ]
      }
      guard (spike.step, spike.unit) > last else {
        let isTwice = spike == (last.unit, last.step)
        return [
          NetworkIssue(
            path: path + ["times"],
            message: isTwice
              ? "unit \(spike.unit) fires twice in step \(spike.step)"
              : "spike \(place) is out of order")
        ]
      }
      last = (spike.step, spike.unit)
    }
    return []
  }
}

extension NetworkIssue {
  /// The same issue, at a place further down.
  func at(_ path: [String]) -> NetworkIssue {
    var issue = self
    issue.path = path + issue.path
    return issue
  }
}
