import BadJobs
import Equations
import Jobs
import Networks
import RandomNumbers
import Testing
import Units

/// Reads a job from its text.
func load(
  _ text: String, overrides: [String] = [], readers: JobReaders = JobReaders()
) throws(JobErrors) -> Job {
  try Job.load(text: Array(text.utf8), name: "job.yaml", overrides: overrides, readers: readers)
}

/// The errors of a job, `line:column: message` each.
func errors(_ text: String, overrides: [String] = []) -> [String] {
  do throws(JobErrors) {
    _ = try load(text, overrides: overrides)
    return []
  } catch {
    return error.diagnostics.filter { $0.severity == .error }
      .map { "\($0.line):\($0.column): \($0.message)" }
  }
}

/// The good job with a piece replaced.
func good(_ old: String, _ new: String) throws -> String {
  var text = BadJob.goodJob
  let range = try #require(text.firstRange(of: old), "the good job must hold '\(old)'")
  text.replaceSubrange(range, with: new)
  return text
}

extension NeuronPopulation {
  /// What one variable starts from, if that is a value and no expression.
  func start(of variable: String) -> NeuronValues? {
    for initial in self.initial where initial.variable == variable {
      if case .distribution(let values) = initial.value { return values }
    }
    return nil
  }
}

extension Job {
  func neurons(_ name: String) throws -> NeuronPopulation {
    let population = try #require(experiment.network.populations.first { $0.name == name })
    guard case .neurons(let neurons) = population.kind else { throw Missing(name: name) }
    return neurons
  }

  func poisson(_ name: String) throws -> PoissonGenerator {
    let population = try #require(experiment.network.populations.first { $0.name == name })
    guard case .poisson(let generator) = population.kind else { throw Missing(name: name) }
    return generator
  }

  func spikeList(_ name: String) throws -> SpikeListGenerator {
    let population = try #require(experiment.network.populations.first { $0.name == name })
    guard case .spikeList(let generator) = population.kind else { throw Missing(name: name) }
    return generator
  }

  func projection(_ name: String) throws -> Projection {
    try #require(experiment.network.projections.first { $0.name == name })
  }

  struct Missing: Error { var name: String }
}

