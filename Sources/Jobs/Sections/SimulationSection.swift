internal import Equations
internal import Networks
internal import Units

/// A method of integration, and where it was chosen.
struct KnownMethod {
  var method = IntegrationMethod.euler
  var field: JobField?
}

/// `simulation`: how long, how fine, with what numbers.
struct SimulationSettings {
  var steps: Int64 = 1
  var seed: UInt64 = 0
  var method = KnownMethod()
  var precision = Experiment.Precision.double
}

extension JobReading {
  /// Reads the section; `dt` is set on the way, before anything that rounds times.
  func readSimulation(_ field: JobField?, root: JobMap) -> SimulationSettings? {
    guard let field else {
      _ = root.required("simulation", of: "the job", hint: "such as simulation: {duration: 1 s}")
      return nil
    }
    let keys = ["duration", "dt", "seed", "method", "precision"]
    guard let map = map(field, keys: keys, what: "'simulation'") else { return nil }
    var settings = SimulationSettings()
    var isRight = true
    if let given = map["dt"] {
      if let value = quantity(given, .time, .positive) { dt = value } else { isRight = false }
    } else {
      resolved.add("dt", "0.1 ms", to: field.path)
    }
    if let seed = map["seed"] {
      if let value = readSeed(seed) { settings.seed = value } else { isRight = false }
    } else {
      resolved.add("seed", "0", to: field.path)
    }
    if let method = map["method"] {
      if let known = readMethod(method) { settings.method = known } else { isRight = false }
    } else {
      resolved.add("method", settings.method.method.rawValue, to: field.path)
    }
    if let precision = map["precision"] {
      let words = [("double", Experiment.Precision.double), ("single", .single)]
      if let word = choice(precision, "'precision'", words) {
        settings.precision = word
      } else {
        isRight = false
      }
    } else {
      resolved.add("precision", "double", to: field.path)
    }
    guard
      let duration = map.required("duration", of: "'simulation'", hint: "such as duration: 1 s"),
      let steps = readDuration(duration)
    else { return nil }
    settings.steps = steps
    return isRight ? settings : nil
  }

  private func readDuration(_ field: JobField) -> Int64? {
    guard let time = quantity(field, .time, .positive) else { return nil }
    guard let steps = StepRounding.step(of: time, dt: dt) else {
      refuse(field, "'duration' is too long: more steps than can be counted")
      return nil
    }
    guard steps >= 1 else {
      refuse(field, "'duration' is shorter than one step of dt")
      return nil
    }
    return steps
  }

  /// Reads a seed, with all 64 bits.
  private func readSeed(_ field: JobField) -> UInt64? {
    let digits = field.node.text.map { $0.utf8.drop { $0 == UInt8(ascii: "-") } }
    if let text = field.node.text, let digits, !digits.isEmpty,
      digits.allSatisfy({ (48...57).contains($0) })
    {
      if let seed = UInt64(text) { return seed }
      refuse(field, "'seed' must be from 0 to \(UInt64.max)")
      return nil
    }
    return count(field, in: 0...(1 << 53)).map(UInt64.init)
  }

  /// Reads the name of an integration method that the engine has.
  func readMethod(_ field: JobField) -> KnownMethod? {
    guard let name = line(field, "the name of a method") else { return nil }
    guard let method = IntegrationMethod(rawValue: name) else {
      refuseMethod(name, field)
      return nil
    }
    return KnownMethod(method: method, field: field)
  }

  /// Refuses a method that cannot integrate a model, where it was chosen.
  func checkMethod(_ known: KnownMethod, of model: JobField, _ system: EquationSystem) {
    guard let problem = system.problem(with: known.method), let field = known.field else { return }
    let isOwn = field.path.hasPrefix(model.path + ".")
    refuse(
      field, isOwn ? problem.message : "model '\(model.name)': \(problem.message)",
      hint: isOwn
        ? problem.hint : "\(problem.hint); a model may have a 'method' of its own")
  }
}
