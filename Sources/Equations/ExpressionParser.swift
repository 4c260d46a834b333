/// Reads expressions by precedence climbing, with Python's precedences.
struct ExpressionParser {
  let text: String
  private let tokens: [Token]
  private var index = 0
  private var nesting = 0
  /// Whether a line's end also ends an expression: in statements, outside of parentheses.
  var endsAtNewline = false
  /// Whether `^` is a power, as in quantities.
  var allowsCaret = false

  /// How deep parentheses, calls, signs and powers may nest.
  static let maximumNesting = 200
  /// The greatest height of a tree: whoever walks it by recursion relies on it.
  static let maximumHeight = 1000

  init(_ text: String) throws(EquationError) {
    self.text = text
    tokens = try Scanner.tokens(of: text)
  }

  /// An expression and the height of its tree.
  private struct Parsed {
    var expression: Expression
    var height: Int
  }

  // MARK: Tokens

  /// The next token; `.end` also where a line's end ends the expression.
  var token: Token {
    let next = tokens[index]
    guard endsAtNewline, next.isAfterNewline, next.kind != .end else { return next }
    return Token(kind: .end, span: previousEnd, isAfterNewline: true)
  }

  /// The next token, whatever lines it stands on.
  var tokenOnAnyLine: Token { tokens[index] }

  /// The token after the next one.
  var tokenAhead: Token { tokens[min(index + 1, tokens.count - 1)] }

  /// The token two after the next one.
  var tokenTwoAhead: Token { tokens[min(index + 2, tokens.count - 1)] }

  /// The empty span after the token before.
  var previousEnd: SourceSpan {
    guard index > 0 else { return SourceSpan(offset: 0, length: 0) }
    let span = tokens[index - 1].span
    return SourceSpan(offset: span.offset + span.length, length: 0)
  }

  mutating func advance() {
    if index < tokens.count - 1 { index += 1 }
  }

  mutating func take(_ symbol: Symbol) -> Bool {
    guard token.kind == .symbol(symbol) else { return false }
    advance()
    return true
  }

  func error(_ message: String, at span: SourceSpan, hint: String? = nil) -> EquationError {
    EquationError(message, in: text, at: span, hint: hint)
  }

