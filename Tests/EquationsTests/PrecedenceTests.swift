import Equations
import Testing

@Suite struct PrecedenceTests {
  /// Expressions, and Python's reading of them (ast.parse), fully parenthesised.
  static let readings: [(text: String, reading: String)] = [
    ("-2**2", "(-(2 ** 2))"),
    ("2**-1", "(2 ** (-1))"),
    ("2**3**2", "(2 ** (3 ** 2))"),
    ("-a**-b**c", "(-(a ** (-(b ** c))))"),
    ("a - b - c", "((a - b) - c)"),
    ("a/b/c", "((a / b) / c)"),
    ("a/b*c", "((a / b) * c)"),
    ("a*b/c", "((a * b) / c)"),
    ("a % b*c", "((a % b) * c)"),
    ("a//b % c", "((a // b) % c)"),
    ("not a and b", "((not a) and b)"),
    ("not a == b", "(not (a == b))"),
    ("a and b or c and d", "((a and b) or (c and d))"),
    ("a or b and not c", "(a or (b and (not c)))"),
    ("a < b and c >= d", "((a < b) and (c >= d))"),
    ("-a*b", "((-a) * b)"),
    ("a*-b", "(a * (-b))"),
    ("--a", "(-(-a))"),
    ("a - -b", "(a - (-b))"),
    ("+a", "a"),
    ("a ** b ** c ** d", "(a ** (b ** (c ** d)))"),
    ("(a + b)*c", "((a + b) * c)"),
    ("a*(b + c)", "(a * (b + c))"),
    ("-(a + b)", "(-(a + b))"),
    ("not (a or b)", "(not (a or b))"),
    ("not not a", "(not (not a))"),
    ("exp(-a/b)**2", "(exp(((-a) / b)) ** 2)"),
    ("-exp(a)**-b", "(-(exp(a) ** (-b)))"),
    ("2*a + b*c**2 - d/e", "(((2 * a) + (b * (c ** 2))) - (d / e))"),
    ("a - (b - c)", "(a - (b - c))"),
    ("a/(b/c)", "(a / (b / c))"),
    ("(a**b)**c", "((a ** b) ** c)"),
    ("(-a)**b", "((-a) ** b)"),
    ("a == (b == c)", "(a == (b == c))"),
    ("a + b < c - d", "((a + b) < (c - d))"),
    ("1e3*a", "(1000.0 * a)"),
    (".5 + 1.", "(0.5 + 1.0)"),
    ("clip(a, b, c)*d", "(clip(a, b, c) * d)"),
    ("a != b or c <= d and not e > f", "((a != b) or ((c <= d) and (not (e > f))))"),
    ("-a + b", "((-a) + b)"),
    ("-a % b", "((-a) % b)"),
    ("2 - -3**-2", "(2 - (-(3 ** (-2))))"),
    ("(3.5)", "3.5"),
    ("x_1", "x_1"),
    ("x_1", "x_1"),
    ("x_1", "x_1"),
    ("-2", "(-2)"),
    ("a", "a"),
    (
      "x_1 + x_1/b + 2 - x_1*x_1 % a//x_1 - x_1",
      "((((x_1 + (x_1 / b)) + 2) - (((x_1 * x_1) % a) // x_1)) - x_1)"
    ),
    ("((f(b) % c//c))", "((f(b) % c) // c)"),
    (
      "-2 - 2/3.5 + 3.5*x_1**f(c)/3.5 % (3.5)",
      "(((-2) - (2 / 3.5)) + (((3.5 * (x_1 ** f(c))) / 3.5) % 3.5))"
    ),
    ("-(2*a)/c", "((-(2 * a)) / c)"),
    ("b", "b"),
    ("(f(2)//-2)", "(f(2) // (-2))"),
    ("-((b)) - b", "((-b) - b)"),
    ("--f(a - c)", "(-(-f((a - c))))"),
    ("(x_1)//f(3.5)**2 + 2 + b", "(((x_1 // (f(3.5) ** 2)) + 2) + b)"),
    ("(x_1)", "x_1"),
    ("a", "a"),
    (
      "b//3.5*2 + 2/f((3.5))*f(b//3.5)//3.5**c//(b)",
      "(((b // 3.5) * 2) + ((((2 / f(3.5)) * f((b // 3.5))) // (3.5 ** c)) // b))"
    ),
    ("(-b)**-(b)//f(2*x_1*(c))", "(((-b) ** (-b)) // f(((2 * x_1) * c)))"),
    ("(--b)/3.5*a**3.5**b/(3.5)/f(a)", "(((((-(-b)) / 3.5) * (a ** (3.5 ** b))) / 3.5) / f(a))"),
    ("b + 2", "(b + 2)"),
    ("x_1/(a**3.5) + b**a*-x_1", "((x_1 / (a ** 3.5)) + ((b ** a) * (-x_1)))"),
    ("(3.5*x_1/x_1 - 2**a**2//x_1)", "(((3.5 * x_1) / x_1) - ((2 ** (a ** 2)) // x_1))"),
    ("3.5", "3.5"),
    ("x_1 + -a//f(a)/(c/2//c//b)", "(x_1 + (((-a) // f(a)) / (((c / 2) // c) // b)))"),
    ("a/(b)", "(a / b)"),
    ("(-(b))", "(-b)"),
    ("(-2) - 2 - b % x_1/(c)", "(((-2) - 2) - ((b % x_1) / c))"),
    ("c", "c"),
    ("x_1", "x_1"),
    ("f((a + b) + c)", "f(((a + b) + c))"),
    ("b", "b"),
    ("-2", "(-2)"),
    ("(x_1)//f(c) + a*c + b + -a", "((((x_1 // f(c)) + (a * c)) + b) + (-a))"),
    ("(-x_1 % -b*b)", "(((-x_1) % (-b)) * b)"),
    ("-3.5 - -c + 3.5//2 - 3.5/2//b", "((((-3.5) - (-c)) + (3.5 // 2)) - ((3.5 / 2) // b))"),
    ("(2*b + 3.5)*(3.5)", "(((2 * b) + 3.5) * 3.5)"),
    ("-c + f(2) + -x_1*c - (2)", "((((-c) + f(2)) + ((-x_1) * c)) - 2)"),
    ("c", "c"),
    ("-c**2//a", "((-(c ** 2)) // a)"),
  ]

