import Engine
import Jobs
import Networks
import Statistics
import Testing

/// Figure 5: 10,000 CA1 neurons with Poisson input of their own. Brian draws other inputs, so counts
/// are compared as distributions, at fixed seeds of both.
@Suite("Figure 5 of the paper", .serialized)
struct PaperPathwayTests {
  /// Neurons with 0, 1, 2, and more spikes in 500 ms, of 10,000 in Dendrify 1.0.9 on Brian 2.6.
  struct Condition: CustomTestStringConvertible, Sendable {
    var name: String
    var overrides: [String]
    /// With seeds 2021, 1 and 2.
    var counts: [[Int]]
    /// Mean rates with these seeds, in Hz.
    var rates: [Double]
    /// Active neurons, in %, as the paper tells.
    var active: Double
    /// Mean time of neurons' first spikes, in ms.
    var firstTime: Double
    var testDescription: String { name }

    static let with = Condition(
      name: "with dendritic spikes", overrides: [],
      counts: [[2365, 5116, 2321, 198], [2398, 5076, 2340, 186], [2429, 5059, 2324, 188]],
      rates: [2.0706, 2.064, 2.0542], active: 76.4, firstTime: 257.6578)
    /// Two spikes and more are too rare here to be told apart.
    static let without = Condition(
      name: "without", overrides: ["constants.dspikes=0"],
      counts: [[8976, 1007, 17], [9014, 968, 18], [9043, 939, 18]],
      rates: [0.2082, 0.201, 0.195], active: 10.2, firstTime: 320.4646)

    /// All seeds together.
    var pooled: [Int] {
      counts.reduce([Int](repeating: 0, count: counts[0].count)) { zip($0, $1).map(+) }
    }
  }

  private static let seconds = 0.5

  /// What a run of the figure has done.
  private struct Outcome {
    /// Spikes of each neuron.
    var spikes: [Int]
    /// Of the first spikes, in ms.
    var firstTimes: [Double]
    /// Dendritic spikes of each neuron, by compartment.
    var dendriticSpikes: [String: [Int]]

    /// Spikes per second of each neuron.
    var rates: [Double] { spikes.map { Double($0) / seconds } }

    /// How many neurons have 0, 1, ... spikes, the last place being for as many and more.
    func counts(_ places: Int) -> [Int] {
      var counts = [Int](repeating: 0, count: places)
      for count in spikes { counts[min(count, places - 1)] += 1 }
      return counts
    }
  }

  /// - Parameter neurons: A tenth of them where only portable kernels are there: those of a debug
  ///   build take too long.
  private static func run(_ overrides: [String], of neurons: Int = 10_000) throws -> Outcome {
    let size = Layout.fastest.backend == .compiled ? neurons : neurons / 10
    let job = try Job.load(
      path: OracleData.job("paper/fig5.yaml"),
      overrides: ["constants.neurons=\(size)"] + overrides)
    try #require(Double(job.experiment.steps) * job.experiment.dt == seconds)
    let run = try RecordedRun.of(
      job.experiment, on: Layout(backend: Layout.fastest.backend, threads: 2))
    var outcome = Outcome(
      spikes: [Int](repeating: 0, count: size), firstTimes: [], dendriticSpikes: [:])
    for spike in run.spikes {
      if outcome.spikes[Int(spike.neuron)] == 0 {
        outcome.firstTimes.append(Double(spike.step) * job.experiment.dt * 1000)
      }
      outcome.spikes[Int(spike.neuron)] += 1
    }
    for (name, events) in run.events {
      var counts = [Int](repeating: 0, count: size)
      for event in events { counts[Int(event.neuron)] += 1 }
      outcome.dendriticSpikes[String(name.dropFirst("spike_Na_".count))] = counts
    }
    return outcome
  }

