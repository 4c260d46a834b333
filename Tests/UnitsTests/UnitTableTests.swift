import Testing
import Units

@Suite struct UnitTableTests {
  /// Name, power of ten and exponents (m kg s A K mol cd) of Brian 2.9's units.
  static let stems: [(name: String, power: Int, exponents: [Double])] = [
    ("metre", 0, [1, 0, 0, 0, 0, 0, 0]),
    ("meter", 0, [1, 0, 0, 0, 0, 0, 0]),
    ("second", 0, [0, 0, 1, 0, 0, 0, 0]),
    ("amp", 0, [0, 0, 0, 1, 0, 0, 0]),
    ("ampere", 0, [0, 0, 0, 1, 0, 0, 0]),
    ("mole", 0, [0, 0, 0, 0, 0, 1, 0]),
    ("mol", 0, [0, 0, 0, 0, 0, 1, 0]),
    ("candle", 0, [0, 0, 0, 0, 0, 0, 1]),
    ("gram", -3, [0, 1, 0, 0, 0, 0, 0]),
    ("gramme", -3, [0, 1, 0, 0, 0, 0, 0]),
    ("molar", 3, [-3, 0, 0, 0, 0, 1, 0]),
    ("radian", 0, [0, 0, 0, 0, 0, 0, 0]),
    ("steradian", 0, [0, 0, 0, 0, 0, 0, 0]),
    ("hertz", 0, [0, 0, -1, 0, 0, 0, 0]),
    ("newton", 0, [1, 1, -2, 0, 0, 0, 0]),
    ("pascal", 0, [-1, 1, -2, 0, 0, 0, 0]),
    ("joule", 0, [2, 1, -2, 0, 0, 0, 0]),
    ("watt", 0, [2, 1, -3, 0, 0, 0, 0]),
    ("coulomb", 0, [0, 0, 1, 1, 0, 0, 0]),
    ("volt", 0, [2, 1, -3, -1, 0, 0, 0]),
    ("farad", 0, [-2, -1, 4, 2, 0, 0, 0]),
    ("ohm", 0, [2, 1, -3, -2, 0, 0, 0]),
    ("siemens", 0, [-2, -1, 3, 2, 0, 0, 0]),
    ("weber", 0, [2, 1, -2, -1, 0, 0, 0]),
    ("tesla", 0, [0, 1, -2, -1, 0, 0, 0]),
    ("henry", 0, [2, 1, -2, -2, 0, 0, 0]),
    ("lumen", 0, [0, 0, 0, 0, 0, 0, 1]),
    ("lux", 0, [-2, 0, 0, 0, 0, 0, 1]),
    ("becquerel", 0, [0, 0, -1, 0, 0, 0, 0]),
    ("gray", 0, [2, 0, -2, 0, 0, 0, 0]),
    ("sievert", 0, [2, 0, -2, 0, 0, 0, 0]),
    ("katal", 0, [0, 0, -1, 0, 0, 1, 0]),
  ]

