extension Program {
  /// Bytes of state per neuron: a block of L lanes takes L times as many.
  package var bytesPerLane: Int { columns.reduce(0) { $0 + $1.element.bytes } }

  /// Where a column begins in a block of one lane; times the lanes of the block.
  ///
  /// Columns of 8 bytes come before flags, so that every column is aligned.
  package func byteOffset(ofColumn column: Int) -> Int {
    columns[..<column].reduce(0) { $0 + $1.element.bytes }
  }

  /// Whether columns of 8 bytes come before flags.
  package var hasOrderedColumns: Bool {
    !zip(columns, columns.dropFirst()).contains { $0.element.bytes < $1.element.bytes }
  }
}
