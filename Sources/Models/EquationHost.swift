public import Units

/// What takes equations and parameters of the user's own: compartments and neurons.
///
/// In those of a compartment `{0}` stands for its suffix `_<name>`.
public protocol EquationHost {
  /// Text added to the equations that are there.
  var addedEquations: String { get set }
  /// Equations in place of others.
  var replacements: [Customization.Replacement] { get set }
  /// Values of names in the equations, in SI.
  var addedParameters: [String: Quantity] { get set }
}

extension EquationHost {
  /// Adds equations, in Brian's language.
  ///
  /// A text that is there already is not added again.
  public mutating func addEquations(_ text: String) {
    guard !addedEquations.contains(text) else { return }
    addedEquations += addedEquations.isEmpty ? text : "\n" + text
  }

  /// Puts an equation in place of the one with that left side, such as `dV_soma/dt` or `I_soma`.
  ///
  /// That there is none is found when the model is resolved.
  public mutating func replaceEquations(_ leftSide: String, with equation: String) {
    replacements.append(Customization.Replacement(leftSide, with: equation))
  }

  /// Gives values to names, in place of those that they have.
  public mutating func addParameters(_ parameters: [String: Quantity]) {
    addedParameters.merge(parameters) { $1 }
  }
}

/// What has a membrane that synapses and noise can be put on: compartments and point neurons.
public protocol MembraneHost: EquationHost {
  var synapses: [Synapse] { get set }
  var noise: Noise? { get set }
}

extension MembraneHost {
  /// Adds a synapse.
  ///
  /// - Parameters:
  ///   - channel: What opens, and with it the reversal potential and the magnesium block.
  ///   - tag: Tells synapses of one channel apart; part of the variables' names, `s_AMPA_<tag>`.
  ///   - g: Conductance of a gate at 1.
  ///   - tRise: Time constant of the rise; `nil` for an instant rise.
  ///   - tDecay: Time constant of the decay.
  ///   - scaleG: Whether one spike's conductance is to peak at `g`.
  public mutating func synapse(
    _ channel: Synapse.Channel, tag: String, g: Quantity, tRise: Quantity? = nil,
    tDecay: Quantity, scaleG: Bool = false
  ) {
    synapses.append(
      Synapse(
        channel, tag: tag, conductance: g, riseTime: tRise, decayTime: tDecay,
        isPeakScaled: scaleG))
  }

  /// Adds a noisy current with Dendrify's defaults, in place of one that is there.
  ///
  /// - Parameters:
  ///   - tau: Correlation time.
  ///   - sigma: Standard deviation of the current.
  ///   - mean: Mean current.
  public mutating func noise(
    tau: Quantity = 20 * .ms, sigma: Quantity = 1 * .pA, mean: Quantity = 0 * .pA
  ) {
    noise = Noise(tau: tau, sigma: sigma, mean: mean)
  }
}

extension NeuronDescription {
  public var addedEquations: String {
    get { customization.equations }
    set { customization.equations = newValue }
  }

  public var replacements: [Customization.Replacement] {
    get { customization.replacements }
    set { customization.replacements = newValue }
  }

  public var addedParameters: [String: Quantity] {
    get { customization.parameters }
    set { customization.parameters = newValue }
  }

  /// Says when the neuron spikes and what follows, in place of what was said before.
  ///
  /// - Parameters:
  ///   - threshold: A condition, such as `V_soma > -50*mV`.
  ///   - reset: Statements run at each spike.
  ///   - refractory: For how long a spike masks the threshold.
  ///   - secondReset: Statements run `spikeWidth` after each spike.
  ///   - spikeWidth: From a spike to its second reset; at most 64 steps.
  public mutating func spike(
    when threshold: String, reset: String? = nil, refractory: Quantity? = nil,
    secondReset: String? = nil, spikeWidth: Quantity? = nil
  ) {
    customization.spike = Spike(
      threshold: threshold, reset: reset, refractoriness: refractory.map { .time($0) },
      secondReset: secondReset, width: spikeWidth)
  }

  /// Adds an event of the user's own: statements run at the end of every step in which a condition
  /// holds.
  public mutating func event(_ name: String, when condition: String, do action: String) {
    customization.events.append(CustomEvent(name, condition: condition, action: action))
  }
}
