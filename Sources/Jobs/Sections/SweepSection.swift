internal import Equations
internal import Networks
internal import Units

/// A grid as read: what varies, and what each value changes in the job.
struct SweepGrid {
  var sweep: Sweep
  /// By parameter and value.
  var changes: [[Override]]
}

/// `sweep`: paths as of `--set`, each with its values.
extension JobReading {
  /// More points than this are no sweep but a slip; and their directories no file system likes.
  private static let mostPoints = 100_000

  /// Reads the section.
  ///
  /// - Parameter root: the job without it; values may be expressions of its constants.
  func readSweep(_ field: JobField, root: YAMLNode) -> SweepGrid? {
    guard let entries = field.entries else {
      refuse(
        field, "'sweep' is a map of paths, not \(field.node.kindInWords)",
        hint: "such as sweep: {constants.rate: [1 Hz, 2 Hz]}")
      return nil
    }
    guard !entries.isEmpty else {
      refuseKey(field, "'sweep' names nothing to vary", hint: "remove it, or name a parameter")
      return nil
    }
    let paths = entries.map { Override.components(of: $0.key) }
    // What is wrong with constants is told where they are read for the job.
    let quiet = JobReading(diagnostics: Diagnostics(), readers: readers)
    quiet.diagnostics.sources = diagnostics.sources
    if let constants = root.entries?.first(where: { $0.key == "constants" }) {
      quiet.readConstants(
        JobField(constants.value, path: "constants", keyPosition: constants.keyPosition))
    }
    (constants, brokenConstants) = (quiet.constants, quiet.brokenConstants)
    let varying = SweepGrid.varyingConstants(of: root, paths: paths)
    var parameters: [Sweep.Parameter] = []
    var changes: [[Override]] = []
    for (place, entry) in entries.enumerated() {
      let parameter = SweptParameter(
        key: entry.key, components: paths[place], field: entry.field, varying: varying)
      guard isFree(parameter, besides: paths[..<place], of: entries.map(\.key)),
        let values = readValues(of: parameter),
        canBeSet(parameter, to: values[0].node, in: root)
      else { continue }
      parameters.append(.init(path: entry.key, values: values.map(\.value)))
      changes.append(
        values.map { value in
          Override(
            key: entry.key, components: parameter.components, value: value.node,
            keyPosition: entry.field.keyPosition)
        })
    }
    guard parameters.count == entries.count else { return nil }
    let (count, isTooLarge) = parameters.reduce((1, false)) { product, parameter in
      let (next, overflows) = product.0.multipliedReportingOverflow(by: parameter.values.count)
      return (next, product.1 || overflows)
    }
    guard !isTooLarge, count <= JobReading.mostPoints else {
      refuseKey(
        field, "the grid has more than \(JobReading.mostPoints) points",
        hint: "its points are the product of the numbers of values")
      return nil
    }
    return SweepGrid(sweep: Sweep(parameters), changes: changes)
  }

  // MARK: Paths

  /// Whether a path can be varied beside those before it.
  private func isFree(
    _ parameter: SweptParameter, besides others: ArraySlice<[String]>, of keys: [String]
  ) -> Bool {
    let (field, components) = (parameter.field, parameter.components)
    guard !components.contains("") else {
      refuseKey(
        field, "'\(parameter.key.forMessage)' is no path",
        hint: "such as constants.rate or projections.input.weight, as of --set")
      return false
    }
    if let first = components.first, ["sweep", "include", "name", "description"].contains(first) {
      refuseKey(field, "'\(first)' cannot be varied")
      return false
    }
    for (other, key) in zip(others, keys) {
      if other == components {
        refuseKey(
          field, "'\(parameter.key.forMessage)' is varied twice", hint: "remove one of them")
        return false
      }
      if other.starts(with: components) || components.starts(with: other) {
        refuseKey(
          field, "'\(parameter.key.forMessage)' and '\(key.forMessage)' are one inside the other")
        return false
      }
    }
    return true
  }

  /// Whether the path leads to a place of the job.
  private func canBeSet(
    _ parameter: SweptParameter, to value: YAMLNode, in root: YAMLNode
  ) -> Bool {
    let before = diagnostics.errorCount
    var root = root
    Override(
      key: parameter.key, components: parameter.components, value: value,
      keyPosition: parameter.field.keyPosition
    ).apply(to: &root, diagnostics: diagnostics)
    return diagnostics.errorCount == before
  }

  // MARK: Values

  /// The values of a parameter, each with what is put into the job; at least one.
  private func readValues(of parameter: SweptParameter) -> [SweptValue]? {
    let field = parameter.field
    switch field.node.content {
    case .sequence: return readList(of: parameter)
    case .mapping: return readLine(of: parameter)
    case .scalar:
      refuse(
        field,
        "'\(parameter.key.forMessage)' needs a list of values, or "
          + "{linspace: [first, last], count: n}, not \(field.node.kindInWords)",
        hint: field.node.isEmpty ? nil : "one value is a list too: [\(field.node.text ?? "")]")
      return nil
    }
  }

