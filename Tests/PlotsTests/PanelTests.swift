import Models
import Testing

@testable import Plots

@Suite struct SpikePanelTests {
  private static let trains = [
    SpikeTrain(name: "pyr", size: 4, times: [10, 20, 30, 35], neurons: [0, 3, 0, 0]),
    SpikeTrain(name: "inh", size: 2, times: [15], neurons: [1]),
  ]

  @Test func rasterStacksPopulationsInTheirOrder() throws {
    let panel = SpikePanels.raster(Self.trains, window: 0...100, title: "spikes")
    try #require(panel.series.count == 2)
    #expect(panel.series[0].columns == [[10, 20, 30, 35], [0, 3, 0, 0]])
    #expect(panel.series[1].columns == [[15], [5]])
    // 4 spikes of 4 neurons, 1 of 2, in a tenth of a second.
    #expect(panel.series.map(\.title) == ["pyr, 10 Hz", "inh, 5 Hz"])
    #expect(panel.yTicks?.map(\.text) == ["pyr", "inh"])
    #expect(panel.yTicks?.map(\.place) == [1.5, 4.5])
    #expect(panel.yRange == -0.5...5.5)
  }

  @Test func ratesCountSpikesPerNeuronAndSecond() throws {
    let panel = SpikePanels.rates(Self.trains, window: 0...50)
    let (times, rates) = (panel.series[0].columns[0], panel.series[0].columns[1])
    try #require(times.count == 50)
    // Bins of 1 ms: one spike of four neurons is 250 Hz.
    #expect(times[10] == 10.5 && rates[10] == 250)
    #expect(rates.reduce(0, +) == 1000)
    #expect(panel.series[1].columns[1].reduce(0, +) == 500)
  }

  @Test func intervalsAreThoseOfOneNeuron() throws {
    let (all, variation) = Self.trains[0].intervals()
    #expect(all == [20, 5])
    #expect(variation == nil)
    let regular = SpikeTrain(
      name: "r", size: 2, times: [0, 10, 20, 30, 5, 10, 20, 40], neurons: [0, 0, 0, 0, 1, 1, 1, 1])
    let (intervals, mean) = regular.intervals()
    #expect(intervals == [10, 10, 10, 5, 10, 20])
    // 0 for the regular neuron; mean 35/3 and deviation 7.6376 for the other.
    #expect(abs(try #require(mean) - 0.3273) < 1e-4)
    let panels = SpikePanels.intervals(Self.trains)
    #expect(panels.count == 1, "the other population has no interval")
    #expect(panels[0].series[0].columns[1].reduce(0, +) == 2)
  }
}

@Suite struct TracePanelTests {
  private static func trace(_ variable: String, units: String = "mV", neuron: UInt64 = 0) -> Trace {
    Trace(
      variable: variable, units: units, neuron: neuron, times: [0, 1, 2, 3],
      values: [-70, -50, -60, -65])
  }

  @Test func spikesArePaintedBehindTheirRow() {
    let painted = Self.trace("V").painted(spikes: [1], height: 20)
    #expect(painted.times == [0, 1, 1, 1, 2, 3])
    #expect(painted.values == [-70, -50, 20, -60, -60, -65])
  }

  @Test func spikesBetweenRowsArePaintedAtTheirTime() {
    let painted = Self.trace("V").painted(spikes: [2.4, 9], height: 20)
    #expect(painted.times == [0, 1, 2, 2.4, 2.4, 3])
    #expect(painted.values == [-70, -50, -60, 20, -65, -65])
  }

  @Test func thinningKeepsTheExtremes() {
    let times = (0..<10_000).map { Double($0) }
    var values = [Double](repeating: 0, count: 10_000)
    values[4321] = 30
    values[4322] = -30
    let thin = Trace(variable: "V", units: "mV", neuron: 0, times: times, values: values)
      .thinned(to: 100)
    #expect(thin.values.count <= 200)
    #expect(thin.values.max() == 30 && thin.values.min() == -30)
    #expect(thin.times == thin.times.sorted())
    #expect(Set(thin.times).isSuperset(of: [4321, 4322]))
  }

  @Test func aPanelForEachNeuronAndUnit() {
    let panels = TracePanels.panels(
      [
        Self.trace("V_soma"), Self.trace("V_dist"), Self.trace("I_dist", units: "nA"),
        Self.trace("V_soma", neuron: 7),
      ], window: 0...3)
    #expect(panels.map(\.title) == ["neuron 0", "neuron 0", "neuron 7"])
    #expect(panels.map(\.yLabel) == ["voltage (mV)", "nA", "voltage (mV)"])
    #expect(panels[0].series.map(\.title) == ["V_soma", "V_dist"])
  }
}

@Suite struct ModelPanelTests {
  private static func structure(
    _ names: [String], _ couplings: [(String, String)]
  ) -> NeuronStructure {
    NeuronStructure(
      compartments: names.map { .init(name: $0, isSoma: $0 == "soma", membrane: "passive") },
      couplings: couplings.map { .init(first: $0.0, second: $0.1, conductance: 15e-9) })
  }

  @Test func theSomaIsInTheMiddleAndBranchesAroundIt() throws {
    let panel = try #require(
      ModelPanel.panel(
        Self.structure(
          ["dist", "soma", "prox", "basal"],
          [("soma", "prox"), ("prox", "dist"), ("basal", "soma")]
        ), named: "cell"))
    let soma = try #require(panel.series.dropFirst().first)
    #expect(soma.columns[0] == [0] && soma.columns[1] == [0])
    let others = panel.series[2].columns
    let distances = zip(others[0], others[1]).map { ($0 * $0 + $1 * $1).squareRoot() }
    #expect(distances.map { ($0 * 1e6).rounded() / 1e6 } == [1, 1, 2])
    // Three couplings, each a line of two points and a break.
    #expect(panel.series[0].columns[0].count == 9)
    guard case .labels(let conductances) = panel.series[3].style,
      case .labels(let names) = panel.series[4].style
    else {
      Issue.record("no labels")
      return
    }
    #expect(Set(names) == ["soma", "prox", "dist", "basal"])
    #expect(conductances == ["15 nS", "15 nS", "15 nS"])
    let places = Set(zip(others[0], others[1]).map { "\($0) \($1)" })
    #expect(places.count == 3, "no compartment lies upon another")
  }

  @Test func ringsAndLooseCompartmentsArePlacedOnce() throws {
    let panel = try #require(
      ModelPanel.panel(
        Self.structure(["soma", "a", "b", "c"], [("soma", "a"), ("a", "b"), ("b", "soma")]),
        named: "ring"))
    #expect(panel.series[2].columns[0].count == 3)
  }

  @Test func equationsAloneHaveNoGraph() {
    #expect(ModelPanel.panel(NeuronStructure(), named: "free") == nil)
  }
}
