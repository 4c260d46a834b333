package import Kernels
package import Networks

extension Experiment {
  /// What kernels are laid out for: staying in registers pays from the third step on.
  package var expectedVisits: VisitLength { expectedEpochSteps > 2 ? .long : .short }

  /// How long epochs will be in steps, as far as descriptions tell it before delays are drawn.
  var expectedEpochSteps: Int {
    var steps = EpochSequence.longest
    for projection in network.projections {
      guard case .neurons = network.populations[projection.source.population].kind else { continue }
      steps = min(steps, projection.shortestDelay(dt: dt) + 1)
    }
    return steps
  }
}

extension Projection {
  /// The smallest delay that a synapse can have, in steps of `dt` s.
  func shortestDelay(dt: Double) -> Int {
    switch delay {
    case .steps(let steps): steps
    case .values(.constant(let seconds)): Int(clamping: seconds / dt + 0.5)
    case .values(.list(let list)): Int(clamping: (list.min() ?? 0) / dt + 0.5)
    case .values(.uniform(let low, _, let minimum, _)):
      Int(clamping: max(low, minimum ?? low) / dt + 0.5)
    case .values(.linspace(let a, let b)): Int(clamping: min(a, b) / dt + 0.5)
    case .values(.normal(_, _, let minimum, _)), .values(.lognormal(_, _, let minimum, _)):
      Int(clamping: (minimum ?? 0) / dt + 0.5)
    }
  }
}
