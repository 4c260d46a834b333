import Models
import Units

/// Units as tests write them: 25 * um.
func um(_ x: Double) -> Quantity { Quantity(x * 1e-6, .length) }
func mV(_ x: Double) -> Quantity { Quantity(x * 0.001, .voltage) }
func ms(_ x: Double) -> Quantity { Quantity(x * 0.001, .time) }
func nS(_ x: Double) -> Quantity { Quantity(x * 1e-9, .conductance) }
func pF(_ x: Double) -> Quantity { Quantity(x * 1e-12, .capacitance) }
func pA(_ x: Double) -> Quantity { Quantity(x * 1e-12, .current) }
func uFPerSquareCentimetre(_ x: Double) -> Quantity {
  Quantity(x * 0.01, .capacitance / (.length * .length))
}
func uSPerSquareCentimetre(_ x: Double) -> Quantity {
  Quantity(x * 0.01, .conductance / (.length * .length))
}
func mSPerSquareCentimetre(_ x: Double) -> Quantity {
  Quantity(x * 10, .conductance / (.length * .length))
}
func ohmCentimetre(_ x: Double) -> Quantity { Quantity(x * 0.01, .length / .conductance) }

/// The sodium spike of the paper's benchmarks.
func exponentialSpike(_ rise: Double, _ fall: Double) -> DendriticSpike {
  DendriticSpike(
    "Na", kinetics: .exponential, threshold: mV(-40), riseConductance: nS(rise),
    fallConductance: nS(fall), riseTimeConstant: ms(0.6), fallTimeConstant: ms(1.2),
    fallOffset: ms(0.2), refractoryPeriod: ms(5))
}

/// The sodium spike of Dendrify 2's examples.
func pulseSpike(_ rise: Double, _ fall: Double) -> DendriticSpike {
  DendriticSpike(
    "Na", threshold: mV(-35), riseConductance: nS(rise), fallConductance: nS(fall),
    riseDuration: ms(1.2), fallDuration: ms(2.4), fallOffset: ms(0.2), refractoryPeriod: ms(5))
}

/// Soma, trunk, prox and dist, as in the paper's Figure 3 and benchmarks.
func fourCompartments(
  _ membrane: MembraneModel = .leakyIF, spikes: [DendriticSpike], couplings: [Coupling],
  rest: Double
) -> NeuronModel {
  NeuronModel(
    compartments: [
      .soma("soma", length: um(25), diameter: um(25), membrane: membrane),
      .dendrite("trunk", length: um(100), diameter: um(2.5), dendriticSpikes: [spikes[0]]),
      .dendrite("prox", length: um(100), diameter: um(1), dendriticSpikes: [spikes[1]]),
      .dendrite("dist", length: um(100), diameter: um(0.5), dendriticSpikes: [spikes[2]]),
    ],
    couplings: couplings, specificCapacitance: uFPerSquareCentimetre(1),
    specificLeak: uSPerSquareCentimetre(40), axialResistivity: ohmCentimetre(150),
    restingPotential: mV(rest), scaleFactor: Quantity(2.8), spineFactor: Quantity(1.5))
}

/// The active neuron of the paper's benchmarks.
func paperNeuron() -> NeuronModel {
  var model = fourCompartments(
    spikes: [
      exponentialSpike(34, 27.2), exponentialSpike(15.3, 12.24), exponentialSpike(7, 5.6),
    ],
    couplings: [
      Coupling("soma", "trunk", .explicit(nS(15))), Coupling("trunk", "prox", .explicit(nS(10))),
      Coupling("prox", "dist", .explicit(nS(4))),
    ], rest: -60)
  model.compartments[2].synapses = [
    Synapse(.ampa, tag: "Y", conductance: nS(2), decayTime: ms(5))
  ]
  model.compartments[3].synapses = [
    Synapse(.ampa, tag: "X", conductance: nS(1), decayTime: ms(5))
  ]
  model.customization.spike = Spike(
    threshold: "V_soma > -50*mV", reset: "V_soma = -60*mV", refractoriness: .time(ms(4)))
  return model
}

