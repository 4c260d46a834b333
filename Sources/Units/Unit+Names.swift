/// Units as Swift code writes them: `25 * .um`, `-60 * .mV`, `40 * .uSPerCm2`.
///
/// Names are those of job files and of Brian, `u` for micro. Further units come by `*`, `/` and
/// `raised(to:)`.
extension Unit {
  public static let s = Unit(dimension: .time)
  public static let ms = Unit(powerOfTen: -3, dimension: .time)
  public static let us = Unit(powerOfTen: -6, dimension: .time)
  public static let Hz = Unit(dimension: .frequency)
  public static let kHz = Unit(powerOfTen: 3, dimension: .frequency)

  public static let V = Unit(dimension: .voltage)
  public static let mV = Unit(powerOfTen: -3, dimension: .voltage)
  public static let uA = Unit(powerOfTen: -6, dimension: .current)
  public static let nA = Unit(powerOfTen: -9, dimension: .current)
  public static let pA = Unit(powerOfTen: -12, dimension: .current)
  public static let mS = Unit(powerOfTen: -3, dimension: .conductance)
  public static let uS = Unit(powerOfTen: -6, dimension: .conductance)
  public static let nS = Unit(powerOfTen: -9, dimension: .conductance)
  public static let pS = Unit(powerOfTen: -12, dimension: .conductance)
  public static let uF = Unit(powerOfTen: -6, dimension: .capacitance)
  public static let nF = Unit(powerOfTen: -9, dimension: .capacitance)
  public static let pF = Unit(powerOfTen: -12, dimension: .capacitance)
  public static let ohm = Unit(dimension: .voltage / .current)
  public static let MOhm = Unit(powerOfTen: 6, dimension: .voltage / .current)

  public static let m = Unit(dimension: .length)
  public static let cm = Unit(powerOfTen: -2, dimension: .length)
  public static let mm = Unit(powerOfTen: -3, dimension: .length)
  public static let um = Unit(powerOfTen: -6, dimension: .length)
  public static let um2 = um * um
  public static let cm2 = cm * cm

  /// Capacitance per area, `uF/cm^2`.
  public static let uFPerCm2 = uF / cm2
  /// Conductance per area, `uS/cm^2`.
  public static let uSPerCm2 = uS / cm2
  /// Conductance per area, `mS/cm^2`.
  public static let mSPerCm2 = mS / cm2
  /// Axial resistivity, `ohm*cm`.
  public static let ohmCm = ohm * cm

  /// So many of a unit: one multiplication with the unit's scale, as texts of quantities are read.
  public static func * (number: Double, unit: Unit) -> Quantity {
    Quantity(number * unit.scale, unit.dimension)
  }
}
