import KernelABI

/// Where the state of a block lies: lanes in groups of the widest vector's, and in each group column
/// after column.
///
/// What every step touches lies together, group after group, so that a visit of one step reads and
/// writes one stream; what only rare paths touch (timers, flags between a spike and its reset)
/// follows behind the last group.
package struct StateLayout: Hashable, Sendable {
  /// Lanes of a group: eight, or sixteen in single precision.
  package let groupLanes: Int
  /// Columns that every step touches.
  package let hot: Set<Int>
  /// Where each column begins in its group, for one lane; times the lanes of a group.
  private let offsets: [Int]
  private let elementBytes: [Int]
  /// By column: from a group to the next.
  private let strides: [Int]
  /// Bytes of a group of hot and of other columns; each begins at a cache line.
  package let hotGroupBytes: Int
  package let restGroupBytes: Int

  package init(_ program: Program) {
    hot = program.everyStepColumns
    groupLanes = program.groupWidth(ofVectors: Int(COPPICE_GROUP_LANES))
    var offsets: [Int] = []
    var (hotBytes, restBytes) = (0, 0)
    for (place, column) in program.columns.enumerated() {
      // Columns of 8 bytes come before those of 4, and flags last, so that every column is aligned.
      if hot.contains(place) {
        offsets.append(hotBytes)
        hotBytes += column.element.bytes
      } else {
        offsets.append(restBytes)
        restBytes += column.element.bytes
      }
    }
    self.offsets = offsets
    elementBytes = program.columns.map(\.element.bytes)
    hotGroupBytes = (hotBytes * groupLanes + 63) & ~63
    restGroupBytes = (restBytes * groupLanes + 63) & ~63
    strides = [Int](program.columns.indices).map { [hot, hotGroupBytes, restGroupBytes] in
      hot.contains($0) ? hotGroupBytes : restGroupBytes
    }
  }

  /// Bytes of a group's neurons.
  package var groupBytes: Int { hotGroupBytes + restGroupBytes }

  /// Bytes of a block of so many lanes.
  package func blockBytes(lanes: Int) -> Int { lanes / groupLanes * groupBytes }

  /// Where the first lane of a column lies in its group of hot or of other columns.
  package func offsetInGroup(ofColumn column: Int) -> Int { offsets[column] * groupLanes }

  /// From a group of a column to the next.
  package func groupStride(ofColumn column: Int) -> Int { strides[column] }

  /// Where the value of a lane lies in a block of so many lanes.
  package func byteOffset(ofColumn column: Int, lane: Int, lanes: Int) -> Int {
    offsetInGroup(ofColumn: column) + lane / groupLanes * groupStride(ofColumn: column)
      + lane % groupLanes * elementBytes[column]
      + (hot.contains(column) ? 0 : lanes / groupLanes * hotGroupBytes)
  }
}

extension Program {
  /// Bytes of state per neuron, without what aligns groups.
  package var bytesPerLane: Int { columns.reduce(0) { $0 + $1.element.bytes } }

  /// Whether wider columns come before narrower ones.
  package var hasOrderedColumns: Bool {
    !zip(columns, columns.dropFirst()).contains { $0.element.bytes < $1.element.bytes }
  }

  /// Lanes that advance together where a vector has so many doubles: one vector of what most columns
  /// hold.
  package func groupWidth(ofVectors doubles: Int) -> Int {
    switch precision {
    case .double: doubles
    case .single: 2 * doubles
    }
  }

  /// Columns that every step reads or writes, whatever happens in it.
  var everyStepColumns: Set<Int> {
    var columns = Set<Int>()
    for section in [update, precondition] {
      columns.formUnion(section.loadedColumns)
      columns.formUnion(section.storedColumns)
    }
    if let pending = secondReset?.pending { columns.insert(pending) }
    return columns
  }

  /// Columns that additive ports add to, ascending.
  package var summedColumns: [Int] {
    Set(contributions.map(\.column)).sorted()
  }

  /// Whether something is added only where the neuron is not refractory.
  var hasMaskedContributions: Bool { contributions.contains(where: \.isMasked) }

  /// What additive ports add up: of each sum the columns that get it, ascending. Columns that always
  /// get the same amounts, as AMPA and NMDA receptors of one synapse do, share a sum.
  package var sums: [[Int]] {
    var places: [[PortAddition]: Int] = [:]
    var sums: [[Int]] = []
    for column in summedColumns {
      let additions = additions(to: column)
      if let place = places[additions] {
        sums[place].append(column)
      } else {
        places[additions] = sums.count
        sums.append([column])
      }
    }
    return sums
  }

  private struct PortAddition: Hashable {
    var port: Int
    var amount: Section
    var isMasked: Bool
  }

  /// All that is added to a column, in the order in which it is.
  private func additions(to column: Int) -> [PortAddition] {
    ports.enumerated().flatMap { place, port -> [PortAddition] in
      guard case .additive(let contributions) = port else { return [] }
      return contributions.filter { $0.column == column }.map {
        PortAddition(port: place, amount: $0.amount, isMasked: $0.isMasked)
      }
    }
  }

  private var contributions: [Contribution] {
    ports.flatMap { port -> [Contribution] in
      guard case .additive(let contributions) = port else { return [] }
      return contributions
    }
  }
}
