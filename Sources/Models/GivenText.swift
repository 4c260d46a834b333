import Units

/// What a user has given of a description, one thing per line, in the words of the job file.
extension Compartment {
  var givenText: String {
    let head = ["\(name): \(kind.rawValue), \(membrane.givenName)"]
    let values: [(String, Quantity?)] = [
      ("length", length), ("diameter", diameter), ("cm", specificCapacitance),
      ("gl", specificLeak), ("cm_abs", absoluteCapacitance), ("gl_abs", absoluteLeak),
      ("r_axial", axialResistivity), ("v_rest", restingPotential), ("scale_factor", scaleFactor),
      ("spine_factor", spineFactor),
    ]
    let mechanisms =
      synapses.map(\.givenText) + dendriticSpikes.map(\.givenText)
      + (noise.map { [$0.givenText] } ?? [])
    return (head + [GivenText.line(values)] + mechanisms).filter { !$0.isEmpty }
      .joined(separator: "\n  ")
  }
}

extension NeuronModel {
  /// The values for all compartments, then compartment by compartment.
  public var givenText: String {
    let shared = GivenText.line([
      ("cm", specificCapacitance), ("gl", specificLeak), ("r_axial", axialResistivity),
      ("v_rest", restingPotential), ("scale_factor", scaleFactor), ("spine_factor", spineFactor),
    ])
    return
      ([shared] + compartments.map(\.givenText) + couplings.map(\.givenText)
      + dendriticSpikes.map { "all of them: \($0.givenText)" }
      + [GivenText.line(customization.parameters.sorted { $0.key < $1.key })])
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension PointNeuronModel {
  /// The membrane's values, and what is on it.
  public var givenText: String {
    let values = GivenText.line([
      ("length", length), ("diameter", diameter), ("cm", specificCapacitance),
      ("gl", specificLeak), ("cm_abs", absoluteCapacitance), ("gl_abs", absoluteLeak),
      ("v_rest", restingPotential),
    ])
    return
      ([membrane.rawValue, values] + synapses.map(\.givenText)
      + (noise.map { [$0.givenText] } ?? [])
      + [GivenText.line(customization.parameters.sorted { $0.key < $1.key })])
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension FreeNeuronModel {
  /// The parameters: the equations stand for themselves.
  public var givenText: String {
    GivenText.line(customization.parameters.sorted { $0.key < $1.key })
  }
}

/// Values in the words of the job file.
enum GivenText {
  /// Those that are there: `length 25 um, diameter 25 um`.
  static func line(_ values: [(String, Quantity?)]) -> String {
    values.compactMap { name, value in value.map { "\(name) \($0)" } }.joined(separator: ", ")
  }

  static func line(_ values: [(key: String, value: Quantity)]) -> String {
    line(values.map { ($0.key, Optional($0.value)) })
  }
}

extension Compartment.Membrane {
  fileprivate var givenName: String {
    switch self {
    case .library(let model): model.rawValue
    case .equations: "equations"
    }
  }
}

extension Synapse {
  fileprivate var givenText: String {
    let values = GivenText.line([
      ("g", conductance), ("t_rise", riseTime), ("t_decay", decayTime),
    ])
    return "synapse \(channel.rawValue) \(tag): \(values)\(isPeakScaled ? ", scale_g" : "")"
  }
}

extension Noise {
  fileprivate var givenText: String {
    "noise: " + GivenText.line([("tau", tau), ("sigma", sigma), ("mean", mean)])
  }
}

extension DendriticSpike {
  fileprivate var givenText: String {
    let values = GivenText.line([
      ("threshold", threshold), ("g_rise", riseConductance), ("g_fall", fallConductance),
      ("duration_rise", riseDuration), ("duration_fall", fallDuration),
      ("tau_rise", riseTimeConstant), ("tau_fall", fallTimeConstant),
      ("offset_fall", fallOffset), ("refractory", refractoryPeriod),
    ])
    let reversals = [("reversal_rise", riseReversal), ("reversal_fall", fallReversal)]
      .compactMap { key, reversal in reversal.map { "\(key) \($0.givenText)" } }
    let parts = (kinetics.map { [$0.rawValue] } ?? []) + [values] + reversals
    return "dSpike \(name): " + parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

extension DendriticSpike.Reversal {
  fileprivate var givenText: String {
    switch self {
    case .potential(let quantity): "\(quantity)"
    case .parameter(let name): name
    }
  }
}

extension Coupling {
  fileprivate var givenText: String {
    let how =
      switch conductance {
      case .explicit(let quantity): "\(quantity)"
      case .halfCylinders: "half_cylinders"
      case .cylinder(let name): "cylinder_\(name)"
      }
    return "\(first) - \(second): \(how)"
  }
}
