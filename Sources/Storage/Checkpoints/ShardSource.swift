import Engine

/// The sections of a generation, put together from all its shards.
///
/// A section may lie in any number of shards, a placed one in any pieces that make the whole.
/// Shards were hashed before; all claims in them are checked all the same before memory is taken.
struct ShardSource: CheckpointSource {
  /// A section's numbers in one shard.
  private struct Part: Sendable {
    var shard: Int
    var count: Int
    /// Where its places begin; `nil` for a collected one.
    var first: Int?
  }

  private struct Section: Sendable {
    var version: UInt32
    var number: Number
    /// Places of the whole; `nil` for a collected one.
    var total: Int?
    /// In the order of places, or of ranks.
    var parts: [Part] = []
  }

  private enum Number: Sendable {
    case reals, words, flags, steps
  }

  let instant: CheckpointInstant
  private let path: String
  private let shards: [ShardReceipt]
  private var index: [String: Section] = [:]

  private static let mostDepth = 32

  init(_ checkpoint: CommittedCheckpoint) throws(StorageError) {
    instant = checkpoint.manifest.instant
    path = checkpoint.path
    shards = checkpoint.manifest.shards
    for shard in shards { try read(shard) }
    for (name, section) in index { try check(section, name) }
  }

  var sections: Set<String> { Set(index.keys) }

  func values(
    of section: String, version: UInt32, places: Range<Int>?
  ) throws(RecordError) -> CheckpointSection.Values {
    do throws(StorageError) {
      return try load(section, version: version, places: places)
    } catch {
      throw RecordError(message: "\(error)", exitCode: error.exitCode)
    }
  }

  // MARK: The index

  private mutating func read(_ shard: ShardReceipt) throws(StorageError) {
    let file = try HDF5File.open(filePath(shard.rank))
    let expected = [instant.step, instant.arrivalsFrom, Int64(shard.rank), Int64(shards.count)]
    var found: [Int64?] = []
    for name in ["step", "arrivals_from", "rank", "ranks"] {
      found.append(try file.number(name))
    }
    guard found == expected else {
      throw damaged(file.path, "it says \(found) of itself, the manifest \(expected)")
    }
    try read(file, prefix: "", shard: shard, depth: 0)
    try file.close()
  }

  private mutating func read(
    _ group: borrowing some HDF5Location & ~Copyable, prefix: String, shard: ShardReceipt,
    depth: Int
  ) throws(StorageError) {
    guard depth < ShardSource.mostDepth else { throw damaged(group.path, "groups lie too deep") }
    for name in try group.linkNames() {
      switch try group.kind(of: name) {
      case .group:
        let inner = try group.openGroup(name)
        try read(inner, prefix: prefix + name + "/", shard: shard, depth: depth + 1)
        try inner.close()
      case .dataset:
        let dataset = try group.openDataset(name)
        try add(dataset, name: prefix + name, shard: shard)
        try dataset.close()
      default:
        throw damaged(group.path, "'\(name)' is neither a group nor a list")
      }
    }
  }

  private mutating func add(
    _ dataset: borrowing HDF5Dataset, name: String, shard: ShardReceipt
  ) throws(StorageError) {
    try dataset.checkSize(fileBytes: shard.bytes)
    let number = try ShardSource.number(of: dataset)
    guard dataset.dimensions.count == 1, let number,
      let version = try dataset.number("version").flatMap({ UInt32(exactly: $0) })
    else { throw damaged(dataset.path, "it is no section of a checkpoint") }
    let first = try dataset.number("first").flatMap { Int(exactly: $0) }
    let total = try dataset.number("total").flatMap { Int(exactly: $0) }
    guard (first == nil) == (total == nil) else {
      throw damaged(dataset.path, "it has one of the attributes 'first' and 'total'")
    }
    var section = index[name] ?? Section(version: version, number: number, total: total)
    guard section.version == version, section.number == number, section.total == total else {
      throw damaged(dataset.path, "it is not of the kind that it has in other shards")
    }
    section.parts.append(Part(shard: shard.rank, count: dataset.dimensions[0], first: first))
    index[name] = section
  }

