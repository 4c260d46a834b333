import Foundation
import KernelABI
import RandomNumbers
import Testing

/// The mathematics of single precision: its errors, and its bits on all processors and compilers.
@Suite struct SingleTests {
  /// How far a result is from the truth, in units of the last place of a float there.
  private func unitsInTheLastPlace(_ got: Float, _ want: Double) -> Double {
    if want.isNaN { return got.isNaN ? 0 : .infinity }
    if abs(want) < 0x1p-126 { return abs(got) <= 0x1p-126 ? 0 : .infinity }
    if abs(want) >= 0x1.ffffffp+127 || got.isInfinite { return Float(want) == got ? 0 : .infinity }
    let unit = Double(sign: .plus, exponent: want.exponent - 23, significand: 1)
    return abs(Double(got) - want) / unit
  }

  private func worst(
    of name: String, over points: [Float], _ reference: (Double) -> Double
  ) throws -> (error: Double, at: Float) {
    let place = try #require(unaryNames.firstIndex(of: name))
    let operations = try #require(Operations.available.last)
    let lanes = Singles(points)
    let results = operations.unary(unaryOperation(place), lanes)
    var worst = (error: 0.0, at: Float(0))
    for (x, y) in zip(lanes.values, results.values) {
      let flushed = x.isSubnormal ? 0 : Double(x)
      let error = unitsInTheLastPlace(y, reference(flushed))
      if error > worst.error { worst = (error, x) }
    }
    return worst
  }

  @Test func `Exponentials and logarithms keep their limits over all floats`() throws {
    // Every 9,973rd float there is: of each binade 841.
    let all = stride(from: UInt32(0), to: .max - 9_973, by: 9_973).map(Float.init(bitPattern:))
    let exponential = try worst(of: "exp", over: all) { Foundation.exp($0) }
    #expect(exponential.error < 0.9, "exp(\(exponential.at))")
    let power = try worst(of: "exp2", over: all) { Foundation.exp2($0) }
    #expect(power.error < 0.9, "exp2(\(power.at))")
    let logarithm = try worst(of: "log", over: all) { Foundation.log($0) }
    #expect(logarithm.error < 0.9, "log(\(logarithm.at))")
  }

  @Test(arguments: ["exp", "log"])
  func `Functions keep their limits where they are used`(name: String) throws {
    var numbers = SplitMix(state: 41)
    let points = (0..<400_000).map { place -> Float in
      let x = place % 2 == 0 ? numbers.uniform(-87...88) : numbers.uniform(-1...1)
      return Float(name == "log" ? Foundation.exp(x) : x)
    }
    let found = try worst(of: name, over: points) {
      name == "log" ? Foundation.log($0) : Foundation.exp($0)
    }
    #expect(found.error < 0.9, "\(name)(\(found.at))")
    #expect(found.error > 0.5, "the points find no error at all")
  }

  @Test func `Other functions are rounded from those of doubles`() throws {
    let points = Singles.wild(20_000, seed: 42).values
    let functions: [(String, (Double) -> Double)] = [
      ("log10", log10), ("expm1", expm1), ("log1p", log1p), ("sin", sin), ("cos", cos),
      ("arcsin", asin), ("arccos", acos), ("arctan", atan), ("sinh", sinh), ("cosh", cosh),
      ("tanh", tanh), ("squareRoot", sqrt), ("floor", floor), ("ceil", ceil),
      ("truncate", trunc), ("negate", { -$0 }), ("absolute", abs),
    ]
    for (name, reference) in functions {
      let found = try worst(of: name, over: points, reference)
      #expect(found.error < 0.501, "\(name)(\(found.at))")
    }
  }