  /// A mean within so many of its standard errors of one that Brian has from so many neurons.
  private static func expect(
    _ values: [Double], mean golden: Double, of neurons: Int, _ place: String
  ) {
    let spread = Statistics.variance(values) * (1 / Double(values.count) + 1 / Double(neurons))
    let mean = Statistics.mean(values)
    #expect(
      abs(mean - golden) <= 4.5 * spread.squareRoot(), "\(place): \(mean) instead of \(golden)")
  }

  @Test("spike counts are distributed as Brian's", arguments: [Condition.with, .without])
  func counts(of condition: Condition) throws {
    let golden = condition.pooled
    let outcome = try Self.run(condition.overrides)
    let counts = outcome.counts(golden.count)
    let limit = Statistics.limit(degrees: golden.count - 1)
    #expect(Statistics.homogeneity(counts, golden) < limit, "\(counts)")
    for single in condition.counts {
      #expect(Statistics.homogeneity(counts, single) < limit, "\(counts) and \(single)")
    }
    let total = counts.reduce(0, +)
    let share = Self.share(golden) / 100
    let error = (share * (1 - share) * (1 / Double(total) + 1 / 30_000)).squareRoot()
    #expect(abs(Self.share(counts) / 100 - share) < 4.5 * error, "\(Self.share(counts)) %")
    #expect(abs(Self.share(condition.counts[0]) - condition.active) < 0.1)
    Self.expect(outcome.rates, mean: Statistics.mean(condition.rates), of: 30_000, "rate")
    Self.expect(
      outcome.firstTimes, mean: condition.firstTime, of: golden.dropFirst().reduce(0, +),
      "first spike")
  }

  /// Active neurons in %.
  private static func share(_ counts: [Int]) -> Double {
    100 * (1 - Double(counts[0]) / Double(counts.reduce(0, +)))
  }

  @Test(
    "a little more input from one pathway is told from it",
    arguments: [
      (Condition.with, "constants.ec_rate=84 Hz"), (.without, "constants.ca3_rate=126 Hz"),
    ])
  func otherInputIsNoticed(condition: Condition, override: String) throws {
    guard Layout.fastest.backend == .compiled else { return }
    let golden = condition.pooled
    let counts = try Self.run(condition.overrides + [override], of: 4000).counts(golden.count)
    #expect(
      Statistics.homogeneity(counts, golden) > Statistics.limit(degrees: golden.count - 1),
      "\(counts)")
  }

  @Test("dendritic spikes are as many as Brian's")
  func dendriticSpikes() throws {
    let outcome = try Self.run(["record.events=all"], of: 2000)
    // In 10,000 neurons with seed 2021.
    let golden = [
      "prox": 10_361, "ob1": 10_434, "ob2": 10_456, "med": 46_752, "dist1": 109_308,
      "dist2": 109_797, "bas1": 2705, "bas2": 2705,
    ]
    for (site, count) in golden {
      let found = try #require(outcome.dendriticSpikes[site])
      Self.expect(found.map(Double.init), mean: Double(count) / 10_000, of: 10_000, site)
    }
  }

  /// A point of the grid of input rates: factors of both pathways, and Brian's mean rates in Hz.
  struct GridPoint: CustomTestStringConvertible, Sendable {
    var ec: Double
    var ca3: Double
    var with: Double
    var without: Double
    var testDescription: String { "EC x \(ec), CA3 x \(ca3)" }
  }

  @Test(
    "over the grid of input rates, rates drop by 40 to 100 % without dendritic spikes",
    arguments: [
      GridPoint(ec: 1.5, ca3: 1.5, with: 10.8458, without: 6.4480),
      GridPoint(ec: 0.5, ca3: 1.5, with: 2.7140, without: 0.1886),
      GridPoint(ec: 1.5, ca3: 0.5, with: 1.1390, without: 0.0600),
      GridPoint(ec: 1.2, ca3: 1.2, with: 5.5728, without: 2.1126),
    ])
  func grid(at point: GridPoint) throws {
    let rates = ["constants.ec_rate=\(point.ec)*82*Hz", "constants.ca3_rate=\(point.ca3)*120*Hz"]
    let with = try Self.run(rates, of: 1000).rates
    let without = try Self.run(rates + ["constants.dspikes=0"], of: 1000).rates
    Self.expect(with, mean: point.with, of: 10_000, "with")
    Self.expect(without, mean: point.without, of: 10_000, "without")
    let drop = 1 - Statistics.mean(without) / Statistics.mean(with)
    #expect(drop > 0.38 && drop <= 1, "\(drop)")
  }
}
