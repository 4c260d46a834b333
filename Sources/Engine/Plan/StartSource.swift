import Equations
import Kernels
import Networks

/// What of the network acts on a population at the start of steps: a stimulus, or an entry of the
/// schedule.
package enum StartSource: Hashable, Sendable {
  /// Place in `Network.stimuli`.
  case stimulus(Int)
  /// Place in `Network.schedule`, and which of the population's entries it is.
  case entry(Int, ordinal: Int)

  /// Those of one population, in the order in which they act at one step.
  static func all(ofPopulation population: Int, in network: Network) -> [StartSource] {
    var sources: [StartSource] = []
    for (place, stimulus) in network.stimuli.enumerated() where stimulus.population == population {
      sources.append(.stimulus(place))
    }
    var ordinal = 0
    for (place, entry) in network.schedule.enumerated() {
      guard case .statements(let scheduled) = entry, scheduled.population == population else {
        continue
      }
      sources.append(.entry(place, ordinal: ordinal))
      ordinal += 1
    }
    return sources
  }

  /// The code that a kernel has for it. The name names its random streams: entries of other
  /// populations do not show in it.
  func start(in network: Network) -> Start {
    switch self {
    case .stimulus(let place):
      let stimulus = network.stimuli[place]
      let name = "stimulus.\(stimulus.name)"
      if case .expression(let value) = stimulus.course {
        let statement = Statement(stimulus.variable, .set, value)
        return Start(name: name, action: .statements([statement]))
      }
      return Start(name: name, action: .assignment(variable: stimulus.variable))
    case .entry(let place, let ordinal):
      guard case .statements(let entry) = network.schedule[place] else {
        preconditionFailure("entry \(place) of the schedule has no statements")
      }
      return Start(name: "schedule.\(ordinal)", action: .statements(entry.statements))
    }
  }
}
