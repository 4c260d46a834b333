/// How many bytes the first message of a gather carries for each rank.
///
/// A gather of unequal lengths needs the lengths first: two rounds. Here the first round is a
/// message of fixed size with the length in its header, and mostly everything fits. Every rank
/// sees all lengths, so all ranks come to the same size of the next chunk without talking of it.
struct GatherChunk {
  /// Bytes of the length in front.
  static let headerBytes = 8
  static let smallest = 256
  /// Beyond this a second round costs less than the padding of ranks with little to say.
  static let largest = 16_384
  /// Gathers that must have needed a quarter at most before the chunk is halved.
  static let patience = 256

  /// Header included; a power of two.
  private(set) var bytes = GatherChunk.smallest
  private var smallGathers = 0

  /// Bytes of a rank's own that fit into the first message.
  var payload: Int { bytes - GatherChunk.headerBytes }

  /// Takes note of the longest contribution of a gather.
  mutating func adapt(toLongest longest: Int) {
    if longest > payload {
      while bytes < GatherChunk.largest, longest > payload { bytes *= 2 }
      smallGathers = 0
    } else if longest <= payload / 4, bytes > GatherChunk.smallest {
      smallGathers += 1
      guard smallGathers == GatherChunk.patience else { return }
      bytes /= 2
      smallGathers = 0
    } else {
      smallGathers = 0
    }
  }
}
