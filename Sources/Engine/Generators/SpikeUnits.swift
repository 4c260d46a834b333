/// Units of a generator: they fire by a law of their own, whatever the network does.
protocol SpikeUnits: AnyObject {
  /// Calls `body` with each spike (unit, step) of the steps before `end` that was not taken yet.
  ///
  /// Steps ascend; units of one step come in an order of no meaning.
  func takeSpikes(until end: Int64, _ body: (_ unit: Int, _ step: Int64) -> Void)
}

/// A generator population as one worker drives it.
final class GeneratorShare {
  /// How the spikes of its units reach their targets.
  enum Route {
    /// All targets of this worker's units are this worker's, or every worker draws all units:
    /// nothing is sent.
    case local
    /// Units are shared out over workers; their spikes go with the exchange before the epoch in
    /// which they happen.
    case exchanged
  }

  /// Place in `Network.populations`.
  let population: Int
  let units: any SpikeUnits
  let route: Route
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
}
