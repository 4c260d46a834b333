import Equations
import Models
import Testing
import Units

@Suite("The texts pass the checks of the equations")
struct SystemTests {
  private func system(of model: some NeuronDescription) throws -> EquationSystem {
    let resolved = try model.resolved()
    let system = try EquationSystem(resolved.definition)
    try #require(system.variables.count > 1)
    #expect(system.warnings == [])
    for value in resolved.initial {
      let variable = try #require(system[value.variable], "\(value.variable)")
      switch value.value {
      case .quantity(let quantity): #expect(variable.dimension == quantity.dimension)
      case .boolean: #expect(variable.type == .boolean)
      }
    }
    return system
  }

  @Test func exponentialDendriticSpikes() throws {
    let system = try system(of: paperNeuron())
    #expect(system.events.count == 6)
    #expect(system.threshold != nil)
    #expect(system["g_rise_Na_dist"]?.dimension == .conductance)
    guard case .duration = system.refractoriness else {
      Issue.record("the refractory time became \(system.refractoriness)")
      return
    }
  }

  @Test func pulseDendriticSpikes() throws {
    let system = try system(of: backpropagationNeuron())
    #expect(system.events.map(\.name) == ["spike_Na_trunk", "spike_Na_prox", "spike_Na_dist"])
    #expect(system["spiketime_Na_prox"]?.type == .integer)
  }

  @Test func synapsesAndNoise() throws {
    let system = try system(of: synapticNeuron())
    #expect(system["x_NMDA_scaled_dend"] != nil)
    #expect(system["I_noise_soma"]?.dimension == .current)
  }

  @Test(arguments: MembraneModel.allCases)
  func everyMembrane(_ membrane: MembraneModel) throws {
    #expect(try system(of: twoCompartments(membrane))["V_soma"]?.dimension == .voltage)
    #expect(try system(of: pointNeuron(membrane))["V"]?.dimension == .voltage)
  }

  @Test func secondResetsAndCustomEvents() throws {
    var model = paperNeuron()
    model.customization.spike?.secondReset = "V_soma = -55*mV"
    model.customization.spike?.width = ms(0.5)
    model.customization.equations = "count_up : 1"
    model.customization.events = [
      CustomEvent("up", condition: "V_dist > -30*mV", action: "count_up += 1")
    ]
    let system = try system(of: model)
    #expect(system.secondReset?.width == 0.0005)
    #expect(system.events.last?.name == "up")
  }

  @Test func ownEquationsOfACompartment() throws {
    var model = twoCompartments(.passive)
    model.compartments[0].membrane = .equations(
      """
      dV{0}/dt = (gL{0} * (EL{0}-V{0}) + Ia + I{0}) / C{0}  :volt
      Ia = gA * (EA-V{0})  :amp
      dgA/dt = (gAmax * abs(V{0}-VA) / mV - gA) / tauA  :siemens
      I{0} = I_ext{0}  :amp
      I_ext{0}  :amp
      """)
    model.customization.parameters = [
      "EA": mV(-65), "VA": mV(-65), "gAmax": nS(0.15), "tauA": ms(45),
    ]
    #expect(try system(of: model)["gA"]?.dimension == .conductance)
  }
}
