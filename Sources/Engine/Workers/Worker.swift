import CThreads
import KernelABI
import Networks

/// One thread's share of the network: its cohorts, the projections that end there, and the
/// generators that drive them.
///
/// Workers share nothing while an epoch runs. Between two phases the main thread reads what they
/// have left: outgoing spikes, records, counts.
final class Worker: @unchecked Sendable {
  // `@unchecked`: touched by its own thread during a phase and by the main thread between phases,
  // never by both; the team's barrier orders the two.

  /// Where the spikes and events of one population go.
  struct Outlet {
    /// Global id of the population's first neuron or unit; `nil` when no projection begins there.
    var firstGID: UInt32?
    /// Stream of records for spikes, and for each of the program's events.
    var spikeStream: Int?
    var eventStreams: [Int?] = []
  }

  /// Seconds spent in the verbs of the loop.
  struct Seconds {
    var deliver = 0.0
    var advance = 0.0
  }

  let index: Int
  let cohorts: [Cohort]
  private let probes: [CohortProbes]
  let generators: [GeneratorShare]
  /// By cohort: what stimuli and schedule do to it.
  private let starts: [CohortStarts]
  /// By source population: where its spikes end in this worker, as events or added up.
  private let inlets: [[(cohort: Int, inlet: Inlet)]]
  let summed: [[SummedInlet]]
  /// The same, of projections whose synapses are drawn anew for each spike.
  private let regenerated: [[(cohort: Int, inlet: RegeneratedInlet)]]
  /// By population.
  private let outlets: [Outlet]
  /// By population: indices of the neurons or units that are this worker's.
  private let owned: [Range<Int>]
  private let spikeWindow: RecordingPlan.Window
  private let gids: GlobalIDs
  // What changes here and in all that a worker owns is touched by one thread at a time, and no verb is
  // called from within another, so accesses cannot overlap. Checking each at run time would take 8 % of
  // the loop of `recurrent`, whose epochs have one step.
  @exclusivity(unchecked) private var history: SpikeHistory

  private let marks: UnsafeMutablePointer<coppice_mark>
  private let scratch: AlignedBuffer

  /// Spikes for the exchange, of even and of odd epochs: the one is still read by other workers
  /// while the other is written.
  @exclusivity(unchecked) private var outgoingEven = GrowingList<SourceSpike>()
  @exclusivity(unchecked) private var outgoingOdd = GrowingList<SourceSpike>()
  private var isEven = true

  let records: RecordLists
  /// By population.
  @exclusivity(unchecked) private(set) var spikeCounts: [Int]
  @exclusivity(unchecked) private(set) var seconds = Seconds()

  init(
    index: Int, cohorts: [Cohort], probes: [CohortProbes], generators: [GeneratorShare],
    starts: [CohortStarts], inlets: [[(cohort: Int, inlet: Inlet)]], summed: [[SummedInlet]],
    regenerated: [[(cohort: Int, inlet: RegeneratedInlet)]], outlets: [Outlet],
    owned: [Range<Int>], streams: Int, spikeWindow: RecordingPlan.Window, gids: GlobalIDs
  ) {
    self.index = index
    self.cohorts = cohorts
    self.probes = probes
    self.generators = generators
    self.starts = starts
    self.inlets = inlets
    self.summed = summed
    self.regenerated = regenerated
    self.outlets = outlets
    self.owned = owned
    self.spikeWindow = spikeWindow
    self.gids = gids
    history = SpikeHistory(horizons: Array(repeating: 0, count: outlets.count))
    records = RecordLists(streams: streams)
    spikeCounts = Array(repeating: 0, count: outlets.count)
    let most = cohorts.map { $0.layout.lanes * EpochSequence.longest * $0.kindsOfMarks }.max() ?? 1
    marks = .allocate(capacity: most)
    scratch = AlignedBuffer(count: cohorts.map(\.scratchBytes).max() ?? 0)
  }

  deinit { marks.deallocate() }

