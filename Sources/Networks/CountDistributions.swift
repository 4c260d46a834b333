import KernelABI

/// Number of successes among independent trials of one probability.
///
/// Drawn by inversion from the mode outwards (Kemp): the probabilities of the values are visited
/// in the order mode, mode + 1, mode - 1, mode + 2, … and the uniform number is used up by them.
/// The probability of the mode is Loader's saddle-point form, good to some 1e-14 at any number of
/// trials; the others follow by their ratios. Only `coppice_*` functions and arithmetic are used:
/// a draw is the same on every machine.
package struct BinomialDistribution: Hashable, Sendable {
  package let trials: Int
  package let probability: Double
  private let mode: Int
  private let probabilityOfMode: Double
  private let odds: Double

  /// A probability beyond 0 ... 1 counts as 0 or 1, one that is no number as 0.
  package init(trials: Int, probability: Double) {
    let clamped = probability > 0 ? min(probability, 1) : 0
    self.trials = max(trials, 0)
    self.probability = clamped
    if clamped == 0 || clamped == 1 {
      mode = clamped == 1 ? self.trials : 0
      probabilityOfMode = 1
      odds = 0
    } else {
      let number = Double(self.trials)
      let place = ((number + 1) * clamped).rounded(.down)
      mode = place >= number ? self.trials : Int(place)
      probabilityOfMode = SaddlePoint.binomial(
        Double(mode), trials: number, success: clamped, failure: 1 - clamped)
      odds = clamped / (1 - clamped)
    }
  }

  /// The value that belongs to a uniform number in (0, 1].
  package func quantile(_ uniform: Double) -> Int {
    draw(uniform, from: 0)
  }

  /// The same given that the value is 1 at least; `probabilityOfSome` is that condition's.
  func quantile(_ uniform: Double, givenSome probabilityOfSome: Double) -> Int {
    probability == 0 ? 0 : draw(uniform * probabilityOfSome, from: min(1, trials))
  }

  private func draw(_ uniform: Double, from smallest: Int) -> Int {
    guard odds > 0 else { return mode }
    let number = Double(trials)
    return ModalInversion.draw(
      uniform, mode: mode, probability: probabilityOfMode, in: smallest...trials,
      up: { value in (number - value) / (value + 1) * odds },
      down: { value in value / ((number - value + 1) * odds) })
  }
}

/// Number of marked ones among some drawn without replacement. Drawn as `BinomialDistribution` is.
///
/// Numbers are doubles because pairs of neurons are counted, which may be more than 2^53; then
/// they are rounded, which changes probabilities by 1e-16.
struct HypergeometricDistribution {
  /// How many there are, how many of them are marked, how many are drawn.
  let population: Double
  let marked: Double
  let drawn: Int

  func quantile(_ uniform: Double) -> Int {
    let number = Double(drawn)
    let smallest = max(0, number - (population - marked))
    let largest = min(number, marked)
    guard smallest < largest else { return Int(largest) }
    let place = ((number + 1) * (marked + 1) / (population + 2)).rounded(.down)
    let mode = min(max(place, smallest), largest)
    return ModalInversion.draw(
      uniform, mode: Int(mode), probability: probability(of: mode),
      in: Int(smallest)...Int(largest),
      up: { value in
        (marked - value) * (number - value)
          / ((value + 1) * (population - marked - number + value + 1))
      },
      down: { value in
        value * (population - marked - number + value)
          / ((marked - value + 1) * (number - value + 1))
      })
  }

  func probability(of value: Double) -> Double {
    let number = Double(drawn)
    let success = number / population
    let failure = (population - number) / population
    let inMarked = SaddlePoint.binomial(value, trials: marked, success: success, failure: failure)
    let inRest = SaddlePoint.binomial(
      number - value, trials: population - marked, success: success, failure: failure)
    let all = SaddlePoint.binomial(number, trials: population, success: success, failure: failure)
    return inMarked * inRest / all
  }
}

