import KernelABI

/// One block of Philox4x32-10: four words that are a function of counter and key.
@inline(__always)
func philox(_ counter: SIMD4<UInt32>, key: UInt64) -> SIMD4<UInt32> {
  var input = counter
  var output = SIMD4<UInt32>()
  withUnsafeBytes(of: &input) { input in
    withUnsafeMutableBytes(of: &output) { output in
      guard
        let from = input.baseAddress?.assumingMemoryBound(to: UInt32.self),
        let to = output.baseAddress?.assumingMemoryBound(to: UInt32.self)
      else { return }
      coppice_philox4x32(from, key, to)
    }
  }
  return output
}

/// How 64 random bits become a number between 0 and 1, on the grid of 2^-53.
enum UnitInterval {
  /// In (0, 1]: a number whose logarithm is taken, or that is compared by `<=` with a probability.
  @inline(__always)
  static func openBelow(_ bits: UInt64) -> Double {
    Double((bits >> 11) + 1) * 0x1p-53
  }

  /// In [0, 1).
  @inline(__always)
  static func openAbove(_ bits: UInt64) -> Double {
    Double(bits >> 11) * 0x1p-53
  }

  /// In (0, 1), symmetric about 1/2: the argument of an inverse distribution function.
  @inline(__always)
  static func open(_ bits: UInt64) -> Double {
    (Double(bits >> 12) + 0.5) * 0x1p-52
  }
}

/// Random numbers one after the other, of one place of a family.
///
/// Block b of the stream is Philox of the counter (first, second, b, use); its words are taken in
/// order, a 64-bit number taking words 0 and 1 or 2 and 3.
struct RandomStream {
  private let key: UInt64
  private var counter: SIMD4<UInt32>
  private var words = SIMD4<UInt32>()
  private var used = 4

  @inline(__always)
  init(_ key: StreamKey, _ first: UInt32, _ second: UInt32, use: UInt32 = 0) {
    self.key = key.bits
    counter = SIMD4(first, second, 0, use)
  }

  @inline(__always)
  private mutating func refill() {
    words = philox(counter, key: key)
    counter.z &+= 1
    used = 0
  }

  /// 64 random bits. A lone word left in a block is passed over.
  @inline(__always)
  mutating func next64() -> UInt64 {
    if used > 2 { refill() }
    let isFirstHalf = used == 0
    used = isFirstHalf ? 2 : 4
    return isFirstHalf
      ? UInt64(words.x) | UInt64(words.y) << 32
      : UInt64(words.z) | UInt64(words.w) << 32
  }

  /// 32 random bits.
  @inline(__always)
  mutating func next32() -> UInt32 {
    if used == 4 { refill() }
    let word = words[used]
    used += 1
    return word
  }

  /// One of `0 ..< bound`, all with the same probability exactly (Lemire's rejection).
  @inline(__always)
  mutating func next(below bound: UInt32) -> UInt32 {
    var product = UInt64(next32()) * UInt64(bound)
    if UInt32(truncatingIfNeeded: product) < bound {
      let threshold = (0 &- bound) % bound
      while UInt32(truncatingIfNeeded: product) < threshold {
        product = UInt64(next32()) * UInt64(bound)
      }
    }
    return UInt32(product >> 32)
  }
}
