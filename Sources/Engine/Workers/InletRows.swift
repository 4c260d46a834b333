import Networks

/// The synapses of a projection onto one cohort, with targets as slots.
struct InletRows: Sendable {
  /// Indices of the sources in their population; of a diagonal only those that find a target here.
  let sources: Range<Int>
  let synapses: Int
  /// Without targets where they lie on a diagonal.
  let rows: SynapseRows
  /// Whether the k-th of the sources has one synapse, with the cohort's k-th neuron: then no row has
  /// to be looked up.
  let isDiagonal: Bool

  init(sources: Range<Int>, rows: SynapseRows, layout: CohortLayout) {
    synapses = rows.targets.count
    var rows = rows
    if let first = InletRows.firstOfDiagonal(of: rows, neurons: layout.neurons) {
      isDiagonal = true
      let lower = sources.lowerBound + first
      self.sources = lower..<lower + layout.neurons
      rows.starts = []
      rows.targets = []
    } else {
      isDiagonal = false
      self.sources = sources
      if layout.lanes != layout.neuronsPerBlock {
        rows.renumberTargets { UInt32(layout.slot(ofNeuron: $0)) }
      }
    }
    self.rows = rows
  }

  /// Row of the source that drives neuron 0, if sources and neurons go side by side.
  private static func firstOfDiagonal(of rows: SynapseRows, neurons: Int) -> Int? {
    guard rows.targets.count == neurons, case .homogeneous = rows.delays,
      let first = rows.starts.firstIndex(of: 1)
    else { return nil }
    for neuron in 0..<neurons {
      let row = first - 1 + neuron
      guard row + 1 < rows.starts.count, rows.starts[row] == neuron,
        rows.starts[row + 1] == neuron + 1, rows.targets[neuron] == neuron
      else { return nil }
    }
    return first - 1
  }

  /// The synapses of a source, counted from the first of `sources`.
  @inline(__always)
  func row(_ source: Int) -> Range<Int> {
    isDiagonal ? source..<source + 1 : Int(rows.starts[source])..<Int(rows.starts[source + 1])
  }
}
