/// How often a value changes.
enum Constancy: Int, Comparable {
  /// One value for all neurons and steps.
  case uniform
  /// One value per neuron, until someone sets a parameter.
  case neuron
  case varying

  static func < (left: Constancy, right: Constancy) -> Bool { left.rawValue < right.rawValue }
}

extension Section {
  /// Which values must keep every bit: those that decide something (a comparison, a rounding to
  /// whole numbers), all integers, and `t`, with which Brian compares.
  var exactValues: [Bool] {
    var exact = [Bool](repeating: false, count: instructions.count)
    for (place, instruction) in instructions.enumerated().reversed() {
      if instruction.type != .real || isTime(instruction.operation) { exact[place] = true }
      let decides: Bool
      switch instruction.operation {
      case .compare, .poisson, .unary(.floor, _), .unary(.ceil, _), .unary(.truncate, _),
        .unary(.sign, _):
        decides = true
      case .select(let mask, let x, let y):
        exact[mask] = true
        if exact[place] { (exact[x], exact[y]) = (true, true) }
        decides = false
      default: decides = exact[place]
      }
      if decides { for operand in instruction.operation.operands { exact[operand] = true } }
    }
    return exact
  }

  /// Who reads each value; a store or an output counts as `nil`.
  var users: [[Int?]] {
    var users = [[Int?]](repeating: [], count: instructions.count)
    for (place, instruction) in instructions.enumerated() {
      for operand in instruction.operation.operands { users[operand].append(place) }
    }
    for store in stores { users[store.value].append(nil) }
    for output in outputs { users[output].append(nil) }
    return users
  }

  /// How often each value changes, given the columns that no visit writes.
  func constancy(constantColumns: Set<Int>) -> [Constancy] {
    var constancy: [Constancy] = []
    for instruction in instructions {
      switch instruction.operation {
      case .constant, .truth, .uniform: constancy.append(.uniform)
      case .neuronIndex: constancy.append(.neuron)
      case .load(let column):
        constancy.append(constantColumns.contains(column) ? .neuron : .varying)
      case .step, .payload, .random, .poisson: constancy.append(.varying)
      default:
        constancy.append(instruction.operation.operands.map { constancy[$0] }.max() ?? .uniform)
      }
    }
    return constancy
  }

  private func isTime(_ operation: Operation) -> Bool {
    guard case .binary(.multiply, let x, let y) = operation else { return false }
    return instructions[x].operation == .step || instructions[y].operation == .step
  }
}

extension Program {
  /// Columns of parameters that nothing in a visit writes.
  package var constantColumns: Set<Int> {
    var written = Set<Int>()
    for section in [update, tests, reset] + events.map(\.action) + starts {
      written.formUnion(section.targets)
    }
    if let second = secondReset { written.formUnion(second.code.targets) }
    for port in ports {
      switch port {
      case .additive(let contributions): written.formUnion(contributions.map(\.column))
      case .general(let code): written.formUnion(code.targets)
      }
    }
    return Set(columns.indices.filter { columns[$0].role == .variable && !written.contains($0) })
  }
}

extension Section {
  /// Columns that it stores to.
  var targets: [Int] { stores.map(\.column) }
}
