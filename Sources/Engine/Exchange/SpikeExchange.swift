import Messaging

/// The only communication of the loop: the spikes of an epoch, to the ranks that need them, with
/// the header that keeps ranks together.
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

  /// How spikes travel.
  struct Plan {
    let numbering: SourceNumbering
    /// `nil`: to all ranks.
    let routing: SpikeRouting?
    /// Whether an epoch goes on while the spikes of the one before are under way.
    let isOverlapped: Bool
    /// What the other ranks say in a rehearsal.
    let rehearsed: RehearsedSpikes?
  }

  let isOverlapped: Bool
  private let communicator: any Communicator
  private let plan: Plan
  private let gids: GlobalIDs
  private let round: MessageRound
  /// For reports without spikes.
  private let reports = MessageRound(.gathered)
  private var own = GrowingList<WireSpike>()
  private var arrived = GrowingList<SourceSpike>()
  private var counts: [Int]
  /// What one rank alone tells itself.
  private var ownReport = Report()
  private var isUnderWay = false
  /// The steps from which the offsets count: of what has arrived, and of what is under way.
  private var arrivedStart: Int64
  private var start: Int64
  private(set) var figures = ExchangeFigures()

  init(communicator: any Communicator, plan: Plan, gids: GlobalIDs, origin: Int64) {
    self.communicator = communicator
    self.plan = plan
    self.gids = gids
    isOverlapped = plan.isOverlapped
    round = MessageRound(
      plan.routing == nil ? .gathered : .directed, isOverlapped: plan.isOverlapped)
    counts = [Int](repeating: 0, count: communicator.size)
    start = origin
    arrivedStart = origin
    figures.kind = communicator.size == 1 ? .none : plan.routing == nil ? .gathered : .directed
    figures.isOverlapped = plan.isOverlapped
  }

  /// Sends this rank's report and spikes, whose offsets count from `start`.
  func begin(
    _ outgoing: [UnsafeBufferPointer<SourceSpike>], from start: Int64, _ report: Report
  ) throws(MessagingError) {
    self.start = start
    isUnderWay = true
    guard communicator.size > 1 else {
      ownReport = report
      return
    }
    try timed { () throws(MessagingError) in
      own.removeAll()
      for spikes in outgoing {
        plan.numbering.append(spikes, ofRank: communicator.rank, gids: gids, to: &own)
      }
      let header = SpikeMessage.Header(report)
      if let routing = plan.routing { pack(header, routing) } else { pack(header) }
      figures.rounds += 1
      figures.spikes += own.count
      figures.bytesSent += round.outgoing.count
      try communicator.begin(round)
    }
  }

  /// Takes what everybody has sent since the last call; nothing if nothing was begun.
  ///
  /// - Returns: what all ranks know now: the worst fault, the strongest request, whether all are
  ///   done.
  func finish() throws(MessagingError) -> Report {
    arrived.removeAll()
    guard isUnderWay else { return Report() }
    isUnderWay = false
    arrivedStart = start
    guard communicator.size > 1 else { return ownReport }
    var all = Report()
    try timed { () throws(MessagingError) in
      try hearingRehearsed { () throws(MessagingError) in try communicator.finish(round) }
      for rank in 0..<communicator.size {
        let message = round.message(from: rank)
        all.join(SpikeMessage.header(of: message))
        plan.numbering.append(SpikeMessage.spikes(of: message), ofRank: rank, to: &arrived)
      }
      figures.bytesReceived += round.received.count
      figures.spikesReceived += arrived.count
    }
    return all
  }

  /// Reports without spikes, while no others are under way.
  func agree(on report: Report) throws(MessagingError) -> Report {
    guard communicator.size > 1 else { return report }
    var all = Report()
    reports.outgoing.resize(to: 0)
    withUnsafeBytes(of: SpikeMessage.Header(report)) { reports.outgoing.append($0) }
    try communicator.begin(reports)
    try communicator.finish(reports)
    for rank in 0..<communicator.size {
      all.join(SpikeMessage.header(of: reports.message(from: rank)))
    }
    return all
  }

  /// What the last `finish` has brought, from all ranks; `own` when there is one only.
  func withArrived<Result>(
    own: [UnsafeBufferPointer<SourceSpike>], _ body: (ArrivedSpikes) -> Result
  ) -> Result {
    let segments = communicator.size > 1 ? [arrived.elements] : own
    return body(ArrivedSpikes(segments: segments, start: arrivedStart, gids: gids))
  }

  /// One message for all.
  private func pack(_ header: SpikeMessage.Header) {
    round.outgoing.resize(to: 0)
    withUnsafeBytes(of: header) { round.outgoing.append($0) }
    round.outgoing.append(UnsafeRawBufferPointer(own.elements))
  }

  /// A message for each rank, with the spikes of sources that have targets there.
  private func pack(_ header: SpikeMessage.Header, _ routing: SpikeRouting) {
    for rank in counts.indices { counts[rank] = 0 }
    for spike in own.elements {
      routing.forEachRank(ofSource: spike.source) { counts[$0] += 1 }
    }
    round.outgoingOffsets.removeAll(keepingCapacity: true)
    round.outgoingOffsets.append(0)
    var end = 0
    for rank in counts.indices {
      end += SpikeMessage.Header.bytes + counts[rank] * MemoryLayout<WireSpike>.stride
      round.outgoingOffsets.append(end)
    }
    round.outgoing.resize(to: end)
    let bytes = round.outgoing.mutableBytes
    for rank in counts.indices {
      let begin = round.outgoingOffsets[rank]
      bytes.storeBytes(of: header, toByteOffset: begin, as: SpikeMessage.Header.self)
      // From here on: where the next spike for the rank goes.
      counts[rank] = begin + SpikeMessage.Header.bytes
    }
    for spike in own.elements {
      routing.forEachRank(ofSource: spike.source) { rank in
        bytes.storeBytes(of: spike, toByteOffset: counts[rank], as: WireSpike.self)
        counts[rank] += MemoryLayout<WireSpike>.stride
      }
    }
  }

  /// Lets the other ranks of a rehearsal speak in a round of spikes.
  private func hearingRehearsed(_ body: () throws(MessagingError) -> Void) throws(MessagingError) {
    guard let rehearsal = communicator as? RehearsalCommunicator, let rehearsed = plan.rehearsed
    else { return try body() }
    let spikes = own.elements
    rehearsal.voice = { rank, message, store in
      rehearsed.append(
        messageOf: rank, SpikeMessage.header(of: message), spikes, to: store)
    }
    defer { rehearsal.voice = nil }
    try body()
  }

  /// Adds time and traffic of some work to the figures; what a rehearsal takes for others is left
  /// out.
  private func timed(_ body: () throws(MessagingError) -> Void) throws(MessagingError) {
    let begin = ContinuousClock.now
    let (traffic, others) = (communicator.traffic, secondsOfOthers)
    try body()
    figures.messages += communicator.traffic.messages - traffic.messages
    figures.wireBytes += communicator.traffic.bytesSent - traffic.bytesSent
    figures.seconds +=
      (ContinuousClock.now - begin).inSeconds - (secondsOfOthers - others)
  }

  private var secondsOfOthers: Double {
    (communicator as? RehearsalCommunicator)?.secondsOfOthers ?? 0
  }
}

extension SpikeExchange.Report {
  /// Learns what another rank says.
  mutating func join(_ header: SpikeMessage.Header) {
    fault = max(fault, header.fault)
    if header.wish & SpikeMessage.Header.underWay != 0 { isDone = false }
    let wish = header.wish & ~SpikeMessage.Header.underWay
    request = max(request, CheckpointRequest(rawValue: wish) ?? .none)
  }
}
