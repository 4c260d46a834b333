import KernelABI
import Networks

/// The Poisson units that one worker draws.
///
/// Gaps are geometric, the law of one Bernoulli trial per step; a unit that stands for several
/// sources then draws how many of them fire. Of each unit the step of its next spike is kept. Every
/// `span` steps all units are gone through, those that fire in the next `span` steps are put into
/// lists by step, and their gaps are drawn many at a time. A gap is named by the step of the unit's
/// last spike, so it does not matter when it is drawn. (Or spikes are taken unit by unit; then there
/// are no lists.)
final class PoissonUnits: SpikeUnits {
  /// Steps that are drawn at a time.
  private static let span: Int64 = 32
  /// Units that are gone through at a time: what is drawn for them stays in the first-level cache.
  static let chunk = 512

  /// Indices in the population.
  let units: Range<Int>
  private let laws: [PoissonLaw]
  private let window: Range<Int64>
  private let gaps: StreamKey
  private let counts: StreamKey
  /// The first spike of each unit that stands in no list.
  private let next: UnsafeMutablePointer<Int64>
  // Why accesses go unchecked stands at `Worker`.
  /// Units by the step at which they fire, from `now` to `drawnUntil`.
  @exclusivity(unchecked) private var due = StepLists(horizon: Int(span))
  /// The step up to which spikes have been taken.
  @exclusivity(unchecked) private var now: Int64 = 0
  @exclusivity(unchecked) private var drawnUntil: Int64 = 0
  /// Units of one step, each as often as its sources fire.
  private var repeated = GrowingList<UInt32>(capacity: 64)

  /// Units whose next gaps are drawn together, and the steps of their spikes.
  private let drawn: UnsafeMutablePointer<UInt32>
  private let steps: UnsafeMutablePointer<Int64>
  private let draws: UnsafeMutableRawPointer
  private let logarithms: UnsafeMutableRawPointer

  /// - Parameter laws: one for all units, or one per unit of the population.
  init(
    units: Range<Int>, laws: [PoissonLaw], window: Range<Int64>, gaps: StreamKey, counts: StreamKey
  ) {
    self.units = units
    self.laws = laws
    self.window = window
    self.gaps = gaps
    self.counts = counts
    next = .allocate(capacity: max(units.count, 1))
    drawn = .allocate(capacity: PoissonUnits.chunk)
    steps = .allocate(capacity: PoissonUnits.chunk)
    drawn.initialize(repeating: 0, count: PoissonUnits.chunk)
    steps.initialize(repeating: 0, count: PoissonUnits.chunk)
    draws = .allocate(byteCount: PoissonUnits.chunk * 8, alignment: 64)
    logarithms = .allocate(byteCount: PoissonUnits.chunk * 8, alignment: 64)
    draws.initializeMemory(as: UInt64.self, repeating: 0, count: PoissonUnits.chunk)
    drawFirst(after: window.lowerBound - 1)
  }

  deinit {
    next.deallocate()
    drawn.deallocate()
    steps.deallocate()
    draws.deallocate()
    logarithms.deallocate()
  }

  /// Memory of so many units: the step of the next spike, and a place in a list.
  static func bytes(units: Int) -> Int { units * 12 + chunk * 28 }

  func takeSteps(
    until end: Int64, _ body: (_ step: Int64, _ units: UnsafeBufferPointer<UInt32>) -> Void
  ) {
    while now < end {
      if now == drawnUntil { draw() }
      let firing = due.numbers(at: now)
      if !firing.isEmpty { body(now, isSingle ? firing : repeatedByCount(firing)) }
      due.clear(step: now)
      now += 1
    }
  }

  /// Takes the spikes that some units fire before `end` and that were not taken yet, many at a time;
  /// those of a unit ascend.
  ///
  /// Whoever takes spikes by units takes none by steps. Units that stand for several sources come
  /// once for each step.
  @inline(__always)
  func takeSpikes(
    of range: Range<Int>, until end: Int64,
    _ body: (_ units: UnsafeBufferPointer<UInt32>, _ steps: UnsafePointer<Int64>) -> Void
  ) {
    for first in stride(from: range.lowerBound, to: range.upperBound, by: PoissonUnits.chunk) {
      var count = findFiring(first..<min(first + PoissonUnits.chunk, range.upperBound), end)
      while count > 0 {
        body(UnsafeBufferPointer(start: drawn, count: count), steps)
        count = drawNext(count, end)
      }
    }
  }

