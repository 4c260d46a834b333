internal import Equations
internal import Networks
internal import Units

/// How many there are to connect, where that is known.
struct SliceSizes {
  var source: Int?
  var target: Int?
}

/// A rule, and how lists that were written for it must be sorted.
struct ReadRule {
  var rule: ConnectionRule
  /// Of pairs: for each place in the sorted list the place in the written one.
  var order: [Int]?

  /// Values in the order of the rule's synapses.
  func sorted(_ values: NeuronValues) -> NeuronValues {
    guard let order else { return values }
    switch values {
    case .list(let list): return .list(order.map { list[$0] })
    case .linspace(let first, let last):
      let steps = Double(max(order.count - 1, 1))
      return .list(
        order.map { place in
          // Both ends exactly, as the sum of two parts is not always.
          place == order.count - 1 && place > 0
            ? last : first + (last - first) * (Double(place) / steps)
        })
    default: return values
    }
  }
}

/// `connect` of a projection.
extension JobReading {
  private static let rules = [
    "probability", "indegree", "outdegree", "total", "condition", "pairs", "file",
  ]
  /// The most synapses of one projection.
  private static let mostSynapses = 1 << 48

  /// Reads a rule.
  func readConnect(
    _ field: JobField, _ ends: SliceSizes, allowsMultapses: Bool
  ) -> ReadRule? {
    guard field.node.entries != nil else { return readPlainRule(field, ends) }
    let keys = JobReading.rules + ["population"]
    guard let map = map(field, keys: keys, what: "'connect'") else { return nil }
    let present = map.present(JobReading.rules)
    let isThinned = Set(present) == ["probability", "condition"]
    guard present.count == 1 || isThinned else {
      refuse(
        field,
        present.isEmpty
          ? "'connect' needs a rule" : "'connect' takes one rule, not \(present.count)",
        hint: "one_to_one, all_to_all, or a map with \(JobReading.rules.joined(separator: ", "))")
      return nil
    }
    if let population = map["population"], present != ["file"] {
      refuseKey(population, "'population' belongs to 'file'")
    }
    switch isThinned ? "condition" : present[0] {
    case "probability":
      return map["probability"].flatMap { number($0, in: 0...1) }
        .map { ReadRule(rule: .probability($0)) }
    case "condition": return readCondition(map)
    case "pairs": return map["pairs"].flatMap { readPairs($0, ends) }
    case "file": return readEdges(map, ends)
    case let degree: return map[degree].flatMap { readDegree($0, ends, allowsMultapses) }
    }
  }

  private func readPlainRule(_ field: JobField, _ ends: SliceSizes) -> ReadRule? {
    enum Word {
      case oneToOne
      case allToAll
    }
    let words: [(String, Word)] = [("one_to_one", .oneToOne), ("all_to_all", .allToAll)]
    if let text = field.node.text, JobReading.rules.contains(text) {
      refuse(field, "'\(text)' needs a value", hint: "such as connect: {probability: 0.1}")
      return nil
    }
    guard let word = choice(field, "'connect'", words) else { return nil }
    switch word {
    case .allToAll:
      guard isCountable(ends.source ?? 0, ends.target ?? 0, field) else { return nil }
      return ReadRule(rule: .allToAll)
    case .oneToOne:
      if let source = ends.source, let target = ends.target, source != target {
        refuse(
          field,
          "one_to_one needs as many sources as targets, but there are \(source) and "
            + "\(target)",
          hint: "choose slices of the same size, such as pyr[0:\(min(source, target))]")
        return nil
      }
      return ReadRule(rule: .oneToOne)
    }
  }

  private func isCountable(_ count: Int, _ times: Int, _ field: JobField) -> Bool {
    let (product, isTooMany) = count.multipliedReportingOverflow(by: times)
    if !isTooMany, product <= JobReading.mostSynapses { return true }
    refuse(field, "the projection would have more than \(JobReading.mostSynapses) synapses")
    return false
  }

