/// One word of an equation text.
struct Token: Hashable {
  enum Kind: Hashable {
    case number(Double, isInteger: Bool)
    case name(String)
    case symbol(Symbol)
    case end
  }

  var kind: Kind
  var span: SourceSpan
  /// Whether a line ended between the token before and this one.
  var isAfterNewline: Bool
}

/// Operators and punctuation, by their spelling.
enum Symbol: String {
  case plus = "+"
  case minus = "-"
  case star = "*"
  case slash = "/"
  case doubleSlash = "//"
  case percent = "%"
  case doubleStar = "**"
  case caret = "^"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "=="
  case notEqual = "!="
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case comma = ","
  case colon = ":"
  case semicolon = ";"
  case assign = "="
  case addAssign = "+="
  case subtractAssign = "-="
  case multiplyAssign = "*="
  case divideAssign = "/="
}

/// Cuts a text into tokens. Comments run from `#` to the end of the line.
struct Scanner {
  private let text: String
  private let scalars: [Unicode.Scalar]
  private var position = 0

  /// The longest text that is read.
  static let maximumLength = 2_000_000

  private init(_ text: String) {
    self.text = text
    scalars = Array(text.unicodeScalars)
  }

  /// The tokens of a text, `.end` last.
  static func tokens(of text: String) throws(EquationError) -> [Token] {
    guard text.utf8.count <= maximumLength else {
      throw EquationError(
        "the text is longer than \(maximumLength) characters", in: String(text.prefix(80)),
        at: SourceSpan(offset: 0, length: 1))
    }
    var scanner = Scanner(text)
    return try scanner.scan()
  }

  private mutating func scan() throws(EquationError) -> [Token] {
    var tokens: [Token] = []
    var isAfterNewline = false
    while position < scalars.count {
      let next = scalars[position]
      if next == "\n" || next == "\r" || next == "\u{2028}" || next == "\u{2029}" {
        isAfterNewline = true
        position += 1
      } else if next == "#" {
        while position < scalars.count, scalars[position] != "\n" { position += 1 }
      } else if next.properties.isWhitespace {
        position += 1
      } else {
        let start = position
        let kind = try token()
        let span = SourceSpan(offset: start, length: position - start)
        tokens.append(Token(kind: kind, span: span, isAfterNewline: isAfterNewline))
        isAfterNewline = false
      }
    }
    let end = SourceSpan(offset: scalars.count, length: 0)
    tokens.append(Token(kind: .end, span: end, isAfterNewline: isAfterNewline))
    return tokens
  }

  private mutating func token() throws(EquationError) -> Token.Kind {
    let next = scalars[position]
    if Scanner.isDigit(next) { return try number() }
    if next == ".", position + 1 < scalars.count, Scanner.isDigit(scalars[position + 1]) {
      return try number()
    }
    if Scanner.isNameStart(next) { return name() }
    if let symbol = symbol(beginningWith: next) {
      try refuseLongerOperator(beginningWith: symbol)
      position += symbol.rawValue.unicodeScalars.count
      return .symbol(symbol)
    }
    throw foreign(next)
  }

  /// The longest operator or punctuation mark that begins here.
  private func symbol(beginningWith first: Unicode.Scalar) -> Symbol? {
    let second = position + 1 < scalars.count ? scalars[position + 1] : " "
    switch (first, second) {
    case ("*", "*"): return .doubleStar
    case ("/", "/"): return .doubleSlash
    case ("<", "="): return .lessOrEqual
    case (">", "="): return .greaterOrEqual
    case ("=", "="): return .equal
    case ("!", "="): return .notEqual
    case ("+", "="): return .addAssign
    case ("-", "="): return .subtractAssign
    case ("*", "="): return .multiplyAssign
    case ("/", "="): return .divideAssign
    default: break
    }
    switch first {
    case "+": return .plus
    case "-": return .minus
    case "*": return .star
    case "/": return .slash
    case "%": return .percent
    case "^": return .caret
    case "<": return .less
    case ">": return .greater
    case "(": return .leftParenthesis
    case ")": return .rightParenthesis
    case ",": return .comma
    case ":": return .colon
    case ";": return .semicolon
    case "=": return .assign
    default: return nil
    }
  }

  /// `**=` and the like are no operators of the language, and no two operators in a row either.
  private func refuseLongerOperator(beginningWith symbol: Symbol) throws(EquationError) {
    guard [.doubleStar, .doubleSlash, .percent, .caret].contains(symbol) else { return }
    let end = position + symbol.rawValue.unicodeScalars.count
    guard end < scalars.count, scalars[end] == "=" else { return }
    guard end + 1 == scalars.count || scalars[end + 1] != "=" else { return }
    throw error(
      "`\(symbol.rawValue)=` is no assignment of the language", from: position, to: end + 1,
      hint: "write x = x \(symbol.rawValue) y")
  }

