import Equations
import Units

/// Texts of equations: parts of the input, divided by U+0001, are what a model has of them.
enum EquationInput {
  private static let system = try? EquationSystem(
    NeuronDefinition(
      equations: """
        dV/dt = (E - V + R*I)/tau : volt (unless refractory)
        ds/dt = -s/(5*ms) + 0.1*xi*ms**-0.5 : 1
        I = s*nA : amp
        tau : second (constant)
        on : boolean
        n : integer
        R = 10*Mohm : ohm
        """, constants: ["E": Quantity(-0.06, .voltage)]))

  static func read(_ text: String) throws {
    let parts = text.split(separator: "\u{1}", omittingEmptySubsequences: false).map { String($0) }
    func part(_ place: Int) -> String? { place < parts.count ? parts[place] : nil }
    let definition = NeuronDefinition(
      equations: parts[0], constants: ["E": Quantity(-0.06, .voltage), "k": Quantity(2)],
      threshold: part(1), reset: part(2), refractory: part(3), secondReset: part(4),
      spikeWidth: parts.count > 4 ? 1e-3 : nil,
      events: part(5).map {
        [NeuronDefinition.Event(name: "e", condition: $0, action: part(6) ?? "")]
      } ?? [])
    do throws(DefinitionError) {
      let system = try EquationSystem(definition)
      _ = try? system.selfRates()
      for method in IntegrationMethod.allCases { _ = system.problem(with: method) }
    } catch {
      try check(error.error)
    }
    guard let system, let last = parts.last else { return }
    try attempt { () throws(EquationError) in
      _ = try system.checkedExpression(last, dimension: nil)
    }
    try attempt { () throws(EquationError) in _ = try system.checkedCondition(last) }
    try attempt { () throws(EquationError) in
      _ = try system.checkedStatements(last, names: ["w": .one])
    }
    try attempt { () throws(EquationError) in
      _ = try system.checkedSchedule(last, setsConstants: true, isForAll: false)
    }
  }

  private static func attempt(_ read: () throws(EquationError) -> Void) throws {
    do throws(EquationError) {
      try read()
    } catch {
      try check(error)
    }
  }

  private static func check(_ error: EquationError) throws {
    try demand(!error.message.isEmpty && !error.rendered.isEmpty, "no message")
    try demand(
      error.span.offset >= 0 && error.span.offset <= error.text.unicodeScalars.count,
      "offset \(error.span.offset) in '\(error.text)'")
  }
}
