/// Every unit that has a name.
///
/// Long names (`mvolt`, `umetre2`) and short ones (`mV`, `um2`) are built of a prefix, a stem and a
/// power, as Brian's are. Case matters. `u`, `µ` (U+00B5) and `μ` (U+03BC) are micro.
public enum UnitTable {
  /// The unit of that name, in all spellings known to quantities; `nil` for an unknown name.
  public static func unit(named name: String) -> Unit? {
    guard name.utf8.count <= 32 else { return nil }
    let plain = normalised(name)
    if let unit = unitWithoutPower(plain) { return unit }
    guard let power = powerSuffix(of: plain) else { return nil }
    let base = String(plain.dropLast())
    guard !withoutPowers.contains(base) else { return nil }
    return unitWithoutPower(base)?.raised(to: power)
  }

  /// Whether equations know the name as a unit and nothing else: Brian's own unit names.
  ///
  /// Variables cannot have such a name, and it wins over a constant. (`s`, `V` and `m` are units
  /// in quantities and free in equations.)
  public static func isReserved(_ name: String) -> Bool {
    if shortNamesOfBrian.contains(name) { return true }
    if hasStem(name, in: litres, after: prefixNames) { return true }
    let base = powerSuffix(of: name) == nil ? name : String(name.dropLast())
    return unprefixedLongStems.keys.contains(base)
      || hasStem(base, in: longStemNames, after: prefixesOfBrian)
  }

  /// The unit that equations see under that name if nothing else has it: Brian's names, and the
  /// usual symbols with a prefix (`ns`, `kV`, `fF`), but not bare letters, which are variables.
  public static func equationUnit(named name: String) -> Unit? {
    guard !isReserved(name) else { return unit(named: name) }
    let plain = normalised(name)
    if isReserved(plain) { return unit(named: plain) }
    let base = powerSuffix(of: plain) == nil ? plain : String(plain.dropLast())
    if hasStem(base, in: longStemNames, after: prefixNames) {
      return unit(named: plain)
    }
    guard let prefix = base.first, base.count > 1, "fpnumckMG".contains(prefix) else { return nil }
    let stem = String(base.dropFirst())
    return ["V", "A", "S", "F", "s", "Hz", "m", "M", "mol", "Ohm", "Ω"].contains(stem)
      ? unit(named: plain) : nil
  }

  /// Known names that a writer of `name` may have meant, best first, three at most.
  public static func suggestions(for name: String) -> [String] {
    let plain = normalised(name)
    guard plain.count <= 32 else { return [] }
    let wanted = plain.lowercased()
    let sameLetters = usualNames.filter { $0.lowercased() == wanted && $0 != plain }
    if !sameLetters.isEmpty { return Array(sameLetters.prefix(3)) }
    // One dictionary name in the plural or with a slip.
    return Spelling.nearest(to: plain, among: usualNames).map { [$0] } ?? []
  }

  /// `µ` and `μ` as `u`, the ohm sign as Omega.
  static func normalised(_ name: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\u{B5}", "\u{3BC}": scalars.append("u")
      case "\u{2126}": scalars.append("\u{3A9}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  private static func powerSuffix(of name: String) -> Double? {
    switch name.unicodeScalars.last {
    case "2": 2
    case "3": 3
    default: nil
    }
  }

  private static func unitWithoutPower(_ name: String) -> Unit? {
    if let unit = unprefixed[name] ?? stems[name] { return unit }
    for (prefix, power) in prefixes where name.hasPrefix(prefix) {
      if let stem = stems[String(name.dropFirst(prefix.count))] {
        return Unit(powerOfTen: stem.powerOfTen + power, dimension: stem.dimension)
      }
    }
    return nil
  }

  /// Whether a name is one of `stems`, or one with a prefix before it.
  private static func hasStem(
    _ name: String, in stems: Set<String>, after prefixes: [String]
  ) -> Bool {
    if stems.contains(name) { return true }
    return prefixes.contains { prefix in
      name.hasPrefix(prefix) && stems.contains(String(name.dropFirst(prefix.count)))
    }
  }
}

extension UnitTable {
  private static let prefixes: [(String, Double)] = [
    ("da", 1),
    ("q", -30), ("r", -27), ("y", -24), ("z", -21), ("a", -18), ("f", -15), ("p", -12), ("n", -9),
    ("u", -6), ("m", -3), ("c", -2), ("d", -1), ("h", 2), ("k", 3), ("M", 6), ("G", 9),
    ("T", 12), ("P", 15), ("E", 18), ("Z", 21), ("Y", 24), ("R", 27), ("Q", 30),
  ]

  /// The prefixes that Brian's equations know (litres take all).
  private static let prefixesOfBrian = [
    "y", "z", "a", "f", "p", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Z", "Y",
  ]

  private static let shortNamesOfBrian: Set<String> = [
    "mV", "mA", "uA", "nA", "pA", "pF", "uF", "nF", "nS", "uS", "mS", "ms", "us", "Hz", "kHz",
    "MHz", "cm", "cm2", "cm3", "mm", "mm2", "mm3", "um", "um2", "um3", "mM", "uM", "nM",
  ]