  private mutating func name() -> Token.Kind {
    let start = position
    while position < scalars.count, Scanner.isNamePart(scalars[position]) { position += 1 }
    return .name(slice(start, position))
  }

  private mutating func number() throws(EquationError) -> Token.Kind {
    let start = position
    var isInteger = true
    takeDigits()
    if position < scalars.count, scalars[position] == "." {
      isInteger = false
      position += 1
      takeDigits()
    }
    let mantissaEnd = position
    if takeExponent() { isInteger = false }
    try refuseRunOn(from: start)
    let lexeme = slice(start, position)
    guard let value = Double(lexeme) else {
      throw error("`\(lexeme)` is no number", from: start, to: position)
    }
    let hasDigits = scalars[start..<mantissaEnd].contains { ("1"..."9").contains($0) }
    guard value.isFinite, !value.isSubnormal, !value.isZero || !hasDigits else {
      throw error(
        "`\(lexeme)` is too \(value.isFinite ? "small" : "large") for a 64-bit number",
        from: start, to: position)
    }
    if isInteger, scalars[start] == "0", position - start > 1, hasDigits {
      throw error(
        "`\(lexeme)` begins with a zero", from: start, to: position,
        hint: "octal numbers are not read; leave the zeros out")
    }
    return .number(value, isInteger: isInteger && value <= 9_007_199_254_740_992)
  }

  private mutating func takeDigits() {
    while position < scalars.count, Scanner.isDigit(scalars[position]) { position += 1 }
  }

  private mutating func takeExponent() -> Bool {
    guard position < scalars.count, scalars[position] == "e" || scalars[position] == "E" else {
      return false
    }
    var next = position + 1
    if next < scalars.count, scalars[next] == "-" || scalars[next] == "+" { next += 1 }
    guard next < scalars.count, Scanner.isDigit(scalars[next]) else { return false }
    position = next
    takeDigits()
    return true
  }

  /// `10mV`, `0x10`, `1_000`, `1.2.3`: a number ends before something that is no operator.
  private func refuseRunOn(from start: Int) throws(EquationError) {
    guard position < scalars.count else { return }
    let next = scalars[position]
    guard Scanner.isNamePart(next) || next == "." else { return }
    var end = position
    while end < scalars.count, Scanner.isNamePart(scalars[end]) || scalars[end] == "." { end += 1 }
    let whole = slice(start, end)
    let tail = slice(position, end)
    let isName = Scanner.isNameStart(next)
    throw error(
      "`\(whole)` is neither a number nor a name", from: start, to: end,
      hint: isName && tail.first != "_" && tail.first != "x"
        ? "write \(slice(start, position))*\(tail)" : nil)
  }

  private func foreign(_ next: Unicode.Scalar) -> EquationError {
    let two = position + 2 <= scalars.count ? slice(position, position + 2) : ""
    switch (next, two) {
    case (_, "&&"):
      return error(
        "`&&` is no operator of the language", from: position, to: position + 2, hint: "write and")
    case (_, "||"):
      return error(
        "`||` is no operator of the language", from: position, to: position + 2, hint: "write or")
    case ("&", _):
      return error(
        "`&` is no operator of the language", from: position, to: position + 1, hint: "write and")
    case ("|", _):
      return error(
        "`|` is no operator of the language", from: position, to: position + 1, hint: "write or")
    case ("!", _), ("~", _):
      return error(
        "`\(next)` is no operator of the language", from: position, to: position + 1,
        hint: "write not")
    case ("[", _), ("]", _):
      return error("variables cannot be indexed", from: position, to: position + 1)
    case (".", _):
      return error("names have no attributes", from: position, to: position + 1)
    case ("\"", _), ("'", _):
      return error("there are no strings in equations", from: position, to: position + 1)
    case ("\u{2212}", _), ("\u{2013}", _):
      return error(
        "a typographic minus sign cannot be read", from: position, to: position + 1,
        hint: "write a hyphen: -")
    default:
      return error(
        "the character `\(next)` cannot stand in equations", from: position, to: position + 1)
    }
  }

  private func error(
    _ message: String, from start: Int, to end: Int, hint: String? = nil
  ) -> EquationError {
    EquationError(
      message, in: text, at: SourceSpan(offset: start, length: end - start), hint: hint)
  }

  private func slice(_ start: Int, _ end: Int) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[start..<end])
    return String(view)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(scalar)
  }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
      || scalar == "\u{B5}" || scalar == "\u{3BC}" || scalar == "\u{3A9}" || scalar == "\u{2126}"
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    isNameStart(scalar) || isDigit(scalar)
  }
}
