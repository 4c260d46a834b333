import KernelABI

@testable import Kernels

/// What the engine keeps beside the state of one block: sums of arrivals, and which groups wait for
/// a tail.
final class BlockSums {
  private let program: Program
  private let uniforms: [Double]
  private let lanes: Int
  let depth: Int
  var isUsed = false
  /// Amounts that were added.
  private(set) var added = 0
  let pending: UnsafeMutablePointer<UInt8>
  let sums: UnsafeMutablePointer<Double>
  let due: UnsafeMutablePointer<UInt32>
  private let count: Int

  init(_ program: Program, uniforms: [Double], lanes: Int, depth: Int) {
    self.program = program
    self.uniforms = uniforms
    self.lanes = lanes
    self.depth = depth
    count = max(lanes * depth * program.sums.count, 8)
    pending = .allocate(capacity: max(lanes, 1))
    pending.initialize(repeating: 1, count: max(lanes, 1))
    sums = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 64)
      .initializeMemory(as: Double.self, repeating: -0.0, count: count)
    due = .allocate(capacity: max(lanes / 8, 1))
    due.initialize(repeating: 0, count: max(lanes / 8, 1))
  }

  deinit {
    pending.deallocate()
    sums.deallocate()
    due.deallocate()
  }

  /// Whether a visit has left no sums behind.
  var isEmpty: Bool { (0..<count).allSatisfy { sums[$0].bitPattern == (-0.0).bitPattern } }

  /// Adds up the events of a visit that can be, and leaves the others.
  func take(_ events: inout [coppice_event], _ offsets: inout [UInt32], groupWidth: Int) {
    due.update(repeating: 0, count: max(lanes / 8, 1))
    guard isUsed, depth <= 32 else { return }
    let sums = program.sums
    let ports = summablePorts
    for event in events {
      guard ports.contains(Int(event.port)),
        case .additive(let contributions) = program.ports[Int(event.port)]
      else { continue }
      for contribution in contributions {
        guard
          case .constant(let amount)? = contribution.summedAmount(
            ofWeight: event.payload, uniforms: uniforms),
          let sum = sums.firstIndex(where: { $0.first == contribution.column })
        else { continue }
        let group = Int(event.lane) / 8
        let row = (group * depth + Int(event.step)) * sums.count + sum
        self.sums[row * 8 + Int(event.lane) % 8] += amount + 0.0
        due[group] |= 1 << event.step
        added += sums[sum].count
      }
    }
    events.removeAll { ports.contains(Int($0.port)) }
    for group in offsets.indices {
      offsets[group] = UInt32(events.count { Int($0.lane) / groupWidth < group })
    }
  }

  /// Ports all of whose contributions are plain amounts, and share no column with others.
  private var summablePorts: Set<Int> {
    var ports = Set(program.ports.indices.filter { isPlain(program.ports[$0]) })
    while true {
      let others = program.ports.indices.filter { !ports.contains($0) }
        .reduce(into: Set<Int>()) { $0.formUnion(columns(program.ports[$1])) }
      let kept = ports.filter { columns(program.ports[$0]).isDisjoint(with: others) }
      if kept == ports { return ports }
      ports = kept
    }
  }

  private func columns(_ port: Program.PortCode) -> Set<Int> {
    guard case .additive(let contributions) = port else { return [] }
    return Set(contributions.map(\.column))
  }

  private func isPlain(_ port: Program.PortCode) -> Bool {
    guard case .additive(let contributions) = port else { return false }
    return contributions.allSatisfy {
      !$0.isMasked && $0.summedAmount(ofWeight: 1, uniforms: uniforms) != nil
    }
  }
}
