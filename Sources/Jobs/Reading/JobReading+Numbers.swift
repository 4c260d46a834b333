internal import Equations
internal import Units

/// Numbers and quantities: texts, or expressions of constants and units.
extension JobReading {
  /// Reads a quantity of any dimension; finite.
  func quantity(_ field: JobField) -> Quantity? {
    guard let text = text(field, "a number or a quantity") else { return nil }
    do throws(EquationError) {
      let quantity = try ConstantExpression.evaluate(text, constants: constants)
      // What is written without constants stays as it is written.
      if !constants.isEmpty, Identifiers.all(in: text).contains(where: { constants[$0] != nil }) {
        resolved.values[field.path] = quantity.description
      }
      return finite(quantity, field)
    } catch {
      if !mentionsBrokenConstant(text) { refuse(field, error) }
      return nil
    }
  }

  /// Reads a quantity of one dimension, in SI.
  func quantity(
    _ field: JobField, _ dimension: Dimension, _ bounds: Bounds = .any
  ) -> Double? {
    guard let quantity = quantity(field) else { return nil }
    guard quantity.dimension == dimension else {
      refuseDimension(field, quantity, dimension)
      return nil
    }
    guard bounds.contains(quantity.value) else {
      refuse(field, "'\(field.name)' \(bounds.inWords)")
      return nil
    }
    return quantity.value
  }

  /// Reads a plain number.
  func number(_ field: JobField, in range: ClosedRange<Double>) -> Double? {
    guard let value = quantity(field, .one) else { return nil }
    guard range.contains(value) else {
      refuse(
        field,
        "'\(field.name)' must be from \(Quantity(range.lowerBound).description) to "
          + "\(Quantity(range.upperBound).description)")
      return nil
    }
    return value
  }

  /// Reads a whole number.
  func count(_ field: JobField, in range: ClosedRange<Int>) -> Int? {
    guard let value = quantity(field, .one) else { return nil }
    guard let count = Int(exactly: value) else {
      if abs(value) < 9e15 {
        refuse(
          field, "'\(field.name)' must be a whole number, not \(Quantity(value).description)")
      } else {
        refuse(field, "'\(field.name)' must be from \(range.lowerBound) to \(range.upperBound)")
      }
      return nil
    }
    guard range.contains(count) else {
      refuse(field, "'\(field.name)' must be from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return count
  }

  /// Reads a time that is not negative and gives its step, floor((t + 0.001 dt) / dt).
  func step(_ field: JobField) -> Int64? {
    guard let time = quantity(field, .time, .nonNegative) else { return nil }
    guard let step = StepRounding.step(of: time, dt: dt) else {
      refuse(field, "'\(field.name)' is too far away: more steps than can be counted")
      return nil
    }
    return step
  }

  /// Reads an interval that must be a multiple of dt, in steps.
  func interval(_ field: JobField) -> Int64? {
    guard let time = quantity(field, .time, .positive) else { return nil }
    guard let steps = StepRounding.multiple(of: time, dt: dt) else {
      let step = Quantity(dt * 1000).description
      refuse(field, "'\(field.name)' must be a multiple of dt, which is \(step) ms")
      return nil
    }
    return steps
  }

  /// Reads quantities of one dimension, in SI.
  func quantities(
    _ field: JobField, _ dimension: Dimension, _ bounds: Bounds = .any
  ) -> [Double]? {
    guard let nodes = field.node.elements else {
      refuse(field, "'\(field.name)' is a list, not \(field.node.kindInWords)")
      return nil
    }
    var values: [Double] = []
    values.reserveCapacity(nodes.count)
    for (place, node) in nodes.enumerated() {
      let element = JobField(node, path: "\(field.path)[\(place)]")
      guard let value = quantity(element, dimension, bounds) else { continue }
      values.append(value)
    }
    return values.count == nodes.count ? values : nil
  }

  /// Says which dimension was due.
  func refuseDimension(_ field: JobField, _ quantity: Quantity, _ dimension: Dimension) {
    if quantity.dimension == .one {
      refuse(field, "'\(field.name)' needs a unit: \(dimension.expectation) is due")
    } else {
      refuse(
        field,
        "'\(field.name)' is \(quantity.dimension.phrase), where \(dimension.expectation) is due")
    }
  }

  /// Whether a text reads a constant whose own error is known.
  func mentionsBrokenConstant(_ text: String) -> Bool {
    !brokenConstants.isEmpty && !brokenConstants.isDisjoint(with: Identifiers.all(in: text))
  }

  private func finite(_ quantity: Quantity, _ field: JobField) -> Quantity? {
    guard quantity.value.isFinite else {
      refuse(field, "'\(field.name)' is not a finite number")
      return nil
    }
    return quantity
  }
}

/// The rules by which times become steps.
package enum StepRounding {
  /// More steps than this cannot be told apart by f64 times.
  package static let limit: Int64 = 1 << 52

  /// Of all times but delays: floor((t + 0.001 dt) / dt). `nil` beyond the limit.
  package static func step(of time: Double, dt: Double) -> Int64? {
    bounded(((time + 0.001 * dt) / dt).rounded(.down))
  }

  /// Of delays and `spike_width`: floor(d / dt + 0.5). `nil` beyond the limit.
  package static func delay(of time: Double, dt: Double) -> Int64? {
    bounded((time / dt + 0.5).rounded(.down))
  }

  /// How many times dt goes into an interval; `nil` if it is not a multiple (to a millionth of
  /// the interval), not even one dt, or beyond the limit.
  package static func multiple(of time: Double, dt: Double) -> Int64? {
    let ratio = time / dt
    guard ratio.isFinite else { return nil }
    let nearest = ratio.rounded()
    guard nearest >= 1, abs(ratio - nearest) <= 1e-6 * nearest else { return nil }
    return bounded(nearest)
  }

  private static func bounded(_ steps: Double) -> Int64? {
    guard let steps = Int64(exactly: steps), steps >= 0, steps <= limit else { return nil }
    return steps
  }
}

/// The names in a text of the equation language.
enum Identifiers {
  /// Every word that starts with a letter or `_` and is no part of a number.
  static func all(in text: String) -> Set<String> {
    var names: Set<String> = []
    var current: [UInt8] = []
    var isNumber = false
    func finish() {
      if !current.isEmpty, !isNumber { names.insert(String(decoding: current, as: UTF8.self)) }
      current.removeAll(keepingCapacity: true)
      isNumber = false
    }
    for byte in text.utf8 {
      let isDigit = byte &- UInt8(ascii: "0") < 10
      let isLetter = (byte | 32) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
      if isDigit || isLetter || byte >= 128 {
        if current.isEmpty { isNumber = isDigit }
        current.append(byte)
      } else if byte == UInt8(ascii: "."), isNumber {
        current.append(byte)
      } else {
        finish()
      }
    }
    finish()
    return names
  }
}
