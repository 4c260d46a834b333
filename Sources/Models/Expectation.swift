import Units

/// What a number of a description has to be.
struct Expectation: Sendable {
  /// Which numbers make sense.
  enum Bounds: Sendable {
    case any
    case atLeastZero
    case aboveZero
  }

  /// The dimension that the number must have.
  let dimension: Dimension
  /// How one is written.
  let example: String
  let bounds: Bounds

  /// The value in SI, if the quantity is what is expected.
  func value(of quantity: Quantity, at path: [String]) throws(ModelError) -> Double {
    let key = path.last ?? ""
    guard quantity.dimension == dimension else {
      throw ModelError(
        "'\(key)' must be \(dimension.phrase), not \(quantity.dimension.phrase)", at: path,
        hint: "write it as, for example, \(example)")
    }
    guard quantity.value.isFinite else {
      throw ModelError("'\(key)' is not a finite number", at: path)
    }
    switch bounds {
    case .aboveZero where !(quantity.value > 0):
      throw ModelError("'\(key)' must be greater than zero", at: path)
    case .atLeastZero where !(quantity.value >= 0):
      throw ModelError("'\(key)' must not be negative", at: path)
    case .any, .aboveZero, .atLeastZero:
      return quantity.value
    }
  }

  /// The value in SI of a quantity that may be absent.
  func optional(_ quantity: Quantity?, at path: [String]) throws(ModelError) -> Double? {
    guard let quantity else { return nil }
    return try value(of: quantity, at: path)
  }

  /// The value in SI of a quantity that must be there.
  func required(_ quantity: Quantity?, at path: [String]) throws(ModelError) -> Double {
    guard let quantity else {
      throw ModelError(
        "'\(path.last ?? "")' is missing", at: path,
        hint: "give \(dimension.phrase), for example \(example)")
    }
    return try value(of: quantity, at: path)
  }
}

extension Expectation {
  private static let area = Dimension.length * .length

  static let length = Expectation(
    dimension: .length, example: "25 um", bounds: .aboveZero)
  static let voltage = Expectation(
    dimension: .voltage, example: "-60 mV", bounds: .any)
  static let conductance = Expectation(
    dimension: .conductance, example: "15 nS", bounds: .atLeastZero)
  static let capacitance = Expectation(
    dimension: .capacitance, example: "200 pF", bounds: .aboveZero)
  static let specificCapacitance = Expectation(
    dimension: .capacitance / area, example: "1 uF/cm^2",
    bounds: .aboveZero)
  static let specificConductance = Expectation(
    dimension: .conductance / area, example: "40 uS/cm^2",
    bounds: .atLeastZero)
  static let resistivity = Expectation(
    dimension: .length / .conductance, example: "150 ohm*cm",
    bounds: .aboveZero)
  static let factor = Expectation(
    dimension: .one, example: "1.5", bounds: .aboveZero)
  static let timeConstant = Expectation(
    dimension: .time, example: "5 ms", bounds: .aboveZero)
  static let duration = Expectation(
    dimension: .time, example: "5 ms", bounds: .atLeastZero)
  static let current = Expectation(
    dimension: .current, example: "1 pA", bounds: .any)
  static let currentDeviation = Expectation(
    dimension: .current, example: "1 pA", bounds: .atLeastZero)
}

/// Whether a text can be a part of a variable's name: a letter, then letters, digits, underscores.
func isIdentifier(_ text: String) -> Bool {
  guard let first = text.utf8.first, isLetter(first) else { return false }
  return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
}

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// Refuses a name that cannot be a part of a variable's name.
func checkName(_ name: String, of what: String, at path: [String]) throws(ModelError) {
  guard isIdentifier(name) else {
    throw ModelError(
      "'\(name)' cannot be the name of \(what)", at: path,
      hint: "a name starts with a letter and goes on with letters, digits and underscores")
  }
}
