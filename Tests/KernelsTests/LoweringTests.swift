import Equations
import Testing

@testable import Kernels

@Suite struct LoweringTests {
  @Test func `the active model comes to few operations`() throws {
    let program = try Program(WrittenActiveModel.definition)
    print(program)
  }
}