/// Pulse spikes, half cylinders and one whole cylinder.
func backpropagationNeuron() -> NeuronModel {
  fourCompartments(
    spikes: [pulseSpike(22, 14), pulseSpike(9, 5.7), pulseSpike(3.7, 2.4)],
    couplings: [
      Coupling("soma", "trunk", .explicit(nS(15))), Coupling("trunk", "prox"),
      Coupling("prox", "dist", .cylinder("dist")),
    ], rest: -65)
}

/// Soma and dendrite given in absolute terms, coupled by 15 nS.
func absoluteNeuron() -> NeuronModel {
  NeuronModel(
    compartments: [
      Compartment(
        "soma", kind: .soma, absoluteCapacitance: pF(200), absoluteLeak: nS(10),
        restingPotential: mV(-70)),
      Compartment(
        "dend", kind: .dendrite, absoluteCapacitance: pF(50), absoluteLeak: nS(2.5),
        restingPotential: mV(-70)),
    ], couplings: [Coupling("soma", "dend", .explicit(nS(15)))])
}

/// Every channel with and without a rise, scaled and not, and noise.
func synapticNeuron() -> NeuronModel {
  var model = absoluteNeuron()
  for (channel, rise, decay) in [
    (Synapse.Channel.ampa, 2.0, 5.0), (.nmda, 10, 60), (.gaba, 1, 7.5),
  ] {
    model.compartments[1].synapses += [
      Synapse(channel, tag: "fast", conductance: nS(1), decayTime: ms(decay)),
      Synapse(channel, tag: "slow", conductance: nS(2), riseTime: ms(rise), decayTime: ms(decay)),
      Synapse(
        channel, tag: "scaled", conductance: nS(2), riseTime: ms(rise), decayTime: ms(decay),
        isPeakScaled: true),
    ]
  }
  model.compartments[1].noise = Noise(tau: ms(20), sigma: pA(3), mean: pA(0))
  model.compartments[0].noise = Noise(tau: ms(10), sigma: pA(1), mean: pA(5))
  return model
}

/// Values for all that the membrane models want from their user, with this suffix.
func membraneParameters(_ suffix: String) -> [String: Quantity] {
  [
    "tauw" + suffix: ms(144), "a" + suffix: nS(4), "Vth" + suffix: mV(-50.4),
    "DeltaT" + suffix: mV(2), "EA": mV(-65), "gAmax": nS(0.15), "tauA": ms(45),
  ]
}

/// A soma of that membrane on a passive dendrite.
func twoCompartments(_ membrane: MembraneModel) -> NeuronModel {
  NeuronModel(
    compartments: [
      .soma("soma", length: um(30), diameter: um(20), membrane: membrane),
      .dendrite("dend", length: um(150), diameter: um(0.8)),
    ], couplings: [Coupling("soma", "dend")], specificCapacitance: uFPerSquareCentimetre(1),
    specificLeak: uSPerSquareCentimetre(40), axialResistivity: ohmCentimetre(150),
    restingPotential: mV(-65),
    customization: Customization(parameters: membraneParameters("_soma")))
}

/// A point neuron of that membrane, with a synapse of each form and noise.
func pointNeuron(_ membrane: MembraneModel) -> PointNeuronModel {
  PointNeuronModel(
    membrane, absoluteCapacitance: pF(281), absoluteLeak: nS(30), restingPotential: mV(-70.6),
    synapses: [
      Synapse(.ampa, tag: "x", conductance: nS(0.5), decayTime: ms(2)),
      Synapse(.nmda, tag: "x", conductance: nS(0.5), riseTime: ms(5), decayTime: ms(50)),
    ], noise: Noise(tau: ms(2), sigma: pA(300), mean: pA(50)),
    customization: Customization(parameters: membraneParameters("")))
}
