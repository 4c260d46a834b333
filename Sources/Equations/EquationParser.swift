internal import Units

/// Reads the texts of the equation language. Names and dimensions are not checked here.
public enum EquationParser {
  /// Reads one expression; it may go over several lines.
  ///
  /// - Throws: `EquationError` at the first thing that cannot be read.
  public static func expression(_ text: String) throws(EquationError) -> Expression {
    var parser = try ExpressionParser(text)
    return try parser.wholeExpression()
  }

  /// Reads statements, separated by `;` or line ends; an empty text has none.
  ///
  /// - Throws: `EquationError` at the first thing that cannot be read.
  public static func statements(_ text: String) throws(EquationError) -> [Statement] {
    var parser = StatementParser(try ExpressionParser(text))
    return try parser.statements()
  }

  /// Reads Brian's equations: `dx/dt = … : unit (flags)`, `x = … : unit`, `a, b : unit (flags)`.
  ///
  /// - Throws: `EquationError` at the first thing that cannot be read.
  public static func equations(_ text: String) throws(EquationError) -> [EquationDeclaration] {
    var parser = DeclarationParser(try ExpressionParser(text))
    return try parser.declarations()
  }
}

/// One variable of an equation text, and where it stands.
public struct EquationDeclaration: Hashable, Sendable {
  /// What was declared; its expression is as parsed.
  public var variable: EquationSystem.Variable
  /// Where its name stands.
  public var nameSpan: SourceSpan

  /// Makes a declaration.
  public init(_ variable: EquationSystem.Variable, at nameSpan: SourceSpan) {
    self.variable = variable
    self.nameSpan = nameSpan
  }
}

/// Reads `target = expression` and its kin.
struct StatementParser {
  private var parser: ExpressionParser

  init(_ parser: ExpressionParser) {
    self.parser = parser
    self.parser.endsAtNewline = true
  }

  mutating func statements() throws(EquationError) -> [Statement] {
    var result: [Statement] = []
    while true {
      while parser.tokenOnAnyLine.kind == .symbol(.semicolon) { parser.advance() }
      guard parser.tokenOnAnyLine.kind != .end else { return result }
      result.append(try statement())
      switch parser.token.kind {
      case .end, .symbol(.semicolon): break
      default: throw parser.unexpected()
      }
    }
  }

  private mutating func statement() throws(EquationError) -> Statement {
    let first = parser.tokenOnAnyLine
    guard case .name(let target) = first.kind else {
      throw parser.error(
        "a statement begins with the name of a variable", at: first.span,
        hint: "such as V = -60*mV or s += 1")
    }
    if EquationNames.pythonKeywords.contains(target) {
      throw parser.error(
        "`\(target)` is no word of the language", at: first.span,
        hint: "statements assign to variables: V = -60*mV")
    }
    parser.advance()
    let assignment = try assignment(after: target)
    parser.advance()
    let value = try parser.expression()
    return Statement(target, assignment, value, at: first.span.joined(with: value.span))
  }

  private func assignment(after target: String) throws(EquationError) -> Statement.Assignment {
    let next = parser.token
    switch next.kind {
    case .symbol(.assign): return .set
    case .symbol(.addAssign): return .add
    case .symbol(.subtractAssign): return .subtract
    case .symbol(.multiplyAssign): return .multiply
    case .symbol(.divideAssign): return .divide
    case .symbol(.equal):
      throw parser.error("`==` compares; it assigns nothing", at: next.span, hint: "write =")
    case .symbol(.leftParenthesis):
      throw parser.error(
        "a statement assigns to a variable; it cannot only call `\(target)`", at: next.span)
    default:
      throw parser.error(
        "an assignment is missing after `\(target)`", at: next.span,
        hint: "statements are such as V = -60*mV or s += 1")
    }
  }
}

/// Reads the lines of Brian's equations.
struct DeclarationParser {
  private var parser: ExpressionParser
  private var unitNesting = 0

  init(_ parser: ExpressionParser) {
    self.parser = parser
  }

  mutating func declarations() throws(EquationError) -> [EquationDeclaration] {
    var result: [EquationDeclaration] = []
    while parser.token.kind != .end {
      if let last = result.last, !parser.token.isAfterNewline {
        throw parser.error(
          "the equation of `\(last.variable.name)` ends before this", at: parser.token.span,
          hint: "each equation stands on a line of its own")
      }
      result += try declaration()
    }
    return result
  }

  private enum LeftSide {
    case differential(String, SourceSpan)
    case subexpression(String, SourceSpan)
    case parameters([(String, SourceSpan)])
  }

