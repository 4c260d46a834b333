import Equations
import Models
import Testing
import Units

@Suite("What follows from a description")
struct ResolvedModelTests {
  private func expect(
    _ value: Double?, _ golden: Double, _ name: String, digits: Double = 1e-11,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let value = try #require(value, "\(name)", sourceLocation: location)
    #expect(
      abs(value - golden) <= abs(golden) * digits, "\(name): \(value) is not \(golden)",
      sourceLocation: location)
  }

  @Test func figureThreeNeuronHasThePublishedNumbers() throws {
    let resolved = try paperNeuron().resolved()
    let golden: [(capacitance: Double, leak: Double)] = [
      (54.9778714378, 2.19911485751), (32.9867228627, 1.31946891451),
      (13.1946891451, 0.527787565803), (6.59734457254, 0.263893782902),
    ]
    try #require(resolved.compartments.count == golden.count)
    for (compartment, golden) in zip(resolved.compartments, golden) {
      try expect(compartment.capacitance, golden.capacitance * 1e-12, compartment.name)
      try expect(compartment.leakConductance, golden.leak * 1e-9, compartment.name)
      try expect(compartment.area, golden.capacitance * 1e-10, compartment.name)
    }
    let axial = [nS(15), nS(10), nS(4)].map(\.value)
    #expect(resolved.couplings.map(\.conductance) == axial)
  }

  @Test func figureTwoNeuronHasThePublishedNumbers() throws {
    let model = NeuronModel(
      compartments: [
        .soma("soma", length: um(25), diameter: um(25)),
        .dendrite("apical", length: um(250), diameter: um(2)),
        .dendrite("basal", length: um(150), diameter: um(2)),
      ],
      couplings: [
        Coupling("soma", "apical", .explicit(nS(10))), Coupling("soma", "basal", .explicit(nS(10))),
      ],
      specificCapacitance: uFPerSquareCentimetre(1), specificLeak: uSPerSquareCentimetre(50),
      restingPotential: mV(-70), scaleFactor: Quantity(3), spineFactor: Quantity(1.5))
    let properties = try model.resolved().compartments
    for (index, golden) in [58.9048622548, 70.6858347058, 42.4115008235].enumerated() {
      try expect(properties[index].capacitance, golden * 1e-12, properties[index].name)
      try expect(properties[index].leakConductance, golden * 0.05e-9, properties[index].name)
    }
  }

  @Test func figureFourNeuronHasThePublishedNumbers() throws {
    let spike = DendriticSpike(
      "Na", kinetics: .exponential, threshold: mV(-42.5),
      riseConductance: mSPerSquareCentimetre(10), fallConductance: mSPerSquareCentimetre(4),
      riseTimeConstant: ms(0.5), fallTimeConstant: ms(1.2), fallOffset: ms(0.6),
      refractoryPeriod: ms(4.2))
    func dendrite(_ name: String, _ length: Double, _ diameter: Double) -> Compartment {
      .dendrite(name, length: um(length), diameter: um(diameter), dendriticSpikes: [spike])
    }
    let model = NeuronModel(
      compartments: [
        .soma("soma", length: um(30), diameter: um(20)), dendrite("prox", 100, 2),
        dendrite("ob1", 100, 1), dendrite("med", 150, 1.25), dendrite("dist1", 150, 0.8),
      ],
      couplings: [
        Coupling("soma", "prox", .explicit(nS(22))), Coupling("prox", "ob1"),
        Coupling("prox", "med"), Coupling("med", "dist1"),
      ],
      specificCapacitance: uFPerSquareCentimetre(1), specificLeak: uSPerSquareCentimetre(40),
      axialResistivity: ohmCentimetre(120), restingPotential: mV(-65), scaleFactor: Quantity(2.9),
      spineFactor: Quantity(1.5))
    let resolved = try model.resolved()
    let capacitances = [54.6637121725, 27.3318560862, 13.6659280431, 25.6236150808, 16.3991136517]
    for (compartment, golden) in zip(resolved.compartments, capacitances) {
      try expect(compartment.capacitance, golden * 1e-12, compartment.name)
    }
    let axial = [22, 10.4719755120, 10.8181565206, 3.96215494210]
    for (coupling, golden) in zip(resolved.couplings, axial) {
      try expect(coupling.conductance, golden * 1e-9, coupling.second)
    }
    let constants = resolved.definition.constants
    for (name, rise, fall) in [
      ("prox", 62.8318530718, 25.1327412287), ("ob1", 31.4159265359, 12.5663706144),
      ("med", 58.9048622548, 23.5619449019), ("dist1", 37.6991118431, 15.0796447372),
    ] {
      try expect(constants["g_rise_max_Na_\(name)"]?.value, rise * 1e-9, name)
      try expect(constants["g_fall_max_Na_\(name)"]?.value, fall * 1e-9, name)
    }
    #expect(constants["refractory_Na_med"]?.value == 4.200000000000001e-3)
  }

  @Test func peakScaleOfTwoAndFiveMilliseconds() throws {
    #expect(abs(Synapse.peakScale(rise: 0.002, decay: 0.005) - 0.921008) < 5e-7)
  }

  /// The peak of t/ms exp(-t/tau), an alpha function, is at tau.
  @Test func peakScaleOfEqualTimesIsItsLimit() throws {
    let limit = 2.718281828459045 * 0.001 / 0.005
    #expect(abs(Synapse.peakScale(rise: 0.005, decay: 0.005) / limit - 1) < 1e-14)
    for factor in [1 + 1e-4, 1 + 1.1e-5, 1 + 0.9e-5, 1 - 1e-5, 1 - 1e-4] {
      let near = Synapse.peakScale(rise: 0.005, decay: 0.005 * factor)
      #expect(abs(near / limit - 1) < 1e-4)
      #expect(abs(near / (limit / factor.squareRoot()) - 1) < 1e-8)
    }
  }

  @Test func peakScaleWithoutARiseChangesNothing() throws {
    var model = paperNeuron()
    model.compartments[3].synapses[0].isPeakScaled = true
    #expect(try model.definition() == paperNeuron().definition())
  }

  @Test func somaKeepsItsOwnSpineFactorAndTakesNone() throws {
    var model = paperNeuron()
    let before = try #require(model.resolved().compartments[0].area)
    model.spineFactor = Quantity(3)
    #expect(try model.resolved().compartments[0].area == before)
    model.compartments[0].spineFactor = Quantity(2)
    try expect(model.resolved().compartments[0].area, 2 * before, "soma")
  }

  @Test func modelWideValuesOverrideThoseOfCompartments() throws {
    var model = paperNeuron()
    model.compartments[1].specificCapacitance = uFPerSquareCentimetre(7)
    model.compartments[1].restingPotential = mV(-1)
    #expect(try model.definition() == paperNeuron().definition())
    model.specificCapacitance = nil
    for index in [0, 2, 3] {
      model.compartments[index].specificCapacitance = uFPerSquareCentimetre(1)
    }
    let own = try #require(model.resolved().compartments[1].capacitance)
    try expect(own, 7 * 32.9867228627e-12, "trunk")
  }

  @Test func neuronsStartAtRestWithTheRiseAllowed() throws {
    let initial = try paperNeuron().resolved().initial
    for name in ["soma", "trunk", "prox", "dist"] {
      #expect(initial.contains(InitialValue("V_" + name, .quantity(mV(-60)))))
    }
    for name in ["trunk", "prox", "dist"] {
      #expect(initial.contains(InitialValue("allow_rise_Na_" + name, .boolean(true))))
      #expect(initial.contains(InitialValue("allow_fall_Na_" + name, .boolean(false))))
    }
    #expect(initial.count == 10)
    #expect(
      try pointNeuron(.adex).resolved().initial == [InitialValue("V", .quantity(mV(-70.6)))])
  }

  @Test func usersSeeOneEventPerDendriticSpike() throws {
    let events = try paperNeuron().definition().events
    #expect(
      events.filter(\.isRecordable).map(\.name) == [
        "spike_Na_trunk", "spike_Na_prox", "spike_Na_dist",
      ])
    #expect(events.count == 6)
    let rise = try #require(events.first)
    #expect(
      rise.action == "g_rise_Na_trunk += g_rise_max_Na_trunk; allow_rise_Na_trunk = False;"
        + " allow_fall_Na_trunk = True; timer_Na_trunk = t")
  }

  @Test func zeroIsAValueLikeAnyOther() throws {
    var model = backpropagationNeuron()
    model.restingPotential = mV(0)
    model.compartments[1].dendriticSpikes[0].riseConductance = mSPerSquareCentimetre(0)
    model.compartments[1].dendriticSpikes[0].fallOffset = ms(0)
    model.compartments[1].dendriticSpikes[0].riseReversal = .potential(mV(0))
    let definition = try model.definition()
    for name in [
      "EL_soma", "g_rise_max_Na_trunk", "offset_fall_Na_trunk", "E_rise_Na_trunk",
    ] {
      #expect(definition.constants[name]?.value == 0, "\(name)")
    }
    #expect(definition.equations.contains("g_rise_Na_trunk * (E_rise_Na_trunk-V_trunk)"))
    #expect(definition.equations.contains("g_fall_Na_trunk * (E_K-V_trunk)"))
  }

  @Test func refractoryTimesSurviveAsTexts() throws {
    var model = paperNeuron()
    model.customization.spike?.refractoriness = .time(ms(4.2))
    #expect(try model.definition().refractory == "0.004200000000000001*second")
    model.customization.spike?.refractoriness = .expression("V_soma > -20*mV")
    #expect(try model.definition().refractory == "V_soma > -20*mV")
  }

  @Test func secondResetCarriesItsWidth() throws {
    var model = paperNeuron()
    model.customization.spike?.secondReset = "V_soma = -55*mV"
    model.customization.spike?.width = ms(0.5)
    let definition = try model.definition()
    #expect(definition.secondReset == "V_soma = -55*mV")
    #expect(definition.spikeWidth == 0.0005)
  }

  @Test func descriptionShowsEquationsParametersAndEvents() throws {
    let text = try paperNeuron().resolved().description
    for part in [
      "dV_soma/dt", "E_K = -89 mV", "g_trunk_soma", "spike_Na_dist: V_dist > Vth_Na_dist",
      "threshold: V_soma > -50*mV", "soma  leakyIF, C 54.9779 pF",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains("fall_Na_dist:"))
  }
}

