@testable import Engine

/// A checkpoint in memory, as any rank count might have written it.
struct CheckpointInMemory: CheckpointSource {
  let instant: CheckpointInstant
  var held: [String: CheckpointSection]

  /// Puts the sections of all ranks together.
  init(_ instant: CheckpointInstant, _ sections: [CheckpointSection]) {
    self.instant = instant
    held = [:]
    for section in sections {
      guard var whole = held[section.name] else {
        held[section.name] = section
        continue
      }
      whole.values.append(section.values)
      held[section.name] = whole
    }
  }

  var sections: Set<String> { Set(held.keys) }

  func values(
    of section: String, version: UInt32, places: Range<Int>?
  ) throws(RecordError) -> CheckpointSection.Values {
    guard let found = held[section], found.version == version else {
      throw RecordError(message: "no \(section)", exitCode: 66)
    }
    guard let places else { return found.values }
    return found.values.part(places)
  }
}

/// Keeps generations in memory; asks for them at given steps, and stops at one if asked to.
final class KeeperInMemory: CheckpointKeeper {
  private let steps: Set<Int64>
  private let stop: Int64?
  private let patience: Int64?
  /// How often `status` says that the writing goes on.
  private let delay: Int
  private var pending: (instant: CheckpointInstant, sections: [CheckpointSection])?
  private var polls = 0
  private(set) var kept: [CheckpointInMemory] = []
  private(set) var isAbandoned = false
  var failure: RecordError?

  init(at steps: [Int64] = [], stop: Int64? = nil, abandon: Int64? = nil, delay: Int = 0) {
    self.steps = Set(steps)
    self.stop = stop
    patience = abandon
    self.delay = delay
  }

  func request(before step: Int64) -> CheckpointRequest {
    if let patience, step >= patience { return .abandon }
    if let stop, step >= stop { return .stop }
    return steps.contains(step) ? .checkpoint : .none
  }

  var status: KeeperStatus {
    if let failure { return .failed(failure) }
    guard polls > 0 else { return .done }
    polls -= 1
    return .underWay
  }

  func write(_ snapshot: Snapshot) {
    polls = delay
    do {
      pending = (snapshot.instant, try snapshot.sections())
    } catch {
      failure = RecordError(message: error.message, exitCode: error.exitCode)
    }
  }

  func commit() throws(SimulationError) {
    guard let pending else { throw SimulationError("nothing to commit") }
    kept.append(CheckpointInMemory(pending.instant, pending.sections))
    self.pending = nil
    polls = delay
  }

  func abandon() { isAbandoned = true }
}

extension CheckpointSection.Values {
  mutating func append(_ other: Self) {
    switch (self, other) {
    case (.reals(let a), .reals(let b)): self = .reals(a + b)
    case (.words(let a), .words(let b)): self = .words(a + b)
    case (.flags(let a), .flags(let b)): self = .flags(a + b)
    case (.steps(let a), .steps(let b)): self = .steps(a + b)
    default: break
    }
  }

  func part(_ places: Range<Int>) -> Self {
    switch self {
    case .reals(let all): .reals(Array(all[places]))
    case .words(let all): .words(Array(all[places]))
    case .flags(let all): .flags(Array(all[places]))
    case .steps(let all): .steps(Array(all[places]))
    }
  }
}
