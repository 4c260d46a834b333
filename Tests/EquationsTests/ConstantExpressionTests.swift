import Equations
import Testing
import Units

@Suite struct ConstantExpressionTests {
  static let constants: [String: Quantity] = [
    "neurons": Quantity(100_000), "ec_rate": Quantity(82, .frequency), "na_scale": Quantity(0.5),
    "m": Quantity(4), "tau": Quantity(0.02, .time), "zero": Quantity(0), "N": Quantity(7),
  ]

  static let good: [(text: String, value: Double, dimension: Dimension)] = [
    ("-60 mV", -60 * 0.001, .voltage), ("-60*mV", -60 * 0.001, .voltage),
    ("neurons", 100_000, .one), ("50/neurons", 50 / 100_000, .one),
    ("min(1, 50/neurons)", 50 / 100_000, .one), ("max(1, 2, 3)", 3, .one),
    ("0.5*82*Hz", 0.5 * 82, .frequency), ("0.5*ec_rate", 41, .frequency),
    ("10*mS/cm**2", 100, .conductance / Dimension(length: 2)),
    ("na_scale*10*mS/cm**2", 0.5 * 10 * 0.001 / 1e-4, .conductance / Dimension(length: 2)),
    ("na_scale*(10*mS)/cm^2", 0.5 * (10 * 0.001) / 1e-4, .conductance / Dimension(length: 2)),
    ("na_scale*(uF/cm**2)", 0.5 * 1e-2, .capacitance / Dimension(length: 2)),
    ("2*m", 8, .one), ("2 m", 2, .length), ("m*um", 4 * 1e-6, .length),
    ("1/tau", 1 / 0.02, .frequency), ("exp(1)", 2.718281828459045, .one),
    ("sqrt(4*mV**2)", (4 * 1e-6).squareRoot(), .voltage),
    ("-2**2", -4, .one), ("7 // 2", 3, .one), ("-7 // 2", -4, .one), ("-7 % 3", 2, .one),
    ("2**10", 1_024, .one), ("abs(-3)", 3, .one), ("clip(5, 0, 1)", 1, .one),
    ("int(2.9)", 2, .one), ("floor(-0.5)", -1, .one), ("sign(-3*mV)", -1, .one),
    ("timestep(0.25*ms, 0.1*ms)", 2, .one), ("pi", .pi, .one), ("N + 1", 8, .one),
    ("int(neurons > 10)", 1, .one), ("1 s", 1, .time), ("3*s", 3, .time),
    ("(2 + 1)*kV", 3e3, .voltage),
    ("exprel(0)", 1, .one), ("tau/ms", 0.02 / 0.001, .one),
  ]

  @Test(arguments: good)
  func constantsAreComputedInOrder(text: String, value: Double, dimension: Dimension) throws {
    let quantity = try ConstantExpression.evaluate(
      text, constants: ConstantExpressionTests.constants)
    #expect(quantity.value.bitPattern == value.bitPattern)
    #expect(quantity.dimension == dimension)
  }

  static let bad: [(marked: String, message: String)] = [
    ("1️⃣", "an expression is missing here"),
    ("1️⃣neuron", "`neuron` is neither a constant nor a unit"),
    ("2*1️⃣neuronss", "`neuronss` is neither a constant nor a unit"),
    ("50 1️⃣mv", "`mv` is not a known unit"),
    ("2 * 3 1️⃣mV", "an operator is missing before `mV`"),
    ("1/1️⃣zero", "`zero` is zero, and nothing can be divided by it"),
    ("1 % 1️⃣zero", "`zero` is zero, and nothing can be divided by it"),
    ("1️⃣exp(1000)", "`exp(1000)` is not a finite number"),
    ("1️⃣1e300*1e300", "`1e+300*1e+300` is not a finite number"),
    ("1️⃣log(0)", "`log(0)` is not a finite number"),
    ("1️⃣sqrt(-1)", "`sqrt(-1)` is not a finite number"),
    ("1️⃣1e999", "`1e999` is too large for a 64-bit number"),
    ("1️⃣rand()", "`rand` is random; a constant is due here"),
    ("2*1️⃣t", "`t` changes during a run; a constant is due here"),
    ("1️⃣neurons > 3", "`neurons > 3` is a condition, where a number or a quantity is due"),
    ("1️⃣(1 < 2) + 1", "`1 < 2` is a condition, where a number is due"),
    (
      "1*mV + 1️⃣2*nS",
      "`+` needs operands of one dimension: `1*mV` is a voltage (V), `2*nS` is a conductance (S)"
    ),
    ("exp(1️⃣2*mV)", "`exp` needs a plain number, and `2*mV` is a voltage (V)"),
    ("mV**1️⃣2000", "the exponent of a quantity is out of range"),
    ("2**1️⃣mV", "an exponent is a plain number, and `mV` is a voltage (V)"),
    ("1️⃣nope(3)", "there is no function `nope`"),
    ("1️⃣min(1)", "`min` takes 2 or more arguments, not 1"),
    ("1️⃣inf", "`inf` is neither a constant nor a unit"),
    ("1️⃣nan", "`nan` is neither a constant nor a unit"),
  ]

  @Test(arguments: bad)
  func badConstantsAreRefused(marked: String, message: String) throws {
    let marker = try #require(marked.firstRange(of: "1️⃣"))
    let text = marked.replacing("1️⃣", with: "", maxReplacements: 1)
    let error = #expect(throws: EquationError.self) {
      try ConstantExpression.evaluate(text, constants: ConstantExpressionTests.constants)
    }
    #expect(error?.message == message)
    #expect(error?.span.offset == marked[..<marker.lowerBound].unicodeScalars.count)
  }
}
