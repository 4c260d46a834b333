import Foundation
import KernelABI
import RandomNumbers
import Testing

/// The header compiled by the system's compilers, as generated kernels are.
@Suite struct CompiledTests {
  private typealias Unary =
    @convention(c) (
      UnsafeMutablePointer<Double>, UnsafePointer<Double>, Int
    ) -> Void
  private typealias Binary =
    @convention(c) (
      UnsafeMutablePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>, Int
    ) -> Void
  private typealias Compare =
    @convention(c) (
      UnsafeMutablePointer<UInt8>, UnsafePointer<Double>, UnsafePointer<Double>, Int
    ) -> Void
  private typealias Select =
    @convention(c) (
      UnsafeMutablePointer<Double>, UnsafePointer<UInt8>, UnsafePointer<Double>,
      UnsafePointer<Double>, Int
    ) -> Void
  private typealias Random =
    @convention(c) (
      UnsafeMutablePointer<Double>, UInt64, UInt64, UInt64, UInt32, UnsafePointer<Double>, Int
    ) -> Void
  private typealias Flags =
    @convention(c) (UnsafeMutablePointer<UInt8>, UnsafePointer<Double>, Int) -> Void
  private typealias Masks =
    @convention(c) (
      UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt8>, UnsafePointer<UInt8>,
      UnsafePointer<UInt8>, UInt64
    ) -> UInt64

  /// The text that a kernel begins with, and a function around each operation.
  private static var source: String {
    var text = String(cString: coppice_kernel_math_source())
    let loop = "for (long i = 0; i < n; i += COPPICE_WIDTH)"
    for name in unaryNames {
      text += """

        void unary_\(name)(double *o, const double *a, long n) {
          \(loop) cv_store(o + i, cv_\(name)(cv_load(a + i)));
        }
        """
    }
    let operators = ["add": "x + y", "subtract": "x - y", "multiply": "x * y", "divide": "x / y"]
    for name in binaryNames {
      text += """

        void binary_\(name)(double *o, const double *a, const double *b, long n) {
          \(loop) {
            const cv_real x = cv_load(a + i), y = cv_loadu(b + i);
            cv_store(o + i, \(operators[name] ?? "cv_\(name)(x, y)"));
          }
        }
        """
    }
    for name in comparisonNames {
      text += """

        void compare_\(name)(uint8_t *o, const double *a, const double *b, long n) {
          \(loop) cv_storeFlags(o + i, cv_\(name)(cv_load(a + i), cv_load(b + i)));
        }
        """
    }
    for name in ["uniform", "normal", "poisson"] {
      let mean = name == "poisson" ? ", cv_load(mean + i)" : ""
      text += """

        void random_\(name)(double *o, uint64_t key, uint64_t neuron, uint64_t step,
                            uint32_t ordinal, const double *mean, long n) {
          (void)mean;
          \(loop) cv_store(o + i, cv_\(name)(key, neuron + i, step, ordinal\(mean)));
        }
        """
    }
    return text + """

      void select_lanes(double *o, const uint8_t *m, const double *a, const double *b, long n) {
        \(loop) cv_store(o + i, cv_select(cv_loadFlags(m + i), cv_load(a + i), cv_load(b + i)));
      }
      // Contraction would turn this into an fma.
      void apart(double *o, const double *a, const double *b, long n) {
        \(loop) cv_store(o + i, cv_load(a + i) * cv_load(b + i) + cv_load(a + i));
      }
      void together(double *o, const double *a, const double *b, long n) {
        \(loop) cv_store(o + i, cv_fma(cv_load(a + i), cv_load(b + i), cv_load(a + i)));
      }
      void notMinusZero(uint8_t *o, const double *a, long n) {
        \(loop) cv_storeFlags(o + i, cv_isNotMinusZero(cv_load(a + i)));
      }
      uint64_t masks(uint64_t *bits, uint8_t *o, const uint8_t *a, const uint8_t *b, uint64_t bit) {
        const cv_mask x = cv_loadFlags(a), y = cv_loadFlags(b);
        cv_bits p = cv_bitsSet(cv_loadBits(bits), x, bit);
        cv_storeFlags(o, cv_bitsTest(p, bit));
        p = cv_bitsClear(p, y, bit);
        cv_storeBits(bits, p);
        o += COPPICE_WIDTH;
        cv_storeFlags(o, cv_or(cv_andNot(x, y), cv_and(cv_not(x), y)));
        o += COPPICE_WIDTH;
        cv_storeFlags(o, cv_and(cv_maskOf(cv_maskBits(x)), cv_or(cv_true(), cv_false())));
        return cv_bitsOr(p) << 1 | (uint64_t)(cv_any(cv_and(x, y)) != 0);
      }
      int width(void) { return COPPICE_WIDTH; }

      """
  }

