import Equations
import Jobs
public import Networks
public import Units

/// Connections, stimuli and recordings of an experiment that is built in Swift.
extension Experiment {
  /// Lets one population's spikes reach another.
  ///
  /// Arrivals of one step act in the order in which connections are made.
  ///
  /// - Parameters:
  ///   - source: Neurons or a generator; `population[0..<10]` for some of them.
  ///   - target: Neurons.
  ///   - rule: Who is connected with whom.
  ///   - onPre: Statements on the target's variables, in which `w` is the weight.
  ///   - name: Of the projection, and for its random numbers; `nil`: `<source>_<target>`.
  ///   - weight: Drawn weights are kept in single precision.
  ///   - delay: Rounded to steps.
  ///   - autapses: Whether a neuron may reach itself.
  ///   - multapses: Whether a neuron may reach another more than once.
  /// - Throws: `NetworkError` for what is wrong with the statements or the values.
  public mutating func connect(
    _ source: PopulationSlice, to target: PopulationSlice, _ rule: ConnectionRule,
    onPre: String, named name: String? = nil, weight: Quantities = .all(Quantity(1)),
    delay: Quantities = .all(0 * .s), autapses: Bool = true, multapses: Bool = true
  ) throws(NetworkError) {
    let ends = [try self.name(of: source), try self.name(of: target)]
    let name = name ?? ends.joined(separator: "_")
    let path = ["projections", name]
    let system = try neurons(target, at: path + ["target"]).system
    let statements: [Statement]
    do throws(EquationError) {
      statements = try system.checkedStatements(onPre, names: ["w": weight.dimension])
    } catch {
      throw NetworkError(error.rendered, path: path + ["on_pre"])
    }
    let times = try delay.values(as: .time, at: path + ["delay"])
    var delays = Projection.Delay.values(times)
    if case .constant(let time) = times {
      guard time >= 0, let steps = StepRounding.delay(of: time, dt: dt),
        let count = Int(exactly: steps)
      else {
        throw NetworkError("the delay is negative or too long", path: path + ["delay"])
      }
      delays = .steps(count)
    }
    let projection = Projection(
      name: name, source: source, target: target, rule: rule, allowsAutapses: autapses,
      allowsMultapses: multapses, weight: weight.values,
      weightPrecision: weight.values.isDrawn ? .single : .double, delay: delays, onPre: statements)
    if let issue = network.issues(of: projection, dt: dt).first(where: { $0.severity == .error }) {
      throw NetworkError(issue)
    }
    network.projections.append(projection)
  }

  /// Drives a variable, piecewise constant in time.
  ///
  /// - Parameters:
  ///   - target: Neurons, or some of them.
  ///   - variable: A parameter of the model, such as `I_ext_soma`.
  ///   - steps: From each time on, the values; times ascend.
  ///   - name: Of the stimulus; `nil`: `<population>_<variable>_<number>`.
  /// - Throws: `NetworkError` for what is wrong with these.
  public mutating func drive(
    _ target: PopulationSlice, _ variable: String, steps: [(time: Quantity, values: Quantities)],
    named name: String? = nil
  ) throws(NetworkError) {
    let population = try self.name(of: target)
    let name = name ?? "\(population)_\(variable)_\(network.stimuli.count)"
    let path = ["stimuli", name]
    let system = try neurons(target, at: path + ["population"]).system
    let dimension = try system.dimension(of: variable, at: path + ["variable"])
    guard let found = system[variable], found.kind == .parameter, found.type == .real,
      !found.flags.contains(.constant)
    else {
      throw NetworkError(
        "'\(variable)' is given by the model and cannot be driven",
        hint: "drive a variable such as I_ext_soma", path: path + ["variable"])
    }
    var course: [(step: Int64, values: NeuronValues)] = []
    for entry in steps {
      let step = try step(of: entry.time, at: path + ["steps"])
      if let last = course.last, last.step >= step {
        throw NetworkError("the times of the steps do not ascend", path: path + ["steps"])
      }
      course.append((step, try entry.values.values(as: dimension, at: path + ["steps"])))
    }
    network.stimuli.append(
      Stimulus(
        name: name, population: target.population, neurons: Array(target.range),
        variable: variable, course: .steps(course)))
  }

