import KernelABI
import Testing

@testable import Engine

@Suite struct CohortLayoutTests {
  @Test(arguments: [nil, 1, 3, 8, 100, 256, Int.max])
  func blocksHoldEachNeuronOnce(size: Int?) {
    for count in [0, 1, 7, 8, 9, 255, 256, 257, 1_000, 4_097] {
      let layout = CohortLayout(neurons: count, blockSize: size)
      let multiple = Int(COPPICE_LANE_MULTIPLE)
      #expect(layout.lanes % multiple == 0)
      #expect(layout.lanes >= layout.neuronsPerBlock)
      #expect(layout.lanes < layout.neuronsPerBlock + multiple)
      var neuron = 0
      for block in 0..<layout.blocks {
        for lane in 0..<layout.liveLanes(ofBlock: block) {
          #expect(layout.neuron(ofBlock: block, lane: lane) == neuron)
          #expect(layout.slot(ofNeuron: neuron) == block * layout.lanes + lane)
          neuron += 1
        }
      }
      #expect(neuron == count)
    }
  }

  @Test func automaticBlocksAreEven() {
    let layout = CohortLayout(neurons: 257, blockSize: nil)
    #expect((0..<layout.blocks).map(layout.liveLanes) == [144, 113])
    #expect(CohortLayout(neurons: 5, blockSize: nil).lanes == 16)
  }
}
