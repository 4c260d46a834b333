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
    var begin = 0
    while begin < spikes.count {
      let population = numbering.population(ofNumber: Int(spikes[begin].source), rank: rank)
      let own = numbering.numbers(ofPopulation: population, rank: rank)
      var end = begin + 1
      while end < spikes.count, own.contains(Int(spikes[end].source)) { end += 1 }
      append(
        spikes[begin..<end], ofPopulation: population, own: own, messageOf: other, to: message)
      begin = end
    }
  }

  /// Not the same neurons of each rank fire: rows are to be met in no order. But they come in the
  /// order in which a rank packs its own, from its first neuron to its last.
  private func append(
    _ spikes: Slice<UnsafeBufferPointer<WireSpike>>, ofPopulation population: Int,
    own: Range<Int>, messageOf other: Int, to message: ByteStore
  ) {
    let there = numbering.numbers(ofPopulation: population, rank: other)
    guard !there.isEmpty else { return }
    let turn = other * 7_919 % there.count
    for isTurnedRound in [true, false] {
      for spike in spikes {
        let place = (Int(spike.source) - own.lowerBound) % there.count + turn
        guard (place >= there.count) == isTurnedRound else { continue }
        let source = UInt32(there.lowerBound + (isTurnedRound ? place - there.count : place))
        let gid = source &+ numbering.shift(ofPopulation: population, rank: other)
        if let wanted, !wanted.contains(Int(gid)) { continue }
        withUnsafeBytes(of: WireSpike(source: source, offset: spike.offset)) { message.append($0) }
      }
    }
  }
}
