internal import CMPI
import Glibc

/// Ranks of an MPI launch: all of them, or a part. That of all owns MPI: initialised in `init`,
/// finalised by `close`.
package final class MPICommunicator: Communicator {
  package let rank: Int
  package let size: Int
  package let ranksOnNode: Int
  package let rankOnNode: Int
  package let description: String
  package private(set) var traffic = Traffic()

  /// `nil` once closed.
  private var handle: OpaquePointer?
  private var chunk = GatherChunk()
  private var outgoing: [UInt8] = []
  private var incoming: [UInt8] = []
  private var lengths: [Int] = []

  /// Initialises MPI; possible once in a process.
  package convenience init() throws(MessagingError) {
    var opened: OpaquePointer?
    let status = cmpi_open(&opened)
    guard status == 0, let opened else {
      throw MPICommunicator.failure("MPI_Init_thread", status)
    }
    self.init(opened)
  }

  private init(_ opened: OpaquePointer) {
    handle = opened
    rank = Int(cmpi_rank(opened))
    size = Int(cmpi_size(opened))
    ranksOnNode = Int(cmpi_size_on_node(opened))
    rankOnNode = Int(cmpi_rank_on_node(opened))
    description = MPICommunicator.text { text in _ = cmpi_library_version(text) }
  }

  deinit {
    if let handle { _ = cmpi_close(handle) }
  }

  package func close() throws(MessagingError) {
    guard let open = handle else { return }
    handle = nil
    try MPICommunicator.check("MPI_Finalize", cmpi_close(open))
  }

  package func abort(code: Int32) -> Never {
    fflush(nil)
    guard let handle else { _exit(code) }
    cmpi_abort(handle, code)
  }

  package func barrier() throws(MessagingError) {
    let open = try openHandle("MPI_Barrier")
    traffic.count(bytes: 0)
    try MPICommunicator.check("MPI_Barrier", cmpi_barrier(open))
  }

  package func minimum(_ value: Int64) throws(MessagingError) -> Int64 {
    let open = try openHandle("MPI_Allreduce")
    traffic.count(bytes: 8)
    var result = value
    try MPICommunicator.check("MPI_Allreduce", cmpi_minimum(open, value, &result))
    return result
  }

  package func maximum(_ value: Int64) throws(MessagingError) -> Int64 {
    let open = try openHandle("MPI_Allreduce")
    traffic.count(bytes: 8)
    var result = value
    try MPICommunicator.check("MPI_Allreduce", cmpi_maximum(open, value, &result))
    return result
  }

  package func sum(_ value: Double) throws(MessagingError) -> Double {
    let open = try openHandle("MPI_Allgather")
    traffic.count(bytes: 8)
    // Not MPI_SUM: the order of its additions is the library's choice.
    var all = [Double](repeating: 0, count: size)
    var own = value
    try MPICommunicator.check("MPI_Allgather", cmpi_all_gather(open, &own, 8, &all))
    return all.reduce(0, +)
  }

  package func broadcast(_ bytes: inout [UInt8], from root: Int) throws(MessagingError) {
    let open = try openHandle("MPI_Bcast")
    guard root >= 0, root < size else { throw .noSuchRank(root, size: size, call: "MPI_Bcast") }
    var count = Int64(bytes.count)
    traffic.count(bytes: rank == root ? 8 : 0)
    try MPICommunicator.check("MPI_Bcast", cmpi_broadcast(open, &count, 8, Int32(root)))
    bytes.resize(to: Int(count))
    var start = 0
    while start < bytes.count {
      let piece = min(bytes.count - start, Int(Int32.max))
      traffic.count(bytes: rank == root ? piece : 0)
      let status = bytes.withUnsafeMutableBytes { all in
        cmpi_broadcast(open, all.baseAddress.map { $0 + start }, Int32(piece), Int32(root))
      }
      try MPICommunicator.check("MPI_Bcast", status)
      start += piece
    }
  }
}

extension MPICommunicator {
  package func split(color: Int) throws(MessagingError) -> any Communicator {
    let open = try openHandle("MPI_Comm_split")
    var part: OpaquePointer?
    try MPICommunicator.check("MPI_Comm_split", cmpi_split(open, Int32(color), &part))
    guard let part else {
      throw MessagingError(call: "MPI_Comm_split", reason: "it made no communicator")
    }
    return MPICommunicator(part)
  }

  package func send(_ bytes: [UInt8], to rank: Int) throws(MessagingError) {
    let open = try openHandle("MPI_Send")
    guard rank >= 0, rank < size else { throw .noSuchRank(rank, size: size, call: "MPI_Send") }
    traffic.count(bytes: bytes.count)
    try MPICommunicator.check(
      "MPI_Send", cmpi_send(open, bytes, Int32(bytes.count), Int32(rank)))
  }

  package func receive() throws(MessagingError) -> (sender: Int, bytes: [UInt8])? {
    let open = try openHandle("MPI_Iprobe")
    var (sender, count): (Int32, Int32) = (-1, 0)
    try MPICommunicator.check("MPI_Iprobe", cmpi_probe(open, &sender, &count))
    guard sender >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(count))
    try MPICommunicator.check("MPI_Recv", cmpi_receive(open, &bytes, count, sender))
    return (Int(sender), bytes)
  }
}

