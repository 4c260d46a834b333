/// Some of all neurons and units, by global id: one bit each.
struct SourceSet: Sendable {
  private(set) var words: [UInt64]

  init(count: Int) {
    words = [UInt64](repeating: 0, count: (count + 63) / 64)
  }

  @inline(__always)
  func contains(_ id: Int) -> Bool { words[id >> 6] >> UInt64(id & 63) & 1 == 1 }

  @inline(__always)
  mutating func insert(_ id: Int) { words[id >> 6] |= 1 << UInt64(id & 63) }

  mutating func formUnion(_ other: SourceSet) {
    for place in words.indices { words[place] |= other.words[place] }
  }
}
