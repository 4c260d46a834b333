import Messaging

/// Which ranks have targets of which of this rank's neurons and units: where spikes are sent when
/// not every rank gets all of them.
struct SpikeRouting: Sendable {
  /// Where every rank has targets of nearly every source, one message for all costs less than
  /// one for each.
  static let fewestRanks = 64
  static let mostReach = 0.5

  private let wordsOfSource: Int
  /// By number of the source: one bit for each rank.
  private let bits: [UInt64]

  /// Asks every rank which of this rank's neurons and units it has targets of. Collective.
  ///
  /// - Parameter wanted: those of all ranks that this rank has targets of.
  init(
    wanted: SourceSet, numbering: SourceNumbering, populations: Int, communicator: any Communicator
  ) throws(MessagingError) {
    let round = MessageRound(.directed)
    round.outgoingOffsets = [0]
    for rank in 0..<communicator.size {
      let begin = round.outgoing.count
      round.outgoing.resize(to: begin + (numbering.count(ofRank: rank) + 7) / 8)
      let bytes = UnsafeMutableRawBufferPointer(rebasing: round.outgoing.mutableBytes[begin...])
      for place in bytes.indices { bytes[place] = 0 }
      for population in 0..<populations {
        let shift = numbering.shift(ofPopulation: population, rank: rank)
        for number in numbering.numbers(ofPopulation: population, rank: rank)
        where wanted.contains(Int(UInt32(number) &+ shift)) {
          bytes[number >> 3] |= 1 << UInt8(number & 7)
        }
      }
      round.outgoingOffsets.append(round.outgoing.count)
    }
    try communicator.begin(round)
    try communicator.finish(round)
    let words = (communicator.size + 63) / 64
    let own = numbering.count(ofRank: communicator.rank)
    var bits = [UInt64](repeating: 0, count: own * words)
    for rank in 0..<communicator.size {
      let wants = round.message(from: rank)
      // A rehearsed rank may want a neuron less than there is.
      for number in 0..<min(own, wants.count * 8)
      where wants[number >> 3] >> UInt8(number & 7) & 1 == 1 {
        bits[number * words + rank >> 6] |= 1 << UInt64(rank & 63)
      }
    }
    wordsOfSource = words
    self.bits = bits
  }

  /// Calls `body` with each rank that has targets of a source.
  @inline(__always)
  func forEachRank(ofSource number: UInt32, _ body: (Int) -> Void) {
    let first = Int(number) * wordsOfSource
    for word in 0..<wordsOfSource {
      var left = bits[first + word]
      while left != 0 {
        body(word << 6 + left.trailingZeroBitCount)
        left &= left - 1
      }
    }
  }
}
