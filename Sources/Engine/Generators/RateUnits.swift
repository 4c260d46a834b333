import Equations
import KernelABI
import Kernels
import Networks
import Units

/// Poisson units whose rate is an expression of `t` and `i`: one trial per unit and step.
///
/// The rate is a probe of a program without state, read by the portable back end, so that it has
/// the bits that the same text has in a neuron's equations.
final class RateUnits: SpikeUnits {
  private let units: Range<Int>
  private let window: Range<Int64>
  private let sources: Int
  private let dt: Double
  private let key: StreamKey
  private let cohort: Cohort?
  private let scratch: AlignedBuffer
  private let rates: UnsafeMutablePointer<Double>
  private let groups: UnsafeMutablePointer<UInt8>
  private var now: Int64 = 0
  /// Units that fire, by step.
  private var due = StepLists(horizon: EpochSequence.longest)

  init(
    units: Range<Int>, rate: Expression, constants: EquationSystem, poisson: PoissonGenerator,
    dt: Double, size: Int, key: StreamKey
  ) {
    self.units = units
    window = poisson.window
    sources = poisson.sources
    self.dt = dt
    self.key = key
    var system = constants
    system.variables = [
      EquationSystem.Variable(
        name: "rate", kind: .subexpression(rate), dimension: Dimension.frequency)
    ]
    let definition = ProgramDefinition(system: system, dt: dt, probes: ["rate"], size: size)
    // A rate that does not lower was refused with the job; a silent unit is what is left here.
    cohort = (try? Program(definition)).map { program in
      let kernel = PortableKernel(program: program)
      return Cohort(
        population: 0, neurons: units, blockSize: nil, program: program, kernel: kernel,
        uniforms: program.uniformTable(), streams: [], dt: dt, horizon: 2)
    }
    let lanes = cohort?.layout.lanes ?? 0
    scratch = AlignedBuffer(count: cohort?.scratchBytes ?? 0)
    rates = .allocate(capacity: max(lanes * EpochSequence.longest, 1))
    groups = .allocate(capacity: max(lanes, 1))
    groups.initialize(repeating: 1, count: max(lanes, 1))
  }

  deinit {
    rates.deallocate()
    groups.deallocate()
  }

  func takeSteps(
    until end: Int64, _ body: (_ step: Int64, _ units: UnsafeBufferPointer<UInt32>) -> Void
  ) {
    var first = max(now, window.lowerBound)
    let last = min(end, window.upperBound)
    now = max(now, end)
    while first < last {
      let steps = Int(min(last - first, Int64(EpochSequence.longest)))
      draw(first, steps: steps)
      for step in first..<first + Int64(steps) {
        let firing = due.numbers(at: step)
        if !firing.isEmpty { body(step, firing) }
        due.clear(step: step)
      }
      first += Int64(steps)
    }
  }

  var nextSpikes: [Int64]? { nil }

  func begin(at step: Int64, nextSpikes: [Int64]?) { now = step }

  private func draw(_ first: Int64, steps: Int) {
    guard let cohort else { return }
    let all = [UInt8](repeating: 1, count: steps)
    let lanes = cohort.layout.lanes
    // One mark is room enough: the program has neither threshold nor events.
    let marks = UnsafeMutablePointer<coppice_mark>.allocate(capacity: 1)
    defer { marks.deallocate() }
    for block in 0..<cohort.layout.blocks {
      all.withUnsafeBufferPointer { all in
        guard let all = all.baseAddress else { return }
        _ = cohort.visit(
          block: block, from: first, steps: steps, marks: marks, scratch: scratch.base,
          probes: ProbeRows(due: all, groups: groups, rows: rates))
      }
      for k in 0..<steps {
        for lane in 0..<cohort.layout.liveLanes(ofBlock: block) {
          let unit = units.lowerBound + cohort.layout.neuron(ofBlock: block, lane: lane)
          let law = BernoulliLaw(probability: rates[k * lanes + lane] * dt, sources: sources)
          let step = first + Int64(k)
          for _ in 0..<law.count(key: key, unit: UInt64(unit), step: step) {
            due.append(UInt32(unit), at: step)
          }
        }
      }
    }
  }
}
