import Equations
import Units

/// Joins the texts of a model's parts and the user's additions to one definition.
struct DefinitionBuilder {
  private var equations = EquationText("")
  private var texts: [String] = []
  /// What the model derives from the description.
  private var constants: [String: Quantity] = [:]
  private var events: [NeuronDefinition.Event] = []
  private var initial: [InitialValue] = []
  private var needed: [NeededName] = []
  private var structure = NeuronStructure()
  /// What compartments put in place of their own equations.
  private var replacements: [(Customization.Replacement, at: [String])] = []
  /// What compartments add to equations.
  private var added: [(text: String, path: [String])] = []
  /// What compartments say of parameters.
  private var parameters: [String: (value: Quantity, path: [String])] = [:]

  /// Takes in a finished membrane.
  mutating func add(
    _ membrane: Membrane, of kind: Compartment.Membrane, electrical: Electrical.Resolved,
    named name: String, at path: [String]
  ) throws(ModelError) {
    let text = try membrane.text(of: kind, at: path)
    texts.append(text)
    for (constant, value) in membrane.constants {
      try define(constant, value, at: path)
    }
    events += membrane.events
    needed += membrane.needed
    let voltage = "V" + membrane.suffix
    if let rest = electrical.rest,
      EquationText(text).statements.contains(where: { $0.name == voltage })
    {
      initial.append(InitialValue(voltage, .quantity(Quantity(rest, .voltage))))
    }
    initial += membrane.initial
    if case .library(let model) = kind {
      for (template, dimension) in model.parameters {
        let parameter = template.replacing("{0}", with: membrane.suffix)
        needed.append(
          NeededName(
            parameter, dimension: dimension,
            what: "a parameter of the membrane model '\(model.rawValue)'",
            at: ["parameters", parameter]))
      }
    }
  }

  /// Takes in the facts of a compartment.
  mutating func add(_ compartment: NeuronStructure.Compartment) {
    structure.compartments.append(compartment)
  }

  /// Records the conductance of a coupling.
  mutating func add(_ coupling: NeuronStructure.Coupling) {
    structure.couplings.append(coupling)
  }

  /// Takes in what the user adds to a compartment.
  mutating func add(
    additionsOf compartment: Compartment, at path: [String]
  ) throws(ModelError) {
    let suffix = "_" + compartment.name
    if !compartment.addedEquations.isEmpty {
      added.append(
        (compartment.addedEquations.replacing("{0}", with: suffix), path + ["add_equations"]))
    }
    for replacement in compartment.replacements {
      let replaced = Customization.Replacement(
        replacement.leftSide.replacing("{0}", with: suffix),
        with: replacement.equation.replacing("{0}", with: suffix))
      replacements.append((replaced, at: path + ["replace", replacement.leftSide]))
    }
    for (template, value) in compartment.addedParameters.sorted(by: { $0.key < $1.key }) {
      let name = template.replacing("{0}", with: suffix)
      let place = path + ["parameters", template]
      if let other = parameters.updateValue((value, place), forKey: name), other.value != value {
        throw ModelError(
          "another compartment gives '\(name)' another value", at: place,
          hint: "names without a compartment's suffix are the neuron's: give one value")
      }
    }
  }

  /// Adds a constant under a new name.
  private mutating func define(
    _ name: String, _ value: Quantity, at path: [String]
  ) throws(ModelError) {
    guard constants.updateValue(value, forKey: name) == nil else {
      throw ModelError(
        "'\(name)' would be defined twice", at: path,
        hint: "rename a compartment, a tag or a dendritic spike")
    }
  }

  /// The whole.
  ///
  /// Values of names are taken from the user's parameters, else from what the model derives, else
  /// from `constants`, else from `library`.
  consuming func resolved(
    _ customization: Customization, constants outer: [String: Quantity],
    library: [String: Quantity]
  ) throws(ModelError) -> ResolvedNeuron {
    var customization = customization
    customization.parameters.merge(parameters.mapValues(\.value)) { own, _ in own }
    try refuseCollisions()
    let text = try customized(by: customization)
    try checkParameters(customization.parameters, in: text)
    var values = library.merging(outer) { $1 }.merging(constants) { $1 }
      .merging(customization.parameters) { $1 }
    var starts = initial
    let derived = constants.merging(customization.parameters) { $1 }
    for statement in text.statements {
      values[statement.name] = nil
      guard statement.isParameter, let start = derived[statement.name] else { continue }
      starts.append(InitialValue(statement.name, .quantity(start)))
    }
    let known = Set(values.keys).union(text.statements.map(\.name))
    for name in needed where !known.contains(name.name) {
      throw ModelError(
        "'\(name.name)', \(name.what), is missing", at: name.path,
        hint: "give it under 'parameters'")
    }
    for name in needed {
      if let dimension = name.dimension, let value = values[name.name], value.dimension != dimension
      {
        throw ModelError(
          "'\(name.name)', \(name.what), is \(value.dimension.phrase), not \(dimension.phrase)",
          at: name.path)
      }
    }
    var definition = NeuronDefinition(equations: text.text, constants: values)
    try customization.spike?.write(to: &definition)
    definition.events = try allEvents(with: customization.events)
    return ResolvedNeuron(
      definition: definition, initial: starts, structure: structure)
  }

