import Messaging

/// How all ranks end when some could not go on: one code, and each reason told once.
struct RankVerdict {
  /// The largest of all ranks; 0: none has failed.
  let exitCode: Int32
  /// What this rank has to print; empty on all but the first.
  let message: String

  /// Every rank calls it, those without a failure too.
  ///
  /// A rank that has failed because another one did brings an empty message.
  init(_ failure: CommandFailure?, _ communicator: any Communicator) {
    let own = failure.map(RankVerdict.text) ?? ""
    do throws(MessagingError) {
      let all = try RankVerdict.gather(
        code: failure?.exitCode ?? 0, message: own, communicator)
      exitCode = all.map(\.code).max() ?? 0
      message = communicator.rank == 0 ? RankVerdict.merged(all, worst: exitCode) : ""
    } catch {
      // Whoever waits for this rank would wait for ever.
      Console.writeError(own.isEmpty ? "coppice: \(error.call) failed: \(error.reason)" : own)
      communicator.abort(code: failure?.exitCode ?? ExitCode.internal)
    }
  }

  /// Prints what there is to print.
  func tell() -> Int32 {
    if !message.isEmpty { Console.writeError(message) }
    return exitCode
  }

  private static func text(of failure: CommandFailure) -> String {
    guard !failure.message.isEmpty else { return "" }
    return failure.isPrefixed ? "coppice: \(failure.message)" : failure.message
  }

  private static func gather(
    code: Int32, message: String, _ communicator: any Communicator
  ) throws(MessagingError) -> [(code: Int32, message: String)] {
    var bytes = withUnsafeBytes(of: code.littleEndian) { Array($0) }
    bytes += message.utf8
    let sent = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    defer { sent.deallocate() }
    sent.copyBytes(from: bytes)
    var received: [UInt8] = []
    var offsets: [Int] = []
    try communicator.allGather(
      UnsafeRawBufferPointer(sent), into: &received, offsets: &offsets)
    return (0..<communicator.size).map { rank in
      let part = received[offsets[rank]..<offsets[rank + 1]]
      let code = part.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return (Int32(bitPattern: code), String(decoding: part.dropFirst(4), as: UTF8.self))
    }
  }

  /// What several ranks say alike is said once; of what differs, the first rank's speaks for all.
  private static func merged(_ all: [(code: Int32, message: String)], worst: Int32) -> String {
    let speaking = all.indices.filter { all[$0].code == worst && !all[$0].message.isEmpty }
    guard let first = speaking.first else { return "" }
    let message = all[first].message
    let others = speaking.count { all[$0].message != message }
    if others == 0, speaking.count == all.count || all.count == 1 { return message }
    let more = others == 0 ? "" : "; \(others) more failed likewise"
    return "\(message)\n  on rank \(first) of \(all.count)\(more)"
  }
}
