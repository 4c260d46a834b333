/// A run of values of one thing that a checkpoint holds, such as a variable of a population.
///
/// Sections are named and ordered by global place and not by who wrote them, so that any number
/// of ranks can read what any number has written.
package struct CheckpointSection: Hashable, Sendable {
  /// The values, exactly as the engine holds them.
  package enum Values: Hashable, Sendable {
    case reals([Double])
    case words([UInt64])
    case flags([UInt8])
    case steps([Int64])
  }

  /// Which places of the whole the values take.
  package enum Extent: Hashable, Sendable {
    /// `first ..< first + count` of `total` places; the parts of all ranks make the whole.
    case placed(first: Int, total: Int)
    /// Whatever each rank has; the whole is the parts in the order of ranks.
    case collected
  }

  /// Path-like: `populations/pyr/V_soma`, `generators/x/next`, `in_flight/pyr/source`.
  package var name: String
  /// Raised whenever the meaning of the values changes.
  package var version: UInt32
  package var extent: Extent
  package var values: Values

  package init(name: String, version: UInt32, extent: Extent, values: Values) {
    self.name = name
    self.version = version
    self.extent = extent
    self.values = values
  }
}

/// Where a checkpoint stands: all that is no section.
package struct CheckpointInstant: Hashable, Sendable {
  /// Steps that have been run; the next update is this step's.
  package var step: Int64
  /// The first step whose arrivals (a spike at n with a delay of k arrives at n + k + 1, the
  /// beginning of that step) are not in the state yet: `step`, or one more where the tail of the
  /// last step was run already, as at the end of a run.
  package var arrivalsFrom: Int64

  package init(step: Int64, arrivalsFrom: Int64) {
    self.step = step
    self.arrivalsFrom = arrivalsFrom
  }
}

/// A checkpoint as a run reads it, whoever wrote it.
package protocol CheckpointSource: Sendable {
  var instant: CheckpointInstant { get }
  /// Names of all sections.
  var sections: Set<String> { get }
  /// The values of a placed section in a range of its places, or all of a collected one.
  ///
  /// - Throws: exit code 66 if there is no such section, or of another version, type or extent.
  func values(
    of section: String, version: UInt32, places: Range<Int>?
  ) throws(RecordError) -> CheckpointSection.Values
}
