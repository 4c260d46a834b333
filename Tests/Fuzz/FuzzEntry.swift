import BadJobs
import Foundation

/// What libFuzzer calls for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let target = FuzzTarget.chosen else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("COPPICE_FUZZ must be one of \(names)\n".utf8))
    exit(64)
  }
  do {
    try target.read(Array(UnsafeBufferPointer(start: start, count: count)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}

/// Called once before all: with `COPPICE_FUZZ_SEEDS=DIR` the jobs of the tests' table are written
/// there, as seeds, and nothing else happens.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ argumentCount: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  guard let folder = ProcessInfo.processInfo.environment["COPPICE_FUZZ_SEEDS"] else { return 0 }
  do {
    for (place, bad) in BadJob.all.enumerated() where bad.bytes.count < 1 << 16 {
      try Data(bad.bytes).write(to: URL(filePath: "\(folder)/bad-\(place)"))
    }
    exit(0)
  } catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(74)
  }
}
