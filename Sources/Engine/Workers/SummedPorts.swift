import Kernels
import Networks

/// Decides which projections onto one cohort are added up before visits. The others come as events;
/// both give the same bits.
///
/// All that is added to a variable in a step is summed in one order over all projections. So a
/// variable's arrivals are either all added up, or all events.
struct SummedPorts {
  /// A projection onto the cohort.
  struct Candidate {
    var port: Int
    /// `nil`: they are not kept.
    var rows: InletRows?
    var isSwitched: Bool
  }

  let program: Program
  let uniforms: [Double]

  /// By place among the candidates: what each of their spikes adds; `nil`: it makes events.
  func contributions(of candidates: [Candidate]) -> [[SummedContribution]?] {
    var found = candidates.map(contributions)
    while true {
      // Columns to which something comes as events.
      var others = Set<Int>()
      for (candidate, contributions) in zip(candidates, found) where contributions == nil {
        others.formUnion(columns(ofPort: candidate.port))
      }
      let kept = zip(candidates, found).map { candidate, contributions in
        columns(ofPort: candidate.port).isDisjoint(with: others) ? contributions : nil
      }
      if kept.count(where: { $0 == nil }) == found.count(where: { $0 == nil }) { return found }
      found = kept
    }
  }

  /// Columns that a port adds to.
  private func columns(ofPort port: Int) -> Set<Int> {
    guard case .additive(let contributions) = program.ports[port] else { return [] }
    return Set(contributions.map(\.column))
  }

  private func contributions(of candidate: Candidate) -> [SummedContribution]? {
    guard !candidate.isSwitched, let rows = candidate.rows?.rows,
      case .homogeneous = rows.delays,
      case .additive(let additions) = program.ports[candidate.port],
      // Of two additions to one column the order would show.
      Set(additions.map(\.column)).count == additions.count
    else { return nil }
    var weight: Double?
    if case .homogeneous(let all) = rows.weights { weight = all }
    let sums = program.sums
    var contributions: [SummedContribution] = []
    for addition in additions {
      guard !addition.isMasked,
        let amount = addition.summedAmount(ofWeight: weight, uniforms: uniforms)
      else { return nil }
      guard let sum = sums.firstIndex(where: { $0.first == addition.column }) else { continue }
      contributions.append(.init(sum: sum, amount: amount))
    }
    return contributions
  }
}
