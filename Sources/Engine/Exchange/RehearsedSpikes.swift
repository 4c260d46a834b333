import Messaging

/// What the other ranks of a rehearsal say: the spikes of this rank's neurons, as if the neurons of
/// theirs that stand in like places had fired.
struct RehearsedSpikes {
  private let numbering: SourceNumbering
  private let populations: Int
  private let rank: Int
  /// Directed: what this rank has targets of; `nil`: all spikes come.
  private let wanted: SourceSet?

  init(numbering: SourceNumbering, populations: Int, rank: Int, wanted: SourceSet?) {
    self.numbering = numbering
    self.populations = populations
    self.rank = rank
    self.wanted = wanted
  }

  /// Appends the message of another rank in which this one has sent `spikes`.
  func append(
    messageOf other: Int, _ header: SpikeMessage.Header, _ spikes: UnsafeBufferPointer<WireSpike>,
    to message: ByteStore
  ) {
    withUnsafeBytes(of: header) { message.append($0) }
    for spike in spikes {
      let number = Int(spike.source)
      let population = numbering.population(ofNumber: number, rank: rank)
      let there = numbering.numbers(ofPopulation: population, rank: other)
      guard !there.isEmpty else { continue }
      let place = number - numbering.numbers(ofPopulation: population, rank: rank).lowerBound
      // Not the same neuron of each: rows are to be met in no order.
      let source = UInt32(there.lowerBound + (place + other * 7_919) % there.count)
      let gid = source &+ numbering.shift(ofPopulation: population, rank: other)
      if let wanted, !wanted.contains(Int(gid)) { continue }
      withUnsafeBytes(of: WireSpike(source: source, offset: spike.offset)) { message.append($0) }
    }
  }
}
