import CHDF5
import Glibc

/// An HDF5 file from outside, which may be damaged in any way: a process of its own reads it
/// (`chdf5_read_list_apart`).
enum ForeignFile {
  /// A list of numbers, and its attribute `units` (empty if it has none).
  static func list<T: HDF5Element>(
    _ type: T.Type, at names: [String], in path: String
  ) throws(StorageError) -> (values: [T], units: String) {
    let reading = try read(names, in: path) { path, object, reading in
      chdf5_read_list_apart(path, object, T.hdf5Type, reading)
    }
    return (numbers(reading.bytes), reading.text)
  }

  /// A list or a table of numbers, its attribute `units` (empty if it has none), and how many
  /// numbers a row has, 0 of a list.
  static func table(
    at names: [String], in path: String
  ) throws(StorageError) -> (values: [Double], units: String, columns: Int) {
    let reading = try read(names, in: path) { path, object, reading in
      chdf5_read_table_apart(path, object, Double.hdf5Type, reading)
    }
    return (numbers(reading.bytes), reading.text, reading.columns)
  }

  private static func numbers<T: HDF5Element>(_ bytes: [UInt8]) -> [T] {
    var values = [T](repeating: .zero, count: bytes.count / MemoryLayout<T>.stride)
    values.withUnsafeMutableBytes { $0.copyBytes(from: bytes.prefix($0.count)) }
    return values
  }

  /// The names in a group.
  static func names(at names: [String], in path: String) throws(StorageError) -> [String] {
    let bytes = try read(names, in: path) { path, object, reading in
      chdf5_read_names_apart(path, object, reading)
    }.bytes
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Refuses pipes and devices: opening one could wait for ever.
  static func requireRegular(_ path: String) throws(StorageError) {
    var status = stat()
    // A file that is not there has its own message.
    guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
    throw unusable(path, "it is not a regular file")
  }

  static func unusable(_ path: String, _ reason: String) -> StorageError {
    StorageError(call: "read input", path: path, reason: reason, exitCode: ExitCode.badInput)
  }

  private static func read(
    _ names: [String], in path: String,
    _ call: (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutablePointer<chdf5_reading>) ->
      Void
  ) throws(StorageError) -> (bytes: [UInt8], text: String, columns: Int) {
    let place = "\(path):/\(names.joined(separator: "/"))"
    try HDF5Library.checkName(path, in: path)
    try requireRegular(path)
    for name in names { try HDF5Library.checkName(name, in: place) }
    // Each name ends with a NUL, the list with an empty name.
    let object: [CChar] = names.flatMap { Array($0.utf8CString) } + [0]
    var reading = chdf5_reading()
    call(path, object, &reading)
    defer { chdf5_reading_free(&reading) }
    let text = withUnsafeBytes(of: reading.text) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch reading.outcome {
    case CHDF5_READ_DONE:
      let bytes = UnsafeRawBufferPointer(start: reading.bytes, count: Int(reading.byte_count))
      return (Array(bytes), text, Int(clamping: reading.columns))
    case CHDF5_READ_DIED:
      throw unusable(
        place, "the file is damaged: libhdf5 died of signal \(reading.signal) while it was read")
    case CHDF5_READ_REFUSED:
      throw unusable(place, text)
    default:
      throw StorageError(
        call: "read input", path: place, reason: text, exitCode: ExitCode.inputOutput)
    }
  }
}
