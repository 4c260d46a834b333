import Equations
import Testing
import Units

@testable import Networks

@Suite struct PairConditionTests {
  private let i = Expression(.name("i"))
  private let j = Expression(.name("j"))

  private func number(_ value: Double) -> Expression {
    Expression(.number(value, isInteger: false))
  }

  private func binary(
    _ code: BinaryOperator, _ left: Expression, _ right: Expression
  ) -> Expression {
    Expression(.binary(code, left, right))
  }

  private func targets(
    _ expression: Expression, source: Int, constants: [String: Quantity] = [:]
  ) throws -> [UInt32] {
    var condition = try PairCondition(
      expression, constants: EquationSystem(constants: constants), sources: 20, targets: 10)
    var row: [UInt32] = Array(0..<10)
    condition.filter(&row, source: source)
    return row
  }

  @Test func remaindersAndQuotientsArePythons() throws {
    // (j - i) % 3 == 1, where j - i is negative.
    let remainder = binary(.modulo, binary(.subtract, j, i), number(3))
    #expect(try targets(binary(.equal, remainder, number(1)), source: 12) == [1, 4, 7])
    // (j - i) // 4 == -2
    let quotient = binary(.floorDivide, binary(.subtract, j, i), number(4))
    let isMinusTwo = binary(.equal, quotient, Expression(.unary(.negate, number(2))))
    #expect(try targets(isMinusTwo, source: 9) == [1, 2, 3, 4])
  }

  @Test func constantsAndFunctionsAreKnown() throws {
    let root = Expression(.call("sqrt", [j]))
    let limit = Expression(.name("limit"))
    #expect(
      try targets(binary(.less, root, limit), source: 0, constants: ["limit": Quantity(2)])
        == [0, 1, 2, 3])
    let clipped = Expression(.call("clip", [j, number(3), number(5)]))
    #expect(try targets(binary(.equal, clipped, number(5)), source: 0) == [5, 6, 7, 8, 9])
    let square = binary(.power, j, number(2))
    #expect(try targets(binary(.equal, square, number(49)), source: 0) == [7])
    let isLast = binary(.equal, j, binary(.subtract, Expression(.name("N_post")), number(1)))
    #expect(try targets(isLast, source: 0) == [9])
    let isFar = Expression(.unary(.not, binary(.lessOrEqual, j, number(7))))
    #expect(try targets(binary(.or, isFar, isLast), source: 0) == [8, 9])
    let shifted = binary(.add, j, Expression(.call("int", [binary(.greater, j, number(4))])))
    #expect(try targets(binary(.equal, shifted, number(6)), source: 0) == [5])
    #expect(try targets(Expression(.boolean(true)), source: 3).count == 10)
  }

  @Test func whatAConditionCannotHaveIsRefusedByName() throws {
    let wrong: [(Expression, String)] = [
      (binary(.subtract, i, j), "neither true nor false"),
      (binary(.less, Expression(.name("x_pre")), number(1)), "x_pre"),
      (binary(.less, Expression(.call("rand", [])), number(0.1)), "rand"),
      (binary(.and, i, j), "and"),
      (binary(.add, Expression(.boolean(true)), i), "+"),
      (Expression(.unary(.not, i)), "not"),
    ]
    for (expression, part) in wrong {
      let error = #expect(throws: NetworkError.self) {
        _ = try PairCondition(
          expression, constants: EquationSystem(), sources: 1, targets: 1)
      }
      #expect(error?.issue.message.contains(part) == true)
    }
  }
}
