/// Raw memory aligned to cache lines; whoever touches a page first owns where it lies.
struct AlignedBuffer: ~Copyable {
  let base: UnsafeMutableRawPointer
  let count: Int

  init(count: Int) {
    self.count = max(count, 64)
    base = .allocate(byteCount: self.count, alignment: 64)
  }

  deinit { base.deallocate() }
}

/// A list that keeps its memory when it is emptied: allocates only while it is still growing.
struct GrowingList<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 256) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }
  var mutableElements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }

  mutating func append(_ element: Element) {
    if count == capacity { reserve(capacity * 2) }
    base[count] = element
    count += 1
  }

  mutating func append(contentsOf other: UnsafeBufferPointer<Element>) {
    guard let source = other.baseAddress, other.count > 0 else { return }
    if count + other.count > capacity { reserve(max(capacity * 2, count + other.count)) }
    (base + count).update(from: source, count: other.count)
    count += other.count
  }

  mutating func removeAll() { count = 0 }

  mutating func removeLast(_ number: Int) { count -= number }

  /// Empties the list and makes room for so many elements, which others write.
  mutating func makeRoom(for wanted: Int) {
    count = 0
    if wanted > capacity { reserve(max(capacity * 2, wanted)) }
  }

  /// Takes over the elements that others have written into the room that was made.
  mutating func setCount(_ written: Int) {
    precondition(written <= capacity, "more elements than there is room for")
    count = written
  }

  private mutating func reserve(_ wanted: Int) {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: wanted)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = wanted
  }
}