extension MPICommunicator {
  package func allGather(
    _ send: UnsafeRawBufferPointer, into received: inout [UInt8], offsets: inout [Int]
  ) throws(MessagingError) {
    let open = try openHandle("MPI_Allgather")
    try gatherFirstChunks(send, open)

    let payload = chunk.payload
    lengths.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    var total = 0
    var longest = 0
    incoming.withUnsafeBytes { all in
      for sender in 0..<size {
        let length = Int(
          all.loadUnaligned(fromByteOffset: sender * chunk.bytes, as: UInt64.self))
        lengths.append(length)
        total += length
        longest = max(longest, length)
        offsets.append(total)
      }
    }
    received.resize(to: total)
    unpackFirstChunks(into: &received, offsets: offsets)
    if longest > payload {
      try gatherRest(send, into: &received, offsets: offsets, from: payload, to: longest, open)
    }
    chunk.adapt(toLongest: longest)
  }

  /// The round in which every rank sends a message of one size, its length in front.
  private func gatherFirstChunks(
    _ send: UnsafeRawBufferPointer, _ open: OpaquePointer
  ) throws(MessagingError) {
    outgoing.resize(to: chunk.bytes)
    incoming.resize(to: chunk.bytes * size)
    outgoing.withUnsafeMutableBytes { message in
      message.storeBytes(of: UInt64(send.count), as: UInt64.self)
      UnsafeMutableRawBufferPointer(rebasing: message[GatherChunk.headerBytes...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: send.prefix(chunk.payload)))
    }
    traffic.count(bytes: chunk.bytes)
    try MPICommunicator.check(
      "MPI_Allgather", cmpi_all_gather(open, outgoing, Int32(chunk.bytes), &incoming))
  }

  private func unpackFirstChunks(into received: inout [UInt8], offsets: [Int]) {
    incoming.withUnsafeBytes { all in
      received.withUnsafeMutableBytes { result in
        for sender in 0..<size where lengths[sender] > 0 {
          let start = sender * chunk.bytes + GatherChunk.headerBytes
          let count = min(lengths[sender], chunk.payload)
          UnsafeMutableRawBufferPointer(rebasing: result[offsets[sender]...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: all[start..<start + count]))
        }
      }
    }
  }

  /// What did not fit into the first chunk: bytes `first ..< longest` of each rank's, in rounds
  /// whose sums stay within MPI's 32-bit counts.
  private func gatherRest(
    _ send: UnsafeRawBufferPointer, into received: inout [UInt8], offsets: [Int], from first: Int,
    to longest: Int, _ open: OpaquePointer
  ) throws(MessagingError) {
    let round = Int(Int32.max) / size
    var counts = [Int32](repeating: 0, count: size)
    var places = [Int32](repeating: 0, count: size)
    var start = first
    while start < longest {
      var total = 0
      for sender in 0..<size {
        let count = max(0, min(lengths[sender] - start, round))
        counts[sender] = Int32(count)
        places[sender] = Int32(total)
        total += count
      }
      incoming.resize(to: total)
      let own = Int(counts[rank])
      traffic.count(bytes: own)
      let status = cmpi_all_gather_varying(
        open, own == 0 ? nil : send.baseAddress.map { $0 + start }, Int32(own), &incoming, counts,
        places)
      try MPICommunicator.check("MPI_Allgatherv", status)
      incoming.withUnsafeBytes { all in
        received.withUnsafeMutableBytes { result in
          for sender in 0..<size where counts[sender] > 0 {
            let from = Int(places[sender])
            UnsafeMutableRawBufferPointer(rebasing: result[(offsets[sender] + start)...])
              .copyMemory(
                from: UnsafeRawBufferPointer(rebasing: all[from..<from + Int(counts[sender])]))
          }
        }
      }
      start += round
    }
  }

  func openHandle(_ call: String) throws(MessagingError) -> OpaquePointer {
    guard let handle else {
      throw MessagingError(call: call, reason: "the communicator is closed")
    }
    return handle
  }

  static func check(_ call: String, _ status: Int32) throws(MessagingError) {
    guard status == 0 else { throw failure(call, status) }
  }

  func check(_ call: String, _ status: Int32) throws(MessagingError) {
    try MPICommunicator.check(call, status)
  }

  func count(bytes: Int) { traffic.count(bytes: bytes) }

  private static func failure(_ call: String, _ status: Int32) -> MessagingError {
    MessagingError(call: call, reason: text { text in cmpi_error_string(status, text) })
  }

  /// What a C function writes into a buffer of the border's capacity.
  private static func text(_ write: (UnsafeMutablePointer<CChar>) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CMPI_TEXT_CAPACITY)) { buffer in
      buffer.initialize(repeating: 0)
      guard let start = buffer.baseAddress else { return "" }
      write(start)
      return String(cString: start)
    }
  }
}

extension [UInt8] {
  /// Changes the length, keeps the memory.
  fileprivate mutating func resize(to newCount: Int) {
    if newCount < count {
      removeLast(count - newCount)
    } else if newCount > count {
      append(contentsOf: repeatElement(0, count: newCount - count))
    }
  }
}
