internal import Equations
internal import Networks
internal import Units

/// `initial` of models and populations, `parameters` of populations.
extension JobReading {
  /// Reads initial values, which keep the order written. `size` is that of the population, where
  /// lists and distributions are allowed.
  func readInitial(
    _ field: JobField, system: EquationSystem, size: Int?
  ) -> [NeuronPopulation.Initial] {
    var result: [NeuronPopulation.Initial] = []
    for (name, value) in named(field, "values") ?? [] {
      guard let variable = settable(name, value, system: system) else { continue }
      if let start = initialValue(value, of: variable, system: system, size: size) {
        result.append(NeuronPopulation.Initial(variable: name, value: start))
      }
    }
    return result
  }

  private func initialValue(
    _ field: JobField, of variable: EquationSystem.Variable, system: EquationSystem, size: Int?
  ) -> NeuronPopulation.Initial.Value? {
    guard let written = field.node.text else {
      guard let size else {
        refuse(
          field, "a model gives one value or expression for all neurons",
          hint: "lists and distributions belong to the population's 'initial'")
        return nil
      }
      return valuesOfVariable(field, variable, size: size).map { .distribution($0) }
    }
    if variable.type != .boolean, isConstant(written) {
      return valuesOfVariable(field, variable, size: 1).map { .distribution($0) }
    }
    let words = ["true": true, "false": false]
    if variable.type == .boolean, let value = words[written] {
      return .expression(Expression(.boolean(value)))
    }
    guard let text = text(field, "a value or an expression") else { return nil }
    return expression(field, text, of: variable, in: system).map { .expression($0) }
  }

  /// Reads values that one variable may take.
  func valuesOfVariable(
    _ field: JobField, _ variable: EquationSystem.Variable, size: Int
  ) -> NeuronValues? {
    if variable.type == .boolean {
      return flag(field).map { .constant($0 ? 1 : 0) }
    }
    let expected = ValuesExpectation(
      dimension: variable.dimension, count: .exactly(size), what: "neuron")
    guard let values = values(field, expected) else { return nil }
    guard variable.type == .integer else { return values }
    switch values {
    case .constant(let value) where Int32(exactly: value) == nil:
      refuse(field, "'\(variable.name)' is an integer")
      return nil
    case .list(let list) where !list.allSatisfy({ Int32(exactly: $0) != nil }):
      refuse(field, "'\(variable.name)' is an integer, but some values are not")
      return nil
    case .constant, .list: return values
    default:
      refuse(field, "'\(variable.name)' is an integer, which takes no distribution")
      return nil
    }
  }

  /// The variable of that name, if a value can be given to it.
  private func settable(
    _ name: String, _ field: JobField, system: EquationSystem
  ) -> EquationSystem.Variable? {
    guard let variable = system[name] else {
      refuseKey(
        field, "the model has no variable '\(name)'",
        hint: Suggestion.hint(
          for: name, among: system.variables.filter(\.isSettable).map(\.name),
          called: "its variables"))
      return nil
    }
    guard variable.isSettable else {
      refuseKey(field, "'\(name)' is given by an equation and cannot be set")
      return nil
    }
    return variable
  }

  /// Reads `parameters` of a population: of variables `x : unit`, one value per neuron; of
  /// constants of the model, one value in place of the model's.
  func readParameters(
    _ field: JobField, system: inout EquationSystem, size: Int
  ) -> [String: NeuronValues] {
    var result: [String: NeuronValues] = [:]
    for (name, value) in named(field, "values") ?? [] {
      if let variable = system[name], case .parameter = variable.kind {
        if variable.flags.contains(.shared), value.node.text == nil {
          refuse(value, "'\(name)' is shared by all neurons and takes one value")
        } else if let values = valuesOfVariable(value, variable, size: size) {
          result[name] = values
        }
      } else if let constant = system.constants[name] {
        guard value.node.text != nil else {
          refuse(
            value, "'\(name)' is one number for all neurons of the model",
            hint: "to give each its own, add '\(name) : "
              + "\(constant.dimension.equationUnitText) (constant)' to 'equations'")
          continue
        }
        if let number = quantity(value, constant.dimension) {
          system.constants[name]?.value = number
        }
      } else {
        let names = system.variables.filter { $0.kind == .parameter }.map(\.name)
        refuseKey(
          value, "the model has no parameter '\(name)'",
          hint: Suggestion.hint(
            for: name, among: names + system.constants.keys.sorted(), called: "its parameters"))
      }
    }
    return result
  }
}

extension EquationSystem.Variable {
  /// Whether it has a value of its own, as opposed to an equation for it.
  fileprivate var isSettable: Bool {
    if case .subexpression = kind { return false }
    return true
  }
}
