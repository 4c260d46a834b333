import Equations
import Units

/// What names mean in every section of a program.
struct LoweringScope {
  let variables: [String: EquationSystem.Variable]
  let constants: [String: Double]
  let uniformParameters: [String: Double]
  let state: StateColumns
  let masksThreshold: Bool
  let dt: Double
  let size: Int

  init(_ definition: ProgramDefinition) throws(LoweringError) {
    guard definition.dt > 0, definition.dt < .infinity else {
      throw LoweringError("the step is \(definition.dt) s", in: "dt", hint: "it must be positive")
    }
    guard definition.size >= 0 else {
      throw LoweringError("the size is \(definition.size)", in: "the population")
    }
    let system = definition.system
    var variables: [String: EquationSystem.Variable] = [:]
    for variable in system.variables {
      guard variables.updateValue(variable, forKey: variable.name) == nil else {
        throw LoweringError("'\(variable.name)' is defined twice", in: "the equations")
      }
    }
    self.variables = variables
    constants = system.constants.mapValues(\.value)
    uniformParameters = definition.uniformParameters
    state = try StateColumns(definition)
    masksThreshold = system.masksThreshold
    dt = definition.dt
    size = definition.size
  }

  /// Whether writes to a variable from synapses stop while the neuron is refractory.
  func isMasked(_ variable: EquationSystem.Variable) -> Bool {
    masksThreshold && variable.flags.contains(.unlessRefractory)
  }

  /// The column and the variable that a statement may write.
  func target(_ name: String, in place: String) throws(LoweringError) -> (
    column: Int, variable: EquationSystem.Variable
  ) {
    guard let variable = variables[name] else {
      throw LoweringError("'\(name)' is no variable, so nothing can be assigned to it", in: place)
    }
    if case .subexpression = variable.kind {
      throw LoweringError(
        "'\(name)' is a subexpression, so nothing can be assigned to it", in: place,
        hint: "assign to a variable that it is made of")
    }
    guard let column = state.places[name] else {
      throw LoweringError(
        "'\(name)' is written here but was given as one value for all neurons", in: place,
        hint: "do not list it among the uniform parameters")
    }
    return (column, variable)
  }
}

extension EquationSystem.ValueType {
  var valueType: ValueType {
    switch self {
    case .real: .real
    case .integer: .integer
    case .boolean: .boolean
    }
  }
}
