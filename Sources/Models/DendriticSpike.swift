import Equations
public import Units

/// A dendritic spike: a rising and a falling current that follow a crossing of a threshold.
///
/// With `id` for `<name>_<compartment>`, the currents are
///
///     I_rise_id = g_rise_id (E_rise - V),   I_fall_id = g_fall_id (E_fall - V)
///
/// **Pulse** kinetics (Dendrify 2) count whole steps. The event of step n (V >= Vth, and
/// `refractory` passed since the last one; the first is free) opens g_rise for
/// `duration_rise` steps and g_fall, after `offset_fall` steps, for `duration_fall` + 1 steps.
///
/// **Exponential** kinetics (Dendrify 1, the paper) compare times in seconds, as f64: the rise,
/// V > Vth and allowed and t > timer + refractory, adds its maximum to g_rise and sets the timer;
/// the fall, t > timer + offset_fall, adds its maximum to g_fall and allows the next rise. Both
/// conductances decay with their time constants. The timer starts at 0, so nothing happens while
/// t <= refractory.
///
/// In both, users see one event, `spike_id`.
///
/// What is left out here may be said for all dendritic spikes of that name by the neuron,
/// `NeuronModel.dendriticSpikes`.
public struct DendriticSpike: Hashable, Sendable {
  /// How the conductances run.
  public enum Kinetics: String, Hashable, Sendable, CaseIterable {
    case pulse
    case exponential
  }

  /// Where a current reverses.
  public enum Reversal: Hashable, Sendable {
    case potential(Quantity)
    /// The name of a parameter, such as `E_Na`.
    case parameter(String)
  }

  /// Tells the dendritic spikes of one compartment apart; often the ion: `Na`.
  public var name: String
  /// `pulse` if absent.
  public var kinetics: Kinetics?
  /// Of the dendrite's voltage.
  public var threshold: Quantity?
  /// A conductance, or one per area, taken times the bare area of the compartment,
  /// π · length · diameter, without scale and spine factors.
  public var riseConductance: Quantity?
  /// As `riseConductance`.
  public var fallConductance: Quantity?
  /// How long the rising conductance is open; pulse kinetics only.
  public var riseDuration: Quantity?
  /// How long the falling conductance is open; pulse kinetics only.
  public var fallDuration: Quantity?
  /// Decay of the rising conductance; exponential kinetics only.
  public var riseTimeConstant: Quantity?
  /// Decay of the falling conductance; exponential kinetics only.
  public var fallTimeConstant: Quantity?
  /// From the start of the rise to the start of the fall.
  public var fallOffset: Quantity?
  /// From one dendritic spike to the next, at least.
  public var refractoryPeriod: Quantity?
  /// `E_Na` if absent.
  public var riseReversal: Reversal?
  /// `E_K` if absent.
  public var fallReversal: Reversal?

  /// Describes a dendritic spike.
  public init(
    _ name: String, kinetics: Kinetics? = nil, threshold: Quantity? = nil,
    riseConductance: Quantity? = nil, fallConductance: Quantity? = nil,
    riseDuration: Quantity? = nil, fallDuration: Quantity? = nil,
    riseTimeConstant: Quantity? = nil, fallTimeConstant: Quantity? = nil,
    fallOffset: Quantity? = nil, refractoryPeriod: Quantity? = nil,
    riseReversal: Reversal? = nil, fallReversal: Reversal? = nil
  ) {
    self.name = name
    self.kinetics = kinetics
    self.threshold = threshold
    self.riseConductance = riseConductance
    self.fallConductance = fallConductance
    self.riseDuration = riseDuration
    self.fallDuration = fallDuration
    self.riseTimeConstant = riseTimeConstant
    self.fallTimeConstant = fallTimeConstant
    self.fallOffset = fallOffset
    self.refractoryPeriod = refractoryPeriod
    self.riseReversal = riseReversal
    self.fallReversal = fallReversal
  }
}

