internal import Equations
internal import Networks
internal import Units

/// Populations that fire by themselves: `poisson` and `spikes`.
extension JobReading {
  /// Reads independent Poisson sources.
  func readPoisson(_ field: JobField, _ size: Int?) -> PoissonGenerator? {
    let keys = ["rate", "start", "stop", "sources"]
    guard let map = map(field, keys: keys, what: "'poisson'") else { return nil }
    let rate = map.required("rate", of: "'poisson'", hint: "such as rate: 50 Hz")
      .flatMap { readRate($0, size) }
    let start = map["start"].map(step) ?? 0
    let stop = map["stop"].map(step) ?? .max
    let sources = map["sources"].map { count($0, in: 1...Int(Int32.max)) } ?? 1
    guard let start, let stop, let sources, let rate else { return nil }
    guard start < stop else {
      if let field = map["stop"] { refuse(field, "'stop' must come after 'start'") }
      return nil
    }
    return PoissonGenerator(rate: rate, window: start..<stop, sources: sources)
  }

  private func readRate(_ field: JobField, _ size: Int?) -> PoissonGenerator.Rate? {
    if let text = field.node.text {
      let names = Identifiers.all(in: text)
      let isTimed = ["t", "i", "t_in_timesteps"].contains { names.contains($0) }
      guard isTimed, !isConstant(text) else {
        return quantity(field, .frequency, .nonNegative).map { .constant($0) }
      }
      let system = EquationSystem(constants: constants)
      guard isFree(text, of: ["lastspike", "not_refractory", "N"], field) else { return nil }
      return expression(field, text, dimension: .frequency, in: system, names: [:])
        .map { .expression($0, constants: system) }
    }
    let expected = ValuesExpectation(
      dimension: .frequency, bounds: .nonNegative, count: size.map { .exactly($0) } ?? .unchecked,
      what: "unit")
    guard let values = values(field, expected) else { return nil }
    guard case .list(let rates) = values else {
      refuse(
        field, "a rate is a frequency, a list of them, or an expression in t and i",
        hint: "such as rate: 50 Hz")
      return nil
    }
    return .list(rates)
  }

  /// Reads units that fire at given times.
  func readSpikes(_ field: JobField, _ size: Int?) -> SpikeListGenerator? {
    let keys = ["indices", "times", "file", "population"]
    guard let map = map(field, keys: keys, what: "'spikes'") else { return nil }
    guard let file = map["file"] else {
      if let stray = map["population"] { refuseKey(stray, "'population' belongs to 'file'") }
      let indices = map.required("indices", of: "'spikes'", hint: "or 'file' and 'population'")
      let times = map.required("times", of: "'spikes'")
      guard let indices, let times, let size else { return nil }
      return readSpikes(indices: indices, times: times, size: size)
    }
    for key in map.present(["indices", "times"]) {
      if let stray = map[key] { refuseKey(stray, "'\(key)' cannot stand beside 'file'") }
    }
    guard let population = map.required("population", of: "a file of spikes"),
      let path = path(file), let name = line(population, "the name of a population"), let size
    else { return nil }
    return readSpikes(path, name, file, size: size)
  }

  private func readSpikes(
    indices: JobField, times: JobField, size: Int
  ) -> SpikeListGenerator? {
    guard let units = list(indices, "'indices'"),
      let seconds = quantities(times, .time, .nonNegative)
    else { return nil }
    guard units.count == seconds.count else {
      refuse(times, "there are \(seconds.count) times for \(units.count) indices")
      return nil
    }
    var spikes: [(unit: Int, step: Int64)] = []
    var isRight = true
    for (field, time) in zip(units, seconds) {
      guard let unit = count(field, in: 0...(size - 1)),
        let step = StepRounding.step(of: time, dt: dt)
      else {
        isRight = false
        continue
      }
      spikes.append((unit, step))
    }
    guard isRight else {
      // Indices are refused one by one; a time can only be too far away.
      if seconds.contains(where: { StepRounding.step(of: $0, dt: dt) == nil }) {
        refuse(times, "a time is too far away: more steps than can be counted")
      }
      return nil
    }
    return sorted(spikes, times)
  }

  private func readSpikes(
    _ path: String, _ population: String, _ field: JobField, size: Int
  ) -> SpikeListGenerator? {
    let read: [(Int, Double)]
    do {
      read = try readers.spikes(path, population)
    } catch {
      refuse(field, "cannot read the spikes of '\(path.forMessage)': \("\(error)".forMessage)")
      return nil
    }
    var spikes: [(unit: Int, step: Int64)] = []
    spikes.reserveCapacity(read.count)
    for (unit, time) in read {
      guard unit >= 0, unit < size else {
        refuse(
          field,
          "'\(path.forMessage)' holds a spike of unit \(unit), but the population has "
            + "\(size)")
        return nil
      }
      guard time >= 0, let step = StepRounding.step(of: time, dt: dt) else {
        refuse(field, "'\(path.forMessage)' holds a spike at \(time) s, which is no time of a run")
        return nil
      }
      spikes.append((unit, step))
    }
    return sorted(spikes, field)
  }

  private func sorted(
    _ spikes: [(unit: Int, step: Int64)], _ field: JobField
  ) -> SpikeListGenerator? {
    let sorted = spikes.sorted { ($0.step, $0.unit) < ($1.step, $1.unit) }
    for (one, next) in zip(sorted, sorted.dropFirst()) where one == next {
      refuse(
        field, "unit \(one.unit) fires twice in step \(one.step)",
        hint: "a unit fires at most once in a step; use two units")
      return nil
    }
    return SpikeListGenerator(spikes: sorted)
  }
}
