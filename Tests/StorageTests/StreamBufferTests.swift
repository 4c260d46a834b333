import Engine
import Testing

@testable import Storage

/// Records of a stream until they are written.
@Suite struct StreamBufferTests {
  /// What is held, one behind the other.
  private func held(_ buffer: StreamBuffer) -> [SpikeRecord] {
    buffer.pieces.flatMap { piece in
      zip(piece.steps, piece.neurons).map { SpikeRecord(step: $0, neuron: $1) }
    }
  }

  @Test func whatIsTakenIsHeldInAThirdOfItsMemory() {
    let all = (Int64(40)..<140).flatMap { step in
      stride(from: UInt32(step % 7), to: 500, by: 9).map { SpikeRecord(step: step, neuron: $0) }
    }
    var buffer = StreamBuffer()
    // Lists end within steps too.
    for first in stride(from: 0, to: all.count, by: 777) {
      let list = Array(all[first..<min(first + 777, all.count)])
      #expect(buffer.take(list, from: 0, within: 0..<10_000, below: 500) == nil)
    }
    #expect(buffer.pieces.count > 5)
    #expect(held(buffer) == all)
    #expect(buffer.bufferedBytes * 3 < all.count * MemoryLayout<SpikeRecord>.stride)
    #expect(buffer.last == all.last)
    buffer.clear()
    #expect(buffer.pieces.isEmpty && buffer.bufferedBytes == 0)
    #expect(buffer.last == all.last)
  }

  @Test func aWindowCutsAndWhatDoesNotFitIsRefusedWhole() {
    var buffer = StreamBuffer()
    let list = (10..<20).map { SpikeRecord(step: $0, neuron: UInt32($0)) }
    #expect(buffer.take(list, from: 10, within: 12..<15, below: 20) == nil)
    #expect(held(buffer) == Array(list[2..<5]))
    for (wrong, firstStep) in [
      (SpikeRecord(step: 19, neuron: 18), Int64(10)), (SpikeRecord(step: 25, neuron: 20), 10),
      (SpikeRecord(step: 24, neuron: 3), 25),
    ] {
      let next = [SpikeRecord(step: 22, neuron: 1), wrong].sorted()
      #expect(buffer.take(next, from: firstStep, within: 0..<99, below: 20) != nil)
    }
    #expect(held(buffer) == Array(list[2..<5]))
    #expect(buffer.last == list.last)
  }
}
