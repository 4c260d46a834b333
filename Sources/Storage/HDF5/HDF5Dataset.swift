import CHDF5

/// An open dataset.
package struct HDF5Dataset: ~Copyable, HDF5Object {
  package private(set) var handle: Int64
  package let path: String
  /// Sizes as they were when the dataset was opened, created or last extended.
  package private(set) var dimensions: [Int]

  init(handle: Int64, path: String, dimensions: [Int]) {
    self.handle = handle
    self.path = path
    self.dimensions = dimensions
  }

  /// Takes over a dataset just opened and reads its sizes.
  init(opened handle: Int64, path: String) throws(StorageError) {
    var sizes = [UInt64](repeating: 0, count: Int(CHDF5_MAXIMUM_RANK))
    let rank = chdf5_dataset_dimensions(handle, &sizes)
    var dimensions: [Int] = []
    var fits = rank >= 0
    for size in sizes.prefix(Int(max(rank, 0))) {
      if let size = Int(exactly: size) { dimensions.append(size) } else { fits = false }
    }
    guard fits else {
      let error = HDF5Library.failure("H5Sget_simple_extent_dims", path)
      _ = chdf5_dataset_close(handle)
      throw error
    }
    self.handle = handle
    self.path = path
    self.dimensions = dimensions
  }

  package consuming func close() throws(StorageError) {
    let status = chdf5_dataset_close(handle)
    handle = -1
    try HDF5Library.check(status, "H5Dclose", path)
  }

  deinit {
    if handle >= 0 { _ = chdf5_dataset_close(handle) }
  }

  /// Class and size of one element.
  func elementClass() throws(StorageError) -> (kind: ElementKind, bytes: Int) {
    var bytes: UInt64 = 0
    let kind = chdf5_dataset_class(handle, &bytes)
    try HDF5Library.check(kind, "H5Dget_type", path)
    guard let kind = ElementKind(rawValue: kind), let bytes = Int(exactly: bytes) else {
      throw HDF5Library.failure("H5Dget_type", path)
    }
    return (kind, bytes)
  }

  enum ElementKind: Int32 {
    case integer = 0
    case float
    case other
    /// Strings and lists of variable length, references.
    case indirect
  }

  /// Whether integers have a sign.
  func isSigned() throws(StorageError) -> Bool {
    let isSigned = chdf5_dataset_signed(handle)
    try HDF5Library.check(isSigned, "H5Tget_sign", path)
    return isSigned > 0
  }

  /// Whether two datasets' elements have the same type.
  func hasSameType(as other: borrowing HDF5Dataset) throws(StorageError) -> Bool {
    let same = chdf5_dataset_same_type(handle, other.handle)
    try HDF5Library.check(same, "H5Tequal", path)
    return same > 0
  }

  /// Whether values pass through a filter (compression, checksums).
  func isFiltered() throws(StorageError) -> Bool {
    let count = chdf5_dataset_filters(handle)
    try HDF5Library.check(count, "H5Pget_nfilters", path)
    return count > 0
  }

  /// Makes the first dimension longer.
  package mutating func extend(to length: Int) throws(StorageError) {
    var sizes = dimensions
    sizes[0] = length
    try HDF5Library.check(
      chdf5_dataset_extend(handle, Int32(sizes.count), sizes.map { UInt64($0) }),
      "H5Dset_extent", path)
    dimensions = sizes
  }

  /// Writes a box of values, the last dimension fastest.
  ///
  /// - Precondition: `values` holds the product of `count`, and the box lies within the dataset.
  package func write<T: HDF5Element>(
    _ values: [T], at offset: [Int], count: [Int]
  ) throws(StorageError) {
    precondition(
      values.count == count.reduce(1, *),
      "a box of \(count) takes as many values, not \(values.count)")
    try HDF5Library.check(
      chdf5_dataset_write(
        handle, T.hdf5Type, Int32(count.count), offset.map { UInt64($0) },
        count.map { UInt64($0) }, values),
      "H5Dwrite", path)
  }

  /// Reads a box of numbers, converted to `T`, the last dimension fastest.
  ///
  /// - Precondition: the product of `count` is representable and worth its memory; who reads
  ///   input from outside checks it first (``checkSize(fileBytes:)``).
  package func read<T: HDF5Element>(
    _ type: T.Type, at offset: [Int], count: [Int]
  ) throws(StorageError) -> [T] {
    var values = [T](repeating: .zero, count: count.reduce(1, *))
    try HDF5Library.check(
      chdf5_dataset_read(
        handle, T.hdf5Type, Int32(count.count), offset.map { UInt64($0) },
        count.map { UInt64($0) }, &values),
      "H5Dread", path)
    return values
  }

  /// Reads a box of elements as they stand in the file.
  func readRaw(
    at offset: [Int], count: [Int], elementBytes: Int
  ) throws(StorageError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count.reduce(elementBytes, *))
    try HDF5Library.check(
      chdf5_dataset_read_raw(
        handle, Int32(count.count), offset.map { UInt64($0) }, count.map { UInt64($0) }, &bytes),
      "H5Dread", path)
    return bytes
  }

  /// Refuses a dataset that claims more data than its file can hold, before anyone allocates.
  ///
  /// Without filters data are no longer than the file; deflate, the only filter at hand, shrinks
  /// at most 1,032 times. Small claims pass: a dataset never written is legal and short.
  func checkSize(fileBytes: Int) throws(StorageError) {
    let element = try elementClass()
    var (bytes, overflows) = (max(element.bytes, 8), false)
    for size in dimensions where !overflows {
      (bytes, overflows) = bytes.multipliedReportingOverflow(by: size)
    }
    let (most, isHuge) = fileBytes.multipliedReportingOverflow(by: try isFiltered() ? 1_032 : 8)
    guard !overflows, bytes <= 1 << 20 || isHuge || bytes <= most else {
      throw StorageError(
        call: "size of a dataset", path: path,
        reason: "the dataset claims \(dimensions) elements, more than a file of \(fileBytes) bytes "
          + "can hold; the file is damaged", exitCode: ExitCode.badInput)
    }
  }
}
