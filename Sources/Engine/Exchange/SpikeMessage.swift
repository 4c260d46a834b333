/// A spike on its way to other workers and ranks.
struct SourceSpike: BitwiseCopyable {
  /// Global id: the population's first id + index in the population.
  var gid: UInt32
  /// Steps from the beginning of the epoch that is exchanged.
  var offset: Int32
}

/// The bytes that one rank sends at the end of an epoch: a header, then its spikes.
///
/// The header carries whatever all ranks must know together: that a rank has failed, wants a
/// checkpoint or was asked to stop. So no rank leaves the loop alone, and none waits for one that
/// has left.
enum SpikeMessage {
  struct Header: BitwiseCopyable {
    /// Exit code of a rank that cannot go on; 0: all is well.
    var fault: Int32
    /// A `CheckpointRequest`, and `underWay` while this rank still writes.
    var wish: Int32
    var spikes: Int64

    static let underWay: Int32 = 1 << 8
  }

  /// The header of the rank whose bytes begin at `offset`.
  static func header(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Header {
    bytes.loadUnaligned(fromByteOffset: offset, as: Header.self)
  }

  /// The spikes of the rank whose bytes begin at `offset`.
  ///
  /// A message is a multiple of 8 bytes long, so that they stay aligned one behind the other.
  static func spikes(
    in bytes: UnsafeRawBufferPointer, at offset: Int
  ) -> UnsafeBufferPointer<SourceSpike> {
    let begin = offset + MemoryLayout<Header>.size
    let count = Int(header(in: bytes, at: offset).spikes)
    let end = begin + count * MemoryLayout<SourceSpike>.stride
    return UnsafeRawBufferPointer(rebasing: bytes[begin..<end]).bindMemory(to: SourceSpike.self)
  }
}
