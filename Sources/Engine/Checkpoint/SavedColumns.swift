import Kernels

extension Program {
  /// The columns that a checkpoint holds: those that anything in a run may change.
  ///
  /// Parameters that nothing writes come from the job, and derived columns from them.
  var savedColumns: [Int] {
    let constant = constantColumns
    return columns.indices.filter { place in
      switch columns[place].role {
      case .variable: !constant.contains(place)
      case .refractoriness, .pending: true
      case .derived: false
      }
    }
  }
}