  @Test func `All operations have the same bits on all processors`() {
    let operations = Operations.available
    let a = Singles.wild(20_000, seed: 43), b = Singles.wild(20_000, seed: 44)
    let c = Singles.wild(20_000, seed: 45)
    let doubles = Lanes(edges + wildNumbers(20_000, seed: 46))
    let baseline = operations[0]
    for other in operations.dropFirst() {
      for (place, name) in unaryNames.enumerated() {
        let operation = unaryOperation(place)
        let same = baseline.unary(operation, a).bits == other.unary(operation, a).bits
        #expect(same, "\(name) on \(other.name)")
      }
      for (place, name) in binaryNames.enumerated() {
        let operation = binaryOperation(place)
        let same = baseline.binary(operation, a, b).bits == other.binary(operation, a, b).bits
        #expect(same, "\(name) on \(other.name)")
      }
      for (place, name) in comparisonNames.enumerated() {
        let want = baseline.compare(comparison(place), a, b)
        #expect(want == other.compare(comparison(place), a, b), "\(name) on \(other.name)")
        #expect(baseline.select(want, a, b).bits == other.select(want, a, b).bits)
      }
      #expect(baseline.fma(a, b, c).bits == other.fma(a, b, c).bits)
      #expect(baseline.narrow(doubles).bits == other.narrow(doubles).bits)
      #expect(firstDifference(baseline.widen(a), other.widen(a)) == nil)
    }
  }

  @Test func `Numbers are rounded to the nearest float, and come back exactly`() {
    let doubles = Lanes((edges + wildNumbers(20_000, seed: 47)).filter { !$0.isNaN })
    for operations in Operations.available {
      for (x, y) in zip(doubles.values, operations.narrow(doubles).values) {
        let want = x.isSubnormal ? 0 : Float(x)
        #expect(y == (want.isSubnormal ? 0 : want), "\(x) on \(operations.name)")
      }
      let singles = Singles(Singles.wild(20_000, seed: 48).values.filter { !$0.isNaN })
      for (x, y) in zip(singles.values, operations.widen(singles).values) {
        #expect(y == Double(x))
      }
    }
  }

  // MARK: As kernels are compiled

