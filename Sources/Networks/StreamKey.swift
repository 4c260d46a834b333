/// The key of one family of random numbers: what, of whom, in which run.
///
/// Every random number of Coppice is a function of a key and a counter: nothing has to be drawn
/// in order, so nothing depends on ranks, threads or what else is in the network. The counter says
/// which neuron, unit or synapse, and which draw; the key is a function of
///
/// - the seed of the job,
/// - the name of the population or projection, as UTF-8,
/// - the purpose: a text such as `update.0`, `parameter.g` or `projection.weight`.
///
/// Purposes of projections begin with `projection.`, so that a projection and a population of one
/// name do not meet.
///
/// The function is part of the numerics version and goes like this. With F the 64-bit FNV-1a hash
/// and M(z) the finaliser of splitmix64, all modulo 2^64:
///
///     a = M(seed + g)              g = 0x9E3779B97F4A7C15
///     b = M((a ^ F(name)) + g)
///     key = M((b ^ F(purpose)) + g)
package struct StreamKey: Hashable, Sendable {
  /// The key of Philox.
  package let bits: UInt64

  /// A key of known bits, as the engine keeps them in a table.
  package init(bits: UInt64) {
    self.bits = bits
  }

  package init(seed: UInt64, name: String, purpose: String) {
    let ofSeed = StreamKey.finalised(seed &+ StreamKey.increment)
    let ofName = StreamKey.finalised((ofSeed ^ StreamKey.hash(name)) &+ StreamKey.increment)
    bits = StreamKey.finalised((ofName ^ StreamKey.hash(purpose)) &+ StreamKey.increment)
  }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// FNV-1a over the UTF-8 of the text.
  static func hash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return hash
  }

  /// The finaliser of splitmix64: a bijection that lets every bit reach every other.
  static func finalised(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension StreamKey {
  /// The number 0 ..< 2^64 at a place of the family: words 0 and 1 of the Philox block.
  @inline(__always)
  func bits(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32) -> UInt64 {
    let words = philox(SIMD4(first, second, third, fourth), key: bits)
    return UInt64(words.x) | UInt64(words.y) << 32
  }
}
