import Testing
import Units

@Suite struct QuantityTextTests {
  static let good: [(text: String, value: Double, dimension: Dimension)] = [
    ("-60 mV", -60 * 0.001, Dimension.voltage),
    ("-60mV", -60 * 0.001, .voltage),
    ("-60*mV", -60 * 0.001, .voltage),
    (" -60 * mV ", -60 * 0.001, .voltage),
    ("4.2 ms", 4.2 * 0.001, .time),
    ("0.81 nS", 0.81 * 1e-9, .conductance),
    ("82 Hz", 82, .frequency),
    ("1/ms", 1000, .frequency),
    ("1 / ms", 1000, .frequency),
    ("1.5", 1.5, .one),
    ("-0", -0.0, .one),
    ("+3e-2", 0.03, .one),
    (".5 s", 0.5, .time),
    ("5. s", 5, .time),
    ("1e3 pA", 1e3 * 1e-12, .current),
    ("1E3pA", 1e3 * 1e-12, .current),
    ("15 min", 900, .time),
    ("1 uF/cm^2", 0.01, .capacitance / Dimension(length: 2)),
    ("1 µF/cm2", 0.01, .capacitance / Dimension(length: 2)),
    ("1 μF/cm**2", 0.01, .capacitance / Dimension(length: 2)),
    ("1 uF/cm²", 0.01, .capacitance / Dimension(length: 2)),
    ("1*uF/(cm^2)", 0.01, .capacitance / Dimension(length: 2)),
    ("1 uF*cm^-2", 0.01, .capacitance / Dimension(length: 2)),
    ("1 uF*cm**(-2)", 0.01, .capacitance / Dimension(length: 2)),
    ("10 mS/cm^2", 100, .conductance / Dimension(length: 2)),
    ("10*mS/cm**2", 100, .conductance / Dimension(length: 2)),
    ("40 uS/cm^2", 0.4, .conductance / Dimension(length: 2)),
    ("150 ohm*cm", 1.5, .voltage / .current * .length),
    ("150 ohm·cm", 1.5, .voltage / .current * .length),
    ("2 ms^0.5", 2 * 1e-3.squareRoot(), Dimension(time: 0.5)),
    ("3 mM", 3, Dimension(length: -3, substance: 1)),
    ("2 1/s", 2, .frequency),
  ]

  @Test(arguments: good)
  func quantitiesAreNumberTimesScale(text: String, value: Double, dimension: Dimension) throws {
    let quantity = try Quantity(parsing: text)
    #expect(quantity.value.bitPattern == value.bitPattern)
    #expect(quantity.dimension == dimension)
  }

  @Test func compoundUnitsHaveTheNearestPowerOfTen() throws {
    // In f64, 1e-6/1e-4 is not 1e-2.
    #expect(1e-6 / 1e-4 != 1e-2)
    #expect(try Quantity(parsing: "1 uF/cm^2").value == 1e-2)
    #expect(try Quantity(parsing: "7 nS/um^2").value == 7 * 1e3)
  }

  /// The text with 1️⃣ before the fault, and the message.
  static let bad: [(marked: String, message: String)] = [
    ("1️⃣", "the text is empty where a quantity is due"),
    ("  1️⃣", "the text is empty where a quantity is due"),
    ("1️⃣inf", "`inf` is not a finite number"),
    ("1️⃣-inf mV", "`-inf mV` is not a finite number"),
    ("1️⃣nan", "`nan` is not a finite number"),
    ("1️⃣1e999 mV", "`1e999` is too large for a 64-bit number"),
    ("1️⃣1e-999 mV", "`1e-999` is too small for a 64-bit number"),
    ("1️⃣1e300 Ym", "`1e300 Ym` is too large for a 64-bit number"),
    ("1️⃣1e-310 ys", "`1e-310` is too small for a 64-bit number"),
    ("1️⃣1e-300 ys", "`1e-300 ys` is too small for a 64-bit number"),
    ("1️⃣0x10", "only decimal numbers are read here"),
    ("1️⃣mV", "`mV` does not begin with a number"),
    ("1️⃣--5 mV", "`--5 mV` does not begin with a number"),
    ("1️⃣−5 mV", "a typographic minus sign cannot be read"),
    ("5 1️⃣mv", "`mv` is not a known unit"),
    ("5 1️⃣HZ", "`HZ` is not a known unit"),
    ("5 1️⃣megavolts", "`megavolts` is not a known unit"),
    ("5 mV1️⃣,", "`,` cannot stand here"),
    ("1️⃣e3", "`e3` does not begin with a number"),
    ("11️⃣,5 mV", "`,` cannot stand here"),
    ("1 mV/1️⃣", "a unit is missing at the end"),
    ("1 *1️⃣", "a unit is missing at the end"),
    ("1 mV1️⃣)", "`)` cannot stand here"),
    ("1 1️⃣(mV", "`(` is never closed"),
    ("1 cm^1️⃣", "the text is empty where a quantity is due"),
    ("1 cm^1️⃣0.3", "powers of units are whole numbers or halves, up to 24"),
    ("1 cm^1️⃣99", "powers of units are whole numbers or halves, up to 24"),
    ("1 (1️⃣Ym^20)^20", "this power of a unit cannot be had"),
    ("1 1️⃣Ym^10*Ym^10", "the scale of this unit is out of range"),
    ("5 mV 1️⃣6 mV", "`6` cannot stand here"),
    ("5 ohm 1️⃣cm", "`c` cannot stand here"),
    ("5 1️⃣😀", "`😀` cannot stand here"),
  ]

