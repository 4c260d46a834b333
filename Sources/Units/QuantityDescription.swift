extension Quantity: CustomStringConvertible {
  /// A number and a unit that read back as the same bits: `-60 mV`, `1.5`, `0.01 F/m^2`.
  public var description: String {
    let unit = dimension.unitText
    guard !unit.isEmpty else { return Quantity.shortest(value) }
    if unit.unicodeScalars.allSatisfy({ $0.properties.isAlphabetic }),
      dimension != Dimension(mass: 1),
      let prefixed = prefixed(unit)
    {
      return prefixed
    }
    return "\(Quantity.shortest(value)) \(unit)"
  }

  /// With the prefix that leaves one to three digits before the point, if that is exact.
  private func prefixed(_ unit: String) -> String? {
    let prefixes: [(String, Int)] = [
      ("", 0), ("m", -3), ("u", -6), ("n", -9), ("p", -12), ("f", -15), ("k", 3), ("M", 6),
      ("G", 9),
    ]
    for (prefix, power) in prefixes {
      guard let scale = Double("1e\(power)") else { continue }
      let number = value / scale
      guard number.magnitude >= 1, number.magnitude < 1000 else { continue }
      // The quotient may be one unit in the last place off; its neighbours may read back right.
      let candidates = [number, number.nextUp, number.nextDown].filter { $0 * scale == value }
      let texts = candidates.map { Quantity.shortest($0) }
      guard let text = texts.min(by: { $0.utf8.count < $1.utf8.count }) else { return nil }
      return "\(text) \(prefix)\(unit)"
    }
    return nil
  }

  private static func shortest(_ number: Double) -> String {
    if let whole = Int64(exactly: number), whole.magnitude < 1 << 53,
      number.sign == .plus || whole != 0
    {
      return String(whole)
    }
    return String(number)
  }
}
