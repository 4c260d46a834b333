import Storage

/// Files on which a test changes some operations: it fails them, leaves them out, or does
/// something before.
struct FaultyFiles: FileOperations {
  /// An operation on a path.
  struct Call: Hashable {
    enum Kind: String, CaseIterable {
      case create, write, synchronize, close, makeDirectory, synchronizeDirectory, rename, remove
      case removeDirectory, names, status, read
    }
    var kind: Kind
    var path: String
  }

  /// What becomes of an operation.
  enum Outcome {
    case done
    case skipped
    /// A reading gives other bytes than were written.
    case corrupted
    case failed(StorageError)
  }

  let inner: any FileOperations
  let intercept: @Sendable (Call) -> Outcome

  init(
    _ inner: any FileOperations, _ intercept: @escaping @Sendable (Call) -> Outcome
  ) {
    self.inner = inner
    self.intercept = intercept
  }

  var user: UInt32 { inner.user }

  private func isDue(_ kind: Call.Kind, _ path: String) throws(StorageError) -> Bool {
    switch intercept(Call(kind: kind, path: path)) {
    case .done, .corrupted: return true
    case .skipped: return false
    case .failed(let error): throw error
    }
  }

  func create(_ path: String) throws(StorageError) -> Int32 {
    _ = try isDue(.create, path)
    return try inner.create(path)
  }

  func write(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, at path: String
  ) throws(StorageError) {
    switch intercept(Call(kind: .write, path: path)) {
    case .done:
      try inner.write(bytes, to: file, at: path)
    case .skipped:
      return
    case .corrupted:
      let other = bytes.map { $0 ^ 1 }
      try other.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in
        try inner.write(bytes, to: file, at: path)
      }
    case .failed(let error):
      throw error
    }
  }

  func synchronize(_ file: Int32, at path: String) throws(StorageError) {
    if try isDue(.synchronize, path) { try inner.synchronize(file, at: path) }
  }

  func synchronizeFile(_ path: String) throws(StorageError) {
    if try isDue(.synchronize, path) { try inner.synchronizeFile(path) }
  }

  func close(_ file: Int32, at path: String) throws(StorageError) {
    // A close that fails closes all the same.
    try inner.close(file, at: path)
    _ = try isDue(.close, path)
  }

  func makeDirectory(_ path: String) throws(StorageError) {
    if try isDue(.makeDirectory, path) { try inner.makeDirectory(path) }
  }

  func synchronizeDirectory(_ path: String) throws(StorageError) {
    if try isDue(.synchronizeDirectory, path) { try inner.synchronizeDirectory(path) }
  }

  func rename(_ old: String, to new: String) throws(StorageError) {
    if try isDue(.rename, new) { try inner.rename(old, to: new) }
  }

  func remove(_ path: String) throws(StorageError) {
    if try isDue(.remove, path) { try inner.remove(path) }
  }

  func removeDirectory(_ path: String) throws(StorageError) {
    if try isDue(.removeDirectory, path) { try inner.removeDirectory(path) }
  }

  func names(in path: String) throws(StorageError) -> [String] {
    _ = try isDue(.names, path)
    return try inner.names(in: path)
  }

  func status(of path: String) throws(StorageError) -> FileStatus? {
    _ = try isDue(.status, path)
    return try inner.status(of: path)
  }

  func read(
    _ path: String, _ piece: (UnsafeRawBufferPointer) -> Void
  ) throws(StorageError) {
    _ = try isDue(.read, path)
    try inner.read(path, piece)
  }
}
