import Testing

@testable import Jobs

/// What makes a job another one, and what does not.
@Suite struct JobIdentityTests {
  private static let text = """
    name: one
    constants: {drive: 20 mV, cells: 12, end: 20 ms}
    simulation: {duration: end, seed: 3}
    models:
      cell: {equations: 'dv/dt = (drive - v)/(10*ms) : volt', spike: {threshold: v > 15*mV, reset: v = 0*mV}}
    populations:
      net: {model: cell, size: cells}
      x: {poisson: {rate: 10 Hz}, size: 3}
    projections:
      a: {source: net, target: net, connect: {probability: 0.2}, on_pre: v += 0.1*mV}
      b: {source: x, target: net, connect: {probability: 0.2}, on_pre: v += 0.1*mV}

    """

  private func identity(_ overrides: String..., text: String = text) throws -> [String: String] {
    try Job.load(text: Array(text.utf8), name: "job.yaml", overrides: overrides).identity
  }

  @Test(arguments: [
    "name=two", "description=words", "simulation.duration=3 s", "constants.end=1 s",
    "checkpoint.keep=5", "record.spikes=[net]", "simulation.dt=0.1 ms", "simulation.method=euler",
    "projections.a.store=procedural", "projections.a.store=memory",
  ])
  func isTheSame(override: String) throws {
    let own = try identity()
    try #require(own["models.cell"] != nil && own["simulation.dt"] == "0.1 ms")
    #expect(try identity(override) == own)
  }

  @Test(arguments: [
    ("simulation.seed=4", "simulation.seed"), ("simulation.dt=0.2 ms", "simulation.dt"),
    ("constants.drive=21 mV", "constants.drive"), ("constants.cells=13", "populations.net"),
    ("populations.x.poisson.rate=11 Hz", "populations.x"),
    ("projections.a.delay=1 ms", "projections.a"),
  ])
  func isAnother(override: String, part: String) throws {
    let (own, other) = (try identity(), try identity(override))
    let differing = Set(own.keys).union(other.keys).filter { own[$0] != other[$0] }
    #expect(differing == [part])
  }

  @Test func theOrderOfProjectionsCounts() throws {
    let lines = JobIdentityTests.text.split(separator: "\n", omittingEmptySubsequences: false)
    let a = try #require(lines.firstIndex { $0.hasPrefix("  a:") })
    var swapped = lines
    swapped.swapAt(a, a + 1)
    let other = try identity(text: swapped.joined(separator: "\n"))
    #expect(other["order of projections"] == "b, a")
    #expect(try identity()["order of projections"] == "a, b")
  }
}
