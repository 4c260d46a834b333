import Networks

/// The Poisson units that one worker draws, each with the step of its next spike.
///
/// Gaps are geometric, the law of one Bernoulli trial per step; a unit that stands for several
/// sources then draws how many of them fire. Units wait in a ring of lists by the step of their
/// next spike, so that a step costs what fires in it and not what is silent.
final class PoissonUnits: SpikeUnits {
  /// Steps that the ring spans; units that wait longer stand in `later` until it has come round.
  private static let span: Int64 = 1024
  private static let nobody = UInt32.max

  /// Indices in the population.
  let units: Range<Int>
  private let laws: [PoissonLaw]
  private let window: Range<Int64>
  private let gaps: StreamKey
  private let counts: StreamKey
  private let nextStep: UnsafeMutablePointer<Int64>
  private let draws: UnsafeMutablePointer<UInt32>
  private let following: UnsafeMutablePointer<UInt32>
  private let first: UnsafeMutablePointer<UInt32>
  private var later = nobody
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
    nextStep = .allocate(capacity: max(units.count, 1))
    draws = .allocate(capacity: max(units.count, 1))
    following = .allocate(capacity: max(units.count, 1))
    first = .allocate(capacity: Int(PoissonUnits.span))
    first.initialize(repeating: PoissonUnits.nobody, count: Int(PoissonUnits.span))
    for place in 0..<units.count {
      nextStep[place] = window.lowerBound - 1
      draws[place] = 0
      advance(place)
      wait(place)
    }
  }

  deinit {
    nextStep.deallocate()
    draws.deallocate()
    following.deallocate()
    first.deallocate()
  }

  static func bytes(units: Int) -> Int { units * 16 + Int(span) * 4 }

  /// Calls `body` with each spike (unit, step) of the steps up to `end` that was not taken yet.
  ///
  /// Steps ascend; units of one step come in an order of no meaning.
  func takeSpikes(until end: Int64, _ body: (_ unit: Int, _ step: Int64) -> Void) {
    while now < end {
      if now % PoissonUnits.span == 0 { recallLater() }
      let list = first + Int(now % PoissonUnits.span)
      var place = list.pointee
      list.pointee = PoissonUnits.nobody
      while place != PoissonUnits.nobody {
        let next = following[Int(place)]
        for _ in 0..<count(Int(place)) { body(units.lowerBound + Int(place), now) }
        advance(Int(place))
        // Its next spike is at least one step away, so never in the list that is being read,
        // but for a gap of exactly one turn of the ring: that one belongs to `later`.
        wait(Int(place))
        place = next
      }
      now += 1
    }
  }

  private func law(of unit: Int) -> PoissonLaw { laws.count == 1 ? laws[0] : laws[unit] }

  /// How many of a unit's sources fire now.
  private func count(_ place: Int) -> Int {
    let unit = units.lowerBound + place
    return law(of: unit).count(key: counts, unit: UInt64(unit), draw: UInt64(now))
  }

  private func advance(_ place: Int) {
    let unit = units.lowerBound + place
    nextStep[place] = law(of: unit).nextStep(
      after: nextStep[place], in: window, key: gaps, unit: UInt64(unit),
      draw: UInt64(draws[place]))
    draws[place] &+= 1
  }

  private func wait(_ place: Int) {
    let step = nextStep[place]
    guard step < .max else { return }
    let turn = PoissonUnits.span
    if step / turn == now / turn && step >= now {
      following[place] = first[Int(step % turn)]
      first[Int(step % turn)] = UInt32(place)
    } else {
      following[place] = later
      later = UInt32(place)
    }
  }

  /// Puts those whose step lies in the turn of the ring that begins now into the ring.
  private func recallLater() {
    var place = later
    later = PoissonUnits.nobody
    while place != PoissonUnits.nobody {
      let next = following[Int(place)]
      wait(Int(place))
      place = next
    }
  }
}
