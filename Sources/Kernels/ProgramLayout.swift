import KernelABI

/// Where the state of a block lies: lanes in groups of eight, and in each group column after
/// column, so that a visit of one step reads and writes one stream.
extension Program {
  /// Lanes of a group: the widest vector's.
  package static let groupLanes = Int(COPPICE_LANE_MULTIPLE)

  /// Bytes of state per neuron, without what aligns groups.
  package var bytesPerLane: Int { columns.reduce(0) { $0 + $1.element.bytes } }

  /// Bytes of a group; each begins at a cache line.
  package var groupBytes: Int { (bytesPerLane * Self.groupLanes + 63) & ~63 }

  /// Bytes of a block of so many lanes.
  package func blockBytes(lanes: Int) -> Int { lanes / Self.groupLanes * groupBytes }

  /// Where a column begins in a group of one lane; times the lanes of a group.
  ///
  /// Columns of 8 bytes come before flags, so that every column is aligned.
  package func byteOffset(ofColumn column: Int) -> Int {
    columns[..<column].reduce(0) { $0 + $1.element.bytes }
  }

  /// Where the value of a lane lies in its block.
  package func byteOffset(ofColumn column: Int, lane: Int) -> Int {
    lane / Self.groupLanes * groupBytes + byteOffset(ofColumn: column) * Self.groupLanes
      + lane % Self.groupLanes * columns[column].element.bytes
  }

  /// Whether columns of 8 bytes come before flags.
  package var hasOrderedColumns: Bool {
    !zip(columns, columns.dropFirst()).contains { $0.element.bytes < $1.element.bytes }
  }
}
