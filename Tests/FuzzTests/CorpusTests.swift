import Foundation
import Testing

/// What fuzzing has kept is read without a trap and with all promises kept: seeds, and every input
/// that once broke one (`make reliability-fuzz`).
@Suite struct CorpusTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fuzz/corpus")

  @Test(arguments: FuzzTarget.allCases)
  func everyInputThatIsKeptIsReadOrRefused(target: FuzzTarget) throws {
    let folder = CorpusTests.folder.appending(path: target.rawValue)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    try #require(names.count >= 3)
    for name in names {
      let bytes = Array(try Data(contentsOf: folder.appending(path: name)))
      #expect(throws: Never.self, "\(name)") { try target.read(bytes) }
    }
  }

  /// A little of what a fuzzer does, everywhere: bytes that are changed, doubled and left out.
  @Test(arguments: FuzzTarget.allCases)
  func damagedInputsAreReadOrRefused(target: FuzzTarget) throws {
    let folder = CorpusTests.folder.appending(path: target.rawValue)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let inputs = try names.map { Array(try Data(contentsOf: folder.appending(path: $0))) }
      .filter { !$0.isEmpty }
    var random = SystemRandomNumberGenerator()
    // Lowering a job takes a hundred times as long as reading a number.
    for _ in 0..<(target == .job || target == .override ? 50 : 300) {
      var bytes = try #require(inputs.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
        }
      }
      #expect(throws: Never.self, "\(bytes)") { try target.read(bytes) }
    }
  }
}