  /// Spikes of the epoch that was advanced last.
  var outgoing: UnsafeBufferPointer<SourceSpike> {
    isEven ? outgoingEven.elements : outgoingOdd.elements
  }

  func clearRecords() { records.removeAll() }

  /// Delivers what the last exchange brought and carries every cohort through the epoch.
  ///
  /// - Parameters:
  ///   - arrived: spikes of the epoch before, and spikes that generators will fire in this one.
  ///   - next: the epoch before which this one's spikes arrive: exchanged generators are drawn for
  ///     it now.
  func advance(_ epoch: Epoch, arrived: ArrivedSpikes, next: Epoch?) {
    let begin = ContinuousClock.now
    isEven.toggle()
    if isEven { outgoingEven.removeAll() } else { outgoingOdd.removeAll() }
    history.sweep(before: epoch.start, gids: gids)
    deliver(arrived)
    drive(epoch)
    for cohort in cohorts { cohort.beginArrivals(of: epoch) }
    let delivered = ContinuousClock.now
    var adding = Duration.zero
    for index in cohorts.indices {
      adding += advance(cohort: index, through: epoch)
      cohorts[index].giveBack()
    }
    accountForDriven(by: epoch)
    if let next { drawAhead(of: epoch, until: next.end) }
    let end = ContinuousClock.now
    seconds.deliver += (delivered - begin + adding).inSeconds
    seconds.advance += (end - delivered - adding).inSeconds
  }

  /// Draws the spikes that exchanged generators fire in the first epochs, up to step `end`.
  func begin(_ first: Epoch, drawingUntil end: Int64) {
    isEven.toggle()
    if isEven { outgoingEven.removeAll() } else { outgoingOdd.removeAll() }
    drawAhead(of: first, until: end)
  }

  /// Runs the tail of the last step: what arrives there, resets and actions.
  func finish(at end: Int64, arrived: ArrivedSpikes) {
    deliver(arrived)
    let last = Epoch(start: end, end: end + 1)
    for cohort in cohorts {
      cohort.beginArrivals(of: last, isTail: true)
      var block = 0
      while block < cohort.layout.blocks {
        let tile = cohort.addArrivals(fromBlock: block, in: last)
        for block in tile {
          _ = cohort.visit(
            block: block, from: end, steps: 0, marks: marks, scratch: scratch.base, probes: nil)
        }
        block = tile.upperBound
      }
    }
  }

  private func deliver(_ arrived: ArrivedSpikes) {
    for segment in arrived.segments {
      var place = 0
      while place < segment.count {
        let population = arrived.gids.population(of: segment[place].gid)
        let (first, end) = (gids.first[population], gids.first[population + 1])
        let begin = place
        repeat {
          place += 1
        } while place < segment.count && segment[place].gid >= first && segment[place].gid < end
        deliver(
          UnsafeBufferPointer(rebasing: segment[begin..<place]), of: population,
          from: arrived.start)
      }
    }
  }

  /// Spikes of one population.
  private func deliver(
    _ spikes: UnsafeBufferPointer<SourceSpike>, of population: Int, from start: Int64
  ) {
    let first = gids.first[population]
    for inlet in summed[population] {
      for spike in spikes {
        inlet.receive(source: Int(spike.gid - first), at: start + Int64(spike.offset))
      }
    }
    for (cohort, inlet) in inlets[population] {
      for spike in spikes where inlet.sources.contains(Int(spike.gid - first)) {
        inlet.deliver(
          source: Int(spike.gid - first), step: start + Int64(spike.offset),
          into: &cohorts[cohort].calendar)
      }
    }
    for (cohort, inlet) in regenerated[population] {
      for spike in spikes where inlet.sources.contains(Int(spike.gid - first)) {
        inlet.deliver(
          source: Int(spike.gid - first), step: start + Int64(spike.offset),
          into: &cohorts[cohort].calendar)
      }
    }
  }