  /// Records variables, one row every so often: the state before the step's update.
  ///
  /// - Parameters:
  ///   - variables: Variables or subexpressions, such as currents.
  ///   - source: Neurons, or some of them.
  ///   - name: Of the recording.
  ///   - every: A multiple of `dt`; `nil`: every step.
  ///   - from: The time of the first row.
  /// - Throws: `NetworkError` for what is not there.
  public mutating func recordStates(
    _ variables: [String], of source: PopulationSlice, named name: String = "states",
    every: Quantity? = nil, from: Quantity = 0 * .s
  ) throws(NetworkError) {
    let path = ["record", "states", name]
    let system = try neurons(source, at: path + ["population"]).system
    guard !recording.states.contains(where: { $0.name == name }) else {
      throw NetworkError("there are two recordings '\(name)'", path: path)
    }
    for variable in variables
    where system[variable] == nil && EquationNames.recordable[variable] == nil {
      _ = try system.dimension(of: variable, at: path + ["variables"])
    }
    guard !variables.isEmpty, Set(variables).count == variables.count else {
      throw NetworkError("name at least one variable, each once", path: path + ["variables"])
    }
    var interval: Int64 = 1
    if let every {
      let time = try every.value(as: .time, at: path + ["every"])
      guard let steps = StepRounding.multiple(of: time, dt: dt) else {
        throw NetworkError("'every' must be a multiple of dt", path: path + ["every"])
      }
      interval = steps
    }
    recording.states.append(
      RecordingPlan.States(
        name: name, population: source.population, variables: variables,
        neurons: Array(source.range),
        window: RecordingPlan.Window(
          from: try step(of: from, at: path + ["from"]), every: interval),
        precision: .double))
  }

  /// Records events, such as `spike_Na_dist`.
  ///
  /// - Parameter events: `nil`: all that the model has.
  /// - Throws: `NetworkError` for what is not there.
  public mutating func recordEvents(
    _ events: [String]? = nil, of source: PopulationSlice
  ) throws(NetworkError) {
    let path = ["record", "events"]
    let known = try neurons(source, at: path).system.events.filter(\.isRecordable).map(\.name)
    for event in events ?? known {
      guard known.contains(event) else {
        throw NetworkError(
          "there is no event '\(event)'",
          hint: known.isEmpty ? nil : "its events are " + known.joined(separator: ", "),
          path: path)
      }
      if !recording.events.contains(where: { $0 == (source.population, event) }) {
        recording.events.append((source.population, event))
      }
    }
  }

  /// The name of a population.
  func name(of slice: PopulationSlice) throws(NetworkError) -> String {
    guard network.populations.indices.contains(slice.population) else {
      throw NetworkError("there is no population \(slice.population)", path: ["populations"])
    }
    return network.populations[slice.population].name
  }

  private func neurons(
    _ slice: PopulationSlice, at path: [String]
  ) throws(NetworkError) -> NeuronPopulation {
    let name = try name(of: slice)
    guard case .neurons(let neurons) = network.populations[slice.population].kind else {
      throw NetworkError("'\(name)' is a generator and has no neurons", path: path)
    }
    guard slice.range.lowerBound >= 0, !slice.range.isEmpty,
      slice.range.upperBound <= network.populations[slice.population].size
    else { throw NetworkError("the slice is empty or goes beyond '\(name)'", path: path) }
    return neurons
  }
}

extension Experiment {
  /// All neurons or units of a population, for connections, stimuli, recordings and results.
  ///
  /// - Throws: `NetworkError` if there is no such population.
  public func population(_ name: String) throws(NetworkError) -> PopulationSlice {
    guard let place = network.populations.firstIndex(where: { $0.name == name }) else {
      let known = network.populations.map(\.name).joined(separator: ", ")
      throw NetworkError(
        "there is no population '\(name)'", hint: "the populations are \(known)",
        path: ["populations"])
    }
    return PopulationSlice(population: place, range: 0..<network.populations[place].size)
  }
}

extension PopulationSlice {
  /// Some of these neurons, counted within them. What goes beyond them is found where it is used.
  public subscript(_ part: Range<Int>) -> PopulationSlice {
    let (first, isFar) = range.lowerBound.addingReportingOverflow(part.lowerBound)
    let (end, isFarther) = range.lowerBound.addingReportingOverflow(part.upperBound)
    return PopulationSlice(
      population: population, range: isFar || isFarther ? Int.max..<Int.max : first..<end)
  }
}

extension ConnectionRule {
  /// The pairs for which a condition holds, all of them or each with a probability.
  ///
  /// - Parameters:
  ///   - condition: In `i` and `j`, counted within the slices, `N_pre` and `N_post`: `i != j`.
  ///   - constants: Further names that it may use.
  /// - Throws: `NetworkError` with what is wrong with the condition.
  public static func pairs(
    where condition: String, probability: Double? = nil, constants: [String: Quantity] = [:]
  ) throws(NetworkError) -> ConnectionRule {
    let system = EquationSystem(constants: constants)
    let names = Dictionary(
      uniqueKeysWithValues: ["i", "j", "N_pre", "N_post"].map { ($0, Dimension.one) })
    do throws(EquationError) {
      let expression = try system.checkedCondition(condition, names: names)
      return .condition(expression, constants: system, probability: probability)
    } catch {
      throw NetworkError(error.rendered, path: ["connect"])
    }
  }
}
