import Testing

@testable import Networks

@Suite struct DecompositionTests {
  @Test(arguments: [1, 2, 3, 7, 16, 40])
  func everyNeuronHasOneWorker(workers: Int) throws {
    let layout = try Decomposition(sizes: [10, 0, 1, 33], ranks: workers, threads: 1)
    for (population, size) in layout.sizes.enumerated() {
      var next = 0
      for worker in 0..<workers {
        let range = layout.neurons(ofPopulation: population, worker: worker)
        #expect(range.lowerBound == next)
        #expect(range.count <= size / workers + 1)
        next = range.upperBound
        for neuron in range {
          #expect(layout.worker(ofNeuron: neuron, population: population) == worker)
          let id = layout.globalID(ofNeuron: neuron, population: population)
          #expect(layout.place(ofGlobalID: id) == (population, neuron))
          #expect(layout.worker(ofGlobalID: id) == worker)
        }
      }
      #expect(next == size)
    }
    #expect(layout.count == 44)
  }

  @Test func ranksHoldTheRangesOfTheirThreads() throws {
    let layout = try Decomposition(sizes: [1_001], ranks: 3, threads: 4)
    #expect(layout.workers == 12)
    for rank in 0..<3 {
      let ranges = (0..<4).map {
        layout.neurons(ofPopulation: 0, worker: layout.worker(rank: rank, thread: $0))
      }
      #expect(
        layout.neurons(ofPopulation: 0, rank: rank)
          == ranges[0].lowerBound..<ranges[3].upperBound)
      #expect(layout.rank(ofWorker: layout.worker(rank: rank, thread: 3)) == rank)
      #expect(layout.thread(ofWorker: layout.worker(rank: rank, thread: 3)) == 3)
    }
  }

  @Test func hugeNumbersDoNotOverflow() throws {
    let size = 4_000_000_000_000_000_000
    let layout = try Decomposition(sizes: [size, size], ranks: 1_000_000, threads: 128)
    let last = layout.neurons(ofPopulation: 1, worker: layout.workers - 1)
    #expect(last.upperBound == size)
    #expect(layout.worker(ofNeuron: size - 1, population: 1) == layout.workers - 1)
    #expect(layout.worker(ofGlobalID: layout.count - 1) == layout.workers - 1)
  }

  @Test func nonsenseIsRefused() {
    #expect(throws: NetworkError.self) { try Decomposition(sizes: [1], ranks: 0, threads: 1) }
    #expect(throws: NetworkError.self) { try Decomposition(sizes: [1], ranks: 1, threads: -2) }
    #expect(throws: NetworkError.self) {
      try Decomposition(sizes: [1], ranks: .max, threads: .max)
    }
    #expect(throws: NetworkError.self) {
      try Decomposition(sizes: [.max, 2], ranks: 1, threads: 1)
    }
    #expect(throws: NetworkError.self) { try Decomposition(sizes: [-1], ranks: 1, threads: 1) }
  }
}
