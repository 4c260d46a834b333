/// Grows the table of uniforms.
///
/// Entries are told apart by what they are called, never by their values, so that two jobs which
/// differ in values alone have the same structure.
struct UniformTable {
  private(set) var entries: [UniformEntry] = []
  private var named: [String: Int] = [:]
  private var computed: [Operation: Int] = [:]

  init() {}

  init(_ entries: [UniformEntry]) {
    self.entries = entries
    for (place, entry) in entries.enumerated() {
      if case .computed(let operation) = entry { computed[operation] = place }
    }
  }

  /// The place of a number that goes by a name.
  mutating func place(of value: Double, named name: String) -> Int {
    if let place = named[name] { return place }
    entries.append(.value(value))
    named[name] = entries.count - 1
    return entries.count - 1
  }

  /// The place of what an operation on places gives.
  mutating func place(of operation: Operation) -> Int {
    if let place = computed[operation] { return place }
    entries.append(.computed(operation))
    computed[operation] = entries.count - 1
    return entries.count - 1
  }
}

/// What the sections of a program share while it grows.
struct LoweringTables {
  var uniforms = UniformTable()
  private(set) var occurrences: [RandomOccurrence] = []
  private var places: [String: Int] = [:]

  /// The random occurrence of that purpose; every purpose belongs to one place in the text.
  mutating func occurrence(_ kind: RandomOccurrence.Kind, purpose: String) -> Int {
    if let place = places[purpose] { return place }
    occurrences.append(RandomOccurrence(kind: kind, purpose: purpose))
    places[purpose] = occurrences.count - 1
    return occurrences.count - 1
  }
}
