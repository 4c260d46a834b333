import KernelABI
import RandomNumbers

/// An array of floats as the operations of single precision want it.
final class Singles {
  let count: Int
  let start: UnsafeMutablePointer<Float>

  /// The values, and ones up to the next multiple of 16.
  init(_ values: [Float]) {
    count = (values.count + 15) / 16 * 16
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    start = bytes.initializeMemory(as: Float.self, repeating: 1, count: count)
    for (place, value) in values.enumerated() { start[place] = value }
  }

  convenience init(count: Int) { self.init([Float](repeating: 1, count: count)) }

  deinit { UnsafeMutableRawPointer(start).deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }

  /// Bits of all values; all NaN are alike.
  var bits: [UInt32] { values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern } }

  /// Numbers of every size but denormals, among them those at which functions change their ways.
  static func wild(_ count: Int, seed: UInt64) -> Singles {
    var numbers = SplitMix(state: seed)
    let edges: [Float] =
      [
        88.72283, 88.722839, 88.73, -87.33654, -87.33655, -88, -104, 0x1p23, 0x1p23 + 1,
        0x1p-126, .greatestFiniteMagnitude, 0.70710677, 0.7071068, 1.4142135,
      ]
    let all =
      edges + KernelABITests.edges.map { Float($0) }
      + (0..<count).map { place in
        switch place % 5 {
        case 0: Float(bitPattern: UInt32(truncatingIfNeeded: numbers.next()))
        case 1: Float(numbers.uniform(-1...1))
        case 2: Float(numbers.uniform(-100...100))
        case 3: Float(numbers.scaled(-30...30, signed: true))
        default: Float(numbers.uniform(-20...20).rounded())
        }
      }
    return Singles(all.map { $0.isSubnormal ? 0 : $0 })
  }
}

extension Operations {
  func unary(_ operation: coppice_unary, _ a: Singles) -> Singles {
    let out = Singles(count: a.count)
    flushingDenormals { table.single.unary(operation, out.start, a.start, a.count) }
    return out
  }

  func binary(_ operation: coppice_binary, _ a: Singles, _ b: Singles) -> Singles {
    let out = Singles(count: a.count)
    flushingDenormals { table.single.binary(operation, out.start, a.start, b.start, a.count) }
    return out
  }

  func fma(_ a: Singles, _ b: Singles, _ c: Singles) -> Singles {
    let out = Singles(count: a.count)
    flushingDenormals { table.single.fma(out.start, a.start, b.start, c.start, a.count) }
    return out
  }

  func compare(_ comparison: coppice_comparison, _ a: Singles, _ b: Singles) -> [UInt8] {
    var out = [UInt8](repeating: 2, count: a.count)
    out.withUnsafeMutableBufferPointer { out in
      flushingDenormals {
        table.single.compare(comparison, out.baseAddress, a.start, b.start, a.count)
      }
    }
    return out
  }

  func select(_ mask: [UInt8], _ a: Singles, _ b: Singles) -> Singles {
    let out = Singles(count: a.count)
    mask.withUnsafeBufferPointer { mask in
      table.single.select(out.start, mask.baseAddress, a.start, b.start, a.count)
    }
    return out
  }

  func narrow(_ a: Lanes) -> Singles {
    let out = Singles(count: a.count)
    flushingDenormals { table.single.narrow(out.start, a.start, a.count) }
    return out
  }

  func widen(_ a: Singles) -> Lanes {
    let out = Lanes(count: a.count)
    flushingDenormals { table.single.widen(out.start, a.start, a.count) }
    return out
  }
}
