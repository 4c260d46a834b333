import Equations
import Testing
import Units

@Suite struct GarbageTests {
  static let pieces = [
    "dV/dt", "dx/dt", "V", "x", "y", "E", "mV", "ms", "ns", "volt", "second", "boolean", "integer",
    "1",
    "0", "2.5", "1e308", "1e-308", "True", "not", "and", "or", "exp", "min", "rand", "int", "sqrt",
    "xi", "t", "i", "(", ")", "+", "-", "*", "/", "**", "//", "%", "<", "==", "=", "+=", ":", ";",
    ",", "\n", " ", "#", "constant", "unless refractory", "\u{0}", "😀", "\u{301}", "µ", "^", ".",
    "\r\n", "'", "99999999999999999999999",
  ]

  private func garbage(_ count: Int, using generator: inout SystemRandomNumberGenerator) -> String {
    var text = ""
    for _ in 0..<count {
      text += GarbageTests.pieces.randomElement(using: &generator) ?? ""
      if Bool.random(using: &generator) { text += " " }
    }
    return text
  }

  @Test func garbageNeverTraps() throws {
    var generator = SystemRandomNumberGenerator()
    let system = try EquationSystem(
      NeuronDefinition(
        equations: "dV/dt = -V/(10*ms) : volt\nx : 1\ny : boolean\nE = 3*mV : volt"))
    let constants = ["x": Quantity(3), "V": Quantity(0.01, .voltage)]
    var counts = (read: 0, refused: 0)
    func attempt(_ read: () throws -> Void) {
      do {
        try read()
        counts.read += 1
      } catch {
        counts.refused += 1
        if let fault = error as? EquationError {
          #expect(!fault.rendered.isEmpty)
          #expect(fault.span.offset <= fault.text.unicodeScalars.count)
        }
      }
    }
    for _ in 0..<4_000 {
      let text = garbage(Int.random(in: 0...10, using: &generator), using: &generator)
      attempt { _ = try EquationSystem(NeuronDefinition(equations: text)) }
      attempt { _ = try system.checkedExpression(text, dimension: nil) }
      attempt { _ = try system.checkedCondition(text) }
      attempt { _ = try system.checkedStatements(text, names: ["w": .one]) }
      attempt {
        let value = try ConstantExpression.evaluate(text, constants: constants)
        #expect(value.value.isFinite)
      }
    }
    #expect(counts.read > 100)
    #expect(counts.refused > 10_000)
  }
}
