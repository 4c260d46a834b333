import Coppice
import Foundation
import Testing

/// Descriptions and runs through what `import Coppice` gives and nothing else.
@Suite("Models and runs in Swift")
struct SwiftInterfaceTests {
  private static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func job(_ path: String, _ overrides: [String]) throws -> Job {
    try Job.load(path: package.path + "/jobs/" + path, overrides: overrides)
  }

  @Test("the paper's network built in Swift has the bits of its job", arguments: [1, 2])
  func sameBits(threads: Int) throws {
    var described = try Self.job(
      "scalability/recurrent.yaml", ["constants.neurons=60", "simulation.duration=200 ms"]
    ).experiment
    let built = try paperNetwork(neurons: 60, seconds: 0.2)
    described.recording.states = built.recording.states
    let settings = RunSettings(threads: threads, kernels: .portable)
    let expected = try described.run(RunSettings(kernels: .portable))
    let found = try built.run(settings)
    let pyr = PopulationSlice(population: 0, range: 0..<60)
    #expect(expected.spikes(of: pyr).count > 20)
    #expect(found.spikes(of: pyr) == expected.spikes(of: pyr))
    for variable in ["V_soma", "V_dist"] {
      for neuron in 0..<2 {
        let rows = try #require(found.states(variable, neuron: neuron))
        #expect(rows.count == 2000)
        let other = try #require(expected.states(variable, neuron: neuron))
        #expect(rows.map(\.bitPattern) == other.map(\.bitPattern))
        #expect(Set(rows).count > 100)
      }
    }
    #expect(found.states("V_prox") == nil)
    #expect(found.times().last == 1999 * 1e-4)
  }

  @Test("another conductance gives other bits")
  func otherBitsAreNoticed() throws {
    let built = try paperNetwork(neurons: 20, seconds: 0.02)
    var other = try Experiment(duration: 0.02 * .s, seed: 1)
    var model = paperNeuron()
    model.couplings[2].conductance = .explicit(4.0000001 * .nS)
    let pyr = try other.addNeurons("pyr", model, count: 20)
    try other.drive(pyr, "I_ext_dist", steps: [(0 * .ms, .all(0 * .pA))])
    let x = try other.addPoisson("x", rate: .all(50 * .Hz), count: 20)
    try other.connect(x, to: pyr, .oneToOne, onPre: "s_AMPA_X_dist += 1")
    try other.recordStates(["V_dist"], of: pyr)
    let rows = try #require(built.run().states("V_dist"))
    #expect(try other.run().states("V_dist") != rows)
  }