@Suite struct JobTests {
  @Test func theGoodJobIsUnderstood() throws {
    let job = try load(BadJob.goodJob)
    #expect(job.warnings.isEmpty)
    #expect(job.name == "a small network")
    let experiment = job.experiment
    #expect(experiment.dt == 0.1 * 0.001)
    #expect(experiment.steps == 1000)
    #expect(experiment.seed == 7)
    #expect(
      experiment.network.populations.map(\.name) == ["pyr", "inh", "odd", "noise", "wave", "list"])
    #expect(experiment.network.populations.map(\.size) == [20, 5, 2, 20, 3, 2])
    #expect(job.checkpoint == CheckpointSettings(everyWall: 600, keep: 3))
    #expect(job.sources == ["job.yaml"])
  }

  @Test func populationsCarryTheirModels() throws {
    let job = try load(BadJob.goodJob)
    let pyr = try job.neurons("pyr")
    #expect(pyr.model == "cell")
    #expect(pyr.method == .euler)
    #expect(
      pyr.parameters["gain"]
        == .normal(mean: 1, deviation: 0.1, minimum: 0, maximum: nil))
    #expect(pyr.system["V_soma"] != nil)
    #expect(pyr.system["gate_x"] != nil)
    #expect(pyr.system.events.map(\.name) == ["spike_Na_dend", "high"])
    #expect(pyr.start(of: "V_dend") == .constant(-60 * 0.001))
    // A parameter given by the population takes the place of the model's initial value.
    #expect(!pyr.initial.contains { $0.variable == "gain" })
    let names = pyr.initial.map(\.variable)
    #expect(names.last == "V_soma")
    #expect(names.filter { $0 == "V_soma" }.count == 1)
    let inh = try job.neurons("inh")
    #expect(
      inh.start(of: "V")
        == .list([-60, -61, -62, -63, -64].map { $0 * 0.001 }))
  }

  @Test func generatorsAreRead() throws {
    let job = try load(BadJob.goodJob)
    let noise = try job.poisson("noise")
    #expect(noise.window == 100..<900)
    guard case .constant(50) = noise.rate else {
      Issue.record("the rate must be 50 Hz")
      return
    }
    let wave = try job.poisson("wave")
    #expect(wave.sources == 10)
    guard case .expression(_, let system) = wave.rate else {
      Issue.record("the rate must be an expression")
      return
    }
    #expect(system.constants["twice"] == Quantity(2 * (-60 * 0.001), .voltage))
    let list = try job.spikeList("list")
    #expect(list.spikes.map(\.unit) == [0, 1])
    #expect(list.spikes.map(\.step) == [50, 75])
  }

  @Test func projectionsAreRead() throws {
    let job = try load(BadJob.goodJob)
    #expect(job.experiment.network.projections.map(\.name) == ["input", "recurrent", "few"])
    let recurrent = try job.projection("recurrent")
    #expect(recurrent.source == PopulationSlice(population: 0, range: 0..<10))
    #expect(recurrent.target == PopulationSlice(population: 0, range: 0..<20))
    #expect(!recurrent.allowsAutapses)
    #expect(recurrent.delay == .steps(15))
    #expect(recurrent.weightPrecision == .single)
    guard case .probability(0.25) = recurrent.rule else {
      Issue.record("the rule must be a probability of 5/20")
      return
    }
    let few = try job.projection("few")
    #expect(few.weightPrecision == .double)
    #expect(few.weight == .list([2 * 0.001, 1 * 0.001]), "sorted with the pairs by source")
    guard case .pairs(let pairs) = few.rule else {
      Issue.record("the rule must be pairs")
      return
    }
    #expect(pairs.map(\.source) == [0, 1])
    #expect(pairs.map(\.target) == [2, 4])
  }

  @Test func schedulesAreRead() throws {
    let job = try load(
      BadJob.goodJob + """
        schedule:
          - {at: 1.55 ms, population: pyr, neurons: 0:4:2, do: 'V_soma = rest; gain = 2'}
          - {every: 0.5 ms, from: 2 ms, population: odd, do: x = rand()}
          - {at: 3 ms, projection: few, active: false}
          - {at: 4 ms, population: pyr, do: E_AMPA += 1*mV}
        """)
    let network = job.experiment.network
    try #require(network.schedule.count == 4)
    guard case .statements(let first) = network.schedule[0],
      case .statements(let second) = network.schedule[1],
      case .activity(let third) = network.schedule[2]
    else {
      Issue.record("two entries of statements and a switch are due")
      return
    }
    #expect(first.population == 0)
    #expect(first.neurons == [0, 2])
    #expect(first.times == .once(15))
    #expect(first.statements.map(\.target) == ["V_soma", "gain"])
    #expect(second.times == .every(5, from: 20, to: .max))
    #expect(second.neurons == [0, 1])
    #expect(third == ProjectionSwitch(projection: 2, step: 30, isActive: false))
    // A constant of the model that a statement changes is the population's own from then on.
    guard case .neurons(let neurons) = network.populations[0].kind else { return }
    #expect(neurons.system["E_AMPA"]?.kind == .parameter)
    #expect(neurons.system.constants["E_AMPA"] == nil)
    #expect(neurons.parameters["E_AMPA"] == .constant(0))
  }

  @Test func aSharedVariableIsSetForAllAlike() throws {
    let shared = "equations: |\n      g : 1 (shared)\n      dx/dt = (g - x)/(10*ms) : 1"
    let text = BadJob.goodJob.replacing("equations: 'dx/dt = -x/(10*ms) : 1'", with: shared)
    func errors(_ entry: String) -> [String] {
      do {
        _ = try load(text + "schedule: [{at: 1 ms, population: odd, \(entry)}]\n")
        return []
      } catch {
        return error.diagnostics.map(\.message)
      }
    }
    #expect(errors("do: g = 2 + N") == [])
    for (entry, message) in [
      ("neurons: [1], do: g = 2", "`g` is shared, and some neurons cannot assign to it"),
      ("do: g = x", "`g` is shared, and this differs from neuron to neuron"),
      ("do: g = rand()", "`g` is shared, and a random number differs from neuron to neuron"),
    ] {
      #expect(errors(entry) == [message])
    }
  }

  @Test func waveformsAreRead() throws {
    let steps = "steps: [[0 ms, 0 pA], [50 ms, {linspace: [0 pA, 200 pA]}]]"
    let text = BadJob.goodJob.replacing(
      steps, with: "waveform: {file: w.h5, dataset: d, dt: 0.2 ms}")
    try #require(text != BadJob.goodJob)
    func course(_ read: JobReaders.Values) throws -> Stimulus.Course? {
      try Job.load(
        text: Array(text.utf8), name: "job.yaml", readers: JobReaders(values: { _, _ in read })
      ).experiment.network.stimuli.first?.course
    }
    guard case .waveform(let list) = try course(.init(values: [1, 2, 3], units: "nA")) else {
      Issue.record("a waveform is due")
      return
    }
    #expect(list.samples == [1, 2, 3].map { $0 * 1e-9 })
    #expect(list.columns == 1)
    #expect(list.interval == 0.2 * 0.001)
    guard
      case .waveform(let table) = try course(
        .init(values: [Double](repeating: 1e-9, count: 10), columns: 5, units: nil))
    else { return }
    #expect(table.columns == 5)
    #expect(table.count == 2)
    for (read, message) in [
      (JobReaders.Values(values: [1, 2], columns: 2, units: "nA"), "has 2 columns for 5 neurons"),
      (.init(values: [1, .nan], units: "nA"), "must be finite numbers"),
      (.init(values: [], units: "nA"), "holds no samples"),
      (.init(values: [1], units: "mV"), "a current (A) is due, but the data set is in mV"),
    ] {
      let error = #expect(throws: JobErrors.self) { try course(read) }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  @Test func stimuliAndRecordingsAreRead() throws {
    let job = try load(BadJob.goodJob)
    let stimulus = try #require(job.experiment.network.stimuli.first)
    #expect(stimulus.neurons == [0, 2, 4, 6, 8])
    guard case .steps(let steps) = stimulus.course else {
      Issue.record("the course must be steps")
      return
    }
    #expect(steps.map(\.step) == [0, 500])
    #expect(steps[1].values == .linspace(0, 200 * 1e-12))
    let plan = job.experiment.recording
    #expect(plan.spikes == [0, 3])
    #expect(plan.events.map(\.event) == ["spike_Na_dend", "high"])
    #expect(plan.rateBin == 10)
    let states = try #require(plan.states.first)
    #expect(states.variables == ["V_soma", "I_dend"])
    #expect(states.neurons == [0, 3])
    #expect(states.window == RecordingPlan.Window(every: 10))
  }

  @Test(arguments: BadJob.all)
  func badJobsAreRefusedAtTheirPlace(_ bad: BadJob) throws {
    do throws(JobErrors) {
      try readAll(bad.bytes, name: "bad.yaml")
      Issue.record("'\(bad)' was accepted")
    } catch {
      let found = error.diagnostics.filter { $0.severity == .error }
      #expect(found.count == 1, "one thing is wrong, so one error is due: \(error)")
      let first = try #require(found.first)
      #expect(first.line == bad.line && first.column == bad.column, "\(error)")
      #expect(first.message.hasPrefix(bad.message), "\(error)")
      #expect(first.file == "bad.yaml")
    }
  }

  @Test func theTableOfBadJobsIsLong() {
    #expect(BadJob.all.count >= 60)
    #expect(Set(BadJob.all.map(\.name)).count == BadJob.all.count)
  }

  @Test func allErrorsAreFoundAtOnce() throws {
    var text = try good("length: 100 um", "lenght: 100 um")
    text = text.replacing("rate: 50 Hz", with: "rate: 50 mV").replacing(
      "size: 5,", with: "size: 0,")
    let found = errors(text)
    try #require(found.count >= 3)
    #expect(found[0].contains("'lenght'"))
    #expect(found.contains { $0.contains("'size' must be from 1") })
    #expect(found.contains { $0.contains("'rate' is a voltage") })
    #expect(!found.contains { $0.contains("there is no model") }, "what follows is not reported")
  }

  @Test func diagnosticsReadLikeACompilers() throws {
    let text = try good("size: 5,", "sice: 5,")
    do throws(JobErrors) {
      _ = try load(text)
      Issue.record("a misspelt key must be refused")
    } catch {
      let misspelt = try #require(error.diagnostics.first { $0.message.contains("'sice'") })
      let lines = misspelt.description.split(separator: "\n")
      try #require(lines.count == 4)
      #expect(
        lines[0] == "job.yaml:\(misspelt.line):21: error: a population has no key 'sice'")
      #expect(lines[1].contains("| ") && lines[1].contains("sice: 5"))
      #expect(lines[2].hasSuffix("^"))
      #expect(lines[3] == "  help: did you mean 'size'?")
      let indent = try #require(lines[1].firstRange(of: "sice")?.lowerBound)
      let caret = try #require(lines[2].firstIndex(of: "^"))
      #expect(
        lines[1].distance(from: lines[1].startIndex, to: indent)
          == lines[2].distance(from: lines[2].startIndex, to: caret))
    }
  }

  @Test func manyErrorsAreCountedNotListed() {
    let keys = (0..<500).map { "wrong\($0): 1\n" }.joined()
    do throws(JobErrors) {
      _ = try load(keys)
      Issue.record("unknown keys must be refused")
    } catch {
      #expect(error.diagnostics.count == 100)
      #expect(error.omitted > 390)
      #expect(error.description.hasSuffix("more errors"))
    }
  }

  @Test func unusedModelsAreWarnedOf() throws {
    let job = try load(try good("  odd: {model: free, size: 2}\n", ""))
    #expect(job.warnings.map(\.message) == ["no population uses the model 'free'"])
    #expect(job.warnings.first?.severity == .warning)
  }

  @Test func unreadWeightsAreWarnedOf() throws {
    let job = try load(try good("on_pre: s_AMPA_X_dend += w\n", "on_pre: s_AMPA_X_dend += 1\n"))
    #expect(job.warnings.count == 1)
    #expect(job.warnings.first?.message.contains("does not read w") == true)
  }

  @Test func constantsWithInternalNamesAreWarnedOf() throws {
    let job = try load(try good("  neurons: 20\n", "  neurons: 20\n  N: 3\n"))
    #expect(job.warnings.first?.message.contains("wins over this constant") == true)
  }

  @Test func theResolvedJobIsTheSameJob() throws {
    let job = try load(BadJob.goodJob, overrides: ["constants.neurons=30"])
    #expect(job.resolved.contains("size: 30"))
    #expect(job.resolved.contains("precision: double"))
    #expect(job.experiment.precision == .double)
    let single = try load(BadJob.goodJob, overrides: ["simulation.precision=single"])
    #expect(single.experiment.precision == .single)
    let again = try load(job.resolved)
    #expect(again.resolved == job.resolved)
    #expect(again.experiment.steps == job.experiment.steps)
    #expect(again.experiment.seed == job.experiment.seed)
    #expect(
      again.experiment.network.populations.map(\.size)
        == job.experiment.network.populations.map(\.size))
    let (one, other) = (try job.neurons("pyr"), try again.neurons("pyr"))
    #expect(one.system == other.system)
    #expect(one.parameters == other.parameters)
    #expect(try job.projection("few").weight == again.projection("few").weight)
  }

  @Test func mutatedJobsNeverTrap() throws {
    var generator = SplitMix(state: 2)
    let bytes = Array(BadJob.goodJob.utf8)
    var refused = 0
    for round in 0..<1200 {
      let text =
        round % 3 == 0 ? generator.mutation(of: bytes) : generator.replacement(in: bytes)
      do throws(JobErrors) {
        _ = try Job.load(text: text, name: "mutated.yaml")
      } catch {
        refused += 1
        #expect(!error.diagnostics.isEmpty)
      }
    }
    #expect(refused > 500)
  }
}