  private typealias Unary =
    @convention(c) (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  private typealias Binary =
    @convention(c) (
      UnsafeMutablePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, Int
    ) -> Void
  private typealias Mixed =
    @convention(c) (
      UnsafeMutablePointer<UInt8>, UnsafePointer<Float>, UnsafePointer<Double>, Int
    ) -> Void
  private typealias Draw =
    @convention(c) (UnsafeMutablePointer<Double>, UInt64, UInt64, UInt64, UInt32, Int) -> Void

  private static var source: String {
    // Of the mathematics of doubles only a part is used here.
    var text =
      "#ifdef __clang__\n#pragma clang diagnostic ignored \"-Wunused-function\"\n#endif\n"
      + String(cString: coppice_kernel_math_source())
      + String(cString: coppice_single_math_source())
    let loop = "for (long i = 0; i < n; i += COPPICE_LANES)"
    for name in unaryNames {
      text += """

        void unary_\(name)(float *o, const float *a, long n) {
          \(loop) cs_store(o + i, cs_\(name)(cs_load(a + i)));
        }
        """
    }
    let operators = ["add": "x + y", "subtract": "x - y", "multiply": "x * y", "divide": "x / y"]
    for name in binaryNames {
      text += """

        void binary_\(name)(float *o, const float *a, const float *b, long n) {
          \(loop) {
            const cs_real x = cs_load(a + i), y = cs_load(b + i);
            cs_store(o + i, \(operators[name] ?? "cs_\(name)(x, y)"));
          }
        }
        """
    }
    return text + """

      void together(float *o, const float *a, const float *b, long n) {
        \(loop) cs_store(o + i, cs_fma(cs_load(a + i), cs_load(b + i), cs_load(a + i)));
      }
      // A truth of doubles with one of floats, and a selection of each by it.
      void mixed(uint8_t *o, const float *a, const double *b, long n) {
        \(loop) {
          const cs_real x = cs_load(a + i);
          const cw_real y = cw_load(b + i), z = cw_widen(x);
          const cs_mask m = cs_and(cw_greater(y, z), cs_greater(x, cs_set(0)));
          const cs_mask n = cs_equal(cs_narrow(cw_select(m, y, z)), cs_select(m, cs_narrow(y), x));
          cs_storeFlags(o + i, cs_and(n, cs_or(m, cs_not(cw_lessOrEqual(z, y)))));
        }
      }
      void draw(double *o, uint64_t key, uint64_t first, uint64_t step, uint32_t ordinal, long n) {
        \(loop) cw_store(o + i, cw_normal(key, first + i, step, ordinal));
      }
      int lanes(void) { return COPPICE_LANES; }

      """
  }

  @Test(
    .enabled(if: !SystemCompiler.all.isEmpty, "no C compiler is installed"),
    arguments: SystemCompiler.all)
  func `Compiled kernels have the bits of the portable operations`(compiler: SystemCompiler) throws
  {
    let folder = try TemporaryFolder()
    let baseline = try #require(Operations.available.first)
    let source = folder.url.appendingPathComponent("single.c")
    try Data(Self.source.utf8).write(to: source)
    for (target, lanes) in [("baseline", 4), ("avx2", 8), ("avx512", 16)] {
      let file = folder.url.appendingPathComponent("single-\(target).so")
      let flags = try #require(SystemCompiler.targets[target])
      let complaint = try compiler.compile(source, to: file, arguments: flags + ["-O2"])
      #expect(complaint == nil, "\(compiler.name) \(target): \(complaint ?? "")")
      guard complaint == nil, coppice_isa_available(target) == 1 else { continue }
      let library = try Library(file)
      let width = try #require(library.function("lanes", as: (@convention(c) () -> Int32).self))
      #expect(width() == lanes)
      try expectEqual(library, baseline, "\(compiler.name) \(target)")
    }
  }

  private func expectEqual(_ library: Library, _ baseline: Operations, _ title: String) throws {
    let a = Singles.wild(8_000, seed: 51), b = Singles.wild(8_000, seed: 52)
    let out = Singles(count: a.count)
    for (place, name) in unaryNames.enumerated() {
      let function = try #require(library.function("unary_\(name)", as: Unary.self))
      flushingDenormals { function(out.start, a.start, a.count) }
      #expect(out.bits == baseline.unary(unaryOperation(place), a).bits, "\(title): \(name)")
    }
    for (place, name) in binaryNames.enumerated() {
      let function = try #require(library.function("binary_\(name)", as: Binary.self))
      flushingDenormals { function(out.start, a.start, b.start, a.count) }
      let want = baseline.binary(binaryOperation(place), a, b)
      #expect(out.bits == want.bits, "\(title): \(name)")
    }
    let together = try #require(library.function("together", as: Binary.self))
    flushingDenormals { together(out.start, a.start, b.start, a.count) }
    #expect(out.bits == baseline.fma(a, b, a).bits, "\(title): fma")
    try expectEqualMixtures(library, a, title)
    let draw = try #require(library.function("draw", as: Draw.self))
    let numbers = Lanes(count: a.count)
    flushingDenormals { draw(numbers.start, 99, 1 << 33, 7, 3, numbers.count) }
    let want = baseline.normal(
      .init(key: 99, neuron: 1 << 33, step: 7, ordinal: 3), count: numbers.count)
    #expect(firstDifference(want, numbers) == nil, "\(title): normal numbers")
  }

  private func expectEqualMixtures(_ library: Library, _ a: Singles, _ title: String) throws {
    var numbers = SplitMix(state: 53)
    let doubles = Lanes(a.values.map { Double($0) + numbers.uniform(-1...1) })
    let mixed = try #require(library.function("mixed", as: Mixed.self))
    var flags = [UInt8](repeating: 9, count: a.count)
    flushingDenormals { mixed(&flags, a.start, doubles.start, a.count) }
    let want = zip(a.values, doubles.values).map { x, y -> UInt8 in
      let y = y.isSubnormal ? 0 : y
      if x.isNaN { return 0 }
      let holds = y > Double(x) && x > 0
      return holds || !(Double(x) <= y) ? 1 : 0
    }
    #expect(flags == want, "\(title): masks of floats and doubles")
    #expect(flags.contains(0) && flags.contains(1))
  }
}
