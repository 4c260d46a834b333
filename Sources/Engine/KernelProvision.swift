import KernelABI
import Kernels
import Messaging

/// Gives every rank the kernels of its processor: one rank of each kind compiles, the others
/// receive the bytes.
struct KernelProvision {
  /// By population.
  private(set) var kernels: [Int: any Kernel] = [:]
  /// For run.json and the log: `compiled (avx512)`, `portable (avx2)`.
  private(set) var description = ""
  /// Why kernels are not compiled although nobody asked for portable ones.
  private(set) var notice: String?
  private(set) var seconds = 0.0

  /// - Parameters:
  ///   - programs: by population.
  ///   - visits: what compiled kernels are laid out for.
  ///   - backend: `nil`: compiled if every kind of processor finds a compiler, else portable.
  ///   - shelf: kernels that are at hand already, on every rank the same.
  /// - Throws: `SimulationError` on all ranks alike when compiled kernels are demanded and cannot
  ///   be had.
  init(
    programs: [Int: Program], visits: VisitLength, backend: RunOptions.Backend?,
    communicator: any Communicator, shelf: KernelShelf?
  ) throws(SimulationError) {
    let begin = ContinuousClock.now
    if backend == .portable {
      usePortable(programs)
    } else if let shelf, let found = shelf.kernels(of: programs, visits: visits) {
      kernels = found
      description = shelf.kind
    } else {
      let failure = try compile(programs, visits: visits, communicator: communicator)
      if let failure {
        guard backend == nil else {
          throw SimulationError("no compiled kernels: \(failure)", exitCode: 70)
        }
        let reason = failure.prefix { $0 != "\n" }
        notice = "running the portable kernels (the same results, slower): \(reason)"
        usePortable(programs)
      }
    }
    seconds = (ContinuousClock.now - begin).inSeconds
  }

  private mutating func usePortable(_ programs: [Int: Program]) {
    kernels = programs.mapValues { PortableKernel(program: $0) }
    description = "portable"
  }

  /// Compiles where this rank is the first of its kind, and loads what that rank has made.
  ///
  /// - Returns: why no kernel can be compiled on some kind of processor, the same on all ranks.
  private mutating func compile(
    _ programs: [Int: Program], visits: VisitLength, communicator: any Communicator
  ) throws(SimulationError) -> String? {
    let order = programs.keys.sorted()
    var unloadable = ""
    let mine = KernelProvision.kindOfThisProcessor
    let kinds = try KernelProvision.texts(ofAllRanks: mine, communicator: communicator)
    for kind in Set(kinds).sorted() {
      guard let maker = kinds.firstIndex(of: kind) else { continue }
      var parcel = KernelParcel()
      if communicator.rank == maker {
        parcel = KernelParcel(compiling: order.compactMap { programs[$0] }, visits: visits)
      }
      var bytes = parcel.bytes
      do {
        try communicator.broadcast(&bytes, from: maker)
      } catch {
        throw SimulationError("\(error.call) failed: \(error.reason)")
      }
      let received = KernelParcel(bytes: bytes)
      if received.isDamaged {
        unloadable = "the kernels have come damaged from the rank that compiled them"
        continue
      }
      if let failure = received.failure { return failure }
      guard kind == mine else { continue }
      for (population, library) in zip(order, received.libraries) {
        do {
          kernels[population] = try CompiledKernel(library: library)
        } catch {
          unloadable = "\(error)"
        }
      }
      description = "compiled (\(kind))"
    }
    // A rank may be unable to load what another one could make: then none uses it.
    return try KernelProvision.texts(ofAllRanks: unloadable, communicator: communicator)
      .first { !$0.isEmpty }
  }

  private static var kindOfThisProcessor: String {
    (try? KernelCompiler().instructionSet.rawValue) ?? InstructionSet.ofThisProcessor.rawValue
  }

  /// What each rank has to say, in the order of ranks.
  private static func texts(
    ofAllRanks own: String, communicator: any Communicator
  ) throws(SimulationError) -> [String] {
    var received: [UInt8] = []
    var offsets: [Int] = []
    do throws(MessagingError) {
      // Padded to whole words: messages of all ranks stay aligned.
      let text = Array(own.utf8)
      let bytes = text + [UInt8](repeating: 0, count: 16 - text.count % 16)
      let message = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
      defer { message.deallocate() }
      message.copyBytes(from: bytes)
      try communicator.allGather(
        UnsafeRawBufferPointer(message), into: &received, offsets: &offsets)
    } catch {
      throw SimulationError("\(error.call) failed: \(error.reason)")
    }
    return (0..<communicator.size).map { rank in
      String(
        decoding: received[offsets[rank]..<offsets[rank + 1]].prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

/// Compiled kernels on their way to other ranks, or why there are none.
struct KernelParcel {
  private(set) var libraries: [[UInt8]] = []
  private(set) var failure: String?
  /// Not what was sent.
  private(set) var isDamaged = false

  init(libraries: [[UInt8]] = [], failure: String? = nil) {
    self.libraries = libraries
    self.failure = failure
  }

  init(compiling programs: [Program], visits: VisitLength) {
    do {
      var compiler = try KernelCompiler()
      compiler.visits = visits
      libraries = try compiler.compile(programs)
    } catch {
      failure = "\(error)"
    }
  }

  /// A flag (0: kernels, 1: a reason), then each part behind its length, then a hash of all that.
  var bytes: [UInt8] {
    var bytes: [UInt8] = [failure == nil ? 0 : 1]
    for part in failure.map({ [Array($0.utf8)] }) ?? libraries {
      KernelParcel.append(UInt64(part.count), to: &bytes)
      bytes.append(contentsOf: part)
    }
    KernelParcel.append(KernelParcel.hash(bytes[...]), to: &bytes)
    return bytes
  }

  /// Reads what a rank of this same program has written. Of what was damaged on its way nothing is
  /// taken.
  init(bytes: [UInt8]) {
    let content = bytes.dropLast(KernelParcel.wordBytes)
    guard let flag = content.first, let parts = KernelParcel.parts(of: content.dropFirst()),
      KernelParcel.hash(content) == KernelParcel.word(bytes.suffix(KernelParcel.wordBytes))
    else {
      isDamaged = true
      return
    }
    if flag == 1 {
      failure = String(decoding: parts.first ?? [], as: UTF8.self)
    } else {
      libraries = parts
    }
  }

  /// `nil`: the lengths are none.
  private static func parts(of bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
    var parts: [[UInt8]] = []
    var rest = bytes
    while !rest.isEmpty {
      let length = word(rest.prefix(wordBytes))
      let part = rest.dropFirst(wordBytes)
      guard rest.count >= wordBytes, length <= UInt64(part.count) else { return nil }
      parts.append(Array(part.prefix(Int(length))))
      rest = part.dropFirst(Int(length))
    }
    return parts
  }

  private static let wordBytes = 8

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// FNV-1a of 64 bits: kernels are small, and damage is all that it has to find.
  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}
