import Equations

/// What is wrong with stimuli and schedule.
extension Network {
  func issues(of stimulus: Stimulus) -> [NetworkIssue] {
    let path = ["stimuli", stimulus.name]
    func issue(_ key: String, _ message: String) -> [NetworkIssue] {
      [NetworkIssue(path: path + [key], message: message)]
    }
    var issues = issues(ofDriven: stimulus.population, stimulus.neurons, path: path)
    guard let (population, neurons) = drivenNeurons(stimulus.population) else { return issues }
    switch neurons.system[stimulus.variable]?.kind {
    case nil:
      issues += issue("variable", "'\(population.name)' has no variable '\(stimulus.variable)'")
    case .subexpression?:
      issues += issue("variable", "'\(stimulus.variable)' follows from other variables")
    default: break
    }
    switch stimulus.course {
    case .steps(let steps):
      if let place = steps.indices.dropFirst().first(where: {
        steps[$0].step <= steps[$0 - 1].step
      }) {
        issues += issue("steps", "entry \(place) is not later than the one before it")
      }
      for (place, entry) in steps.enumerated() {
        if let values = entry.values.issue(count: stimulus.neurons.count) {
          issues.append(values.at(path + ["steps", String(place)]))
        }
      }
    case .waveform(let waveform):
      if let message = waveform.problem(neurons: stimulus.neurons.count) {
        issues += issue("waveform", message)
      }
    case .expression: break
    }
    return issues
  }

  func issues(ofScheduleEntry place: Int) -> [NetworkIssue] {
    let path = ["schedule", String(place)]
    func issue(_ key: String, _ message: String) -> [NetworkIssue] {
      [NetworkIssue(path: path + [key], message: message)]
    }
    switch schedule[place] {
    case .activity(let entry):
      guard projections.indices.contains(entry.projection) else {
        return issue("projection", "there is no projection \(entry.projection)")
      }
      return entry.step >= 0 ? [] : issue("at", "the step \(entry.step) is before the first")
    case .statements(let entry):
      var issues = issues(ofDriven: entry.population, entry.neurons, path: path)
      switch entry.times {
      case .once(let step) where step < 0:
        issues += issue("at", "the step \(step) is before the first")
      case .every(let interval, let from, _) where interval < 1 || from < 0:
        issues += issue("every", "it has to begin at step 0 or later, and go on by 1 or more")
      default: break
      }
      guard let (population, neurons) = drivenNeurons(entry.population) else { return issues }
      for statement in entry.statements {
        guard let variable = neurons.system[statement.target], variable.isStored else {
          issues += issue(
            "do", "'\(population.name)' has no variable '\(statement.target)' to assign to")
          continue
        }
      }
      return issues
    }
  }

  private func drivenNeurons(
    _ population: Int
  ) -> (population: Population, neurons: NeuronPopulation)? {
    guard populations.indices.contains(population),
      case .neurons(let neurons) = populations[population].kind
    else { return nil }
    return (populations[population], neurons)
  }

  /// Whether the population has neurons, and those that are chosen.
  private func issues(
    ofDriven population: Int, _ neurons: [Int], path: [String]
  ) -> [NetworkIssue] {
    func issue(_ key: String, _ message: String) -> [NetworkIssue] {
      [NetworkIssue(path: path + [key], message: message)]
    }
    guard populations.indices.contains(population) else {
      return issue("population", "there is no population \(population)")
    }
    guard let driven = drivenNeurons(population)?.population else {
      return issue(
        "population", "'\(populations[population].name)' has no neurons to be driven")
    }
    var last = -1
    for neuron in neurons {
      guard neuron > last, neuron < driven.size else {
        return issue(
          "neurons", "neuron \(neuron) is out of order or not in 0 ..< \(driven.size)")
      }
      last = neuron
    }
    return []
  }
}

extension Waveform {
  /// Why it cannot drive so many neurons; `nil` if it can.
  fileprivate func problem(neurons: Int) -> String? {
    guard interval.isFinite, interval > 0 else {
      return "the time between samples is \(interval) s; it must be positive"
    }
    guard columns == 1 || columns == neurons else {
      return "a sample has \(columns) values for \(neurons) neurons"
    }
    guard !samples.isEmpty, samples.count.isMultiple(of: columns) else {
      return "\(samples.count) values do not make samples of \(columns)"
    }
    guard let place = samples.firstIndex(where: { !$0.isFinite }) else { return nil }
    return "value \(place % columns) of sample \(place / columns) is \(samples[place])"
  }
}