  private func reading(of expression: Expression) -> String {
    switch expression.node {
    case .number, .boolean, .name: expression.description
    case .unary(.negate, let operand): "(-\(reading(of: operand)))"
    case .unary(.not, let operand): "(not \(reading(of: operand)))"
    case .binary(let symbol, let left, let right):
      "(\(reading(of: left)) \(symbol.rawValue) \(reading(of: right)))"
    case .call(let name, let arguments):
      "\(name)(\(arguments.map { reading(of: $0) }.joined(separator: ", ")))"
    }
  }

  @Test(arguments: readings)
  func expressionsReadAsInPython(text: String, reading: String) throws {
    let expression = try EquationParser.expression(text)
    #expect(self.reading(of: expression) == reading)
  }

  @Test(arguments: readings)
  func printedExpressionsReadBackTheSame(text: String, reading: String) throws {
    let expression = try EquationParser.expression(text)
    let printed = expression.description
    #expect(try EquationParser.expression(printed).withoutSpans == expression.withoutSpans)
    #expect(printed.count <= reading.count)
  }

  @Test func printedExpressionsHaveNoNeedlessParentheses() throws {
    for text in [
      "a + b*c - d/e", "-x**2", "(-x)**2", "2**-x", "a - (b - c)", "a/(b*c)", "(a**b)**c",
      "a**b**c", "not (a and b)", "not a and b", "a < b and not c == d", "(a < b) == (c < d)",
      "exp(-(V - E)/mV)*g", "--a", "(a or b) and c", "1e-05*x", "2.0*y", "True",
    ] {
      #expect(try EquationParser.expression(text).description == text)
    }
  }

