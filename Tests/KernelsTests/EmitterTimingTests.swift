import Foundation
import KernelABI
import RandomNumbers
import Testing

@testable import Kernels

/// Figures rather than checks: run with COPPICE_BENCHMARK set, on a quiet machine.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["COPPICE_BENCHMARK"] != nil))
struct EmitterTimingTests {
  private static let lanes = 256
  private static let blocks = 20

  @Test func activeModel() throws {
    let program = try WrittenActiveModel.program
    let compiler = try KernelCompiler()
    let clock = ContinuousClock()
    var library: [UInt8] = []
    let builds = try (0..<5).map { _ in
      try clock.measure { library = try compiler.compile([program])[0] }
    }
    print("compile:", builds.min() ?? .zero, compiler.path, compiler.instructionSet)
    let kernel = try CompiledKernel(library: library)
    for visits in [1, 10, 50, 100] {
      for rate in [0, 0.005] {
        var best = Double.infinity
        var spikes = 0.0
        for _ in 0..<5 {
          let (seconds, marks) = try Self.run(program, kernel, visits: visits, rate: rate)
          best = min(best, seconds)
          spikes = marks
        }
        print(
          "\(visits) steps per visit, \(rate) arrivals: \(best * 1e9) ns per neuron-step,",
          "\(spikes) marks per neuron and second")
      }
    }
    #expect(kernel.groupWidth(lanes: 8) == compiler.instructionSet.width)
  }

  /// Seconds and marks per neuron-step.
  private static func run(
    _ program: Program, _ kernel: CompiledKernel, visits: Int, rate: Double
  ) throws -> (seconds: Double, marks: Double) {
    let steps = 1000
    let portable = try portableKernel(of: program)
    var random = SplitMix(state: 1)
    var scenario = BlockScenario(
      program, uniforms: program.uniformTable(), lanes: lanes, liveLanes: lanes, steps: steps)
    scenario.initialise(with: portable)
    scenario.scatterEvents(&random, rate: rate, payloads: 1...1, ports: 2)
    let width = kernel.groupWidth(lanes: lanes)
    let calendar = stride(from: 0, to: steps, by: visits).map { first in
      scenario.events(from: first, steps: visits, groupWidth: width)
    }
    let states = (0..<blocks).map { _ in
      let memory = UnsafeMutableRawPointer.allocate(byteCount: scenario.state.count, alignment: 64)
      memory.copyMemory(from: scenario.state, byteCount: scenario.state.count)
      return memory
    }
    defer { states.forEach { $0.deallocate() } }
    var marks = [coppice_mark](
      repeating: coppice_mark(), count: lanes * visits * (1 + program.events.count))
    var written = 0
    let clock = ContinuousClock()
    var time = Duration.zero
    for (number, (events, offsets)) in calendar.enumerated() {
      events.withUnsafeBufferPointer { events in
        offsets.withUnsafeBufferPointer { offsets in
          scenario.uniforms.withUnsafeBufferPointer { uniforms in
            marks.withUnsafeMutableBufferPointer { marks in
              var visit = coppice_visit()
              visit.first_step = Int64(number * visits)
              visit.steps = UInt32(visits)
              visit.lanes = UInt32(lanes)
              visit.live_lanes = UInt32(lanes)
              visit.uniforms = uniforms.baseAddress
              visit.events = events.baseAddress
              visit.event_offsets = offsets.baseAddress
              visit.marks = marks.baseAddress
              time += clock.measure {
                for state in states {
                  visit.state = state.assumingMemoryBound(to: UInt8.self)
                  kernel.visit(&visit, scratch: state)
                  written += Int(visit.mark_count)
                }
              }
            }
          }
        }
      }
    }
    let work = Double(steps * blocks * lanes)
    return (time / .seconds(1) / work, Double(written) / work * 1e4)
  }
}
