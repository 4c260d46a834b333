import KernelABI
import RandomNumbers

extension SplitMix {
  /// Of mean 0 and deviation 1.
  mutating func normal() -> Double {
    coppice_normal_quantile(Double.random(in: 1e-9...1 - 1e-9, using: &self))
  }
}