  private func readDegree(
    _ field: JobField, _ ends: SliceSizes, _ allowsMultapses: Bool
  ) -> ReadRule? {
    let most = field.name == "total" ? JobReading.mostSynapses : Int(Int32.max)
    guard let count = count(field, in: 0...most) else { return nil }
    guard let sources = ends.source, let targets = ends.target else { return nil }
    let partners: Int
    let rule: ConnectionRule
    switch field.name {
    case "indegree":
      (partners, rule) = (sources, .indegree(count))
      guard isCountable(count, targets, field) else { return nil }
    case "outdegree":
      (partners, rule) = (targets, .outdegree(count))
      guard isCountable(count, sources, field) else { return nil }
    default:
      let (product, isTooMany) = sources.multipliedReportingOverflow(by: targets)
      (partners, rule) = (isTooMany ? .max : product, .total(count))
    }
    guard allowsMultapses || count <= partners else {
      refuse(
        field,
        "'\(field.name)' of \(count) is not possible without multapses: there are only "
          + "\(partners) to choose from")
      return nil
    }
    return ReadRule(rule: rule)
  }

  private func readCondition(_ map: JobMap) -> ReadRule? {
    var probability: Double?
    if let field = map["probability"] {
      guard let value = number(field, in: 0...1) else { return nil }
      probability = value
    }
    guard let field = map["condition"], let text = text(field, "a condition in i and j") else {
      return nil
    }
    let internals = ["t", "dt", "t_in_timesteps", "N", "lastspike", "not_refractory"]
    guard isFree(text, of: internals, field) else { return nil }
    let system = EquationSystem(constants: constants)
    return condition(field, text, in: system, names: ["i": .one, "j": .one])
      .map { ReadRule(rule: .condition($0, constants: system, probability: probability)) }
  }

  private func readPairs(_ field: JobField, _ ends: SliceSizes) -> ReadRule? {
    guard let elements = list(field, "'pairs'", hint: "such as [[0, 1], [0, 2]]"),
      let sources = ends.source, let targets = ends.target
    else { return nil }
    var pairs: [(source: Int, target: Int)] = []
    var isRight = true
    for element in elements {
      guard let pair = element.elements, pair.count == 2 else {
        refuse(element, "a pair is [source, target]", hint: "such as [0, 1]")
        isRight = false
        continue
      }
      guard let source = count(pair[0], in: 0...(sources - 1)),
        let target = count(pair[1], in: 0...(targets - 1))
      else {
        isRight = false
        continue
      }
      pairs.append((source, target))
    }
    return isRight ? sorted(pairs) : nil
  }

  private func readEdges(_ map: JobMap, _ ends: SliceSizes) -> ReadRule? {
    guard let file = map["file"],
      let population = map.required("population", of: "a file of edges"), let path = path(file),
      let name = line(population, "the name of a population of edges"),
      let sources = ends.source, let targets = ends.target
    else { return nil }
    let edges: [(Int, Int)]
    do {
      edges = try readers.edges(path, name)
    } catch {
      refuse(file, "cannot read the edges of '\(path.forMessage)': \("\(error)".forMessage)")
      return nil
    }
    for (source, target) in edges
    where source < 0 || source >= sources || target < 0 || target >= targets {
      refuse(
        file,
        "'\(path.forMessage)' holds an edge from \(source) to \(target), but there are "
          + "\(sources) sources and \(targets) targets")
      return nil
    }
    return sorted(edges.map { (source: $0.0, target: $0.1) })
  }

  /// Pairs by source; those of one source keep their order.
  private func sorted(_ pairs: [(source: Int, target: Int)]) -> ReadRule {
    let order = pairs.indices.sorted { (pairs[$0].source, $0) < (pairs[$1].source, $1) }
    return ReadRule(rule: .pairs(order.map { pairs[$0] }), order: order)
  }
}
