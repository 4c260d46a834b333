import Equations
import Models
import Networks
import Storage
import Units

extension RecordingLayout {
  /// What an experiment writes, with the units of its variables in files.
  init(of experiment: Experiment) {
    self.init(experiment) { population, name in
      guard case .neurons(let neurons) = experiment.network.populations[population].kind,
        let variable = neurons.system[name]
      else {
        let dimension = EquationNames.recordable[name] ?? .one
        return Variable(name: name, unit: FileUnit(dimension))
      }
      return Variable(
        name: name, unit: FileUnit(variable.dimension),
        compartment: CompartmentOrder(neurons.system).place(ofVariable: name))
    }
  }
}

extension RecordingLayout.FileUnit {
  /// mV, nA, uS, ms, Hz; other dimensions in SI.
  init(_ dimension: Dimension) {
    switch dimension {
    case .one: self = .one
    case .voltage: self = .millivolt
    case .current: self = .nanoampere
    case .conductance: self = .microsiemens
    case .time: self = .millisecond
    case .frequency: self = .hertz
    default: self = .si("\(dimension)")
    }
  }
}

/// The compartments of a model as its equations show them: `V_soma`, `V_trunk`, …
struct CompartmentOrder {
  private let names: [String]

  init(_ system: EquationSystem) {
    names = system.variables.compactMap { variable in
      variable.name.hasPrefix("V_") ? String(variable.name.dropFirst(2)) : nil
    }
  }

  var count: Int { max(names.count, 1) }

  /// Place of the compartment whose name a variable ends with; 0 where it ends with none.
  func place(ofVariable variable: String) -> UInt32 {
    let place = names.firstIndex { variable.hasSuffix("_" + $0) }
    return UInt32(place ?? 0)
  }
}
