import Networks

/// The Poisson units that one worker draws.
///
/// Gaps are geometric, the law of one Bernoulli trial per step; a unit that stands for several
/// sources then draws how many of them fire. Units wait in a ring of lists by the step of their
/// next spike, so that a step costs what fires in it and not what is silent. A gap is named by
/// the step of the unit's last spike, so nothing is kept of a unit but its place in a list.
final class PoissonUnits: SpikeUnits {
  /// Steps that the ring spans; units that wait longer stand in `later` until it has come round.
  private static let span: Int64 = 1024

  private final class Units {
    var list = GrowingList<UInt32>(capacity: 16)
  }

  private struct Waiting: BitwiseCopyable {
    var unit: UInt32
    var step: Int64
  }

  /// Indices in the population.
  let units: Range<Int>
  private let laws: [PoissonLaw]
  private let window: Range<Int64>
  private let gaps: StreamKey
  private let counts: StreamKey
  /// By step modulo `span`.
  private let ring: [Units]
  private var later: GrowingList<Waiting>
  /// The step up to which spikes have been taken.
  private var now: Int64

  /// - Parameter laws: one for all units, or one per unit of the population.
  init(
    units: Range<Int>, laws: [PoissonLaw], window: Range<Int64>, gaps: StreamKey, counts: StreamKey
  ) {
    self.units = units
    self.laws = laws
    self.window = window
    self.gaps = gaps
    self.counts = counts
    now = 0
    ring = (0..<Int(PoissonUnits.span)).map { _ in Units() }
    later = GrowingList(capacity: max(units.count, 1))
    for unit in units {
      let step = nextStep(of: unit, after: window.lowerBound - 1)
      if step < .max { later.append(Waiting(unit: UInt32(unit), step: step)) }
    }
  }

  /// Memory of so many units: a place in `later` at the beginning, then one in the ring.
  static func bytes(units: Int) -> Int { units * 24 + Int(span) * 160 }

  /// Calls `body` with each spike (unit, step) of the steps up to `end` that was not taken yet.
  ///
  /// Steps ascend; units of one step come in an order of no meaning.
  func takeSpikes(until end: Int64, _ body: (_ unit: Int, _ step: Int64) -> Void) {
    while now < end {
      if now % PoissonUnits.span == 0 { recallLater() }
      let due = ring[Int(now % PoissonUnits.span)]
      // A next spike is at least one step away: none joins the list that is being read.
      for place in 0..<due.list.count {
        let unit = Int(due.list.base[place])
        for _ in 0..<law(of: unit).count(key: counts, unit: UInt64(unit), draw: UInt64(now)) {
          body(unit, now)
        }
        wait(unit, until: nextStep(of: unit, after: now))
      }
      due.list.removeAll()
      now += 1
    }
  }

  var nextSpikes: [Int64]? {
    var next = [Int64](repeating: .max, count: units.count)
    for waiting in later.elements { next[Int(waiting.unit) - units.lowerBound] = waiting.step }
    let turn = now / PoissonUnits.span * PoissonUnits.span
    for (place, due) in ring.enumerated() {
      // Places of this turn that lie behind are empty.
      for unit in due.list.elements {
        next[Int(unit) - units.lowerBound] = turn + Int64(place)
      }
    }
    return next
  }

  func begin(at step: Int64, nextSpikes: [Int64]?) {
    for due in ring { due.list.removeAll() }
    later.removeAll()
    now = step
    for unit in units {
      let given = nextSpikes?[unit - units.lowerBound]
      wait(unit, until: given ?? nextStep(of: unit, after: max(window.lowerBound, step) - 1))
    }
  }

  @inline(__always)
  private func law(of unit: Int) -> PoissonLaw { laws.count == 1 ? laws[0] : laws[unit] }

  private func nextStep(of unit: Int, after step: Int64) -> Int64 {
    law(of: unit).nextStep(
      after: step, in: window, key: gaps, unit: UInt64(unit),
      draw: UInt64(bitPattern: step &+ 1))
  }

  private func wait(_ unit: Int, until step: Int64) {
    let turn = PoissonUnits.span
    if step / turn == now / turn {
      ring[Int(step % turn)].list.append(UInt32(unit))
    } else if step < .max {
      later.append(Waiting(unit: UInt32(unit), step: step))
    }
  }

  /// Puts those whose step lies in the turn of the ring that begins now into the ring.
  private func recallLater() {
    let turn = now / PoissonUnits.span
    var kept = 0
    for place in 0..<later.count {
      let waiting = later.base[place]
      if waiting.step / PoissonUnits.span == turn {
        ring[Int(waiting.step % PoissonUnits.span)].list.append(waiting.unit)
      } else {
        later.base[kept] = waiting
        kept += 1
      }
    }
    later.removeLast(later.count - kept)
  }
}
