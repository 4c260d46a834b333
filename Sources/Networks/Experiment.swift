/// A network, and how long and with what numerics it is to run: what a job describes and an
/// engine takes.
public struct Experiment: Sendable {
  /// What the state is computed in; times, and what decides with them, are f64 in both.
  public enum Precision: String, Hashable, Sendable {
    case double
    case single
  }

  public var network: Network
  /// The step, in s.
  public var dt: Double
  /// How many steps.
  public var steps: Int64
  public var seed: UInt64
  public var precision: Precision
  public var recording: RecordingPlan

  public init(
    network: Network, dt: Double, steps: Int64, seed: UInt64, precision: Precision = .double,
    recording: RecordingPlan = RecordingPlan()
  ) {
    self.network = network
    self.dt = dt
    self.steps = steps
    self.seed = seed
    self.precision = precision
    self.recording = recording
  }
}

/// What is written of a run.
public struct RecordingPlan: Sendable {
  /// Steps at which something is taken: `from ..< to`, every so many.
  public struct Window: Hashable, Sendable {
    public var from: Int64
    public var to: Int64
    public var every: Int64
    public init(from: Int64 = 0, to: Int64 = .max, every: Int64 = 1) {
      self.from = from
      self.to = to
      self.every = every
    }
  }

  /// States of some neurons of one population.
  public struct States: Sendable {
    public enum Precision: Hashable, Sendable {
      case single
      case double
    }
    public var name: String
    public var population: Int
    /// Variables or subexpressions.
    public var variables: [String]
    /// Indices in the population, ascending.
    public var neurons: [Int]
    public var window: Window
    public var precision: Precision
    public init(
      name: String, population: Int, variables: [String], neurons: [Int], window: Window,
      precision: Precision = .single
    ) {
      self.name = name
      self.population = population
      self.variables = variables
      self.neurons = neurons
      self.window = window
      self.precision = precision
    }
  }

  /// Populations (places in `Network.populations`) whose spikes are written.
  public var spikes: [Int]
  public var spikeWindow: Window
  /// Custom events that are written.
  public var events: [(population: Int, event: String)]
  public var states: [States]
  /// Bin of the population rates in steps; `nil`: none.
  public var rateBin: Int64?

  public init(
    spikes: [Int] = [], spikeWindow: Window = Window(),
    events: [(population: Int, event: String)] = [], states: [States] = [], rateBin: Int64? = nil
  ) {
    self.spikes = spikes
    self.spikeWindow = spikeWindow
    self.events = events
    self.states = states
    self.rateBin = rateBin
  }
}
