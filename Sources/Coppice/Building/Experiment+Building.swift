public import Equations
import Jobs
public import Models
public import Networks
public import Units

/// Building an experiment in Swift, in the terms of the job file. What is refused there is refused
/// here, either at once or by `run`.
extension Experiment {
  /// An experiment without populations.
  ///
  /// - Parameters:
  ///   - duration: How long to run.
  ///   - dt: The step.
  ///   - seed: Of all random numbers.
  /// - Throws: `NetworkError` for times that give no whole number of steps.
  public init(
    duration: Quantity, dt: Quantity = 0.1 * .ms, seed: UInt64 = 0
  ) throws(NetworkError) {
    let step = try dt.value(as: .time, at: ["simulation", "dt"])
    guard step.isNormal, step > 0 else {
      throw NetworkError("'dt' must be greater than 0", path: ["simulation", "dt"])
    }
    let path = ["simulation", "duration"]
    let time = try duration.value(as: .time, at: path)
    guard time > 0, let steps = StepRounding.step(of: time, dt: step), steps > 0 else {
      throw NetworkError("'duration' is shorter than one step of dt or too long", path: path)
    }
    self.init(network: Network(), dt: step, steps: steps, seed: seed)
  }

  /// Adds neurons, whose spikes will be recorded.
  ///
  /// - Parameters:
  ///   - name: Of the population: in results, and for its random numbers.
  ///   - model: What each neuron is.
  ///   - modelName: What the model is called; the population's name if nothing is said.
  ///   - count: How many, at least 1.
  ///   - method: How the equations are integrated; refused if they do not suit it.
  ///   - constants: Further names that the model's texts may use.
  ///   - parameters: One value per neuron for parameters that the equations declare.
  ///   - initial: Where variables start, in this order, in place of what the model says: numbers, or
  ///     expressions such as `-60*mV + 5*mV*rand()`.
  /// - Returns: The population, for connections, stimuli and recordings.
  /// - Throws: `NetworkError` for what is wrong with the model or the values.
  @discardableResult
  public mutating func addNeurons(
    _ name: String, _ model: some NeuronDescription, modelName: String? = nil, count: Int = 1,
    method: IntegrationMethod = .euler, constants: [String: Quantity] = [:],
    parameters: [String: Quantities] = [:], initial: KeyValuePairs<String, InitialState> = [:]
  ) throws(NetworkError) -> PopulationSlice {
    let path = ["populations", name]
    let (neuron, system) = try Experiment.resolve(
      model, constants: constants, at: ["models", modelName ?? name])
    var values: [String: NeuronValues] = [:]
    for (parameter, given) in parameters.sorted(by: { $0.key < $1.key }) {
      let place = path + ["parameters", parameter]
      let dimension = try system.dimension(of: parameter, at: place)
      values[parameter] = try given.values(as: dimension, at: place)
    }
    let own = try initial.map { (variable, state) throws(NetworkError) in
      try state.initial(of: variable, in: system, at: path + ["initial", variable])
    }
    let given = Set(own.map(\.variable)).union(values.keys)
    let start = neuron.initial.map(NeuronPopulation.Initial.init)
      .filter { !given.contains($0.variable) }
    let population = NeuronPopulation(
      model: modelName ?? name, system: system, method: method, parameters: values,
      initial: start + own, structure: neuron.structure)
    let slice = try add(name, count: count, .neurons(population))
    recording.spikes.append(slice.population)
    return slice
  }

  /// Adds independent Poisson sources.
  ///
  /// - Parameters:
  ///   - rate: The same for all, or one for each.
  ///   - start: When they begin.
  ///   - stop: When they end; `nil`: with the run.
  ///   - sources: How many sources each stands for.
  /// - Throws: `NetworkError` for values that cannot be.
  @discardableResult
  public mutating func addPoisson(
    _ name: String, rate: Quantities, count: Int, start: Quantity = 0 * .s,
    stop: Quantity? = nil, sources: Int = 1
  ) throws(NetworkError) -> PopulationSlice {
    let path = ["populations", name, "poisson"]
    let first = try step(of: start, at: path + ["start"])
    var end = Int64.max
    if let stop { end = try step(of: stop, at: path + ["stop"]) }
    guard first < end else {
      throw NetworkError("'stop' must come after 'start'", path: path + ["stop"])
    }
    let rates: PoissonGenerator.Rate
    switch try rate.values(as: .frequency, at: path + ["rate"]) {
    case .constant(let value): rates = .constant(value)
    case .list(let list): rates = .list(list)
    default:
      throw NetworkError("a rate is one for all, or a list", path: path + ["rate"])
    }
    return try add(
      name, count: count,
      .poisson(PoissonGenerator(rate: rates, window: first..<end, sources: sources)))
  }

