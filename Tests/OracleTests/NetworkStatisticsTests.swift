import Engine
import Foundation
import Jobs
import Networks
import Statistics
import Testing

/// Networks written as plain equations, over seeds: single spikes cannot agree, since each engine draws
/// its own connections and initial values, but rates and irregularity must.
@Suite("Networks of plain equations", .serialized)
struct NetworkStatisticsTests {
  /// What a network does with each of some seeds.
  struct Sample: Decodable, Sendable {
    /// Mean rates in Hz.
    var rates: [Double]
    /// Means over neurons of the coefficient of variation of their intervals.
    var variations: [Double]
  }

  /// Small versions of the jobs on Brian 2.9, with weak synapses and a strong drive, each
  /// also with inhibition that is 5 % stronger.
  struct Stored: Decodable {
    var excitatory: Int
    var inhibitory: Int
    /// From each kind of neurons to every neuron.
    var inputs: [String: Int]
    /// Weights of excitation and inhibition, by network.
    var weights: [String: [Double]]
    var drive_mV: Double
    var begin_s: Double
    var end_s: Double
    var cuba: Sample
    var coba: Sample
    var strongerCuba: Sample
    var strongerCoba: Sample

    private enum CodingKeys: String, CodingKey {
      case excitatory
      case inhibitory
      case inputs
      case weights
      case drive_mV
      case begin_s
      case end_s
      case cuba
      case coba
      case strongerCuba = "cuba with stronger inhibition"
      case strongerCoba = "coba with stronger inhibition"
    }

    static func load() throws -> Stored {
      try JSONDecoder().decode(
        Stored.self, from: Data(OracleData.bytes("network-statistics.json")))
    }

    var size: Int { excitatory + inhibitory }

    /// Runs the job's small version with a seed.
    func run(_ network: Example, inhibition: Double, seed: Int) throws -> (rate: Double, cv: Double)
    {
      var overrides = [
        "constants.excitatory=\(excitatory)", "constants.inhibitory=\(inhibitory)",
        "models.neuron.parameters.E_L=\(drive_mV) mV", "simulation.duration=\(end_s) s",
        "simulation.seed=\(seed)",
      ]
      for (projection, kind) in [("excitation", "excitatory"), ("inhibition", "inhibitory")] {
        let count = try #require(inputs[kind])
        overrides.append("projections.\(projection).connect={indegree: \(count)}")
        overrides.append("projections.\(projection).multapses=false")
      }
      let (excitation, own) = try network.weights(self)
      overrides.append("constants.w_e=\(excitation)*\(network.unit)")
      overrides.append("constants.w_i=\(own)*\(inhibition)*\(network.unit)")
      let job = try Job.load(
        path: OracleData.job(network.rawValue + ".yaml"), overrides: overrides)
      let run = try RecordedRun.of(job.experiment, on: .fastest)
      let first = Int64((begin_s / job.experiment.dt).rounded())
      var trains = [[Double]](repeating: [], count: size)
      for spike in run.spikes where spike.step >= first {
        trains[Int(spike.neuron)].append(Double(spike.step))
      }
      let variations = trains.filter { $0.count >= 5 }.map { train in
        let intervals = zip(train, train.dropFirst()).map { $1 - $0 }
        return Statistics.variance(intervals).squareRoot() / Statistics.mean(intervals)
      }
      try #require(variations.count > size / 2)
      let count = trains.reduce(0) { $0 + $1.count }
      return (
        Double(count) / Double(size) / (end_s - begin_s), Statistics.mean(variations)
      )
    }
  }

  enum Example: String, CaseIterable, CustomTestStringConvertible {
    case cuba
    case coba
    var testDescription: String { rawValue }
    /// Of weights.
    var unit: String { self == .cuba ? "mV" : "1" }
    /// Of excitation and inhibition.
    func weights(_ stored: Stored) throws -> (Double, Double) {
      let weights = try #require(stored.weights[rawValue])
      try #require(weights.count == 2)
      return (weights[0], weights[1])
    }
    /// What Brian stored: with these weights, with stronger inhibition.
    func samples(_ stored: Stored) -> (normal: Sample, stronger: Sample) {
      self == .cuba ? (stored.cuba, stored.strongerCuba) : (stored.coba, stored.strongerCoba)
    }
  }

  /// Welch's t beyond which two samples are called different: once in some 10^3 comparisons of
  /// 10 numbers with 40 of the same law.
  private static let limit = 4.4

  private static let seeds = 1...10

  /// Welch's t of rates and of variations.
  private static func compare(_ first: Sample, _ second: Sample) -> [Double] {
    [
      Statistics.welch(first.rates, second.rates),
      Statistics.welch(first.variations, second.variations),
    ]
  }

  @Test(
    "rate and irregularity are Brian's, and not those with inhibition 5 % stronger",
    arguments: [(Example.cuba, 1.0), (.coba, 1.0), (.cuba, 1.05)])
  func statistics(network: Example, inhibition: Double) throws {
    let stored = try Stored.load()
    let (normal, stronger) = network.samples(stored)
    let (same, other) = inhibition == 1 ? (normal, stronger) : (stronger, normal)
    try #require(same.rates.count >= 10 && other.rates.count >= 10)
    let runs = try Self.seeds.map { try stored.run(network, inhibition: inhibition, seed: $0) }
    let found = Sample(rates: runs.map(\.rate), variations: runs.map(\.cv))
    for (t, what) in zip(Self.compare(found, same), ["rate", "variation"]) {
      #expect(abs(t) < Self.limit, "\(what): t = \(t)")
    }
    // The test can fail: the same runs are not those of the other network.
    #expect(Self.compare(found, other).contains { abs($0) > 1.5 * Self.limit })
  }
}
