internal import Equations
internal import Models
internal import Units

/// What a model takes from its user beside compartments: equations, parameters, spikes, events.
extension JobReading {
  /// The widest second reset: one pending bit per step.
  private static let widestSpike: Int64 = 64

  func readCustomization(_ map: JobMap) -> Customization {
    var customization = Customization()
    if let field = map["equations"], let text = text(field, "the text of equations") {
      customization.equations = text
    }
    customization.replacements = readReplacements(map["replace"])
    customization.parameters = readParameters(map["parameters"])
    if let field = map["spike"] { customization.spike = readSpike(field) }
    if let field = map["events"] {
      customization.events = (named(field, "events") ?? []).compactMap(readEvent)
    }
    return customization
  }

  /// Reads new equations by the left sides of old ones.
  func readReplacements(_ field: JobField?) -> [Customization.Replacement] {
    guard let field else { return [] }
    return entries(field, "new equations by the left sides of old ones").compactMap {
      leftSide, value in
      text(value, "an equation").map { Customization.Replacement(leftSide, with: $0) }
    }
  }

  /// Reads quantities by their names.
  func readParameters(_ field: JobField?) -> [String: Quantity] {
    guard let field else { return [:] }
    var parameters: [String: Quantity] = [:]
    for (name, value) in named(field, "quantities") ?? [] {
      if let quantity = quantity(value) { parameters[name] = quantity }
    }
    return parameters
  }

  private func entries(_ field: JobField, _ what: String) -> [(key: String, field: JobField)] {
    if let entries = field.entries { return entries }
    refuse(field, "'\(field.name)' is a map of \(what), not \(field.node.kindInWords)")
    return []
  }

  private func readEvent(_ name: String, _ field: JobField) -> CustomEvent? {
    guard let map = map(field, keys: ["condition", "action"], what: "an event") else { return nil }
    let condition = map.required("condition", of: "an event")
      .flatMap { text($0, "a condition") }
    let action = map.required("action", of: "an event").flatMap { text($0, "statements") }
    guard let condition, let action else { return nil }
    return CustomEvent(name, condition: condition, action: action)
  }

  private func readSpike(_ field: JobField) -> Spike? {
    let keys = ["threshold", "reset", "refractory", "second_reset", "spike_width"]
    guard let map = map(field, keys: keys, what: "'spike'") else { return nil }
    let required = map.required(
      "threshold", of: "'spike'", hint: "a condition such as V_soma > -50*mV")
    guard let threshold = required.flatMap({ text($0, "a condition") }) else { return nil }
    var spike = Spike(threshold: threshold)
    spike.reset = map["reset"].flatMap { text($0, "statements") }
    spike.secondReset = map["second_reset"].flatMap { text($0, "statements") }
    spike.refractoriness = map["refractory"].flatMap(readRefractoriness)
    if let width = map["spike_width"] { spike.width = readSpikeWidth(width) }
    return spike
  }

  private func readSpikeWidth(_ field: JobField) -> Quantity? {
    guard let time = quantity(field, .time, .nonNegative) else { return nil }
    guard let steps = StepRounding.delay(of: time, dt: dt), steps <= JobReading.widestSpike else {
      refuse(
        field, "'spike_width' must not be longer than \(JobReading.widestSpike) steps of dt")
      return nil
    }
    return Quantity(time, .time)
  }

  /// Reads a time, or an expression of Brian's: a time or a condition.
  private func readRefractoriness(_ field: JobField) -> Spike.Refractoriness? {
    guard let text = text(field, "a time or a condition") else { return nil }
    if isConstant(text) {
      return quantity(field, .time, .nonNegative).map { .time(Quantity($0, .time)) }
    }
    return .expression(text)
  }

  /// Whether a text is made of numbers, units and constants alone.
  func isConstant(_ text: String) -> Bool {
    do throws(EquationError) {
      _ = try ConstantExpression.evaluate(text, constants: constants)
      return true
    } catch {
      return false
    }
  }
}