  /// Refuses names that two parts of the model itself would define.
  private func refuseCollisions() throws(ModelError) {
    var seen: Set<String> = []
    for statement in texts.flatMap({ EquationText($0).statements }) {
      guard seen.insert(statement.name).inserted, constants[statement.name] == nil else {
        let hint =
          statement.name == "gA"
          ? "the parameters of cadIF have no suffix, so only one compartment can be cadIF"
          : "rename a compartment, a tag or a dendritic spike"
        throw ModelError(
          "'\(statement.name)' would be defined twice", at: ["compartments"], hint: hint)
      }
    }
  }

  private func customized(by customization: Customization) throws(ModelError) -> EquationText {
    let additions = added + [(customization.equations, ["equations"])]
    var text = EquationText((texts + additions.map(\.text)).joined(separator: "\n"))
    let all =
      replacements + customization.replacements.map { ($0, at: ["replace", $0.leftSide]) }
    for (replacement, path) in all {
      guard !EquationText(replacement.equation).statements.isEmpty else {
        throw ModelError("there is no equation to put in its place", at: path)
      }
      guard text.replace(replacement.leftSide, with: replacement.equation) else {
        let left = text.statements.map(\.leftSide).joined(separator: ", ")
        throw ModelError(
          "no equation has the left side '\(replacement.leftSide)'", at: path,
          hint: "the left sides are \(left)")
      }
    }
    var seen: Set<String> = []
    for statement in text.statements where !seen.insert(statement.name).inserted {
      let place = additions.first { EquationText($0.text).defines(statement.name) }
      throw ModelError(
        "'\(statement.name)' is defined by two equations", at: place?.path ?? ["equations"],
        hint: "to change an equation of the model, give it under 'replace'")
    }
    guard !seen.isEmpty else {
      throw ModelError(
        "the model has no equations", at: [],
        hint: "give 'compartments', 'point' or 'equations'")
    }
    return text
  }

  private func checkParameters(
    _ parameters: [String: Quantity], in text: EquationText
  ) throws(ModelError) {
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
      let path = self.parameters[name]?.path ?? ["parameters", name]
      if let problem = EquationNames.problem(withConstant: name) {
        throw ModelError(problem, at: path, hint: "choose another name")
      }
      guard value.value.isFinite else {
        throw ModelError("'\(name)' is not a finite number", at: path)
      }
      if let own = constants[name] ?? LibraryParameters.values[name],
        own.dimension != value.dimension
      {
        throw ModelError(
          "'\(name)' must be \(own.dimension.phrase), not \(value.dimension.phrase)", at: path,
          hint: "the model knows it as \(own)")
      }
      if text.statements.contains(where: { $0.name == name && !$0.isParameter }) {
        throw ModelError(
          "'\(name)' is given by an equation, so it cannot be a parameter", at: path,
          hint: "where it starts is said under 'initial'")
      }
    }
  }

  private func allEvents(
    with custom: [CustomEvent]
  ) throws(ModelError) -> [NeuronDefinition.Event] {
    var all = events
    for event in custom {
      let path = ["events", event.name]
      try checkName(event.name, of: "an event", at: path)
      guard event.name != "spike" else {
        throw ModelError(
          "'spike' is the spike of the neuron", at: path, hint: "choose another name")
      }
      guard !all.contains(where: { $0.name == event.name }) else {
        throw ModelError(
          "there are two events '\(event.name)'", at: path, hint: "choose another name")
      }
      all.append(
        NeuronDefinition.Event(
          name: event.name, condition: event.condition, action: event.action))
    }
    return all
  }
}

extension Spike {
  /// Puts threshold and resets into a definition.
  fileprivate func write(to definition: inout NeuronDefinition) throws(ModelError) {
    guard threshold.contains(where: { !$0.isWhitespace }) else {
      throw ModelError(
        "'threshold' is missing", at: ["spike", "threshold"],
        hint: "give a condition such as V_soma > -50*mV")
    }
    definition.threshold = threshold
    definition.reset = reset
    switch refractoriness {
    case .time(let time):
      let value = try Expectation.duration.value(of: time, at: ["spike", "refractory"])
      definition.refractory = "\(value)*second"
    case .expression(let text):
      definition.refractory = text
    case nil:
      break
    }
    guard let secondReset else {
      guard width == nil else {
        throw ModelError(
          "'spike_width' is of use only with 'second_reset'", at: ["spike", "spike_width"],
          hint: "give 'second_reset' too, or leave 'spike_width' out")
      }
      return
    }
    guard let width else {
      throw ModelError(
        "'second_reset' needs 'spike_width'", at: ["spike", "second_reset"],
        hint: "give the time between the two resets, for example spike_width: 0.8 ms")
    }
    definition.secondReset = secondReset
    definition.spikeWidth = try Expectation.duration.value(
      of: width, at: ["spike", "spike_width"])
  }
}
