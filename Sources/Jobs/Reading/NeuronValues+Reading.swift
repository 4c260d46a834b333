internal import Equations
internal import Glibc
internal import Networks
internal import Units

/// How many values a list must hold.
enum ValueCount {
  case exactly(Int)
  /// Not known before connections are drawn: lists are refused.
  case drawn
  /// Not known because something else is wrong: lists are let pass, to be refused later.
  case unchecked
}

/// Values for many neurons or synapses: one for all, a list, a distribution, or a data set.
extension JobReading {
  /// What values are read for.
  struct ValuesExpectation {
    var dimension: Dimension
    var bounds: Bounds = .any
    /// How many values a list must hold.
    var count: ValueCount
    /// `neuron`, `unit` or `synapse`.
    var what: String
    /// Whether a data set without units is in SI.
    var takesBareSI = false
  }

  /// Reads values of a known dimension.
  func values(_ field: JobField, _ expected: ValuesExpectation) -> NeuronValues? {
    switch field.node.content {
    case .scalar: quantity(field, expected.dimension, expected.bounds).map(NeuronValues.constant)
    case .sequence: valueList(field, expected)
    case .mapping: distribution(field, expected)
    }
  }

  /// The dimension of values whose dimension is free: that of their first quantity, or of their data
  /// set's units.
  func dimension(of field: JobField) -> Dimension? {
    switch field.node.content {
    case .scalar: return quantity(field)?.dimension
    case .sequence(let elements):
      guard let first = elements.first else { return .one }
      return dimension(of: JobField(first, path: "\(field.path)[0]"))
    case .mapping(let entries):
      let names = JobReading.distributions
      if let dimension = dimension(ofDatasetIn: field) { return dimension }
      guard let entry = entries.first(where: { names.contains($0.key) }) else { return .one }
      return dimension(of: JobField(entry.value, path: "\(field.path).\(entry.key)"))
    }
  }

  /// The dimension of a data set, as its units say; `nil` if there is none that can be read, which
  /// reading its values will refuse.
  private func dimension(ofDatasetIn field: JobField) -> Dimension? {
    let given = Dictionary(
      (field.entries ?? []).map { ($0.key, $0.field) }, uniquingKeysWith: { first, _ in first })
    guard let file = given["file"], let name = given["dataset"]?.node.text,
      file.node.text != nil, let path = path(file),
      let units = (try? readers.values(path, name))?.units, units != "1", !units.isEmpty
    else { return nil }
    return (try? Quantity(parsing: "1 \(units)"))?.dimension
  }

  private static let distributions = ["normal", "uniform", "lognormal", "linspace"]

  private func valueList(_ field: JobField, _ expected: ValuesExpectation) -> NeuronValues? {
    guard let values = quantities(field, expected.dimension, expected.bounds) else { return nil }
    return counted(values, field, expected)
  }

  private func counted(
    _ values: [Double], _ field: JobField, _ expected: ValuesExpectation
  ) -> NeuronValues? {
    switch expected.count {
    case .unchecked: return nil
    case .drawn:
      refuse(
        field, "a list needs a known number of \(expected.what)s",
        hint: "use a distribution, or connect by pairs, one_to_one or all_to_all")
      return nil
    case .exactly(let count):
      guard values.count == count else {
        refuse(field, "there are \(values.count) values for \(count) \(expected.what)s")
        return nil
      }
      return .list(values)
    }
  }

  private func distribution(_ field: JobField, _ expected: ValuesExpectation) -> NeuronValues? {
    let keys = JobReading.distributions + ["file", "dataset", "min", "max"]
    guard let map = map(field, keys: keys, what: "a distribution") else { return nil }
    let kinds = map.present(JobReading.distributions + ["file"])
    guard let kind = kinds.first, kinds.count == 1, let given = map[kind] else {
      refuse(
        field, "a distribution is one of normal, uniform, lognormal, linspace and file",
        hint: "such as {normal: [1 nS, 0.1 nS], min: 0 nS}")
      return nil
    }
    if kind == "file" { return dataset(map, given, expected) }
    if let dataset = map["dataset"] {
      refuseKey(dataset, "'dataset' belongs to 'file'")
      return nil
    }
    guard let pair = pair(given, expected) else { return nil }
    if kind == "linspace" {
      for key in map.present(["min", "max"]) {
        if let bound = map[key] { refuseKey(bound, "'linspace' takes no '\(key)'") }
      }
      if case .drawn = expected.count {
        refuse(
          field, "'linspace' needs a known number of \(expected.what)s",
          hint: "use a distribution, or connect by pairs, one_to_one or all_to_all")
        return nil
      }
      return map.present(["min", "max"]).isEmpty ? .linspace(pair.0, pair.1) : nil
    }
    return drawn(kind, pair, map, given, expected)
  }

