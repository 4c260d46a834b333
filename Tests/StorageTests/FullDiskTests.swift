import Engine
import Foundation
import Networks
import Storage
import TemporaryDirectories
import Testing

extension HDF5Suite {
  /// A limit on the size of files stands for a full disk: writing fails in the midst of libhdf5.
  @Suite struct FullDiskTests {
    /// Runs `body` in a process of its own, where no file may be longer than so many bytes.
    private func withLimit(_ bytes: UInt, _ body: () throws -> Void) throws {
      _ = try Isolation.run(reading: "test") { () throws(StorageError) in
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        do {
          try body()
        } catch let error as StorageError {
          throw error
        } catch let error as RecordError {
          throw StorageError(
            call: "record", path: "", reason: error.message, exitCode: error.exitCode)
        } catch {
          throw StorageError(call: "", path: "", reason: "\(error)", exitCode: 0)
        }
        return []
      }
    }

    @Test func aSegmentThatDoesNotFitIsDiscardedAndTheReasonIsNamed() throws {
      let world = RecordedWorld.sample(seed: 31)
      for limit in stride(from: UInt(512), to: 40_000, by: 6_000) {
        let place = try TemporaryDirectory()
        let directory = try OutputDirectory.create(place("out"))
        let error = #expect(throws: StorageError.self) {
          try withLimit(limit) { try world.write(to: directory, .single(world)) }
        }
        #expect(error?.exitCode == 74)
        #expect(error?.reason.contains("File too large") == true, "\(String(describing: error))")
        let left = try FileManager.default.contentsOfDirectory(atPath: place("out/segments"))
        #expect(Set(left).isSubset(of: ["layout.json", ".layout.json.partial"]))
      }
    }

    @Test func aMergeThatDoesNotFitKeepsTheSegmentsAndSucceedsLater() throws {
      let world = RecordedWorld.sample(seed: 31)
      let place = try TemporaryDirectory()
      let reference = try world.output(in: place("reference"), .single(world))
      let directory = try OutputDirectory.create(place("out"))
      try world.write(to: directory, .single(world))
      let error = #expect(throws: StorageError.self) {
        try withLimit(9_000) { _ = try OutputMerger.finish(directory, layout: world.layout) }
      }
      #expect(error?.reason.contains("File too large") == true)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: place("out")) == ["segments"])
      _ = try OutputMerger.finish(directory, layout: world.layout)
      #expect(try directory.read("spikes.h5") == reference["spikes.h5"])
    }
  }
}
