import Kernels
import Networks

/// A worker, and what the others must know of it.
struct BuiltWorker {
  var worker: Worker
  var synapses: Int
  /// Over the projections from neurons that end here, in steps; `nil`: there is none.
  var smallestDelay: Int?
  /// Neurons and units that have targets here; `nil`: nobody asks.
  var wanted: SourceSet?
}

/// Builds workers: draws the synapses of their tiles, lays out their neurons,
/// fills their state.
struct WorkerBuilder: Sendable {
  let experiment: Experiment
  let programs: [Int: PopulationProgram]
  let kernels: [Int: any Kernel]
  let decomposition: Decomposition
  let streams: RecordStreams
  let rows: [StateRows]
  let gids: GlobalIDs
  let blockSize: Int?
  let pulse: RunPulse
  /// Whether other ranks must be told which of their spikes are wanted here.
  let findsWanted: Bool

  private var network: Network { experiment.network }

  /// - Parameter worker: its number among those of all ranks.
  func build(worker: Int) throws(SimulationError) -> BuiltWorker {
    // Cohorts of populations in the order of the job; none where this worker has no neuron.
    let populations = programs.keys.sorted().filter { !neurons(of: $0, worker).isEmpty }
    var arriving = [[Arriving]](repeating: [], count: populations.count)
    var smallestDelay: Int?
    var synapses = 0
    var wanted = findsWanted ? SourceSet(count: decomposition.count) : nil
    var horizons = [Int](repeating: 0, count: populations.count)
    for (place, projection) in network.projections.enumerated() {
      guard let cohort = populations.firstIndex(of: projection.target.population) else { continue }
      let built = try self.arriving(projection, place, worker)
      pulse.beat(again: .begin)
      guard let rows = built else { continue }
      synapses += rows.count
      if findsWanted { note(rows, of: projection.source, in: &wanted) }
      horizons[cohort] = max(horizons[cohort], rows.delays.upperBound)
      if programs[projection.source.population] != nil {
        smallestDelay = min(smallestDelay ?? .max, rows.delays.lowerBound)
      }
      arriving[cohort].append(rows)
    }
    var cohorts: [Cohort] = []
    var inlets = [[(cohort: Int, inlet: Inlet)]](repeating: [], count: network.populations.count)
    var summed = [[SummedInlet]](repeating: [], count: network.populations.count)
    var regenerated = [[(cohort: Int, inlet: RegeneratedInlet)]](
      repeating: [], count: network.populations.count)
    for (place, population) in populations.enumerated() {
      let layout = layout(of: population, worker)
      var summedHere: [SummedInlet] = []
      for (number, contributions) in contributions(of: arriving[place], population).enumerated() {
        // Taken out: whoever packs rows must be the only one to hold them, or they would be copied.
        let synapses = arriving[place][number].synapses.take()
        let one = arriving[place][number]
        switch consume synapses {
        case nil: preconditionFailure("synapses were taken twice")
        case .regenerated(let rows, let sources):
          let inlet = RegeneratedInlet(
            port: one.port, sources: sources, rows: rows, activity: one.activity, layout: layout)
          regenerated[one.source].append((place, inlet))
        case .kept(let rows):
          if let contributions {
            let inlet = SummedInlet(
              rows: consume rows, delay: one.delays.upperBound, contributions: contributions,
              layout: layout)
            summed[one.source].append(inlet)
            summedHere.append(inlet)
          } else {
            let inlet = Inlet(port: one.port, rows: rows, activity: one.activity, layout: layout)
            inlets[one.source].append((place, inlet))
          }
        }
      }
      cohorts.append(
        try cohort(
          of: population, worker, longestDelay: horizons[place], summed: summedHere))
    }
    let shares = generators(worker)
    for share in shares where streams.streamOfSpikes[share.population] == nil {
      let population = share.population
      guard inlets[population].isEmpty, regenerated[population].isEmpty,
        summed[population].count == 1
      else { continue }
      share.drive(summed[population][0], epochSteps: experiment.expectedEpochSteps)
    }
    let built = Worker(
      index: worker, cohorts: cohorts, probes: cohorts.map { probes(of: $0, worker) },
      generators: shares,
      starts: try starts(of: cohorts), inlets: inlets, summed: summed,
      regenerated: regenerated, outlets: outlets(),
      owned: network.populations.indices.map { neurons(of: $0, worker) }, streams: streams.count,
      spikeWindow: experiment.recording.spikeWindow, gids: gids)
    return BuiltWorker(
      worker: built, synapses: synapses, smallestDelay: smallestDelay, wanted: wanted)
  }

