import Foundation
import Glibc
import Testing

/// A C compiler of this system, found in PATH.
struct SystemCompiler: CustomTestStringConvertible, Sendable {
  let name: String
  let path: String

  var testDescription: String { name }

  /// gcc and clang, as far as they are installed.
  static let all: [SystemCompiler] = ["gcc", "clang"].compactMap { name in
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
      .map { SystemCompiler(name: name, path: $0) }
  }

  /// What the compiler has to be told for a kind of processor.
  static let targets: [String: [String]] = [
    "avx512": ["-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw", "-mavx2", "-mfma"],
    "avx2": ["-mavx2", "-mfma"],
    "baseline": [],
  ]

  /// Compiles as kernels are compiled, every warning an error. What the compiler said, if it fails.
  func compile(_ source: URL, to library: URL, arguments: [String]) throws -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments =
      arguments + [
        "-std=gnu11", "-ffp-contract=off", "-fPIC", "-shared", "-Wall", "-Werror", source.path,
        "-o", library.path, "-lm",
      ]
    let words = Pipe()
    process.standardError = words
    try process.run()
    let said = words.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus == 0 { return nil }
    return String(bytes: said, encoding: .utf8) ?? "no text"
  }
}

/// A shared library that stays open as long as this value.
final class Library {
  private let handle: UnsafeMutableRawPointer

  init(_ file: URL) throws {
    handle = try #require(dlopen(file.path, RTLD_NOW | RTLD_LOCAL))
  }

  deinit { dlclose(handle) }

  /// The function of that name, of the type that the caller knows it to have.
  func function<Function>(_ name: String, as type: Function.Type) -> Function? {
    dlsym(handle, name).map { unsafeBitCast($0, to: type) }
  }
}

/// A folder for the files of one test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "coppice-kernel-abi-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
