import Testing

@testable import Kernels

@Suite struct EmitterTextTests {
  @Test(arguments: [2, 4, 8])
  func textDependsOnStructureOnly(width: Int) throws {
    let program = try WrittenActiveModel.program
    try #require(program.uniforms.count > 10)
    var other = program
    for index in other.uniforms.indices {
      if case .value = other.uniforms[index] {
        other.uniforms[index] = .value(1234.5678 + Double(index))
      }
    }
    try #require(other != program)
    for index in other.columns.indices { other.columns[index].name = "\"*/ #include \(index)" }
    for index in other.events.indices { other.events[index].name = "system(\"\")" }
    for index in other.columns.indices { other.columns[index].initialValue += 0.1234 }
    let text = CEmitter.source(of: program, width: width)
    #expect(text == CEmitter.source(of: other, width: width))
    for case .value(let number) in program.uniforms where number != number.rounded() {
      #expect(!text.contains(number.description))
    }
    for column in program.columns where column.name.count > 4 {
      #expect(!text.contains(column.name))
    }
  }

  @Test func textChangesWithTheStructure() throws {
    let program = try WrittenActiveModel.program
    var other = program
    other.update.stores.removeLast()
    #expect(CEmitter.source(of: program, width: 4) != CEmitter.source(of: other, width: 4))
  }

  @Test func everyCharacterOfTheTextIsPlain() throws {
    let text = CEmitter.source(of: try WrittenActiveModel.program, width: 8)
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