  private mutating func declaration() throws(EquationError) -> [EquationDeclaration] {
    switch try leftSide() {
    case .differential(let name, let span):
      let value = try rightSide(of: name)
      return [try ending(of: name, at: span, .differential(value))]
    case .subexpression(let name, let span):
      let value = try rightSide(of: name)
      return [try ending(of: name, at: span, .subexpression(value))]
    case .parameters(let names):
      let (name, span) = names[0]
      let first = try ending(of: name, at: span, .parameter)
      return names.map { name, span in
        var variable = first.variable
        variable.name = name
        return EquationDeclaration(variable, at: span)
      }
    }
  }

  private func badLine(at span: SourceSpan) -> EquationError {
    parser.error(
      "an equation cannot begin like this", at: span,
      hint: "write dx/dt = … : unit, x = … : unit, or x : unit")
  }

  private mutating func leftSide() throws(EquationError) -> LeftSide {
    let first = parser.token
    guard case .name(let name) = first.kind else { throw badLine(at: first.span) }
    parser.advance()
    switch parser.token.kind {
    case .symbol(.slash):
      parser.advance()
      guard name.first == "d", name.count > 1, parser.token.kind == .name("dt") else {
        throw badLine(at: first.span)
      }
      parser.advance()
      guard parser.take(.assign) else {
        throw parser.error("`=` is missing after `\(name)/dt`", at: parser.previousEnd)
      }
      let span = SourceSpan(offset: first.span.offset + 1, length: first.span.length - 1)
      return .differential(String(name.dropFirst()), span)
    case .symbol(.assign):
      parser.advance()
      return .subexpression(name, first.span)
    case .symbol(.colon), .symbol(.comma):
      var names = [(name, first.span)]
      while parser.take(.comma) {
        guard case .name(let next) = parser.token.kind else {
          throw parser.error("a name is missing after `,`", at: parser.previousEnd)
        }
        names.append((next, parser.token.span))
        parser.advance()
      }
      return .parameters(names)
    default:
      throw badLine(at: first.span)
    }
  }

  private mutating func rightSide(of name: String) throws(EquationError) -> Expression {
    let value = try parser.expression()
    if parser.token.kind == .symbol(.colon) { return value }
    guard parser.token.kind == .end || parser.token.isAfterNewline else {
      throw parser.unexpected()
    }
    throw parser.error(
      "the equation of `\(name)` has no unit", at: parser.previousEnd,
      hint: "end it with a unit, such as : volt, or : 1 for a plain number")
  }

  /// Reads `: unit (flags)`.
  private mutating func ending(
    of name: String, at span: SourceSpan, _ kind: EquationSystem.Variable.Kind
  ) throws(EquationError) -> EquationDeclaration {
    guard parser.take(.colon) else {
      throw parser.error(
        "`:` and a unit are missing after `\(name)`", at: parser.previousEnd,
        hint: "such as \(name) : volt, or \(name) : 1 for a plain number")
    }
    let unitStart = parser.token.span
    var type = EquationSystem.ValueType.real
    var dimension = Dimension.one
    switch parser.token.kind {
    case .name("boolean"):
      type = .boolean
      parser.advance()
    case .name("integer"):
      type = .integer
      parser.advance()
    case .name("bool"), .name("int"), .name("float"):
      throw parser.error(
        "`\(parser.source(unitStart))` is no type", at: unitStart,
        hint: "write boolean, integer, or 1 for a plain number")
    default:
      dimension = try unit(of: name)
    }
    if case .differential = kind, type != .real {
      throw parser.error(
        "a differential equation needs a unit: `\(name)` cannot be \(type.phrase)", at: unitStart)
    }
    var variable = EquationSystem.Variable(name: name, kind: kind, type: type, dimension: dimension)
    if parser.token.kind == .symbol(.leftParenthesis) {
      variable.flags = try flags(of: kind)
    }
    return EquationDeclaration(variable, at: span)
  }

  // MARK: Units

  private mutating func unit(of name: String) throws(EquationError) -> Dimension {
    var dimension = try unitFactor(of: name)
    while true {
      // A unit does not go on over a line's end.
      guard !parser.token.isAfterNewline else { return dimension }
      if parser.take(.star) {
        dimension = dimension * (try unitFactor(of: name))
      } else if parser.take(.slash) {
        dimension = dimension / (try unitFactor(of: name))
      } else {
        return dimension
      }
    }
  }

  private mutating func unitFactor(of name: String) throws(EquationError) -> Dimension {
    let first = parser.token
    var dimension: Dimension
    switch first.kind {
    case .number(1, isInteger: true):
      parser.advance()
      dimension = .one
    case .name(let unitName):
      dimension = try baseUnit(unitName, at: first.span)
      parser.advance()
    case .symbol(.leftParenthesis):
      unitNesting += 1
      guard unitNesting <= 32 else { throw parser.error("too many parentheses", at: first.span) }
      parser.advance()
      dimension = try unit(of: name)
      unitNesting -= 1
      guard parser.take(.rightParenthesis) else {
        throw parser.error("`(` is never closed", at: first.span)
      }
    default:
      throw parser.error(
        "a unit is missing here", at: first.kind == .end ? parser.previousEnd : first.span,
        hint: "such as volt, siemens/metre**2, 1, boolean or integer")
    }
    guard parser.take(.doubleStar) || parser.take(.caret) else { return dimension }
    dimension = dimension.raised(to: try unitPower())
    return dimension
  }

