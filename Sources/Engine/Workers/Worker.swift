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
  private let generators: [GeneratorShare]
  private var stimuli: [(cohort: Int, steps: StimulusSteps)]
  /// By source population: where its spikes end in this worker.
  private let inlets: [[(cohort: Int, inlet: Inlet)]]
  /// By population.
  private let outlets: [Outlet]
  private let spikeWindow: RecordingPlan.Window

  private let marks: UnsafeMutablePointer<coppice_mark>
  private let scratch: AlignedBuffer

  /// Spikes for the exchange, of even and of odd epochs: the one is still read by other workers
  /// while the other is written.
  private var outgoingEven = GrowingList<SourceSpike>()
  private var outgoingOdd = GrowingList<SourceSpike>()
  private var isEven = true

  private(set) var records: RecordLists
  /// By population.
  private(set) var spikeCounts: [Int]
  private(set) var seconds = Seconds()

  init(
    index: Int, cohorts: [Cohort], probes: [CohortProbes], generators: [GeneratorShare],
    stimuli: [(cohort: Int, steps: StimulusSteps)], inlets: [[(cohort: Int, inlet: Inlet)]],
    outlets: [Outlet], streams: Int, spikeWindow: RecordingPlan.Window
  ) {
    self.index = index
    self.cohorts = cohorts
    self.probes = probes
    self.generators = generators
    self.stimuli = stimuli
    self.inlets = inlets
    self.outlets = outlets
    self.spikeWindow = spikeWindow
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
  ///   - next: the epoch after this one, for whose exchanged generators are drawn now.
  func advance(_ epoch: Epoch, arrived: ArrivedSpikes, next: Epoch?) {
    let begin = ContinuousClock.now
    isEven.toggle()
    if isEven { outgoingEven.removeAll() } else { outgoingOdd.removeAll() }
    deliver(arrived)
    drive(epoch)
    for index in cohorts.indices { cohorts[index].collectEvents(of: epoch) }
    let delivered = ContinuousClock.now
    for index in cohorts.indices { advance(cohort: index, through: epoch) }
    if let next { drawAhead(of: epoch, next) }
    let end = ContinuousClock.now
    seconds.deliver += (delivered - begin).inSeconds
    seconds.advance += (end - delivered).inSeconds
  }

  /// Draws the spikes that exchanged generators fire in the first epoch.
  func begin(_ first: Epoch) {
    isEven.toggle()
    if isEven { outgoingEven.removeAll() } else { outgoingOdd.removeAll() }
    drawAhead(of: first, first)
  }

  /// Runs the tail of the last step: what arrives there, resets and actions.
  func finish(at end: Int64, arrived: ArrivedSpikes) {
    deliver(arrived)
    for cohort in cohorts {
      cohort.collectFinalEvents(before: end)
      for block in 0..<cohort.layout.blocks {
        _ = cohort.visit(
          block: block, from: end, steps: 0, marks: marks, scratch: scratch.base, probes: nil)
      }
    }
  }

  private func deliver(_ arrived: ArrivedSpikes) {
    for segment in arrived.segments {
      for spike in segment {
        let population = arrived.gids.population(of: spike.gid)
        deliver(
          population: population, source: Int(spike.gid - arrived.gids.first[population]),
          step: arrived.start + Int64(spike.offset))
      }
    }
  }

  private func deliver(population: Int, source: Int, step: Int64) {
    for (cohort, inlet) in inlets[population] where inlet.sources.contains(source) {
      inlet.deliver(source: source, step: step, into: &cohorts[cohort].calendar)
    }
  }

  /// Lets local generators and stimuli act on the cohorts.
  private func drive(_ epoch: Epoch) {
    for share in generators {
      let recorded = outlets[share.population].spikeStream
      for record in share.ahead.elements { self.record(record, of: share, stream: recorded) }
      share.ahead.removeAll()
      guard share.route == .local else { continue }
      share.units.takeSpikes(until: epoch.end) { unit, step in
        record(SpikeRecord(step: step, neuron: UInt32(unit)), of: share, stream: recorded)
        deliver(population: share.population, source: unit, step: step)
      }
    }
    for index in stimuli.indices {
      stimuli[index].steps.schedule(
        until: epoch.end, into: &cohorts[stimuli[index].cohort].calendar)
    }
  }

  private func record(_ record: SpikeRecord, of share: GeneratorShare, stream: Int?) {
    guard share.recorded.contains(Int(record.neuron)) else { return }
    spikeCounts[share.population] += 1
    guard let stream, spikeWindow.contains(record.step) else { return }
    records.append(record, to: stream)
  }

  private func drawAhead(of epoch: Epoch, _ next: Epoch) {
    for share in generators where share.route == .exchanged {
      let first = outlets[share.population].firstGID
      share.units.takeSpikes(until: next.end) { unit, step in
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

  private func advance(cohort index: Int, through epoch: Epoch) {
    let cohort = cohorts[index]
    let probe = probes[index]
    probe.begin(epoch)
    for block in 0..<cohort.layout.blocks {
      let rows = probe.rows(ofBlock: block)
      let count = cohort.visit(
        block: block, from: epoch.start, steps: epoch.steps, marks: marks, scratch: scratch.base,
        probes: rows)
      if rows != nil { probe.gather(block: block) }
      if count > 0 { collect(count, of: cohort, block: block, in: epoch) }
    }
  }

  /// Sends spikes to where they are wanted.
  private func collect(_ count: Int, of cohort: Cohort, block: Int, in epoch: Epoch) {
    let outlet = outlets[cohort.population]
    let first = cohort.neurons.lowerBound + cohort.layout.neuron(ofBlock: block, lane: 0)
    for place in 0..<count {
      let mark = marks[place]
      let neuron = UInt32(first + Int(mark.lane))
      let record = SpikeRecord(step: epoch.start + Int64(mark.step), neuron: neuron)
      guard mark.kind == 0 else {
        if let stream = outlet.eventStreams[Int(mark.kind) - 1],
          spikeWindow.contains(record.step)
        {
          records.append(record, to: stream)
        }
        continue
      }
      spikeCounts[cohort.population] += 1
      if let gid = outlet.firstGID {
        send(SourceSpike(gid: gid + neuron, offset: Int32(mark.step)))
      }
      if let stream = outlet.spikeStream, spikeWindow.contains(record.step) {
        records.append(record, to: stream)
      }
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