  /// Units of one generator that fire in one step, ascending.
  private func deliver(
    _ units: UnsafeBufferPointer<UInt32>, of population: Int, at step: Int64
  ) {
    for inlet in summed[population] { inlet.receive(units, at: step) }
    for (cohort, inlet) in inlets[population] {
      for unit in units where inlet.sources.contains(Int(unit)) {
        inlet.deliver(source: Int(unit), step: step, into: &cohorts[cohort].calendar)
      }
    }
    for (cohort, inlet) in regenerated[population] {
      for unit in units where inlet.sources.contains(Int(unit)) {
        inlet.deliver(source: Int(unit), step: step, into: &cohorts[cohort].calendar)
      }
    }
  }

  /// Lets local generators act on the cohorts.
  private func drive(_ epoch: Epoch) {
    for share in generators {
      let recorded = outlets[share.population].spikeStream
      let onTheirWay = history.firstStep(of: share.population, before: epoch.end)
      share.takeAhead(until: epoch.end) { spike in
        record(spike, of: share, stream: recorded)
        if spike.step >= onTheirWay { remember(spike, of: share) }
      }
      guard case .local = share.route else { continue }
      share.units.takeSteps(until: epoch.end) { step, units in
        deliver(units, of: share.population, at: step)
        guard step < onTheirWay, recorded == nil else {
          for unit in units {
            let spike = SpikeRecord(step: step, neuron: unit)
            record(spike, of: share, stream: recorded)
            if step >= onTheirWay { remember(spike, of: share) }
          }
          return
        }
        let own = UInt32(share.recorded.lowerBound)..<UInt32(share.recorded.upperBound)
        spikeCounts[share.population] += units.count { own.contains($0) }
      }
    }
  }

  /// Counts the spikes that inlets have drawn themselves, and remembers those that are under way.
  private func accountForDriven(by epoch: Epoch) {
    for share in generators {
      guard case .driving(let drive) = share.route else { continue }
      let onTheirWay = history.firstStep(of: share.population, before: epoch.end)
      drive.account { spikes, late in
        spikeCounts[share.population] += spikes
        for spike in late where spike.step >= onTheirWay { remember(spike, of: share) }
      }
    }
  }

  private func remember(_ spike: SpikeRecord, of share: GeneratorShare) {
    guard share.recorded.contains(Int(spike.neuron)) else { return }
    history.append(
      PastSpike(step: spike.step, gid: gids.first[share.population] + spike.neuron))
  }

  private func record(_ record: SpikeRecord, of share: GeneratorShare, stream: Int?) {
    guard share.recorded.contains(Int(record.neuron)) else { return }
    spikeCounts[share.population] += 1
    keep(record, in: stream)
  }

  private func drawAhead(of epoch: Epoch, until end: Int64) {
    for share in generators {
      guard case .exchanged = share.route else { continue }
      let first = outlets[share.population].firstGID
      share.units.takeSpikes(until: end) { unit, step in
        share.ahead.append(SpikeRecord(step: step, neuron: UInt32(unit)))
        if let first {
          send(SourceSpike(gid: first + UInt32(unit), offset: Int32(step - epoch.start)))
        }
      }
    }
  }

  private func send(_ spike: SourceSpike) {
    if isEven { outgoingEven.append(spike) } else { outgoingOdd.append(spike) }
  }

  /// - Returns: the time of adding up arrivals, which belongs to delivery.
  private func advance(cohort index: Int, through epoch: Epoch) -> Duration {
    let cohort = cohorts[index]
    let probe = probes[index]
    let starts = starts[index]
    probe.begin(epoch)
    starts.begin(epoch)
    var adding = Duration.zero
    var block = 0
    while block < cohort.layout.blocks {
      let begin = ContinuousClock.now
      let tile = cohort.addArrivals(fromBlock: block, in: epoch)
      adding += ContinuousClock.now - begin
      for block in tile {
        let rows = probe.rows(ofBlock: block)
        let count = cohort.visit(
          block: block, from: epoch.start, steps: epoch.steps, marks: marks,
          scratch: scratch.base, starts: starts.starts(ofBlock: block), probes: rows)
        if rows != nil { probe.gather(block: block) }
        if count > 0 { collect(count, of: cohort, block: block, in: epoch) }
      }
      block = tile.upperBound
    }
    cohort.endArrivals(of: epoch)
    return adding
  }