  private static func number(of dataset: borrowing HDF5Dataset) throws(StorageError) -> Number? {
    let element = try dataset.elementClass()
    switch (element.kind, element.bytes) {
    case (.float, 8): return .reals
    case (.integer, 1): return .flags
    case (.integer, 8): return try dataset.isSigned() ? .steps : .words
    default: return nil
    }
  }

  /// Makes sure that the parts of a placed section make the whole, each place once.
  private mutating func check(_ section: Section, _ name: String) throws(StorageError) {
    guard let total = section.total else { return }
    let parts = section.parts.filter { $0.count > 0 }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
    var end = 0
    for part in parts {
      guard part.first == end, part.count <= total - end else {
        throw damaged("\(path):/\(name)", "places from \(end) on are missing or there twice")
      }
      end += part.count
    }
    guard end == total else {
      throw damaged("\(path):/\(name)", "places from \(end) to \(total) are missing")
    }
    index[name]?.parts = parts
  }

  // MARK: Values

  private func load(
    _ name: String, version: UInt32, places: Range<Int>?
  ) throws(StorageError) -> CheckpointSection.Values {
    let place = "\(path):/\(name)"
    guard let section = index[name] else {
      throw damaged(place, "the checkpoint has no such section")
    }
    guard section.version == version else {
      throw damaged(
        place, "the section has version \(section.version), this program reads \(version)")
    }
    guard (section.total == nil) == (places == nil) else {
      throw damaged(
        place, section.total == nil ? "the section has no places" : "the section has places")
    }
    if let places, let total = section.total {
      guard places.lowerBound >= 0, places.upperBound <= total else {
        throw damaged(place, "the section has \(total) places, asked are \(places)")
      }
    }
    switch section.number {
    case .reals: return .reals(try numbers(Double.self, of: section, name, places))
    case .words: return .words(try numbers(UInt64.self, of: section, name, places))
    case .flags: return .flags(try numbers(UInt8.self, of: section, name, places))
    case .steps: return .steps(try numbers(Int64.self, of: section, name, places))
    }
  }

  private func numbers<T: HDF5Element>(
    _ type: T.Type, of section: Section, _ name: String, _ places: Range<Int>?
  ) throws(StorageError) -> [T] {
    var values: [T] = []
    if let places { values.reserveCapacity(places.count) }
    for part in section.parts {
      var wanted = 0..<part.count
      if let places, let first = part.first {
        let common = (first..<first + part.count).clamped(to: places)
        wanted = common.lowerBound - first..<common.upperBound - first
      }
      guard !wanted.isEmpty else { continue }
      values += try box(type, of: name, shard: part.shard, wanted)
    }
    return values
  }

  private func box<T: HDF5Element>(
    _ type: T.Type, of name: String, shard: Int, _ wanted: Range<Int>
  ) throws(StorageError) -> [T] {
    let file = try HDF5File.open(filePath(shard))
    let names = name.split(separator: "/").map { String($0) }
    let values = try ShardSource.box(type, in: file, names[...], wanted)
    try file.close()
    return values
  }

  private static func box<T: HDF5Element>(
    _ type: T.Type, in group: borrowing some HDF5Location & ~Copyable,
    _ names: ArraySlice<String>, _ wanted: Range<Int>
  ) throws(StorageError) -> [T] {
    guard let first = names.first else { return [] }
    if names.count > 1 {
      let inner = try group.openGroup(first)
      let values = try box(type, in: inner, names.dropFirst(), wanted)
      try inner.close()
      return values
    }
    let dataset = try group.openDataset(first)
    let values = try dataset.read(type, at: [wanted.lowerBound], count: [wanted.count])
    try dataset.close()
    return values
  }

  private func filePath(_ shard: Int) -> String { "\(path)/\(ShardName.of(rank: shard))" }

  private func damaged(_ path: String, _ reason: String) -> StorageError {
    StorageError(
      call: "read checkpoint", path: path, reason: reason, exitCode: ExitCode.badInput)
  }
}

extension HDF5Object where Self: ~Copyable {
  /// An attribute of 64 bits, a whole number; `nil` if there is none of that name.
  func number(_ name: String) throws(StorageError) -> Int64? {
    guard try attributeNames().contains(name) else { return nil }
    let bytes = try attribute(name).bytes
    guard bytes.count == 8 else { return nil }
    return Int64(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }
}
