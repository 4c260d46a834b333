import Synchronization

/// Where a rank is, for those who watch from another thread whether it gets on.
package final class RunPulse: Sendable {
  /// What the rank's main thread is doing.
  package enum Phase: Int, Sendable {
    case prepare
    case begin
    case advance
    case record
    case exchange
    case checkpoint
    case merge
    case end

    package var inWords: String {
      switch self {
      case .prepare: "preparing the output directory"
      case .begin: "building the network"
      case .advance: "advancing the neurons"
      case .record: "handing over what was recorded"
      case .exchange: "waiting for the other ranks"
      case .checkpoint: "waiting for a checkpoint to be written"
      case .merge: "merging the output"
      case .end: "ending"
      }
    }
  }

  private let stepNow = Atomic<Int64>(0)
  private let phaseNow = Atomic<Int>(Phase.prepare.rawValue)
  private let turns = Atomic<UInt64>(0)

  package init() {}

  /// The step that begins next.
  package var step: Int64 { stepNow.load(ordering: .relaxed) }
  package var phase: Phase { Phase(rawValue: phaseNow.load(ordering: .relaxed)) ?? .begin }
  /// Grows whenever the rank gets on.
  package var count: UInt64 { turns.load(ordering: .relaxed) }

  /// Tells that the rank has got on, in a phase in which no steps pass.
  package func beat(again phase: Phase) {
    turns.add(1, ordering: .relaxed)
    phaseNow.store(phase.rawValue, ordering: .relaxed)
  }

  /// Tells what the rank does next, and with a step, that it has got on.
  package func beat(_ phase: Phase, step: Int64? = nil) {
    if let step {
      stepNow.store(step, ordering: .relaxed)
      turns.add(1, ordering: .relaxed)
    }
    phaseNow.store(phase.rawValue, ordering: .relaxed)
  }
}
