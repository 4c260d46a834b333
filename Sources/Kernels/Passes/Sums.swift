/// What is added, or taken away.
struct Term {
  var value: Int
  var isNegative: Bool
}

/// The sums of a section: trees of additions and subtractions that no one else reads.
struct Sums {
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