extension DendriticSpike {
  /// The same with what `settings` say in place of what is said here.
  func overridden(by settings: DendriticSpike) -> DendriticSpike {
    var result = self
    result.kinetics = settings.kinetics ?? kinetics
    result.threshold = settings.threshold ?? threshold
    result.riseConductance = settings.riseConductance ?? riseConductance
    result.fallConductance = settings.fallConductance ?? fallConductance
    result.riseDuration = settings.riseDuration ?? riseDuration
    result.fallDuration = settings.fallDuration ?? fallDuration
    result.riseTimeConstant = settings.riseTimeConstant ?? riseTimeConstant
    result.fallTimeConstant = settings.fallTimeConstant ?? fallTimeConstant
    result.fallOffset = settings.fallOffset ?? fallOffset
    result.refractoryPeriod = settings.refractoryPeriod ?? refractoryPeriod
    result.riseReversal = settings.riseReversal ?? riseReversal
    result.fallReversal = settings.fallReversal ?? fallReversal
    return result
  }

  /// Adds currents, state and events to a membrane. `bareArea` is π · length · diameter in m², if
  /// the compartment has dimensions.
  func write(
    to membrane: inout Membrane, bareArea: Double?, at path: [String]
  ) throws(ModelError) {
    try checkName(name, of: "a dendritic spike", at: path + ["name"])
    try refuseForeignTimes(at: path)
    let id = "_\(name)\(membrane.suffix)"
    let threshold = try Expectation.voltage.required(threshold, at: path + ["threshold"])
    try membrane.define("Vth" + id, Quantity(threshold, .voltage), at: path)
    for (which, given) in [("rise", riseConductance), ("fall", fallConductance)] {
      let value = try conductance(given, bareArea: bareArea, at: path + ["g_" + which])
      try membrane.define("g_\(which)_max\(id)", Quantity(value, .conductance), at: path)
    }
    let offset = try Expectation.duration.required(fallOffset, at: path + ["offset_fall"])
    try membrane.define("offset_fall" + id, Quantity(offset, .time), at: path)
    let refractory = try Expectation.duration.required(
      refractoryPeriod, at: path + ["refractory"])
    try membrane.define("refractory" + id, Quantity(refractory, .time), at: path)
    let reversals = [
      ("rise", riseReversal ?? .parameter("E_Na")), ("fall", fallReversal ?? .parameter("E_K")),
    ]
    for (which, reversal) in reversals {
      let name = try potential(reversal, "E_\(which)\(id)", &membrane, path + ["reversal_" + which])
      membrane.currents.append("I_\(which)\(id)")
      membrane.lines.append(
        "I_\(which)\(id) = g_\(which)\(id) * (\(name)-V\(membrane.suffix))  :amp")
    }
    switch kinetics ?? .pulse {
    case .pulse: try writePulse(id, to: &membrane, at: path)
    case .exponential: try writeExponential(id, to: &membrane, at: path)
    }
  }

  private func writePulse(
    _ id: String, to membrane: inout Membrane, at path: [String]
  ) throws(ModelError) {
    for (which, given) in [("rise", riseDuration), ("fall", fallDuration)] {
      let value = try Expectation.duration.required(given, at: path + ["duration_" + which])
      try membrane.define("duration_\(which)\(id)", Quantity(value, .time), at: path)
    }
    // Dendrify rounds these times when it builds the model; here they are rounded by the same
    // function, with the step of the run.
    let rise = "timestep(duration_rise\(id), dt)"
    let fall = "timestep(duration_fall\(id), dt)"
    let offset = "timestep(offset_fall\(id), dt)"
    membrane.lines += [
      "g_rise\(id) = g_rise_max\(id) * int(t_in_timesteps <= spiketime\(id) + \(rise))"
        + " * gate\(id)  :siemens",
      "g_fall\(id) = g_fall_max\(id)"
        + " * int(t_in_timesteps <= spiketime\(id) + \(offset) + \(fall))"
        + " * int(t_in_timesteps >= spiketime\(id) + \(offset)) * gate\(id)  :siemens",
      "spiketime\(id)  :integer",
      "gate\(id)  :integer",
    ]
    membrane.events.append(
      NeuronDefinition.Event(
        name: "spike" + id,
        condition: "V\(membrane.suffix) >= Vth\(id) and t_in_timesteps >= spiketime\(id)"
          + " + timestep(refractory\(id), dt) * gate\(id)",
        action: "spiketime\(id) = t_in_timesteps; gate\(id) = 1"))
  }