/// Inversion of a distribution with one mode, from the mode outwards.
enum ModalInversion {
  /// What is left of the distribution when the search ends: rounding may keep a uniform number
  /// next to 1 from being used up, and the mode stands for it.
  private static let negligible = 1e-20

  /// `up(x)` is P(x + 1) / P(x), `down(x)` is P(x - 1) / P(x).
  static func draw(
    _ uniform: Double, mode: Int, probability: Double, in range: ClosedRange<Int>,
    up: (Double) -> Double, down: (Double) -> Double
  ) -> Int {
    var left = uniform
    if mode >= range.lowerBound {
      left -= probability
      if left <= 0 { return mode }
    }
    var above = mode
    var below = mode
    var probabilityAbove = probability
    var probabilityBelow = probability
    while true {
      if above < range.upperBound {
        probabilityAbove *= up(Double(above))
        above += 1
        if above >= range.lowerBound {
          left -= probabilityAbove
          if left <= 0 { return above }
        }
      } else {
        probabilityAbove = 0
      }
      if below > range.lowerBound {
        probabilityBelow *= down(Double(below))
        below -= 1
        left -= probabilityBelow
        if left <= 0 { return below }
      } else {
        probabilityBelow = 0
      }
      if probabilityAbove + probabilityBelow < negligible {
        return max(mode, range.lowerBound)
      }
    }
  }
}

/// Loader's form of the binomial probability: no difference of large logarithms.
enum SaddlePoint {
  static func binomial(
    _ value: Double, trials: Double, success: Double, failure: Double
  ) -> Double {
    if success == 0 { return value == 0 ? 1 : 0 }
    if failure == 0 { return value == trials ? 1 : 0 }
    if value == 0 {
      return trials == 0 ? 1 : coppice_exp(trials * logarithm(of: failure, complement: success))
    }
    if value == trials {
      return coppice_exp(trials * logarithm(of: success, complement: failure))
    }
    let rest = trials - value
    let exponent =
      stirlingError(trials) - stirlingError(value) - stirlingError(rest)
      - deviance(value, trials * success) - deviance(rest, trials * failure)
    return (trials / (2 * Double.pi * value * rest)).squareRoot() * coppice_exp(exponent)
  }

  /// log(p) where 1 - p is known as well.
  private static func logarithm(of value: Double, complement: Double) -> Double {
    complement < 0.5 ? coppice_log1p(-complement) : coppice_log(value)
  }

  /// value log(value / mean) + mean - value.
  static func deviance(_ value: Double, _ mean: Double) -> Double {
    let difference = value - mean
    guard difference.magnitude < 0.1 * (value + mean) else {
      return value * coppice_log(value / mean) + mean - value
    }
    let ratio = difference / (value + mean)
    let square = ratio * ratio
    var sum = difference * ratio
    var power = 2 * value * ratio
    var odd = 3.0
    while odd < 2_000 {
      power *= square
      let next = sum + power / odd
      if next == sum { return next }
      sum = next
      odd += 2
    }
    return sum
  }

  /// log(n!) less Stirling's formula, log(sqrt(2 pi n) (n / e)^n).
  static func stirlingError(_ number: Double) -> Double {
    if number < 16 { return stirlingErrors[Int(number)] }
    let square = number * number
    let inner = 1.0 / 1_260 - (1.0 / 1_680 - 1.0 / 1_188 / square) / square
    return (1.0 / 12 - (1.0 / 360 - inner / square) / square) / number
  }

  /// Of 0 ... 15, exact to the last bit or so; 0 is never asked for.
  private static let stirlingErrors: [Double] = [
    0.0,
    0.081061466795327258219670264,
    0.041340695955409294093822081,
    0.0276779256849983391487892927,
    0.020790672103765093111522771,
    0.0166446911898211921631948653,
    0.013876128823070747998745727,
    0.0118967099458917700950557241,
    0.010411265261972096497478567,
    0.0092554621827127329177286366,
    0.008330563433362871256469318,
    0.0075736754879518407949720242,
    0.006942840107209529865664152,
    0.0064089941880042070684396310,
    0.005951370112758847735624416,
    0.0055547335519628013710386899,
  ]
}
