import Equations
import Foundation
import Messaging
import Networks
import RandomNumbers
import Testing

@testable import Engine

/// A number of the state that is not finite ends the run before it is saved, and is named.
@Suite struct NonFiniteTests {
  private static let steps: Int64 = 300
  private static let every: Int64 = 40

  /// What goes wrong: in which variable of which neuron, and when.
  struct Fault: Sendable, CustomStringConvertible {
    var population: Int
    var neuron: Int
    var variable: String
    var step: Int64
    /// What the variable becomes.
    var value: String

    var description: String { "\(variable)[\(neuron)] = \(value) at step \(step)" }
  }

  /// Neurons whose variables leave each other alone, so that the one that went wrong is the one that
  /// is found; and two of its kind, so that its population matters.
  private static func network(_ fault: Fault?) throws -> Network {
    let populations =
      try ["a", "b"].map { name in
        try SmallRun.neurons(
          name, size: 19,
          equations: """
            dv/dt = (1.1 - v)/(8*ms) + 0.1*xi*ms**-0.5 : 1 (unless refractory)
            dw/dt = -w/(30*ms) : 1
            s : 1
            """, threshold: "v > 1", reset: "v = 0", refractory: "1*ms",
          initial: [("v", "rand()"), ("w", "1"), ("s", "2")])
      } + [SmallRun.spikeList(size: 3, [(0, 5), (1, 100), (2, 220)])]
    var network = Network(
      populations: populations,
      projections: [
        try SmallRun.projection(
          from: 2, to: 0, in: populations, rule: .allToAll, delay: .steps(4), onPre: "s += w")
      ])
    guard let fault, case .neurons(let neurons) = populations[fault.population].kind else {
      return network
    }
    network.schedule = [
      .statements(
        ScheduledStatements(
          population: fault.population, neurons: [fault.neuron], times: .once(fault.step),
          statements: try neurons.system.checkedSchedule(
            "\(fault.variable) = \(fault.value)", setsConstants: false, isForAll: false)))
    ]
    return network
  }

  private static func run(
    _ fault: Fault?, checkpoints: [Int64], threads: Int
  ) throws -> (keeper: KeeperInMemory, error: SimulationError?) {
    let experiment = Experiment(
      network: try network(fault), dt: SmallRun.dt, steps: steps, seed: 3,
      recording: RecordingPlan(spikes: [0, 1, 2]))
    let keeper = KeeperInMemory(at: checkpoints)
    let simulation = try SimulationBuilder(
      experiment,
      options: RunOptions(threads: threads, blockSize: 8, backend: .portable, epochCuts: [every]),
      communicator: SingleProcessCommunicator()
    ).build()
    do throws(SimulationError) {
      _ = try simulation.run(into: MemorySink(experiment), keeping: keeper)
      return (keeper, nil)
    } catch {
      return (keeper, error)
    }
  }

  private static func isFinite(_ checkpoint: CheckpointInMemory) -> Bool {
    checkpoint.held.values.allSatisfy { section in
      guard case .reals(let reals) = section.values else { return true }
      return reals.allSatisfy(\.isFinite)
    }
  }

  /// Faults at random, every one of them found at the first checkpoint that would hold it, or at the
  /// run's end where there is none.
  @Test func whatIsNotFiniteIsFoundBeforeItIsSavedAndNamed() throws {
    var random = SplitMix(state: 20_261_126)
    let count = ProcessInfo.processInfo.environment["COPPICE_RELIABILITY"] == "all" ? 200 : 30
    var found = 0
    for trial in 0..<count {
      let values = ["exp(1000)", "-exp(1000)", "(w - w)/(w - w)", "0*exp(1000)", "log(-1)"]
      var fault = Fault(
        population: Int.random(in: 0...1, using: &random),
        neuron: Int.random(in: 0..<19, using: &random),
        variable: ["v", "w", "s"].randomElement(using: &random) ?? "v",
        step: Int64.random(in: 0..<NonFiniteTests.steps, using: &random),
        value: values.randomElement(using: &random) ?? values[0])
      // Above the threshold it would be reset, and be a spike more rather than a number less.
      if fault.variable == "v", fault.value == values[0] { fault.value = values[2] }
      let hasCheckpoints = trial % 4 > 0
      let checkpoints = stride(
        from: NonFiniteTests.every, to: NonFiniteTests.steps, by: Int(NonFiniteTests.every))
      let due = hasCheckpoints ? Array(checkpoints) : []
      let outcome = try NonFiniteTests.run(
        fault, checkpoints: due, threads: trial % 2 + 1)
      let last = due.last { $0 <= fault.step } ?? 0
      let next = due.first { $0 > fault.step } ?? NonFiniteTests.steps
      let error = try #require(outcome.error, "\(fault) was not noticed")
      #expect(error.exitCode == 70)
      let name = ["a", "b"][fault.population]
      #expect(
        error.message.hasPrefix("\(fault.variable) of neuron \(fault.neuron) of \(name) is "),
        "\(fault): \(error.message)")
      #expect(
        error.message.contains(
          "before step \(next); all was finite before step \(last)."), "\(fault): \(error.message)")
      #expect(outcome.keeper.kept.map(\.instant.step) == due.filter { $0 <= fault.step })
      #expect(outcome.keeper.kept.allSatisfy(NonFiniteTests.isFinite))
      found += 1
    }
    #expect(found == count)
    print("reliability: R12: \(found) of \(count) faults found, seed 20261126")
  }

  /// The subject: without a fault the run comes to its end and is saved all along.
  @Test func withoutAFaultAllIsSaved() throws {
    let due = Array(stride(from: NonFiniteTests.every, to: NonFiniteTests.steps, by: 40))
    let outcome = try NonFiniteTests.run(nil, checkpoints: due, threads: 2)
    #expect(outcome.error == nil)
    #expect(outcome.keeper.kept.map(\.instant.step) == due + [NonFiniteTests.steps])
  }
}