  /// The piece of the text that a span covers.
  func source(_ span: SourceSpan) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text.unicodeScalars.dropFirst(span.offset).prefix(span.length))
    return String(view)
  }

  // MARK: Expressions

  /// Reads one expression, up to what cannot belong to it.
  mutating func expression() throws(EquationError) -> Expression {
    try parse(minimum: Precedence.or).expression
  }

  /// Reads one expression and demands the end of the text after it.
  mutating func wholeExpression() throws(EquationError) -> Expression {
    let result = try expression()
    guard token.kind == .end else { throw unexpected() }
    return result
  }

  /// Why the next token cannot stand where it stands, after a complete expression.
  func unexpected() -> EquationError {
    let next = token
    let spelling = source(next.span)
    switch next.kind {
    case .end:
      return error("the text ends here, where more is due", at: next.span)
    case .symbol(.rightParenthesis):
      return error("`)` closes nothing", at: next.span)
    case .symbol(.assign):
      return error(
        "`=` cannot stand in an expression", at: next.span, hint: "to compare, write ==")
    case .symbol(.caret):
      return error("`^` is not the power", at: next.span, hint: "write **")
    case .symbol(.comma):
      return error("`,` can stand only between the arguments of a function", at: next.span)
    case .name("if"), .name("else"):
      return error(
        "there is no `if` in expressions", at: next.span,
        hint: "multiply with a condition: int(x > 0)*y")
    case .name, .number, .symbol(.leftParenthesis):
      return error(
        "an operator is missing before `\(spelling)`", at: next.span,
        hint: "write * to multiply")
    case .symbol:
      return error("`\(spelling)` cannot stand here", at: next.span)
    }
  }

  private func operation(of token: Token) -> (BinaryOperator, Int)? {
    switch token.kind {
    case .symbol(.plus): (.add, Precedence.sum)
    case .symbol(.minus): (.subtract, Precedence.sum)
    case .symbol(.star): (.multiply, Precedence.product)
    case .symbol(.slash): (.divide, Precedence.product)
    case .symbol(.doubleSlash): (.floorDivide, Precedence.product)
    case .symbol(.percent): (.modulo, Precedence.product)
    case .symbol(.doubleStar): (.power, Precedence.power)
    case .symbol(.caret) where allowsCaret: (.power, Precedence.power)
    case .symbol(.less): (.less, Precedence.comparison)
    case .symbol(.lessOrEqual): (.lessOrEqual, Precedence.comparison)
    case .symbol(.greater): (.greater, Precedence.comparison)
    case .symbol(.greaterOrEqual): (.greaterOrEqual, Precedence.comparison)
    case .symbol(.equal): (.equal, Precedence.comparison)
    case .symbol(.notEqual): (.notEqual, Precedence.comparison)
    case .name("and"): (.and, Precedence.and)
    case .name("or"): (.or, Precedence.or)
    default: nil
    }
  }

  private mutating func parse(minimum: Int) throws(EquationError) -> Parsed {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= ExpressionParser.maximumNesting else {
      throw error(
        "the expression is nested deeper than \(ExpressionParser.maximumNesting) levels",
        at: token.span, hint: "give its parts names of their own")
    }
    var left = try prefix(minimum: minimum)
    while let (symbol, precedence) = operation(of: token), precedence >= minimum {
      let position = token.span
      advance()
      // `**` is right-associative and takes a sign on its right: 2**-x**2.
      let right = try parse(
        minimum: precedence == Precedence.power ? Precedence.sign : precedence + 1)
      if precedence == Precedence.comparison, let (_, next) = operation(of: token),
        next == Precedence.comparison
      {
        throw error(
          "comparisons cannot be chained", at: token.span, hint: "write a < b and b < c")
      }
      let height = max(left.height, right.height) + 1
      guard height <= ExpressionParser.maximumHeight else {
        throw error(
          "the expression has more than \(ExpressionParser.maximumHeight) operations in a row",
          at: position, hint: "give its parts names of their own")
      }
      let span = left.expression.span.joined(with: right.expression.span)
      left = Parsed(
        expression: Expression(.binary(symbol, left.expression, right.expression), at: span),
        height: height)
    }
    return left
  }

  private mutating func prefix(minimum: Int) throws(EquationError) -> Parsed {
    let first = token
    switch first.kind {
    case .symbol(.minus):
      advance()
      let operand = try parse(minimum: Precedence.sign)
      return unary(.negate, operand, from: first.span)
    case .symbol(.plus):
      advance()
      var operand = try parse(minimum: Precedence.sign)
      operand.expression.span = first.span.joined(with: operand.expression.span)
      return operand
    case .name("not"):
      guard minimum <= Precedence.not else {
        throw error("`not` needs parentheses here", at: first.span, hint: "write (not x)")
      }
      advance()
      let operand = try parse(minimum: Precedence.not)
      return unary(.not, operand, from: first.span)
    default:
      return try primary()
    }
  }

  private func unary(_ symbol: UnaryOperator, _ operand: Parsed, from start: SourceSpan) -> Parsed {
    Parsed(
      expression: Expression(
        .unary(symbol, operand.expression), at: start.joined(with: operand.expression.span)),
      height: operand.height + 1)
  }

  private mutating func primary() throws(EquationError) -> Parsed {
    let first = token
    switch first.kind {
    case .number(let value, let isInteger):
      advance()
      return Parsed(
        expression: Expression(.number(value, isInteger: isInteger), at: first.span), height: 1)
    case .name(let name):
      return try named(name, at: first.span)
    case .symbol(.leftParenthesis):
      return try parenthesised(from: first.span)
    case .end:
      throw error(
        "an expression is missing here", at: index == 0 ? first.span : previousEnd)
    case .symbol:
      throw error(
        "`\(source(first.span))` cannot stand here, where a value is due", at: first.span)
    }
  }

  private mutating func parenthesised(from start: SourceSpan) throws(EquationError) -> Parsed {
    let outer = endsAtNewline
    endsAtNewline = false
    defer { endsAtNewline = outer }
    advance()
    var inner = try parse(minimum: Precedence.or)
    switch token.kind {
    case .symbol(.rightParenthesis): break
    case .end, .symbol(.colon), .symbol(.semicolon):
      throw error("`(` is never closed", at: start)
    default: throw unexpected()
    }
    inner.expression.span = start.joined(with: token.span)
    advance()
    return inner
  }

  private mutating func named(_ name: String, at span: SourceSpan) throws(EquationError) -> Parsed {
    switch name {
    case "True", "False":
      advance()
      return Parsed(expression: Expression(.boolean(name == "True"), at: span), height: 1)
    case "true", "false":
      throw error("`\(name)` is not defined", at: span, hint: "write \(name.capitalisedFirst)")
    case "and", "or":
      throw error("`\(name)` needs a condition before it", at: span)
    default:
      if EquationNames.pythonKeywords.contains(name) {
        throw error("`\(name)` is no word of the language", at: span)
      }
    }
    advance()
    // A name and its parenthesis stand on one line: in equations, `(constant)` may follow on a line.
    guard token.kind == .symbol(.leftParenthesis) else {
      return Parsed(expression: Expression(.name(name), at: span), height: 1)
    }
    return try call(name, from: span)
  }

  private mutating func call(_ name: String, from start: SourceSpan) throws(EquationError) -> Parsed
  {
    let outer = endsAtNewline
    endsAtNewline = false
    defer { endsAtNewline = outer }
    let parenthesis = token.span
    advance()
    var arguments: [Expression] = []
    var height = 0
    if token.kind != .symbol(.rightParenthesis) {
      repeat {
        let argument = try parse(minimum: Precedence.or)
        arguments.append(argument.expression)
        height = max(height, argument.height)
        if token.kind == .symbol(.assign) {
          throw error("arguments are given by their order, not by name", at: token.span)
        }
      } while take(.comma)
    }
    switch token.kind {
    case .symbol(.rightParenthesis): break
    case .end, .symbol(.colon), .symbol(.semicolon):
      throw error("`(` is never closed", at: parenthesis)
    default: throw unexpected()
    }
    let span = start.joined(with: token.span)
    advance()
    return Parsed(expression: Expression(.call(name, arguments), at: span), height: height + 1)
  }
}

/// How strongly operators bind, as in Python.
enum Precedence {
  static let or = 1
  static let and = 2
  static let not = 3
  static let comparison = 4
  static let sum = 5
  static let product = 6
  static let sign = 7
  static let power = 8
  static let atom = 9
}

extension SourceSpan {
  /// From the start of this span to the end of a later one.
  func joined(with later: SourceSpan) -> SourceSpan {
    SourceSpan(offset: offset, length: later.offset + later.length - offset)
  }
}

extension String {
  /// With its first letter in upper case.
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
