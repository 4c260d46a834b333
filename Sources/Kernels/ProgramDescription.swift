extension Program: CustomStringConvertible {
  /// The program as text: for people and for tests. Loads, uniforms and numbers stand where they
  /// are read; every other value has a line.
  package var description: String {
    var lines = ["columns"]
    for (index, column) in columns.enumerated() {
      lines.append(
        "  c\(index) \(column.name): \(column.element), \(column.role), \(column.initialValue)")
    }
    lines.append("uniforms")
    for (index, entry) in uniforms.enumerated() {
      switch entry {
      case .value(let value): lines.append("  u\(index) = \(value)")
      case .computed(let operation):
        lines.append("  u\(index) = \(operation.text { "u\($0)" })")
      }
    }
    if !occurrences.isEmpty { lines.append("random") }
    for (index, occurrence) in occurrences.enumerated() {
      lines.append("  r\(index) \(occurrence.kind) \(occurrence.purpose)")
    }
    for (title, section) in titledSections where !section.isEmpty {
      lines.append(title)
      lines += text(of: section).map { "  " + $0 }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var titledSections: [(String, Section)] {
    var all = [
      ("derived", derived), ("initial", initial), ("probe", probe), ("update", update),
      ("precondition", precondition), ("tests", tests),
    ]
    if let second = secondReset {
      all.append(("second reset after \(second.width) steps", second.code))
    }
    all.append(("reset", reset))
    for event in events { all.append(("action of \(event.name)", event.action)) }
    for (index, port) in ports.enumerated() {
      switch port {
      case .additive(let contributions):
        for contribution in contributions {
          let name = columns[contribution.column].name
          let mask = contribution.isMasked ? " unless refractory" : ""
          all.append(("port \(index) adds to \(name)\(mask)", contribution.amount))
        }
      case .general(let code): all.append(("port \(index)", code))
      }
    }
    for (index, code) in starts.enumerated() { all.append(("start \(index)", code)) }
    return all
  }

  /// The lines of a section.
  package func text(of section: Section) -> [String] {
    func name(_ value: Int) -> String {
      switch section.instructions[value].operation {
      case .constant(let number): "\(number)"
      case .truth(let truth): "\(truth)"
      case .uniform(let place): "u\(place)"
      case .load(let column): columns[column].name
      case .step: "n"
      case .neuronIndex: "i"
      case .payload: "w"
      default: "v\(value)"
      }
    }
    var lines: [String] = []
    for (place, instruction) in section.instructions.enumerated() {
      guard name(place).hasPrefix("v\(place)") else { continue }
      if case .load = instruction.operation { continue }
      lines.append("v\(place) = \(instruction.operation.text(name))")
    }
    for store in section.stores {
      lines.append("\(columns[store.column].name) <- \(name(store.value))")
    }
    if !section.outputs.isEmpty {
      lines.append("output " + section.outputs.map(name).joined(separator: ", "))
    }
    return lines
  }
}

extension Operation {
  /// The operation as text, with the names of its operands.
  fileprivate func text(_ name: (Int) -> String) -> String {
    switch self {
    case .constant(let number): "\(number)"
    case .truth(let truth): "\(truth)"
    case .uniform(let place): "u\(place)"
    case .load(let column): "c\(column)"
    case .step: "n"
    case .neuronIndex: "i"
    case .payload: "w"
    case .random(let occurrence): "r\(occurrence)"
    case .poisson(let occurrence, let lambda): "r\(occurrence)(\(name(lambda)))"
    case .unary(.negate, let x): "-\(name(x))"
    case .unary(let function, let x): "\(function.rawValue)(\(name(x)))"
    case .binary(let function, let x, let y):
      switch function {
      case .add: "\(name(x)) + \(name(y))"
      case .subtract: "\(name(x)) - \(name(y))"
      case .multiply: "\(name(x)) * \(name(y))"
      case .divide: "\(name(x)) / \(name(y))"
      default: "\(function.rawValue)(\(name(x)), \(name(y)))"
      }
    case .fma(let a, let b, let c): "\(name(a)) * \(name(b)) + \(name(c)) rounded once"
    case .compare(let comparison, let x, let y): "\(name(x)) \(comparison.symbol) \(name(y))"
    case .select(let mask, let x, let y): "\(name(mask)) ? \(name(x)) : \(name(y))"
    case .not(let x): "not \(name(x))"
    case .and(let x, let y): "\(name(x)) and \(name(y))"
    case .or(let x, let y): "\(name(x)) or \(name(y))"
    case .narrow(let x): "single(\(name(x)))"
    case .widen(let x): "double(\(name(x)))"
    }
  }
}

extension Comparison {
  var symbol: String {
    switch self {
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .equal: "=="
    case .notEqual: "!="
    }
  }
}
