extension Dimension: CustomStringConvertible {
  /// A dimension that people have a word for.
  private struct Named {
    let dimension: Dimension
    /// With its article.
    let phrase: String
    /// As quantities write it.
    let unit: String
    /// As Brian's equations write it.
    let equationUnit: String
    let example: String
  }

  private static let area = Dimension(length: 2)

  private static let named: [Named] = [
    Named(
      dimension: .voltage, phrase: "a voltage", unit: "V", equationUnit: "volt", example: "-60 mV"),
    Named(
      dimension: .current, phrase: "a current", unit: "A", equationUnit: "amp", example: "100 pA"),
    Named(
      dimension: .conductance, phrase: "a conductance", unit: "S", equationUnit: "siemens",
      example: "1.5 nS"),
    Named(
      dimension: .capacitance, phrase: "a capacitance", unit: "F", equationUnit: "farad",
      example: "100 pF"),
    Named(dimension: .time, phrase: "a time", unit: "s", equationUnit: "second", example: "10 ms"),
    Named(
      dimension: .frequency, phrase: "a frequency", unit: "Hz", equationUnit: "hertz",
      example: "50 Hz"),
    Named(
      dimension: .length, phrase: "a length", unit: "m", equationUnit: "metre", example: "100 um"),
    Named(
      dimension: area, phrase: "an area", unit: "m^2", equationUnit: "metre**2", example: "500 um^2"
    ),
    Named(
      dimension: Dimension(length: 3), phrase: "a volume", unit: "m^3", equationUnit: "metre**3",
      example: "500 um^3"),
    Named(
      dimension: .voltage / .current, phrase: "a resistance", unit: "ohm", equationUnit: "ohm",
      example: "100 Mohm"),
    Named(
      dimension: .voltage / .current * .length, phrase: "a resistivity", unit: "ohm*m",
      equationUnit: "ohm*metre", example: "150 ohm*cm"),
    Named(
      dimension: .capacitance / area, phrase: "a capacitance per area", unit: "F/m^2",
      equationUnit: "farad/metre**2", example: "1 uF/cm^2"),
    Named(
      dimension: .conductance / area, phrase: "a conductance per area", unit: "S/m^2",
      equationUnit: "siemens/metre**2", example: "40 uS/cm^2"),
    Named(
      dimension: .current / area, phrase: "a current per area", unit: "A/m^2",
      equationUnit: "amp/metre**2", example: "10 uA/cm^2"),
    Named(
      dimension: .voltage / .time, phrase: "a voltage per time", unit: "V/s",
      equationUnit: "volt/second", example: "1 mV/ms"),
    Named(
      dimension: .current / .time, phrase: "a current per time", unit: "A/s",
      equationUnit: "amp/second", example: "1 pA/ms"),
    Named(
      dimension: .conductance / .time, phrase: "a conductance per time", unit: "S/s",
      equationUnit: "siemens/second", example: "1 nS/ms"),
    Named(
      dimension: .current * .time, phrase: "a charge", unit: "C", equationUnit: "coulomb",
      example: "1 pC"),
    Named(
      dimension: Dimension(length: -3, substance: 1), phrase: "a concentration", unit: "mol/m^3",
      equationUnit: "mole/metre**3", example: "1 mM"),
    Named(
      dimension: Dimension(substance: 1), phrase: "an amount of substance", unit: "mol",
      equationUnit: "mole", example: "1 umol"),
    Named(
      dimension: Dimension(mass: 1), phrase: "a mass", unit: "kg", equationUnit: "kilogram",
      example: "1 g"),
    Named(
      dimension: Dimension(temperature: 1), phrase: "a temperature", unit: "K",
      equationUnit: "kelvin", example: "310 K"),
    Named(
      dimension: Dimension(length: 1, time: -1), phrase: "a speed", unit: "m/s",
      equationUnit: "metre/second", example: "0.5 m/s"),
    Named(
      dimension: Dimension(length: 2, mass: 1, time: -2), phrase: "an energy", unit: "J",
      equationUnit: "joule", example: "1 pJ"),
    Named(
      dimension: Dimension(length: 2, mass: 1, time: -3), phrase: "a power", unit: "W",
      equationUnit: "watt", example: "1 pW"),
    Named(
      dimension: Dimension(length: 1, mass: 1, time: -2), phrase: "a force", unit: "N",
      equationUnit: "newton", example: "1 pN"),
    Named(
      dimension: Dimension(length: -1, mass: 1, time: -2), phrase: "a pressure", unit: "Pa",
      equationUnit: "pascal", example: "100 kPa"),
  ]

  private static let byDimension: [Dimension: Named] = {
    var table: [Dimension: Named] = [:]
    for entry in named { table[entry.dimension] = entry }
    return table
  }()

  /// For people: `voltage (V)`, `plain number`, `kg*m^2*s^-3`.
  public var description: String {
    guard self != .one else { return "plain number" }
    guard let entry = Dimension.byDimension[self] else { return unitText }
    let name = entry.phrase.drop { $0 != " " }.dropFirst()
    return "\(name) (\(entry.unit))"
  }

  /// For sentences: `a voltage (V)`, `a plain number`, `a quantity in kg*m^2*s^-3`.
  public var phrase: String {
    guard self != .one else { return "a plain number" }
    guard let entry = Dimension.byDimension[self] else { return "a quantity in \(unitText)" }
    return "\(entry.phrase) (\(entry.unit))"
  }

  /// What is due, with an example: `a voltage such as -60 mV`.
  public var expectation: String {
    guard self != .one else { return "a plain number such as 1.5" }
    guard let entry = Dimension.byDimension[self] else { return phrase }
    return "\(entry.phrase) such as \(entry.example)"
  }

  /// A number and a unit of this dimension as quantities write them, if there is a usual one.
  package var example: String? { Dimension.byDimension[self]?.example }

  /// The SI unit as quantities write it: `V`, `S/m^2`, `kg*m^2*s^-3`; empty for plain numbers.
  public var unitText: String {
    Dimension.byDimension[self]?.unit
      ?? product(of: ["m", "kg", "s", "A", "K", "mol", "cd"], power: "^")
  }

  /// The SI unit as Brian's equations write it: `volt`, `siemens/metre**2`, `1`.
  public var equationUnitText: String {
    guard self != .one else { return "1" }
    if let entry = Dimension.byDimension[self] { return entry.equationUnit }
    return product(
      of: ["metre", "kilogram", "second", "amp", "kelvin", "mole", "candle"], power: "**")
  }

  private func product(of bases: [String], power: String) -> String {
    var factors: [String] = []
    for (index, base) in bases.enumerated() where exponents[index] != 0 {
      let exponent = exponents[index]
      let text = Int(exactly: exponent).map { String($0) } ?? String(exponent)
      factors.append(exponent == 1 ? base : base + power + text)
    }
    return factors.joined(separator: "*")
  }
}