  private func writeExponential(
    _ id: String, to membrane: inout Membrane, at path: [String]
  ) throws(ModelError) {
    for (which, given) in [("rise", riseTimeConstant), ("fall", fallTimeConstant)] {
      let value = try Expectation.timeConstant.required(given, at: path + ["tau_" + which])
      try membrane.define("tau_\(which)\(id)", Quantity(value, .time), at: path)
      membrane.lines.append("dg_\(which)\(id)/dt = -g_\(which)\(id)/tau_\(which)\(id)  :siemens")
    }
    membrane.lines += [
      "allow_rise\(id)  :boolean", "allow_fall\(id)  :boolean", "timer\(id)  :second",
    ]
    // The sums stay on the right of the comparisons: n·dt > m·dt + offset in doubles decides
    // whether the fall starts after two steps or three.
    membrane.events += [
      NeuronDefinition.Event(
        name: "spike" + id,
        condition: "V\(membrane.suffix) > Vth\(id) and allow_rise\(id)"
          + " and t > timer\(id) + refractory\(id)",
        action: "g_rise\(id) += g_rise_max\(id); allow_rise\(id) = False;"
          + " allow_fall\(id) = True; timer\(id) = t"),
      NeuronDefinition.Event(
        name: "fall" + id,
        condition: "t > (timer\(id) + offset_fall\(id)) and allow_fall\(id)",
        action: "g_fall\(id) += g_fall_max\(id); allow_fall\(id) = False;"
          + " allow_rise\(id) = True",
        isRecordable: false),
    ]
    membrane.initial += [
      InitialValue("allow_rise" + id, .boolean(true)),
      InitialValue("allow_fall" + id, .boolean(false)),
    ]
  }

  private func refuseForeignTimes(at path: [String]) throws(ModelError) {
    let own = kinetics ?? .pulse
    let foreign: [(key: String, value: Quantity?)] =
      switch own {
      case .pulse: [("tau_rise", riseTimeConstant), ("tau_fall", fallTimeConstant)]
      case .exponential: [("duration_rise", riseDuration), ("duration_fall", fallDuration)]
      }
    for (key, value) in foreign where value != nil {
      let other: Kinetics = own == .pulse ? .exponential : .pulse
      throw ModelError(
        "'\(key)' belongs to \(other.rawValue) kinetics, and these are \(own.rawValue)",
        at: path + [key], hint: "remove it, or write 'kinetics: \(other.rawValue)'")
    }
  }

  private func conductance(
    _ given: Quantity?, bareArea: Double?, at path: [String]
  ) throws(ModelError) -> Double {
    guard let given, given.dimension == Expectation.specificConductance.dimension else {
      return try Expectation.conductance.required(given, at: path)
    }
    let density = try Expectation.specificConductance.value(of: given, at: path)
    guard let bareArea else {
      throw ModelError(
        "a conductance per area needs the compartment's length and diameter", at: path,
        hint: "give both, or a conductance such as 15 nS")
    }
    return density * bareArea
  }

  /// The name that stands for a reversal potential in the equations.
  private func potential(
    _ reversal: Reversal, _ ownName: String, _ membrane: inout Membrane, _ path: [String]
  ) throws(ModelError) -> String {
    switch reversal {
    case .potential(let quantity):
      let value = try Expectation.voltage.value(of: quantity, at: path)
      try membrane.define(ownName, Quantity(value, .voltage), at: path)
      return ownName
    case .parameter(let name):
      try checkName(name, of: "a reversal potential", at: path)
      membrane.needed.append(
        NeededName(name, dimension: .voltage, what: "the reversal potential", at: path))
      return name
    }
  }
}
