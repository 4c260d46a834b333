public import Units

/// A compartment under one of its names: `Soma`, `Dendrite`, or `Compartment` itself.
@dynamicMemberLookup
public protocol CompartmentDescription: MembraneHost, Hashable, Sendable,
  CustomStringConvertible
{
  /// All that is said of it.
  var compartment: Compartment { get set }
}

extension CompartmentDescription {
  /// What the compartment says, under its own name.
  public subscript<Value>(
    dynamicMember member: WritableKeyPath<Compartment, Value>
  ) -> Value {
    get { compartment[keyPath: member] }
    set { compartment[keyPath: member] = newValue }
  }

  public var synapses: [Synapse] {
    get { compartment.synapses }
    set { compartment.synapses = newValue }
  }

  public var noise: Noise? {
    get { compartment.noise }
    set { compartment.noise = newValue }
  }

  public var addedEquations: String {
    get { compartment.addedEquations }
    set { compartment.addedEquations = newValue }
  }

  public var replacements: [Customization.Replacement] {
    get { compartment.replacements }
    set { compartment.replacements = newValue }
  }

  public var addedParameters: [String: Quantity] {
    get { compartment.addedParameters }
    set { compartment.addedParameters = newValue }
  }

  /// Membrane area with the compartment's own scale and spine factors; `nil` without dimensions.
  ///
  /// Values that a `NeuronModel` sets for all compartments do not count: see
  /// `ResolvedNeuron.compartments` for those.
  ///
  /// - Throws: What is wrong with the compartment's own values.
  public var area: Quantity? {
    get throws(ModelError) {
      try compartment.ownElectrical().area.map { Quantity($0, .length * .length) }
    }
  }

  /// Capacitance; `nil` where the compartment alone does not say it.
  ///
  /// - Throws: What is wrong with the compartment's own values.
  public var capacitance: Quantity? {
    get throws(ModelError) {
      try compartment.ownElectrical().capacitance.map { Quantity($0, .capacitance) }
    }
  }

  /// Leak conductance; `nil` where the compartment alone does not say it.
  ///
  /// - Throws: What is wrong with the compartment's own values.
  public var gLeakage: Quantity? {
    get throws(ModelError) {
      try compartment.ownElectrical().leak.map { Quantity($0, .conductance) }
    }
  }

  /// The compartment connected with another, for `NeuronModel`.
  ///
  /// - Parameter conductance: half cylinders unless said otherwise.
  public func connect(
    _ other: some CompartmentDescription, _ conductance: Coupling.Conductance = .halfCylinders
  ) -> Connection {
    Connection(compartment, other.compartment, conductance)
  }

  /// The compartment connected with another by a conductance.
  public func connect(_ other: some CompartmentDescription, _ conductance: Quantity) -> Connection {
    Connection(compartment, other.compartment, .explicit(conductance))
  }

  /// What is said of the compartment.
  public var description: String { compartment.givenText }
}

/// The compartment that spikes: a leaky membrane unless said otherwise, and no spines by a neuron's
/// `spineFactor`.
public struct Soma: CompartmentDescription {
  public var compartment: Compartment

  /// Describes a soma.
  ///
  /// - Parameters:
  ///   - name: Suffix of its variables, `V_<name>`.
  ///   - model: What gives the membrane its equations.
  ///   - length: With `diameter`, the cylinder that it is.
  ///   - cm: Capacitance per area.
  ///   - gl: Leak conductance per area.
  ///   - cmAbs: Capacitance, in place of dimensions and `cm`.
  ///   - glAbs: Leak conductance, in place of dimensions and `gl`.
  ///   - rAxial: Resistivity along the axis.
  ///   - vRest: Resting potential.
  ///   - scaleFactor: Multiplies the area.
  ///   - spineFactor: Multiplies the area.
  public init(
    _ name: String, model: Compartment.Membrane = .leakyIF, length: Quantity? = nil,
    diameter: Quantity? = nil, cm: Quantity? = nil, gl: Quantity? = nil, cmAbs: Quantity? = nil,
    glAbs: Quantity? = nil, rAxial: Quantity? = nil, vRest: Quantity? = nil,
    scaleFactor: Double? = nil, spineFactor: Double? = nil
  ) {
    compartment = Compartment(
      name, kind: .soma, membrane: model, length: length, diameter: diameter,
      specificCapacitance: cm, specificLeak: gl, absoluteCapacitance: cmAbs, absoluteLeak: glAbs,
      axialResistivity: rAxial, restingPotential: vRest,
      scaleFactor: scaleFactor.map { Quantity($0) },
      spineFactor: spineFactor.map { Quantity($0) })
  }
}

