import Messaging

/// The only communication of the loop: the spikes of an epoch, to all ranks, with the header
/// that keeps ranks together.
///
/// One rank alone sends nothing: its workers read each other's lists.
final class SpikeExchange {
  /// What all ranks know after an exchange.
  struct Outcome {
    /// The largest exit code of a rank that cannot go on; 0: all can.
    var fault: Int32
    /// The rank that reported it first.
    var faultyRank: Int
    /// Whether some rank was asked to stop.
    var isStopAsked: Bool
  }

  private let communicator: any Communicator
  private var sent = GrowingList<UInt8>(capacity: 4096)
  private var received: [UInt8] = []
  private var offsets: [Int] = []
  /// Seconds in the exchange, waiting for others included.
  private(set) var seconds = 0.0

  init(communicator: any Communicator) {
    self.communicator = communicator
  }

  /// Sends this rank's header and spikes and takes everybody's.
  func exchange(
    _ outgoing: [UnsafeBufferPointer<SourceSpike>], fault: Int32, stop: Bool
  ) throws(MessagingError) -> Outcome {
    guard communicator.size > 1 else {
      return Outcome(fault: fault, faultyRank: 0, isStopAsked: stop)
    }
    let begin = ContinuousClock.now
    pack(outgoing, fault: fault, stop: stop)
    try communicator.allGather(
      UnsafeRawBufferPointer(sent.elements), into: &received, offsets: &offsets)
    var outcome = Outcome(fault: 0, faultyRank: 0, isStopAsked: false)
    received.withUnsafeBytes { bytes in
      for rank in 0..<communicator.size {
        let header = SpikeMessage.header(in: bytes, at: offsets[rank])
        if header.fault > outcome.fault {
          outcome.fault = header.fault
          outcome.faultyRank = rank
        }
        if header.stop != 0 { outcome.isStopAsked = true }
      }
    }
    seconds += (ContinuousClock.now - begin).inSeconds
    return outcome
  }

  /// What the last exchange brought, from all ranks; `own` when there is one only.
  func withArrived<Result>(
    own: [UnsafeBufferPointer<SourceSpike>], from start: Int64, gids: GlobalIDs,
    _ body: (ArrivedSpikes) -> Result
  ) -> Result {
    guard communicator.size > 1 else {
      return body(ArrivedSpikes(segments: own, start: start, gids: gids))
    }
    return received.withUnsafeBytes { bytes in
      let segments = (0..<communicator.size).map { rank in
        SpikeMessage.spikes(in: bytes, at: offsets[rank])
      }
      return body(ArrivedSpikes(segments: segments, start: start, gids: gids))
    }
  }

  private func pack(
    _ outgoing: [UnsafeBufferPointer<SourceSpike>], fault: Int32, stop: Bool
  ) {
    sent.removeAll()
    let header = SpikeMessage.Header(
      fault: fault, stop: stop ? 1 : 0, spikes: Int64(outgoing.reduce(0) { $0 + $1.count }))
    withUnsafeBytes(of: header) { sent.append(contentsOf: $0.bindMemory(to: UInt8.self)) }
    for list in outgoing {
      sent.append(contentsOf: UnsafeRawBufferPointer(list).bindMemory(to: UInt8.self))
    }
  }
}
