/// Of fewer terms nothing is gained.
private let fewestTerms = 4

extension Program {
  /// Adds the terms of a long sum up in two halves, side by side.
  ///
  /// Each term waits for the sum before it, and a vector of f32 takes a processor half as long as
  /// one of f64: then it is that waiting which bounds a step. In f64 it is not, and bits stay.
  func balancingSums() -> Program {
    guard precision == .single else { return self }
    let sums = Sums(update)
    return rewritingUpdate { place, instruction, new in
      let terms = sums.isRoot(place) ? sums.terms(of: place) : []
      guard terms.count >= fewestTerms else {
        return new.code.emit(instruction.operation, instruction.type)
      }
      return new.code.balancedSum(
        of: terms.map { Term(value: new[$0.value], isNegative: $0.isNegative) })
    }
  }
}

extension SectionBuilder {
  fileprivate mutating func balancedSum(of terms: [Term]) -> Int {
    let middle = (terms.count + 1) / 2
    let (left, right) = (sum(of: terms[..<middle]), sum(of: terms[middle...]))
    return simplified(Instruction(.binary(.add, left, right), .real))
  }

  /// One after the other, beginning with one that is added.
  private mutating func sum(of terms: ArraySlice<Term>) -> Int {
    var rest = terms
    let start = terms.firstIndex { !$0.isNegative } ?? terms.startIndex
    let first = rest.remove(at: start)
    let value = first.isNegative ? negated(first.value) : first.value
    return rest.reduce(value) { sum, term in
      let operation = term.isNegative ? BinaryOperation.subtract : .add
      return emit(.binary(operation, sum, term.value), .real)
    }
  }
}
