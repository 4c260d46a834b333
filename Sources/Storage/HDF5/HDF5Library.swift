import CHDF5

/// What all HDF5 handles share.
///
/// Each run has one thread that makes its HDF5 calls; the calls of several runs take turns. No
/// handle is `Sendable`, so none leaves its thread by accident.
enum HDF5Library {
  /// Opens the library; every file does so first.
  static func open(for path: String) throws(StorageError) {
    guard chdf5_open_library() == 0 else { throw failure("H5open", path) }
  }

  /// The error of a call that has just failed.
  static func failure(_ call: String, _ path: String) -> StorageError {
    var text = [CChar](repeating: 0, count: 1024)
    let length = chdf5_error_text(&text, text.count)
    let reason = String(decoding: text.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return StorageError(call: call, path: path, reason: reason, exitCode: ExitCode.inputOutput)
  }

  /// Reads a file that anybody may have made: what libhdf5 cannot make sense of is bad input then,
  /// and no failure of a disk.
  static func readingForeign<Result>(
    _ body: () throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    do throws(StorageError) {
      return try body()
    } catch {
      var error = error
      if error.call.hasPrefix("H5") { error.exitCode = ExitCode.badInput }
      throw error
    }
  }

  static func check(_ status: Int32, _ call: String, _ path: String) throws(StorageError) {
    guard status >= 0 else { throw failure(call, path) }
  }

  static func checkedHandle(
    _ handle: Int64, _ call: String, _ path: String
  ) throws(StorageError) -> Int64 {
    guard handle >= 0 else { throw failure(call, path) }
    return handle
  }

  /// Names and paths end at a NUL in C: one inside would name something else.
  static func checkName(_ name: String, in path: String) throws(StorageError) {
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw StorageError(
        call: "name of an object", path: path, reason: "a name is empty or holds a NUL",
        exitCode: ExitCode.badInput)
    }
  }
}

/// A number that HDF5 stores.
package protocol HDF5Element: BitwiseCopyable {
  /// One of `CHDF5_*`.
  static var hdf5Type: Int32 { get }
  static var zero: Self { get }
}

extension UInt8: HDF5Element {
  package static var hdf5Type: Int32 { CHDF5_UINT8 }
}

extension UInt32: HDF5Element {
  package static var hdf5Type: Int32 { CHDF5_UINT32 }
}

extension UInt64: HDF5Element {
  package static var hdf5Type: Int32 { CHDF5_UINT64 }
}

extension Int64: HDF5Element {
  package static var hdf5Type: Int32 { CHDF5_INT64 }
}

extension Float: HDF5Element {
  package static var hdf5Type: Int32 { CHDF5_FLOAT32 }
}

extension Double: HDF5Element {
  package static var hdf5Type: Int32 { CHDF5_FLOAT64 }
}
