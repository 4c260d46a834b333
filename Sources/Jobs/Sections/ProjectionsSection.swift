internal import Equations
internal import Networks
internal import Units

/// `projections`: whose spikes reach whom, and what they do there.
extension JobReading {
  private static let projectionKeys = [
    "source", "target", "connect", "autapses", "multapses", "weight", "weight_precision", "delay",
    "on_pre", "store", "plasticity",
  ]

  /// Reads the section, in the order of the job.
  func readProjections(_ field: JobField?, populations: [KnownPopulation]) -> [Projection] {
    guard let field, let entries = named(field, "projections") else { return [] }
    return entries.compactMap { readProjection($0.key, $0.field, populations) }
  }

  private func readProjection(
    _ name: String, _ field: JobField, _ populations: [KnownPopulation]
  ) -> Projection? {
    guard let map = map(field, keys: JobReading.projectionKeys, what: "a projection") else {
      return nil
    }
    if let plasticity = map["plasticity"] { refusePlasticity(plasticity) }
    let errorsBefore = diagnostics.errorCount
    let source = map.required("source", of: "a projection")
      .flatMap { readEnd($0, populations, isTarget: false) }
    let target = map.required("target", of: "a projection")
      .flatMap { readEnd($0, populations, isTarget: true) }
    let allowsAutapses = map["autapses"].map(flag) ?? true
    let allowsMultapses = map["multapses"].map(flag) ?? true
    let connect = map.required("connect", of: "a projection", hint: "such as {probability: 0.1}")
    let ends = SliceSizes(source: source?.slice?.range.count, target: target?.slice?.range.count)
    let rule = connect.flatMap {
      readConnect($0, ends, allowsMultapses: allowsMultapses ?? true)
    }
    let count =
      rule.map { synapseCount($0.rule, ends, source, target, allowsAutapses) } ?? .unchecked
    let dimension = map["weight"].map(dimension) ?? .one
    let weight = dimension.flatMap { readWeight(map["weight"], $0, count: count) }
    let delay = readDelay(map["delay"], count: count)
    let onPre = map.required("on_pre", of: "a projection", hint: "such as s_AMPA_X_dist += 1")
      .flatMap { readOnPre($0, map["weight"], dimension, target?.population) }
    let precision = readWeightPrecision(map["weight_precision"], weight, path: field.path)
    let store = map["store"].map {
      choice($0, "'store'", [("memory", Projection.Store.memory), ("procedural", .procedural)])
    }
    guard diagnostics.errorCount == errorsBefore, let from = source?.slice, let to = target?.slice,
      let rule, let weight, let delay, let onPre, let precision, let allowsAutapses,
      let allowsMultapses, let store = store ?? .memory
    else { return nil }
    let projection = Projection(
      name: name, source: from, target: to, rule: rule.rule, allowsAutapses: allowsAutapses,
      allowsMultapses: allowsMultapses, weight: rule.sorted(weight),
      weightPrecision: precision, delay: sorted(delay, by: rule), onPre: onPre,
      store: store)
    if store == .procedural, let reason = projection.reasonToKeep, let field = map["store"] {
      refuse(field, reason, hint: Projection.procedureHint)
      return nil
    }
    return projection
  }

  /// One end of a projection: the population, and the slice if it is right.
  private struct End {
    var population: KnownPopulation
    var slice: PopulationSlice?
  }

  /// Reads `pop` or `pop[0:100]`.
  private func readEnd(
    _ field: JobField, _ populations: [KnownPopulation], isTarget: Bool
  ) -> End? {
    guard let text = line(field, "the name of a population") else { return nil }
    var name = text[...]
    var bounds: Substring?
    if let bracket = text.firstIndex(of: "[") {
      guard text.hasSuffix("]") else {
        refuse(field, "'\(text.forMessage)' has no closing bracket", hint: "such as pyr[0:100]")
        return nil
      }
      name = text[..<bracket]
      bounds = text[text.index(after: bracket)...].dropLast()
    }
    guard let population = known(String(name), field, populations) else { return nil }
    guard !isTarget || population.isNeurons else {
      refuse(field, "'\(name)' is a generator and cannot be a target")
      return nil
    }
    var end = End(population: population)
    guard let size = population.size else { return end }
    guard let bounds else {
      end.slice = PopulationSlice(population: population.index, range: 0..<size)
      return end
    }
    guard let range = range(String(bounds), field, size: size) else { return end }
    end.slice = PopulationSlice(population: population.index, range: range)
    return end
  }

