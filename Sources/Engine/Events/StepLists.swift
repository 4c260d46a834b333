/// Numbers of sources or units by step: a ring of lists, each ascending. A number may come more
/// than once.
///
/// The ring is longer than the distance between two steps that wait at the same time, so that they
/// share no list. A list that has been read leaves its memory to the next that is begun: memory is
/// what waits at one time and not what a turn of the ring brings.
struct StepLists: ~Copyable {
  private struct List {
    var base: UnsafeMutablePointer<UInt32>?
    var count = 0
    var capacity = 0
    var isAscending = true
  }

  /// A number is moved to its place where that is not further away; beyond it the list is sorted
  /// when it is read.
  private static let nearby = 16

  private let lists: UnsafeMutablePointer<List>
  private let mask: Int64
  /// Memory of lists that have been read.
  private var spare: [List] = []

  /// - Parameter horizon: the largest distance between two steps whose lists are in use.
  init(horizon: Int) {
    var capacity = 2
    while capacity <= horizon { capacity *= 2 }
    mask = Int64(capacity - 1)
    lists = .allocate(capacity: capacity)
    lists.initialize(repeating: List(), count: capacity)
  }

  deinit {
    for index in 0...Int(mask) { lists[index].base?.deallocate() }
    for list in spare { list.base?.deallocate() }
    lists.deallocate()
  }

  /// Numbers come nearly ascending.
  mutating func append(_ number: UInt32, at step: Int64) {
    let list = room(for: 1, at: step)
    let base = list.pointee.base.unsafelyUnwrapped
    var place = list.pointee.count
    list.pointee.count += 1
    if place > 0, base[place - 1] > number, list.pointee.isAscending {
      if place > StepLists.nearby, base[place - StepLists.nearby] > number {
        list.pointee.isAscending = false
      } else {
        while place > 0, base[place - 1] > number {
          base[place] = base[place - 1]
          place -= 1
        }
      }
    }
    base[place] = number
  }

  /// Appends ascending numbers.
  mutating func append(contentsOf numbers: UnsafeBufferPointer<UInt32>, at step: Int64) {
    guard let first = numbers.first, let source = numbers.baseAddress else { return }
    let list = room(for: numbers.count, at: step)
    let base = list.pointee.base.unsafelyUnwrapped
    let count = list.pointee.count
    if count > 0, base[count - 1] > first { list.pointee.isAscending = false }
    (base + count).update(from: source, count: numbers.count)
    list.pointee.count = count + numbers.count
  }

  /// What stands at a step, ascending.
  mutating func numbers(at step: Int64) -> UnsafeBufferPointer<UInt32> {
    let list = lists + Int(step & mask)
    if !list.pointee.isAscending {
      var numbers = UnsafeMutableBufferPointer(
        start: list.pointee.base, count: list.pointee.count)
      numbers.sort()
      list.pointee.isAscending = true
    }
    return UnsafeBufferPointer(start: list.pointee.base, count: list.pointee.count)
  }

  mutating func clear(step: Int64) {
    let list = lists + Int(step & mask)
    guard list.pointee.base != nil else { return }
    list.pointee.count = 0
    list.pointee.isAscending = true
    spare.append(list.pointee)
    list.pointee = List()
  }

  mutating func removeAll() {
    for step in 0...mask { clear(step: step) }
  }

  private mutating func room(for count: Int, at step: Int64) -> UnsafeMutablePointer<List> {
    let list = lists + Int(step & mask)
    if list.pointee.base == nil, let memory = spare.popLast() { list.pointee = memory }
    let needed = list.pointee.count + count
    if needed > list.pointee.capacity { StepLists.grow(list, to: needed) }
    return list
  }

  private static func grow(_ list: UnsafeMutablePointer<List>, to needed: Int) {
    let capacity = max(needed, list.pointee.capacity * 2, 64)
    let base = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    if let old = list.pointee.base {
      base.moveInitialize(from: old, count: list.pointee.count)
      old.deallocate()
    }
    list.pointee.base = base
    list.pointee.capacity = capacity
  }
}