/// A compartment with a passive membrane unless said otherwise, which may have dendritic spikes.
public struct Dendrite: CompartmentDescription {
  public var compartment: Compartment

  /// Describes a dendrite; the parameters are those of `Soma`.
  public init(
    _ name: String, model: Compartment.Membrane = .passive, length: Quantity? = nil,
    diameter: Quantity? = nil, cm: Quantity? = nil, gl: Quantity? = nil, cmAbs: Quantity? = nil,
    glAbs: Quantity? = nil, rAxial: Quantity? = nil, vRest: Quantity? = nil,
    scaleFactor: Double? = nil, spineFactor: Double? = nil
  ) {
    compartment = Compartment(
      name, kind: .dendrite, membrane: model, length: length, diameter: diameter,
      specificCapacitance: cm, specificLeak: gl, absoluteCapacitance: cmAbs, absoluteLeak: glAbs,
      axialResistivity: rAxial, restingPotential: vRest,
      scaleFactor: scaleFactor.map { Quantity($0) },
      spineFactor: spineFactor.map { Quantity($0) })
  }

  /// Adds dendritic spikes whose conductances are square pulses, as Dendrify 2's.
  ///
  /// What is left out must come from `NeuronModel.configureDSpikes`.
  ///
  /// - Parameters:
  ///   - name: Tells the dendritic spikes of a dendrite apart; often the ion.
  ///   - gRise: A conductance, or one per area, taken times π · length · diameter.
  ///   - gFall: As `gRise`.
  ///   - durationRise: How long the rising conductance is open.
  ///   - durationFall: How long the falling conductance is open.
  ///   - offsetFall: From the start of the rise to the start of the fall.
  ///   - refractory: From one dendritic spike to the next, at least.
  ///   - reversalRise: `E_Na` if left out.
  ///   - reversalFall: `E_K` if left out.
  public mutating func dspikes(
    _ name: String, threshold: Quantity? = nil, gRise: Quantity? = nil, gFall: Quantity? = nil,
    durationRise: Quantity? = nil, durationFall: Quantity? = nil, offsetFall: Quantity? = nil,
    refractory: Quantity? = nil, reversalRise: DendriticSpike.Reversal? = nil,
    reversalFall: DendriticSpike.Reversal? = nil
  ) {
    compartment.dendriticSpikes.append(
      DendriticSpike(
        name, threshold: threshold, riseConductance: gRise, fallConductance: gFall,
        riseDuration: durationRise, fallDuration: durationFall, fallOffset: offsetFall,
        refractoryPeriod: refractory, riseReversal: reversalRise, fallReversal: reversalFall))
  }

  /// Adds dendritic spikes whose conductances jump and decay, as Dendrify 1's and the paper's.
  ///
  /// - Parameters:
  ///   - tauRise: Decay of the rising conductance.
  ///   - tauFall: Decay of the falling conductance.
  public mutating func exponentialDSpikes(
    _ name: String, threshold: Quantity? = nil, gRise: Quantity? = nil, gFall: Quantity? = nil,
    tauRise: Quantity? = nil, tauFall: Quantity? = nil, offsetFall: Quantity? = nil,
    refractory: Quantity? = nil, reversalRise: DendriticSpike.Reversal? = nil,
    reversalFall: DendriticSpike.Reversal? = nil
  ) {
    compartment.dendriticSpikes.append(
      DendriticSpike(
        name, kinetics: .exponential, threshold: threshold, riseConductance: gRise,
        fallConductance: gFall, riseTimeConstant: tauRise, fallTimeConstant: tauFall,
        fallOffset: offsetFall, refractoryPeriod: refractory, riseReversal: reversalRise,
        fallReversal: reversalFall))
  }
}

extension Compartment: CompartmentDescription {
  public var compartment: Compartment {
    get { self }
    set { self = newValue }
  }
}

extension Compartment.Membrane {
  public static let passive = library(.passive)
  public static let leakyIF = library(.leakyIF)
  public static let adaptiveIF = library(.adaptiveIF)
  public static let cadIF = library(.cadIF)
  public static let adex = library(.adex)
}
