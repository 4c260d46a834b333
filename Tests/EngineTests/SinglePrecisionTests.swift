import Equations
import Foundation
import Networks
import Testing

@testable import Engine

/// Runs in single precision: how near they are to exact arithmetic, and what stays exact.
@Suite struct SinglePrecisionTests {
  /// 10,000 steps of a passive cell under constant current: Euler's own closed form,
  /// v = v∞ + (v0 - v∞)(1 - dt/τ)ⁿ. Each step rounds by up to 2^-25 of some 60 mV, and forgets with τ/dt = 100.
  @Test func aPassiveCellKeepsToItsClosedForm() throws {
    let cell = try SmallRun.neurons(
      equations: """
        dv/dt = (-60*mV - v + 20*mV)/(10*ms) : volt
        """, initial: [("v", "-70*mV")])
    let network = Network(populations: [cell])
    let sink = try SmallRun.run(network, steps: 10_000, states: ["v"], precision: .single)
    let exact = try SmallRun.run(network, steps: 10_000, states: ["v"])
    let trace = sink.trace()
    try #require(trace.count == 10_000)
    var worst = 0.0
    for (step, v) in trace.enumerated() {
      let want = -0.04 + (-0.07 + 0.04) * pow(1 - 0.01, Double(step))
      worst = max(worst, abs(v - want))
      #expect(v == Double(Float(v)), "the recorded value is no f32")
      #expect(abs(exact.trace()[step] - want) < 1e-14)
    }
    #expect(worst < 3e-7, "\(worst) V")
    #expect(worst > 1e-10, "that would be f64")
  }

  /// Events by timers, with an offset of each neuron's own, and spikes by refractoriness: in every
  /// step that f64 gives, however long the run.
  @Test func eventsFallOnTheStepsOfDoublePrecision() throws {
    let offsets = [0.2, 0.6, 5, 4.2, 0.3, 1.1, 0.7, 2.3].map { $0 * 1e-3 }
    let cells = try SmallRun.neurons(
      size: offsets.count,
      equations: """
        dv/dt = (1 - v)/(3*ms) : 1
        timer : second
        offset : second
        count : integer
        """, threshold: "v > 0.5 and t >= timer", reset: "v = 0; count += 1",
      refractory: "1.3*ms",
      events: [
        NeuronDefinition.Event(
          name: "tick", condition: "t > timer + offset", action: "timer = t")
      ], parameters: ["offset": .list(offsets)])
    let network = Network(populations: [cells])
    let double = try SmallRun.run(network, steps: 20_000)
    let single = try SmallRun.run(network, steps: 20_000, precision: .single)
    try #require(double.spikes.count == 2)
    #expect(double.spikes[0].count > 1_000)
    #expect(double.spikes[1].count > 10_000)
    for stream in 0..<2 {
      #expect(single.spikes[stream].map(\.step) == double.spikes[stream].map(\.step))
      #expect(single.spikes[stream].map(\.neuron) == double.spikes[stream].map(\.neuron))
    }
  }

  /// Sums of arrivals are made in f64 and rounded when they are added.
  @Test func arrivalsAreRoundedOnce() throws {
    let cell = try SmallRun.neurons(equations: "x : 1")
    // 2^-26 vanishes beside 1 in f32, but 64 of it do not.
    let spikes = SmallRun.spikeList(size: 65, (0..<65).map { (unit: $0, step: 3) })
    let populations = [cell, spikes]
    let weights = [1.0] + [Double](repeating: 0x1p-26, count: 64)
    let projection = try SmallRun.projection(
      from: 1, to: 0, in: populations, rule: .pairs((0..<65).map { (source: $0, target: 0) }),
      weight: .list(weights), onPre: "x += w")
    let network = Network(populations: populations, projections: [projection])
    let sink = try SmallRun.run(network, steps: 6, states: ["x"], precision: .single)
    #expect(sink.trace().last == 1 + 0x1p-20)
  }

  @Test func memoryIsForeseen() throws {
    let cells = try SmallRun.neurons(
      size: 80_000, equations: "dv/dt = -v/(10*ms) : 1\ndw/dt = -w/(10*ms) : 1")
    let network = Network(populations: [cells])
    func plan(_ precision: Experiment.Precision) throws -> MemoryPlan {
      let experiment = Experiment(
        network: network, dt: SmallRun.dt, steps: 10, seed: 1, precision: precision)
      return MemoryPlan(
        experiment, programs: try PopulationProgram.all(of: experiment), ranks: 1, threads: 1)
    }
    let (double, single) = (try plan(.double).parts, try plan(.single).parts)
    #expect(2 * single.state == double.state)
    #expect(single.checkpoint == 2 * single.state + double.state / 2)
  }
}