  @Test(arguments: bad)
  func badTextsAreRefusedAtTheirPlace(marked: String, message: String) throws {
    let marker = try #require(marked.firstRange(of: "1️⃣"))
    let text = marked.replacing("1️⃣", with: "", maxReplacements: 1)
    let offset = marked[..<marker.lowerBound].unicodeScalars.count
    let error = #expect(throws: QuantityError.self) { try Quantity(parsing: text) }
    #expect(error?.message == message)
    #expect(error?.offset == offset)
    #expect(error?.text == text)
  }

  @Test func hintsNameTheUnitThatWasMeant() {
    let error = #expect(throws: QuantityError.self) { try Quantity(parsing: "5 mv") }
    #expect(error?.hint == "did you mean `mV` or `MV`?")
  }

  @Test func messagesSayWhatIsDue() throws {
    let wrong = #expect(throws: QuantityError.self) {
      try Quantity(parsing: "5 nS", as: .voltage)
    }
    #expect(
      wrong?.message == "`5 nS` is a conductance (S), where a voltage such as -60 mV is due")
    #expect(wrong?.hint == nil)
    let upper = #expect(throws: QuantityError.self) { try Quantity(parsing: "5 mS", as: .time) }
    #expect(upper?.message == "`5 mS` is a conductance (S), where a time such as 10 ms is due")
    #expect(upper?.hint == "did you mean `ms`?")
    let bare = #expect(throws: QuantityError.self) { try Quantity(parsing: "-60", as: .voltage) }
    #expect(bare?.message == "`-60` has no unit, where a voltage such as -60 mV is due")
    let number = #expect(throws: QuantityError.self) { try Quantity(parsing: "3 ms", as: .one) }
    #expect(number?.message == "`3 ms` is a time (s), where a plain number such as 1.5 is due")
    #expect(try Quantity(parsing: "-60 mV", as: .voltage).value == -0.06)
  }

  static let names: [(dimension: Dimension, name: String)] = [
    (Dimension.voltage, "voltage (V)"), (.current, "current (A)"),
    (.conductance, "conductance (S)"), (.time, "time (s)"), (.frequency, "frequency (Hz)"),
    (.capacitance, "capacitance (F)"), (.length, "length (m)"), (.one, "plain number"),
    (.conductance / Dimension(length: 2), "conductance per area (S/m^2)"),
    (Dimension(time: -0.5), "s^-0.5"), (Dimension(length: 2, mass: 3), "m^2*kg^3"),
  ]

  @Test(arguments: names)
  func dimensionsHaveNames(dimension: Dimension, name: String) {
    #expect(dimension.description == name)
  }

  @Test func describedQuantitiesReadBackTheSame() throws {
    var generator = SystemRandomNumberGenerator()
    let dimensions: [Dimension] = [
      .voltage, .current, .conductance, .one, .time, .conductance / Dimension(length: 2),
      Dimension(mass: 1), .voltage / .current * .length, Dimension(time: -0.5),
    ]
    for round in 0..<2_000 {
      let dimension = dimensions[round % dimensions.count]
      let exponent = Double(Int.random(in: -15...9, using: &generator))
      let value = Double.random(in: -1...1, using: &generator) * exponent.magnitude
      let quantity = Quantity(value * (exponent < 0 ? 1e-9 : 1), dimension)
      let text = quantity.description
      #expect(try Quantity(parsing: text) == quantity, "\(text)")
    }
    #expect(Quantity(-0.06, .voltage).description == "-60 mV")
    #expect(Quantity(4.2 * 0.001, .time).description == "4.2 ms")
    #expect(Quantity(810 * 1e-12, .conductance).description == "810 pS")
    #expect(Quantity(0, .current).description == "0 A")
    #expect(Quantity(1.5).description == "1.5")
  }

  @Test func garbageNeverTraps() {
    var generator = SystemRandomNumberGenerator()
    let pieces = [
      "1", "e", "E", "-", "+", ".", "mV", "ms", "cm", "^", "**", "*", "/", "(", ")", " ", "2", "99",
      "µ", "😀", "inf", "nan", "0x", "\u{0}", "\n", "e308", "²",
    ]
    var refused = 0
    for _ in 0..<5_000 {
      var text = ""
      for _ in 0..<Int.random(in: 0...12, using: &generator) {
        text += pieces.randomElement(using: &generator) ?? ""
      }
      do {
        let quantity = try Quantity(parsing: text)
        #expect(quantity.value.isFinite)
      } catch {
        #expect(!error.message.isEmpty)
        #expect(error.offset <= text.unicodeScalars.count)
        refused += 1
      }
    }
    #expect(refused > 1_000)
    for nested in [String(repeating: "(", count: 900), "1 " + String(repeating: "(", count: 900)] {
      #expect(throws: QuantityError.self) { try Quantity(parsing: nested) }
    }
  }
}
