/// Units of a generator: they fire by a law of their own, whatever the network does.
protocol SpikeUnits: AnyObject {
  /// Calls `body` with the units that fire in each step before `end` that was not taken yet.
  ///
  /// Steps ascend, and so do units; one that fires several times in a step comes as often. Steps in
  /// which none fires may be left out.
  func takeSteps(
    until end: Int64, _ body: (_ step: Int64, _ units: UnsafeBufferPointer<UInt32>) -> Void)

  /// Begins at a step that another run has come to.
  ///
  /// - Parameter nextSpikes: what `nextSpikes` was there; `nil`: what follows from the step.
  func begin(at step: Int64, nextSpikes: [Int64]?)

  /// The step of each unit's next spike that was not taken yet, `Int64.max` for never; `nil` where
  /// everything follows from the step.
  var nextSpikes: [Int64]? { get }
}

extension SpikeUnits {
  /// As `takeSteps`, one spike at a time.
  func takeSpikes(until end: Int64, _ body: (_ unit: Int, _ step: Int64) -> Void) {
    takeSteps(until: end) { step, units in
      for unit in units { body(Int(unit), step) }
    }
  }
}

/// A generator population as one worker drives it.
final class GeneratorShare {
  /// How the spikes of its units reach their targets.
  enum Route {
    /// All targets of this worker's units are this worker's, or every worker draws all units:
    /// nothing is sent.
    case local
    /// As `local`, and each unit only drives the neuron of its number: the spikes are drawn where they
    /// arrive.
    case driving(UnitDrive)
    /// Units are shared out over workers; their spikes go with the exchange before the epoch in
    /// which they happen.
    case exchanged
  }

  /// Place in `Network.populations`.
  let population: Int
  let units: any SpikeUnits
  private(set) var route: Route
  /// Units whose spikes this worker records.
  let recorded: Range<Int>
  /// Spikes that were drawn and sent ahead of their epoch, not recorded yet.
  var ahead = GrowingList<SpikeRecord>(capacity: 64)

  init(population: Int, units: any SpikeUnits, route: Route, recorded: Range<Int>) {
    self.population = population
    self.units = units
    self.route = route
    self.recorded = recorded
  }

  /// Has spikes drawn where they arrive, if that can be and pays.
  ///
  /// - Parameters:
  ///   - inlet: of the only projection that begins at the units.
  ///   - epochSteps: of most epochs.
  func drive(_ inlet: SummedInlet, epochSteps: Int) {
    guard case .local = route, epochSteps >= UnitDrive.shortestEpoch,
      let units = units as? PoissonUnits, let drive = inlet.drive(by: units)
    else { return }
    route = .driving(drive)
  }

  /// Takes the spikes of the steps before `end` out of those that were drawn ahead.
  func takeAhead(until end: Int64, _ body: (SpikeRecord) -> Void) {
    let spikes = ahead.mutableElements
    var left = 0
    for spike in spikes {
      if spike.step < end {
        body(spike)
      } else {
        spikes[left] = spike
        left += 1
      }
    }
    ahead.removeLast(ahead.count - left)
  }

  /// The step of each unit's next spike that is not recorded yet, those drawn ahead included.
  var nextSpikes: [Int64]? {
    guard var next = units.nextSpikes else { return nil }
    for spike in ahead.elements {
      let place = Int(spike.neuron) - recorded.lowerBound
      next[place] = min(next[place], spike.step)
    }
    return next
  }
}
