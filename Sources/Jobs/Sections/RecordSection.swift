internal import Equations
internal import Networks
internal import Units

/// `record`: what is written of a run.
extension JobReading {
  /// Names that a states recording would take from other files of the output.
  private static let takenNames = ["spikes", "events", "rates", "nodes", "edges"]

  /// Reads the section; without it, the spikes of all neurons are recorded.
  func readRecord(_ field: JobField?, populations: [KnownPopulation]) -> RecordingPlan? {
    var plan = RecordingPlan()
    let neurons = populations.filter(\.isNeurons).map(\.index)
    guard let field else {
      plan.spikes = neurons
      resolved.add("spikes", "all", to: "record")
      return plan
    }
    let keys = ["spikes", "events", "states", "rates", "circuit"]
    let errorsBefore = diagnostics.errorCount
    guard let map = map(field, keys: keys, what: "'record'") else { return nil }
    if let spikes = map["spikes"] {
      readRecordedSpikes(spikes, populations, into: &plan)
    } else {
      plan.spikes = neurons
      resolved.add("spikes", "all", to: field.path)
    }
    if let events = map["events"] { plan.events = readRecordedEvents(events, populations) }
    if let states = map["states"] {
      for (name, value) in named(states, "recordings") ?? [] {
        if let one = readStates(name, value, populations) { plan.states.append(one) }
      }
    }
    if let rates = map["rates"] { plan.rateBin = readRates(rates) }
    refuseCircuit(map["circuit"])
    return diagnostics.errorCount == errorsBefore ? plan : nil
  }

  private func readRecordedSpikes(
    _ field: JobField, _ populations: [KnownPopulation], into plan: inout RecordingPlan
  ) {
    var which: JobField? = field
    if field.node.entries != nil {
      let keys = ["populations", "from", "to"]
      guard let map = map(field, keys: keys, what: "'spikes'") else { return }
      if let window = readWindow(map, every: nil) { plan.spikeWindow = window }
      which = map["populations"]
    }
    let neurons = populations.filter(\.isNeurons).map(\.index)
    guard let which, which.node.text != "all" else {
      plan.spikes = neurons
      return
    }
    if which.node.text == "none" { return }
    guard let names = list(which, "'spikes'", hint: "all, none, or a list of populations") else {
      return
    }
    for name in names {
      guard let text = line(name, "the name of a population"),
        let population = known(text, name, populations)
      else { continue }
      guard !plan.spikes.contains(population.index) else {
        refuse(name, "'\(text)' is listed twice")
        continue
      }
      if population.isNeurons, let system = population.system, system.threshold == nil {
        diagnostics.warn(
          "the neurons of '\(text)' never spike: their model has no 'spike'", at: name.position,
          path: name.path)
      }
      plan.spikes.append(population.index)
    }
  }

  private func readRecordedEvents(
    _ field: JobField, _ populations: [KnownPopulation]
  ) -> [(population: Int, event: String)] {
    if field.node.text == "none" { return [] }
    if field.node.text == "all" {
      return populations.flatMap { population in
        recordableEvents(population).map { (population.index, $0) }
      }
    }
    guard
      let names = list(field, "'events'", hint: "all, none, or a list such as [pyr.spike_Na_dend]")
    else { return [] }
    var result: [(population: Int, event: String)] = []
    for name in names {
      guard let event = readEventName(name, populations) else { continue }
      guard !result.contains(where: { $0 == event }) else {
        refuse(name, "'\(name.node.text ?? "")' is listed twice")
        continue
      }
      result.append(event)
    }
    return result
  }

  private func readEventName(
    _ field: JobField, _ populations: [KnownPopulation]
  ) -> (population: Int, event: String)? {
    guard let text = line(field, "the name of an event") else { return nil }
    guard let dot = text.firstIndex(of: ".") else {
      refuse(
        field, "an event is named by population and event", hint: "such as pyr.spike_Na_dend")
      return nil
    }
    let event = String(text[text.index(after: dot)...])
    guard let population = known(String(text[..<dot]), field, populations) else { return nil }
    guard population.isNeurons, population.system != nil else {
      if !population.isNeurons {
        refuse(field, "'\(population.name)' is a generator and has no events")
      }
      return nil
    }
    let events = recordableEvents(population)
    guard events.contains(event) else {
      refuse(
        field, "'\(population.name)' has no event '\(event.forMessage)'",
        hint: Suggestion.hint(for: event, among: events, called: "its events"))
      return nil
    }
    return (population.index, event)
  }

  private func recordableEvents(_ population: KnownPopulation) -> [String] {
    population.system?.events.filter(\.isRecordable).map(\.name) ?? []
  }

  private func readStates(
    _ name: String, _ field: JobField, _ populations: [KnownPopulation]
  ) -> RecordingPlan.States? {
    let keys = ["population", "variables", "neurons", "every", "from", "to", "precision"]
    guard let map = map(field, keys: keys, what: "a recording of states") else { return nil }
    if JobReading.takenNames.contains(name) {
      refuseKey(field, "'\(name).h5' holds something else already", hint: "choose another name")
    }
    let population = map.required("population", of: "a recording of states")
      .flatMap { neuronPopulation($0, populations, what: "recorded") }
    let variables = map.required("variables", of: "a recording of states", hint: "such as [V_soma]")
      .flatMap { readVariables($0, population) }
    let neurons = population?.size.flatMap { size in
      self.neurons(map["neurons"], owner: field, size: size)
    }
    let window = readWindow(map, every: map["every"])
    let words: [(String, RecordingPlan.States.Precision)] = [
      ("single", .single), ("double", .double),
    ]
    let precision = map["precision"].map { choice($0, "'precision'", words) } ?? .single
    guard let population, let variables, let neurons, let window, let precision else { return nil }
    return RecordingPlan.States(
      name: name, population: population.index, variables: variables, neurons: neurons,
      window: window, precision: precision)
  }

  private func readVariables(_ field: JobField, _ population: KnownPopulation?) -> [String]? {
    guard let elements = list(field, "'variables'", hint: "such as [V_soma]") else { return nil }
    guard !elements.isEmpty else {
      refuse(field, "'variables' is empty")
      return nil
    }
    guard let system = population?.system else { return nil }
    var result: [String] = []
    for element in elements {
      guard let name = line(element, "the name of a variable") else { continue }
      guard system[name] != nil || EquationNames.recordable[name] != nil else {
        refuse(
          element, "the model has no variable '\(name.forMessage)'",
          hint: Suggestion.hint(
            for: name, among: system.variables.map(\.name), called: "its variables"))
        continue
      }
      guard !result.contains(name) else {
        refuse(element, "'\(name)' is listed twice")
        continue
      }
      result.append(name)
    }
    return result.count == elements.count ? result : nil
  }

  private func readRates(_ field: JobField) -> Int64? {
    guard let map = map(field, keys: ["every", "from", "to"], what: "'rates'") else { return nil }
    for key in map.present(["from", "to"]) {
      if let bound = map[key] { refuseWindow(bound, of: "'rates'") }
    }
    return map.required("every", of: "'rates'", hint: "such as every: 1 ms").flatMap(interval)
  }

  /// Reads `from`, `to` and `every`.
  func readWindow(_ map: JobMap, every: JobField?) -> RecordingPlan.Window? {
    let from = map["from"].map(step) ?? 0
    let to = map["to"].map(step) ?? .max
    let every = every.map(interval) ?? 1
    guard let from, let to, let every else { return nil }
    guard from < to else {
      if let field = map["to"] { refuse(field, "'to' must come after 'from'") }
      return nil
    }
    return RecordingPlan.Window(from: from, to: to, every: every)
  }
}
