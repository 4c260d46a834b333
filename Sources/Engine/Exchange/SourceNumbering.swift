import Networks

/// How ranks number their neurons and units among each other: those of the first population, then
/// those of the second, and so on. Small numbers, of which few bits are sent.
struct SourceNumbering: Sendable {
  let ranks: Int
  private let populations: Int
  /// By rank: the number of each population's first neuron or unit, and how many there are.
  private let firstNumbers: [UInt32]
  /// By rank and population: what to add to a number to get the global id.
  private let shifts: [UInt32]

  /// - Throws: `SimulationError` (65) for more neurons and units on a rank than are told apart.
  init(_ decomposition: Decomposition) throws(SimulationError) {
    ranks = decomposition.ranks
    populations = decomposition.sizes.count
    var firstNumbers: [UInt32] = []
    var shifts: [UInt32] = []
    for rank in 0..<ranks {
      var next = 0
      for population in 0..<populations {
        let own = decomposition.neurons(ofPopulation: population, rank: rank)
        firstNumbers.append(UInt32(truncatingIfNeeded: next))
        let first = decomposition.globalID(ofNeuron: own.lowerBound, population: population)
        shifts.append(UInt32(truncatingIfNeeded: first - next))
        next += own.count
      }
      firstNumbers.append(UInt32(truncatingIfNeeded: next))
      guard next <= WireSpike.mostSources else {
        throw SimulationError(
          "\(next) neurons and units on one of \(ranks) ranks are more than "
            + "\(WireSpike.mostSources); use more ranks", exitCode: 65, path: ["populations"])
      }
    }
    self.firstNumbers = firstNumbers
    self.shifts = shifts
  }

  /// Neurons and units of a rank.
  func count(ofRank rank: Int) -> Int { Int(firstNumbers[rank * (populations + 1) + populations]) }

  /// The numbers of one population's neurons or units on a rank.
  func numbers(ofPopulation population: Int, rank: Int) -> Range<Int> {
    let place = rank * (populations + 1) + population
    return Int(firstNumbers[place])..<Int(firstNumbers[place + 1])
  }

  /// What to add to a number of a population on a rank to get the global id.
  func shift(ofPopulation population: Int, rank: Int) -> UInt32 {
    shifts[rank * populations + population]
  }

  /// Turns what another rank has sent into global ids.
  ///
  /// - Complexity: O(spikes): those of one population mostly stand together.
  func append(
    _ spikes: UnsafeBufferPointer<WireSpike>, ofRank rank: Int,
    to list: inout GrowingList<SourceSpike>
  ) {
    var population = 0
    var numbers = self.numbers(ofPopulation: 0, rank: rank)
    var shift = self.shift(ofPopulation: 0, rank: rank)
    for spike in spikes {
      let number = Int(spike.source)
      if !numbers.contains(number) {
        population = self.population(ofNumber: number, rank: rank)
        numbers = self.numbers(ofPopulation: population, rank: rank)
        shift = self.shift(ofPopulation: population, rank: rank)
      }
      list.append(SourceSpike(gid: spike.source &+ shift, offset: spike.offset))
    }
  }

  /// Turns a rank's own spikes into what it sends.
  func append(
    _ spikes: UnsafeBufferPointer<SourceSpike>, ofRank rank: Int, gids: GlobalIDs,
    to list: inout GrowingList<WireSpike>
  ) {
    var ids: Range<UInt32> = 0..<0
    var shift: UInt32 = 0
    for spike in spikes {
      if !ids.contains(spike.gid) {
        let population = gids.population(of: spike.gid)
        ids = gids.first[population]..<gids.first[population + 1]
        shift = self.shift(ofPopulation: population, rank: rank)
      }
      list.append(WireSpike(source: spike.gid &- shift, offset: spike.offset))
    }
  }

  func population(ofNumber number: Int, rank: Int) -> Int {
    var population = 0
    while number >= numbers(ofPopulation: population, rank: rank).upperBound { population += 1 }
    return population
  }
}
