extension Expression {
  /// The operands or arguments.
  package var children: [Expression] {
    switch node {
    case .number, .boolean, .name: []
    case .unary(_, let operand): [operand]
    case .binary(_, let left, let right): [left, right]
    case .call(_, let arguments): arguments
    }
  }

  /// The names of variables, constants and units in the expression (not of functions).
  public var names: Set<String> {
    var found: Set<String> = []
    insertNames(into: &found)
    return found
  }

  private func insertNames(into found: inout Set<String>) {
    if case .name(let name) = node { found.insert(name) }
    for child in children { child.insertNames(into: &found) }
  }

  /// Where a name is read first.
  func firstUse(of isWanted: (String) -> Bool) -> SourceSpan? {
    if case .name(let name) = node, isWanted(name) { return span }
    for child in children {
      if let span = child.firstUse(of: isWanted) { return span }
    }
    return nil
  }

  /// Where a random number is drawn first.
  var firstDraw: SourceSpan? {
    if case .call(let name, _) = node, EquationFunction(rawValue: name)?.isRandom == true {
      return span
    }
    for child in children {
      if let span = child.firstDraw { return span }
    }
    return nil
  }

  /// The height of the tree once every name in `heights` is replaced by a tree of that height.
  func height(replacing heights: [String: Int]) -> Int {
    if case .name(let name) = node, let height = heights[name] { return height }
    return 1 + (children.map { $0.height(replacing: heights) }.max() ?? 0)
  }

  /// The same expression with all spans empty: equal for equal meaning, wherever it stood.
  public var withoutSpans: Expression {
    switch node {
    case .number, .boolean, .name: Expression(node)
    case .unary(let symbol, let operand): Expression(.unary(symbol, operand.withoutSpans))
    case .binary(let symbol, let left, let right):
      Expression(.binary(symbol, left.withoutSpans, right.withoutSpans))
    case .call(let name, let arguments):
      Expression(.call(name, arguments.map { $0.withoutSpans }))
    }
  }
}
