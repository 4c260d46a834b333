import Foundation

@testable import Storage

/// Files that Coppice has written itself, and that anything may have happened to since: as they are,
/// and with a hash that fits, behind which their content must be just as harmless.
enum RecordInput {
  static func read(_ bytes: [UInt8]) throws {
    for file in [bytes, sealed(bytes)] {
      if let manifest = try decode(CheckpointManifest.self, file) {
        try demand(manifest.fault?.isEmpty != true, "a fault without a reason")
        _ = CheckpointIdentity(parts: ["a": "b"], numericsVersion: 1)
          .differences(from: manifest.identity)
      }
      _ = try decode(MergedOutput.self, file)
    }
    do throws(StorageError) {
      _ = try JSONText.decode(RunRecord.self, from: bytes, path: "run.json")
    } catch {
      try check(error)
    }
  }

  private static func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws -> T? {
    do throws(StorageError) {
      return try SealedText.decode(type, from: bytes, path: "manifest.json")
    } catch {
      try check(error)
      return nil
    }
  }

  private static func check(_ error: StorageError) throws {
    try demand(error.exitCode == 66 && !error.reason.isEmpty, "\(error) with \(error.exitCode)")
  }

  private static func sealed(_ content: [UInt8]) -> [UInt8] {
    Array("{\"xxh3_128\": \"\(ContentHash.of(content))\", \"content\":\n".utf8) + content
      + Array("}\n".utf8)
  }
}