  /// The population of that name.
  func known(
    _ name: String, _ field: JobField, _ populations: [KnownPopulation]
  ) -> KnownPopulation? {
    if let population = populations.first(where: { $0.name == name }) { return population }
    guard !brokenNames.contains(name) else { return nil }
    refuse(
      field, "there is no population '\(name.forMessage)'",
      hint: Suggestion.hint(for: name, among: populations.map(\.name), called: "the populations"))
    return nil
  }

  /// How many synapses a rule makes, where that is not left to chance.
  private func synapseCount(
    _ rule: ConnectionRule, _ ends: SliceSizes, _ source: End?, _ target: End?,
    _ allowsAutapses: Bool?
  ) -> ValueCount {
    guard let sources = ends.source, let targets = ends.target else { return .unchecked }
    let isRecurrent = source?.population.index == target?.population.index
    // Without autapses the count depends on how the slices overlap.
    guard allowsAutapses == true || !isRecurrent else {
      if case .pairs(let pairs) = rule { return .exactly(pairs.count) }
      return .drawn
    }
    switch rule {
    case .oneToOne: return .exactly(sources)
    case .allToAll:
      let (count, isTooMany) = sources.multipliedReportingOverflow(by: targets)
      return isTooMany ? .unchecked : .exactly(count)
    case .pairs(let pairs): return .exactly(pairs.count)
    default: return .drawn
    }
  }

  private func readWeight(
    _ field: JobField?, _ dimension: Dimension, count: ValueCount
  ) -> NeuronValues? {
    guard let field else { return .constant(1) }
    return values(field, ValuesExpectation(dimension: dimension, count: count, what: "synapse"))
  }

  private func readWeightPrecision(
    _ field: JobField?, _ weight: NeuronValues?, path: String
  ) -> Projection.WeightPrecision? {
    let words: [(String, Projection.WeightPrecision)] = [("single", .single), ("double", .double)]
    if let field { return choice(field, "'weight_precision'", words) }
    switch weight {
    case .normal, .uniform, .lognormal: return .single
    default: return .double
    }
  }

  private func readDelay(_ field: JobField?, count: ValueCount) -> Projection.Delay? {
    guard let field else { return .steps(0) }
    let expected = ValuesExpectation(
      dimension: .time, bounds: .nonNegative, count: count, what: "synapse")
    guard let values = values(field, expected) else { return nil }
    let longest: Double? =
      switch values {
      case .constant(let value): value
      case .list(let values): values.max()
      case .linspace(let first, let last): max(first, last)
      case .uniform(_, let high, _, let maximum): min(high, maximum ?? high)
      case .normal(_, _, _, let maximum), .lognormal(_, _, _, let maximum): maximum
      }
    let steps = StepRounding.delay(of: longest ?? 0, dt: dt)
    guard let steps, steps <= Int64(Int32.max) else {
      refuse(field, "'delay' is longer than \(Int32.max) steps of dt")
      return nil
    }
    if case .constant = values { return .steps(Int(steps)) }
    return .values(values)
  }

  private func sorted(_ delay: Projection.Delay, by rule: ReadRule) -> Projection.Delay {
    guard case .values(let values) = delay else { return delay }
    return .values(rule.sorted(values))
  }

  private func readOnPre(
    _ field: JobField, _ weight: JobField?, _ dimension: Dimension?, _ target: KnownPopulation?
  ) -> [Statement]? {
    guard let text = text(field, "statements") else { return nil }
    if let weight, !Identifiers.all(in: text).contains("w") {
      diagnostics.warn(
        "'weight' is given, but 'on_pre' does not read w", at: weight.keyPosition,
        path: weight.path, hint: "write it as in s_AMPA_X_dist += w")
    }
    guard let system = target?.system, let dimension else { return nil }
    return statements(field, text, in: system, names: ["w": dimension])
  }
}
