/// Which worker owns which neurons: a value that follows from sizes alone.
///
/// A worker is a thread of a rank. Every population is cut into as many contiguous ranges as
/// there are workers, range w of a population of N being `N w / W ..< N (w + 1) / W`, so that each
/// worker has its share of each kind of neuron. A range is cut into blocks. Neurons also have a
/// number in the whole network: those of the first population come first.
///
/// Results do not depend on any of this.
package struct Decomposition: Hashable, Sendable {
  /// Lanes of a block when nobody says otherwise: 16 columns of 8 bytes are 32 KiB, and what a
  /// worker carries through an epoch stays in its caches.
  package static let automaticLanes = 256
  /// Blocks are filled up to a multiple of this many lanes.
  package static let laneMultiple = 8

  package let ranks: Int
  /// Of each rank.
  package let threads: Int
  /// Neurons of a block, as asked for.
  package let blockSize: Int?
  /// Of the populations, in their order.
  package let sizes: [Int]
  /// The global id of each population's first neuron, and the number of all neurons and units.
  package let bases: [Int]

  package var workers: Int { ranks * threads }
  /// Number of neurons and units.
  package var count: Int { bases.last ?? 0 }

  /// - Throws: `NetworkError` for numbers below 1 and sums beyond 64 bits.
  package init(
    _ network: Network, ranks: Int, threads: Int, blockSize: Int? = nil
  ) throws(NetworkError) {
    try self.init(
      sizes: network.populations.map(\.size), ranks: ranks, threads: threads,
      blockSize: blockSize)
  }

  package init(
    sizes: [Int], ranks: Int, threads: Int, blockSize: Int? = nil
  ) throws(NetworkError) {
    guard ranks >= 1, threads >= 1, !ranks.multipliedReportingOverflow(by: threads).overflow,
      ranks * threads <= Int(UInt32.max)
    else {
      throw NetworkError("\(ranks) ranks of \(threads) threads are no decomposition")
    }
    if let blockSize, blockSize < 1 {
      throw NetworkError(
        "a block of \(blockSize) neurons is not possible", hint: "blocks have 1 neuron at least")
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
    self.blockSize = blockSize
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

  /// How a worker's range of a population is cut into blocks.
  package func blocks(ofPopulation population: Int, worker: Int) -> BlockLayout {
    BlockLayout(neurons(ofPopulation: population, worker: worker), size: blockSize)
  }
}

/// Consecutive blocks of neurons of one population and worker: all of one size but the last.
package struct BlockLayout: Hashable, Sendable, RandomAccessCollection {
  /// One block: its place, and its neurons' indices in the population.
  package struct Block: Hashable, Sendable {
    package var index: Int
    package var neurons: Range<Int>
    /// Neurons, filled up to a multiple of `Decomposition.laneMultiple`.
    package var lanes: Int
  }

  package let neurons: Range<Int>
  /// Neurons of each block but the last.
  package let size: Int

  /// Cuts `neurons` into blocks of `size`; `nil`: at most `Decomposition.automaticLanes`, spread
  /// evenly over as few blocks as that takes.
  package init(_ neurons: Range<Int>, size: Int?) {
    self.neurons = neurons
    if let size {
      self.size = size
    } else {
      let blocks = Swift.max(1, BlockLayout.quotient(neurons.count, Decomposition.automaticLanes))
      let even = Swift.max(1, BlockLayout.quotient(neurons.count, blocks))
      self.size =
        BlockLayout.quotient(even, Decomposition.laneMultiple) * Decomposition.laneMultiple
    }
  }

  /// Rounded up.
  private static func quotient(_ dividend: Int, _ divisor: Int) -> Int {
    dividend / divisor + (dividend % divisor == 0 ? 0 : 1)
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { BlockLayout.quotient(neurons.count, size) }

  package subscript(index: Int) -> Block {
    let start = neurons.lowerBound + index * size
    let end = start + Swift.min(size, neurons.upperBound - start)
    let groups = BlockLayout.quotient(end - start, Decomposition.laneMultiple)
    return Block(
      index: index, neurons: start..<end, lanes: groups * Decomposition.laneMultiple)
  }

  /// Block and lane of a neuron, by its index in the population.
  @inlinable
  package func place(ofNeuron neuron: Int) -> (block: Int, lane: Int) {
    let (block, lane) = (neuron - neurons.lowerBound).quotientAndRemainder(dividingBy: size)
    return (block, lane)
  }
}
