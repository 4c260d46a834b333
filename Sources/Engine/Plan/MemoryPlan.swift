import Kernels
package import Networks

/// What a run will need, worked out from the description without building anything.
package struct MemoryPlan: Sendable {
  /// Bytes of one rank, by what they are for.
  package struct Parts: Sendable {
    package var state = 0
    package var synapses = 0
    package var generators = 0
    package var events = 0
    package var recording = 0
    /// The copy of the state that a checkpoint is written from, and its sections.
    package var checkpoint = 0
    /// The program itself, its libraries, and what the system keeps per process.
    package var process = 0

    package var total: Int {
      [state, synapses, generators, events, recording, checkpoint, process]
        .reduce(0) { $0.addingClamped($1) }
    }
  }

  /// The rank with the most neurons.
  package private(set) var parts = Parts()
  /// Over the whole network.
  package private(set) var synapses = 0.0
  /// Steps of an epoch; delays that are drawn count with their smallest possible value.
  package let epochSteps: Int
  /// Bytes that states recordings will take on disk.
  package private(set) var stateBytes = 0.0

  /// Resident memory of a run of one neuron, measured; with MPI's share where there are ranks.
  private static let processBytes = 36_000_000
  private static let launchedProcessBytes = 54_000_000
  /// Rate that is assumed of neurons, which only a run can tell.
  private static let assumedRate = 10.0
  /// Of an event: waiting in the calendar with the room that lists grow by, and sorted.
  private static let eventBytes = 90.0
  /// Of a spike that waits for its arrivals, with the room that lists grow by, and of its row in an
  /// epoch.
  private static let spikeBytes = 24.0

  package init(
    _ experiment: Experiment, programs: [Int: PopulationProgram], ranks: Int, threads: Int
  ) {
    let network = experiment.network
    epochSteps = experiment.expectedEpochSteps
    func share(_ count: Int) -> Int { (count + ranks - 1) / ranks }
    parts.process = ranks > 1 ? MemoryPlan.launchedProcessBytes : MemoryPlan.processBytes
    for (index, population) in network.populations.enumerated() {
      if let program = programs[index]?.program {
        let layout = CohortLayout(neurons: share(population.size), blockSize: nil)
        let state = StateLayout(program)
        parts.state = parts.state.addingClamped(
          (layout.slots / state.groupLanes).multipliedClamped(by: state.groupBytes))
        // Sections hold f64 whatever the precision.
        let narrow = program.columns.count { $0.element == .single }
        parts.checkpoint = parts.checkpoint.addingClamped(
          layout.slots.multipliedClamped(by: 4 * narrow))
        // Marks of a block's visit, for each worker.
        let marks = layout.lanes * EpochSequence.longest * (1 + program.events.count) * 8
        parts.events = parts.events.addingClamped(marks * threads)
      } else {
        let units = share(population.size)
        parts.generators = parts.generators.addingClamped(PoissonUnits.bytes(units: units))
      }
    }
    parts.checkpoint = parts.checkpoint.addingClamped(parts.state.multipliedClamped(by: 2))
    var synapsesOf: [(projection: Projection, count: Double, isSummed: Bool)] = []
    for (place, projection) in network.projections.enumerated() {
      // A projection that cannot be built has been refused before its memory is planned.
      let expected = (try? network.expectedSynapses(of: projection)) ?? 0
      synapses += expected
      let program = programs[projection.target.population]
      let isSummed = program?.sums(projection, at: place) ?? false
      parts.synapses = parts.synapses.addingClamped(
        MemoryPlan.synapseBytes(
          of: projection, expected: expected / Double(ranks), dt: experiment.dt, threads: threads,
          isSummed: isSummed))
      synapsesOf.append((projection, expected, isSummed))
    }
    for (projection, count, isSummed) in synapsesOf {
      let source = network.populations[projection.source.population]
      let delay = projection.shortestDelay(dt: experiment.dt)
      // Of what is added up spikes wait, on every thread, and not their arrivals.
      let perStep =
        (isSummed
          ? Double(projection.source.range.count * threads) * MemoryPlan.spikeBytes
          : count / Double(ranks) * MemoryPlan.eventBytes)
        * MemoryPlan.rate(of: source) * experiment.dt
      let waiting = perStep * Double(epochSteps + delay)
      parts.events = parts.events.addingClamped(Int(clamping: waiting))
      if isSummed {
        let neurons = share(network.populations[projection.target.population].size)
        parts.events = parts.events.addingClamped(
          MemoryPlan.arrivalBytes(
            of: projection, synapses: count / Double(ranks),
            rate: MemoryPlan.rate(of: source) * experiment.dt, neurons: neurons,
            steps: epochSteps))
      }
    }
    for population in experiment.recording.spikes {
      let source = network.populations[population]
      let seconds = Double(experiment.steps) * experiment.dt
      let records = Double(share(source.size)) * MemoryPlan.rate(of: source) * seconds
      // Held up to a budget by the writer, as neurons and runs of steps, then copied through HDF5's
      // buffers and the merge.
      let held = records * 4 + min(records, Double(experiment.steps)) * 16
      parts.recording = parts.recording.addingClamped(
        Int(clamping: min(held, Double(16 << 20)) * 1.5))
    }
    for recording in experiment.recording.states {
      let rows = EpochSequence.longest / Int(max(recording.window.every, 1)) + 1
      let width = recording.variables.count * recording.neurons.count
      parts.recording = parts.recording.addingClamped(rows * width * 8 / ranks + (16 << 20))
      let end = min(recording.window.to, experiment.steps)
      let taken = max(0, (end - recording.window.from) / recording.window.every)
      stateBytes += Double(taken) * Double(width) * (recording.precision == .single ? 4 : 8)
    }
  }

  /// Of the synapses of a rank and of what says where they are, at their most: records are made of lists,
  /// whose memory is given back meanwhile.
  private static func synapseBytes(
    of projection: Projection, expected: Double, dt: Double, threads: Int, isSummed: Bool
  ) -> Int {
    let sources = projection.source.range.count
    let rows = expected * Double(projection.bytesPerSynapse(dt: dt))
    // Of rows that are not kept, whether there is one.
    let perSource = projection.store == .procedural ? 1.0 : 4.0
    let lists = Int(clamping: rows + Double(sources + 1) * perSource * Double(threads))
    guard isSummed, projection.isOneWeight, !projection.isOneToOne,
      let shape = RecordShape(expecting: expected / Double(threads), sources: sources)
    else { return lists }
    return max(lists, shape.bytes.multipliedClamped(by: threads))
  }

  /// Of the arrivals of an epoch that are sorted or counted; of sources with one synapse each there are
  /// none.
  ///
  /// - Parameter rate: of a source, in each step.
  private static func arrivalBytes(
    of projection: Projection, synapses: Double, rate: Double, neurons: Int, steps: Int
  ) -> Int {
    if projection.isOneToOne { return 0 }
    // More than any machine holds, and little enough to be multiplied.
    let most = 1 << 48
    return RowArrivals.bytes(
      arrivals: min(Int(clamping: synapses * rate * Double(steps)), most),
      of: min(Int(clamping: synapses), most), areOneAmount: projection.isOneWeight,
      slots: min(neurons, most), steps: steps)
  }

  /// Hz of each neuron or unit.
  private static func rate(of population: Population) -> Double {
    guard case .poisson(let poisson) = population.kind else { return assumedRate }
    let sources = Double(poisson.sources)
    switch poisson.rate {
    case .constant(let rate): return rate * sources
    case .list(let rates): return rates.reduce(0, +) / Double(max(rates.count, 1)) * sources
    case .expression: return assumedRate * sources
    }
  }
}

extension Projection {
  fileprivate var isOneToOne: Bool {
    if case .oneToOne = rule { true } else { false }
  }

  /// Whether all its synapses have the same weight.
  fileprivate var isOneWeight: Bool {
    if case .constant = weight { true } else { false }
  }
}

extension PopulationProgram {
  /// Whether arrivals of a projection are added up before visits, as far as its description tells.
  fileprivate func sums(_ projection: Projection, at place: Int) -> Bool {
    guard projection.store == .memory, let port = portOfProjection[place],
      case .additive = program.ports[port]
    else { return false }
    switch projection.delay {
    case .steps, .values(.constant): return true
    case .values: return false
    }
  }
}

extension Int {
  /// Rounded down; what does not fit becomes the nearest that does.
  init(clamping value: Double) {
    self = value.isNaN ? 0 : value >= 0x1p62 ? 1 << 62 : value <= 0 ? 0 : Int(value)
  }

  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  fileprivate func multipliedClamped(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
