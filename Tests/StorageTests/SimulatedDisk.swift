import Storage

/// A file system in memory that can lose power.
///
/// What is written is with the page cache until it is fsynced: writes of a file until the file is,
/// names of a directory until the directory is. At a loss of power each operation that no fsync
/// has covered is kept, dropped or, if it is a write, torn, whatever happened to the others.
final class SimulatedDisk: FileOperations, @unchecked Sendable {
  // `@unchecked`: a test has one thread.

  private enum Content {
    case file([UInt8])
    case directory([String: Int])
  }

  /// What was done, in order.
  enum Operation {
    case write(node: Int, offset: Int, bytes: [UInt8])
    /// Names that a directory gets and loses at once.
    case names(directory: Int, set: [String: Int], removed: [String])
    case synchronize(node: Int)
    /// A note of the test.
    case mark(Int64)
  }

  /// What becomes of an operation that was not on disk.
  enum Fate: Hashable {
    case kept
    case dropped
    /// The file has its length, the bytes were not written.
    case zeros
    /// Only so many 256ths of the bytes, from the front.
    case torn(UInt8)
  }

  private var nodes: [Content]
  private var openFiles: [Int32: Int] = [:]
  private var nextFile: Int32 = 3
  private(set) var log: [Operation] = []
  /// State of the disk before the first operation in the log.
  private var origin: [Content]

  var user: UInt32 { 1000 }
  /// What the status of a path is said to be, instead of the truth.
  var statuses: [String: FileStatus] = [:]

  /// An empty file system with a directory.
  init(directory: String) {
    nodes = [.directory([:])]
    origin = []
    var path = ""
    for part in directory.split(separator: "/") {
      path += "/" + part
      _ = try? add(.directory([:]), at: path)
    }
    settle()
  }

  private init(nodes: [Content]) {
    self.nodes = nodes
    origin = nodes
  }

  /// Everything so far is on disk.
  func settle() {
    origin = nodes
    log = []
  }

  func mark(_ value: Int64) { log.append(.mark(value)) }

  // MARK: Loss of power

  /// Which of the first `count` operations no fsync had covered by then.
  func pending(at count: Int) -> [Int] {
    var isSafe: Set<Int> = []
    var found: [Int] = []
    for place in stride(from: count - 1, through: 0, by: -1) {
      switch log[place] {
      case .synchronize(let node): isSafe.insert(node)
      case .write(let node, _, _): if !isSafe.contains(node) { found.append(place) }
      case .names(let node, _, _): if !isSafe.contains(node) { found.append(place) }
      case .mark: break
      }
    }
    return found.reversed()
  }

  /// The disk after power was lost behind the first `count` operations.
  func crashed(at count: Int, fates: [Int: Fate]) -> SimulatedDisk {
    var nodes = origin
    for (place, operation) in log.prefix(count).enumerated() {
      let fate = fates[place] ?? .kept
      switch operation {
      case .write(let node, let offset, let bytes):
        SimulatedDisk.extend(&nodes, to: node)
        SimulatedDisk.write(bytes, at: offset, in: &nodes[node], fate)
      case .names(let directory, let set, let removed):
        guard fate != .dropped else { continue }
        for node in set.values { SimulatedDisk.extend(&nodes, to: node) }
        if case .file(let bytes) = nodes[directory], bytes.isEmpty {
          nodes[directory] = .directory([:])
        }
        guard case .directory(var names) = nodes[directory] else { continue }
        for name in removed { names[name] = nil }
        names.merge(set) { $1 }
        nodes[directory] = .directory(names)
      case .synchronize, .mark:
        continue
      }
    }
    // A directory that was made has its kind, whichever names in it are lost.
    for (node, content) in self.nodes.enumerated() where node < nodes.count {
      if case .directory = content, case .file = nodes[node] { nodes[node] = .directory([:]) }
    }
    return SimulatedDisk(nodes: nodes)
  }

  private static func extend(_ nodes: inout [Content], to node: Int) {
    while nodes.count <= node { nodes.append(.file([])) }
  }

  private static func write(
    _ bytes: [UInt8], at offset: Int, in content: inout Content, _ fate: Fate
  ) {
    guard fate != .dropped, case .file(var data) = content else { return }
    var kept = bytes
    switch fate {
    case .zeros: kept = [UInt8](repeating: 0, count: bytes.count)
    case .torn(let part): kept = Array(bytes.prefix(bytes.count * Int(part) / 256))
    case .kept, .dropped: break
    }
    // A hole reads as zeros.
    if data.count < offset + kept.count {
      data += [UInt8](repeating: 0, count: offset + kept.count - data.count)
    }
    data.replaceSubrange(offset..<offset + kept.count, with: kept)
    content = .file(data)
  }

  // MARK: What the tests put there

  /// A file as libhdf5 leaves it: written, never fsynced.
  func leave(_ bytes: [UInt8], at path: String) throws {
    if lookUp(path) != nil { try remove(path) }
    let file = try create(path)
    try bytes.withUnsafeBytes { try write($0, to: file, at: path) }
    try close(file, at: path)
  }