  /// A projection onto a cohort whose rows have been drawn.
  private struct Arriving {
    enum Synapses {
      case kept(InletRows)
      /// Drawn anew for each spike of these sources.
      case regenerated(RegeneratedRows, sources: Range<Int>)
    }

    /// Place in `Network.populations`.
    var source: Int
    var port: Int
    /// `nil` once they were handed over.
    var synapses: Synapses?
    var count: Int
    /// In steps.
    var delays: ClosedRange<Int>
    var activity: ProjectionActivity?
  }

  /// Draws a projection onto a worker's neurons; `nil`: there are no synapses.
  private func arriving(
    _ projection: Projection, _ place: Int, _ worker: Int
  ) throws(SimulationError) -> Arriving? {
    let synapses: Arriving.Synapses
    let count: Int
    let delays: ClosedRange<Int>
    if projection.store == .procedural {
      let rows = try regeneratedRows(of: projection, worker)
      count = rows.synapses
      delays = rows.minimumDelay...rows.maximumDelay
      synapses = .regenerated(rows, sources: projection.source.range)
    } else {
      let rows = try self.rows(of: projection, worker)
      count = rows.targets.count
      delays = rows.minimumDelay...rows.maximumDelay
      synapses = .kept(
        InletRows(
          sources: projection.source.range, rows: rows,
          layout: layout(of: projection.target.population, worker)))
    }
    guard count > 0 else { return nil }
    return Arriving(
      source: projection.source.population,
      port: programs[projection.target.population]?.portOfProjection[place] ?? 0,
      synapses: synapses, count: count, delays: delays,
      activity: ProjectionActivity(ofProjection: place, in: network.schedule))
  }

  /// Notes the sources that have synapses here.
  private func note(
    _ arriving: Arriving, of slice: PopulationSlice, in wanted: inout SourceSet?
  ) {
    let base = Int(gids.first[slice.population])
    switch arriving.synapses {
    case .kept(let rows):
      for source in 0..<rows.sources.count where !rows.row(source).isEmpty {
        wanted?.insert(base + rows.sources.lowerBound + source)
      }
    case .regenerated(let rows, let sources):
      for source in 0..<sources.count where rows.isSource[source] {
        wanted?.insert(base + sources.lowerBound + source)
      }
    case nil: break
    }
  }

  /// What each of the projections onto a cohort adds up; `nil`: it makes events.
  private func contributions(
    of arriving: [Arriving], _ population: Int
  ) -> [[SummedContribution]?] {
    guard let program = programs[population]?.program else { return arriving.map { _ in nil } }
    return SummedPorts(program: program, uniforms: program.uniformTable()).contributions(
      of: arriving.map {
        var rows: InletRows?
        if case .kept(let kept) = $0.synapses { rows = kept }
        return SummedPorts.Candidate(port: $0.port, rows: rows, isSwitched: $0.activity != nil)
      })
  }

  private func layout(of population: Int, _ worker: Int) -> CohortLayout {
    CohortLayout(neurons: neurons(of: population, worker).count, blockSize: blockSize)
  }

  private func neurons(of population: Int, _ worker: Int) -> Range<Int> {
    decomposition.neurons(ofPopulation: population, worker: worker)
  }

  private func rows(of projection: Projection, _ worker: Int) throws(SimulationError) -> SynapseRows
  {
    do throws(NetworkError) {
      return try network.synapseRows(
        of: projection, targets: neurons(of: projection.target.population, worker),
        seed: experiment.seed, dt: experiment.dt)
    } catch {
      throw SimulationError(error, below: [])
    }
  }

  private func regeneratedRows(
    of projection: Projection, _ worker: Int
  ) throws(SimulationError) -> RegeneratedRows {
    do throws(NetworkError) {
      return try network.regeneratedRows(
        of: projection, targets: neurons(of: projection.target.population, worker),
        seed: experiment.seed, dt: experiment.dt)
    } catch {
      throw SimulationError(error, below: [])
    }
  }

  private func cohort(
    of population: Int, _ worker: Int, longestDelay: Int, summed: [SummedInlet]
  ) throws(SimulationError) -> Cohort {
    guard let plan = programs[population], let kernel = kernels[population] else {
      throw SimulationError("population \(population) has no program")
    }
    let name = network.populations[population].name
    let program = plan.program
    let cohort = Cohort(
      population: population, neurons: neurons(of: population, worker), blockSize: blockSize,
      program: program, kernel: kernel, uniforms: program.uniformTable(),
      streams: program.occurrences.map { occurrence in
        StreamKey(seed: experiment.seed, name: name, purpose: occurrence.purpose).bits
      },
      dt: experiment.dt, horizon: longestDelay + 2 * EpochSequence.longest + 2, summed: summed)
    cohort.initialise(
      values: try initialValues(of: population, cohort.neurons, program: program),
      portable: PortableKernel(program: program))
    return cohort
  }

