import Equations
import Units

@testable import Kernels

/// An expression written with Swift's operators, so that tests need no parser.
struct Written: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  let expression: Expression

  init(_ node: Expression.Node) { expression = Expression(node) }
  init(stringLiteral name: String) { self.init(.name(name)) }
  init(floatLiteral number: Double) { self.init(.number(number, isInteger: false)) }
  init(integerLiteral number: Int) { self.init(.number(Double(number), isInteger: true)) }
  init(booleanLiteral truth: Bool) { self.init(.boolean(truth)) }

  static func call(_ name: String, _ arguments: Written...) -> Written {
    Written(.call(name, arguments.map(\.expression)))
  }

  static func binary(_ name: BinaryOperator, _ x: Written, _ y: Written) -> Written {
    Written(.binary(name, x.expression, y.expression))
  }

  static func + (x: Written, y: Written) -> Written { .binary(.add, x, y) }
  static func - (x: Written, y: Written) -> Written { .binary(.subtract, x, y) }
  static func * (x: Written, y: Written) -> Written { .binary(.multiply, x, y) }
  static func / (x: Written, y: Written) -> Written { .binary(.divide, x, y) }
  static func % (x: Written, y: Written) -> Written { .binary(.modulo, x, y) }
  static func > (x: Written, y: Written) -> Written { .binary(.greater, x, y) }
  static func >= (x: Written, y: Written) -> Written { .binary(.greaterOrEqual, x, y) }
  static func < (x: Written, y: Written) -> Written { .binary(.less, x, y) }
  static func <= (x: Written, y: Written) -> Written { .binary(.lessOrEqual, x, y) }
  static func && (x: Written, y: Written) -> Written { .binary(.and, x, y) }
  static func || (x: Written, y: Written) -> Written { .binary(.or, x, y) }
  static prefix func - (x: Written) -> Written { Written(.unary(.negate, x.expression)) }
  static prefix func ! (x: Written) -> Written { Written(.unary(.not, x.expression)) }
  func power(_ y: Written) -> Written { .binary(.power, self, y) }
}

extension EquationSystem.Variable {
  static func differential(_ name: String, _ right: Written, _ flags: Flags = []) -> Self {
    Self(name: name, kind: .differential(right.expression), flags: flags)
  }
  static func subexpression(
    _ name: String, _ right: Written, _ type: EquationSystem.ValueType = .real, _ flags: Flags = []
  ) -> Self {
    Self(name: name, kind: .subexpression(right.expression), type: type, flags: flags)
  }
  static func parameter(_ name: String, _ type: EquationSystem.ValueType = .real) -> Self {
    Self(name: name, kind: .parameter, type: type)
  }
}

extension Statement {
  static func set(_ name: String, _ value: Written) -> Statement {
    Statement(name, .set, value.expression)
  }
  static func add(_ name: String, _ value: Written) -> Statement {
    Statement(name, .add, value.expression)
  }
  static func subtract(_ name: String, _ value: Written) -> Statement {
    Statement(name, .subtract, value.expression)
  }
  static func multiply(_ name: String, _ value: Written) -> Statement {
    Statement(name, .multiply, value.expression)
  }
}

extension EquationSystem {
  static func written(
    _ variables: [Variable], constants: [String: Double] = [:], threshold: Written? = nil,
    reset: [Statement] = [], refractory: Written? = nil, refractoryWhile: Written? = nil,
    secondReset: SecondReset? = nil, events: [Event] = []
  ) -> EquationSystem {
    let refractoriness: Refractoriness =
      if let refractory {
        .duration(refractory.expression)
      } else if let refractoryWhile {
        .condition(refractoryWhile.expression)
      } else { .none }
    return EquationSystem(
      variables: variables, constants: constants.mapValues { Quantity($0) },
      threshold: threshold?.expression, reset: reset, refractoriness: refractoriness,
      secondReset: secondReset, events: events)
  }
}

extension EquationSystem.Event {
  static func written(_ name: String, when condition: Written, _ action: [Statement]) -> Self {
    Self(name: name, condition: condition.expression, action: action)
  }
}

extension Port {
  static func arrival(_ name: String, _ statements: Statement...) -> Port {
    Port(name: name, onPre: statements)
  }
}