  /// Reads the two quantities of a distribution.
  private func pair(_ field: JobField, _ expected: ValuesExpectation) -> (Double, Double)? {
    guard let elements = field.elements, elements.count == 2 else {
      let two = field.name == "normal" || field.name == "lognormal" ? "[mean, sd]" : "[low, high]"
      refuse(field, "'\(field.name)' takes two values, \(two)")
      return nil
    }
    let isLine = field.name == "linspace"
    let bounds: Bounds = isLine ? expected.bounds : .any
    guard let first = quantity(elements[0], expected.dimension, bounds),
      let second = quantity(elements[1], expected.dimension, bounds)
    else { return nil }
    return (first, second)
  }

  private func drawn(
    _ kind: String, _ pair: (Double, Double), _ map: JobMap, _ field: JobField,
    _ expected: ValuesExpectation
  ) -> NeuronValues? {
    var bounds: [Double?] = []
    for key in ["min", "max"] {
      guard let given = map[key] else {
        bounds.append(nil)
        continue
      }
      guard let value = quantity(given, expected.dimension) else { return nil }
      bounds.append(value)
    }
    let (minimum, maximum) = (bounds[0], bounds[1])
    if let minimum, let maximum, minimum >= maximum {
      refuse(field, "'min' must be below 'max'")
      return nil
    }
    guard checkParameters(kind, pair, field) else { return nil }
    let values: NeuronValues =
      switch kind {
      case "normal":
        .normal(mean: pair.0, deviation: pair.1, minimum: minimum, maximum: maximum)
      case "uniform": .uniform(low: pair.0, high: pair.1, minimum: minimum, maximum: maximum)
      default: .lognormal(mean: pair.0, deviation: pair.1, minimum: minimum, maximum: maximum)
      }
    guard Acceptance.share(of: values) >= Acceptance.least else {
      refuse(
        field, "hardly any draw would fall between 'min' and 'max'",
        hint: "move the bounds to where the distribution lies")
      return nil
    }
    guard expected.bounds.contains(Acceptance.lowest(of: values)) else {
      let word = expected.bounds == .positive ? "be 0 or less" : "be negative"
      refuse(
        field, "'\(field.path.hasSuffix("delay.\(kind)") ? "delay" : kind)' could \(word)",
        hint: "give 'min'")
      return nil
    }
    return values
  }

  private func checkParameters(
    _ kind: String, _ pair: (Double, Double), _ field: JobField
  ) -> Bool {
    switch kind {
    case "uniform" where pair.0 > pair.1:
      refuse(field, "the low end of 'uniform' lies above the high end")
    case "normal" where pair.1 < 0, "lognormal" where pair.1 < 0:
      refuse(field, "the standard deviation must not be negative")
    case "lognormal" where pair.0 <= 0:
      refuse(field, "the mean of 'lognormal' must be greater than 0")
    default: return true
    }
    return false
  }

  private func dataset(
    _ map: JobMap, _ file: JobField, _ expected: ValuesExpectation
  ) -> NeuronValues? {
    guard let dataset = map.required("dataset", of: "a file of values"),
      let path = path(file), let name = line(dataset, "the name of a data set")
    else { return nil }
    guard let read = data(path, name, file, dataset, expected) else { return nil }
    guard read.columns == nil else {
      refuse(dataset, "'\(name.forMessage)' is a table, where a list of values is due")
      return nil
    }
    return counted(read.values, dataset, expected)
  }

