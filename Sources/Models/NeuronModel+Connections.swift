public import Units

/// Two compartments and what connects them: what a neuron is put together from.
public struct Connection: Hashable, Sendable {
  public var first: Compartment
  public var second: Compartment
  public var conductance: Coupling.Conductance

  /// Connects two compartments.
  public init(
    _ first: some CompartmentDescription, _ second: some CompartmentDescription,
    _ conductance: Coupling.Conductance = .halfCylinders
  ) {
    self.first = first.compartment
    self.second = second.compartment
    self.conductance = conductance
  }

  /// Connects two compartments by a conductance.
  public init(
    _ first: some CompartmentDescription, _ second: some CompartmentDescription,
    _ conductance: Quantity
  ) {
    self.init(first, second, .explicit(conductance))
  }
}

extension NeuronModel {
  /// Puts a neuron together from connected compartments, in Dendrify's terms.
  ///
  /// A compartment is a value: what is changed after it was put here does not change the neuron,
  /// and one name must mean one value in all connections.
  ///
  /// - Parameters:
  ///   - connections: A tree: each compartment is reached by one way.
  ///   - cm: Capacitance per area, of all compartments.
  ///   - gl: Leak conductance per area, of all compartments.
  ///   - rAxial: Resistivity along the axes, of all compartments.
  ///   - vRest: Resting potential of all compartments.
  ///   - scaleFactor: Multiplies all areas.
  ///   - spineFactor: Multiplies the areas of all dendrites.
  public init(
    _ connections: [Connection], cm: Quantity? = nil, gl: Quantity? = nil,
    rAxial: Quantity? = nil, vRest: Quantity? = nil, scaleFactor: Double? = nil,
    spineFactor: Double? = nil
  ) {
    self.init(
      compartments: [], specificCapacitance: cm, specificLeak: gl, axialResistivity: rAxial,
      restingPotential: vRest, scaleFactor: scaleFactor.map { Quantity($0) },
      spineFactor: spineFactor.map { Quantity($0) })
    for connection in connections { connect(connection) }
  }

  /// A neuron of one compartment.
  public init(
    _ compartment: some CompartmentDescription, cm: Quantity? = nil, gl: Quantity? = nil,
    vRest: Quantity? = nil, scaleFactor: Double? = nil
  ) {
    self.init(
      compartments: [compartment.compartment], specificCapacitance: cm, specificLeak: gl,
      restingPotential: vRest, scaleFactor: scaleFactor.map { Quantity($0) })
  }

  /// Adds a connection, and those of its compartments that are not there yet.
  public mutating func connect(_ connection: Connection) {
    for compartment in [connection.first, connection.second]
    where !compartments.contains(compartment) {
      compartments.append(compartment)
    }
    couplings.append(
      Coupling(connection.first.name, connection.second.name, connection.conductance))
  }

  /// Adds a connection by half cylinders or one whole cylinder.
  public mutating func connect(
    _ first: some CompartmentDescription, _ second: some CompartmentDescription,
    _ conductance: Coupling.Conductance = .halfCylinders
  ) {
    connect(Connection(first, second, conductance))
  }

  /// Adds a connection by a conductance.
  public mutating func connect(
    _ first: some CompartmentDescription, _ second: some CompartmentDescription,
    _ conductance: Quantity
  ) {
    connect(Connection(first, second, conductance))
  }

  /// Sets what all dendritic spikes of a name have in common, in place of what dendrites say.
  ///
  /// What is left out stays as it is. That no dendrite has a dendritic spike of that name is found
  /// when the model is resolved.
  ///
  /// - Parameters: See `Dendrite.dspikes` and `Dendrite.exponentialDSpikes`.
  public mutating func configureDSpikes(
    _ name: String, kinetics: DendriticSpike.Kinetics? = nil, threshold: Quantity? = nil,
    gRise: Quantity? = nil, gFall: Quantity? = nil, durationRise: Quantity? = nil,
    durationFall: Quantity? = nil, tauRise: Quantity? = nil, tauFall: Quantity? = nil,
    offsetFall: Quantity? = nil, refractory: Quantity? = nil,
    reversalRise: DendriticSpike.Reversal? = nil, reversalFall: DendriticSpike.Reversal? = nil
  ) {
    let settings = DendriticSpike(
      name, kinetics: kinetics, threshold: threshold, riseConductance: gRise,
      fallConductance: gFall, riseDuration: durationRise, fallDuration: durationFall,
      riseTimeConstant: tauRise, fallTimeConstant: tauFall, fallOffset: offsetFall,
      refractoryPeriod: refractory, riseReversal: reversalRise, fallReversal: reversalFall)
    if let place = dendriticSpikes.firstIndex(where: { $0.name == name }) {
      dendriticSpikes[place] = dendriticSpikes[place].overridden(by: settings)
    } else {
      dendriticSpikes.append(settings)
    }
  }
}

extension PointNeuronModel {
  /// Describes a point neuron in Dendrify's terms; the parameters are those of `Soma`.
  public init(
    model: MembraneModel, length: Quantity? = nil, diameter: Quantity? = nil, cm: Quantity? = nil,
    gl: Quantity? = nil, cmAbs: Quantity? = nil, glAbs: Quantity? = nil, vRest: Quantity? = nil
  ) {
    self.init(
      model, length: length, diameter: diameter, specificCapacitance: cm, specificLeak: gl,
      absoluteCapacitance: cmAbs, absoluteLeak: glAbs, restingPotential: vRest)
  }
}