  @Test("the example of the documentation is the code of this test")
  func documentationIsCompiled() throws {
    let page = try String(contentsOfFile: Self.package.path + "/docs/swift.md", encoding: .utf8)
    let code = try String(
      contentsOfFile: Self.package.path + "/Tests/CoppiceTests/PaperNeuron.swift", encoding: .utf8)
    let blocks = page.components(separatedBy: "```swift\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }
    let checked = blocks.filter { $0.contains("func ") }
    #expect(checked.count == 3)
    for block in checked { #expect(code.contains(block), "\(block)") }
  }

  @Test("a run into a directory leaves the files of a job, once")
  func runsIntoDirectories() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let experiment = try paperNetwork(neurons: 10, seconds: 0.01)
    let settings = RunSettings(kernels: .portable)
    try experiment.run(named: "small", into: folder.path, settings)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    for file in ["run.json", "spikes.h5", "states.V_soma.h5", "experiment.txt"] {
      #expect(files.contains(file), "\(files)")
    }
    let record = folder.appending(path: "run.json")
    let first = try Data(contentsOf: record)
    try experiment.run(named: "small", into: folder.path, settings)
    #expect(try Data(contentsOf: record) == first)
    let other = try paperNetwork(neurons: 11, seconds: 0.01)
    do {
      try other.run(named: "small", into: folder.path, settings)
      Issue.record("the directory of another run was taken")
    } catch {
      #expect(error.exitCode == 76)
    }
    try other.run(named: "small", into: folder.path, isFresh: true, settings)
    #expect(try Data(contentsOf: record) != first)
  }

  @Test("what cannot be is refused with its place")
  func refusals() throws {
    func place(_ body: (inout Experiment, PopulationSlice) throws -> Void) throws -> [String] {
      var experiment = try Experiment(duration: 10 * .ms)
      let pyr = try experiment.addNeurons("pyr", paperNeuron(), count: 3)
      do {
        try body(&experiment, pyr)
      } catch let error as NetworkError {
        return error.issue.path
      }
      return []
    }
    #expect(
      try place { try $0.connect($1, to: $1, .allToAll, onPre: "s_AMPA += 1") }
        == ["projections", "pyr_pyr", "on_pre"])
    #expect(
      try place { try $0.drive($1, "V_soma", steps: []) }
        == ["stimuli", "pyr_V_soma_0", "variable"])
    #expect(
      try place { try $0.drive($1, "I_ext_soma", steps: [(0 * .ms, .all(1 * .mV))]) }
        == ["stimuli", "pyr_I_ext_soma_0", "steps"])
    #expect(
      try place { try $0.recordStates(["V_sma"], of: $1) }
        == ["record", "states", "states", "variables"])
    #expect(try place { try $0.recordEvents(["spike_K_dist"], of: $1) } == ["record", "events"])
    #expect(
      try place { experiment, _ in
        try experiment.addNeurons("b", paperNeuron(), initial: ["V_sma": .all(0 * .mV)])
      } == ["populations", "b", "initial", "V_sma"])
    #expect(
      try place { experiment, _ in
        var model = paperNeuron()
        model.compartments[3].synapses[0].conductance = nil
        try experiment.addNeurons("b", model)
      } == ["models", "b", "compartments", "dist", "synapses", "0", "g"])
    #expect(
      try place { try $0.connect($1, to: $1[0..<9], .allToAll, onPre: "V_soma += w*mV") }
        == ["projections", "pyr_pyr", "target"])
    #expect(
      try place {
        try $0.connect($1[7..<Int.max], to: $1[1..<2], .allToAll, onPre: "V_soma += w*mV")
      }
        == ["projections", "pyr_pyr", "source"])
    #expect(try place { try $0.connect($1, to: $1, .pairs(where: "i"), onPre: "") } == ["connect"])
    #expect(try place { experiment, _ in _ = try experiment.population("pr") } == ["populations"])
    #expect(throws: RunFailure.self) { try Experiment(duration: 1 * .ms).run() }
    #expect(throws: NetworkError.self) { try Experiment(duration: 0.01 * .ms) }
    #expect(throws: NetworkError.self) { try Experiment(duration: 1 * .mV) }
    var twice = try paperNetwork(neurons: 2, seconds: 0.001)
    try twice.addNeurons("pyr", paperNeuron())
    #expect(throws: RunFailure.self) { try twice.run() }
  }

  @Test("initial values, events, steps of current and lists of spikes do what they say")
  func allParts() throws {
    var model = PointNeuronModel(
      model: .leakyIF, cmAbs: 100 * .pF, glAbs: 5 * .nS, vRest: -60 * .mV)
    model.synapse(.ampa, tag: "x", g: 1 * .nS, tDecay: 5 * .ms)
    model.addEquations("ups : 1\nis_up : boolean")
    model.event("up", when: "V > -55*mV and not is_up", do: "ups += 1; is_up = True")
    model.spike(when: "V > -50*mV", reset: "V = -60*mV", refractory: 2 * .ms)
    var experiment = try Experiment(duration: 60 * .ms)
    let cells = try experiment.addNeurons(
      "cells", model, count: 3,
      initial: [
        "V": .expression("-60*mV - i*mV"), "ups": .all(Quantity(7)), "is_up": .boolean(false),
      ])
    let list = try experiment.addSpikes("list", [(0, 20 * .ms), (0, 10 * .ms)], count: 1)
    try experiment.connect(
      list, to: cells[1..<2], .allToAll, onPre: "s_AMPA_x += w", weight: .all(Quantity(0.3)),
      delay: .all(1 * .ms))
    try experiment.drive(
      cells, "I_ext", steps: [(0 * .ms, .all(0 * .pA)), (30 * .ms, .linspace(0, 100, .pA))])
    try experiment.recordStates(["V", "ups", "s_AMPA_x"], of: cells, every: 0.5 * .ms)
    try experiment.recordEvents(of: cells)
    let run = try experiment.run()
    #expect(run.states("V", neuron: 2)?.first == -60e-3 - 2 * 1e-3)
    let gate = try #require(run.states("s_AMPA_x", neuron: 1))
    #expect(gate[22] == 0 && gate[23] > 0.25)
    #expect(run.states("s_AMPA_x", neuron: 0)?.max() == 0)
    #expect(run.events("up", of: cells).map(\.neuron) == [2, 1])
    #expect(run.states("ups", neuron: 2)?.last == 8)
    #expect(run.spikes(of: cells).allSatisfy { $0.neuron == 2 && $0.time > 0.03 })
    #expect(run.spikes(of: cells).count >= 1)
  }

  @Test("rules for pairs, and jobs from files, take the same way")
  func rules() throws {
    var experiment = try Experiment(duration: 10 * .ms)
    var model = PointNeuronModel(
      model: .leakyIF, cmAbs: 100 * .pF, glAbs: 5 * .nS, vRest: -60 * .mV)
    model.addEquations("hits : 1")
    let cells = try experiment.addNeurons("cells", model, count: 4)
    let source = try experiment.addSpikes("source", (0..<4).map { ($0, 2 * .ms) }, count: 4)
    try experiment.connect(
      source, to: cells, .pairs(where: "i < j + few", constants: ["few": Quantity(1)]),
      onPre: "hits += 1")
    try experiment.recordStates(["hits"], of: cells)
    let run = try experiment.run()
    #expect((0..<4).map { run.states("hits", neuron: $0)?.last } == [1, 2, 3, 4])
    let job = try Self.job("validation/adex.yaml", []).experiment
    let spikes = try job.run().spikes(of: job.population("cells")).map(\.step)
    #expect(spikes == [318, 455, 614, 801, 1021])
  }

  @Test("a description prints equations, numbers, compartments, events and what was given")
  func printed() throws {
    let text = "\(paperNeuron())"
    for part in [
      "EQUATIONS\ndV_soma/dt", "g_rise_max_Na_dist = 7 nS", "area 5497.79 um^2", "C 54.9779 pF",
      "└─ 4 nS ─ dist",
      "spike_Na_dist: V_dist > Vth_Na_dist", "GIVEN\ncm 0.01 F/m^2, gl 0.4 S/m^2",
      "soma: soma, leakyIF",
      "dist: dendrite, passive", "all of them: dSpike Na: threshold -40 mV",
    ] {
      #expect(text.contains(part), "\(part)\n\(text)")
    }
    var broken = paperNeuron()
    broken.configureDSpikes("K", threshold: 0 * .mV)
    #expect("\(broken)".contains("dspikes.K: no compartment has a dendritic spike 'K'"))
    #expect("\(paperNeuron().compartments[0])".contains("length 25 um"))
  }

  @Test("areas, capacitances and leaks follow from a compartment's own values")
  func derived() throws {
    let soma = Soma(
      "soma", length: 25 * .um, diameter: 25 * .um, cm: 1 * .uFPerCm2, gl: 40 * .uSPerCm2,
      scaleFactor: 2.8)
    let golden = 2.8 * Double.pi * 25e-6 * 25e-6
    let area = try #require(try soma.area)
    #expect(abs(area.value / golden - 1) < 1e-14 && area.dimension == .length * .length)
    #expect(abs(try #require(try soma.capacitance).value / 54.9778714378e-12 - 1) < 1e-11)
    #expect(abs(try #require(try soma.gLeakage).value / 2.19911485751e-9 - 1) < 1e-11)
    #expect(try Dendrite("bare").area == nil)
    let point = PointNeuronModel(model: .adex, cmAbs: 281 * .pF, glAbs: 30 * .nS)
    #expect(try point.capacitance == 281 * .pF && point.gLeakage == 30 * .nS)
    #expect(throws: ModelError.self) { try Soma("s", length: -1 * .um, diameter: 1 * .um).area }
  }

  @Test("units are those of texts")
  func units() throws {
    let pairs: [(Quantity, String)] = [
      (40 * .uSPerCm2, "40 uS/cm^2"), (150 * .ohmCm, "150 ohm*cm"), (4.2 * .ms, "4.2 ms"),
      (0.81 * .nS, "0.81 nS"), (10 * .mSPerCm2, "10 mS/cm^2"), (-47.5 * .mV, "-47.5 mV"),
      (82 * .Hz, "82 Hz"), (1 * .uFPerCm2, "1 uF/cm^2"), (3 * .MOhm, "3 Mohm"),
      (2.5 * .um2, "2.5 um^2"), (0.15 * .pA, "0.15 pA"),
    ]
    for (quantity, text) in pairs {
      #expect(try Quantity(parsing: text) == quantity, "\(text)")
    }
  }
}
