import KernelABI
import Testing

/// Numbers that are drawn many at a time are those that are drawn one at a time.
@Suite struct BatchTests {
  private let key: UInt64 = 0x9f3c_0a1b_5577_e201

  private func words(_ a: UInt32, _ b: UInt32, _ c: UInt32) -> (UInt64, UInt64) {
    var out = [UInt32](repeating: 0, count: 4)
    coppice_philox4x32([a, b, c, 0], key, &out)
    return (UInt64(out[0]) | UInt64(out[1]) << 32, UInt64(out[2]) | UInt64(out[3]) << 32)
  }

  @Test(arguments: [true, false]) func gapsAreThoseOfTheirCounters(ascends: Bool) {
    coppice_flush_denormals()
    defer { coppice_keep_denormals() }
    let count = 48
    let logarithm = coppice_log1p(-0.013)
    var gaps = [Double](repeating: 0, count: 2 * count)
    let place = coppice_gap_place(a: 77, b: 4_000_000_000, c: 5, b_ascends: ascends ? 1 : 0)
    coppice_gaps(key, place, logarithm, &gaps, count)
    for index in 0..<count {
      let step = UInt32(index)
      let bits = words(77, place.b + (ascends ? step : 0), place.c + (ascends ? 0 : step))
      for (half, bits) in [bits.0, bits.1].enumerated() {
        let expected = coppice_log(Double((bits >> 11) + 1) * 0x1p-53) / logarithm
        #expect(gaps[half * count + index] == expected)
      }
    }
  }

  @Test func numbersAreThoseOfTheirCounters() {
    coppice_flush_denormals()
    defer { coppice_keep_denormals() }
    let count = 1_000
    let a = (0..<count).map { UInt32($0 / 7) }
    let b = (0..<count).map { UInt32($0 % 13) }
    let c = (0..<count).map { UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) }
    var units = [Double](repeating: 0, count: count)
    var normals = units
    coppice_numbers(COPPICE_UNIT, key, a, b, c, &units, count)
    coppice_numbers(COPPICE_NORMAL, key, a, b, c, &normals, count)
    for index in 0..<count {
      let bits = words(a[index], b[index], c[index]).0
      #expect(units[index] == Double(bits >> 11) * 0x1p-53)
      #expect(
        normals[index] == coppice_normal_quantile((Double(bits >> 12) + 0.5) * 0x1p-52))
    }
  }
}