  /// Adds units that fire at given times.
  ///
  /// - Parameter spikes: Unit and time, in any order, at most one of a unit in a step.
  /// - Throws: `NetworkError` for values that cannot be.
  @discardableResult
  public mutating func addSpikes(
    _ name: String, _ spikes: [(unit: Int, time: Quantity)], count: Int
  ) throws(NetworkError) -> PopulationSlice {
    var list: [(unit: Int, step: Int64)] = []
    for spike in spikes {
      let step = try step(of: spike.time, at: ["populations", name, "spikes", "times"])
      list.append((spike.unit, step))
    }
    list.sort { ($0.step, $0.unit) < ($1.step, $1.unit) }
    return try add(name, count: count, .spikeList(SpikeListGenerator(spikes: list)))
  }

  private mutating func add(
    _ name: String, count: Int, _ kind: Population.Kind
  ) throws(NetworkError) -> PopulationSlice {
    guard count >= 1, count <= Int(Int32.max) else {
      throw NetworkError(
        "'size' must be from 1 to \(Int32.max)", path: ["populations", name, "size"])
    }
    network.populations.append(Population(name: name, size: count, kind: kind))
    return PopulationSlice(population: network.populations.count - 1, range: 0..<count)
  }

  private static func resolve(
    _ model: some NeuronDescription, constants: [String: Quantity], at path: [String]
  ) throws(NetworkError) -> (ResolvedNeuron, EquationSystem) {
    let neuron: ResolvedNeuron
    do throws(ModelError) {
      neuron = try model.resolved(constants: constants)
    } catch {
      throw NetworkError(error.message, hint: error.hint, path: path + error.path)
    }
    do throws(DefinitionError) {
      return (neuron, try EquationSystem(neuron.definition))
    } catch {
      throw NetworkError(error.description, path: path)
    }
  }

  /// The step of a time that is not negative.
  func step(of time: Quantity, at path: [String]) throws(NetworkError) -> Int64 {
    let value = try time.value(as: .time, at: path)
    guard value >= 0, let step = StepRounding.step(of: value, dt: dt) else {
      throw NetworkError("this time is negative or too far away", path: path)
    }
    return step
  }
}

/// Where a variable starts.
public enum InitialState: Sendable {
  case values(Quantities)
  /// Evaluated for each neuron, and may draw `rand()` and `randn()`.
  case expression(String)
  case boolean(Bool)

  /// The same for all neurons.
  public static func all(_ quantity: Quantity) -> InitialState { .values(.all(quantity)) }

  fileprivate func initial(
    of name: String, in system: EquationSystem, at path: [String]
  ) throws(NetworkError) -> NeuronPopulation.Initial {
    let dimension = try system.dimension(of: name, at: path)
    let isBoolean = system[name]?.type == .boolean
    switch self {
    case .boolean(let value):
      guard isBoolean else {
        throw NetworkError("'\(name)' is no truth value", path: path)
      }
      return NeuronPopulation.Initial(InitialValue(name, .boolean(value)))
    case .values(let given):
      guard !isBoolean else {
        throw NetworkError("'\(name)' is a truth value", path: path)
      }
      let values = try given.values(as: dimension, at: path)
      return NeuronPopulation.Initial(variable: name, value: .distribution(values))
    case .expression(let text):
      do throws(EquationError) {
        let expression =
          isBoolean
          ? try system.checkedCondition(text)
          : try system.checkedExpression(text, dimension: dimension)
        return NeuronPopulation.Initial(variable: name, value: .expression(expression))
      } catch {
        throw NetworkError(error.rendered, path: path)
      }
    }
  }
}

extension EquationSystem {
  /// The dimension of a variable, which must be there.
  func dimension(of name: String, at path: [String]) throws(NetworkError) -> Dimension {
    guard let dimension = dimension(of: name) else {
      throw NetworkError(
        "the model has no variable '\(name)'",
        hint: "its variables are " + variables.map(\.name).joined(separator: ", "), path: path)
    }
    return dimension
  }
}
