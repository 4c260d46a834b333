import Equations
import Testing
import Units

@Suite struct EquationSystemTests {
  private func definition(of model: DendrifyTexts.Model) throws -> NeuronDefinition {
    var constants: [String: Quantity] = [:]
    for (name, text) in model.parameters { constants[name] = try Quantity(parsing: text) }
    return NeuronDefinition(
      equations: model.equations, constants: constants, threshold: "V_soma > -50*mV",
      reset: "V_soma = 40*mV", refractory: "4 ms", secondReset: "V_soma = -60*mV",
      spikeWidth: 0.0005,
      events: model.events.map { .init(name: $0.name, condition: $0.condition, action: $0.action) })
  }

  @Test func dendrifyTextsWithPulsesAreRead() throws {
    let system = try EquationSystem(definition(of: DendrifyTexts.pulse))
    #expect(system.variables.count == 48)
    #expect(
      system.variables.count { if case .differential = $0.kind { true } else { false } } == 12)
    #expect(system.events.map { $0.name } == ["spike_Na_trunk", "spike_Na_prox", "spike_Na_dist"])
    #expect(
      system.events[0].action.map { $0.description } == [
        "spiketime_Na_trunk = t_in_timesteps", "gate_Na_trunk = 1",
      ])
    #expect(system.dimension(of: "I_NMDA_X_dist") == .current)
    #expect(system.dimension(of: "nothing") == nil)
    #expect(system.warnings.isEmpty)
    #expect(
      system.refractoriness
        == .duration(
          try system.checkedExpression("4 ms", dimension: .time)))
    #expect(system.secondReset?.width == 0.0005)
  }

  @Test func dendrifyTextsWithExponentialDecayAreRead() throws {
    let system = try EquationSystem(definition(of: DendrifyTexts.exponential))
    #expect(system.events.count == 6)
    #expect(system["allow_I_Na_prox"]?.type == .boolean)
    #expect(system["timer_Na_prox"]?.dimension == .time)
    #expect(
      system.events[0].condition.description
        == "V_trunk > Vth_Na_trunk and allow_I_Na_trunk and t > timer_Na_trunk + refractory_Na")
    #expect(system.events[0].action.count == 4)
    #expect(system.events[0].action[1].value.node == .boolean(false))
  }

  @Test func printedSystemsReadBackTheSame() throws {
    for model in [DendrifyTexts.pulse, DendrifyTexts.exponential] {
      var definition = try definition(of: model)
      let system = try EquationSystem(definition)
      let printed = system.description
      definition.equations = printed
      let again = try EquationSystem(definition)
      #expect(again.description == printed)
      #expect(again.variables.count > 40)
      for (first, second) in zip(system.variables, again.variables) {
        #expect(first.description == second.description)
        #expect(first.expression?.withoutSpans == second.expression?.withoutSpans)
        #expect(first.flags == second.flags && first.type == second.type)
        #expect(first.dimension == second.dimension)
      }
    }
  }

  @Test func everyKindOfLineIsRead() throws {
    let text = """
      # a comment
      dV/dt = (E - V)/tau +
              sigma*sqrt(2/tau)*xi  # noise
              : volt (unless refractory)
      E = clip(
        -60*mV, -1*volt, 1*volt) : volt
      tau, sigma_0 : second (constant, shared)
      sigma : volt
      a : 1
      b : boolean
      c = int(a > 3) + N : integer
      d = a > 3 and b : boolean
      r = randn() : 1 (constant over dt)
      g : siemens/metre**2
      n : second**-0.5
      k : 1/(second*volt)
      s = 3*nS : siemens
      """
    let system = try EquationSystem(NeuronDefinition(equations: text))
    #expect(
      system.variables.map { $0.name } == [
        "V", "E", "tau", "sigma_0", "sigma", "a", "b", "c", "d", "r", "g", "n", "k", "s",
      ])
    #expect(system["V"]?.flags == .unlessRefractory)
    #expect(system["sigma_0"]?.flags == [.constant, .shared])
    #expect(system["r"]?.flags == .constantOverStep)
    #expect(system["c"]?.type == .integer)
    #expect(system["d"]?.type == .boolean)
    #expect(system["g"]?.dimension == .conductance / Dimension(length: 2))
    #expect(system["n"]?.dimension == Dimension(time: -0.5))
    #expect(system["k"]?.dimension == .one / (.time * .voltage))
    let again = try EquationSystem(NeuronDefinition(equations: system.description))
    #expect(again.description == system.description)
  }

  @Test func subexpressionsComeAfterWhatTheyNeed() throws {
    let system = try EquationSystem(
      NeuronDefinition(equations: "a = b + c : 1\nb = 2*c : 1\nc = x : 1\nx : 1\nz = 1 : 1"))
    let order = system.orderedSubexpressions.map { $0.name }
    #expect(order.sorted() == ["a", "b", "c", "z"])
    let places = try ["c", "b", "a"].map { name in try #require(order.firstIndex(of: name)) }
    #expect(places == places.sorted())
  }

  @Test func longChainsOfSubexpressionsAreRefusedAndLongListsAreNot() throws {
    var list = "x0 : 1"
    for index in 1...2_000 { list += "\nx\(index) = x0 + \(index) : 1" }
    #expect(try EquationSystem(NeuronDefinition(equations: list)).variables.count == 2_001)
    var chain = "x0 : 1"
    for index in 1...4_000 { chain += "\nx\(index) = x\(index - 1) + 1 : 1" }
    let error = #expect(throws: DefinitionError.self) {
      try EquationSystem(NeuronDefinition(equations: chain))
    }
    #expect(error?.error.message.hasSuffix("rests on too long a chain of subexpressions") == true)
  }

  @Test func internalNamesWinOverConstantsWithAWarning() throws {
    let constants = [
      "N": Quantity(5), "i": Quantity(1), "V": Quantity(3), "ms": Quantity(1), "q": Quantity(2),
    ]
    let system = try EquationSystem(
      NeuronDefinition(equations: "dV/dt = (q*N - V)/(10*ms) : 1", constants: constants))
    #expect(
      system.warnings == [
        "the built-in `N` wins over the constant of the same name",
        "the variable `V` wins over the constant of the same name",
        "the built-in `ms` wins over the constant of the same name",
      ])
    let idle = try EquationSystem(
      NeuronDefinition(equations: "x : 1", refractory: "3*ms"))
    #expect(idle.warnings == ["`refractory` has no effect: there is no threshold"])
  }

  @Test func booleansBecomeNumbersInPlainSight() throws {
    let system = try EquationSystem(NeuronDefinition(equations: "b : boolean\nx : 1\nk : integer"))
    #expect(try system.checkedExpression("b*x", dimension: .one).description == "int(b)*x")
    #expect(try system.checkedExpression("x > 1", dimension: nil).description == "int(x > 1)")
    #expect(
      try system.checkedExpression("not_refractory/second", dimension: .frequency).description
        == "int(not_refractory)/second")
    #expect(
      try system.checkedStatements("b = 1; x = b; k = b").map { $0.description } == [
        "b = True", "x = int(b)", "k = int(b)",
      ])
    #expect(try system.checkedCondition("b == True and b").description == "b == True and b")
    #expect(
      try system.checkedExpression("min(x, 2, 3)", dimension: .one).description
        == "min(min(x, 2), 3)")
  }

  static let types: [(text: String, type: EquationSystem.ValueType, dimension: Dimension)] = [
    ("1", .integer, .one), ("1.0", .real, .one), ("k + 1", .integer, .one), ("k/2", .real, .one),
    ("k//2", .integer, .one), ("k**2", .integer, .one), ("k**-1", .real, .one),
    ("2*k", .integer, .one), ("V*2", .real, .voltage), ("V**2", .real, .voltage * .voltage),
    ("V**p", .real, Dimension.voltage.raised(to: 3)), ("(V**(1/3))**3", .real, .voltage),
    ("sqrt(V)", .real, Dimension.voltage.raised(to: 0.5)), ("abs(V)", .real, .voltage),
    ("floor(V)", .real, .voltage), ("sign(V)", .real, .one), ("sign(k)", .integer, .one),
    ("abs(k)", .integer, .one), ("max(V, 3*mV)", .real, .voltage),
    ("clip(k, 0, 3)", .integer, .one), ("timestep(t, dt)", .integer, .one),
    ("int(V > 3*mV)", .integer, .one), ("rand()", .real, .one), ("poisson(3)", .integer, .one),
    ("xi", .real, Dimension(time: -0.5)), ("xi_1*sqrt(ms)", .real, .one),
    ("t - lastspike", .real, .time),
    ("i + N", .integer, .one), ("t_in_timesteps", .integer, .one), ("V > 1*mV", .boolean, .one),
    ("not_refractory", .boolean, .one), ("V/mV", .real, .one),
    ("exp(V/mV)*nS", .real, .conductance),
    ("V % mV", .real, .voltage), ("-V", .real, .voltage), ("V*µS", .real, .current),
  ]

  @Test(arguments: types)
  func typesAndDimensionsFollowBrian(
    text: String, type: EquationSystem.ValueType, dimension: Dimension
  ) throws {
    let system = try EquationSystem(
      NeuronDefinition(equations: "V : volt\nk : integer", constants: ["p": Quantity(3)]))
    let found = try system.typeAndDimension(of: EquationParser.expression(text))
    #expect(found.type == type)
    #expect(found.dimension == dimension)
  }

  @Test func synapsesSeeTheWeightAndTheTargetOnly() throws {
    let system = try EquationSystem(
      NeuronDefinition(equations: "ds/dt = -s/(5*ms) : 1\nw : amp\nV : volt"))
    let names = ["w": Dimension.one]
    #expect(try system.checkedStatements("s += w", names: names).count == 1)
    let faults: [(String, String)] = [
      (
        "s += V_pre/mV",
        "`V_pre` would read a variable of the source neuron, which synapses cannot do"
      ),
      ("s_post += w", "`s_post` is not defined: synapses act on the target neuron"),
      ("w += 1", "`w` belongs to the synapse and cannot be assigned to"),
    ]
    for (text, message) in faults {
      let error = #expect(throws: EquationError.self) {
        try system.checkedStatements(text, names: names)
      }
      #expect(error?.message == message)
    }
    // Outside of synapses `w` is the variable.
    #expect(throws: EquationError.self) { try system.checkedStatements("s += w") }
  }

  @Test func initialValuesMaySetConstants() throws {
    let system = try EquationSystem(
      NeuronDefinition(equations: "tau : second (constant)\nu : 1 (shared)\ne_1 = 3 : 1"))
    #expect(try system.checkedStatements("tau = 3*ms; u = 1", setsConstants: true).count == 2)
    #expect(throws: EquationError.self) {
      try system.checkedStatements("e_1 = 3", setsConstants: true)
    }
  }

  @Test func quantitiesStandForExpressions() throws {
    let system = EquationSystem(constants: ["r": Quantity(50, .frequency)])
    let value = try system.checkedExpression("-60 mV", dimension: .voltage)
    #expect(value.description == "-0.06*volt")
    #expect(
      try system.checkedExpression("2 uF/cm^2", dimension: nil).description
        == "0.02*(farad/metre**2)")
    let rate = try system.checkedExpression(
      "r*(1 + sin(2*pi*t*5*Hz)) + i*Hz", dimension: .frequency)
    #expect(rate.names == ["r", "pi", "t", "Hz", "i"])
    let error = #expect(throws: EquationError.self) {
      try system.checkedExpression("3 nS", dimension: .voltage)
    }
    #expect(
      error?.message
        == "`3 nS` is a conductance (S), where a voltage such as -60 mV is due")
  }

  @Test func exponentsThatVaryAreRefusedWhateverTheirName() throws {
    // `s` is a unit elsewhere, and a variable here.
    let system = try EquationSystem(NeuronDefinition(equations: "s : 1\nV : volt"))
    #expect(throws: EquationError.self) {
      try system.checkedExpression("V**s", dimension: nil)
    }
  }

  @Test func constantsOfJobsObeyTheNames() {
    #expect(EquationNames.problem(withConstant: "neurons") == nil)
    #expect(EquationNames.problem(withConstant: "N") == nil)
    #expect(EquationNames.problem(withConstant: "m") == nil)
    for name in ["ms", "exp", "e", "pi", "1a", "a-b", "", "lambda", "é", "a b"] {
      #expect(EquationNames.problem(withConstant: name) != nil, "\(name)")
    }
    for name in ["N", "t", "xi", "xi_1", "lastspike", "mV"] {
      #expect(EquationNames.problem(withVariable: name) != nil, "\(name)")
    }
  }
}
