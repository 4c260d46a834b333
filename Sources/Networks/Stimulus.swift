public import Equations

/// A variable driven from outside.
///
/// Values are taken at the start of steps, before anything is recorded or updated.
public struct Stimulus: Sendable {
  /// How the values go over time.
  public enum Course: Sendable {
    /// From each step on, the value; in SI, sorted by step. Values are per entry of `neurons`.
    case steps([(step: Int64, values: NeuronValues)])
    case waveform(Waveform)
    /// evaluated at the start of every step; checked against the population's system
    case expression(Expression)
  }

  public var name: String
  /// Place in `Network.populations`; always neurons.
  public var population: Int
  /// Indices in the population, ascending.
  public var neurons: [Int]
  public var variable: String
  public var course: Course

  public init(
    name: String, population: Int, neurons: [Int], variable: String, course: Course
  ) {
    self.name = name
    self.population = population
    self.neurons = neurons
    self.variable = variable
    self.course = course
  }
}

/// Sampled values in time: piecewise constant, the last one held.
///
/// A value type whose samples are shared by whoever holds a copy: a process keeps them once.
public struct Waveform: Sendable {
  /// In SI, [sample][column].
  public var samples: [Double]
  /// Values of one sample: one per neuron of the stimulus, or 1 for all of them alike.
  public var columns: Int
  /// From one sample to the next, in s.
  public var interval: Double

  public init(samples: [Double], columns: Int, interval: Double) {
    self.samples = samples
    self.columns = columns
    self.interval = interval
  }

  /// How many samples there are.
  public var count: Int { columns > 0 ? samples.count / columns : 0 }

  /// Place of the sample that holds at a step, as Brian's `TimedArray` finds it: time is counted
  /// in fractions 1/K of the interval, K a power of two that makes them an eighth of the step or
  /// less, and rounded to the nearest fraction before whole intervals are counted. So samples
  /// begin at the steps that they are meant for, whatever the rounding of `t`, and an interval
  /// that is no multiple of the step has no drift.
  ///
  /// - Parameter dt: the step, in s.
  public func place(at step: Int64, dt: Double) -> Int {
    let fractions = Waveform.fractions(interval: interval, dt: dt)
    let time = Double(step) * dt
    let place = (time / (interval / fractions) + 0.5) / fractions
    return place >= Double(count) ? count - 1 : max(0, Int(place))
  }

  private static func fractions(interval: Double, dt: Double) -> Double {
    var fractions = 1.0
    while fractions < 8 / dt * interval, fractions < 0x1p60 { fractions *= 2 }
    return fractions
  }
}