  /// Every path of a plain file, with its bytes.
  var allFiles: [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    func walk(_ node: Int, _ path: String) {
      switch nodes[node] {
      case .file(let bytes): found[path] = bytes
      case .directory(let names): for (name, inner) in names { walk(inner, path + "/" + name) }
      }
    }
    walk(0, "")
    return found
  }

  /// Changes a file without a trace in the log.
  func damage(_ path: String, _ change: (inout [UInt8]) -> Void) {
    guard let node = lookUp(path), case .file(var bytes) = nodes[node] else { return }
    change(&bytes)
    nodes[node] = .file(bytes)
  }

  /// Another disk in the same state.
  var copy: SimulatedDisk { SimulatedDisk(nodes: nodes) }

  // MARK: Names

  private func lookUp(_ path: String) -> Int? {
    var node = 0
    for part in path.split(separator: "/") {
      guard case .directory(let names) = nodes[node], let next = names[String(part)] else {
        return nil
      }
      node = next
    }
    return node
  }

  private func split(_ path: String) throws(StorageError) -> (directory: Int, name: String) {
    let parts = path.split(separator: "/")
    guard let name = parts.last,
      let directory = lookUp("/" + parts.dropLast().joined(separator: "/"))
    else { throw failure("open", path, "No such file or directory (ENOENT)") }
    return (directory, String(name))
  }

  private func failure(_ call: String, _ path: String, _ reason: String) -> StorageError {
    StorageError(call: call, path: path, reason: reason, exitCode: 74)
  }

  private func change(
    _ directory: Int, set: [String: Int], removed: [String]
  ) {
    guard case .directory(var names) = nodes[directory] else { return }
    for name in removed { names[name] = nil }
    names.merge(set) { $1 }
    nodes[directory] = .directory(names)
    log.append(.names(directory: directory, set: set, removed: removed))
  }

  private func add(_ content: Content, at path: String) throws(StorageError) -> Int {
    let (directory, name) = try split(path)
    nodes.append(content)
    change(directory, set: [name: nodes.count - 1], removed: [])
    return nodes.count - 1
  }

  // MARK: FileOperations

  func create(_ path: String) throws(StorageError) -> Int32 {
    guard lookUp(path) == nil else { throw failure("open", path, "File exists (EEXIST)") }
    openFiles[nextFile] = try add(.file([]), at: path)
    nextFile += 1
    return nextFile - 1
  }

  func write(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, at path: String
  ) throws(StorageError) {
    guard let node = openFiles[file], case .file(let data) = nodes[node], !bytes.isEmpty else {
      return
    }
    nodes[node] = .file(data + bytes)
    log.append(.write(node: node, offset: data.count, bytes: Array(bytes)))
  }

  func synchronize(_ file: Int32, at path: String) throws(StorageError) {
    if let node = openFiles[file] { log.append(.synchronize(node: node)) }
  }

  func synchronizeFile(_ path: String) throws(StorageError) {
    guard let node = lookUp(path) else { throw failure("open", path, "ENOENT") }
    log.append(.synchronize(node: node))
  }

  func close(_ file: Int32, at path: String) throws(StorageError) {
    openFiles[file] = nil
  }

  func makeDirectory(_ path: String) throws(StorageError) {
    if lookUp(path) == nil { _ = try add(.directory([:]), at: path) }
  }

  func synchronizeDirectory(_ path: String) throws(StorageError) {
    try synchronizeFile(path)
  }

  func rename(_ old: String, to new: String) throws(StorageError) {
    guard let node = lookUp(old) else { throw failure("rename", old, "ENOENT") }
    if let other = lookUp(new), case .directory(let names) = nodes[other], !names.isEmpty {
      throw failure("rename", new, "Directory not empty (ENOTEMPTY)")
    }
    let (source, target) = (try split(old), try split(new))
    guard source.directory == target.directory else {
      throw failure("rename", new, "only within a directory")
    }
    change(source.directory, set: [target.name: node], removed: [source.name])
  }

  func remove(_ path: String) throws(StorageError) {
    guard lookUp(path) != nil else { throw failure("unlink", path, "ENOENT") }
    let (directory, name) = try split(path)
    change(directory, set: [:], removed: [name])
  }

  func removeDirectory(_ path: String) throws(StorageError) {
    guard let node = lookUp(path), case .directory(let names) = nodes[node], names.isEmpty else {
      throw failure("rmdir", path, "ENOTEMPTY")
    }
    try remove(path)
  }

  func names(in path: String) throws(StorageError) -> [String] {
    guard let node = lookUp(path), case .directory(let names) = nodes[node] else { return [] }
    return names.keys.sorted()
  }

  func status(of path: String) throws(StorageError) -> FileStatus? {
    if let status = statuses[path] { return status }
    guard let node = lookUp(path) else { return nil }
    switch nodes[node] {
    case .file(let bytes):
      return FileStatus(kind: .file, bytes: bytes.count, user: user, permissions: 0o600)
    case .directory:
      return FileStatus(kind: .directory, bytes: 0, user: user, permissions: 0o700)
    }
  }

  func read(
    _ path: String, _ piece: (UnsafeRawBufferPointer) -> Void
  ) throws(StorageError) {
    guard let node = lookUp(path), case .file(let bytes) = nodes[node] else {
      throw failure("open", path, "ENOENT")
    }
    bytes.withUnsafeBytes { piece($0) }
  }
}
