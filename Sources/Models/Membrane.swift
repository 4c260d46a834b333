import Equations
import Units

/// A name that equations use and that somebody else must define.
struct NeededName {
  var name: String
  var dimension: Dimension?
  /// What it is, for the error if it is not there.
  var what: String
  var path: [String]

  init(_ name: String, dimension: Dimension? = nil, what: String, at path: [String]) {
    self.name = name
    self.dimension = dimension
    self.what = what
    self.path = path
  }
}

/// The text of one compartment or point neuron while its mechanisms are being added.
struct Membrane {
  /// `_<name>`, or nothing for a point neuron.
  let suffix: String
  /// Texts of mechanisms.
  var lines: [String] = []
  /// Names of the currents to be added to `I<suffix>`.
  var currents: [String] = []
  var constants: [String: Quantity] = [:]
  var events: [NeuronDefinition.Event] = []
  var initial: [InitialValue] = []
  var needed: [NeededName] = []

  init(suffix: String) {
    self.suffix = suffix
  }

  /// Adds a constant under a new name.
  mutating func define(
    _ name: String, _ value: Quantity, at path: [String]
  ) throws(ModelError) {
    guard constants.updateValue(value, forKey: name) == nil else {
      throw ModelError("'\(name)' would be defined twice", at: path, hint: "choose another name")
    }
  }

  /// Adds synapses and noise, which compartments and point neurons have in common.
  mutating func add(
    synapses: [Synapse], noise: Noise?, at path: [String]
  ) throws(ModelError) {
    var seen: Set<[String]> = []
    for (index, synapse) in synapses.enumerated() {
      let place = path + ["synapses", String(index)]
      guard seen.insert([synapse.channel.rawValue, synapse.tag]).inserted else {
        throw ModelError(
          "there are two \(synapse.channel.rawValue) synapses '\(synapse.tag)' here",
          at: place + ["tag"], hint: "give each its own tag")
      }
      try synapse.write(to: &self, at: place)
    }
    if let noise { try noise.write(to: &self, at: path + ["noise"]) }
  }

  /// Defines resting potential, capacitance and leak as far as they are known.
  mutating func define(_ electrical: Electrical.Resolved, at path: [String]) throws(ModelError) {
    if let rest = electrical.rest {
      try define("EL" + suffix, Quantity(rest, .voltage), at: path)
    }
    if let capacitance = electrical.capacitance {
      try define("C" + suffix, Quantity(capacitance, .capacitance), at: path)
    }
    if let leak = electrical.leak {
      try define("gL" + suffix, Quantity(leak, .conductance), at: path)
    }
  }

  /// The whole text: the membrane's own equations, its currents summed, then the mechanisms.
  func text(of membrane: Compartment.Membrane, at path: [String]) throws(ModelError) -> String {
    let template =
      switch membrane {
      case .library(let model): model.template
      case .equations(let text): text
      }
    var own = EquationText(template.replacing("{0}", with: suffix))
    if !currents.isEmpty {
      guard own.defines("V" + suffix) else {
        throw ModelError(
          "the equations have no 'V\(suffix)', the voltage that the currents depend on",
          at: path + ["equations"], hint: "add an equation that begins with 'dV{0}/dt ='")
      }
      guard own.add(currents, to: "I" + suffix) else {
        throw ModelError(
          "the equations have no subexpression 'I\(suffix)' for the currents to go to",
          at: path + ["equations"], hint: "add a line such as 'I{0} = I_ext{0} : amp'")
      }
    }
    return ([own.text] + lines).joined(separator: "\n")
  }
}
