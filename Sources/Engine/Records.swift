/// Neurons that fired, as the engine hands them to storage.
///
/// Records are ordered by step, and those of a step by neuron, in memory and in files.
@usableFromInline
package struct SpikeRecord: Hashable, Comparable, Sendable, BitwiseCopyable {
  @usableFromInline package var step: Int64
  /// Index in the population.
  @usableFromInline package var neuron: UInt32
  package init(step: Int64, neuron: UInt32) {
    self.step = step
    self.neuron = neuron
  }

  // Inlined into storage, which compares every record that it writes and reads. What the protocol
  // makes of `<` alone would be called through a table there, and what is no more than `package`
  // is not inlined into another module.

  @inlinable
  package static func < (left: SpikeRecord, right: SpikeRecord) -> Bool {
    (left.step, left.neuron) < (right.step, right.neuron)
  }

  @inlinable
  package static func <= (left: SpikeRecord, right: SpikeRecord) -> Bool { !(right < left) }
}

/// What the run writes: one stream per recorded population or event, one per states recording.
///
/// The engine calls a sink on its main thread, between epochs, with what this rank's neurons
/// did; a sink never communicates.
package protocol RecordSink: AnyObject {
  /// Spikes of a stream (`Recording.spikes` first, then `Recording.events`, in their order),
  /// sorted by (step, neuron). An array, as a sink may keep it without a copy.
  func spikes(_ records: [SpikeRecord], stream: Int) throws(RecordError)

  /// No more records come of the steps so far, which may be about to be cut off: what a sink holds
  /// back must be on its way.
  func flush() throws(RecordError)

  /// Rows of a states recording: `rows` counts them, the first one taken at `firstStep`; values
  /// are [row][variable][neuron of this rank, ascending].
  func states(
    _ values: borrowing Span<Double>, rows: Int, firstStep: Int64, recording: Int
  ) throws(RecordError)
}

extension RecordSink {
  /// Nothing, for a sink that holds nothing back.
  package func flush() throws(RecordError) {}
}

/// A record could not be kept.
package struct RecordError: Error, Sendable {
  package var message: String
  /// Of sysexits, as the design's command line says.
  package var exitCode: Int32
  package init(message: String, exitCode: Int32) {
    self.message = message
    self.exitCode = exitCode
  }
}