  private static let prefixNames = prefixes.map { $0.0 }
  private static let longStemNames = Set(longStems.keys)
  private static let litres: Set<String> = ["litre", "liter"]

  /// What takes no `2` or `3` at its end.
  private static let withoutPowers: Set<String> = [
    "litre", "liter", "l", "L", "min", "minute", "h", "hour",
  ]

  private static let mass = Dimension(mass: 1)
  private static let temperature = Dimension(temperature: 1)
  private static let substance = Dimension(substance: 1)
  private static let luminosity = Dimension(luminosity: 1)
  private static let energy = Dimension(length: 2, mass: 1, time: -2)
  private static let concentration = Dimension(length: -3, substance: 1)

  private static let unprefixedLongStems: [String: Unit] = [
    "kelvin": Unit(dimension: temperature),
    "kilogram": Unit(dimension: mass),
    "kilogramme": Unit(dimension: mass),
  ]

  private static let longStems: [String: Unit] = [
    "metre": Unit(dimension: .length), "meter": Unit(dimension: .length),
    "second": Unit(dimension: .time),
    "amp": Unit(dimension: .current), "ampere": Unit(dimension: .current),
    "mole": Unit(dimension: substance), "mol": Unit(dimension: substance),
    "candle": Unit(dimension: luminosity),
    "gram": Unit(powerOfTen: -3, dimension: mass),
    "gramme": Unit(powerOfTen: -3, dimension: mass),
    "molar": Unit(powerOfTen: 3, dimension: concentration),
    "radian": Unit(dimension: .one), "steradian": Unit(dimension: .one),
    "hertz": Unit(dimension: .frequency), "becquerel": Unit(dimension: .frequency),
    "newton": Unit(dimension: Dimension(length: 1, mass: 1, time: -2)),
    "pascal": Unit(dimension: Dimension(length: -1, mass: 1, time: -2)),
    "joule": Unit(dimension: energy),
    "watt": Unit(dimension: energy / .time),
    "coulomb": Unit(dimension: .current * .time),
    "volt": Unit(dimension: .voltage),
    "farad": Unit(dimension: .capacitance),
    "ohm": Unit(dimension: .voltage / .current),
    "siemens": Unit(dimension: .conductance),
    "weber": Unit(dimension: .voltage * .time),
    "tesla": Unit(dimension: Dimension(mass: 1, time: -2, current: -1)),
    "henry": Unit(dimension: Dimension(length: 2, mass: 1, time: -2, current: -2)),
    "lumen": Unit(dimension: luminosity),
    "lux": Unit(dimension: Dimension(length: -2, luminosity: 1)),
    "gray": Unit(dimension: Dimension(length: 2, time: -2)),
    "sievert": Unit(dimension: Dimension(length: 2, time: -2)),
    "katal": Unit(dimension: Dimension(time: -1, substance: 1)),
  ]

  private static let symbols: [String: String] = [
    "m": "metre", "s": "second", "A": "amp", "g": "gram", "M": "molar", "cd": "candle",
    "Hz": "hertz", "N": "newton", "Pa": "pascal", "J": "joule", "W": "watt", "C": "coulomb",
    "V": "volt", "F": "farad", "Ohm": "ohm", "\u{3A9}": "ohm", "S": "siemens", "Wb": "weber",
    "T": "tesla", "H": "henry", "lm": "lumen", "lx": "lux", "Bq": "becquerel", "Gy": "gray",
    "Sv": "sievert", "kat": "katal", "rad": "radian", "sr": "steradian", "candela": "candle",
    "sec": "second",
  ]

  /// All names without prefix that a prefix may stand before.
  private static let stems: [String: Unit] = {
    var all = longStems
    for (symbol, name) in symbols { all[symbol] = longStems[name] }
    for name in ["litre", "liter", "l", "L"] {
      all[name] = Unit(powerOfTen: -3, dimension: Dimension(length: 3))
    }
    all["K"] = Unit(dimension: temperature)
    all["kelvin"] = Unit(dimension: temperature)
    return all
  }()

  /// All names that no prefix may stand before.
  private static let unprefixed: [String: Unit] = {
    var all = unprefixedLongStems
    for name in ["min", "minute"] { all[name] = Unit(factor: 60, dimension: .time) }
    for name in ["h", "hour"] { all[name] = Unit(factor: 3600, dimension: .time) }
    return all
  }()

  /// The names that suggestions are drawn from, the likeliest in a neuron model first.
  static let usualNames: [String] = {
    var names: [String] = []
    for stem in ["V", "s", "S", "A", "F", "Hz", "m", "ohm", "M"] {
      for prefix in ["m", "n", "p", "u", "", "k", "M", "G", "c", "f"] {
        names.append(prefix + stem)
      }
    }
    names += ["cm2", "um2", "mm2", "kg", "mg", "mol", "mmol", "K", "J", "N", "W", "C", "min", "h"]
    return names + longStems.keys.sorted() + unprefixedLongStems.keys.sorted()
  }()
}
