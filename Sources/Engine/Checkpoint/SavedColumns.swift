import Kernels

extension Program {
  /// The columns that a checkpoint holds: those that anything in a run may change.
  ///
  /// Parameters that nothing writes come from the job, and derived columns from them.
  var savedColumns: [Int] {
    let written = writtenColumns
    return columns.indices.filter { place in
      switch columns[place].role {
      case .variable: written.contains(place)
      case .refractoriness, .pending: true
      case .derived: false
      }
    }
  }

  private var writtenColumns: Set<Int> {
    var sections = [update, precondition, tests, reset] + events.map(\.action)
    if let secondReset { sections.append(secondReset.code) }
    var written: Set<Int> = []
    for port in ports {
      switch port {
      case .additive(let contributions): written.formUnion(contributions.map(\.column))
      case .general(let code): sections.append(code)
      case .assignment(let column): written.insert(column)
      }
    }
    for section in sections { written.formUnion(section.stores.map(\.column)) }
    return written
  }
}
