import CThreads
import KernelABI
import Kernels
package import Messaging
package import Networks

/// Builds this rank's part of a run: describe and place become something that runs.
package struct SimulationBuilder {
  private let experiment: Experiment
  private let options: RunOptions
  private let communicator: any Communicator
  private let programs: [Int: PopulationProgram]
  private let kernels: [Int: any Kernel]
  package let decomposition: Decomposition
  private let streams: RecordStreams
  private let figures: RunFigures
  private let pulse: RunPulse
  /// What the user should know of the kernels; one line.
  package let notice: String?

  /// Compiles the populations' programs and decides who owns what.
  ///
  /// - Parameters:
  ///   - lowered: the programs by population, where somebody has made them already.
  ///   - pulse: tells how far it has come; the simulation's own later.
  /// - Throws: `SimulationError`, on every rank the same.
  package init(
    _ experiment: Experiment, lowered: [Int: PopulationProgram]? = nil, options: RunOptions,
    communicator: any Communicator, pulse: RunPulse = RunPulse()
  ) throws(SimulationError) {
    self.experiment = experiment
    self.options = options
    self.communicator = communicator
    self.pulse = pulse
    pulse.beat(again: .begin)
    var figures = RunFigures()
    let programs =
      if let lowered { lowered } else { try PopulationProgram.all(of: experiment) }
    self.programs = programs
    let provision = try KernelProvision(
      programs: programs.mapValues(\.program), visits: experiment.expectedVisits,
      backend: options.backend,
      // Who plays a rank has nobody who compiles for it.
      communicator: communicator is RehearsalCommunicator
        ? SingleProcessCommunicator() : communicator, shelf: options.shelf)
    kernels = provision.kernels
    pulse.beat(again: .begin)
    notice = provision.notice
    figures.backend = provision.description
    figures.compile = provision.seconds
    figures.neurons = programs.keys.reduce(0) {
      $0 + experiment.network.populations[$1].size
    }
    do {
      decomposition = try Decomposition(
        experiment.network, ranks: communicator.size, threads: options.threads)
    } catch {
      throw SimulationError(error, below: [])
    }
    guard decomposition.count <= Int(UInt32.max) else {
      throw SimulationError(
        "the network has \(decomposition.count) neurons and units; at most \(UInt32.max) can be "
          + "numbered", exitCode: 65, path: ["populations"])
    }
    streams = RecordStreams(experiment)
    self.figures = figures
  }

  /// Builds the workers, each by its own thread, which so becomes the first to touch its memory.
  ///
  /// - Parameters:
  ///   - source: the checkpoint from which the run goes on; `nil`: it begins at step 0. It is read
  ///     by the calling thread.
  ///   - isBranch: whether the checkpoint is another job's.
  package func build(
    from source: (any CheckpointSource)? = nil, isBranch: Bool = false
  ) throws(SimulationError) -> Simulation {
    let begin = ContinuousClock.now
    let gids = GlobalIDs(sizes: experiment.network.populations.map(\.size))
    let pinning =
      communicator.ranksOnNode * options.threads
      <= Int(cthreads_allowed_processors()) || communicator.ranksOnNode == 1
    let firstProcessor =
      communicator.ranksOnNode == 1
      ? 0 : communicator.rankOnNode * options.threads
    let team = WorkerTeam(
      members: options.threads,
      start: { member in
        if pinning { _ = cthreads_pin(Int32(firstProcessor + member)) }
        coppice_flush_denormals()
      }, end: { _ in coppice_keep_denormals() })
    let exchanges = ExchangeChoice(experiment, options, ranks: communicator.size)
    let rows = StateRows.all(
      of: experiment, rank: communicator.rank, decomposition: decomposition)
    let yard = BuildingYard(members: options.threads)
    let first = communicator.rank * options.threads
    let plan = WorkerBuilder(
      experiment: experiment, programs: programs, kernels: kernels, decomposition: decomposition,
      streams: streams, rows: rows, gids: gids, blockSize: options.blockSize,
      pulse: pulse, findsWanted: exchanges.isDirected)
    team.run { member in
      yard.build(member) { () throws(SimulationError) in try plan.build(worker: first + member) }
    }
    var built: [BuiltWorker] = []
    var failure: SimulationError?
    do {
      built = try yard.take()
    } catch {
      failure = error
    }
    // No rank goes on where another one could not build its part.
    let worst = try agree(on: failure)
    pulse.beat(again: .begin)
    guard worst == 0 else {
      team.disband()
      throw failure ?? SimulationError("", exitCode: worst)
    }
    var figures = self.figures
    figures.synapses = built.reduce(0) { $0 + $1.synapses }
    let workers = built.map(\.worker)
    let smallestDelay = try agree(on: built.compactMap(\.smallestDelay).min())
    let horizons = try agreeOnHorizons(workers)
    for worker in workers { worker.remember(horizons) }
    let origin = source?.instant ?? CheckpointInstant(before: 0)
    if let source {
      let restoration = Restoration(
        source: source, network: experiment.network, programs: programs, gids: gids,
        isBranch: isBranch)
      do {
        try restoration.restore(workers, by: team)
      } catch {
        failure = error
      }
      let worst = try agree(on: failure)
      guard worst == 0 else {
        team.disband()
        throw failure ?? SimulationError("", exitCode: worst)
      }
    }
    let exchange = SpikeExchange(
      communicator: communicator,
      plan: try exchangePlan(
        exchanges, wanted: built.compactMap(\.wanted), smallestDelay: smallestDelay),
      gids: gids, origin: origin.step)
    figures.build = (ContinuousClock.now - begin).inSeconds
    return Simulation(
      experiment: experiment, exchange: exchange, workers: workers, team: team,
      recorder: Recorder(streams: streams.count, states: rows), smallestDelay: smallestDelay,
      epochCuts: options.epochCuts, origin: origin,
      snapshot: Snapshot(
        of: workers, network: experiment.network, programs: programs, gids: gids, at: origin.step),
      figures: figures, pulse: pulse)
  }

  /// How spikes will travel. Collective.
  private func exchangePlan(
    _ choice: ExchangeChoice, wanted: [SourceSet], smallestDelay: Int?
  ) throws(SimulationError) -> SpikeExchange.Plan {
    let numbering = try SourceNumbering(decomposition)
    let all = wanted.dropFirst().reduce(into: wanted.first) { $0?.formUnion($1) }
    let populations = experiment.network.populations.count
    var routing: SpikeRouting?
    do throws(MessagingError) {
      routing = try all.map { (all) throws(MessagingError) in
        try SpikeRouting(
          wanted: all, numbering: numbering, populations: populations,
          communicator: communicator)
      }
    } catch {
      throw SimulationError("\(error.call) failed: \(error.reason)")
    }
    let rehearsed =
      communicator is RehearsalCommunicator
      ? RehearsedSpikes(
        numbering: numbering, populations: populations, rank: communicator.rank, wanted: all)
      : nil
    return SpikeExchange.Plan(
      numbering: numbering, routing: routing,
      isOverlapped: choice.isOverlapped(smallestDelay: smallestDelay), rehearsed: rehearsed)
  }

  /// By population: how long its spikes must be remembered, on every rank the same.
  private func agreeOnHorizons(_ workers: [Worker]) throws(SimulationError) -> [Int64] {
    let sources = Set(experiment.network.projections.map(\.source.population))
    var horizons = [Int64](repeating: 0, count: experiment.network.populations.count)
    do throws(MessagingError) {
      for population in sources.sorted() {
        let own = workers.compactMap { $0.longestDelay(from: population) }.max() ?? 0
        horizons[population] = try communicator.maximum(Int64(own)) + 1
      }
    } catch {
      throw SimulationError("\(error.call) failed: \(error.reason)")
    }
    return horizons
  }

  /// The largest exit code of all ranks; 0: all have built their parts.
  private func agree(on failure: SimulationError?) throws(SimulationError) -> Int32 {
    do {
      return Int32(clamping: try communicator.maximum(Int64(failure?.exitCode ?? 0)))
    } catch {
      throw SimulationError("\(error.call) failed: \(error.reason)")
    }
  }

  /// The smallest delay between neurons of all ranks: epochs must be the same everywhere.
  private func agree(on delay: Int?) throws(SimulationError) -> Int? {
    do {
      let smallest = try communicator.minimum(delay.map(Int64.init) ?? .max)
      return smallest == .max ? nil : Int(smallest)
    } catch {
      throw SimulationError("\(error.call) failed: \(error.reason)")
    }
  }
}

/// What the threads of a team build side by side, or why they could not.
private final class BuildingYard: @unchecked Sendable {
  // `@unchecked`: each member writes its own place during one phase; the main thread reads after.
  private var places: UnsafeMutablePointer<Result<BuiltWorker, SimulationError>?>
  private let members: Int

  init(members: Int) {
    self.members = members
    places = .allocate(capacity: members)
    places.initialize(repeating: nil, count: members)
  }

  deinit {
    places.deinitialize(count: members)
    places.deallocate()
  }

  func build(_ member: Int, _ body: () throws(SimulationError) -> BuiltWorker) {
    do {
      places[member] = .success(try body())
    } catch {
      places[member] = .failure(error)
    }
  }

  func take() throws(SimulationError) -> [BuiltWorker] {
    var built: [BuiltWorker] = []
    for member in 0..<members {
      switch places[member] {
      case .success(let worker): built.append(worker)
      case .failure(let error): throw error
      case nil: throw SimulationError("worker \(member) was not built")
      }
    }
    return built
  }
}
