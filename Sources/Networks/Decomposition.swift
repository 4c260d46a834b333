/// Which worker owns which neurons: a value that follows from sizes alone.
///
/// A worker is a thread of a rank. Every population is cut into as many contiguous ranges as
/// there are workers, range w of a population of N being `N w / W ..< N (w + 1) / W`, so that each
/// worker has its share of each kind of neuron. Neurons also have a number in the whole network:
/// those of the first population come first.
///
/// Results do not depend on any of this.
package struct Decomposition: Hashable, Sendable {
  package let ranks: Int
  /// Of each rank.
  package let threads: Int
  /// Of the populations, in their order.
  package let sizes: [Int]
  /// The global id of each population's first neuron, and the number of all neurons and units.
  package let bases: [Int]

  package var workers: Int { ranks * threads }
  /// Number of neurons and units.
  package var count: Int { bases.last ?? 0 }

  /// - Throws: `NetworkError` for numbers below 1 and sums beyond 64 bits.
  package init(_ network: Network, ranks: Int, threads: Int) throws(NetworkError) {
    try self.init(sizes: network.populations.map(\.size), ranks: ranks, threads: threads)
  }

  package init(sizes: [Int], ranks: Int, threads: Int) throws(NetworkError) {
    guard ranks >= 1, threads >= 1, !ranks.multipliedReportingOverflow(by: threads).overflow,
      ranks * threads <= Int(UInt32.max)
    else {
      throw NetworkError("\(ranks) ranks of \(threads) threads are no decomposition")
    }
    var bases = [0]
    var total = 0
    for size in sizes {
      let (sum, overflow) = total.addingReportingOverflow(size)
      guard size >= 0, !overflow else {
        throw NetworkError("the populations have more neurons than can be counted")
      }
      total = sum
      bases.append(sum)
    }
    self.ranks = ranks
    self.threads = threads
    self.sizes = sizes
    self.bases = bases
  }
}

extension Decomposition {
  package func worker(rank: Int, thread: Int) -> Int { rank * threads + thread }
  package func rank(ofWorker worker: Int) -> Int { worker / threads }
  package func thread(ofWorker worker: Int) -> Int { worker % threads }

  /// Indices in the population that a worker owns; empty where there are more workers than
  /// neurons.
  package func neurons(ofPopulation population: Int, worker: Int) -> Range<Int> {
    let size = sizes[population]
    return bound(size, worker)..<bound(size, worker + 1)
  }

  /// Indices in the population that a rank's workers own.
  package func neurons(ofPopulation population: Int, rank: Int) -> Range<Int> {
    let size = sizes[population]
    return bound(size, rank * threads)..<bound(size, (rank + 1) * threads)
  }

  /// floor(size × place / workers), without overflow on the way.
  private func bound(_ size: Int, _ place: Int) -> Int {
    let product = size.multipliedFullWidth(by: place)
    return workers.dividingFullWidth(product).quotient
  }

  /// The worker that owns a neuron of a population.
  package func worker(ofNeuron neuron: Int, population: Int) -> Int {
    // The smallest w with neuron < floor(size (w + 1) / workers): ceil((neuron + 1) W / size) - 1.
    let product = (neuron + 1).multipliedFullWidth(by: workers)
    let (quotient, remainder) = sizes[population].dividingFullWidth(product)
    return remainder == 0 ? quotient - 1 : quotient
  }

  /// The number of a neuron in the whole network.
  package func globalID(ofNeuron neuron: Int, population: Int) -> Int {
    bases[population] + neuron
  }

  /// Population and index there of a global id in `0 ..< count`.
  package func place(ofGlobalID id: Int) -> (population: Int, neuron: Int) {
    // The last population whose base is not above the id; empty ones share their base with the
    // next.
    var low = 0
    var high = sizes.count
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if bases[middle] <= id { low = middle } else { high = middle }
    }
    return (low, id - bases[low])
  }

  /// The worker that owns a neuron, by its global id.
  package func worker(ofGlobalID id: Int) -> Int {
    let (population, neuron) = place(ofGlobalID: id)
    return worker(ofNeuron: neuron, population: population)
  }
}
