public import Equations
public import Models
import Units

/// A network as described: populations, what connects them and what drives them. A value; it
/// knows nothing of ranks, threads or memory.
public struct Network: Sendable {
  public var populations: [Population]
  /// In the order of the job, which is the order of arrivals at a neuron.
  public var projections: [Projection]
  public var stimuli: [Stimulus]
  /// In the order in which entries act at one step, after the stimuli.
  public var schedule: [ScheduleEntry]

  public init(
    populations: [Population] = [], projections: [Projection] = [], stimuli: [Stimulus] = [],
    schedule: [ScheduleEntry] = []
  ) {
    self.populations = populations
    self.projections = projections
    self.stimuli = stimuli
    self.schedule = schedule
  }
}

/// Neurons that are alike, or the units of a generator.
public struct Population: Sendable {
  public enum Kind: Sendable {
    case neurons(NeuronPopulation)
    case poisson(PoissonGenerator)
    case spikeList(SpikeListGenerator)
  }

  public var name: String
  /// Number of neurons or units, at least 1.
  public var size: Int
  public var kind: Kind

  public init(name: String, size: Int, kind: Kind) {
    self.name = name
    self.size = size
    self.kind = kind
  }
}

/// What the neurons of a population are.
public struct NeuronPopulation: Sendable {
  /// A value given from outside for one variable or parameter, evaluated in the order written.
  public struct Initial: Sendable {
    public enum Value: Sendable {
      /// an expression, checked against the system; may draw `rand()` and `randn()`
      case expression(Expression)
      case distribution(NeuronValues)
    }
    public var variable: String
    public var value: Value
    public init(variable: String, value: Value) {
      self.variable = variable
      self.value = value
    }
  }

  /// Name of the model in the job.
  public var model: String
  public var system: EquationSystem
  /// How the equations are integrated.
  public var method: IntegrationMethod
  /// Parameters declared in the equations (`g : siemens (constant)`), in SI.
  public var parameters: [String: NeuronValues]
  /// In the order written; later entries may read what earlier ones have set.
  public var initial: [Initial]
  /// The model graph; it changes nothing.
  public var structure: NeuronStructure

  public init(
    model: String, system: EquationSystem, method: IntegrationMethod = .euler,
    parameters: [String: NeuronValues] = [:], initial: [Initial] = [],
    structure: NeuronStructure = NeuronStructure()
  ) {
    self.model = model
    self.system = system
    self.method = method
    self.parameters = parameters
    self.initial = initial
    self.structure = structure
  }
}

extension NeuronPopulation.Initial {
  /// Takes over what a model says.
  public init(_ initial: InitialValue) {
    switch initial.value {
    case .quantity(let quantity):
      self.init(variable: initial.variable, value: .distribution(.constant(quantity.value)))
    case .boolean(let value):
      self.init(variable: initial.variable, value: .expression(Expression(.boolean(value))))
    }
  }
}

/// One value per neuron (or per synapse), in SI.
public enum NeuronValues: Hashable, Sendable {
  case constant(Double)
  /// one per neuron
  case list([Double])
  /// drawn; values outside of `minimum ... maximum` are drawn again
  case normal(mean: Double, deviation: Double, minimum: Double?, maximum: Double?)
  case uniform(low: Double, high: Double, minimum: Double?, maximum: Double?)
  /// of the value itself, not of its logarithm
  case lognormal(mean: Double, deviation: Double, minimum: Double?, maximum: Double?)
  /// evenly spaced from the first to the last neuron, both ends included
  case linspace(Double, Double)
}

/// Independent Poisson sources.
public struct PoissonGenerator: Sendable {
  public enum Rate: Sendable {
    /// Hz, the same for all units
    case constant(Double)
    /// Hz, one per unit
    case list([Double])
    /// an expression in `t` and `i`, in Hz, evaluated at every step; the constants it may read
    case expression(Expression, constants: EquationSystem)
  }

  public var rate: Rate
  /// First step, and the step after the last, at which a unit may fire.
  public var window: Range<Int64>
  /// Brian's PoissonInput: each unit stands for so many sources and fires Binomial(sources, p).
  public var sources: Int

  public init(rate: Rate, window: Range<Int64> = 0..<Int64.max, sources: Int = 1) {
    self.rate = rate
    self.window = window
    self.sources = sources
  }
}

/// Units that fire at given steps.
public struct SpikeListGenerator: Sendable {
  /// Unit and step, sorted by (step, unit), at most one of each pair.
  public var spikes: [(unit: Int, step: Int64)]

  public init(spikes: [(unit: Int, step: Int64)]) {
    self.spikes = spikes
  }
}

/// Some neighbours of a population.
public struct PopulationSlice: Hashable, Sendable {
  /// Place in `Network.populations`.
  public var population: Int
  /// Indices in the population.
  public var range: Range<Int>

  public init(population: Int, range: Range<Int>) {
    self.population = population
    self.range = range
  }
}

/// A rule by which one population's spikes reach another.
public struct Projection: Sendable {
  public enum Delay: Hashable, Sendable {
    case steps(Int)
    /// one per synapse, in s, rounded to steps by floor(d/dt + 0.5)
    case values(NeuronValues)
  }

  public enum WeightPrecision: Hashable, Sendable {
    case single
    case double
  }

  /// Where synapses are while the network runs.
  public enum Store: Hashable, Sendable {
    case memory
    /// nowhere: rows are drawn anew for each spike
    case procedural
  }

  public var name: String
  public var source: PopulationSlice
  /// Always neurons.
  public var target: PopulationSlice
  public var rule: ConnectionRule
  public var allowsAutapses: Bool
  public var allowsMultapses: Bool
  public var weight: NeuronValues
  public var weightPrecision: WeightPrecision
  public var delay: Delay
  /// Checked against the target's system; may read `w`.
  public var onPre: [Statement]
  /// Results do not depend on it.
  public var store: Store

  public init(
    name: String, source: PopulationSlice, target: PopulationSlice, rule: ConnectionRule,
    allowsAutapses: Bool = true, allowsMultapses: Bool = true, weight: NeuronValues = .constant(1),
    weightPrecision: WeightPrecision = .double, delay: Delay = .steps(0), onPre: [Statement],
    store: Store = .memory
  ) {
    self.name = name
    self.source = source
    self.target = target
    self.rule = rule
    self.allowsAutapses = allowsAutapses
    self.allowsMultapses = allowsMultapses
    self.weight = weight
    self.weightPrecision = weightPrecision
    self.delay = delay
    self.onPre = onPre
    self.store = store
  }
}

/// Who is connected with whom. Indices count within the slices of the projection.
public enum ConnectionRule: Sendable {
  case oneToOne
  case allToAll
  case probability(Double)
  /// so many sources for each target, drawn with replacement unless multapses are off
  case indegree(Int)
  case outdegree(Int)
  case total(Int)
  /// an expression in `i` and `j` (and constants of the system), with a probability if wanted
  case condition(Expression, constants: EquationSystem, probability: Double?)
  /// sorted by (source, place in the list)
  case pairs([(source: Int, target: Int)])
}

extension Network {
  /// Neurons of all populations; units of generators are none.
  public var neuronCount: Int {
    populations.reduce(0) { sum, population in
      guard case .neurons = population.kind else { return sum }
      return sum + population.size
    }
  }

  /// Whether some population is of that model.
  public func uses(model: String) -> Bool {
    populations.contains { population in
      guard case .neurons(let neurons) = population.kind else { return false }
      return neurons.model == model
    }
  }
}
