/// What is wrong with the text of a quantity, where, and what to do.
public struct QuantityError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason, without a full stop.
  public var message: String
  /// The text that was read.
  public var text: String
  /// Where the fault begins, in Unicode scalars from the start of `text`.
  public var offset: Int
  /// How many scalars are at fault.
  public var length: Int
  /// What to do about it, if that can be said.
  public var hint: String?

  /// Makes an error.
  public init(
    _ message: String, in text: String, offset: Int, length: Int, hint: String? = nil
  ) {
    self.message = message
    self.text = text
    self.offset = offset
    self.length = length
    self.hint = hint
  }

  public var description: String {
    hint.map { "\(message); \($0)" } ?? message
  }
}

extension Quantity {
  /// Reads a number and a unit: `-60 mV`, `0.81nS`, `1 uF/cm^2`, `-60*mV`, `1/ms`, `1.5`.
  ///
  /// The value is the f64 nearest to the number times the scale of the unit, in one multiplication.
  ///
  /// - Throws: `QuantityError` for anything else, and for values that f64 cannot hold.
  public init(parsing text: String) throws(QuantityError) {
    self = try QuantityText(text).quantity
  }

  /// Reads a number and a unit of a given dimension.
  ///
  /// - Throws: `QuantityError` that says what is due, such as `a voltage such as -60 mV`.
  public init(parsing text: String, as expected: Dimension) throws(QuantityError) {
    let quantity = try Quantity(parsing: text)
    try quantity.require(expected, of: text)
    self = quantity
  }

  /// Refuses a quantity of another dimension than `expected`.
  ///
  /// - Throws: `QuantityError` that names what `text` is and what is due.
  public func require(_ expected: Dimension, of text: String) throws(QuantityError) {
    guard dimension != expected else { return }
    let what =
      dimension == .one ? "`\(text)` has no unit" : "`\(text)` is \(dimension.phrase)"
    let names = (try? QuantityText(text))?.unitNames ?? []
    let meant = names.count == 1 ? UnitTable.suggestions(for: names[0]) : []
    let fitting = meant.first { UnitTable.unit(named: $0)?.dimension == expected }
    throw QuantityError(
      "\(what), where \(expected.expectation) is due", in: text, offset: 0,
      length: text.unicodeScalars.count, hint: fitting.map { "did you mean `\($0)`?" })
  }
}

/// The text of a quantity, taken apart.
package struct QuantityText {
  /// The quantity itself.
  package let quantity: Quantity
  /// The names of units in it.
  package let unitNames: [String]
  /// Whether number and unit stand side by side (`-60 mV`), so that the text cannot be an
  /// expression.
  package let isJuxtaposed: Bool

  /// Reads a quantity.
  ///
  /// - Throws: `QuantityError` if the text is no quantity or f64 cannot hold its value.
  package init(_ text: String) throws(QuantityError) {
    var reader = try QuantityReader(text)
    reader.skipSpaces()
    let start = reader.position
    let number = try reader.readNumber()
    let numberEnd = reader.position
    reader.skipSpaces()
    var unit = Unit.one
    var isJuxtaposed = false
    if !reader.isAtEnd {
      if reader.current == "/" {
        unit = try reader.readUnit(startingWith: .one)
      } else {
        isJuxtaposed = !reader.takeMultiplication()
        unit = try reader.readUnit(startingWith: nil)
      }
      reader.skipSpaces()
      guard reader.isAtEnd else { throw reader.unexpected() }
    }
    let value = number * unit.scale
    // By bits: what is below the normal numbers is flushed to zero in threads that run programs.
    guard value.isFinite, !value.isSubnormal, !value.isZero || number.isZero else {
      throw QuantityError(
        "`\(text)` is too \(value.isFinite ? "small" : "large") for a 64-bit number", in: text,
        offset: start, length: numberEnd - start)
    }
    quantity = Quantity(value, unit.dimension)
    unitNames = reader.unitNames
    self.isJuxtaposed = isJuxtaposed
  }

  /// Whether a text begins with a number that a letter follows, and so can only be meant as a
  /// quantity.
  package static func looksLikeQuantity(_ text: String) -> Bool {
    guard var reader = try? QuantityReader(text) else { return false }
    reader.skipSpaces()
    guard (try? reader.readNumber()) != nil else { return false }
    reader.skipSpaces()
    guard let next = reader.current else { return true }
    return next.properties.isAlphabetic || next == "\u{B5}"
  }
}

