/// What a name in a file system stands for.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case file
    case directory
    /// A symbolic link, a device, a pipe.
    case other
  }

  package var kind: Kind
  package var bytes: Int
  /// Who owns it.
  package var user: UInt32
  /// The lower nine bits of its mode.
  package var permissions: UInt32

  package init(kind: Kind, bytes: Int, user: UInt32, permissions: UInt32) {
    self.kind = kind
    self.bytes = bytes
    self.user = user
    self.permissions = permissions
  }
}

/// The operations on files of which a commit consists, so that it can be run on a file system
/// that loses power.
///
/// No operation follows a symbolic link at the end of a path. Every error names the path and what
/// the system said. None is repeated after a failure.
package protocol FileOperations: Sendable {
  /// Creates a file for writing, mode 0600, which must not exist yet.
  func create(_ path: String) throws(StorageError) -> Int32
  /// Appends bytes to an open file, all of them.
  func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, at path: String) throws(StorageError)
  /// Waits until the disk holds the bytes of an open file.
  func synchronize(_ file: Int32, at path: String) throws(StorageError)
  /// Opens a file that someone else (libhdf5, which never syncs) has written and closed, waits
  /// until the disk holds it, and closes it.
  func synchronizeFile(_ path: String) throws(StorageError)
  /// Closes a file. It is closed after a failure too.
  func close(_ file: Int32, at path: String) throws(StorageError)

  /// Makes a directory, mode 0700; one that is there already is fine.
  func makeDirectory(_ path: String) throws(StorageError)
  /// Waits until the disk holds the names in a directory.
  func synchronizeDirectory(_ path: String) throws(StorageError)
  /// Gives a file or a directory a new name. A file of that name is replaced; a directory is not,
  /// if there is anything in it.
  func rename(_ old: String, to new: String) throws(StorageError)
  func remove(_ path: String) throws(StorageError)
  func removeDirectory(_ path: String) throws(StorageError)

  /// Names in a directory, sorted by their bytes; none if there is no such directory.
  func names(in path: String) throws(StorageError) -> [String]
  /// `nil` if there is nothing of that name.
  func status(of path: String) throws(StorageError) -> FileStatus?
  /// Reads a file piece by piece, from its first byte to its last.
  func read(
    _ path: String, _ piece: (UnsafeRawBufferPointer) -> Void
  ) throws(StorageError)
  /// Whose files are trusted.
  var user: UInt32 { get }
}

extension FileOperations {
  /// All bytes of a file that has at most so many.
  func contents(of path: String, atMost limit: Int) throws(StorageError) -> [UInt8] {
    guard let status = try status(of: path), status.kind == .file else {
      throw StorageError(
        call: "open", path: path, reason: "there is no such file", exitCode: ExitCode.badInput)
    }
    guard status.bytes <= limit else {
      throw StorageError(
        call: "read", path: path, reason: "\(status.bytes) bytes are too many",
        exitCode: ExitCode.badInput)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(status.bytes)
    try read(path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Size and hash of a file as it can be read now.
  func digest(of path: String) throws(StorageError) -> (bytes: Int, hash: ContentHash.Digest) {
    var hash = ContentHash()
    var count = 0
    try read(path) { piece in
      hash.update(piece)
      count += piece.count
    }
    return (count, hash.digest())
  }

  /// Writes a small file as a whole: whoever reads it finds the old bytes or the new ones.
  func replace(
    _ path: String, with bytes: [UInt8], by temporary: String, in directory: String
  ) throws(StorageError) {
    if try status(of: temporary) != nil { try remove(temporary) }
    var file = try HashedFile(creating: temporary, with: self)
    try file.write(bytes)
    _ = try file.finish()
    try rename(temporary, to: path)
    try synchronizeDirectory(directory)
  }

  /// Removes a directory with all files in it, if there is one.
  package func removeTree(_ path: String) throws(StorageError) {
    guard let status = try status(of: path) else { return }
    guard status.kind == .directory else { return try remove(path) }
    for name in try names(in: path) {
      try remove(path + "/" + name)
    }
    try removeDirectory(path)
  }
}

/// A file being written through ``FileOperations``, hashed on its way.
struct HashedFile: ~Copyable {
  private let files: any FileOperations
  private let file: Int32
  let path: String
  private(set) var bytes = 0
  private var hash = ContentHash()
  private var isOpen = true

  init(creating path: String, with files: any FileOperations) throws(StorageError) {
    file = try files.create(path)
    self.files = files
    self.path = path
  }

  deinit {
    // Only after a failure, which is being told already.
    if isOpen { try? files.close(file, at: path) }
  }

  mutating func write(_ piece: UnsafeRawBufferPointer) throws(StorageError) {
    guard !piece.isEmpty else { return }
    try files.write(piece, to: file, at: path)
    hash.update(piece)
    bytes += piece.count
  }

  mutating func write(_ piece: [UInt8]) throws(StorageError) {
    try piece.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in try self.write(bytes) }
  }

  /// Brings the file to disk and closes it. After a failure of either the file is of no use: the
  /// system may have dropped its data and would report success the next time.
  consuming func finish() throws(StorageError) -> (bytes: Int, hash: ContentHash.Digest) {
    try files.synchronize(file, at: path)
    isOpen = false
    try files.close(file, at: path)
    return (bytes, hash.digest())
  }
}
