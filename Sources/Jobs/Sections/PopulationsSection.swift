internal import Equations
internal import Networks
internal import Units

/// A population of the job, as others refer to it.
struct KnownPopulation {
  var name: String
  /// Place in `Network.populations`.
  var index: Int
  /// `nil` if it is wrong.
  var size: Int?
  /// Whether it holds neurons, as opposed to generators.
  var isNeurons: Bool
  /// Of neurons; `nil` if the model is wrong.
  var system: EquationSystem?
}

extension JobReading {
  /// The most neurons or units of one population: indices in files and messages have 32 bits.
  static let largestPopulation = Int(Int32.max)

  /// Reads `populations`.
  func readPopulations(
    _ field: JobField?, models: inout [String: KnownModel], root: JobMap
  ) -> (populations: [Population], known: [KnownPopulation]) {
    guard let field else {
      _ = root.required(
        "populations", of: "the job", hint: "such as populations: {pyr: {model: NAME, size: 100}}")
      return ([], [])
    }
    guard let entries = named(field, "populations") else { return ([], []) }
    if entries.isEmpty, field.node.entries?.isEmpty ?? true {
      refuseKey(field, "the job has no population")
    }
    var populations: [Population] = []
    var known: [KnownPopulation] = []
    var total = 0
    for (index, entry) in entries.enumerated() {
      var one = KnownPopulation(name: entry.key, index: index, size: nil, isNeurons: false)
      let population = readPopulation(entry.field, &one, models: &models)
      total += one.size ?? 0
      known.append(one)
      if let population { populations.append(population) }
    }
    if total > Int(UInt32.max) {
      refuseKey(field, "the populations hold more than \(UInt32.max) neurons and units together")
    }
    return (populations, known)
  }

  private func readPopulation(
    _ field: JobField, _ known: inout KnownPopulation, models: inout [String: KnownModel]
  ) -> Population? {
    let keys = ["model", "size", "parameters", "initial", "poisson", "spikes"]
    guard let map = map(field, keys: keys, what: "a population") else { return nil }
    known.isNeurons = map["model"] != nil
    known.size = map.required("size", of: "a population", hint: "such as size: 100")
      .flatMap { count($0, in: 1...JobReading.largestPopulation) }
    let kinds = map.present(["model", "poisson", "spikes"])
    guard kinds.count == 1, let kind = kinds.first else {
      refuseKey(
        field,
        kinds.isEmpty
          ? "a population needs 'model', 'poisson' or 'spikes'"
          : "a population has one of 'model', 'poisson' and 'spikes', not \(kinds.count) of them")
      markUsed(map["model"], &models)
      return nil
    }
    if kind != "model" {
      for key in map.present(["parameters", "initial"]) {
        if let stray = map[key] { refuseKey(stray, "'\(key)' belongs to a population of neurons") }
      }
    }
    let content: Population.Kind?
    switch kind {
    case "model": content = readNeurons(map, &known, &models).map { .neurons($0) }
    case "poisson":
      content = map["poisson"].flatMap { readPoisson($0, known.size) }
        .map { .poisson($0) }
    default:
      content = map["spikes"].flatMap { readSpikes($0, known.size) }
        .map { .spikeList($0) }
    }
    guard let content, let size = known.size else { return nil }
    return Population(name: known.name, size: size, kind: content)
  }

  private func markUsed(_ field: JobField?, _ models: inout [String: KnownModel]) {
    if let name = field?.node.text { models[name]?.isUsed = true }
  }

  private func readNeurons(
    _ map: JobMap, _ known: inout KnownPopulation, _ models: inout [String: KnownModel]
  ) -> NeuronPopulation? {
    guard let field = map["model"], let name = line(field, "the name of a model") else {
      return nil
    }
    markUsed(field, &models)
    guard let model = models[name] else {
      guard !brokenNames.contains(name) else { return nil }
      refuse(
        field, "there is no model '\(name.forMessage)'",
        hint: Suggestion.hint(for: name, among: models.keys.sorted(), called: "the models"))
      return nil
    }
    guard var system = model.system, let size = known.size else { return nil }
    var parameters: [String: NeuronValues] = [:]
    if let given = map["parameters"] {
      parameters = readParameters(given, system: &system, size: size)
    }
    known.system = system
    var initial = model.initial.filter { parameters[$0.variable] == nil }
    if let given = map["initial"] {
      initial = JobReading.merged(
        readInitial(given, system: system, size: size), over: initial)
    }
    return NeuronPopulation(
      model: name, system: system, method: model.method.method, parameters: parameters,
      initial: initial, structure: model.structure)
  }
}