/// Reads the parts of a quantity from left to right.
struct QuantityReader {
  private let text: String
  private let scalars: [Unicode.Scalar]
  private(set) var position = 0
  private(set) var unitNames: [String] = []
  private var depth = 0

  private static let maximumLength = 1000
  private static let maximumDepth = 32

  init(_ text: String) throws(QuantityError) {
    self.text = text
    scalars = Array(text.unicodeScalars)
    guard scalars.count <= QuantityReader.maximumLength else {
      throw QuantityError(
        "the text is too long for a quantity", in: String(text.prefix(100)), offset: 0, length: 1)
    }
  }

  var isAtEnd: Bool { position == scalars.count }
  var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func scalar(ahead count: Int) -> Unicode.Scalar? {
    position + count < scalars.count ? scalars[position + count] : nil
  }

  mutating func skipSpaces() {
    while let next = current, next.properties.isWhitespace { position += 1 }
  }

  func error(_ message: String, from start: Int, hint: String? = nil) -> QuantityError {
    QuantityError(
      message, in: text, offset: start, length: max(1, position - start), hint: hint)
  }

  func unexpected() -> QuantityError {
    guard let next = current else { return error("a unit is missing at the end", from: position) }
    if next == "," {
      return error("`,` cannot stand here", from: position, hint: "decimals follow a point: 1.5 mV")
    }
    return error(
      "`\(next)` cannot stand here", from: position,
      hint: "a quantity is a number and a unit, such as -60 mV or 1 uF/cm^2")
  }

  /// Reads a decimal number.
  mutating func readNumber() throws(QuantityError) -> Double {
    let start = position
    if current == "-" || current == "+" { position += 1 }
    if current == "0", let marker = scalar(ahead: 1), "xXoObB".unicodeScalars.contains(marker) {
      throw error("only decimal numbers are read here", from: start)
    }
    let whole = takeDigits()
    var fraction = 0
    if current == "." {
      position += 1
      fraction = takeDigits()
    }
    guard whole + fraction > 0 else {
      position = start
      throw missingNumber()
    }
    takeExponent()
    var lexeme = String.UnicodeScalarView()
    lexeme.append(contentsOf: scalars[start..<position])
    guard let number = Double(String(lexeme)) else {
      throw error("`\(String(lexeme))` is no number", from: start)
    }
    let hasDigits = lexeme.prefix { $0 != "e" && $0 != "E" }.contains { ("1"..."9").contains($0) }
    guard number.isFinite, !number.isSubnormal, !number.isZero || !hasDigits else {
      throw error(
        "`\(String(lexeme))` is too \(number.isFinite ? "small" : "large") for a 64-bit number",
        from: start)
    }
    return number
  }

  private func missingNumber() -> QuantityError {
    guard current != nil else {
      return error("the text is empty where a quantity is due", from: position)
    }
    var rest = String.UnicodeScalarView()
    rest.append(contentsOf: scalars[position...])
    let word = String(rest).lowercased().drop { $0 == "-" || $0 == "+" }
    if word.hasPrefix("inf") || word.hasPrefix("nan") {
      return error("`\(text)` is not a finite number", from: position)
    }
    if current == "\u{2212}" || current == "\u{2013}" {
      return error(
        "a typographic minus sign cannot be read", from: position, hint: "write a hyphen: -60 mV")
    }
    return error(
      "`\(text)` does not begin with a number", from: position,
      hint: "a quantity is a number and a unit, such as -60 mV")
  }

