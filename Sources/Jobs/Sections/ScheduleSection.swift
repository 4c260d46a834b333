internal import Equations
internal import Networks
internal import Units

/// The projections of the job, as the schedule refers to them.
struct ProjectionNames {
  /// Place in `Network.projections` of those that were read.
  private let places: [String: Int]
  /// All that are written, wrong ones included.
  let written: [String]

  init(_ field: JobField?, read: [Projection]) {
    places = Dictionary(
      read.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    written = field?.entries?.map(\.key) ?? []
  }

  /// `nil` for a projection that is wrong, or not there at all.
  func place(of name: String) -> Int? { places[name] }
}

/// `schedule`: statements at times, and projections switched off and on.
extension JobReading {
  private static let scheduleKeys = [
    "at", "every", "from", "to", "population", "projection", "neurons", "do", "active",
  ]

  /// Reads the section. Constants of a model to which statements assign become parameters of the
  /// population.
  func readSchedule(
    _ field: JobField?, populations: inout [Population], known: inout [KnownPopulation],
    projections: ProjectionNames
  ) -> [ScheduleEntry] {
    guard let field,
      let entries = list(field, "'schedule'", hint: "such as [{at: 1 s, population: p, do: x = 0}]")
    else { return [] }
    var schedule: [ScheduleEntry] = []
    for entry in entries {
      guard let map = map(entry, keys: JobReading.scheduleKeys, what: "an entry of 'schedule'")
      else { continue }
      let kinds = map.present(["do", "active"])
      guard kinds.count == 1, let kind = kinds.first else {
        refuse(
          entry,
          kinds.isEmpty
            ? "an entry of 'schedule' needs 'do' or 'active'"
            : "an entry of 'schedule' has 'do' or 'active', not both",
          hint: "such as {at: 1 s, population: pyr, do: x = 0} or "
            + "{at: 1 s, projection: input, active: false}")
        continue
      }
      if kind == "do" {
        if let read = readStatements(map, &populations, &known) {
          schedule.append(.statements(read))
        }
      } else if let read = readSwitch(map, projections) {
        schedule.append(.activity(read))
      }
    }
    return schedule
  }

  private func readSwitch(_ map: JobMap, _ projections: ProjectionNames) -> ProjectionSwitch? {
    refuseStrays(["every", "from", "to", "population", "neurons"], in: map, besides: "'active'")
    let step = map.required("at", of: "'active'", hint: "such as at: 100 ms").flatMap(step)
    let isActive = map["active"].flatMap(flag)
    guard let field = map.required("projection", of: "'active'"),
      let name = line(field, "the name of a projection")
    else { return nil }
    guard projections.written.contains(name) else {
      refuse(
        field, "there is no projection '\(name.forMessage)'",
        hint: Suggestion.hint(for: name, among: projections.written, called: "the projections"))
      return nil
    }
    guard let place = projections.place(of: name), let step, let isActive else { return nil }
    return ProjectionSwitch(projection: place, step: step, isActive: isActive)
  }

  private func readStatements(
    _ map: JobMap, _ populations: inout [Population], _ known: inout [KnownPopulation]
  ) -> ScheduledStatements? {
    refuseStrays(["projection"], in: map, besides: "'do'")
    let times = readTimes(map)
    let population = map.required("population", of: "'do'").flatMap {
      neuronPopulation($0, known, what: "scheduled")
    }
    let neurons = population?.size.flatMap { size in
      self.neurons(map["neurons"], owner: map.field, size: size)
    }
    guard let field = map["do"], let text = text(field, "statements"), let population,
      let place = known.firstIndex(where: { $0.index == population.index })
    else { return nil }
    freeConstants(assignedIn: text, &populations, &known[place])
    guard let system = known[place].system, let neurons, let times else { return nil }
    var isOnce = false
    if case .once = times { isOnce = true }
    do throws(EquationError) {
      let statements = try system.checkedSchedule(
        text, setsConstants: isOnce, isForAll: neurons.count == population.size)
      guard !statements.isEmpty else {
        refuse(field, "'do' holds no statement")
        return nil
      }
      return ScheduledStatements(
        population: population.index, neurons: neurons, times: times, statements: statements)
    } catch {
      if !mentionsBrokenConstant(text) { refuse(field, error) }
      return nil
    }
  }

  /// Turns constants of the model to which a text assigns into parameters of the population, with
  /// the values that they have. Constants of the job stay what they are.
  private func freeConstants(
    assignedIn text: String, _ populations: inout [Population], _ known: inout KnownPopulation
  ) {
    let names = EquationSystem.assignedNames(in: text).filter { constants[$0] == nil }
    guard let place = populations.firstIndex(where: { [name = known.name] in $0.name == name }),
      case .neurons(var neurons) = populations[place].kind
    else { return }
    for name in names.sorted() {
      guard let constant = neurons.system.turnIntoParameter(name) else { continue }
      neurons.parameters[name] = .constant(constant.value)
    }
    populations[place].kind = .neurons(neurons)
    known.system = neurons.system
  }

  /// Reads `at`, or `every` with its window.
  private func readTimes(_ map: JobMap) -> ScheduledStatements.Times? {
    guard let every = map["every"] else {
      refuseStrays(["from", "to"], in: map, besides: "'at'")
      return map.required("at", of: "'do'", hint: "such as at: 100 ms, or every: 10 ms")
        .flatMap(step).map { .once($0) }
    }
    if let at = map["at"] { refuseKey(at, "an entry of 'schedule' has 'at' or 'every', not both") }
    guard let window = readWindow(map, every: every) else { return nil }
    return .every(window.every, from: window.from, to: window.to)
  }

  private func refuseStrays(_ keys: [String], in map: JobMap, besides what: String) {
    for key in map.present(keys) {
      if let stray = map[key] { refuseKey(stray, "'\(key)' cannot stand beside \(what)") }
    }
  }
}