@Suite("What users add to a model")
struct CustomizationTests {
  /// The soma of the paper's Figure 4.
  private func adaptingSoma() -> NeuronModel {
    var model = twoCompartments(.passive)
    model.compartments[0].membrane = .equations(
      """
      # adaptation with a sag
      dV{0}/dt = (gL{0} * (EL{0}-V{0}) + Ia + I{0}) / C{0}  :volt
      Ia = gA * (EA-V{0})  :amp
      dgA/dt = (gAmax * abs(V{0}-VA) / mV
                - gA) / tauA : siemens
      I{0} = I_ext{0}  :amp  # and what is connected
      I_ext{0}  :amp
      """)
    model.customization.parameters = [
      "EA": mV(-65), "VA": mV(-65), "gAmax": nS(0.15), "tauA": ms(45),
    ]
    return model
  }

  @Test func ownEquationsOfACompartmentReceiveItsCurrents() throws {
    let definition = try adaptingSoma().definition()
    #expect(definition.equations.contains("I_soma = I_ext_soma + I_dend_soma  :amp"))
    #expect(
      definition.equations.contains("dgA/dt = (gAmax * abs(V_soma-VA) / mV - gA) / tauA : siemens"))
    #expect(!definition.equations.contains("{0}"))
    #expect(!definition.equations.contains("#"))
    #expect(definition.constants["C_soma"] != nil)
    #expect(
      try adaptingSoma().resolved().initial.first == InitialValue("V_soma", .quantity(mV(-65))))
  }

  @Test func ownEquationsWithoutTheSumAreRefused() {
    var model = adaptingSoma()
    model.compartments[0].membrane = .equations("dV{0}/dt = -V{0}/(10*ms) : volt")
    #expect(refusal(of: model)?.path == ["compartments", "soma", "equations"])
  }

  @Test func parametersOverrideWhatTheModelAndItsLibraryKnow() throws {
    var model = synapticNeuron()
    model.customization.parameters = [
      "E_NMDA": mV(0.35), "Alpha_NMDA": Quantity(0.087), "g_AMPA_fast_dend": nS(9),
      "mine": mV(1),
    ]
    let constants = try model.definition(constants: ["mine": mV(2), "E_K": mV(-90)]).constants
    #expect(constants["E_NMDA"] == mV(0.35))
    #expect(constants["Alpha_NMDA"]?.value == 0.087)
    #expect(constants["g_AMPA_fast_dend"] == nS(9))
    #expect(constants["mine"] == mV(1))
    #expect(constants["E_K"] == mV(-90))
    #expect(constants["E_GABA"] == mV(-80))
  }

  @Test func aConstantBecomesAVariableThatStartsAtItsValue() throws {
    var model = absoluteNeuron()
    model.customization.equations = "gL_dend : siemens (constant)\nb : amp"
    model.customization.parameters = ["b": pA(3)]
    let resolved = try model.resolved()
    #expect(resolved.definition.constants["gL_dend"] == nil)
    #expect(resolved.definition.constants["b"] == nil)
    #expect(resolved.initial.contains(InitialValue("gL_dend", .quantity(nS(2.5)))))
    #expect(resolved.initial.contains(InitialValue("b", .quantity(pA(3)))))
  }

  @Test func replacedEquationsStandWhereTheOldOnesStood() throws {
    var model = absoluteNeuron()
    model.customization.replacements = [
      Customization.Replacement(
        " dV_dend / dt", with: "dV_dend/dt = (gL_dend*(EL_dend-V_dend)*k + I_dend)/C_dend : volt")
    ]
    model.customization.equations = "k = 2 : 1"
    let equations = try model.definition().equations
    #expect(equations.contains("*k + I_dend)/C_dend : volt"))
    #expect(!equations.contains("(gL_dend * (EL_dend-V_dend) + I_dend) / C_dend"))
    model.customization.replacements[0].leftSide = "dV_dendrite/dt"
    let error = try #require(refusal(of: model))
    #expect(error.path == ["replace", "dV_dendrite/dt"])
    #expect(error.hint?.contains("dV_dend/dt") == true)
  }

  @Test func customEventsFollowThoseOfDendriticSpikes() throws {
    var model = paperNeuron()
    model.customization.equations = "count_up : 1"
    model.customization.events = [
      CustomEvent("up", condition: "V_dist > -30*mV", action: "count_up += 1")
    ]
    #expect(try model.definition().events.last?.name == "up")
  }

  @Test func freeEquationsKnowNoLibrary() throws {
    let model = FreeNeuronModel(
      Customization(
        equations: "dv/dt = -v/tau : 1", parameters: ["tau": ms(10)],
        spike: Spike(threshold: "v > 1", reset: "v = 0")))
    let definition = try model.definition(constants: ["size": Quantity(3)])
    #expect(definition.constants == ["tau": ms(10), "size": Quantity(3)])
    #expect(definition.threshold == "v > 1")
    #expect(refusal(of: FreeNeuronModel(Customization())) != nil)
  }
}

/// Why a model is refused.
func refusal(of model: some NeuronDescription) -> ModelError? {
  do {
    _ = try model.resolved()
    return nil
  } catch {
    return error
  }
}
