import CHDF5

/// An open HDF5 file.
package struct HDF5File: ~Copyable, HDF5Location {
  package private(set) var handle: Int64
  package let path: String

  /// Creates a file, which must not exist yet.
  package static func create(_ path: String) throws(StorageError) -> HDF5File {
    try HDF5Library.open(for: path)
    try HDF5Library.checkName(path, in: path)
    return HDF5File(
      handle: try HDF5Library.checkedHandle(chdf5_file_create(path), "H5Fcreate", path),
      path: path)
  }

  /// Opens a file for reading.
  package static func open(_ path: String) throws(StorageError) -> HDF5File {
    try HDF5Library.open(for: path)
    try HDF5Library.checkName(path, in: path)
    return HDF5File(
      handle: try HDF5Library.checkedHandle(chdf5_file_open(path), "H5Fopen", path), path: path)
  }

  private init(handle: Int64, path: String) {
    self.handle = handle
    self.path = path
  }

  /// Writes everything out and closes the file; what it held open is closed too. The bytes are
  /// with the operating system then, not yet on disk: an fsync must follow.
  package consuming func close() throws(StorageError) {
    let status = chdf5_file_close(handle)
    handle = -1
    try HDF5Library.check(status, "H5Fclose", path)
  }

  deinit {
    if handle >= 0 { _ = chdf5_file_close(handle) }
  }
}

/// An open group of a file.
package struct HDF5Group: ~Copyable, HDF5Location {
  package private(set) var handle: Int64
  package let path: String

  init(handle: Int64, path: String) {
    self.handle = handle
    self.path = path
  }

  package consuming func close() throws(StorageError) {
    let status = chdf5_group_close(handle)
    handle = -1
    try HDF5Library.check(status, "H5Gclose", path)
  }

  deinit {
    if handle >= 0 { _ = chdf5_group_close(handle) }
  }
}
