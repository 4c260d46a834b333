import Messaging

/// The only communication of the loop: the spikes of an epoch, to all ranks, with the header
/// that keeps ranks together.
///
/// One rank alone sends nothing: its workers read each other's lists.
final class SpikeExchange {
  /// What one rank tells all others, beside its spikes.
  struct Report {
    /// Exit code of a rank that cannot go on; 0: it can.
    var fault: Int32 = 0
    var request = CheckpointRequest.none
    /// Whether it has done what it was last given to write.
    var isDone = true
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

  /// Sends this rank's report and spikes and takes everybody's.
  ///
  /// - Returns: what all ranks know now: the worst fault, the strongest request, whether all are
  ///   done.
  func exchange(
    _ outgoing: [UnsafeBufferPointer<SourceSpike>], _ report: Report
  ) throws(MessagingError) -> Report {
    guard communicator.size > 1 else { return report }
    let begin = ContinuousClock.now
    pack(outgoing, report)
    try communicator.allGather(
      UnsafeRawBufferPointer(sent.elements), into: &received, offsets: &offsets)
    var all = Report()
    received.withUnsafeBytes { bytes in
      for rank in 0..<communicator.size {
        let header = SpikeMessage.header(in: bytes, at: offsets[rank])
        all.fault = max(all.fault, header.fault)
        if header.wish & SpikeMessage.Header.underWay != 0 { all.isDone = false }
        let wish = header.wish & ~SpikeMessage.Header.underWay
        all.request = max(all.request, CheckpointRequest(rawValue: wish) ?? .none)
      }
    }
    seconds += (ContinuousClock.now - begin).inSeconds
    return all
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

  private func pack(_ outgoing: [UnsafeBufferPointer<SourceSpike>], _ report: Report) {
    sent.removeAll()
    let header = SpikeMessage.Header(
      fault: report.fault,
      wish: report.request.rawValue | (report.isDone ? 0 : SpikeMessage.Header.underWay),
      spikes: Int64(outgoing.reduce(0) { $0 + $1.count }))
    withUnsafeBytes(of: header) { sent.append(contentsOf: $0.bindMemory(to: UInt8.self)) }
    for list in outgoing {
      sent.append(contentsOf: UnsafeRawBufferPointer(list).bindMemory(to: UInt8.self))
    }
  }
}