  private func compiled(
    by compiler: SystemCompiler, for target: String, level: String, in folder: TemporaryFolder
  ) throws -> Library? {
    let source = folder.url.appendingPathComponent("kernel-\(target).c")
    try Data(Self.source.utf8).write(to: source)
    let library = folder.url.appendingPathComponent("kernel-\(target)\(level).so")
    let flags = try #require(SystemCompiler.targets[target])
    let complaint = try compiler.compile(source, to: library, arguments: flags + [level])
    #expect(complaint == nil, "\(compiler.name) \(target): \(complaint ?? "")")
    guard complaint == nil, coppice_isa_available(target) == 1 else { return nil }
    return try Library(library)
  }

  @Test(
    .enabled(if: !SystemCompiler.all.isEmpty, "no C compiler is installed"),
    arguments: SystemCompiler.all, ["-O2", "-O3"])
  func `Compiled kernels have the bits of the portable operations`(
    compiler: SystemCompiler, level: String
  ) throws {
    let folder = try TemporaryFolder()
    let baseline = try #require(Operations.available.first)
    var seen = 0
    // All are compiled; those that this processor can run are run.
    for (target, width) in [("baseline", 2), ("avx2", 4), ("avx512", 8)] {
      guard let library = try compiled(by: compiler, for: target, level: level, in: folder)
      else { continue }
      seen += 1
      let lanes = try #require(
        library.function("width", as: (@convention(c) () -> Int32).self))
      #expect(lanes() == width)
      try expectEqualFunctions(library, baseline, "\(compiler.name) \(level) \(target)")
      try expectEqualRandom(library, baseline, "\(compiler.name) \(level) \(target)")
      try expectMasks(library, width: width)
    }
    #expect(seen > 0)
  }

  private func expectEqualFunctions(
    _ library: Library, _ baseline: Operations, _ title: String
  ) throws {
    let a = Lanes(edges + wildNumbers(8_000, seed: 21))
    let b = Lanes(edges.reversed() + wildNumbers(8_000, seed: 22))
    let out = Lanes(count: a.count)
    for (place, name) in unaryNames.enumerated() {
      let function = try #require(library.function("unary_\(name)", as: Unary.self))
      flushingDenormals { function(out.start, a.start, a.count) }
      let want = baseline.unary(unaryOperation(place), a)
      if let difference = firstDifference(want, out) {
        Issue.record("\(title): \(name)(\(a.start[difference])) is \(out.start[difference])")
      }
    }
    for (place, name) in binaryNames.enumerated() {
      let function = try #require(library.function("binary_\(name)", as: Binary.self))
      flushingDenormals { function(out.start, a.start, b.start, a.count) }
      let difference = firstDifference(baseline.binary(binaryOperation(place), a, b), out)
      #expect(difference == nil, "\(title): \(name)")
    }
    for (place, name) in comparisonNames.enumerated() {
      let function = try #require(library.function("compare_\(name)", as: Compare.self))
      let select = try #require(library.function("select_lanes", as: Select.self))
      var flags = [UInt8](repeating: 9, count: a.count)
      flushingDenormals { function(&flags, a.start, b.start, a.count) }
      #expect(flags == baseline.compare(comparison(place), a, b), "\(title): \(name)")
      select(out.start, flags, a.start, b.start, a.count)
      #expect(firstDifference(baseline.select(flags, a, b), out) == nil, "\(title): selection")
    }
    let notMinusZero = try #require(library.function("notMinusZero", as: Flags.self))
    var flags = [UInt8](repeating: 9, count: a.count)
    flushingDenormals { notMinusZero(&flags, a.start, a.count) }
    #expect(flags == (0..<a.count).map { a.start[$0].bitPattern == (-0.0).bitPattern ? 0 : 1 })
    #expect(flags.contains(0), "the points have no -0.0")
    let apart = try #require(library.function("apart", as: Binary.self))
    flushingDenormals { apart(out.start, a.start, b.start, a.count) }
    let rounded = baseline.binary(COPPICE_ADD, baseline.binary(COPPICE_MULTIPLY, a, b), a)
    #expect(firstDifference(rounded, out) == nil, "\(title) contracts a product and a sum")
    let together = try #require(library.function("together", as: Binary.self))
    flushingDenormals { together(out.start, a.start, b.start, a.count) }
    #expect(firstDifference(baseline.fma(a, b, a), out) == nil, "\(title): fma")
    #expect(firstDifference(rounded, out) != nil, "the points do not tell an fma")
  }

  private func expectEqualRandom(
    _ library: Library, _ baseline: Operations, _ title: String
  ) throws {
    let draw = Draw(key: 0xfeed_beef_0bad_cafe, neuron: 123_456, step: 1 << 33, ordinal: 5)
    var numbers = SplitMix(state: 30)
    let means = Lanes((0..<4_000).map { _ in numbers.scaled(-8...12, signed: false) })
    let out = Lanes(count: means.count)
    let want = [
      "uniform": baseline.uniform(draw, count: means.count),
      "normal": baseline.normal(draw, count: means.count),
      "poisson": baseline.poisson(draw, mean: means),
    ]
    for (name, values) in want {
      let function = try #require(library.function("random_\(name)", as: Random.self))
      flushingDenormals {
        function(
          out.start, draw.key, draw.neuron, draw.step, draw.ordinal, means.start, means.count)
      }
      #expect(firstDifference(values, out) == nil, "\(title): \(name)")
    }
  }

  private func expectMasks(_ library: Library, width: Int) throws {
    let masks = try #require(library.function("masks", as: Masks.self))
    var numbers = SplitMix(state: 31)
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    defer { storage.deallocate() }
    let bits = storage.initializeMemory(as: UInt64.self, repeating: 0, count: 8)
    for _ in 0..<200 {
      let a = (0..<width).map { _ in UInt8(numbers.next() & 1) }
      let b = (0..<width).map { _ in UInt8(numbers.next() & 1) }
      let bit = numbers.next() % 64
      let before = (0..<width).map { _ in numbers.next() }
      for lane in 0..<width { bits[lane] = before[lane] }
      var out = [UInt8](repeating: 9, count: 3 * width)
      let answer = masks(bits, &out, a, b, bit)
      let set = zip(before, a).map { $0 | UInt64($1) << bit }
      let cleared = zip(set, b).map { $0 & ~(UInt64($1) << bit) }
      #expect((0..<width).allSatisfy { bits[$0] == cleared[$0] })
      #expect(Array(out[..<width]) == set.map { UInt8($0 >> bit & 1) })
      #expect(Array(out[width..<(2 * width)]) == zip(a, b).map { $0 ^ $1 })
      #expect(Array(out[(2 * width)...]) == a)
      let both = zip(a, b).contains { $0 & $1 == 1 }
      #expect(answer == cleared.reduce(0, |) << 1 | (both ? 1 : 0))
    }
  }
}