  private mutating func unitPower() throws(EquationError) -> Double {
    let start = parser.token.span
    let isParenthesised = parser.take(.leftParenthesis)
    let isNegative = parser.take(.minus)
    guard case .number(let power, _) = parser.token.kind, power <= 24 else {
      throw parser.error(
        "the power of a unit is a number up to 24", at: parser.token.span)
    }
    parser.advance()
    if isParenthesised, !parser.take(.rightParenthesis) {
      throw parser.error("`(` is never closed", at: start)
    }
    return isNegative ? -power : power
  }

  /// Variables are kept in SI, so a unit with a scale would say what is not so.
  private func baseUnit(_ name: String, at span: SourceSpan) throws(EquationError) -> Dimension {
    guard let unit = UnitTable.unit(named: name) else {
      let suggestion = UnitTable.suggestions(for: name).first { candidate in
        UnitTable.unit(named: candidate)?.scale == 1
      }
      throw parser.error(
        "`\(name)` is not a known unit", at: span,
        hint: suggestion.map { "did you mean `\($0)`?" })
    }
    guard unit.scale == 1 else {
      throw parser.error(
        "`\(name)` is not a unit without prefix", at: span,
        hint: "variables are kept in SI: write \(unit.dimension.equationUnitText)")
    }
    return unit.dimension
  }

  // MARK: Flags

  private mutating func flags(
    of kind: EquationSystem.Variable.Kind
  ) throws(EquationError) -> EquationSystem.Variable.Flags {
    let parenthesis = parser.token.span
    parser.advance()
    var flags: EquationSystem.Variable.Flags = []
    repeat {
      var words: SourceSpan?
      while true {
        switch parser.token.kind {
        case .name, .symbol(.minus):
          words = words?.joined(with: parser.token.span) ?? parser.token.span
          parser.advance()
          continue
        default: break
        }
        break
      }
      guard let words else {
        throw parser.error(
          parser.token.kind == .end ? "`(` is never closed" : "a flag is missing here",
          at: parser.token.kind == .end ? parenthesis : parser.token.span)
      }
      flags.formUnion(try flag(at: words, of: kind))
    } while parser.take(.comma)
    guard parser.take(.rightParenthesis) else {
      throw parser.error("`(` is never closed", at: parenthesis)
    }
    return flags
  }

  private func flag(
    at span: SourceSpan, of kind: EquationSystem.Variable.Kind
  ) throws(EquationError) -> EquationSystem.Variable.Flags {
    let words = parser.source(span).split { $0.isWhitespace }.joined(separator: " ")
    let known = EquationSystem.Variable.Flags.named
    guard let flag = known.first(where: { $0.name == words })?.flag else {
      if ["event-driven", "clock-driven", "linked", "summed"].contains(words) {
        throw parser.error("the flag `\(words)` is not supported", at: span)
      }
      let nearest = Spelling.nearest(to: words, among: known.map { $0.name })
      throw parser.error(
        "`\(words)` is not a flag", at: span,
        hint: nearest.map { "did you mean `\($0)`?" }
          ?? "flags are \(known.map { $0.name }.joined(separator: ", "))")
    }
    switch (flag, kind) {
    case (.unlessRefractory, .differential), (.constant, .parameter),
      (.constantOverStep, .subexpression), (.shared, .parameter), (.shared, .subexpression):
      return flag
    case (.unlessRefractory, _):
      throw parser.error("only differential equations can be `unless refractory`", at: span)
    case (.constant, _):
      throw parser.error("only parameters can be `constant`", at: span)
    case (.constantOverStep, _):
      throw parser.error("only subexpressions can be `constant over dt`", at: span)
    default:
      throw parser.error("a differential equation cannot be `\(words)`", at: span)
    }
  }
}

extension EquationSystem.Variable.Flags {
  /// The flags as texts write them.
  static let named: [(name: String, flag: EquationSystem.Variable.Flags)] = [
    ("constant", .constant), ("unless refractory", .unlessRefractory),
    ("constant over dt", .constantOverStep), ("shared", .shared),
  ]
}

extension EquationSystem.ValueType {
  /// For sentences: `a number`, `an integer`, `boolean`.
  var phrase: String {
    switch self {
    case .real: "a number"
    case .integer: "an integer"
    case .boolean: "boolean"
    }
  }
}
