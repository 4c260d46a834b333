import BadJobs
import Equations
import Jobs
import Networks
import Testing
import Units

@Suite struct SchemaTests {
  @Test(arguments: [
    (0.25e-3, 1e-4, Int64(2), Int64(3)),
    (1.5e-3, 1e-4, 15, 15),
    (0.3e-3, 1e-4, 3, 3),
    (0.0, 1e-4, 0, 0),
    (0.04e-3, 1e-4, 0, 0),
    (0.09991e-3, 1e-4, 1, 1),
    (0.05e-3, 1e-4, 0, 1),
  ])
  func timesAreRoundedByTheirTwoRules(time: Double, dt: Double, step: Int64, delay: Int64) {
    #expect(StepRounding.step(of: time, dt: dt) == step)
    #expect(StepRounding.delay(of: time, dt: dt) == delay)
  }

  @Test func intervalsAreMultiplesOfTheStep() {
    #expect(StepRounding.multiple(of: 1 * 0.001, dt: 0.1 * 0.001) == 10)
    #expect(StepRounding.multiple(of: 0.3 * 0.001, dt: 0.1 * 0.001) == 3)
    #expect(StepRounding.multiple(of: 0.25 * 0.001, dt: 0.1 * 0.001) == nil)
    #expect(StepRounding.multiple(of: 0, dt: 0.1 * 0.001) == nil)
    #expect(StepRounding.multiple(of: 1e300, dt: 1e-4) == nil)
    #expect(StepRounding.step(of: .infinity, dt: 1e-4) == nil)
    #expect(StepRounding.delay(of: 1e300, dt: 1e-300) == nil)
  }

  @Test(arguments: [
    ("0:10", Array(0..<10)), (":3", [0, 1, 2]), ("18:", [18, 19]), ("-2:", [18, 19]),
    ("0:20:5", [0, 5, 10, 15]), ("::10", [0, 10]), ("0:neurons/4", [0, 1, 2, 3, 4]),
    ("[3, 1]", [1, 3]), ("all", Array(0..<20)), ("7", [7]),
  ])
  func neuronsAreChosenAsInPython(text: String, expected: [Int]) throws {
    let quoted = text.hasPrefix("[") ? text : "'\(text)'"
    let job = try load(try good("neurons: 0:10:2", "neurons: \(quoted)"))
    #expect(job.experiment.network.stimuli.first?.neurons == expected)
  }

  @Test(arguments: [
    ("all_to_all", "allToAll"), ("{indegree: 3}", "indegree(3)"),
    ("{outdegree: 3}", "outdegree(3)"), ("{total: 30}", "total(30)"),
    ("{probability: 0}", "probability(0.0)"), ("{pairs: []}", "pairs([])"),
  ])
  func everyRuleIsRead(text: String, expected: String) throws {
    let job = try load(
      try good("connect: {probability: 'min(1, 5/neurons)'}", "connect: \(text)"))
    #expect("\(try job.projection("recurrent").rule)" == expected)
  }

  @Test func conditionsAreRead() throws {
    let rule = "connect: {condition: 'i != j and i < neurons/2', probability: 0.5}"
    let job = try load(try good("connect: {probability: 'min(1, 5/neurons)'}", rule))
    guard case .condition(_, let system, let probability) = try job.projection("recurrent").rule
    else {
      Issue.record("the rule must be a condition")
      return
    }
    #expect(probability == 0.5)
    #expect(system.constants["neurons"]?.value == 20)
  }

  @Test(arguments: [
    (
      "{normal: [1, 0.5], min: 0, max: 2}",
      NeuronValues.normal(mean: 1, deviation: 0.5, minimum: 0, maximum: 2)
    ),
    ("{uniform: [0, 1]}", .uniform(low: 0, high: 1, minimum: nil, maximum: nil)),
    ("{lognormal: [1, 0.5]}", .lognormal(mean: 1, deviation: 0.5, minimum: nil, maximum: nil)),
    ("{linspace: [0, 19]}", .linspace(0, 19)), ("neurons/4", .constant(5)),
  ])
  func everyKindOfValuesIsRead(text: String, expected: NeuronValues) throws {
    let job = try load(try good("{normal: [1, 0.1], min: 0}", text))
    #expect(try job.neurons("pyr").parameters["gain"] == expected)
  }

