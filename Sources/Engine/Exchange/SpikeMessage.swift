/// A spike on its way to other workers of its rank.
struct SourceSpike: BitwiseCopyable {
  /// Global id: the population's first id + index in the population.
  var gid: UInt32
  /// Steps from the beginning of the epoch that is exchanged.
  var offset: Int32
}

/// A spike on its way to other ranks, in four bytes: number of the source on its rank, and steps
/// from the beginning of the epoch.
struct WireSpike: BitwiseCopyable {
  /// An epoch and those whose generators are drawn ahead have fewer steps together.
  static let offsetBits: UInt32 = 6
  /// Neurons and units of a rank that can be told apart.
  static let mostSources = 1 << (32 - Int(offsetBits))

  private var bits: UInt32

  init(source: UInt32, offset: Int32) {
    bits = source << WireSpike.offsetBits | UInt32(offset)
  }

  var source: UInt32 { bits >> WireSpike.offsetBits }
  var offset: Int32 { Int32(bits & (1 << WireSpike.offsetBits - 1)) }
}

/// The bytes that one rank sends to another at the end of an epoch: a header, then spikes.
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

    static let underWay: Int32 = 1 << 8
    static let bytes = MemoryLayout<Header>.size

    init(_ report: SpikeExchange.Report) {
      fault = report.fault
      wish = report.request.rawValue | (report.isDone ? 0 : Header.underWay)
    }
  }

  static func header(of message: UnsafeRawBufferPointer) -> Header {
    message.loadUnaligned(as: Header.self)
  }

  /// A message is a multiple of 4 bytes long, so that spikes stay aligned one behind the other.
  static func spikes(of message: UnsafeRawBufferPointer) -> UnsafeBufferPointer<WireSpike> {
    UnsafeRawBufferPointer(rebasing: message[Header.bytes...]).bindMemory(to: WireSpike.self)
  }
}
