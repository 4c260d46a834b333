import Models
import Testing
import Units

@Suite("Descriptions that cannot be meant are refused with their place")
struct RefusalTests {
  /// A change that makes a good model bad, and where the fault is to be found.
  struct Fault: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var path: [String]
    var apply: @Sendable (inout NeuronModel) -> Void

    init(
      _ name: String, at path: [String], _ change: @escaping @Sendable (inout NeuronModel) -> Void
    ) {
      testDescription = name
      self.path = path
      apply = change
    }
  }

  static let geometry: [Fault] = [
    Fault("no length", at: ["compartments", "prox", "length"]) { $0.compartments[2].length = nil },
    Fault("no diameter", at: ["compartments", "prox", "diameter"]) {
      $0.compartments[2].diameter = nil
    },
    Fault("no cm", at: ["compartments", "soma", "cm"]) { $0.specificCapacitance = nil },
    Fault("no gl", at: ["compartments", "soma", "gl"]) { $0.specificLeak = nil },
    Fault("no v_rest", at: ["compartments", "soma", "v_rest"]) { $0.restingPotential = nil },
    Fault("zero length", at: ["compartments", "prox", "length"]) {
      $0.compartments[2].length = um(0)
    },
    Fault("negative diameter", at: ["compartments", "prox", "diameter"]) {
      $0.compartments[2].diameter = um(-1)
    },
    Fault("length in volts", at: ["compartments", "prox", "length"]) {
      $0.compartments[2].length = mV(1)
    },
    Fault("infinite cm", at: ["cm"]) { $0.specificCapacitance = uFPerSquareCentimetre(.infinity) },
    Fault("v_rest not a number", at: ["v_rest"]) { $0.restingPotential = mV(.nan) },
    Fault("negative gl", at: ["gl"]) { $0.specificLeak = uSPerSquareCentimetre(-1) },
    Fault("cm as capacitance", at: ["cm"]) { $0.specificCapacitance = pF(1) },
    Fault("zero scale", at: ["scale_factor"]) { $0.scaleFactor = Quantity(0) },
    Fault("spine factor in metres", at: ["spine_factor"]) { $0.spineFactor = um(1) },
    Fault("area too large", at: ["compartments", "prox", "length"]) {
      $0.compartments[2].length = Quantity(1e300, .length)
      $0.compartments[2].diameter = Quantity(1e300, .length)
    },
    Fault("cm_abs beside cm", at: ["compartments", "prox", "length"]) {
      for index in $0.compartments.indices { $0.compartments[index].absoluteCapacitance = pF(1) }
      $0.compartments[0].length = nil
      $0.compartments[0].diameter = nil
      $0.compartments[1].length = nil
      $0.compartments[1].diameter = nil
      for index in $0.compartments.indices { $0.compartments[index].absoluteLeak = nS(1) }
      $0.specificCapacitance = nil
      $0.specificLeak = nil
      $0.axialResistivity = nil
      $0.scaleFactor = nil
      $0.spineFactor = nil
      $0.compartments[1].dendriticSpikes = []
    },
    Fault("mixed descriptions", at: ["compartments", "soma"]) {
      $0.compartments[2].length = nil
      $0.compartments[2].diameter = nil
      $0.compartments[2].absoluteCapacitance = pF(1)
    },
  ]

  static let graph: [Fault] = [
    Fault("no compartments", at: ["compartments"]) { $0.compartments = [] },
    Fault("same name twice", at: ["compartments", "prox"]) {
      $0.compartments[3].name = "prox"
    },
    Fault("name not an identifier", at: ["compartments", "my dend"]) {
      $0.compartments[3].name = "my dend"
    },
    Fault("name starts with a digit", at: ["compartments", "2nd"]) {
      $0.compartments[3].name = "2nd"
    },
    Fault("no soma", at: ["compartments"]) { $0.compartments[0].kind = .dendrite },
    Fault("unknown partner", at: ["couplings", "2"]) { $0.couplings[2].second = "tuft" },
    Fault("self coupling", at: ["couplings", "2"]) { $0.couplings[2].second = "prox" },
    Fault("cycle", at: ["couplings", "3"]) { $0.couplings.append(Coupling("dist", "soma")) },
    Fault("coupled twice", at: ["couplings", "3"]) {
      $0.couplings.append(Coupling("dist", "prox"))
    },
    Fault("left out", at: ["couplings"]) { $0.couplings.removeLast() },
    Fault("negative conductance", at: ["couplings", "0", "2"]) {
      $0.couplings[0].conductance = .explicit(nS(-1))
    },
    Fault("conductance in volts", at: ["couplings", "0", "2"]) {
      $0.couplings[0].conductance = .explicit(mV(1))
    },
    Fault("half cylinders without r_axial", at: ["couplings", "1"]) {
      $0.axialResistivity = nil
      $0.couplings[1].conductance = .halfCylinders
    },
    Fault("cylinder of a third", at: ["couplings", "1"]) {
      $0.couplings[1].conductance = .cylinder("soma")
    },
    Fault("coupling named like a current", at: ["compartments"]) {
      $0.compartments[0].name = "ext"
      $0.couplings[0].first = "ext"
    },
  ]

  static let mechanisms: [Fault] = [
    Fault("tag not an identifier", at: ["compartments", "dist", "synapses", "0", "tag"]) {
      $0.compartments[3].synapses[0].tag = "X-1"
    },
    Fault("same synapse twice", at: ["compartments", "dist", "synapses", "1", "tag"]) {
      $0.compartments[3].synapses.append($0.compartments[3].synapses[0])
    },
    Fault("no g", at: ["compartments", "dist", "synapses", "0", "g"]) {
      $0.compartments[3].synapses[0].conductance = nil
    },
    Fault("no t_decay", at: ["compartments", "dist", "synapses", "0", "t_decay"]) {
      $0.compartments[3].synapses[0].decayTime = nil
    },
    Fault("zero t_decay", at: ["compartments", "dist", "synapses", "0", "t_decay"]) {
      $0.compartments[3].synapses[0].decayTime = ms(0)
    },
    Fault("zero t_rise", at: ["compartments", "dist", "synapses", "0", "t_rise"]) {
      $0.compartments[3].synapses[0].riseTime = ms(0)
    },
    Fault("zero tau of noise", at: ["compartments", "soma", "noise", "tau"]) {
      $0.compartments[0].noise = Noise(tau: ms(0))
    },
    Fault("negative sigma of noise", at: ["compartments", "soma", "noise", "sigma"]) {
      $0.compartments[0].noise = Noise(sigma: pA(-1))
    },
    Fault("dspike without threshold", at: ["compartments", "dist", "dspikes", "0", "threshold"]) {
      $0.compartments[3].dendriticSpikes[0].threshold = nil
    },
    Fault("dspike without g_fall", at: ["compartments", "dist", "dspikes", "0", "g_fall"]) {
      $0.compartments[3].dendriticSpikes[0].fallConductance = nil
    },
    Fault("dspike without tau_rise", at: ["compartments", "dist", "dspikes", "0", "tau_rise"]) {
      $0.compartments[3].dendriticSpikes[0].riseTimeConstant = nil
    },
    Fault("dspike without offset", at: ["compartments", "dist", "dspikes", "0", "offset_fall"]) {
      $0.compartments[3].dendriticSpikes[0].fallOffset = nil
    },
    Fault("dspike without refractory", at: ["compartments", "dist", "dspikes", "0", "refractory"]) {
      $0.compartments[3].dendriticSpikes[0].refractoryPeriod = nil
    },
    Fault("pulse with time constants", at: ["compartments", "dist", "dspikes", "0", "tau_rise"]) {
      $0.compartments[3].dendriticSpikes[0].kinetics = .pulse
    },
    Fault(
      "exponential with durations", at: ["compartments", "dist", "dspikes", "0", "duration_rise"]
    ) {
      $0.compartments[3].dendriticSpikes[0].riseDuration = ms(1)
    },
    Fault("pulse without duration", at: ["compartments", "dist", "dspikes", "0", "duration_fall"]) {
      $0.compartments[3].dendriticSpikes[0] = pulseSpike(1, 1)
      $0.compartments[3].dendriticSpikes[0].fallDuration = nil
    },
    Fault("same dspike twice", at: ["compartments", "dist", "dspikes", "1", "name"]) {
      $0.compartments[3].dendriticSpikes.append($0.compartments[3].dendriticSpikes[0])
    },
    Fault("unknown reversal", at: ["compartments", "dist", "dspikes", "0", "reversal_rise"]) {
      $0.compartments[3].dendriticSpikes[0].riseReversal = .parameter("E_Li")
    },
    Fault(
      "reversal that is no voltage", at: ["compartments", "dist", "dspikes", "0", "reversal_rise"]
    ) {
      $0.compartments[3].dendriticSpikes[0].riseReversal = .parameter("Mg_con")
    },
    Fault("g_rise in volts", at: ["compartments", "dist", "dspikes", "0", "g_rise"]) {
      $0.compartments[3].dendriticSpikes[0].riseConductance = mV(1)
    },
  ]

  static let additions: [Fault] = [
    Fault("second reset without width", at: ["spike", "second_reset"]) {
      $0.customization.spike?.secondReset = "V_soma = -55*mV"
    },
    Fault("width without second reset", at: ["spike", "spike_width"]) {
      $0.customization.spike?.width = ms(1)
    },
    Fault("negative refractory", at: ["spike", "refractory"]) {
      $0.customization.spike?.refractoriness = .time(ms(-1))
    },
    Fault("empty threshold", at: ["spike", "threshold"]) {
      $0.customization.spike?.threshold = " "
    },
    Fault("parameter of an equation's name", at: ["parameters", "V_soma"]) {
      $0.customization.equations = ""
      $0.customization.parameters = ["V_soma": mV(1)]
    },
    Fault("parameter of another dimension", at: ["parameters", "E_Na"]) {
      $0.customization.parameters = ["E_Na": ms(1)]
    },
    Fault("derived value of another dimension", at: ["parameters", "C_soma"]) {
      $0.customization.parameters = ["C_soma": ms(1)]
    },
    Fault("parameter with a bad name", at: ["parameters", "a b"]) {
      $0.customization.parameters = ["a b": ms(1)]
    },
    Fault("parameter not finite", at: ["parameters", "k"]) {
      $0.customization.parameters = ["k": ms(.infinity)]
    },
    Fault("missing parameter of a membrane", at: ["parameters", "tauw_soma"]) {
      $0.compartments[0].membrane = .library(.adaptiveIF)
    },
    Fault("two cadIF compartments", at: ["compartments"]) {
      $0.compartments[0].membrane = .library(.cadIF)
      $0.compartments[1].membrane = .library(.cadIF)
    },
    Fault("equation twice", at: ["equations"]) {
      $0.customization.equations = "I_ext_soma : amp"
    },
    Fault("event named spike", at: ["events", "spike"]) {
      $0.customization.events = [CustomEvent("spike", condition: "True", action: "")]
    },
    Fault("event of a dendritic spike again", at: ["events", "spike_Na_dist"]) {
      $0.customization.events = [CustomEvent("spike_Na_dist", condition: "True", action: "")]
    },
    Fault("replacement by nothing", at: ["replace", "I_soma"]) {
      $0.customization.replacements = [Customization.Replacement("I_soma", with: " # ")]
    },
  ]

  @Test(arguments: geometry + graph + mechanisms + additions)
  func refuses(_ fault: Fault) throws {
    var model = paperNeuron()
    #expect(refusal(of: model) == nil)
    fault.apply(&model)
    let error = try #require(refusal(of: model))
    #expect(error.path == fault.path, "\(error)")
    #expect(!error.message.isEmpty)
    #expect(!error.message.hasSuffix("."))
  }

  @Test func densityNeedsDimensions() throws {
    var model = absoluteNeuron()
    model.compartments[1].dendriticSpikes = [pulseSpike(1, 1)]
    #expect(refusal(of: model) == nil)
    model.compartments[1].dendriticSpikes[0].riseConductance = mSPerSquareCentimetre(10)
    #expect(refusal(of: model)?.path == ["compartments", "dend", "dspikes", "0", "g_rise"])
  }

  @Test func modelWideValuesDoNotReachAbsoluteCompartments() {
    var model = absoluteNeuron()
    model.scaleFactor = Quantity(2)
    #expect(refusal(of: model)?.path == ["scale_factor"])
    model = absoluteNeuron()
    model.compartments[0].absoluteLeak = nil
    #expect(refusal(of: model)?.path == ["compartments", "soma", "gl_abs"])
  }

  @Test func pointNeuronsAreCheckedToo() {
    var model = pointNeuron(.leakyIF)
    model.absoluteLeak = nil
    #expect(refusal(of: model)?.path == ["point", "gl_abs"])
    model = pointNeuron(.leakyIF)
    model.length = um(1)
    #expect(refusal(of: model)?.path == ["point", "length"])
    model = pointNeuron(.adex)
    model.customization.parameters["DeltaT"] = nil
    #expect(refusal(of: model)?.path == ["parameters", "DeltaT"])
  }

  @Test func errorsNamePlaceReasonAndRemedy() throws {
    var model = paperNeuron()
    model.compartments[2].length = nil
    let error = try #require(refusal(of: model))
    #expect(
      error.description
        == "compartments.prox.length: 'length' is missing (give a length (m), for example 25 um)")
  }
}