  private func readList(of parameter: SweptParameter) -> [SweptValue]? {
    let elements = parameter.field.elements ?? []
    guard !elements.isEmpty else {
      refuse(parameter.field, "'\(parameter.key.forMessage)' has no values")
      return nil
    }
    var values: [SweptValue] = []
    var known: [Sweep.Value: Int] = [:]
    for (place, element) in elements.enumerated() {
      guard !element.node.isEmpty else {
        refuse(element, "a value is due here, but nothing is written")
        continue
      }
      guard isFixed(element, parameter) else { continue }
      let text = YAMLWriter.line(of: element.node)
      let value = Sweep.Value(text: text, quantity: element.node.text.flatMap(quantity(of:)))
      // 1 nS and 1000 pS are the same point.
      let essence = Sweep.Value(text: value.quantity == nil ? text : "", quantity: value.quantity)
      if let first = known[essence] {
        refuse(element, "this is value \(first + 1) of the list again", hint: "remove one of them")
        continue
      }
      known[essence] = place
      values.append(SweptValue(value: value, node: element.node))
    }
    return values.count == elements.count ? values : nil
  }

  /// What a text is worth; `nil` for what is no number or quantity.
  private func quantity(of text: String) -> Quantity? {
    guard let quantity = try? ConstantExpression.evaluate(text, constants: constants),
      quantity.value.isFinite
    else { return nil }
    return quantity
  }

  /// `{linspace: [first, last], count: n}`.
  private func readLine(of parameter: SweptParameter) -> [SweptValue]? {
    let what = "what '\(parameter.key.forMessage)' takes"
    guard let map = map(parameter.field, keys: ["linspace", "count"], what: what) else {
      return nil
    }
    let example = "such as {linspace: [1 Hz, 2 Hz], count: 11}"
    guard let ends = map.required("linspace", of: "this map", hint: example),
      let number = map.required("count", of: "'linspace' of a sweep", hint: example),
      let pair = list(ends, "'linspace'", hint: example)
    else { return nil }
    guard pair.count == 2 else {
      refuse(ends, "'linspace' takes two values, the first and the last, not \(pair.count)")
      return nil
    }
    guard let count = count(number, in: 2...JobReading.mostPoints),
      isFixed(pair[0], parameter), isFixed(pair[1], parameter),
      let first = quantity(pair[0]), let last = quantity(pair[1])
    else { return nil }
    guard first.dimension == last.dimension else {
      refuse(
        pair[1],
        "the last value is \(last.dimension.phrase), and the first \(first.dimension.phrase)"
      )
      return nil
    }
    guard first.value != last.value, (last.value - first.value).isFinite else {
      refuse(ends, "from the first value to the last there is no way")
      return nil
    }
    let line = LinearSpacing(first: first.value, last: last.value, count: count)
    return (0..<count).map { place in
      let value = Quantity(line[place], first.dimension)
      let text = value.description
      return SweptValue(
        value: Sweep.Value(text: text, quantity: value),
        node: YAMLNode(.scalar(text, .plain), at: ends.position))
    }
  }

  /// Refuses a value that is another one at other points of the grid.
  private func isFixed(_ field: JobField, _ parameter: SweptParameter) -> Bool {
    guard let text = field.node.text,
      let name = Identifiers.all(in: text).intersection(parameter.varying).sorted().first
    else { return true }
    refuse(
      field, "the value depends on the constant '\(name)', which the sweep varies",
      hint: "vary one of them, and let a constant of the job follow it")
    return false
  }
}

/// A parameter that is being read.
private struct SweptParameter {
  var key: String
  var components: [String]
  var field: JobField
  /// Constants that differ from point to point.
  var varying: Set<String>
}

/// A value, and what is put into the job.
private struct SweptValue {
  var value: Sweep.Value
  var node: YAMLNode
}

extension SweepGrid {
  /// Constants that the paths vary, and those made of them.
  fileprivate static func varyingConstants(of root: YAMLNode, paths: [[String]]) -> Set<String> {
    let entries = root.entries?.first { $0.key == "constants" }?.value.entries ?? []
    var varying = Set(paths.filter { $0.count == 2 && $0[0] == "constants" }.map { $0[1] })
    var neededBy: [String: [String]] = [:]
    for entry in entries {
      for name in Identifiers.all(in: entry.value.text ?? "") {
        neededBy[name, default: []].append(entry.key)
      }
    }
    var waiting = Array(varying)
    while let name = waiting.popLast() {
      for other in neededBy[name] ?? [] where varying.insert(other).inserted {
        waiting.append(other)
      }
    }
    return varying
  }
}