  @Test func delaysMayBeDrawn() throws {
    let job = try load(try good("delay: 1.5 ms", "delay: {uniform: [1 ms, 2 ms]}"))
    #expect(
      try job.projection("recurrent").delay
        == .values(.uniform(low: 1 * 0.001, high: 2 * 0.001, minimum: nil, maximum: nil)))
  }

  @Test func aConstantOfTheModelMayDifferInAPopulation() throws {
    let job = try load(
      try good("parameters: {gain: {normal: [1, 0.1], min: 0}}", "parameters: {E_AMPA: 5 mV}"))
    #expect(try job.neurons("pyr").system.constants["E_AMPA"]?.value == 5 * 0.001)
  }

  @Test func constantsMayStandInAnyOrder() throws {
    let job = try load(
      try good("  rest: -60 mV\n  twice: 2*rest\n", "  twice: 2*rest\n  rest: -60 mV\n"))
    #expect(try job.neurons("pyr").system.constants["twice"]?.value == 2 * (-60 * 0.001))
  }

  @Test func seedsHaveAllTheirBits() throws {
    let job = try load(try good("seed: 7", "seed: 18446744073709551615"))
    #expect(job.experiment.seed == .max)
  }

  @Test func aRecordingMayHaveAWindow() throws {
    let job = try load(
      try good("spikes: [pyr, noise]", "spikes: {populations: all, from: 10 ms, to: 20 ms}"))
    #expect(job.experiment.recording.spikes == [0, 1, 2])
    #expect(job.experiment.recording.spikeWindow == RecordingPlan.Window(from: 100, to: 200))
  }

  @Test func withoutARecordSectionAllNeuronsSpikesAreRecorded() throws {
    let text = try #require(BadJob.goodJob.firstRange(of: "record:"))
    let job = try load(String(BadJob.goodJob[..<text.lowerBound]))
    #expect(job.experiment.recording.spikes == [0, 1, 2])
    #expect(job.checkpoint == CheckpointSettings())
    #expect(job.resolved.contains("spikes: all"))
  }

  @Test func weightsOfAFileHaveItsUnits() throws {
    let readers = JobReaders(
      values: { _, name in JobReaders.Values(values: [1, 2], units: name == "w" ? "mV" : "nS") })
    let text = try good("weight: [1 mV, 2 mV]", "weight: {file: x.h5, dataset: w}")
    let job = try Job.load(text: Array(text.utf8), name: "job.yaml", readers: readers)
    // Sorted by source, as the pairs are.
    #expect(try job.projection("few").weight == .list([2, 1].map { $0 * 0.001 }))
    let other = text.replacing("dataset: w", with: "dataset: g")
    #expect(throws: JobErrors.self) {
      try Job.load(text: Array(other.utf8), name: "job.yaml", readers: readers)
    }
  }

  @Test func filesAreReadByTheCaller() throws {
    let readers = JobReaders(
      spikes: { path, population in
        path == "in/spikes.h5" && population == "p" ? [(1, 0.002), (0, 0.001)] : []
      },
      values: { _, _ in JobReaders.Values(values: [-60, -61, -62, -63, -64], units: "mV") },
      edges: { _, _ in [(1, 3), (0, 1), (1, 2)] })
    var text = try good(
      "{indices: [0, 1], times: [5 ms, 7.5 ms]}", "{file: spikes.h5, population: p}")
    text = text.replacing(
      "[-60 mV, -61 mV, -62 mV, -63 mV, -64 mV]", with: "{file: v.h5, dataset: d}")
    text = text.replacing("{pairs: [[1, 4], [0, 2]]}", with: "{file: e.h5, population: e}")
    text = text.replacing("weight: [1 mV, 2 mV]", with: "weight: {linspace: [1 mV, 3 mV]}")
    let job = try Job.load(text: Array(text.utf8), name: "in/job.yaml", readers: readers)
    #expect(try job.spikeList("list").spikes.map(\.step) == [10, 20])
    #expect(
      try job.neurons("inh").start(of: "V")
        == .list([-60, -61, -62, -63, -64].map { $0 * 0.001 }))
    #expect(job.inputFiles.sorted() == ["in/e.h5", "in/spikes.h5", "in/v.h5"])
    let few = try job.projection("few")
    let millivolts = [2.0, 1.0, 3.0].map { $0 * 0.001 }
    #expect(few.weight == .list(millivolts))
  }

  @Test(arguments: ["15 min", "15min", "0.25 h", "900 s", "minutes"])
  func wallTimesAreInMinutesToo(text: String) throws {
    let changed = try good("every_wall: 10 min", "every_wall: \(text)")
    if text == "minutes" {
      #expect(errors(changed).count == 1)
    } else {
      #expect(try load(changed).checkpoint.everyWall == 900)
    }
  }
}
