/// Synapses of a projection onto one worker's targets that are drawn anew for each spike, from the
/// numbers that belong to its source: they take no memory.
///
/// What a row holds, and in which order, is what it would hold if it were kept.
package final class RegeneratedRows {
  /// Over all synapses.
  package let synapses: Int
  /// In steps; 0 and 0 when there are no synapses.
  package let minimumDelay: Int
  package let maximumDelay: Int
  /// Sources that have synapses here, by place in the projection's source slice.
  package let isSource: [Bool]

  private var rows: SourceRows
  private var columns: SynapseColumns
  private var batch: SynapseBatch

  /// Draws every row once: what is wrong with the distributions shows here, and how long delays
  /// are.
  ///
  /// - Throws: `NetworkError` as for rows that are kept, and for rules whose rows do not follow
  ///   from a source.
  init(
    _ projection: Projection, range: Range<Int>, seed: UInt64, dt: Double
  ) throws(NetworkError) {
    guard let drawn = try SourceRows(projection, range: range, seed: seed) else {
      throw NetworkError(projection.reasonToKeep ?? "the rows cannot be drawn by source")
    }
    var rows = drawn
    var columns = try SynapseColumns(projection, seed: seed, dt: dt, ordinals: projection.ordinals)
    var batch = SynapseBatch(needs: columns.needs)
    var isSource = [Bool](repeating: false, count: rows.grid.sources)
    var (count, delays) = (0, 0...0)
    for source in isSource.indices {
      columns.removeAll()
      batch.removeAll()
      try rows.append(source, to: &batch)
      guard batch.count > 0 else { continue }
      try columns.append(&batch)
      let range = columns.delayRange
      delays =
        count == 0
        ? range
        : min(delays.lowerBound, range.lowerBound)...max(delays.upperBound, range.upperBound)
      count += batch.count
      isSource[source] = true
    }
    columns.removeAll()
    synapses = count
    minimumDelay = delays.lowerBound
    maximumDelay = delays.upperBound
    self.isSource = isSource
    self.rows = rows
    self.columns = columns
    self.batch = batch
  }

  /// Calls `body` with each synapse of a source, in the order of the row: target less the worker's
  /// first neuron, weight, delay in steps.
  package func forEachSynapse(
    of source: Int, _ body: (_ target: UInt32, _ weight: Double, _ delay: Int) -> Void
  ) {
    guard isSource[source] else { return }
    columns.removeAll()
    batch.removeAll()
    do throws(NetworkError) {
      try rows.append(source, to: &batch)
      try columns.append(&batch)
    } catch {
      preconditionFailure("a row that was drawn before cannot be drawn again: \(error)")
    }
    columns.forEach(body)
  }
}

extension Network {
  /// The synapses of a projection onto some neurons of its target population, to be drawn anew
  /// when they are wanted; as `synapseRows`.
  package func regeneratedRows(
    of projection: Projection, targets: Range<Int>, seed: UInt64, dt: Double
  ) throws(NetworkError) -> RegeneratedRows {
    if let issue = issues(of: projection, dt: dt).first(where: { $0.severity == .error }) {
      throw NetworkError(issue)
    }
    do throws(NetworkError) {
      return try RegeneratedRows(projection, range: targets, seed: seed, dt: dt)
    } catch {
      throw error.at("projections", projection.name)
    }
  }
}

extension Projection {
  /// What to do where they must.
  package static let procedureHint =
    "leave 'store' out, or use probability, outdegree, all_to_all, one_to_one or a condition, with "
    + "constant or drawn values"

  /// Why synapses of this projection must be kept; `nil`: they can be drawn anew for each spike.
  package var reasonToKeep: String? {
    switch rule {
    case .indegree: return "an indegree is drawn by target: a spike cannot draw its row anew"
    case .total: return "a total is shared out over all: a spike cannot draw its row anew"
    case .pairs: return "pairs that are listed have to be kept"
    case .oneToOne, .allToAll, .probability, .outdegree, .condition: break
    }
    if weight.isListed { return "weights that are listed have to be kept" }
    if case .values(let delays) = delay, delays.isListed {
      return "delays that are listed have to be kept"
    }
    return nil
  }
}

extension NeuronValues {
  fileprivate var isListed: Bool {
    if case .list = self { return true }
    return false
  }
}
