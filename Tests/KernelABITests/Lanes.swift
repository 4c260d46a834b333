import KernelABI
import RandomNumbers

/// An array of doubles as the portable operations want it: aligned to 64 bytes, a multiple of 16 long.
final class Lanes {
  let count: Int
  let start: UnsafeMutablePointer<Double>

  init(count: Int) {
    self.count = (count + 15) / 16 * 16
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: self.count * MemoryLayout<Double>.stride, alignment: 64)
    start = bytes.initializeMemory(as: Double.self, repeating: 1, count: self.count)
  }

  /// The values, and ones up to the next multiple of 16.
  convenience init(_ values: [Double]) {
    self.init(count: values.count)
    for (place, value) in values.enumerated() { start[place] = value }
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }

  var values: [Double] { Array(UnsafeBufferPointer(start: start, count: count)) }
}

/// Runs the body as the engine does: with denormals flushed, in this thread only.
func flushingDenormals<Result>(_ body: () throws -> Result) rethrows -> Result {
  coppice_flush_denormals()
  defer { coppice_keep_denormals() }
  return try body()
}

/// The operations for one kind of processor, over Swift arrays.
struct Operations {
  let name: String
  let table: coppice_portable

  init?(named name: String) {
    guard let found = coppice_portable_named(name) else { return nil }
    self.name = name
    table = found.pointee
  }

  /// All that this processor can run; the baseline is always the first.
  static var available: [Operations] {
    ["baseline", "avx2", "avx512"].compactMap { Operations(named: $0) }
  }

  func unary(_ operation: coppice_unary, _ a: Lanes) -> Lanes {
    let out = Lanes(count: a.count)
    flushingDenormals { table.unary(operation, out.start, a.start, a.count) }
    return out
  }

  func binary(_ operation: coppice_binary, _ a: Lanes, _ b: Lanes) -> Lanes {
    let out = Lanes(count: a.count)
    flushingDenormals { table.binary(operation, out.start, a.start, b.start, a.count) }
    return out
  }

  func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes {
    let out = Lanes(count: a.count)
    flushingDenormals { table.fma(out.start, a.start, b.start, c.start, a.count) }
    return out
  }

  func compare(_ comparison: coppice_comparison, _ a: Lanes, _ b: Lanes) -> [UInt8] {
    var out = [UInt8](repeating: 2, count: a.count)
    out.withUnsafeMutableBufferPointer { out in
      flushingDenormals {
        table.compare(comparison, out.baseAddress, a.start, b.start, a.count)
      }
    }
    return out
  }

  func select(_ mask: [UInt8], _ a: Lanes, _ b: Lanes) -> Lanes {
    let out = Lanes(count: a.count)
    mask.withUnsafeBufferPointer { mask in
      table.select(out.start, mask.baseAddress, a.start, b.start, a.count)
    }
    return out
  }

  func uniform(_ draw: Draw, count: Int) -> Lanes {
    let out = Lanes(count: count)
    flushingDenormals {
      table.uniform(out.start, draw.key, draw.neuron, draw.step, draw.ordinal, out.count)
    }
    return out
  }

  func normal(_ draw: Draw, count: Int) -> Lanes {
    let out = Lanes(count: count)
    flushingDenormals {
      table.normal(out.start, draw.key, draw.neuron, draw.step, draw.ordinal, out.count)
    }
    return out
  }

  func poisson(_ draw: Draw, mean: Lanes) -> Lanes {
    let out = Lanes(count: mean.count)
    flushingDenormals {
      table.poisson(
        out.start, draw.key, draw.neuron, draw.step, draw.ordinal, mean.start, out.count)
    }
    return out
  }
}

/// Where in the space of random numbers the first lane stands.
struct Draw {
  var key: UInt64
  var neuron: UInt64 = 0
  var step: UInt64 = 0
  var ordinal: UInt32 = 0
}

extension SplitMix {
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    let unit = Double(next() >> 11) * 0x1p-53
    return range.lowerBound + (range.upperBound - range.lowerBound) * unit
  }

  /// Equally often from each power of two; of both signs if so wished.
  mutating func scaled(_ exponents: ClosedRange<Double>, signed: Bool) -> Double {
    let exponent = Int(uniform(exponents).rounded(.down))
    let size = Double(sign: .plus, exponent: exponent, significand: uniform(1...2))
    return signed && next() & 1 == 1 ? -size : size
  }
}

/// Numbers at which functions change their ways.
let edges: [Double] =
  [
    0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, 0.25, 10, 1000, 1e22, -1e22, 0x1p20,
    0x1p20.nextUp, -0x1p20.nextUp, 0x1p52, 0x1p52 + 1, 0x1p52 - 0.5, -0x1p52 + 0.5, 0x1p53,
    -0x1p53 + 1, 0x1p53 - 1, 1e300, -1e300, 1e-300, -1e-300, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, 0x1p-1022, -0x1p-1022, 0x1p-1022.nextDown, 0x1p-1030, -0x1p-1030,
    .leastNonzeroMagnitude, .infinity, -.infinity, .nan, .pi, -.pi, .pi / 2, .pi / 4, 1.0.nextUp,
    1.0.nextDown, -1.0.nextDown, -1.0.nextUp, 0x1p-54, -0x1p-54, 0x1p-28, -0x1p-28, 0x1p-27,
    0x1.62e42fefa39efp+9, 0x1.62e42fefa39efp+9.nextUp, -0x1.6232bdd7abcd2p+9,
    -0x1.6232bdd7abcd2p+9.nextDown, 710, 710.4, 710.5, -708, -709, 716, 716.3, 716.4, 717, 720, 721,
    -745, -746, 37.5, 20, -40, 0.42, 0.4142135623730951, 2.414213562373095, 2.42,
    0.7071067811865476,
    5, 10 - 1e-9, 0.075, 0.925, 1e-20,
    // where powers of two overflow, vanish, and are rounded to the next
    1024, 1024.0.nextDown, 1023.5, 1023.5.nextDown, 1023.5.nextUp, -1022, -1022.0.nextUp,
    -1022.0.nextDown, -1022.5, -1022.5.nextDown, -1023, -1074, -1075, 1.5, -1.5, 0.5.nextUp,
    -0.5.nextDown,
  ]

/// Any number at all, and more of those that occur.
func wildNumbers(_ count: Int, seed: UInt64) -> [Double] {
  var numbers = SplitMix(state: seed)
  return (0..<count).map { place in
    switch place % 8 {
    case 0: Double(bitPattern: numbers.next())
    case 1: numbers.uniform(-1...1)
    case 2: numbers.uniform(-800...800)
    case 3: numbers.scaled(-30...30, signed: true)
    case 4: edges[Int(numbers.next() % UInt64(edges.count))]
    case 5: numbers.uniform(-20...20).rounded()
    case 6: numbers.uniform(-1e-3...1e-3)
    default: numbers.uniform(-2e6...2e6)
    }
  }
}

/// The first place where two results differ. The sign and payload of a NaN do not count.
func firstDifference(_ a: Lanes, _ b: Lanes) -> Int? {
  (0..<a.count).first { place in
    let (x, y) = (a.start[place], b.start[place])
    return x.bitPattern != y.bitPattern && !(x.isNaN && y.isNaN)
  }
}
