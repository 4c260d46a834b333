#if arch(x86_64)

  import Glibc
  import KernelABI
  import RandomNumbers
  import Testing

  /// Where a function is tried, how far off it may be, and what it should give.
  struct AccuracyCase: CustomTestStringConvertible, Sendable {
    /// Where the points lie: evenly, or evenly over the powers of two.
    enum Points: Sendable {
      case even(ClosedRange<Double>)
      case scaled(ClosedRange<Double>, signed: Bool)
    }

    let function: String
    let points: Points
    /// In units of the last place of the true result.
    let limit: Double
    let reference: @Sendable (Float80) -> Float80

    var testDescription: String { "\(function) over \(points)" }

    init(
      _ function: String, _ points: Points, below limit: Double,
      _ reference: @escaping @Sendable (Float80) -> Float80
    ) {
      self.function = function
      self.points = points
      self.limit = limit
      self.reference = reference
    }

    func draw(_ count: Int) -> [Double] {
      var numbers = SplitMix(state: 7)
      return (0..<count).map { _ in
        switch points {
        case .even(let range): numbers.uniform(range)
        case .scaled(let exponents, let signed): numbers.scaled(exponents, signed: signed)
        }
      }
    }

    static let all: [AccuracyCase] = exponential + logarithmic + circular + hyperbolic + exact

    private static let exponential: [AccuracyCase] = [
      .init("exp", .even(-708...709.7), below: 0.95) { expl($0) },
      .init("exp", .even(-1...1), below: 0.95) { expl($0) },
      .init("exp", .scaled(-70...0, signed: true), below: 0.95) { expl($0) },
      .init("exp2", .even(-1022...1023.99), below: 1) { exp2l($0) },
      .init("exp2", .even(-1.5...1.5), below: 1) { exp2l($0) },
      .init("exp2", .scaled(-70...0, signed: true), below: 1) { exp2l($0) },
      .init("expm1", .even(-45...709.7), below: 1.2) { expm1l($0) },
      .init("expm1", .even(-2...2), below: 1.2) { expm1l($0) },
      .init("expm1", .scaled(-100...1, signed: true), below: 1.2) { expm1l($0) },
      .init("exprel", .even(-700...716), below: 1.3) { $0 == 0 ? 1 : expm1l($0) / $0 },
      .init("exprel", .scaled(-60...2, signed: true), below: 1.3) { expm1l($0) / $0 },
    ]

    private static let logarithmic: [AccuracyCase] = [
      .init("log", .scaled(-1021...1022, signed: false), below: 0.9) { logl($0) },
      .init("log", .even(0.5...2), below: 0.9) { logl($0) },
      .init("log10", .scaled(-1021...1022, signed: false), below: 0.8) { log10l($0) },
      .init("log10", .even(0.5...2), below: 0.8) { log10l($0) },
      .init("log1p", .even(-0.999999...3), below: 0.9) { log1pl($0) },
      .init("log1p", .scaled(-100...1022, signed: false), below: 0.9) { log1pl($0) },
    ]

    private static let circular: [AccuracyCase] = [
      .init("sin", .even(-0x1p20...0x1p20), below: 0.9) { sinl($0) },
      .init("sin", .even(-7...7), below: 0.9) { sinl($0) },
      .init("sin", .scaled(20...62, signed: true), below: 0.9) { sinl($0) },
      .init("cos", .even(-0x1p20...0x1p20), below: 0.9) { cosl($0) },
      .init("cos", .even(-7...7), below: 0.9) { cosl($0) },
      .init("cos", .scaled(20...62, signed: true), below: 0.9) { cosl($0) },
      .init("tan", .even(-0x1p20...0x1p20), below: 1.1) { tanl($0) },
      .init("tan", .even(-7...7), below: 1.1) { tanl($0) },
      .init("arcsin", .even(-1...1), below: 0.8) { asinl($0) },
      .init("arcsin", .scaled(-60 ... -2, signed: true), below: 0.8) { asinl($0) },
      .init("arccos", .even(-1...1), below: 0.8) { acosl($0) },
      .init("arctan", .even(-6...6), below: 0.8) { atanl($0) },
      .init("arctan", .scaled(-100...100, signed: true), below: 0.8) { atanl($0) },
    ]

    private static let hyperbolic: [AccuracyCase] = [
      .init("sinh", .even(-710...710), below: 1) { sinhl($0) },
      .init("sinh", .scaled(-100...3, signed: true), below: 1) { sinhl($0) },
      .init("cosh", .even(-710...710), below: 1) { coshl($0) },
      .init("cosh", .even(-3...3), below: 1) { coshl($0) },
      .init("tanh", .even(-20...20), below: 1.2) { tanhl($0) },
      .init("tanh", .scaled(-50...3, signed: true), below: 1.2) { tanhl($0) },
    ]

    private static let exact: [AccuracyCase] = [
      .init("squareRoot", .scaled(-1020...1020, signed: false), below: 0.5001) { sqrtl($0) },
      .init("floor", .even(-10...10), below: 1e-9) { floorl($0) },
      .init("ceil", .even(-10...10), below: 1e-9) { ceill($0) },
      .init("truncate", .even(-10...10), below: 1e-9) { truncl($0) },
      .init("negate", .even(-10...10), below: 1e-9) { -$0 },
      .init("absolute", .even(-10...10), below: 1e-9) { fabsl($0) },
    ]
  }

  /// How far a result is from the truth, in units of the last place of a double there.
  func unitsInTheLastPlace(_ got: Double, _ want: Float80) -> Double {
    if want.isNaN { return got.isNaN ? 0 : .infinity }
    // Below 2^-1022 results are flushed; beyond the last double but half a unit they overflow.
    if abs(want) < 0x1p-1022 { return abs(got) <= 0x1p-1022 ? 0 : .infinity }
    if abs(want) >= 0x1.fffffffffffff8p+1023 || got.isInfinite {
      return Double(want) == got ? 0 : .infinity
    }
    let unit = Float80(sign: .plus, exponent: want.exponent - 52, significand: 1)
    return Double(abs(Float80(got) - want) / unit)
  }

  @Suite struct AccuracyTests {
    @Test(arguments: AccuracyCase.all)
    func `Functions keep their limits of error`(trial: AccuracyCase) throws {
      let place = try #require(unaryNames.firstIndex(of: trial.function))
      let operations = try #require(Operations.available.last)
      let points = Lanes(trial.draw(100_000))
      let results = operations.unary(unaryOperation(place), points)
      var worst = (error: 0.0, at: 0.0)
      for (x, y) in zip(points.values, results.values) {
        let error = unitsInTheLastPlace(y, trial.reference(Float80(x)))
        if error > worst.error { worst = (error, x) }
      }
      #expect(worst.error < trial.limit, "\(trial.function)(\(worst.at)) by \(operations.name)")
    }

    @Test(arguments: [-1022...1023.99, -1.5...1.5])
    func `2^x as a quotient keeps its limit of error`(range: ClosedRange<Double>) throws {
      let over = try #require(unaryNames.firstIndex(of: "exp2Numerator"))
      let under = try #require(unaryNames.firstIndex(of: "exp2Denominator"))
      let operations = try #require(Operations.available.last)
      var numbers = SplitMix(state: 11)
      let points = Lanes((0..<100_000).map { _ in numbers.uniform(range) })
      let numerators = operations.unary(unaryOperation(over), points)
      let denominators = operations.unary(unaryOperation(under), points)
      var worst = (error: 0.0, at: 0.0)
      for (x, (n, d)) in zip(points.values, zip(numerators.values, denominators.values)) {
        #expect(d > 0.8 && d < 1.2)
        let quotient = Float80(n) / Float80(d)
        let truth = exp2l(Float80(x))
        let error = Double(abs(quotient / truth - 1)) * 0x1p53
        if error > worst.error { worst = (error, x) }
      }
      #expect(worst.error < 2, "\(worst.at) by \(operations.name)")
      #expect(worst.error > 0.5)
    }

    @Test(arguments: [0, 1, 2, 3])
    func `Powers keep their limit of error`(kind: Int) throws {
      var numbers = SplitMix(state: 11)
      let points: [(Double, Double)] = (0..<100_000).map { _ in
        switch kind {
        case 0: (numbers.uniform(0...10), numbers.uniform(-300...300))
        case 1: (numbers.scaled(-1021...1022, signed: false), numbers.uniform(-1...1))
        case 2: (numbers.uniform(0.9...1.1), numbers.uniform(-7000...7000))
        default: (numbers.uniform(-8...8), numbers.uniform(-30...30).rounded())
        }
      }
      let operations = try #require(Operations.available.last)
      let results = operations.binary(
        COPPICE_POWER, Lanes(points.map(\.0)), Lanes(points.map(\.1)))
      var worst = (error: 0.0, at: (0.0, 0.0))
      for (point, result) in zip(points, results.values) {
        let error = unitsInTheLastPlace(result, powl(Float80(point.0), Float80(point.1)))
        if error > worst.error { worst = (error, point) }
      }
      #expect(worst.error < 1, "\(worst.at)")
    }

    @Test func `Functions treat the edges as C does`() throws {
      let points = Lanes(edges.filter { !$0.isSubnormal })
      let functions: [(String, (Float80) -> Float80)] = [
        ("exp", expl), ("exp2", exp2l), ("log", logl), ("log10", log10l), ("expm1", expm1l),
        ("log1p", log1pl),
        ("sin", sinl), ("cos", cosl), ("tan", tanl), ("arcsin", asinl), ("arccos", acosl),
        ("arctan", atanl), ("sinh", sinhl), ("cosh", coshl), ("tanh", tanhl),
        ("squareRoot", sqrtl), ("floor", floorl), ("ceil", ceill), ("truncate", truncl),
      ]
      for operations in Operations.available {
        for (name, reference) in functions {
          let place = try #require(unaryNames.firstIndex(of: name))
          let results = operations.unary(unaryOperation(place), points)
          for (x, y) in zip(points.values, results.values) {
            // Angles of 10^300 are beyond what the reference reduces.
            if ["sin", "cos", "tan"].contains(name), abs(x) > 0x1p62, x.isFinite { continue }
            let want = reference(Float80(x))
            #expect(unitsInTheLastPlace(y, want) < 1.2, "\(name)(\(x)) is \(y), not \(want)")
            if !want.isNaN { #expect(y.sign == want.sign, "\(name)(\(x)) is \(y)") }
          }
        }
      }
    }

    @Test func `Huge angles are reduced exactly`() throws {
      let operations = try #require(Operations.available.last)
      let points = Lanes([1e22, 0x1p1023, 1.7976931348623157e308, 0x1.921fb54442d18p+500])
      let sines = operations.unary(COPPICE_SIN, points).values
      let cosines = operations.unary(COPPICE_COS, points).values
      // sin 1e22 and sin of the largest double are known from arithmetic of many digits.
      #expect(sines[0] == -0.8522008497671888)
      #expect(cosines[0] == 0.523214785395139)
      #expect(sines[2] == 0.004961954789184062)
      #expect(cosines[2] == -0.9999876894265599)
      for place in 0..<4 {
        let sum = sines[place] * sines[place] + cosines[place] * cosines[place]
        #expect(abs(sum - 1) < 1e-15)
      }
    }

    @Test func `Powers treat the edges as C does`() {
      let numbers = edges.filter { !$0.isSubnormal }
      let pairs = numbers.flatMap { x in numbers.map { (x, $0) } }
      for operations in Operations.available {
        let results = operations.binary(
          COPPICE_POWER, Lanes(pairs.map(\.0)), Lanes(pairs.map(\.1)))
        for ((x, y), result) in zip(pairs, results.values) {
          let want = powl(Float80(x), Float80(y))
          let error = unitsInTheLastPlace(result, want)
          #expect(error < 1, "\(x) to the power of \(y) is \(result), not \(want)")
          if !want.isNaN { #expect(result.sign == want.sign, "\(x) to the power of \(y)") }
        }
      }
    }
  }

#endif
