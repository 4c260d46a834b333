import Engine
import Jobs
import Networks
import Testing

/// The paper's networks, whose inputs are drawn here by a law of our own: single spikes cannot
/// agree, rates must.
@Suite("Mean rates of the paper's networks", .serialized)
struct MeanRateTests {
  /// A network, and its mean rate in Hz over the first second on Dendrify 1.0.9 and Brian 2.6, as
  /// C++ with 10^5 neurons.
  struct PaperNetwork: CustomTestStringConvertible, Sendable {
    var name: String
    var rate: Double
    var testDescription: String { name }

    static let neurons = 100_000
    static let all = [
      PaperNetwork(name: "passive", rate: 5.926), PaperNetwork(name: "active", rate: 6.391),
      PaperNetwork(name: "recurrent", rate: 7.273),
    ]
  }

  /// The rate counts from the rest at which all begins, so a shorter run has another one.
  private static let seconds = 1.0

  @Test("rates agree within four standard errors", arguments: PaperNetwork.all)
  func rate(of network: PaperNetwork) throws {
    // The portable kernels in a debug build take too long for as many neurons.
    let size = Layout.fastest.backend == .compiled ? 2000 : 200
    let job = try Job.load(
      path: OracleData.job("scalability/\(network.name).yaml"),
      overrides: ["constants.neurons=\(size)"])
    let experiment = job.experiment
    try #require(Double(experiment.steps) * experiment.dt == Self.seconds)
    let run = try RecordedRun.of(experiment, on: .fastest)
    var counts = [Double](repeating: 0, count: size)
    for spike in run.spikes { counts[Int(spike.neuron)] += 1 }
    let mean = counts.reduce(0, +) / Double(size)
    // The standard error of a mean over neurons, which have inputs of their own: from how the
    // counts of single neurons are spread. Both runs have one, the stored one of 10^5 neurons.
    // Neurons with connections are not quite independent, but all their connections together
    // move the rate by less than a seventh.
    let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size - 1)
    let error =
      (variance * (1 / Double(size) + 1 / Double(PaperNetwork.neurons))).squareRoot() / Self.seconds
    let rate = mean / Self.seconds
    #expect(abs(rate - network.rate) <= 4 * error, "\(rate) Hz, standard error \(error) Hz")
    guard size == 2000 else { return }
    // The error is small enough to tell one network from another.
    for other in PaperNetwork.all where other.name != network.name {
      #expect(abs(rate - other.rate) > 4 * error, "\(rate) Hz, standard error \(error) Hz")
    }
  }
}