  /// Parameters and initial values that are given per neuron, by column.
  private func initialValues(
    of index: Int, _ range: Range<Int>, program: Program
  ) throws(SimulationError) -> [(column: Int, value: (Int) -> Double)] {
    let population = network.populations[index]
    guard case .neurons(let neurons) = population.kind else { return [] }
    var given: [(name: String, values: NeuronValues)] = neurons.parameters.sorted {
      $0.key < $1.key
    }.map { ($0.key, $0.value) }
    for initial in neurons.initial {
      if case .distribution(let values) = initial.value { given.append((initial.variable, values)) }
    }
    var filled: [(column: Int, value: (Int) -> Double)] = []
    for (name, values) in given {
      guard let column = program.columns.firstIndex(where: { $0.name == name }) else { continue }
      let key = StreamKey(
        seed: experiment.seed, name: population.name, purpose: "value.\(name)")
      let drawn: [Double]
      do throws(NetworkError) {
        drawn = try values.values(in: range, of: population.size, key: key)
      } catch {
        throw SimulationError(error, below: ["populations", population.name, name])
      }
      filled.append((column, { drawn[$0 - range.lowerBound] }))
    }
    return filled
  }

  private func probes(of cohort: Cohort, _ worker: Int) -> CohortProbes {
    let variables = programs[cohort.population]?.probeOfVariable ?? [:]
    let recordings = rows.compactMap {
      rows -> (plan: RecordingPlan.States, rows: StateRows, probes: [Int], firstColumn: Int)? in
      let plan = experiment.recording.states[rows.recording]
      guard plan.population == cohort.population else { return nil }
      // Neurons of a recording ascend, so a worker's are neighbours among those of its rank.
      let onRank = decomposition.neurons(
        ofPopulation: plan.population, rank: decomposition.rank(ofWorker: worker))
      let before = plan.neurons.count {
        $0 >= onRank.lowerBound && $0 < cohort.neurons.lowerBound
      }
      return (plan, rows, plan.variables.compactMap { variables[$0] }, before)
    }
    return CohortProbes(
      layout: cohort.layout, neurons: cohort.neurons, probes: variables.count,
      recordings: recordings)
  }

  /// What stimuli and schedule do to each cohort.
  private func starts(of cohorts: [Cohort]) throws(SimulationError) -> [CohortStarts] {
    var courses: [StartSource: (course: StartCourse, neurons: [Int])] = [:]
    for cohort in cohorts {
      for source in programs[cohort.population]?.starts ?? [] {
        courses[source] = try course(of: source)
      }
    }
    return cohorts.map { cohort in
      CohortStarts(
        layout: cohort.layout, neurons: cohort.neurons,
        actions: (programs[cohort.population]?.starts ?? []).compactMap { courses[$0] })
    }
  }

  private func course(
    of source: StartSource
  ) throws(SimulationError) -> (course: StartCourse, neurons: [Int]) {
    switch source {
    case .stimulus(let place):
      let stimulus = network.stimuli[place]
      do throws(NetworkError) {
        let course = try StartCourse(stimulus, seed: experiment.seed, dt: experiment.dt)
        return (course, stimulus.neurons)
      } catch {
        throw SimulationError(error, below: ["stimuli", stimulus.name])
      }
    case .entry(let place, _):
      guard case .statements(let entry) = network.schedule[place] else {
        throw SimulationError("entry \(place) of the schedule has no statements")
      }
      return (StartCourse(entry.times), entry.neurons)
    }
  }

  private func outlets() -> [Worker.Outlet] {
    let sources = Set(network.projections.map(\.source.population))
    return network.populations.indices.map { population in
      Worker.Outlet(
        firstGID: sources.contains(population) ? gids.first[population] : nil,
        spikeStream: streams.streamOfSpikes[population],
        eventStreams: (programs[population]?.program.events ?? []).map {
          streams.streamOfEvent[population]?[$0.name]
        })
    }
  }

  private func generators(_ worker: Int) -> [GeneratorShare] {
    network.populations.indices.compactMap { population in
      GeneratorBuilder(
        experiment: experiment, decomposition: decomposition, population: population,
        worker: worker
      ).share()
    }
  }
}