  static let prefixes: [(name: String, power: Int)] = [
    ("y", -24), ("z", -21), ("a", -18), ("f", -15), ("p", -12), ("n", -9), ("u", -6), ("m", -3),
    ("c", -2), ("d", -1), ("da", 1), ("h", 2), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15),
    ("E", 18), ("Z", 21), ("Y", 24),
  ]

  private func dimension(_ exponents: [Double]) -> Dimension {
    Dimension(
      length: exponents[0], mass: exponents[1], time: exponents[2], current: exponents[3],
      temperature: exponents[4], substance: exponents[5], luminosity: exponents[6])
  }

  @Test func everyUnitOfBrianIsKnownWithItsScaleAndReserved() throws {
    var count = 0
    for stem in UnitTableTests.stems {
      for prefix in [("", 0)] + UnitTableTests.prefixes {
        for (suffix, power) in [("", 1), ("2", 2), ("3", 3)] {
          let name = prefix.0 + stem.name + suffix
          let unit = try #require(UnitTable.unit(named: name), "\(name)")
          let ten = (stem.power + prefix.1) * power
          #expect(unit.scale == Double("1e\(ten)"), "\(name)")
          #expect(unit.dimension == dimension(stem.exponents.map { $0 * Double(power) }), "\(name)")
          #expect(UnitTable.equationUnit(named: name) == unit, "\(name)")
          let isReserved = UnitTable.isReserved(name)
          #expect(isReserved == !["c", "d", "da", "h"].contains(prefix.0), "\(name)")
          count += isReserved ? 1 : 0
        }
      }
    }
    for name in ["kelvin", "kilogram", "kilogramme"] {
      for suffix in ["", "2", "3"] {
        let unit = try #require(UnitTable.unit(named: name + suffix))
        #expect(unit.scale == 1)
        #expect(UnitTable.isReserved(name + suffix))
        count += 1
      }
    }
    for name in ["litre", "liter"] {
      for prefix in [("", 0)] + UnitTableTests.prefixes {
        let unit = try #require(UnitTable.unit(named: prefix.0 + name))
        #expect(unit.scale == Double("1e\(prefix.1 - 3)"))
        #expect(unit.dimension == Dimension(length: 3))
        #expect(UnitTable.isReserved(prefix.0 + name))
        #expect(!UnitTable.isReserved(prefix.0 + name + "2"))
        count += 1
      }
    }
    for alias in UnitTableTests.shortNames {
      #expect(UnitTable.isReserved(alias.name), "\(alias.name)")
      count += 1
    }
    #expect(count == 1_711, "the 1710 names of Brian 2.9, and mS")
  }

  /// Short names of Brian and what they stand for.
  static let shortNames: [(name: String, long: String)] = [
    ("mV", "mvolt"), ("mA", "mamp"), ("uA", "uamp"), ("nA", "namp"), ("pA", "pamp"),
    ("pF", "pfarad"), ("uF", "ufarad"), ("nF", "nfarad"), ("nS", "nsiemens"), ("uS", "usiemens"),
    ("mS", "msiemens"), ("ms", "msecond"), ("us", "usecond"), ("Hz", "hertz"), ("kHz", "khertz"),
    ("MHz", "Mhertz"), ("cm", "cmetre"), ("cm2", "cmetre2"), ("cm3", "cmetre3"), ("mm", "mmetre"),
    ("mm2", "mmetre2"), ("mm3", "mmetre3"), ("um", "umetre"), ("um2", "umetre2"),
    ("um3", "umetre3"), ("mM", "mmolar"), ("uM", "umolar"), ("nM", "nmolar"),
  ]

  /// Names of quantities that equations leave free.
  static let symbols: [(name: String, long: String)] = [
    ("V", "volt"), ("kV", "kvolt"), ("s", "second"), ("ns", "nsecond"), ("A", "amp"),
    ("S", "siemens"), ("GS", "Gsiemens"), ("F", "farad"), ("fF", "ffarad"), ("m", "metre"),
    ("nm", "nmetre"), ("m2", "metre2"), ("g", "gram"), ("kg", "kilogram"), ("K", "kelvin"),
    ("mol", "mole"), ("umol", "umole"), ("M", "molar"), ("N", "newton"), ("Pa", "pascal"),
    ("J", "joule"), ("W", "watt"), ("C", "coulomb"), ("pC", "pcoulomb"), ("Wb", "weber"),
    ("T", "tesla"), ("H", "henry"), ("lm", "lumen"), ("lx", "lux"), ("Bq", "becquerel"),
    ("Gy", "gray"), ("Sv", "sievert"), ("kat", "katal"), ("rad", "radian"), ("sr", "steradian"),
    ("cd", "candle"), ("Ohm", "ohm"), ("MOhm", "Mohm"), ("kΩ", "kohm"), ("M\u{2126}", "Mohm"),
    ("L", "litre"), ("ml", "mlitre"), ("GHz", "Ghertz"), ("µV", "uvolt"), ("μV", "uvolt"),
    ("µs", "usecond"), ("μS", "usiemens"), ("µm2", "umetre2"), ("µF", "ufarad"),
    ("dam", "dametre"), ("dA", "damp"), ("daA", "daamp"), ("Qs", "Qsecond"),
  ]

  @Test func symbolsStandForTheirLongNames() throws {
    for (name, long) in UnitTableTests.shortNames + UnitTableTests.symbols {
      let unit = try #require(UnitTable.unit(named: name), "\(name)")
      #expect(unit == UnitTable.unit(named: long), "\(name)")
    }
    for symbol in UnitTableTests.symbols where symbol.name != "mol" && symbol.name != "umol" {
      #expect(!UnitTable.isReserved(symbol.name), "\(symbol.name)")
    }
  }

  @Test func minutesAndHoursAreTimesInQuantities() throws {
    #expect(UnitTable.unit(named: "min")?.scale == 60)
    #expect(UnitTable.unit(named: "h")?.scale == 3600)
    #expect(UnitTable.unit(named: "hour")?.dimension == .time)
    #expect(UnitTable.unit(named: "kmin") == nil)
    #expect(UnitTable.unit(named: "min2") == nil)
  }

  @Test(arguments: ["mv", "MV2x", "", "2", "m m", "mili", "litre2", "xyz", "mmV", "µ", "MILLIVOLT"])
  func unknownNamesAreNoUnits(name: String) {
    #expect(UnitTable.unit(named: name) == nil)
  }

  @Test func bareLettersAreNoUnitsOfEquations() {
    for name in ["m", "s", "V", "A", "S", "F", "g", "K", "N", "h", "Em", "Pm", "Th", "V2"] {
      #expect(UnitTable.equationUnit(named: name) == nil, "\(name)")
    }
    #expect(UnitTable.equationUnit(named: "ns")?.scale == 1e-9)
    #expect(UnitTable.equationUnit(named: "µV")?.scale == 1e-6)
  }

  @Test func suggestionsMendCaseAndSlips() {
    #expect(UnitTable.suggestions(for: "mv") == ["mV", "MV"])
    #expect(UnitTable.suggestions(for: "MS").contains("mS"))
    #expect(UnitTable.suggestions(for: "MS").contains("ms"))
    #expect(UnitTable.suggestions(for: "hz") == ["Hz"])
    #expect(UnitTable.suggestions(for: "seconds") == ["second"])
    #expect(UnitTable.suggestions(for: "qqqqqq").isEmpty)
  }
}
