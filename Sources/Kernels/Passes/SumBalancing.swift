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
      guard terms.count >= Sums.fewestTerms else {
        return new.code.emit(instruction.operation, instruction.type)
      }
      return new.code.balancedSum(
        of: terms.map { Term(value: new[$0.value], isNegative: $0.isNegative) })
    }
  }
}

/// What is added, or taken away.
private struct Term {
  var value: Int
  var isNegative: Bool
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

/// The sums of a section: trees of additions and subtractions that no one else reads.
private struct Sums {
  /// Of fewer nothing is gained.
  static let fewestTerms = 4

  private let section: Section
  private let isSum: [Bool]
  /// Whether its one reader takes it apart.
  private let isPart: [Bool]

  init(_ section: Section) {
    self.section = section
    let exact = section.exactValues
    let isSum = section.instructions.indices.map { place in
      guard !exact[place] else { return false }
      switch section.instructions[place].operation {
      case .binary(.add, _, _), .binary(.subtract, _, _): return true
      default: return false
      }
    }
    self.isSum = isSum
    isPart = section.users.enumerated().map { place, users in
      guard isSum[place], users.count == 1, let user = users[0] else { return false }
      return isSum[user]
    }
  }

  func isRoot(_ place: Int) -> Bool { isSum[place] && !isPart[place] }

  /// In the order of the text.
  func terms(of place: Int) -> [Term] {
    var terms: [Term] = []
    var open = [Term(value: place, isNegative: false)]
    while let next = open.popLast() {
      guard next.value == place || isPart[next.value] else {
        terms.append(next)
        continue
      }
      switch section.instructions[next.value].operation {
      case .binary(.subtract, let x, let y):
        open.append(Term(value: y, isNegative: !next.isNegative))
        open.append(Term(value: x, isNegative: next.isNegative))
      case .binary(_, let x, let y):
        open.append(Term(value: y, isNegative: next.isNegative))
        open.append(Term(value: x, isNegative: next.isNegative))
      default: terms.append(next)
      }
    }
    return terms
  }
}
