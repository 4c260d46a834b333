/// How a run is done: nothing here changes a result.
package struct RunOptions: Sendable {
  /// Which kernels.
  package enum Backend: String, Sendable, CaseIterable {
    case compiled
    case portable
  }

  /// Workers that a rank can have: Dispatch runs no more than 255 work items at a time beside the
  /// main thread, and a worker that never begins would be waited for without end.
  package static let mostThreads = 256

  /// Workers of this rank; at most `mostThreads`.
  package var threads: Int
  /// Neurons of a block; `nil`: as fits the caches.
  package var blockSize: Int?
  /// `nil`: compiled where a C compiler is found, else portable.
  package var backend: Backend?
  /// Epochs also end at multiples of so many steps, such as those of checkpoints.
  package var epochCuts: [Int64]
  /// Kernels that are at hand already.
  package var shelf: KernelShelf?

  /// Whether every rank gets all spikes or those that it has targets of; `nil`: as fits the number
  /// of ranks.
  package var exchange: ExchangeFigures.Kind?
  /// Whether epochs go on while spikes are under way; `nil`: as fits delays and the number of
  /// ranks.
  package var overlaps: Bool?

  package init(
    threads: Int = 1, blockSize: Int? = nil, backend: Backend? = nil, epochCuts: [Int64] = []
  ) {
    self.threads = threads
    self.blockSize = blockSize
    self.backend = backend
    self.epochCuts = epochCuts
  }
}
