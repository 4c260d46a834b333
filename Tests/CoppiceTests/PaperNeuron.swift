import Coppice

// The example of docs/swift.md, as it stands there.

/// The paper's neuron: a soma and three dendrites in a chain, with dendritic spikes.
func paperNeuron() -> NeuronModel {
  let soma = Soma("soma", length: 25 * .um, diameter: 25 * .um)
  var trunk = Dendrite("trunk", length: 100 * .um, diameter: 2.5 * .um)
  var prox = Dendrite("prox", length: 100 * .um, diameter: 1 * .um)
  var dist = Dendrite("dist", length: 100 * .um, diameter: 0.5 * .um)
  prox.synapse(.ampa, tag: "Y", g: 2 * .nS, tDecay: 5 * .ms)
  dist.synapse(.ampa, tag: "X", g: 1 * .nS, tDecay: 5 * .ms)
  trunk.exponentialDSpikes("Na", gRise: 34 * .nS, gFall: 27.2 * .nS)
  prox.exponentialDSpikes("Na", gRise: 15.3 * .nS, gFall: 12.24 * .nS)
  dist.exponentialDSpikes("Na", gRise: 7 * .nS, gFall: 5.6 * .nS)

  var model = NeuronModel(
    [soma.connect(trunk, 15 * .nS), trunk.connect(prox, 10 * .nS), prox.connect(dist, 4 * .nS)],
    cm: 1 * .uFPerCm2, gl: 40 * .uSPerCm2, rAxial: 150 * .ohmCm, vRest: -60 * .mV,
    scaleFactor: 2.8, spineFactor: 1.5)
  model.configureDSpikes(
    "Na", threshold: -40 * .mV, tauRise: 0.6 * .ms, tauFall: 1.2 * .ms, offsetFall: 0.2 * .ms,
    refractory: 5 * .ms)
  model.spike(when: "V_soma > -50*mV", reset: "V_soma = -60*mV", refractory: 4 * .ms)
  return model
}

/// The paper's network of such neurons, each with two Poisson inputs and about 50 neighbours.
func paperNetwork(neurons: Int, seconds: Double) throws -> Experiment {
  var experiment = try Experiment(duration: seconds * .s, dt: 0.1 * .ms, seed: 1)
  let pyr = try experiment.addNeurons("pyr", paperNeuron(), count: neurons)
  let x = try experiment.addPoisson("x", rate: .all(50 * .Hz), count: neurons)
  let y = try experiment.addPoisson("y", rate: .all(50 * .Hz), count: neurons)
  try experiment.connect(x, to: pyr, .oneToOne, onPre: "s_AMPA_X_dist += 1")
  try experiment.connect(y, to: pyr, .oneToOne, onPre: "s_AMPA_Y_prox += 1")
  try experiment.connect(
    pyr, to: pyr, .probability(min(1, 50 / Double(neurons))), onPre: "s_AMPA_Y_prox += w",
    named: "recurrent", weight: .all(Quantity(0.01)))
  try experiment.recordStates(["V_soma", "V_dist"], of: pyr[0..<2])
  return experiment
}

/// A run in memory, and one into a directory.
func study() throws {
  let experiment = try paperNetwork(neurons: 1000, seconds: 1)
  let pyr = try experiment.population("pyr")
  let run = try experiment.run(RunSettings(threads: 4))
  for spike in run.spikes(of: pyr) { print(spike.time, spike.neuron) }
  if let voltage = run.states("V_soma", neuron: 1) { print("V", voltage.count, "rows") }

  try experiment.run(named: "study", into: "out/study")
}
