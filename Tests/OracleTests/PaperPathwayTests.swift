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
    var testDescription: String { name }

    static let with = Condition(
      name: "with dendritic spikes", overrides: [],
      counts: [[2365, 5116, 2321, 198], [2398, 5076, 2340, 186], [2429, 5059, 2324, 188]],
      rates: [2.0706, 2.064, 2.0542], active: 76.4)
    /// Two spikes and more are too rare here to be told apart.
    static let without = Condition(
      name: "without", overrides: ["constants.dspikes=0"],
      counts: [[8976, 1007, 17], [9014, 968, 18], [9043, 939, 18]],
      rates: [0.2082, 0.201, 0.195], active: 10.2)

    /// All seeds together.
    var pooled: [Int] {
      counts.reduce([Int](repeating: 0, count: counts[0].count)) { zip($0, $1).map(+) }
    }
  }

  private static let seconds = 0.5

  /// How many neurons have 0, 1, ... spikes, the last place being for as many and more.
  private static func run(
    _ overrides: [String], of neurons: Int = 10_000, places: Int
  ) throws -> (counts: [Int], rate: Double) {
    // The portable kernels of a debug build take too long for as many neurons.
    let size = Layout.fastest.backend == .compiled ? neurons : neurons / 10
    let job = try Job.load(
      path: OracleData.job("paper/fig5.yaml"),
      overrides: ["constants.neurons=\(size)"] + overrides)
    try #require(Double(job.experiment.steps) * job.experiment.dt == seconds)
    let run = try RecordedRun.of(
      job.experiment, on: Layout(backend: Layout.fastest.backend, threads: 2))
    var spikes = [Int](repeating: 0, count: size)
    for spike in run.spikes { spikes[Int(spike.neuron)] += 1 }
    var counts = [Int](repeating: 0, count: places)
    for count in spikes { counts[min(count, places - 1)] += 1 }
    return (counts, Double(spikes.reduce(0, +)) / Double(size) / seconds)
  }

  @Test("spike counts are distributed as Brian's", arguments: [Condition.with, .without])
  func counts(of condition: Condition) throws {
    let golden = condition.pooled
    let (counts, rate) = try Self.run(condition.overrides, places: golden.count)
    let limit = Statistics.limit(degrees: golden.count - 1)
    #expect(Statistics.homogeneity(counts, golden) < limit, "\(counts)")
    for single in condition.counts {
      #expect(Statistics.homogeneity(counts, single) < limit, "\(counts) and \(single)")
    }
    let total = counts.reduce(0, +)
    let active = 100 * Double(total - counts[0]) / Double(total)
    // Four standard errors of a share of as many neurons, and of Brian's 30,000.
    let share = condition.active / 100
    let error = 100 * (share * (1 - share) * (1 / Double(total) + 1 / 30_000)).squareRoot()
    #expect(abs(active - Self.share(golden)) < 4 * error, "\(active) %")
    #expect(abs(Self.share(condition.counts[0]) - condition.active) < 0.1)
    // Counts of 0 to 4 with this mean vary by less than they would if Poisson distributed.
    let mean = Statistics.mean(condition.rates)
    let ofRate = (mean / Self.seconds * (1 / Double(total) + 1 / 30_000)).squareRoot()
    #expect(abs(rate - mean) < 4 * ofRate, "\(rate) Hz")
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
    let (counts, _) = try Self.run(
      condition.overrides + [override], of: 4000, places: golden.count)
    #expect(
      Statistics.homogeneity(counts, golden) > Statistics.limit(degrees: golden.count - 1),
      "\(counts)")
  }
}