  /// Sends spikes to where they are wanted.
  private func collect(_ count: Int, of cohort: Cohort, block: Int, in epoch: Epoch) {
    let population = cohort.population
    let (firstGID, stream) = (outlets[population].firstGID, outlets[population].spikeStream)
    let first = cohort.neurons.lowerBound + cohort.layout.neuron(ofBlock: block, lane: 0)
    let onTheirWay = history.firstStep(of: population, before: epoch.end)
    for place in 0..<count {
      let mark = marks[place]
      let neuron = UInt32(first + Int(mark.lane))
      let record = SpikeRecord(step: epoch.start + Int64(mark.step), neuron: neuron)
      guard mark.kind == 0 else {
        keep(record, in: outlets[population].eventStreams[Int(mark.kind) - 1])
        continue
      }
      spikeCounts[population] += 1
      if let firstGID {
        send(SourceSpike(gid: firstGID + neuron, offset: Int32(mark.step)))
        if record.step >= onTheirWay {
          history.append(PastSpike(step: record.step, gid: firstGID + neuron))
        }
      }
      keep(record, in: stream)
    }
  }

  /// Keeps a record, if its kind is recorded at that time.
  @inline(__always)
  private func keep(_ record: SpikeRecord, in stream: Int?) {
    guard let stream, spikeWindow.contains(record.step) else { return }
    records.append(record, to: stream)
  }
}

/// What a checkpoint holds of a worker, and how it goes on from one.
extension Worker {
  /// How long the spikes of each population must be remembered: the largest delay over all ranks,
  /// plus one, in steps.
  func remember(_ horizons: [Int64]) { history = SpikeHistory(horizons: horizons) }

  /// Over the inlets of one source population, in steps; `nil`: there is none.
  func longestDelay(from population: Int) -> Int? {
    let delays =
      inlets[population].map(\.inlet.longestDelay) + summed[population].map(\.longestDelay)
      + regenerated[population].map(\.inlet.longestDelay)
    return delays.max()
  }

  /// Copies what it is between two epochs. Its own thread does this.
  func copy(to part: WorkerSnapshot, before step: Int64) {
    for (cohort, copy) in zip(cohorts, part.cohorts) { copy.take(cohort) }
    part.inFlight = history.spikes(before: step, gids: gids)
    part.nextSpikes = generators.map { $0.nextSpikes }
    part.spikeCounts = spikeCounts
  }

  /// Begins at a later step than 0: brings the spikes that were in flight on their ways anew, and
  /// puts generators in their places.
  ///
  /// - Parameters:
  ///   - spikes: of all workers, those of other runs included.
  ///   - nextSpikes: of each of `generators`: the next spike of each unit from the instant on, or
  ///     `nil` where it follows from the step.
  func resume(at instant: CheckpointInstant, inFlight spikes: [PastSpike], nextSpikes: [[Int64]?]) {
    for spike in spikes {
      let population = gids.population(of: spike.gid)
      let source = Int(spike.gid - gids.first[population])
      for inlet in summed[population] {
        inlet.receive(source: source, at: spike.step, from: instant.arrivalsFrom)
      }
      for (cohort, inlet) in inlets[population] where inlet.sources.contains(source) {
        inlet.deliver(
          source: source, step: spike.step, from: instant.arrivalsFrom,
          into: &cohorts[cohort].calendar)
      }
      for (cohort, inlet) in regenerated[population] where inlet.sources.contains(source) {
        inlet.deliver(
          source: source, step: spike.step, from: instant.arrivalsFrom,
          into: &cohorts[cohort].calendar)
      }
      if owned[population].contains(source) { history.append(spike) }
    }
    for (share, next) in zip(generators, nextSpikes) {
      share.units.begin(at: instant.step, nextSpikes: next)
    }
  }
}

extension Duration {
  /// The duration as a number of seconds.
  package var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
