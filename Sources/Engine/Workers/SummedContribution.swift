import KernelABI
import Kernels
import Networks

/// What each arrival over a projection adds to one sum of the program.
struct SummedContribution {
  /// Place among the program's sums.
  var sum: Int
  var amount: SummedAmount

  /// The amount of every synapse; `nil`: they differ.
  func amount(ofAll weights: SynapseRows.Weights) -> Double? {
    switch (amount, weights) {
    case (.constant(let amount), _): amount
    case (.weight(let scale), .homogeneous(let weight)): weight * scale
    case (.weight, _): nil
    }
  }

  /// Adds to ascending slots as far as they lie in a tile.
  ///
  /// - Parameters:
  ///   - synapse: the place of the first slot's synapse in the rows.
  ///   - times: how often each arrives.
  /// - Returns: how many slots did.
  @inline(__always)
  func add(
    to slots: UnsafePointer<UInt32>, count: Int, synapse: Int, of weights: SynapseRows.Weights,
    at place: coppice_destination, times: UInt32, in tile: inout coppice_tile
  ) -> Int {
    switch (amount, weights) {
    case (.constant(let amount), _):
      coppice_add_amount(&tile, place, slots, count, amount, times)
    case (.weight(let scale), .single(let weights)):
      weights.withUnsafeBufferPointer {
        coppice_add_singles(
          &tile, place, slots, count, $0.baseAddress.unsafelyUnwrapped + synapse, scale, times)
      }
    case (.weight(let scale), .double(let weights)):
      weights.withUnsafeBufferPointer {
        coppice_add_doubles(
          &tile, place, slots, count, $0.baseAddress.unsafelyUnwrapped + synapse, scale, times)
      }
    case (.weight(let scale), .homogeneous(let weight)):
      coppice_add_amount(&tile, place, slots, count, weight * scale, times)
    }
  }
}

extension [SummedContribution] {
  /// What every arrival adds to each sum; `nil`: it depends on the synapse.
  func amounts(ofAll weights: SynapseRows.Weights) -> [(sum: Int, amount: Double)]? {
    let amounts = compactMap { contribution in
      contribution.amount(ofAll: weights).map { (sum: contribution.sum, amount: $0) }
    }
    return amounts.count == count ? amounts : nil
  }
}
