internal import Equations
internal import Networks
internal import Units

/// `stimuli`: variables driven from outside.
extension JobReading {
  /// Reads the section.
  func readStimuli(_ field: JobField?, populations: [KnownPopulation]) -> [Stimulus] {
    guard let field, let entries = named(field, "stimuli") else { return [] }
    return entries.compactMap { readStimulus($0.key, $0.field, populations) }
  }

  private func readStimulus(
    _ name: String, _ field: JobField, _ populations: [KnownPopulation]
  ) -> Stimulus? {
    let keys = ["population", "neurons", "variable", "steps", "waveform", "expression"]
    guard let map = map(field, keys: keys, what: "a stimulus") else { return nil }
    let population = map.required("population", of: "a stimulus").flatMap {
      neuronPopulation($0, populations, what: "driven")
    }
    let neurons = population?.size.flatMap { size in
      self.neurons(map["neurons"], owner: field, size: size)
    }
    let variable = map.required("variable", of: "a stimulus", hint: "such as I_ext_soma")
      .flatMap { readDriven($0, population) }
    let kinds = map.present(["steps", "waveform", "expression"])
    guard kinds.count == 1, let kind = kinds.first, let drive = map[kind] else {
      refuseKey(
        field,
        kinds.isEmpty
          ? "a stimulus needs 'steps', 'waveform' or 'expression'"
          : "a stimulus has one course, not several",
        hint: "such as steps: [[0 ms, 0 pA], [50 ms, 150 pA]]")
      return nil
    }
    guard let population, let neurons, let variable else { return nil }
    let course: Stimulus.Course?
    switch kind {
    case "steps":
      course = readSteps(drive, variable, count: neurons.count).map { .steps($0) }
    case "waveform":
      course = readWaveform(drive, variable, count: neurons.count).map { .waveform($0) }
    default: course = readCourse(drive, variable, population).map { .expression($0) }
    }
    guard let course else { return nil }
    return Stimulus(
      name: name, population: population.index, neurons: neurons, variable: variable.name,
      course: course)
  }

  /// Reads an expression that is evaluated at every step.
  private func readCourse(
    _ field: JobField, _ variable: EquationSystem.Variable, _ population: KnownPopulation
  ) -> Expression? {
    guard let text = text(field, "an expression in t and i"), let system = population.system else {
      return nil
    }
    return expression(field, text, of: variable, in: system)
  }

  /// Reads samples from a file: a list for all neurons alike, or a table with a column for each.
  private func readWaveform(
    _ field: JobField, _ variable: EquationSystem.Variable, count: Int
  ) -> Waveform? {
    let errors = diagnostics.errorCount
    guard let map = map(field, keys: ["file", "dataset", "dt"], what: "'waveform'") else {
      return nil
    }
    let file = map.required("file", of: "'waveform'")
    let dataset = map.required("dataset", of: "'waveform'")
    let interval = map.required("dt", of: "'waveform'", hint: "the time between two samples")
      .flatMap { quantity($0, .time, .positive) }
    guard let file, let dataset, let interval, let path = path(file),
      let name = line(dataset, "the name of a data set"), diagnostics.errorCount == errors
    else { return nil }
    let expected = ValuesExpectation(
      dimension: variable.dimension, count: .unchecked, what: "neuron", takesBareSI: true)
    guard let read = data(path, name, file, dataset, expected) else { return nil }
    guard !read.values.isEmpty else {
      refuse(dataset, "'\(name.forMessage)' holds no samples")
      return nil
    }
    let columns = read.columns ?? 1
    guard read.columns == nil || columns == count else {
      refuse(
        dataset, "'\(name.forMessage)' has \(columns) columns for \(count) neurons",
        hint: "a list drives all neurons alike; a table has a column for each of 'neurons'")
      return nil
    }
    return Waveform(samples: read.values, columns: columns, interval: interval)
  }

  /// Reads the name of a population of neurons.
  func neuronPopulation(
    _ field: JobField, _ populations: [KnownPopulation], what: String
  ) -> KnownPopulation? {
    guard let name = line(field, "the name of a population"),
      let population = known(name, field, populations)
    else { return nil }
    guard population.isNeurons else {
      refuse(field, "'\(name)' is a generator and cannot be \(what)")
      return nil
    }
    return population
  }

  private func readDriven(
    _ field: JobField, _ population: KnownPopulation?
  ) -> EquationSystem.Variable? {
    guard let name = line(field, "the name of a variable"), let system = population?.system else {
      return nil
    }
    let free = system.variables.filter { $0.kind == .parameter && $0.type == .real }
    guard let variable = system[name] else {
      refuse(
        field, "the model has no variable '\(name.forMessage)'",
        hint: Suggestion.hint(for: name, among: free.map(\.name), called: "it can drive"))
      return nil
    }
    guard variable.kind == .parameter, variable.type == .real else {
      refuse(
        field, "'\(name)' is given by the model and cannot be driven",
        hint: "drive a variable such as I_ext_soma")
      return nil
    }
    guard !variable.flags.contains(.constant) else {
      refuse(field, "'\(name)' is constant and cannot be driven")
      return nil
    }
    return variable
  }

  private func readSteps(
    _ field: JobField, _ variable: EquationSystem.Variable, count: Int
  ) -> [(step: Int64, values: NeuronValues)]? {
    guard let entries = list(field, "'steps'", hint: "such as [[0 ms, 0 pA], [50 ms, 150 pA]]")
    else { return nil }
    guard !entries.isEmpty else {
      refuse(field, "'steps' is empty")
      return nil
    }
    let expected = ValuesExpectation(
      dimension: variable.dimension, count: .exactly(count), what: "neuron")
    var steps: [(step: Int64, values: NeuronValues)] = []
    var isRight = true
    for entry in entries {
      guard let pair = entry.elements, pair.count == 2 else {
        refuse(entry, "an entry of 'steps' is [time, value]", hint: "such as [50 ms, 150 pA]")
        isRight = false
        continue
      }
      guard let step = step(pair[0]), let values = values(pair[1], expected) else {
        isRight = false
        continue
      }
      if let last = steps.last, last.step >= step {
        refuse(pair[0], "this is not later, in steps of dt, than the entry before")
        isRight = false
        continue
      }
      steps.append((step, values))
    }
    return isRight ? steps : nil
  }
}
