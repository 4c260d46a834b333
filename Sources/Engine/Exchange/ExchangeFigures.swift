/// What the exchange of spikes has cost one rank.
package struct ExchangeFigures: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// One rank: nothing is sent.
    case none
    /// Every rank gets all spikes.
    case gathered
    /// Every rank gets the spikes that it has targets of.
    case directed
  }

  package var kind = Kind.none
  /// Whether epochs go on while spikes are under way.
  package var isOverlapped = false
  /// Exchanges: one before the first epoch and one after each.
  package var rounds = 0
  /// Calls of the message library.
  package var messages: Int64 = 0
  /// Bytes handed to the library, padding included.
  package var wireBytes: Int64 = 0
  /// Bytes of the messages themselves: what all ranks get is counted once.
  package var bytesSent = 0
  package var bytesReceived = 0
  /// Spikes of this rank that others may need, once each.
  package var spikes = 0
  /// Spikes that have come, this rank's own included.
  package var spikesReceived = 0
  /// Waiting for others included.
  package var seconds = 0.0

  package init() {}
}
