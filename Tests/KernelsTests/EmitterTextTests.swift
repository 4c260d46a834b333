import Testing

@testable import Kernels

@Suite struct EmitterTextTests {
  @Test(arguments: [2, 4, 8])
  func textDependsOnStructureOnly(width: Int) throws {
    let program = ActiveModel(potential: -0.070_123).program
    try #require(program.uniforms.count > 10)
    var other = ActiveModel(potential: -0.051_7).program
    other.uniforms = other.uniforms.indices.map { .value(1234.5678 + Double($0)) }
    for index in other.columns.indices { other.columns[index].name = "\"*/ #include \(index)" }
    for index in other.events.indices { other.events[index].name = "system(\"\")" }
    let text = CEmitter.source(of: program, width: width)
    #expect(text == CEmitter.source(of: other, width: width))
    for case .value(let number) in program.uniforms where number != number.rounded() {
      #expect(!text.contains(number.description))
    }
    for column in program.columns where column.name.count > 4 {
      #expect(!text.contains(column.name))
    }
  }

  @Test func textChangesWithTheStructure() {
    let program = ActiveModel().program
    var other = program
    other.update.stores.removeLast()
    #expect(CEmitter.source(of: program, width: 4) != CEmitter.source(of: other, width: 4))
  }

  @Test func everyCharacterOfTheTextIsPlain() {
    let text = CEmitter.source(of: ActiveModel().program, width: 8)
    #expect(text.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) })
  }

  @Test(arguments: [
    (0.0, "0.0"), (-0.0, "-0.0"), (0.5, "0.5"), (0.1, "0.1"), (1e300, "1e+300"),
    (.infinity, "__builtin_inf()"), (-.infinity, "-__builtin_inf()"),
  ])
  func constantsOfLoweringAreWrittenExactly(number: Double, text: String) {
    #expect(SectionEmitter.literal(number) == text)
  }
}