  /// Every unit stands for one source.
  var isSingle: Bool { laws.first?.sources == 1 }

  private func repeatedByCount(
    _ firing: UnsafeBufferPointer<UInt32>
  ) -> UnsafeBufferPointer<UInt32> {
    repeated.removeAll()
    for unit in firing {
      let count = law(of: unit).count(key: counts, unit: UInt64(unit), draw: UInt64(now))
      for _ in 0..<count { repeated.append(unit) }
    }
    return repeated.elements
  }

  var nextSpikes: [Int64]? {
    var all = [Int64](UnsafeBufferPointer(start: next, count: units.count))
    for step in (now..<max(now, drawnUntil)).reversed() {
      for unit in due.numbers(at: step) { all[Int(unit) - units.lowerBound] = step }
    }
    return all
  }

  func begin(at step: Int64, nextSpikes: [Int64]?) {
    due.removeAll()
    (now, drawnUntil) = (step, step)
    if let nextSpikes {
      for place in 0..<units.count { next[place] = nextSpikes[place] }
    } else {
      drawFirst(after: max(window.lowerBound, step) - 1)
    }
  }

  @inline(__always)
  private func law(of unit: UInt32) -> PoissonLaw { laws.count == 1 ? laws[0] : laws[Int(unit)] }

  /// Draws for every unit the first spike after a step.
  private func drawFirst(after step: Int64) {
    for first in stride(from: units.lowerBound, to: units.upperBound, by: PoissonUnits.chunk) {
      let count = min(PoissonUnits.chunk, units.upperBound - first)
      for place in 0..<count {
        drawn[place] = UInt32(first + place)
        steps[place] = step
      }
      drawGaps(count)
      for place in 0..<count { next[first - units.lowerBound + place] = steps[place] }
    }
  }

  /// Puts the spikes of the next `span` steps into the lists.
  private func draw() {
    let end = drawnUntil + PoissonUnits.span
    takeSpikes(of: units, until: end) { units, steps in
      for place in units.indices { due.append(units[place], at: steps[place]) }
    }
    drawnUntil = end
  }

  /// Makes `drawn` and `steps` the next spikes of those units whose next spike is before `end`.
  ///
  /// - Returns: how many there are.
  private func findFiring(_ range: Range<Int>, _ end: Int64) -> Int {
    coppice_find_firing(
      next + (range.lowerBound - units.lowerBound), UInt32(truncatingIfNeeded: range.lowerBound),
      range.count, end, drawn, steps)
  }

  /// Draws the next spikes of the first of `drawn`, and keeps those before `end` there.
  ///
  /// - Returns: how many there are.
  private func drawNext(_ count: Int, _ end: Int64) -> Int {
    drawGaps(count)
    return coppice_note_firing(next - units.lowerBound, drawn, steps, count, end)
  }

  /// Replaces the first `steps` by those of the next spikes of `drawn`.
  private func drawGaps(_ count: Int) {
    let draws = draws.assumingMemoryBound(to: UInt64.self)
    let logarithms = logarithms.assumingMemoryBound(to: Double.self)
    let (steps, window) = (self.steps, self.window)
    for place in 0..<count { draws[place] = UInt64(bitPattern: steps[place] &+ 1) }
    coppice_logarithms(logarithms, gaps.bits, drawn, draws, (count + 7) & ~7)
    if laws.count == 1 {
      let law = laws[0]
      for place in 0..<count {
        steps[place] = law.nextStep(
          after: steps[place], in: window, logarithm: logarithms[place])
      }
    } else {
      for place in 0..<count {
        steps[place] = laws[Int(drawn[place])].nextStep(
          after: steps[place], in: window, logarithm: logarithms[place])
      }
    }
  }
}
