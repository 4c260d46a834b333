/// What the exchange of spikes took, in run.json: sums over ranks.
package struct ExchangeRecord: Hashable, Sendable, Codable {
  /// `none` for one rank, `gathered` or `directed`.
  package var kind: String
  package var overlapped: Bool
  /// One before the first epoch and one after each.
  package var rounds: Int64
  /// Calls of the message library.
  package var messages: Int64
  /// Bytes handed to the library, padding included.
  package var wireBytes: Int64
  /// Bytes of the messages; one that all ranks get is counted once.
  package var bytesSent: Int64
  package var bytesReceived: Int64
  /// Spikes that others may need, once each, and spikes that have come to a rank.
  package var spikesSent: Int64
  package var spikesReceived: Int64

  enum CodingKeys: String, CodingKey {
    case kind, overlapped, rounds, messages
    case wireBytes = "wire_bytes"
    case bytesSent = "bytes_sent"
    case bytesReceived = "bytes_received"
    case spikesSent = "spikes_sent"
    case spikesReceived = "spikes_received"
  }

  package init(
    kind: String, overlapped: Bool, rounds: Int64, messages: Int64, wireBytes: Int64,
    bytesSent: Int64, bytesReceived: Int64, spikesSent: Int64, spikesReceived: Int64
  ) {
    self.kind = kind
    self.overlapped = overlapped
    self.rounds = rounds
    self.messages = messages
    self.wireBytes = wireBytes
    self.bytesSent = bytesSent
    self.bytesReceived = bytesReceived
    self.spikesSent = spikesSent
    self.spikesReceived = spikesReceived
  }
}
