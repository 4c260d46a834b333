import Engine

/// A shard as an HDF5 file: its sections as lists in groups, laid out before a byte is written.
///
/// Written without libhdf5, for three reasons: a shard is written while the main thread, the only
/// one that may call libhdf5, goes on; no second copy of the state is held; and every byte passes
/// through the hash and through ``FileOperations``. The format is what HDF5 1.8 and later read
/// (superblock 2, object headers 2, lists in one piece): see the HDF5 File Format Specification.
///
///     /                       attributes step, arrivals_from, rank, ranks
///     /populations/pyr/V_soma a list, attributes version, first and total; without the latter two
///                             the whole is the ranks' lists in their order
struct ShardImage {
  /// A list in the file.
  private struct List {
    var section: CheckpointSection
    var address: Int
  }

  private let metadata: [UInt8]
  private let lists: [List]

  /// Longest way from the root to a list.
  private static let mostDepth = 16

  init(
    _ sections: [CheckpointSection], instant: CheckpointInstant, rank: Int, ranks: Int,
    path: String
  ) throws(StorageError) {
    var tree = Folder()
    for (place, section) in sections.enumerated() {
      let names = section.name.split(separator: "/", omittingEmptySubsequences: false)
      guard names.count <= ShardImage.mostDepth,
        names.allSatisfy({ OutputName.fault(of: String($0)) == nil }),
        tree.insert(place, names[...])
      else {
        throw StorageError(
          call: "write checkpoint", path: path,
          reason: "the section '\(section.name)' is there twice or has an impossible name",
          exitCode: ExitCode.fault)
      }
    }
    // Sizes do not depend on addresses, so a first pass with any addresses finds them.
    let attributes = [
      ("step", instant.step), ("arrivals_from", instant.arrivalsFrom), ("rank", Int64(rank)),
      ("ranks", Int64(ranks)),
    ]
    let root = attributes.map { HDF5Format.attribute($0.0, $0.1) }
    var draft = Layout(sections: sections, dataAddresses: sections.map { _ in 0 })
    _ = draft.place(tree, attributes: root)
    var end = HDF5Format.aligned(HDF5Format.superblockBytes + draft.bytes.count)
    var addresses: [Int] = []
    for section in sections {
      addresses.append(end)
      end = HDF5Format.aligned(end + section.byteCount)
    }
    var layout = Layout(sections: sections, dataAddresses: addresses)
    let rootAddress = layout.place(tree, attributes: root)
    metadata = HDF5Format.superblock(root: rootAddress, end: end) + layout.bytes
    lists = zip(sections, addresses).map { List(section: $0, address: $1) }
  }

  /// Writes the whole file.
  func write(to file: inout HashedFile) throws(StorageError) {
    try file.write(metadata)
    for list in lists {
      try file.write(HDF5Format.padding(list.address - file.bytes))
      try list.section.write(to: &file)
    }
    try file.write(HDF5Format.padding(HDF5Format.aligned(file.bytes) - file.bytes))
  }
}

/// A group to be, by the places of sections.
private struct Folder {
  var folders: [String: Folder] = [:]
  var lists: [String: Int] = [:]

  /// Whether there was room for the name.
  mutating func insert(_ place: Int, _ names: ArraySlice<Substring>) -> Bool {
    guard let first = names.first.map({ String($0) }), lists[first] == nil else { return false }
    guard names.count > 1 else {
      lists[first] = place
      return folders[first] == nil
    }
    return folders[first, default: Folder()].insert(place, names.dropFirst())
  }
}

/// The object headers of a file, one after the other behind the superblock.
private struct Layout {
  let sections: [CheckpointSection]
  let dataAddresses: [Int]
  var bytes: [UInt8] = []

  /// Appends what is in a group, then the group; its address.
  mutating func place(_ folder: Folder, attributes: [[UInt8]]) -> Int {
    var links: [(name: String, address: Int)] = []
    // The order of a dictionary is no order: the same state must make the same bytes.
    for name in Set(folder.folders.keys).union(folder.lists.keys).sorted() {
      if let inner = folder.folders[name] {
        links.append((name, place(inner, attributes: [])))
      } else if let section = folder.lists[name] {
        links.append((name, append(list(section))))
      }
    }
    return append(HDF5Format.group(links, attributes: attributes))
  }

  private func list(_ place: Int) -> [UInt8] {
    let section = sections[place]
    var attributes = [HDF5Format.attribute("version", Int64(section.version))]
    if case .placed(let first, let total) = section.extent {
      attributes.append(HDF5Format.attribute("first", Int64(first)))
      attributes.append(HDF5Format.attribute("total", Int64(total)))
    }
    return HDF5Format.list(
      section.number, count: section.count, address: dataAddresses[place], attributes: attributes)
  }

  private mutating func append(_ header: [UInt8]) -> Int {
    let address = HDF5Format.superblockBytes + bytes.count
    bytes += header
    bytes += HDF5Format.padding(HDF5Format.aligned(bytes.count) - bytes.count)
    return address
  }
}

#if !_endian(little)
  #error("Shards hold numbers as this machine does, and their format says little endian.")
#endif

extension CheckpointSection {
  /// Numbers in it.
  var count: Int {
    switch values {
    case .reals(let values): values.count
    case .words(let values): values.count
    case .flags(let values): values.count
    case .steps(let values): values.count
    }
  }

  fileprivate var number: HDF5Format.Number {
    switch values {
    case .reals: .float64
    case .words: .unsigned64
    case .flags: .unsigned8
    case .steps: .signed64
    }
  }

  fileprivate var byteCount: Int { count * number.bytes }

  fileprivate func write(to file: inout HashedFile) throws(StorageError) {
    switch values {
    case .reals(let values): try CheckpointSection.write(values, to: &file)
    case .words(let values): try CheckpointSection.write(values, to: &file)
    case .flags(let values): try CheckpointSection.write(values, to: &file)
    case .steps(let values): try CheckpointSection.write(values, to: &file)
    }
  }

  private static func write<T: BitwiseCopyable>(
    _ values: [T], to file: inout HashedFile
  ) throws(StorageError) {
    // A piece at a time, small enough to be in the cache when it is written after hashing.
    let length = 1 << 16
    for start in stride(from: 0, to: values.count, by: length) {
      let piece = values[start..<min(start + length, values.count)].span.bytes
      try piece.withUnsafeBytes { (bytes) throws(StorageError) in try file.write(bytes) }
    }
  }
}