  @Test func randomTreesReadBackTheSame() throws {
    var generator = SystemRandomNumberGenerator()
    var heights = 0
    for _ in 0..<2_000 {
      let tree = randomTree(5, using: &generator)
      heights += tree.names.count
      let text = tree.description
      #expect(try EquationParser.expression(text).withoutSpans == tree, "\(text)")
    }
    #expect(heights > 1_000)
  }

  private func randomTree(_ depth: Int, using generator: inout SystemRandomNumberGenerator)
    -> Expression
  {
    let symbols: [BinaryOperator] = [
      .add, .subtract, .multiply, .divide, .floorDivide, .modulo, .power, .less, .equal, .and, .or,
    ]
    switch depth == 0 ? 0 : Int.random(in: 0...9, using: &generator) {
    case 0:
      return Expression(
        [
          .name("a"), .name("b_2"), .number(3, isInteger: true), .number(0.1, isInteger: false),
          .number(1e300, isInteger: false), .boolean(true),
        ].randomElement(using: &generator) ?? .name("c"))
    case 1: return Expression(.unary(.negate, randomTree(depth - 1, using: &generator)))
    case 2: return Expression(.unary(.not, randomTree(depth - 1, using: &generator)))
    case 3:
      let arguments = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
        randomTree(depth - 1, using: &generator)
      }
      return Expression(.call("f", arguments))
    default:
      let symbol = symbols.randomElement(using: &generator) ?? .add
      let left = randomTree(depth - 1, using: &generator)
      return Expression(.binary(symbol, left, randomTree(depth - 1, using: &generator)))
    }
  }

  @Test func linesAndCommentsDoNotMatterInsideExpressions() throws {
    let one = try EquationParser.expression("a + b*c")
    let many = try EquationParser.expression("a # first\n  + b\n  # more\n*\tc\r\n")
    #expect(one.withoutSpans == many.withoutSpans)
  }

  @Test func spansCoverTheirExpressions() throws {
    let text = "a + (b*c)*exp(-d)"
    let expression = try EquationParser.expression(text)
    #expect(expression.span == SourceSpan(offset: 0, length: 17))
    guard case .binary(.add, _, let product) = expression.node else {
      Issue.record("not a sum")
      return
    }
    #expect(product.span == SourceSpan(offset: 4, length: 13))
    #expect(product.names == ["b", "c", "d"])
  }

  @Test func statementsAreSeparatedBySemicolonsAndLines() throws {
    let text = "V = -60*mV; g += 21*nS # adapt\n\n;x *= (1 +\n 2)\n y -= 1; z /= 2;"
    let statements = try EquationParser.statements(text)
    #expect(
      statements.map { $0.description } == [
        "V = -60*mV", "g += 21*nS", "x *= 1 + 2", "y -= 1", "z /= 2",
      ])
    #expect(statements[1].span == SourceSpan(offset: 12, length: 10))
    #expect(try EquationParser.statements(" # nothing\n ;; ").isEmpty)
  }

  @Test func towersAreRefusedBeforeTheyFall() {
    for text in [
      String(repeating: "(", count: 20_000), String(repeating: "-", count: 20_000) + "x",
      String(repeating: "not ", count: 20_000) + "x", String(repeating: "exp(", count: 20_000),
      "x" + String(repeating: "**x", count: 20_000),
      "x" + String(repeating: " + x", count: 20_000),
      "x" + String(repeating: " and x", count: 20_000),
    ] {
      #expect(throws: EquationError.self) { try EquationParser.expression(text) }
    }
    #expect(throws: EquationError.self) {
      try EquationParser.expression(String(repeating: "x", count: 3_000_000))
    }
    #expect(throws: EquationError.self) {
      try EquationParser.equations("x : " + String(repeating: "(", count: 10_000))
    }
  }

  @Test func sumsOfHundredsOfTermsAreRead() throws {
    let text = "x" + String(repeating: " + x", count: 900)
    let expression = try EquationParser.expression(text)
    #expect(expression.description == text)
  }
}