  /// Reads the numbers of a data set, in SI.
  func data(
    _ path: String, _ name: String, _ file: JobField, _ dataset: JobField,
    _ expected: ValuesExpectation
  ) -> JobReaders.Values? {
    var read: JobReaders.Values
    do {
      read = try readers.values(path, name)
    } catch {
      let reason = "\(error)".forMessage
      refuse(file, "cannot read '\(name.forMessage)' of '\(path.forMessage)': \(reason)")
      return nil
    }
    guard let values = inSI(read, dataset, expected) else { return nil }
    guard values.allSatisfy({ $0.isFinite && expected.bounds.contains($0) }) else {
      let rule = expected.bounds == .any ? "" : " and \(expected.bounds.inWords)"
      refuse(dataset, "the values of '\(name.forMessage)' must be finite numbers\(rule)")
      return nil
    }
    read.values = values
    return read
  }

  private func inSI(
    _ read: JobReaders.Values, _ field: JobField, _ expected: ValuesExpectation
  ) -> [Double]? {
    guard let units = read.units, units != "1", !units.isEmpty else {
      guard expected.dimension == .one || expected.takesBareSI else {
        refuse(
          field, "the data set has no attribute 'units', but \(expected.dimension.phrase) is due")
        return nil
      }
      return read.values
    }
    guard let unit = try? Quantity(parsing: "1 \(units)") else {
      refuse(field, "the data set's attribute 'units' is '\(units.forMessage)', which is no unit")
      return nil
    }
    guard unit.dimension == expected.dimension else {
      refuse(
        field,
        "\(expected.dimension.phrase) is due, but the data set is in "
          + units.forMessage)
      return nil
    }
    return read.values.map { $0 * unit.value }
  }

  /// Reads the path of an input file, which is relative to the file that names it.
  func path(_ field: JobField) -> String? {
    guard let text = line(field, "the path of a file") else { return nil }
    let source = Int(field.position.source)
    let base = diagnostics.sources.indices.contains(source) ? diagnostics.sources[source].name : ""
    let path = base == "--set" ? text : TextFile.path(text, besideFile: base)
    if !inputFiles.contains(path) { inputFiles.append(path) }
    // The resolved job may be read from another folder.
    if let absolute = TextFile.canonicalPath(path) {
      resolved.values[field.path] = absolute
      resolved.files.insert(field.path)
    }
    return path
  }
}

/// How often a draw falls between its bounds. Draws outside are drawn again, so a share near 0
/// would never end.
enum Acceptance {
  /// The smallest share that is allowed.
  static let least = 1e-3

  /// The share of draws between minimum and maximum.
  static func share(of values: NeuronValues) -> Double {
    switch values {
    case .constant, .list, .linspace: return 1
    case .uniform(let low, let high, let minimum, let maximum):
      let from = max(low, minimum ?? low)
      let to = min(high, maximum ?? high)
      guard high > low else { return from <= to ? 1 : 0 }
      return max(0, (to / 2 - from / 2) / (high / 2 - low / 2))
    case .normal(let mean, let deviation, let minimum, let maximum):
      return normal(mean, deviation, minimum ?? -.infinity, maximum ?? .infinity)
    case .lognormal(let mean, let deviation, let minimum, let maximum):
      let variance = log1p((deviation / mean) * (deviation / mean))
      guard variance.isFinite else { return 0 }
      return normal(
        log(mean) - variance / 2, variance.squareRoot(),
        minimum.map { $0 > 0 ? log($0) : -.infinity } ?? -.infinity,
        maximum.map { $0 > 0 ? log($0) : -.infinity } ?? .infinity)
    }
  }

  /// The lowest value that may be drawn.
  static func lowest(of values: NeuronValues) -> Double {
    switch values {
    case .constant(let value): value
    case .list(let values): values.min() ?? 0
    case .linspace(let first, let last): min(first, last)
    case .uniform(let low, _, let minimum, _): max(low, minimum ?? low)
    case .normal(let mean, let deviation, let minimum, _):
      deviation == 0 ? mean : minimum ?? -.infinity
    case .lognormal(_, _, let minimum, _): max(.leastNonzeroMagnitude, minimum ?? 0)
    }
  }

  private static func normal(
    _ mean: Double, _ deviation: Double, _ low: Double, _ high: Double
  ) -> Double {
    guard deviation > 0 else { return (low...max(low, high)).contains(mean) ? 1 : 0 }
    func below(_ value: Double) -> Double {
      erfc((mean - value) / (deviation * 2.squareRoot())) / 2
    }
    let share = below(high) - below(low)
    return share.isFinite ? share : 0
  }
}