  private mutating func takeDigits() -> Int {
    let start = position
    while let next = current, ("0"..."9").contains(next) { position += 1 }
    return position - start
  }

  private mutating func takeExponent() {
    guard current == "e" || current == "E" else { return }
    let start = position
    position += 1
    if current == "-" || current == "+" { position += 1 }
    // `3 eV` is a unit that does not exist; `3e` is no exponent either.
    if takeDigits() == 0 { position = start }
  }

  /// Takes `*` or a middle dot, but not `**`.
  mutating func takeMultiplication() -> Bool {
    guard current == "\u{B7}" || (current == "*" && scalar(ahead: 1) != "*") else { return false }
    position += 1
    return true
  }

  /// Reads factors joined by `*` and `/`; with `first`, only what follows it.
  mutating func readUnit(startingWith first: Unit?) throws(QuantityError) -> Unit {
    let start = position
    var unit: Unit
    if let first { unit = first } else { unit = try readFactor() }
    while true {
      skipSpaces()
      if takeMultiplication() {
        unit = unit * (try readFactor())
      } else if current == "/", scalar(ahead: 1) != "/" {
        position += 1
        unit = unit / (try readFactor())
      } else {
        break
      }
    }
    guard unit.scale.isNormal else {
      throw error("the scale of this unit is out of range", from: start)
    }
    return unit
  }

  private mutating func readFactor() throws(QuantityError) -> Unit {
    skipSpaces()
    let start = position
    var unit: Unit
    if current == "(" {
      depth += 1
      guard depth <= QuantityReader.maximumDepth else {
        throw error("too many parentheses", from: start)
      }
      position += 1
      unit = try readUnit(startingWith: nil)
      skipSpaces()
      guard current == ")" else { throw error("`(` is never closed", from: start) }
      position += 1
      depth -= 1
    } else if current == "1", !isNameScalar(scalar(ahead: 1)), scalar(ahead: 1) != "." {
      position += 1
      unit = .one
    } else {
      unit = try readNamedUnit()
    }
    if let exponent = try readPower() {
      guard let power = unit.raised(to: exponent) else {
        throw error("this power of a unit cannot be had", from: start)
      }
      unit = power
    }
    return unit
  }

  private func isNameScalar(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return scalar.properties.isAlphabetic || scalar == "_" || scalar == "\u{B5}"
      || ("0"..."9").contains(scalar)
  }

  private mutating func readNamedUnit() throws(QuantityError) -> Unit {
    let start = position
    guard let first = current, isNameScalar(first), !("0"..."9").contains(first) else {
      throw unexpected()
    }
    while isNameScalar(current) { position += 1 }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[start..<position])
    let name = String(view)
    unitNames.append(name)
    guard let unit = UnitTable.unit(named: name) else {
      let suggestions = UnitTable.suggestions(for: name).map { "`\($0)`" }
      throw error(
        "`\(name)` is not a known unit", from: start,
        hint: suggestions.isEmpty ? nil : "did you mean \(suggestions.joined(separator: " or "))?")
    }
    return unit
  }

  /// Reads what follows `^` or `**`, or a superscript.
  private mutating func readPower() throws(QuantityError) -> Double? {
    let start = position
    skipSpaces()
    switch current {
    case "\u{B2}":
      position += 1
      return 2
    case "\u{B3}":
      position += 1
      return 3
    case "^":
      position += 1
    case "*" where scalar(ahead: 1) == "*":
      position += 2
    default:
      position = start
      return nil
    }
    skipSpaces()
    let exponentStart = position
    let isParenthesised = current == "("
    if isParenthesised { position += 1 }
    let exponent = try readNumber()
    if isParenthesised {
      guard current == ")" else { throw error("`(` is never closed", from: exponentStart) }
      position += 1
    }
    guard exponent.magnitude <= 24, (exponent * 2).rounded() == exponent * 2 else {
      throw error("powers of units are whole numbers or halves, up to 24", from: exponentStart)
    }
    return exponent
  }
}
