internal import CMPI

/// Rounds: a first message of one size from each rank, mostly enough, then what did not fit.
///
/// In front of a first message stand its length and the longest of all that its sender sends: so
/// every rank knows, without another round, whether there is a rest anywhere, and how large the
/// first messages of the next round are.
extension MPICommunicator {
  /// Bytes of the two numbers in front.
  private static let headerBytes = 16

  package func begin(_ round: MessageRound) throws(MessagingError) {
    let open = try openHandle("MPI_Allgather")
    pack(round)
    guard round.isOverlapped else { return }
    let chunk = Int32(round.chunk.bytes)
    let (out, into) = (
      round.firstOut.bytes.baseAddress, round.firstIn.mutableBytes.baseAddress
    )
    switch round.pattern {
    case .gathered: try check("MPI_Iallgather", cmpi_begin_all_gather(open, out, chunk, into))
    case .directed: try check("MPI_Ialltoall", cmpi_begin_all_to_all(open, out, chunk, into))
    }
  }

  package func finish(_ round: MessageRound) throws(MessagingError) {
    let open = try openHandle("MPI_Wait")
    if round.isOverlapped {
      try check("MPI_Wait", cmpi_wait(open))
    } else {
      let chunk = Int32(round.chunk.bytes)
      let (out, into) = (
        round.firstOut.bytes.baseAddress, round.firstIn.mutableBytes.baseAddress
      )
      switch round.pattern {
      case .gathered: try check("MPI_Allgather", cmpi_all_gather(open, out, chunk, into))
      case .directed: try check("MPI_Alltoall", cmpi_all_to_all(open, out, chunk, into))
      }
    }
    let longest = unpack(round)
    let payload = round.chunk.bytes - MPICommunicator.headerBytes
    if longest > payload { try bringRest(round, from: payload, to: longest, open) }
    round.chunk.adapt(toLongest: longest + MPICommunicator.headerBytes - GatherChunk.headerBytes)
  }

  private func pack(_ round: MessageRound) {
    let chunk = round.chunk.bytes
    let payload = chunk - MPICommunicator.headerBytes
    let receivers = round.pattern == .gathered ? 1 : size
    round.firstOut.resize(to: chunk * receivers)
    round.firstIn.resize(to: chunk * size)
    var longest = 0
    for rank in 0..<receivers { longest = max(longest, round.message(to: rank).count) }
    let out = round.firstOut.mutableBytes
    for rank in 0..<receivers {
      let message = round.message(to: rank)
      let start = rank * chunk
      out.storeBytes(of: UInt64(message.count), toByteOffset: start, as: UInt64.self)
      out.storeBytes(of: UInt64(longest), toByteOffset: start + 8, as: UInt64.self)
      UnsafeMutableRawBufferPointer(
        rebasing: out[(start + MPICommunicator.headerBytes)..<start + chunk]
      ).copyMemory(from: UnsafeRawBufferPointer(rebasing: message.prefix(payload)))
    }
    count(bytes: chunk * receivers)
  }

  /// Puts the first messages where they belong.
  ///
  /// - Returns: the length of the longest message that any rank sends in this round.
  private func unpack(_ round: MessageRound) -> Int {
    let chunk = round.chunk.bytes
    let payload = chunk - MPICommunicator.headerBytes
    let all = round.firstIn.bytes
    round.lengths.removeAll(keepingCapacity: true)
    round.offsets.removeAll(keepingCapacity: true)
    round.offsets.append(0)
    var (total, longest) = (0, 0)
    for sender in 0..<size {
      let length = Int(all.loadUnaligned(fromByteOffset: sender * chunk, as: UInt64.self))
      longest = max(
        longest, Int(all.loadUnaligned(fromByteOffset: sender * chunk + 8, as: UInt64.self)))
      total += length
      round.lengths.append(length)
      round.offsets.append(total)
    }
    round.received.resize(to: total)
    for sender in 0..<size {
      let start = sender * chunk + MPICommunicator.headerBytes
      put(
        UnsafeRawBufferPointer(
          rebasing: all[start..<start + min(round.lengths[sender], payload)]),
        at: round.offsets[sender], of: round)
    }
    return longest
  }

  /// Bytes `first ..< longest` of every message, in pieces whose sums stay within the library's
  /// 32-bit counts.
  private func bringRest(
    _ round: MessageRound, from first: Int, to longest: Int, _ open: OpaquePointer
  ) throws(MessagingError) {
    let piece = Int(Int32.max) / size
    let isGathered = round.pattern == .gathered
    var start = first
    while start < longest {
      var (counts, places) = ([Int32](), [Int32]())
      var total = 0
      for sender in 0..<size {
        let count = max(0, min(round.lengths[sender] - start, piece))
        counts.append(Int32(count))
        places.append(Int32(total))
        total += count
      }
      round.firstIn.resize(to: total)
      round.firstOut.resize(to: 0)
      var (sent, sentPlaces) = ([Int32](), [Int32]())
      for rank in 0..<(isGathered ? 1 : size) {
        let message = round.message(to: rank)
        let rest = message[min(start, message.count)..<min(start + piece, message.count)]
        sent.append(Int32(rest.count))
        sentPlaces.append(Int32(round.firstOut.count))
        round.firstOut.append(UnsafeRawBufferPointer(rebasing: rest))
      }
      count(bytes: round.firstOut.count)
      let (out, into) = (
        round.firstOut.bytes.baseAddress, round.firstIn.mutableBytes.baseAddress
      )
      if isGathered {
        try check(
          "MPI_Allgatherv", cmpi_all_gather_varying(open, out, sent[0], into, counts, places))
      } else {
        try check(
          "MPI_Alltoallv",
          cmpi_all_to_all_varying(open, out, sent, sentPlaces, into, counts, places))
      }
      for sender in 0..<size {
        let from = Int(places[sender])
        put(
          UnsafeRawBufferPointer(
            rebasing: round.firstIn.bytes[from..<from + Int(counts[sender])]),
          at: round.offsets[sender] + start, of: round)
      }
      start += piece
    }
  }

  private func put(_ bytes: UnsafeRawBufferPointer, at place: Int, of round: MessageRound) {
    guard !bytes.isEmpty else { return }
    UnsafeMutableRawBufferPointer(rebasing: round.received.mutableBytes[place...])
      .copyMemory(from: bytes)
  }
}
